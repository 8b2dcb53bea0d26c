// SPDX-License-Identifier: Apache-2.0
/* offering.c - who is rung for whom. */
#include <string.h>

#include "core/offering_inside.h"

#include "core/dial.h"
#include "core/house.h"
#include "core/leg.h"
#include "core/operators.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/standing.h"
#include "core/waiting.h"

enum {
    LOOKS = 64, /* Callers looked at in one step; the others in the next, if somebody was rung, */
    LOOK_AGAIN_MS = 1000, /* or later: all of them were declined by those who are free. */
    ROOM = 40             /* Commands that one caller's offer may take. */
};

void offering_look(struct step *step)
{
    step->core->offering_due = true;
}

const struct plan_queue *offering_queue(const struct core *core, const struct call *call)
{
    return &call_plan(core, call)->queues[call->wait.plan_queue];
}

bool offering_is(const struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state == OFFER_RINGING ||
            call->offering.items[i].state == OFFER_BRIEFING)
            return true;
    }
    return false;
}

/* ---- One telephone ---- */

enum rung {
    RUNG_NOWHERE, /* It cannot be called. */
    RUNG_NO_ROOM, /* Not now: all places for telephones that ring are taken. */
    RUNG
};

void offering_load(const struct core *core, struct call *call, const struct offer *offer)
{
    bool gone = !operators_person(core, offer->who); /* They are called nowhere any more. */
    struct dial *dial = &call->dial;

    text_copy(dial->target, sizeof(dial->target), gone ? TEXT_EMPTY : text_of(offer->target));
    dial->only = -1;
    dial->redirects = offer->redirects;
    dial->direct = offer->direct;
    dial->unreachable = false;
    dial->tried = offer->tried;
    dial->alone = offer->binding > 0;
    dial->binding = offer->binding;
}

void offering_save(const struct call *call, struct offer *offer)
{
    text_copy(offer->target, sizeof(offer->target), text_of(call->dial.target));
    offer->redirects = call->dial.redirects;
    offer->direct = call->dial.direct;
    offer->tried = call->dial.tried;
}

static struct offer *free_offer(struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state == OFFER_FREE)
            return &call->offering.items[i];
    }
    return NULL;
}

static enum rung ring(struct step *step, struct call *call, struct offer offer)
{
    const struct leg *near = core_leg(step->core, call->leg);
    struct offer *place = free_offer(call);
    struct leg *leg = place ? places_take_leg(step->core, call, near) : NULL;

    if (!leg)
        return RUNG_NO_ROOM;
    leg->role = ROLE_OPERATOR;
    leg->started_wall_ms = step->event->wall_ms;
    text_copy(leg->local, sizeof(leg->local), text_of(near->local));
    offering_load(step->core, call, &offer);
    if (offer.binding)
        call->dial.binding = offer.binding + 1; /* The newest before this: itself. */
    text_copy(leg->party, sizeof(leg->party), text_of(call->dial.target));
    if (!dial_next(step, call, leg)) {
        places_put_leg(step->core, leg);
        return RUNG_NOWHERE;
    }
    *place = offer;
    offering_save(call, place);
    place->state = OFFER_RINGING;
    place->leg = leg->id;
    place->until_ms = step->event->now_ms + offering_queue(step->core, call)->ring_ms;
    leg_account(step, call, leg, false);
    return RUNG;
}

static enum rung more_of(enum rung so_far, enum rung next)
{
    return next > so_far ? next : so_far;
}

/* Every telephone of theirs that can be called, and that there is room for. */
static enum rung ring_all_of(struct step *step, struct call *call, int16_t who)
{
    const struct core *core = step->core;
    const struct plan_operator *person = operators_person(core, who);
    enum rung rung = RUNG_NOWHERE;

