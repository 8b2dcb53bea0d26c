// SPDX-License-Identifier: Apache-2.0
/* overhear.c - recognisers beside the caller's. */
#include "core/overhear.h"

#include "core/call.h"
#include "core/comeback.h"
#include "core/leg.h"
#include "core/offering.h"
#include "core/phrase.h"
#include "core/places.h"
#include "core/provider.h"

static struct overheard *of_leg(struct call *call, uint32_t leg)
{
    for (int i = 0; i < OVERHEARD_MOST; i++) {
        if (call->overheard[i].state != OVERHEARD_FREE && call->overheard[i].leg == leg)
            return &call->overheard[i];
    }
    return NULL;
}

static bool can_be_heard(const struct leg *leg)
{
    return leg && leg_is_up(leg) && leg->media_open && !leg->media_closed;
}

/* The leg that should be heard as this one; 0: none. */
static uint32_t wanted(const struct step *step, const struct call *call, enum overheard_who side)
{
    enum overhear whom = call_plan(step->core, call)->overhear;
    uint32_t leg = side == OVERHEARD_BRIEFED ? offering_briefed(call)
                   : side == OVERHEARD_FIRST ? call->leg
                                             : call->far;

    if (side == OVERHEARD_BRIEFED)
        return can_be_heard(core_leg(step->core, leg)) ? leg : 0;
    if (call->state != CALL_BRIDGED || !call->joined || whom == OVERHEAR_NOBODY ||
        (side == OVERHEARD_SECOND && whom != OVERHEAR_BOTH) || !can_be_heard(core_leg(step->core, leg)))
        return 0;
    return leg;
}

/* ---- Begin ---- */

static void listen(struct step *step, const struct call *call, const struct overheard *who,
                   int16_t agent)
{
    const struct leg *leg = core_leg(step->core, who->leg);
    struct command *command = step_emit_to(step, SPEECH_LISTEN, leg);

    command->listen.ring = who->ring - 1u;
    command->listen.epoch = step->core->epoch;
    command->listen.plan = call->plan;
    command->listen.agent = (uint32_t)agent;
    command->listen.expect =
        who == &call->overheard[OVERHEARD_BRIEFED] ? EXPECT_YES_NO : EXPECT_FREE;
    command->listen.provider = who->provider;
    command->listen.language = call_plan(step->core, call)->agents[agent].language;
    struct command *tap = step_emit_to(step, MEDIA_TAP, leg);
    tap->tap.ring = who->ring - 1u;
    tap->tap.epoch = step->core->epoch;
}

/* Who is to hear with the ears of this agent. False: nobody. */
static bool pick(struct step *step, const struct call *call, const struct plan_agent *agent,
                 bool briefly, int16_t *provider)
{
    uint8_t at;

    *provider = PROVIDER_EMBEDDED;
    if (agent->listen.count > 0 && !(briefly && call->talk.at_home))
        *provider = provider_pick(step, call, &agent->listen, 0, &at);
    if (briefly)
        return *provider != PROVIDER_EMBEDDED || phrase_is_english(agent->language);
    return agent->listen.count == 0 || (*provider != PROVIDER_EMBEDDED &&
                                        provider_half_free(step->core, call, *provider));
}

static void begin(struct step *step, struct call *call, struct overheard *who, uint32_t leg)
{
    const struct plan *plan = call_plan(step->core, call);
    int16_t agent = call->talk.agent >= 0 ? call->talk.agent : 0; /* Whose ears are lent. */
    bool briefly = who == &call->overheard[OVERHEARD_BRIEFED];
    int16_t provider;

    if (plan->agent_count == 0 || !pick(step, call, &plan->agents[agent], briefly, &provider))
        return;
    uint16_t ring = places_lend_ring(step->core, plan, provider != PROVIDER_EMBEDDED, briefly);
    if (ring == 0)
        return;
    who->state = OVERHEARD_ON;
    who->leg = leg;
    who->ring = ring;
    who->provider = provider;
    provider_enter(step->core, call, provider);
    listen(step, call, who, agent);
}

/* ---- End ---- */

static void stop(struct step *step, const struct call *call, struct overheard *who)
{
    const struct leg *leg = core_leg(step->core, who->leg);

    if (who->state != OVERHEARD_ON)
        return;
    who->state = OVERHEARD_STOPPING;
    if (leg && can_be_heard(leg))
        step_emit_to(step, MEDIA_UNTAP, leg);
    struct command *command = step_emit(step, SPEECH_STOP, call);
    command->leg = who->leg;
}

