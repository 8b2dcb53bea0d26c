// SPDX-License-Identifier: Apache-2.0
/* words.h - the caller's turn: ended, recognised, understood, acted on.
 *
 * A turn that turns out to go on is put together with what follows. Fixed phrases and answers to
 * our own questions are obeyed at once; everything else goes to the classifier, whose answer may be
 * late or nonsense and is then general / 0.5. All inside a step, for a call that is up. */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "core/state.h"

/* The caller has stopped, or speaks too long: asks for the final text. */
void words_end_turn(struct step *step, struct call *call);

/* Events; those of a turn that is not awaited any more do nothing. */
void words_final(struct step *step, struct call *call);
void words_understood(struct step *step, struct call *call);

/* The recogniser or the classifier did not answer in time: goes on with what there is. */
void words_overdue(struct step *step, struct call *call);

/* A provider says that the turn is over, with these words. */
void words_turn_told(struct step *step, struct call *call, struct text words);

/* Asks the embedded classifier about talk->heard. */
void words_understand(struct step *step, struct call *call);
/* The caller's words to the account, without a meaning; and to the dialogue. */
void words_account(struct step *step, struct call *call);
void words_note(struct step *step, struct call *call);

/* The call ends in the midst of a turn: writes what was heard of it to the account. */
void words_unfinished(struct step *step, struct call *call);

#endif
