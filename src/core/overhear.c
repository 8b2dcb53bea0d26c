// SPDX-License-Identifier: Apache-2.0
/* overhear.c - two recognisers beside a bridge. */
#include "core/overhear.h"

#include "core/call.h"
#include "core/leg.h"
#include "core/places.h"
#include "core/provider.h"

static struct overheard *of_leg(struct call *call, uint32_t leg)
{
    for (int i = 0; i < 2; i++) {
        if (call->overheard[i].state != OVERHEARD_FREE && call->overheard[i].leg == leg)
            return &call->overheard[i];
    }
    return NULL;
}

static bool can_be_heard(const struct leg *leg)
{
    return leg && leg_is_up(leg) && leg->media_open && !leg->media_closed;
}

/* The leg that should be overheard as the first (0: the caller) or the second; 0: none. */
static uint32_t wanted(const struct step *step, const struct call *call, int side)
{
    enum overhear whom = call_plan(step->core, call)->overhear;
    uint32_t leg = side == 0 ? call->leg : call->far;

    if (call->state != CALL_BRIDGED || !call->joined || whom == OVERHEAR_NOBODY ||
        (side == 1 && whom != OVERHEAR_BOTH) || !can_be_heard(core_leg(step->core, leg)))
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
    command->listen.expect = EXPECT_FREE;
    command->listen.provider = who->provider;
    command->listen.language = call_plan(step->core, call)->agents[agent].language;
    struct command *tap = step_emit_to(step, MEDIA_TAP, leg);
    tap->tap.ring = who->ring - 1u;
    tap->tap.epoch = step->core->epoch;
}

static void begin(struct step *step, struct call *call, struct overheard *who, uint32_t leg)
{
    const struct plan *plan = call_plan(step->core, call);
    int16_t agent = call->talk.agent >= 0 ? call->talk.agent : 0; /* Whose ears are lent. */
    int16_t provider = PROVIDER_EMBEDDED;
    uint8_t at;

    if (plan->agent_count == 0)
        return;
    const struct plan_chain *chain = &plan->agents[agent].listen;
    if (chain->count > 0) {
        provider = provider_pick(step, call, chain, 0, &at);
        if (provider == PROVIDER_EMBEDDED || !provider_half_free(step->core, call, provider))
            return;
    }
    uint16_t ring = places_lend_ring(step->core, plan, provider != PROVIDER_EMBEDDED);
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
    for (int i = 0; i < 2; i++) {
        struct overheard *who = &call->overheard[i];
        uint32_t leg = wanted(step, call, i);
        if (who->state != OVERHEARD_FREE && who->leg != leg)
            stop(step, call, who);
        /* One recogniser a leg: the agent's lets go of the caller first. */
        if (who->state == OVERHEARD_FREE && leg && leg != who->deaf && call->listener == 0 && !of_leg(call, leg))
            begin(step, call, who, leg);
    }
}

bool overhear_is(const struct call *call, uint32_t leg)
{
    return (call->overheard[0].state != OVERHEARD_FREE && call->overheard[0].leg == leg) ||
           (call->overheard[1].state != OVERHEARD_FREE && call->overheard[1].leg == leg);
}

bool overhear_gone(const struct call *call)
{
    return call->overheard[0].state == OVERHEARD_FREE && call->overheard[1].state == OVERHEARD_FREE;
}

void overhear_put(struct core *core, struct call *call)
{
    put(core, call, &call->overheard[0]);
    put(core, call, &call->overheard[1]);
}

/* ---- What is heard ---- */

static void heard(struct step *step, struct call *call, const struct overheard *who)
{
    const struct event *event = step->event;

    if (who->state == OVERHEARD_ON && who->provider != PROVIDER_EMBEDDED) /* It may be a trial. */
        provider_outcome(step, call, who->provider, PROVIDER_OK, 0, TEXT("its final text"));
    if (event->heard.text.size == 0 || who->state != OVERHEARD_ON)
        return;
    struct command *turn = step_emit(step, STORE_TURN, call);
    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = event->wall_ms;
    turn->turn.turn = ++call->talk.turn;
    turn->turn.speaker = who == &call->overheard[0] ? SPEAKER_CALLER : SPEAKER_OPERATOR;
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
