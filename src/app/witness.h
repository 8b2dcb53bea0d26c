// SPDX-License-Identifier: Apache-2.0
/* witness.h - the server's account of one call, followed over its control socket while it happens.
 */
#ifndef APP_WITNESS_H
#define APP_WITNESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/script.h"
#include "base/attr.h"

struct witness;

/* Follows the calls of this caller's number from now on. 0 or -errno. */
MUST_USE int witness_open(struct witness **out, const char *path, const char *from);
void witness_close(struct witness *witness);

/* Takes what the server has told; never waits. */
void witness_take(struct witness *witness);

/* The next of our call's events, in their order, from *at = 0 on; NULL: no more yet. Lives as long
 * as the witness. */
const json_t *witness_next(const struct witness *witness, uint32_t *at);

/* Whether the line's expectation holds by now. An event fulfils one expectation only. */
bool witness_saw(struct witness *witness, const struct script_line *line);

/* What was seen instead, in words. Returns out. */
const char *witness_instead(const struct witness *witness, char *out, uint32_t size);

#endif
