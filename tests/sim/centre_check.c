// SPDX-License-Identifier: Apache-2.0
/* centre_check.c - the naive twin: who waits where, by the account's rows alone, and who was to be
 * offered next. Lists are searched from end to end. */
#include <string.h>

#include "centre.h"

enum {
    AGAIN_MS = 20000,    /* Who did not take a caller is not asked for the same one sooner. */
    FORGOTTEN_MS = 2000, /* An operator is free for somebody who waits: no longer than this. */
};

struct caller *centre_caller(const struct command *command)
{
    uint32_t index = centre.of_call[slot_of(command->call)];

    return index && centre.callers[index - 1].call == command->call ? &centre.callers[index - 1]
                                                                     : NULL;
}

static int64_t ageing(const struct caller *caller)
{
    return (int64_t)centre.plan->queues[caller->queue].ageing_ms;
}

/* Priority that grew, in steps of 1 / (ageing a * ageing b): exact. 0: neither goes first. */
static int before(const struct caller *a, const struct caller *b)
{
    int64_t age_a = ageing(a) ? ageing(a) : 1, age_b = ageing(b) ? ageing(b) : 1;
    int64_t grown_a = ageing(a) ? (int64_t)(centre.now_ms - a->joined_ms) * age_b : 0;
    int64_t grown_b = ageing(b) ? (int64_t)(centre.now_ms - b->joined_ms) * age_a : 0;
    int64_t x = a->priority * age_a * age_b + grown_a, y = b->priority * age_a * age_b + grown_b;

    centre.figures->orders++;
    if (a->queue != b->queue && (x > y ? x - y : y - x) <= age_a * age_b / 500)
        return 0; /* The core counts thousandths between queues. */
    if (x != y)
        return x > y ? 1 : -1;
    return a->joined_ms == b->joined_ms ? 0 : a->joined_ms < b->joined_ms ? 1 : -1;
}

/* At least and at most: who is alike may stand on either side. */
static bool position_is(const struct caller *caller, uint32_t position)
{
    uint32_t ahead = 0, alike = 0;

    for (uint32_t i = 0; i < centre.waiting_count[caller->queue]; i++) {
        const struct caller *other = &centre.callers[centre.waiting[caller->queue][i]];
        if (other == caller)
            continue;
        ahead += before(other, caller) > 0;
        alike += before(other, caller) == 0;
    }
    centre.figures->positions++;
    return position > ahead && position <= ahead + alike + 1;
}

/* ---- Queues ---- */

void centre_enqueue(struct caller *caller)
{
    uint32_t *count = &centre.waiting_count[caller->queue], all = 0;

    if (caller->waiting)
        centre_broken("%s waits twice", caller->ref);
    caller->waiting = true;
    centre.waiting[caller->queue][(*count)++] = (uint32_t)(caller - centre.callers);
    for (int i = 0; i < CENTRE_QUEUES; i++)
        all += centre.waiting_count[i];
    if (all > centre.figures->most_waiting)
        centre.figures->most_waiting = all;
}

void centre_unqueue(struct caller *caller)
{
    uint32_t *list = centre.waiting[caller->queue], *count = &centre.waiting_count[caller->queue];

    if (!caller->waiting)
        centre_broken("%s leaves a queue it is not in", caller->ref);
    caller->waiting = false;
    caller->left_ms = centre.now_ms;
    caller->forgotten_ms = 0;
    for (uint32_t i = 0; i < *count; i++) {
        if (list[i] == (uint32_t)(caller - centre.callers)) {
            list[i] = list[--*count];
            return;
        }
    }
}

static bool somebody_free(uint32_t queue)
{
    for (uint32_t who = 0; who < centre.setup->operators; who++)
        if (centre.people[who].state == OPERATOR_AVAILABLE && centre_serves(who, queue))
            return true;
    return false;
}

static void joined(struct caller *caller, const struct command *command)
{
    uint32_t index = (uint32_t)(caller - centre.callers);
    int queue = centre_queue_of(command->queue.queue);

    if (queue < 0) {
        centre_broken("%s enters a queue that is none", caller->ref);
        return;
    }
    caller->queue = (uint8_t)queue;
    caller->priority = (uint8_t)command->queue.priority;
    caller->passage = (uint8_t)command->queue.number;
    caller->joined_ms = centre.now_ms;
    caller->again_ms = 0;
    memset(caller->but, 0, sizeof(caller->but));
    caller->told = command->queue.told;
    caller->p50_ms = command->queue.p50_ms;
    caller->p90_ms = command->queue.p90_ms;
    caller->serial++;
    caller->met_free = somebody_free((uint32_t)queue);
    centre_enqueue(caller);
    if (!position_is(caller, command->queue.position))
        centre_broken("%s is not at position %u of %s", caller->ref, command->queue.position,
                      command->queue.queue.data);
    centre_think(THOUGHT_LEAVE, index, caller->serial, caller->patience_ms);
    if (!centre.setup->theory && centre_chance(100))
        centre_think(THOUGHT_WISH, index, caller->serial, centre_between(10000, 120000));
    caller->counted = centre.arrived > centre.setup->callers / 10 &&
                      centre.arrived < centre.setup->callers;
    if (!caller->counted || !centre.setup->theory)
        return;
    if (centre.figures->entered++ == 0)
        centre.figures->first_ms = (double)centre.now_ms;
    centre.figures->span_ms = (double)centre.now_ms - centre.figures->first_ms;
    centre.figures->patience_ms += caller->patience_ms;
}

