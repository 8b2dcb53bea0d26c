// SPDX-License-Identifier: Apache-2.0
/* passing_inside.h - what the parts of passing share. Private to core/. */
#ifndef CORE_PASSING_INSIDE_H
#define CORE_PASSING_INSIDE_H

#include "core/passing.h"

/* ---- passing_find.c: nothing is changed ---- */

enum passing_to {
    PASSING_TO_NOBODY,
    PASSING_TO_SELF, /* Who transfers. */
    PASSING_TO_NUMBER,
    PASSING_TO_QUEUE,
    PASSING_TO_AGENT,
    PASSING_TO_THREE /* The code for a call of three. */
};

struct passing_target {
    enum passing_to to;
    int16_t index;    /* Of the queue or the agent. */
    int16_t only;     /* PASSING_TO_NUMBER: as in struct dial. */
    char number[128]; /* The same: a number, a user, or a URI of the configuration's. */
};

/* Whom the user's telephone means by the URI, by the call's plan: what its calls may lead to, by
 * `routes`; and by their names other users, operators, queues and agents, unless a route of its own
 * has that name. */
struct passing_target passing_find(const struct plan *plan, struct text user, struct text uri);

/* ---- passing.c ---- */

/* NOTIFY to who transfers. */
void passing_notify(struct step *step, const struct leg *by, uint16_t status, bool final);
/* STORE_TRANSFER, with who it was. */
void passing_tell(struct step *step, struct call *call, struct text how, struct text user,
                  uint16_t status, struct text why);
/* The other of two who are joined. */
struct leg *passing_other(const struct step *step, const struct call *call, const struct leg *leg);
/* One of the two is left, this leg is there instead. */
void passing_swap(struct step *step, struct call *call, struct leg *out, struct leg *in,
                  struct text reason);
/* Rings them: call->dial has the target. False: the reason is told to who transfers. */
bool passing_ring(struct step *step, struct call *call, struct leg *by,
                  const struct passing_target *target);
/* step->leg has answered. */
void passing_succeeded(struct step *step, struct call *call);
/* Whom they transferred comes back to them, or where they have left, to the queue or the agent. */
void passing_failed(struct step *step, struct call *call, uint16_t status, struct text why);

/* ---- passing_give.c ---- */

/* Whom the user who transfers had called becomes the first leg: as a caller is. */
void passing_turn(struct step *step, struct call *call, const struct leg *by);
/* The other goes to a queue, or to an agent; who transfers is hung up. */
void passing_give(struct step *step, struct call *call, struct leg *by,
                  const struct passing_target *target);

/* ---- passing_join.c ---- */

/* REFER with Replaces. */
void passing_attended(struct step *step, struct call *call, struct leg *by);
/* To the code. */
void passing_three(struct step *step, struct call *call, struct leg *by);
/* The third talks with both, or not any more. */
void passing_hear(struct step *step, const struct call *call, bool on);

#endif
