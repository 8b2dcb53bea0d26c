// SPDX-License-Identifier: Apache-2.0
/* centre_plan.c - the configuration of a simulated centre: queues, skills, operators. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "centre.h"
#include "example_plan.h"

static const struct text skills[] = {TEXT_INIT("german"), TEXT_INIT("billing")};
static const struct text vips[] = {TEXT_INIT("+4199*")};
static const struct plan_vip vip = {
    .name = TEXT_INIT("gold"), .numbers = vips, .number_count = 1, .priority = 4};

/* In which order callers are asked for is in each row: the number that leads there is its index. */
static const struct plan_queue queues[CENTRE_QUEUES] = {
    {.name = TEXT_INIT("support"),
     .strategy = STRATEGY_LONGEST_IDLE,
     .max_callers = 400,
     .max_wait_ms = 900000,
     .ageing_ms = 60000,
     .put_aside_after = 2,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_CALLBACK, -1},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_VOICEMAIL, -1}}},
    {.name = TEXT_INIT("sales"),
     .strategy = STRATEGY_ROUND_ROBIN,
     .max_callers = 30,
     .max_wait_ms = 300000,
     .ageing_ms = 30000,
     .priority = 1,
     .put_aside_after = 2,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_QUEUE, 0},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_CALLBACK, -1}}},
    {.name = TEXT_INIT("german"),
     .strategy = STRATEGY_SKILL_FIRST,
     .skills = 1,
     .max_callers = 100,
     .ageing_ms = 60000,
     .put_aside_after = 3,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_GOODBYE, -1}}},
    {.name = TEXT_INIT("billing"),
     .strategy = STRATEGY_SKILL_FIRST,
     .skills = 2,
     .levels = {0, 3},
     .max_callers = 100,
     .max_wait_ms = 600000,
     .put_aside_after = 2,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_VOICEMAIL, -1},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_CALLBACK, -1}}},
    {.name = TEXT_INIT("urgent"),
     .strategy = STRATEGY_RING_ALL,
     .max_callers = 20,
     .priority = 6,
     .ageing_ms = 10000,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_QUEUE, 0}}},
    {.name = TEXT_INIT("night"),
     .strategy = STRATEGY_LONGEST_IDLE,
     .max_callers = 3,
     .max_wait_ms = 60000,
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_VOICEMAIL, -1},
                   [QUEUE_WHEN_NOBODY] = {OVERFLOW_VOICEMAIL, -1},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_GOODBYE, -1}}},
};

/* When people are called back: not from 08:10 to 08:20, nor from 10:00 to 10:30, UTC. */
#define A_DAY(day)                                              \
    {.weekday = (day), .from_min = 0, .to_min = 490},           \
        {.weekday = (day), .from_min = 500, .to_min = 600},     \
    {                                                           \
        .weekday = (day), .from_min = 630, .to_min = 1440       \
    }
static const struct plan_opening openings[] = {A_DAY(0), A_DAY(1), A_DAY(2), A_DAY(3),
                                               A_DAY(4), A_DAY(5), A_DAY(6)};
static const struct plan_hours hours = {
    .name = TEXT_INIT("callbacks"), .openings = openings, .opening_count = 21};

static struct {
    struct plan plan;
    struct plan_agent agents[3];
    struct plan_queue queues[CENTRE_QUEUES];
    struct plan_operator operators[CENTRE_OPERATORS];
    struct plan_user users[CENTRE_TELEPHONES];
    struct plan_route routes[CENTRE_QUEUES];
    struct plan_trunk trunks[2];
    char names[CENTRE_OPERATORS][8], places[CENTRE_OPERATORS][32], numbers[CENTRE_QUEUES][4];
} made;

const char *centre_person_name(uint32_t person)
{
    return made.names[person];
}

int16_t centre_person_of(struct text name)
{
    uint64_t number = 0;

    if (!text_starts(name, TEXT("op")) || !text_number(text_part(name, 2, name.size), &number) ||
        number >= centre.setup->operators)
        return -1;
    return (int16_t)number;
}

int centre_queue_of(struct text name)
{
    for (uint32_t i = 0; i < made.plan.queue_count; i++)
        if (text_equal(made.queues[i].name, name))
            return (int)i;
    return -1;
}

bool centre_serves(uint32_t person, uint32_t queue)
{
    const struct plan_operator *operator= & made.operators[person];
    uint32_t wanted = made.queues[queue].skills;

    for (uint32_t skill = 0; skill < 2; skill++)
        if (wanted >> skill & 1 && (!operator->levels[skill] ||
                                    operator->levels[skill] < made.queues[queue].levels[skill]))
            return false;
    return operator->queues >> queue & 1;
}