static void waited(const struct caller *caller, const struct command *command, bool served)
{
    uint32_t ms = command->queue.waited_ms;

    if (centre.setup->theory && caller->counted) {
        centre.figures->abandoned += !served;
        centre.figures->waited_ms += ms;
    }
    if (!caller->told || (!served && ms <= caller->p90_ms))
        return; /* Who left earlier than was said proves nothing. */
    struct centre_told *told = &centre.figures->told[caller->met_free];
    told->all++;
    told->p50_ms += caller->p50_ms;
    told->p90_ms += caller->p90_ms;
    told->waited_ms += ms;
    told->p50 += ms <= caller->p50_ms;
    told->p90 += ms <= caller->p90_ms;
}

static void passage(const struct command *command)
{
    struct caller *caller = centre_caller(command);

    if (!caller)
        return; /* A call that we placed. */
    switch ((int)command->queue.what) {
    case QUEUE_JOINED:
        joined(caller, command);
        return;
    case QUEUE_BACK:
        caller->taken = false;
        centre_enqueue(caller);
        return;
    case QUEUE_ANSWERED:
        if (centre_person_of(command->queue.operator_name) < 0)
            centre_broken("%s was taken by nobody", caller->ref);
        waited(caller, command, true);
        centre_unqueue(caller);
        caller->taken = true;
        caller->offers = 0;
        return;
    case QUEUE_ABANDONED:
        waited(caller, command, false);
        centre_unqueue(caller);
        return;
    default:
        break;
    }
    if (caller->waiting) {
        waited(caller, command, false);
        centre_unqueue(caller);
    }
    caller->serial++;
    caller->presses = 0;
    centre_think(THOUGHT_PRESS, (uint32_t)(caller - centre.callers), caller->serial,
                 centre_between(5000, 12000));
}

/* ---- Offers ---- */

static bool excluded(const struct caller *caller, uint32_t person)
{
    return caller->but[person / 64] >> person % 64 & 1 && centre.now_ms < caller->again_ms;
}

static void exclude(struct caller *caller, uint32_t person)
{
    caller->but[person / 64] |= (uint64_t)1 << person % 64;
    caller->again_ms = centre.now_ms + AGAIN_MS;
}

/* Nobody who goes first was left out. */
static void check_order(const struct caller *caller, uint32_t person)
{
    for (uint32_t queue = 0; queue < centre.setup->queues; queue++) {
        if (!centre_serves(person, queue))
            continue;
        for (uint32_t i = 0; i < centre.waiting_count[queue]; i++) {
            const struct caller *other = &centre.callers[centre.waiting[queue][i]];
            if (other != caller && other->offers == 0 && centre_ready(other) && !excluded(other, person) &&
                before(other, caller) > 0)
                centre_broken("%s (%s) was offered to %s before %s (%s)", caller->ref,
                              centre.plan->queues[caller->queue].name.data,
                              centre_person_name(person), other->ref,
                              centre.plan->queues[queue].name.data);
        }
    }
}

static void offered(const struct command *command)
{
    struct caller *caller = centre_caller(command);
    int16_t who = centre_person_of(command->offer.name);

    if (!caller || who < 0) {
        centre_broken("an offer of nobody, or to nobody");
        return;
    }
    struct person *person = &centre.people[who];
    bool all = centre.plan->queues[caller->queue].strategy == STRATEGY_RING_ALL;
    centre.figures->offers++;
    if (!caller->waiting)
        centre_broken("%s is offered, and does not wait", caller->ref);
    if (caller->promise &&
        centre.tasks[caller->promise - 1].next_ms > CENTRE_WALL_MS + centre.now_ms)
        centre_broken("%s is offered before its time", caller->ref);
    if (caller->promise && centre_closed())
        centre_broken("%s is offered while it is closed", caller->ref);
    if (caller->offers > 0 && !all)
        centre_broken("%s is offered twice at once", caller->ref);
    if (person->asked_by || person->talks)
        centre_broken("%s is rung, and has a caller (%u, %u)", centre_person_name((uint32_t)who),
                      person->asked_by, person->talks);
    if (person->said != SAID_AVAILABLE || person->aside)
        centre_broken("%s is rung, and is not there", centre_person_name((uint32_t)who));
    if (!centre_serves((uint32_t)who, caller->queue))
        centre_broken("%s is rung for a queue of others", centre_person_name((uint32_t)who));
    if (caller->offers == 0)
        check_order(caller, (uint32_t)who);
    person->asked_by = (uint32_t)(caller - centre.callers) + 1;
    caller->offers++;
    caller->forgotten_ms = 0;
}

