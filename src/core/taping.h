// SPDX-License-Identifier: Apache-2.0
/* taping.h - captures of a call: begun, paused, masked, ended, and their rows in the account.
 *
 * A call may have several captures, one at a time: each has a number and a file named after the
 * call and the number. Paused and masked are apart: who masks a card's number may do so in a pause
 * that somebody else ends. Both leave silence of the same length. While masked, keys stay out of
 * the account too. What makes no sense in the present state does nothing. */
#ifndef CORE_TAPING_H
#define CORE_TAPING_H

#include "core/state.h"

/* The leg's media opens, with a capture (`capture`) or without: fills in MEDIA_OPEN. */
void taping_open(struct step *step, struct call *call, struct leg *leg, bool capture,
                 struct command *open);

/* CAPTURE_ASKED, whatever call it names. */
void taping_asked(struct step *step);

/* A message of the caller's begins or ends: it is in a file of its own, call->parting.tape; the
 * capture of the whole call, where there is one, rests meanwhile. */
void taping_message(struct step *step, struct call *call, bool begins);

/* The leg's media is closed: the capture has ended with it. */
void taping_closed(struct step *step, struct call *call, struct leg *leg);

/* MEDIA_CAPTURED: a file is what it was to become, or never will be. */
void taping_finished(struct step *step);

/* The key as it may be written down. */
char taping_key(const struct leg *leg, char key);

#endif
