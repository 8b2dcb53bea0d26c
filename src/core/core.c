// SPDX-License-Identifier: Apache-2.0
/* core.c - from an event to the function that knows what it means. */
#include "core/core.h"

#include <assert.h>
#include <string.h>

#include "core/inbound.h"
#include "core/admission.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/leg.h"
#include "core/places.h"
#include "core/reply.h"
#include "core/state.h"
#include "core/taping.h"
#include "core/trunk.h"
#include "core/voice.h"
#include "core/words.h"

static size_t aligned(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

static void layout(struct core *core, uint32_t max_calls)
{
    core->max_calls = max_calls;
    core->links_at = aligned(sizeof(struct core));
    core->legs_at = core->links_at + aligned(2 * max_calls * sizeof(struct slot_link));
    core->dialogs_at = core->legs_at + aligned(max_calls * sizeof(struct leg));
    core->calls_at = core->dialogs_at + aligned(DIALOGS * sizeof(struct dialog_entry));
    core->size = core->calls_at + aligned(max_calls * sizeof(struct call));
}

size_t core_size(uint32_t max_calls)
{
    struct core core;

    layout(&core, max_calls);
    return core.size;
}

struct core *core_init(void *memory, uint32_t max_calls)
{
    struct core *core = memory;

    assert(max_calls > 0 && max_calls <= MAX_CALLS);
    layout(core, max_calls);
    core->plan_now = -1;
    slots_init(&core->call_slots, max_calls);
    slots_init(&core->leg_slots, max_calls);
    return core;
}

void core_set_plan(struct core *core, uint32_t slot, const struct plan *plan)
{
    assert(slot < MAX_PLANS);
    core->plans[slot] = plan;
}

void core_figures(const struct core *core, struct core_figures *out)
{
    *out = core->figures;
}

/* ---- Handlers that need a word more than a function's name ---- */

static void bye(struct step *step, struct call *call)
{
    call_end(step, call, CAUSE_CALLER_HUNG_UP, step->event->sip.reason);
}

static void cancelled(struct step *step, struct call *call)
{
    call->status = 487;
    call_end(step, call, CAUSE_CANCELLED, step->event->sip.reason);
}

static void failed(struct step *step, struct call *call)
{
    call->status = call->answered_ms ? 0 : step->event->sip.status;
    call_end(step, call, CAUSE_SIGNALLING, step->event->sip.reason);
}

static void key_by_info(struct step *step, struct call *call)
{
    conversation_key(step, call, step->event->sip_key.key, KEY_INFO);
}

static void key_by_media(struct step *step, struct call *call)
{
    conversation_key(step, call, step->event->key.key, step->event->key.source);
}

static void speech_failed(struct step *step, struct call *call)
{
    if (step->event->speech.utterance)
        conversation_not_spoken(step, call);
    else
        conversation_recogniser_lost(step, call);
}

static void timer_fired(struct step *step, struct call *call)
{
    enum timer_kind kind = step->event->timer.kind;

    if (kind >= TIMER_KINDS || call->timer_serial[kind] != step->event->timer.serial)
        return; /* Cancelled or set anew while it was on its way. */
    call->timer_serial[kind] = 0;
    if (kind == TIMER_CALL || kind == TIMER_SESSION || kind == TIMER_AUDIO)
        call_timer(step, call, kind);
    else
        conversation_timer(step, call, kind);
}

static void (*const handlers[EVENT_KINDS])(struct step *, struct call *) = {
    [TIMER_FIRED] = timer_fired,
    [SIP_PRACKED] = inbound_pracked,
    [SIP_CANCELLED] = cancelled,
    [SIP_ACKED] = inbound_acked,
    [SIP_REINVITED] = leg_reinvited,
    [SIP_REFRESHED] = leg_refreshed,
    [SIP_KEY] = key_by_info,
    [SIP_BYE] = bye,
    [SIP_FAILED] = failed,
    [SIP_RELEASED] = call_released,
    [MEDIA_VOICE] = voice_edge,
    [MEDIA_KEY] = key_by_media,
    [MEDIA_AUDIBLE] = reply_audible,
    [MEDIA_PLAYED] = conversation_played,
    [MEDIA_SILENT] = leg_silent,
    [MEDIA_CLOSED] = call_media_closed,
    [SPEECH_VERDICT] = voice_verdict,
    [SPEECH_PARTIAL] = voice_partial,
    [SPEECH_FINAL] = words_final,
    [SPEECH_READY] = reply_ready,
    [SPEECH_FAILED] = speech_failed,
    [SPEECH_STOPPED] = call_speech_stopped,
    [MIND_UNDERSTOOD] = words_understood,
    [STORE_OPENED] = inbound_account_open,
    [STORE_FAILED] = inbound_account_open, /* Its late account is better than a lost caller. */
};

/* ---- Events of the whole server ---- */

static void plan_loaded(struct step *step)
{
    struct core *core = step->core;
    uint32_t slot = step->event->plan.slot;
    int8_t old = core->plan_now;

    if (slot >= MAX_PLANS || !core->plans[slot])
        return;
    core->plan_now = (int8_t)slot;
    core->plan_live[slot] = true;
    trunk_plan(step);
    if (old >= 0)
        places_drop_plan(step, (uint32_t)old);
}

static void drain(struct step *step)
{
    struct core *core = step->core;

    if (!core->draining) {
        core->draining = true;
        return;
    }
    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        struct call *call = &places_calls(core)[slot];
        if (call->state != CALL_FREE && call->state < CALL_ENDING) {
            call_end(step, call, CAUSE_SERVER_SHUTDOWN, TEXT("the server is going down"));
            return;
        }
    }
}

