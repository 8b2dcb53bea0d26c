// SPDX-License-Identifier: Apache-2.0
/* voicemail.h - a message: invited, beeped for, recorded, written down while it is spoken, filed.
 *
 * # ends it, or silence, or its longest time. What the caller says is captured in a file of its own
 * (REF-message), and recognised in pieces, at each pause. A task of the account says `recording`
 * from its beginning, so that a message of a server that was killed is found; `new` when it is
 * over, also by a caller who hangs up. With less than the plan's least of speech it is `discarded`.
 */
#ifndef CORE_VOICEMAIL_H
#define CORE_VOICEMAIL_H

#include "core/state.h"

/* Invites. As unavailable_begin(), without saying why. */
MUST_USE bool voicemail_begin(struct step *step, struct call *call, struct text queue);

/* States of core/parting.h. */
void voicemail_invite(struct step *step, struct call *call);
void voicemail_beep(struct step *step, struct call *call);
void voicemail_record(struct step *step, struct call *call);
void voicemail_key(struct step *step, struct call *call, char key);
void voicemail_review(struct step *step, struct call *call);
void voicemail_review_key(struct step *step, struct call *call, char key);
void voicemail_review_words(struct step *step, struct call *call, struct text words);
void voicemail_file(struct step *step, struct call *call);
void voicemail_noted(struct step *step, struct call *call);
void voicemail_overdue(struct step *step, struct call *call);
void voicemail_ended(struct step *step, struct call *call);

/* While TALK_PARTING: the caller's voice and words. */
void voicemail_voice(struct step *step, struct call *call);
void voicemail_final(struct step *step, struct call *call);
/* TIMER_TURN, TIMER_FILLER and TIMER_SILENCE. */
void voicemail_timer(struct step *step, struct call *call, enum timer_kind kind);

#endif