    for (uint8_t at = 0; person && at < person->place_count; at++) {
        struct text user = dial_meant(core, call, person->places[at], -1);
        struct offer offer = {.who = who};
        text_copy(offer.target, sizeof(offer.target), person->places[at]);
        if (user.size == 0) {
            rung = more_of(rung, ring(step, call, offer));
            continue;
        }
        const struct binding *binding = phones_next(core, user, step->event->wall_ms, 0);
        for (; binding;
             binding = phones_next(core, user, step->event->wall_ms, offer.binding)) {
            offer.binding = binding->serial;
            rung = more_of(rung, ring(step, call, offer));
        }
    }
    return rung;
}

/* ---- One caller ---- */

void offering_spare(const struct step *step, struct call *call, int16_t who)
{
    call->offering.but[who / 64] |= (uint64_t)1 << who % 64;
    call->offering.again_ms = step->event->now_ms + OFFER_AGAIN_MS;
}

static enum rung offer_to(struct step *step, struct call *call, int16_t who)
{
    enum rung rung = ring_all_of(step, call, who);

    if (rung == RUNG_NOWHERE)
        offering_spare(step, call, who);
    if (rung == RUNG_NO_ROOM)
        house_wake(step, step->event->now_ms + LOOK_AGAIN_MS);
    if (rung != RUNG)
        return rung;
    operators_ask(step->core, who, call->id, step->event->now_ms);
    offering_tell(step, call, who);
    return RUNG;
}

/* Who of those free; those who did not take the caller only when it is time again. */
static int16_t pick(struct step *step, struct call *call, const struct roster_wish *wish)
{
    const struct core *core = step->core;
    struct offering *offering = &call->offering;
    const struct plan *plan = core->plans[core->plan_now];
    int16_t who = roster_pick(&core->roster, plan, wish, step->event->now_ms);

    if (who >= 0 || offering->again_ms == 0)
        return who;
    if (step->event->now_ms < offering->again_ms) {
        house_wake(step, offering->again_ms);
        return -1;
    }
    memset(offering->but, 0, sizeof(offering->but));
    offering->again_ms = 0;
    return roster_pick(&core->roster, plan, wish, step->event->now_ms);
}

static bool can_be_offered(const struct step *step, const struct call *call)
{
    bool there = call && (call->state == CALL_UP ||
                          (call->state == CALL_STANDING && standing_may(step, call)));

    return there && waiting_is(call) && call->link == LINK_NONE &&
           call->far == 0 && !offering_is(call);
}

/* By the plan of now, as operators are: skills have other numbers in another. A promise has no call,
 * and is in a queue of the plan of now. */
static struct roster_wish wish_of(const struct core *core, const struct call *call, int16_t queue,
                                  const uint64_t *but)
{
    const struct plan_queue *wanted =
        queue >= 0 ? &core->plans[core->plan_now]->queues[queue] : offering_queue(core, call);

    return (struct roster_wish){.strategy = wanted->strategy,
                                .queue = queue,
                                .skills = queue >= 0 ? wanted->skills : 0,
                                .levels = wanted->levels,
                                .but = but};
}

static bool offer(struct step *step, struct call *call, int16_t queue)
{
    const struct roster_wish wish = wish_of(step->core, call, queue, call->offering.but);
    bool all = wish.strategy == STRATEGY_RING_ALL, offered = false;
    enum rung rung = RUNG_NOWHERE;
    int16_t who;

    call->dial.hops = call->dial.hops ? call->dial.hops : 70;
    dial_user(text_of(call->talk.context.caller), call->dial.from, sizeof(call->dial.from));
    call->dial.referred_by[0] = call->dial.replaces[0] = 0;
    offering_headers(step, call);
    while ((!offered || all) && rung != RUNG_NO_ROOM && (who = pick(step, call, &wish)) >= 0) {
        rung = offer_to(step, call, who); /* Who is asked, or cannot be, is not free any more. */
        offered |= rung == RUNG;
    }
    if (!offered)
        return false;
    waiting_offered(step, call, true);
    offering_arm(step, call);
    return true;
}

/* ---- All of them ---- */

struct cursor {
    uint32_t position; /* Of the candidate; */
    uint32_t place;    /* QUEUE_NONE: nobody is left. */
    bool nobody;       /* Nobody is free for callers of this queue. */
};