static void offer_over(const struct command *command)
{
    struct caller *caller = centre_caller(command);
    int16_t who = centre_person_of(command->transfer.target);

    if (!caller || who < 0 || !text_equal(command->transfer.how, TEXT("warm")))
        return;
    struct person *person = &centre.people[who];
    if (command->transfer.done) {
        person->asked_by = 0;
        return;
    }
    if (person->asked_by != (uint32_t)(caller - centre.callers) + 1)
        centre_broken("an offer ends that was none");
    person->asked_by = 0;
    if (caller->offers > 0)
        caller->offers--;
    exclude(caller, (uint32_t)who);
    struct text why = command->transfer.detail;
    centre.figures->declined += text_starts(why, TEXT("declined"));
    centre.figures->missed += text_starts(why, TEXT("not answered"));
    centre.figures->failed += text_starts(why, TEXT("failed"));
    centre.figures->withdrawn += text_starts(why, TEXT("withdrawn"));
}

static void duty(const struct command *command)
{
    int16_t who = centre_person_of(command->duty.name);

    if (who < 0)
        return;
    struct person *person = &centre.people[who];
    if (command->duty.aside && !person->aside)
        centre_off((uint32_t)who);
    person->state = command->duty.state;
    person->said = command->duty.said;
    person->aside = command->duty.aside;
    if (person->state == OPERATOR_AVAILABLE && person->talks)
        centre_broken("%s is available, and in a call", centre_person_name((uint32_t)who));
    if (person->state != OPERATOR_RINGING)
        person->asked_by = 0; /* Another of those who were rung took the caller. */
}

/* ---- All ---- */

void centre_check_store(const struct command *command)
{
    switch ((int)command->kind) {
    case STORE_QUEUE:
        passage(command);
        break;
    case STORE_OFFER:
        offered(command);
        break;
    case STORE_TRANSFER:
        offer_over(command);
        break;
    case STORE_OPERATOR:
        duty(command);
        break;
    case STORE_TASK:
        centre_ends_task(command);
        break;
    case STORE_CALL_CLOSED:
        centre_ends_closed(command);
        break;
    default:
        break;
    }
}

/* The place that is said is the place. */
void centre_check_said(const struct command *command)
{
    const struct caller *caller = centre_caller(command);
    struct text words = command->say.text;
    uint64_t position;

    if (!caller || !caller->waiting || command->leg != caller->leg ||
        !text_starts(words, TEXT("Place ")))
        return;
    words = text_part(words, 6, words.size);
    words = text_next(&words, '.');
    if (!text_number(words, &position) ||
        (!centre.setup->failing && !position_is(caller, (uint32_t)position)))
        centre_broken("%s is told place " TEXT_FORMAT, caller->ref, TEXT_ARGS(words));
}

/* Who waits has an operator who is free and may be asked? Then they are being rung. */
void centre_check_all(void)
{
    struct core_figures figures;

    core_figures(centre.core, &figures);
    if (figures.calls_high > centre.figures->most_calls)
        centre.figures->most_calls = figures.calls_high;
    for (uint32_t queue = 0; queue < centre.setup->queues; queue++) {
        for (uint32_t i = 0; i < centre.waiting_count[queue]; i++) {
            struct caller *caller = &centre.callers[centre.waiting[queue][i]];
            bool could = false;
            if (!centre_ready(caller) || centre.now_ms <= centre.placing_ms) {
                caller->forgotten_ms = 0;
                continue;
            }
            for (uint32_t who = 0; who < centre.setup->operators && caller->offers == 0; who++)
                could |= centre.people[who].state == OPERATOR_AVAILABLE &&
                         centre_serves(who, queue) && !excluded(caller, who);
            if (!could)
                caller->forgotten_ms = 0;
            else if (caller->forgotten_ms == 0)
                caller->forgotten_ms = centre.now_ms;
            else if (centre.now_ms - caller->forgotten_ms > FORGOTTEN_MS)
                centre_broken("%s waits in %s, and somebody is free", caller->ref,
                              centre.plan->queues[queue].name.data);
        }
    }
}
