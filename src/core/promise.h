// SPDX-License-Identifier: Apache-2.0
/* promise.h - a callback is promised: to which number, written down, and only then confirmed.
 *
 * The caller's own number is offered; another is keyed in (# ends it) or said, and read back. What
 * keeps the promise is in core/callbacks.h. */
#ifndef CORE_PROMISE_H
#define CORE_PROMISE_H

#include "core/state.h"

/* Asks for the number. As unavailable_begin(), without saying why. The caller of a call that we
 * placed is the one that we called. */
MUST_USE bool promise_begin(struct step *step, struct call *call, struct text queue);

/* A number that is named, not seen, has so many at least: nobody leads us to call an emergency
 * number, a short code or a telephone in the house. */
enum { PROMISE_DIGITS = 7 };

/* A number as it can be dialled. False, and empty: it was withheld, or is none. */
bool promise_number(struct text written, char out[PHONE_NUMBER]);

/* When it is promised for: the time that was chosen, else as soon as possible. */
void promise_window(const struct step *step, const struct call *call, struct callback *out);
/* Number and time are settled: it is written down, then confirmed. */
void promise_note(struct step *step, struct call *call);

/* States of core/parting.h. */
void promise_ask(struct step *step, struct call *call);
void promise_asked(struct step *step, struct call *call);
void promise_ask_key(struct step *step, struct call *call, char key);
void promise_ask_words(struct step *step, struct call *call, struct text words);
void promise_ask_silence(struct step *step, struct call *call);
void promise_dictated(struct step *step, struct call *call);
void promise_dictate_key(struct step *step, struct call *call, char key);
void promise_dictate_words(struct step *step, struct call *call, struct text words);
void promise_dictate_silence(struct step *step, struct call *call);
void promise_read(struct step *step, struct call *call);
void promise_read_key(struct step *step, struct call *call, char key);
void promise_read_words(struct step *step, struct call *call, struct text words);
void promise_read_silence(struct step *step, struct call *call);
void promise_noted(struct step *step, struct call *call);
void promise_ended(struct step *step, struct call *call); /* While it is written down. */
void promise_overdue(struct step *step, struct call *call);

#endif