static void next_of(const struct core *core, uint32_t queue, struct cursor *cursor)
{
    const struct queue *order = &core->queues[queue].order;

    if (cursor->nobody) {
        cursor->place = QUEUE_NONE;
        return;
    }
    do
        cursor->place = queue_at(order, waiting_entries(core), ++cursor->position);
    while (cursor->place != QUEUE_NONE && waiting_entries(core)[cursor->place].offered);
}

/* The queue whose first candidate goes before all others; -1: nobody waits. */
static int first_of(const struct core *core, const struct cursor *cursors, uint64_t now_ms)
{
    const struct queue_entry *entries = waiting_entries(core);
    int first = -1;

    for (int i = 0; i < QUEUE_STATES; i++) {
        if (cursors[i].place != QUEUE_NONE &&
            (first < 0 || queue_before(&entries[cursors[i].place], core->queues[i].order.ageing_ms,
                                       &entries[cursors[first].place],
                                       core->queues[first].order.ageing_ms, (int64_t)now_ms)))
            first = i;
    }
    return first;
}

/* Its index in the plan of now; -1: it is not there any more: any operator may have its callers. */
static int16_t queue_now(const struct core *core, int queue)
{
    const struct plan_queue *found = waiting_queue_now(core, (uint8_t)queue);

    return found ? (int16_t)(found - core->plans[core->plan_now]->queues) : -1;
}

/* Whether or not they have declined this caller. */
static bool anybody_for(const struct step *step, const struct call *call, int16_t queue)
{
    const struct core *core = step->core;
    const struct roster_wish wish = wish_of(core, call, queue, NULL);

    return roster_pick(&core->roster, core->plans[core->plan_now], &wish, step->event->now_ms) >= 0;
}

static bool anybody_free(const struct core *core, uint64_t now_ms)
{
    for (uint16_t i = 0; i < core->roster.count; i++) {
        if (core->roster.items[i].name[0] &&
            roster_state(&core->roster.items[i], now_ms) == OPERATOR_AVAILABLE)
            return true;
    }
    return false;
}

enum look {
    LOOK_ON,
    LOOK_OFFERED,
    LOOK_WAIT /* Nobody else before it. */
};

static enum look look_at(struct step *step, struct cursor *cursor, int queue)
{
    const struct core *core = step->core;
    bool promised = cursor->place >= core->max_calls;
    struct call *call =
        promised ? NULL : core_call(step->core, waiting_entries(core)[cursor->place].who);
    int16_t now = queue_now(core, queue);

    if (promised ? now < 0 : !can_be_offered(step, call))
        return LOOK_ON;
    if (call && offer(step, call, now))
        return LOOK_OFFERED;
    cursor->nobody = !anybody_for(step, call, now);
    return promised && !cursor->nobody && standing_ask(step, cursor->place) ? LOOK_WAIT : LOOK_ON;
}

void offering_tend(struct step *step)
{
    struct core *core = step->core;
    struct cursor cursors[QUEUE_STATES];
    uint64_t now_ms = step->event->now_ms;
    bool offered = false;
    int looks = 0, queue;

    if (!core->offering_due)
        return;
    core->offering_due = false;
    if (core->plan_now < 0 || !anybody_free(core, now_ms))
        return;
    for (uint32_t i = 0; i < QUEUE_STATES; i++) {
        cursors[i] = (struct cursor){.place = QUEUE_NONE};
        if (core->queues[i].name[0])
            next_of(core, i, &cursors[i]);
    }
    while ((queue = first_of(core, cursors, now_ms)) >= 0) {
        bool full = step->out->count + ROOM > COMMANDS_A_STEP;
        if (looks++ == LOOKS || full) {
            house_wake(step, full || offered ? now_ms : now_ms + LOOK_AGAIN_MS);
            return;
        }
        enum look look = look_at(step, &cursors[queue], queue);
        if (look == LOOK_WAIT)
            return;
        offered |= look == LOOK_OFFERED;
        next_of(core, (uint32_t)queue, &cursors[queue]);
    }
}
