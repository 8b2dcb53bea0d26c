// SPDX-License-Identifier: Apache-2.0
/* hear.c - the walk along the chain of recognisers. */
#include "core/hear.h"

#include "core/converse.h"
#include "core/floor.h"
#include "core/provider.h"

static const struct plan_chain *chain_of(const struct step *step, const struct call *call)
{
    return &call_agent(step->core, call)->listen;
}

static bool is_stand_in(const struct call *call)
{
    return call->ring > MAX_RECOGNISERS; /* A shallow ring: the place is counted here. */
}

/* The embedded recogniser's place, where the ring does not bring one. */
static bool take_place(struct step *step, struct call *call)
{
    struct core_figures *figures = &step->core->figures;

    if (!is_stand_in(call) || call->talk.stands_in)
        return true;
    if (figures->recognisers + figures->stand_ins >=
        call_plan(step->core, call)->recogniser_places)
        return false;
    figures->stand_ins++;
    call->talk.stands_in = true;
    return true;
}

static void put_place(struct core *core, struct call *call)
{
    if (call->talk.stands_in)
        core->figures.stand_ins--;
    call->talk.stands_in = false;
}

/* Chooses who hears from now on. False: nobody can. */
static bool choose(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    int16_t before = talk->hearing ? talk->hearer : PROVIDER_EMBEDDED;
    bool at_home = talk->at_home && take_place(step, call);
    int16_t now = at_home ? PROVIDER_EMBEDDED
                          : provider_pick(step, call, chain_of(step, call), talk->deaf,
                                          &talk->hearer_at);

    if (now == PROVIDER_EMBEDDED && !take_place(step, call))
        return false;
    if (now != PROVIDER_EMBEDDED)
        put_place(step->core, call);
    if (now != before)
        converse_lost(step, call);
    provider_leave(step->core, call, before);
    provider_enter(step->core, call, now);
    talk->hearer = now;
    talk->hearing = true;
    return true;
}

static void fill_in(const struct step *step, const struct call *call, struct command *command)
{
    command->listen.ring = (uint32_t)call->ring - 1;
    command->listen.epoch = call->epoch;
    command->listen.plan = call->plan;
    command->listen.agent = (uint32_t)call->talk.agent;
    command->listen.expect = call->talk.expect;
    command->listen.provider = call->talk.hearer;
    command->listen.language = call_agent(step->core, call)->language;
}

bool hear_begin(struct step *step, struct call *call)
{
    call->talk.deaf = 0;
    if (!choose(step, call))
        return false;
    fill_in(step, call, step_emit(step, SPEECH_LISTEN, call));
    return true;
}

/* Whether who hears is one of the chain: which may stand elsewhere in another agent's. */
static bool in_chain(const struct plan_chain *chain, struct talk *talk)
{
    for (uint8_t i = 0; i < chain->count; i++) {
        if (chain->items[i] != talk->hearer)
            continue;
        if (talk->hearer_at != i)
            talk->deaf = 0;
        talk->hearer_at = i;
        return true;
    }
    return chain->count == 0 && talk->hearer == PROVIDER_EMBEDDED;
}

void hear_expect(struct step *step, struct call *call, enum expect what)
{
    struct talk *talk = &call->talk;

    talk->expect = what;
    if (!talk->listening || call->ring == 0) /* Who hears is told when it begins. */
        return;
    if (!in_chain(chain_of(step, call), talk)) {
        talk->deaf = 0;
        if (!choose(step, call))
            talk->deaf = UINT8_MAX; /* It goes on with whom it has. */
    }
    fill_in(step, call, step_emit(step, SPEECH_EXPECT, call));
}

void hear_end(struct core *core, struct call *call)
{
    if (call->talk.hearing)
        provider_leave(core, call, call->talk.hearer);
    put_place(core, call);
    call->talk.hearing = false;
    call->talk.hearer = PROVIDER_EMBEDDED;
    call->talk.session = 0;
}

/* The next one, with what is not known yet once more. */
static bool another(struct step *step, struct call *call, struct text why)
{
    struct talk *talk = &call->talk;

    provider_outcome(step, call, talk->hearer, PROVIDER_FAILED, 0, why);
    talk->deaf |= (uint8_t)(1u << talk->hearer_at);
    if (!choose(step, call))
        return false;
    struct command *listen = step_emit(step, SPEECH_LISTEN, call);
    fill_in(step, call, listen);
    listen->listen.replay = true;
    talk->glance = talk->glance && talk->state == TALK_SPEAKING;
    if (talk->state != TALK_RECOGNISING && !talk->glance)
        return true;
    floor_finish(step, call); /* What was asked of the one before. */
    if (talk->state == TALK_RECOGNISING)
        step_timer_set(step, call, TIMER_ANSWER,
                       step->event->now_ms + hear_hard_ms(step, call));
    return true;
}

bool hear_failed(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->hearing)
        return false;
    if (step->event->speech.provider != talk->hearer)
        return true; /* One that was left already. */
    if (talk->hearer == PROVIDER_EMBEDDED)
        return false;
    provider_rests(step, call, talk->hearer, step->event->speech.retry_after_s,
                   step->event->speech.why);
    return another(step, call, step->event->speech.why);
}

bool hear_overdue(struct step *step, struct call *call)
{
    return call->talk.listening && call->talk.hearer != PROVIDER_EMBEDDED &&
           another(step, call, TEXT("its final text did not come"));
}

void hear_final(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->hearer == PROVIDER_EMBEDDED || talk->times.end_of_turn_ms == 0)
        return;
    uint32_t ms = (uint32_t)(step->event->now_ms - talk->times.end_of_turn_ms);
    bool slow = ms > hear_soft_ms(step, call);
    provider_outcome(step, call, talk->hearer, slow ? PROVIDER_SLOW : PROVIDER_OK, ms,
                     TEXT("its final text"));
}

uint32_t hear_hard_ms(const struct step *step, const struct call *call)
{
    return call->talk.hearer == PROVIDER_EMBEDDED
               ? call_manners(step->core, call)->recognise_ms
               : call_plan(step->core, call)->providers[call->talk.hearer].hard_ms;
}

uint32_t hear_soft_ms(const struct step *step, const struct call *call)
{
    return call->talk.hearer == PROVIDER_EMBEDDED
               ? call_manners(step->core, call)->filler_after_ms
               : call_plan(step->core, call)->providers[call->talk.hearer].soft_ms;
}
