// SPDX-License-Identifier: Apache-2.0
/* passing_join.c - two calls of one telephone become one: a leg leaves its call for the other.
 *
 * Both legs of a bridge are on one media thread, and its port goes with a leg's place: so the dialog
 * goes over to a new leg beside those of the call that goes on, and a re-INVITE says where its sound
 * is from now on. The place that it had closes with its own call. */
#include "core/passing_inside.h"

#include "core/call.h"
#include "core/hold.h"
#include "core/leg.h"
#include "core/operators.h"
#include "core/places.h"
#include "core/secrecy.h"
#include "core/supervise.h"
#include "core/waiting.h"

/* Two calls of one telephone. */
struct pair {
    struct call *call, *other; /* The one that goes on, and the one that ends. */
    struct leg *by;            /* The telephone's, in the one that goes on, */
    struct leg *party;         /* and whom it talks to in the other. */
};

/* ---- A leg changes its call ---- */

static void become(struct leg *leg, const struct leg *was, uint32_t call, uint64_t wall_ms)
{
    const struct leg fresh = *leg;

    *leg = *was;
    leg->id = fresh.id;
    leg->call = call;
    leg->number = fresh.number;
    leg->role = ROLE_TRANSFER;
    leg->state = LEG_UP;
    leg->trunk = -1;
    leg->operator_place = 0;
    leg->started_wall_ms = leg->answered_wall_ms = wall_ms;
    leg->figures = fresh.figures;
    leg->media_open = false;
    leg->media_closed = true;
    leg->held = leg->holds = leg->agreeing = leg->refreshing = leg->asked = leg->silent = false;
    leg->taping = leg->tape_paused = leg->tape_masked = leg->tape_message = false;
    leg->tapes = 0;
    leg->accounted = false;
    leg->moved = true;
}

/* NULL: there is no place for it. */
static struct leg *adopt(struct step *step, struct call *call, struct leg *party)
{
    struct leg *leg = places_take_leg(step->core, call, core_leg(step->core, call->leg));

    if (!leg)
        return NULL;
    become(leg, party, call->id, step->event->wall_ms);
    secrecy_own(leg);
    places_count_trunk(step->core, call, leg, party->trunk);
    operators_take(step->core, leg, (int16_t)(party->operator_place - 1));
    party->released = true;
    party->dialog = 0;
    places_bind(step->core, leg, leg->dialog);
    leg_account(step, call, leg, false);
    hold_offer(step, call, leg);
    leg_open_media(step, call, leg);
    return leg;
}

/* ---- Which calls ---- */

static bool can_join(const struct step *step, const struct call *call, const struct leg *by)
{
    const struct leg *other = passing_other(step, call, by);

    return call->state == CALL_BRIDGED && !passing_is(call) && other && leg_is_up(other) &&
           leg_is_up(by) && (by->id == call->leg || by->id == call->far) && !other->dialed &&
           other->dialog && !other->agreeing && !other->refreshing;
}

/* The call in which the user was called goes on: it is the caller's. */
static struct pair pair_of(const struct step *step, struct call *call, struct leg *by,
                           struct call *with, struct leg *second)
{
    bool here = by->role != ROLE_CALLER || second->role == ROLE_CALLER;
    struct pair pair = {.call = here ? call : with,
                        .other = here ? with : call,
                        .by = here ? by : second};

    pair.party = passing_other(step, pair.other, here ? second : by);
    return pair;
}

static void refuse(struct step *step, struct call *call, const struct leg *by, struct text how,
                   uint16_t status, struct text why)
{
    passing_notify(step, by, status, true);
    passing_tell(step, call, how, text_of(by->user), status, why);
}

/* Says it to who asked, and to the account; the party comes over. NULL: nothing is changed. */
static struct leg *come_over(struct step *step, const struct leg *asks, const struct pair *pair,
                             struct text how)
{
    struct leg *in = adopt(step, pair->call, pair->party);

    text_copy(pair->call->dial.target, sizeof(pair->call->dial.target),
              text_of(pair->party->party));
    if (!in) {
        refuse(step, pair->call, asks, how, 503, TEXT("no second leg is free"));
        return NULL;
    }
    passing_notify(step, asks, 200, true);
    passing_tell(step, pair->call, how, text_of(asks->user), 200, TEXT_EMPTY);
    return in;
}

/* ---- Attended ---- */

/* Two are joined whom one telephone talked to. */
static void join_both(struct step *step, struct call *call, struct leg *asks, struct call *with,
                      struct leg *second)
{
    const struct pair pair = pair_of(step, call, asks, with, second);
    struct leg *in = come_over(step, asks, &pair, TEXT("attended"));