/* ---- Dispatch ---- */

static uint32_t dialog_of(const struct event *event)
{
    if (event->kind == SIP_REINVITED)
        return event->reinvite.dialog;
    return event->kind == SIP_KEY ? event->sip_key.dialog : event->sip.dialog;
}

static bool is_dialogs(enum event_kind kind)
{
    return kind > SIP_INVITE && kind <= SIP_RELEASED;
}

static struct call *call_of(struct core *core, const struct event *event)
{
    if (is_dialogs(event->kind))
        return places_of_dialog(core, dialog_of(event));
    if (event->leg) {
        const struct leg *leg = core_leg(core, event->leg);
        return leg ? core_call(core, leg->call) : NULL;
    }
    return core_call(core, event->call);
}

/* Nobody waits for it any more; what it carries must not leak. */
static void stale(struct step *step)
{
    step->core->figures.stale_events++;
    if (step->event->kind == SPEECH_READY) {
        struct command *drop = step_emit(step, CLIP_DROP, NULL);
        drop->leg = step->event->leg;
        drop->clip.clip = step->event->speech.clip;
    }
}

/* The handler, and then what the conversation's end means to the call. */
static void handle(struct step *step, struct call *call)
{
    handlers[step->event->kind](step, call);
    if (call->state == CALL_UP && call->talk.over)
        call_end(step, call, call->talk.after_cause, TEXT_EMPTY);
}

void core_step(struct core *core, const struct event *event, struct commands *out)
{
    struct step step = {.core = core, .event = event, .out = out};

    out->count = 0;
    out->text_size = 0;
    core->figures.steps++;
    if (event->kind == SIP_INVITE) {
        inbound_invited(&step);
    } else if (event->kind == PLAN_LOADED) {
        plan_loaded(&step);
    } else if (event->kind == SERVER_DRAIN) {
        drain(&step);
    } else if (event->kind == MEDIA_LATE) {
        admission_late(&step);
    } else if (event->kind == CAPTURE_ASKED) {
        taping_asked(&step);
    } else if (event->kind == MEDIA_CAPTURED) {
        taping_finished(&step);
    } else if (event->kind == SIP_TRUNK) {
        trunk_heard(&step);
    } else if (event->kind < EVENT_KINDS && handlers[event->kind]) {
        struct call *call = call_of(core, event);
        if (call)
            handle(&step, call);
        else
            stale(&step);
    }
}