static void queue(uint32_t i, const struct centre_setup *setup)
{
    struct plan_queue *to = &made.queues[i];

    *to = queues[i];
    to->label = to->name;
    to->hours = -1;
    to->operator_first = i != 1; /* And one by the voice agent. */
    to->ring_ms = 18000;
    to->level_permille = 800;
    to->level_ms = 20000;
    to->update_ms = 60000;
    to->keys[WISH_CALLBACK] = '1';
    to->keys[WISH_VOICEMAIL] = '2';
    to->words[QUEUE_WORDS_ENTER] = TEXT("Place {position}.");
    to->words[QUEUE_WORDS_NEXT] = TEXT("Place 1.");
    to->words[QUEUE_WORDS_SOON] = to->words[QUEUE_WORDS_UPDATE] = TEXT("Place {position}.");
    if (setup->theory) {
        to->max_callers = CENTRE_CALLS;
        to->max_wait_ms = to->update_ms = to->ageing_ms = 0;
        memset(to->overflows, 0, sizeof(to->overflows));
    }
    snprintf(made.numbers[i], sizeof(made.numbers[i]), "%u", i);
    made.routes[i] = (struct plan_route){
        .number = text_of(made.numbers[i]), .agent = BILLING, .trunk = -1, .queue = (int16_t)i};
}

/* Most do support; some another queue as well, some only one. */
static uint64_t queues_of(uint32_t person)
{
    static const uint8_t shapes[] = {1, 1, 3, 2, 5, 9, 3, 13, 4, 8};
    uint64_t bits = shapes[person % 10];

    if (person % 40 == 3)
        bits |= 16; /* Few: all of them ring at once. */
    if (person % 50 == 7)
        bits |= 32;
    return bits;
}

static void operator_made(uint32_t i, const struct centre_setup *setup)
{
    struct plan_operator *to = &made.operators[i];

    snprintf(made.names[i], sizeof(made.names[i]), "op%u", i);
    if (i < CENTRE_TELEPHONES && !setup->theory)
        snprintf(made.places[i], sizeof(made.places[i]), "op%u", i);
    else
        snprintf(made.places[i], sizeof(made.places[i]), "sip:op%u@192.0.2.7", i);
    *to = (struct plan_operator){.name = text_of(made.names[i]),
                                 .label = text_of(made.names[i]),
                                 .places = {text_of(made.places[i])},
                                 .place_count = 1,
                                 .queues = setup->theory ? 1 : queues_of(i),
                                 .levels = {(uint8_t)(i % 4 ? 3 : 0), (uint8_t)(i % 6)},
                                 .wrap_up_ms = setup->theory ? 0 : 5000 + 1000 * (i % 20)};
    if (i < CENTRE_TELEPHONES)
        made.users[i].name = text_of(made.names[i]);
}

void centre_plan_make(const struct centre_setup *setup)
{
    memset(&made, 0, sizeof(made));
    made.plan = example_plan;
    memcpy(made.agents, example_agents, sizeof(made.agents));
    memcpy(made.trunks, example_trunks, sizeof(example_trunks));
    made.trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    for (uint32_t i = 0; i < setup->queues; i++)
        queue(i, setup);
    for (uint32_t i = 0; i < setup->operators; i++)
        operator_made(i, setup);
    made.plan.agents = made.agents;
    made.plan.trunks = made.trunks;
    made.plan.trunk_count = 2;
    made.plan.realm = TEXT("offhook");
    made.plan.users = made.users;
    made.plan.user_count =
        (uint16_t)(setup->operators < CENTRE_TELEPHONES ? setup->operators : CENTRE_TELEPHONES);
    made.plan.routes = made.routes;
    made.plan.queues = made.queues;
    made.plan.route_count = (uint16_t)setup->queues;
    made.plan.queue_count = (uint8_t)setup->queues;
    made.plan.operators = made.operators;
    made.plan.operator_count = (uint16_t)setup->operators;
    made.plan.skills = skills;
    made.plan.skill_count = 2;
    made.plan.vips = &vip;
    made.plan.vip_count = setup->theory ? 0 : 1;
    made.plan.hours = &hours;
    made.plan.hours_count = 1;
    made.plan.callbacks.hours = 0;
    made.plan.max_calls = setup->calls;
    made.plan.spare_legs = CENTRE_SPARE;
    made.plan.media_threads = 1;
    made.plan.recogniser_places = 0;
    made.plan.manners.longest_call_ms = 36000000;
    made.plan.manners.no_audio_end_ms = 0;
    centre.plan = &made.plan;
}
