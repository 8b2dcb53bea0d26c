// SPDX-License-Identifier: Apache-2.0
/* offering_inside.h - what the parts of offering share. Private to core/. */
#ifndef CORE_OFFERING_INSIDE_H
#define CORE_OFFERING_INSIDE_H

#include "core/offering.h"

/* What became of an offer. */
enum offer_end {
    OFFER_DECLINED, /* By a key, by hanging up, or busy. */
    OFFER_MISSED,   /* It rang, or nobody pressed a key. */
    OFFER_FAILED,   /* It could not be called. */
    OFFER_WITHDRAWN /* The caller left. */
};

/* The queue that the caller waits in, of the call's plan. */
const struct plan_queue *offering_queue(const struct core *core, const struct call *call);

/* One telephone's leg is given up; `elsewhere`: another one of theirs, or somebody else, answered. */
void offering_leave(struct step *step, struct call *call, struct offer *offer, struct text reason,
                    bool elsewhere);
/* The operator's offer is over, on all telephones; the next one may be asked. */
void offering_over(struct step *step, struct call *call, int16_t who, enum offer_end end,
                   uint16_t status, struct text why);
/* Frees the places of legs that every limb has let go of. */
void offering_settle(struct step *step, struct call *call);
/* TIMER_OFFER for the earliest deadline. */
void offering_arm(struct step *step, struct call *call);

/* Puts what this telephone's dialling needs into call->dial, whose headers are those of the caller's
 * offers already, and back. */
void offering_load(const struct core *core, struct call *call, const struct offer *offer);
void offering_save(const struct call *call, struct offer *offer);

/* The headers of the operator's INVITE, into call->dial.headers. */
void offering_headers(struct step *step, struct call *call);
/* STORE_OFFER */
void offering_tell(struct step *step, struct call *call, int16_t who);

/* The caller is theirs. */
void offering_accept(struct step *step, struct call *call, struct offer *offer);

/* Words count from now on; not any more. */
void offering_listen(struct step *step, struct call *call);
void offering_deafen(struct step *step, struct call *call);
/* MEDIA_VOICE of the operator's side. */
void offering_voice(struct step *step, struct call *call, struct offer *offer);

/* The operator's side hears who calls and why. */
void offering_brief(struct step *step, struct call *call, const struct leg *leg);
/* SPEECH_READY, SPEECH_FAILED of the brief. */
void offering_brief_ready(struct step *step, struct call *call, struct offer *offer);
/* Says this to the operator who has accepted; core/standing.h hears when it is over. */
void offering_say(struct step *step, struct call *call, enum words words);
/* What is said to both, if the agent has words for it. */
void offering_introduce(struct step *step, struct call *call, struct text label);

#endif
