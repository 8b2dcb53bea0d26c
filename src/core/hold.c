// SPDX-License-Identifier: Apache-2.0
/* hold.c - what we offer a leg that waits, and what it hears. */
#include "core/hold.h"

#include "core/call.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/passing.h"

enum { TRIES = 3 };

void hold_offer(struct step *step, struct call *call, struct leg *leg)
{
    struct text_buffer sdp = step_text(step);

    leg->way = leg->held ? WAY_SEND : WAY_BOTH;
    offer_make(leg, leg_port(step, call, leg), &sdp);
    struct text offer = step_text_take(step, &sdp);
    leg_emit(step, SIP_REINVITE, leg)->sip.sdp = offer;
    leg->agreeing = true;
}

static void set(struct step *step, struct call *call, struct leg *leg, bool held)
{
    if (!leg_is_up(leg) || leg->held == held)
        return;
    leg->held = held;
    leg->state = held ? LEG_HELD : LEG_UP;
    call->hold.tries = 0;
    if (!leg->agreeing)
        hold_offer(step, call, leg);
}

static struct leg *listener(const struct step *step, const struct call *call)
{
    return core_leg(step->core, call->hold.leg ? call->hold.leg : call->leg);
}

static void ask_for(struct step *step, struct call *call, struct text music)
{
    call->hold.utterance = ++call->talk.utterances;
    struct command *say = step_emit_to(step, SPEECH_SAY, listener(step, call));
    say->say.utterance = call->hold.utterance;
    say->say.provider = PROVIDER_EMBEDDED;
    say->say.plan = call->plan;
    say->say.voice = TEXT("music");
    say->say.text = music;
}

static void chime(struct step *step, struct call *call)
{
    call->hold.chimes = true;
    ask_for(step, call, TEXT("chime"));
}

void hold_play(struct step *step, struct call *call, struct text music)
{
    music = music.size ? music : call_plan(step->core, call)->music;
    call->hold.chimes = false;
    if (music.size)
        ask_for(step, call, music);
    else
        chime(step, call);
}

void hold_begin(struct step *step, struct call *call)
{
    set(step, call, core_leg(step->core, call->leg), true);
    hold_play(step, call, TEXT_EMPTY);
}

void hold_quiet(struct step *step, struct call *call)
{
    const struct leg *leg = listener(step, call);

    if (call->hold.playing && leg && leg->media_open && !leg->media_closed &&
        leg->state != LEG_ENDING)
        step_emit_to(step, MEDIA_FLUSH, leg);
    call->hold.leg = 0;
    call->hold.utterance = 0;
    call->hold.playing = false;
}

void hold_end(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);

    hold_quiet(step, call);
    if (leg)
        set(step, call, leg, false);
}

bool hold_ready(struct step *step, struct call *call)
{
    if (call->hold.utterance == 0 || step->event->speech.utterance != call->hold.utterance)
        return false;
    call->hold.utterance = 0;
    if (step->event->kind == SPEECH_FAILED) {
        if (!call->hold.chimes)
            chime(step, call); /* Nobody waits in silence for a file. */
        return true;
    }
    struct command *play = step_emit_to(step, MEDIA_PLAY, step->leg);
    play->play.utterance = step->event->speech.utterance;
    play->play.clip = step->event->speech.clip;
    play->play.loop = true;
    call->hold.playing = true;
    call->hold.heard = play->play.utterance;
    return true;
}

bool hold_played(struct step *step, struct call *call)
{
    if (!call->hold.playing || step->event->played.utterance != call->hold.heard)
        return false;
    call->hold.playing = false;
    return true;
}

/* ---- Two who are joined ---- */

static void account(struct step *step, const struct call *call, const struct leg *leg)
{
    struct command *command = step_emit_to(step, STORE_HOLD, leg);

    command->held.ref = text_of(call->ref);
    command->held.wall_ms = step->event->wall_ms;
    command->held.number = leg->number;
    command->held.role = text_of(leg_role_names[leg->role]);
    command->held.holds = leg->holds;
}

static bool holds(struct step *step, const struct call *call, struct leg *leg)
{
    bool now = leg_is_up(leg) && (leg->way == WAY_RECEIVE || leg->way == WAY_NONE);

    if (now != leg->holds) {
        leg->holds = now;
        account(step, call, leg);
    }
    return now;
}

void hold_for(struct step *step, struct call *call, const struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    bool queued = call->wait.state == WAIT_TAKEN;

    if (call->hold.leg == leg->id)
        return;
    hold_quiet(step, call);
    call->hold.leg = leg->id;
    hold_play(step, call, queued ? plan->queues[call->wait.plan_queue].music : TEXT_EMPTY);
}

void hold_joined(struct step *step, struct call *call)
{
    struct leg *near = core_leg(step->core, call->leg), *far = core_leg(step->core, call->far);

    if (call->state != CALL_BRIDGED || !near || !far)
        return;
    bool by_near = holds(step, call, near), by_far = holds(step, call, far);
    const struct leg *waits = by_near && !by_far ? far : by_far && !by_near ? near : NULL;
    if (passing_is(call) || call->hold.leg == (waits ? waits->id : 0))
        return; /* Of three nobody hears music; whom somebody transfers does. */
    hold_quiet(step, call);
    if (waits)
        hold_for(step, call, waits);
}

/* ---- Offered and answered ---- */

/* RFC 3261 14.1: who made the Call-ID waits 2.1 to 4 s, the other at most 2 s, in steps of 10 ms. */
static uint64_t glare_ms(const struct call *call, const struct leg *leg)
{
    uint64_t chance = (call->seed >> (8 * (call->hold.tries % 7))) & 0xffff;

    return leg->outgoing ? 2100 + chance % 191 * 10 : chance % 201 * 10;
}

void hold_agreed(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;
    uint16_t status = step->event->sip.status;
    bool want_held = leg->way == WAY_SEND;

    if (!leg->agreeing || leg->state == LEG_ENDING)
        return;
    leg->agreeing = false;
    if (status == 491 && call->hold.tries++ < TRIES) {
        call->hold.glare = leg->id;
        step_timer_set(step, call, TIMER_GLARE, step->event->now_ms + glare_ms(call, leg));
        return;
    }
    if (leg->moved && status >= 300) {
        call_lost(step, call, leg, CAUSE_SIGNALLING, TEXT("its sound could not be led over"));
        return;
    }
    leg->moved = false;
    if (status >= 200 && status < 300 &&
        offer_answered(leg, step->event->sip.sdp) == OFFER_AGREED && leg->media_open)
        leg_update_media(step, call, leg);
    if (leg_is_up(leg) && leg->held != want_held)
        hold_offer(step, call, leg); /* It was decided otherwise meanwhile. */
}

void hold_again(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->hold.glare);

    call->hold.glare = 0;
    if (leg && leg->call == call->id && leg_is_up(leg) && !leg->agreeing)
        hold_offer(step, call, leg);
}
