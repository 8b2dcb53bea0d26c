// SPDX-License-Identifier: Apache-2.0
/* supervise.h - supervisors listen, whisper, barge in and take over.
 *
 * A supervisor's telephone is a leg of the call that it is about, neither its first nor its second.
 * It dials a code (and the operator's name, see supervise_find.c), or is rung because the control
 * socket asked for it (SUPERVISE_ASKED). Once it is up the mode says who hears whom (MEDIA_HEAR);
 * the keys 1 to 4 change it. To the voice agent nobody can whisper; to barge in there is to take
 * over: two voices that do not hear each other would talk across the caller. Who takes over becomes
 * the call's second leg, the agent or the operator leaves, and this is over. While the caller's
 * sound is masked (a card's number) the supervisor hears nothing either.
 *
 * Whoever is listened to is told as the configuration says: at the start, and the tone again and
 * again. Every mode is a row in the account (STORE_SUPERVISION): who, how, from, to, and who was
 * told; a refusal is one too. One supervisor a call. The end of the call, of either side, or of the
 * supervisor's telephone ends it at any instant.
 *
 * supervise_find.c: who may do what with which call; supervise_sound.c: who hears whom, who is told;
 * supervise.c: the telephone, from ringing to its end. */
#ifndef CORE_SUPERVISE_H
#define CORE_SUPERVISE_H

#include "core/state.h"

/* Why not. */
enum supervise_refusal {
    SUPERVISE_FINE,
    SUPERVISE_NO_RIGHT, /* No supervisor's telephone, or not one for that call. */
    SUPERVISE_NO_CALL,  /* There is none, or it has no sound for them now. */
    SUPERVISE_TWO,      /* Somebody else supervises it. */
    SUPERVISE_REFUSALS
};

/* A code of the configuration, from a telephone that proved whose it is, and a call that its user
 * may be let into: the INVITE is answered in that call. False: it is for others to deal with. */
MUST_USE bool supervise_invited(struct step *step);

/* The number is such a code and leads nowhere: call->code for it, from SUPERVISE_CODE on; 0: it is
 * no code. The call is answered, hears why, and ends. */
enum { SUPERVISE_CODE = 100 };
uint8_t supervise_meaning(const struct core *core, const struct plan *plan, struct text user,
                          struct text number);
void supervise_refuse(struct step *step, struct call *call);

void supervise_asked(struct step *step); /* SUPERVISE_ASKED */

/* An event of step->leg; true: it is the supervisor's leg. */
MUST_USE bool supervise_event(struct step *step, struct call *call);
/* SPEECH_READY, SPEECH_FAILED of what those are told who are listened to. */
MUST_USE bool supervise_ready(struct step *step, struct call *call);
void supervise_timer(struct step *step, struct call *call); /* TIMER_SUPERVISE */

/* Something happened in the call: who hears whom follows. */
void supervise_follow(struct step *step, struct call *call);

/* The call ends, or the supervisor is not wanted any more. Safe when there is none. */
void supervise_end(struct step *step, struct call *call, struct text why);

/* Nothing of it is left: the call's place can be given back. */
bool supervise_gone(const struct call *call);
/* The call is closed: the leg's last word to the account. */
void supervise_close(struct step *step, struct call *call);
void supervise_put(struct core *core, struct call *call);

bool supervise_check(const struct core *core, const struct call *call, struct text_buffer *why);

#endif