    if (!in)
        return;
    passing_swap(step, pair.call, pair.by, in, TEXT("transferred"));
    call_end(step, pair.other, CAUSE_TRANSFERRED, text_of(pair.call->ref));
    supervise_follow(step, pair.call);
}

/* Whom they consult has not answered yet, or is an agent, or a queue: as if they had not waited. */
static bool as_blind(struct step *step, struct call *call, struct leg *asks, struct call *with,
                     const struct leg *second)
{
    struct passing_target target = {.to = PASSING_TO_NUMBER, .only = with->dial.only};
    bool first = second->id == with->leg;

    if (first && with->state == CALL_FORWARDING) {
        text_copy(target.number, sizeof(target.number), text_of(with->dial.target));
        call_end(step, with, CAUSE_TRANSFERRED, text_of(call->ref));
        (void)passing_ring(step, call, asks, &target);
        return true;
    }
    if (!first || with->state != CALL_UP || with->link != LINK_NONE || with->far || with->code)
        return false;
    target.to = waiting_is(with) ? PASSING_TO_QUEUE : PASSING_TO_AGENT;
    target.index = waiting_is(with) ? with->wait.plan_queue : with->talk.agent;
    passing_give(step, call, asks, &target);
    call_end(step, with, CAUSE_TRANSFERRED, text_of(call->ref));
    return true;
}

void passing_attended(struct step *step, struct call *call, struct leg *by)
{
    const struct event *event = step->event;
    struct leg *second = places_of_dialog(step->core, event->refer.replaced);
    struct call *with = second ? core_call(step->core, second->call) : NULL;
    bool early = text_find(event->refer.replaces, TEXT(";early-only")) >= 0;

    text_copy(call->dial.target, sizeof(call->dial.target), TEXT("another call"));
    if (!with || with == call || with->plan != call->plan ||
        !text_equal(text_of(second->user), text_of(by->user)))
        refuse(step, call, by, TEXT("attended"), 481, TEXT("it is no other call of theirs"));
    else if (early && leg_is_up(second))
        refuse(step, call, by, TEXT("attended"), 486, TEXT("it is answered, and was to be early"));
    else if (can_join(step, with, second) && can_join(step, call, by))
        join_both(step, call, by, with, second);
    else if (!as_blind(step, call, by, with, second))
        refuse(step, call, by, TEXT("attended"), 480, TEXT("the other call is not up"));
}

/* ---- Three ---- */

static void hear(struct step *step, uint32_t to, uint32_t from, bool on)
{
    struct command *command = step_emit_to(step, MEDIA_HEAR, core_leg(step->core, to));

    command->hear.other = from;
    command->hear.on = on;
}

void passing_hear(struct step *step, const struct call *call, bool on)
{
    const uint32_t ids[] = {call->leg, call->far};

    for (int i = 0; i < 2; i++) {
        hear(step, ids[i], call->passing.leg, on);
        hear(step, call->passing.leg, ids[i], on);
    }
}

/* The same telephone's other call; NULL: it has none. */
static struct leg *find_second(const struct step *step, const struct call *call,
                               const struct leg *by, struct call **with)
{
    for (uint32_t slot = 0; slot < step->core->call_slots.fresh; slot++) {
        *with = &places_calls(step->core)[slot];
        const uint32_t ids[] = {(*with)->leg, (*with)->far};
        for (int i = 0; i < 2 && *with != call && (*with)->state == CALL_BRIDGED; i++) {
            struct leg *leg = core_leg(step->core, ids[i]);
            if (leg && text_equal(text_of(leg->user), text_of(by->user)) &&
                (*with)->plan == call->plan && can_join(step, *with, leg))
                return leg;
        }
    }
    return NULL;
}

void passing_three(struct step *step, struct call *call, struct leg *by)
{
    struct call *with = NULL;
    struct leg *second = find_second(step, call, by, &with);

    text_copy(call->dial.target, sizeof(call->dial.target), TEXT("three"));
    if (!second || !can_join(step, call, by)) {
        refuse(step, call, by, TEXT("three-way"), 404, TEXT("they have no other call"));
        return;
    }
    const struct pair pair = pair_of(step, call, by, with, second);
    struct leg *in = come_over(step, by, &pair, TEXT("three-way"));
    if (!in)
        return;
    pair.call->passing = (struct passing){.state = PASSING_THREE, .leg = in->id};
    text_copy(pair.call->passing.user, sizeof(pair.call->passing.user), text_of(by->user));
    hold_quiet(step, pair.call);
    passing_hear(step, pair.call, true);
    call_end(step, pair.other, CAUSE_TRANSFERRED, text_of(pair.call->ref));
    supervise_follow(step, pair.call);
}
