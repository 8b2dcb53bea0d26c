// SPDX-License-Identifier: Apache-2.0
/* permit.h - which numbers may be promised a callback, and how many promises: nobody leads us to ring
 * a thousand telephones, a premium number, or somebody else around the world.
 *
 * A number that the plan never calls is not called, whoever asks. Of the others: what the plan
 * allows; where it allows nothing by itself, the caller's own number, numbers of the caller's country
 * (E.164 6.2: its code is all that is compared), and such as are written without a country. A promise counts
 * for the caller while it is open, and for the hour when it is made. Pure but for the counting. */
#ifndef CORE_PERMIT_H
#define CORE_PERMIT_H

#include "core/callbacks.h"
#include "core/state.h"

enum permit {
    PERMIT_GIVEN,
    PERMIT_NO_NUMBER, /* It is not called. */
    PERMIT_NO_MORE,   /* The caller is owed as many as may be. */
    PERMIT_NOT_NOW    /* As many as may be were promised within the hour. */
};

/* `own`: the caller's, empty where it is not known. "00" and "011" before a country are "+". */
bool permit_number(const struct plan *plan, struct text number, struct text own);
/* The plan calls it never. */
bool permit_never(const struct plan *plan, struct text number);

/* A promise to this number, by this call's caller, now. */
enum permit permit_ask(const struct step *step, const struct call *call, struct text number);
/* It was made. */
void permit_count(struct step *step, const struct call *call, struct callback *callback);

#endif
