// SPDX-License-Identifier: Apache-2.0
/* nearest.h - "did you mean": the known name that is the fewest slips away from what was written.
 *
 * A slip is a letter more, less or other, or two neighbours swapped. Pure. nearest_init(), then
 * nearest_offer() for each known name, then nearest_found(). An offer costs the product of both
 * lengths; names longer than MAX_NAME are not compared. The views must outlive the search. */
#ifndef APP_NEAREST_H
#define APP_NEAREST_H

#include <stdint.h>

#include "base/text.h"

struct nearest {
    struct text word, best;
    uint32_t slips;
};

void nearest_init(struct nearest *nearest, struct text word);
void nearest_offer(struct nearest *nearest, struct text name);

/* The name with the fewest slips, when they are few enough to be a slip at all (a third of the
 * letters, two at least); else empty. The first offered wins a tie. */
struct text nearest_found(const struct nearest *nearest);

#endif
