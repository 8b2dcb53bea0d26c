// SPDX-License-Identifier: Apache-2.0
/* waiting_inside.h - what the files of core/waiting.h share, and nobody else needs. */
#ifndef CORE_WAITING_INSIDE_H
#define CORE_WAITING_INSIDE_H

#include "core/waiting.h"

/* Who works for a queue at present. Operators times their queues. */
struct forecast_staff waiting_staff(const struct core *core, uint8_t queue, uint64_t now_ms);

/* The queue as the call's plan has it. */
const struct plan_queue *waiting_queue(const struct core *core, const struct call *call);

/* Says words of the queue, as part of the reply: its own, or those of the agent's language. */
void waiting_say(struct step *step, struct call *call, const struct plan_queue *queue,
                 enum queue_words words);
/* The words of somebody who has just entered, or whose turn it is to be told again. */
void waiting_say_place(struct step *step, struct call *call, bool entering);
/* The next time at which the caller is told, or has waited too long. */
void waiting_arm(struct step *step, struct call *call);
/* What can be granted to a caller of this queue. */
bool waiting_grants(const struct call *call, enum queue_wish wish);
/* Leaves the queue by the caller's own wish. */
void waiting_grant(struct step *step, struct call *call, enum queue_wish wish);
/* Out of the queue, by this way. */
void waiting_overflow(struct step *step, struct call *call, enum queue_case when);

#endif