static void put(struct core *core, struct call *call, struct overheard *who)
{
    if (who->state == OVERHEARD_FREE)
        return;
    provider_leave(core, call, who->provider);
    places_return_ring(core, who->ring);
    who->state = OVERHEARD_FREE;
}

void overhear_look(struct step *step, struct call *call)
{
    for (int i = 0; i < OVERHEARD_MOST; i++) {
        struct overheard *who = &call->overheard[i];
        uint32_t leg = wanted(step, call, (enum overheard_who)i);
        /* One recogniser a leg: the agent's lets go of the caller first. */
        bool free = i == OVERHEARD_BRIEFED || call->listener == 0;
        if (who->state != OVERHEARD_FREE && who->leg != leg)
            stop(step, call, who);
        if (who->state == OVERHEARD_FREE && leg && leg != who->deaf && free && !of_leg(call, leg))
            begin(step, call, who, leg);
    }
}

bool overhear_is(const struct call *call, uint32_t leg)
{
    for (int i = 0; i < OVERHEARD_MOST; i++) {
        if (call->overheard[i].state != OVERHEARD_FREE && call->overheard[i].leg == leg)
            return true;
    }
    return false;
}

bool overhear_gone(const struct call *call)
{
    for (int i = 0; i < OVERHEARD_MOST; i++) {
        if (call->overheard[i].state != OVERHEARD_FREE)
            return false;
    }
    return true;
}

void overhear_let_go(struct core *core, struct call *call, uint32_t leg)
{
    struct overheard *who = of_leg(call, leg);

    if (who)
        put(core, call, who);
}

void overhear_put(struct core *core, struct call *call)
{
    for (int i = 0; i < OVERHEARD_MOST; i++)
        put(core, call, &call->overheard[i]);
}

/* ---- What is heard ---- */

static void heard(struct step *step, struct call *call, const struct overheard *who)
{
    const struct event *event = step->event;

    if (who->state == OVERHEARD_ON && who->provider != PROVIDER_EMBEDDED) /* It may be a trial. */
        provider_outcome(step, call, who->provider, PROVIDER_OK, 0, TEXT("its final text"));
    if (event->heard.text.size == 0 || who->state != OVERHEARD_ON)
        return;
    if (who == &call->overheard[OVERHEARD_BRIEFED]) {
        offering_heard(step, call);
        return;
    }
    struct command *turn = step_emit(step, STORE_TURN, call);
    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = event->wall_ms;
    turn->turn.turn = ++call->talk.turn;
    turn->turn.speaker = who == &call->overheard[OVERHEARD_FIRST] ? SPEAKER_CALLER : SPEAKER_OPERATOR;
    turn->turn.text = event->heard.text;
    turn->turn.word_confidence_permille = event->heard.confidence_permille;
    call->talk.turns += turn->turn.speaker == SPEAKER_CALLER;
}

static void failed(struct step *step, struct call *call, struct overheard *who)
{
    if (who->provider != PROVIDER_EMBEDDED)
        provider_outcome(step, call, who->provider, PROVIDER_FAILED, 0, step->event->speech.why);
    who->deaf = who->leg;
    stop(step, call, who);
}

bool overhear_event(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct overheard *who = of_leg(call, step->leg->id);

    if (!who)
        return false;
    switch ((int)event->kind) {
    case MEDIA_VOICE:
        if (!event->voice.voiced && who->state == OVERHEARD_ON)
            step_emit_to(step, SPEECH_FINISH, step->leg)->finish.turn = ++call->talk.finishes;
        return true;
    case SPEECH_FINAL:
        heard(step, call, who);
        return true;
    case SPEECH_STOPPED:
        put(step->core, call, who);
        overhear_look(step, call);
        comeback_listen(step, call);
        call_settle(step, call);
        return true;
    case SPEECH_FAILED:
        if (event->speech.utterance)
            return false;
        failed(step, call, who);
        return true;
    case SPEECH_LISTENING:
    case SPEECH_VERDICT:
    case SPEECH_PARTIAL:
    case SPEECH_TURN:
    case SPEECH_SESSION:
        return true;
    default:
        return false;
    }
}
