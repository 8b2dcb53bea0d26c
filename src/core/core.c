// SPDX-License-Identifier: Apache-2.0
/* core.c - from an event to the function that knows what it means. */
#include "core/core.h"

#include <assert.h>
#include <string.h>

#include "core/admission.h"
#include "core/join.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/converse.h"
#include "core/dial.h"
#include "core/enforce.h"
#include "core/hear.h"
#include "core/hold.h"
#include "core/house.h"
#include "core/inbound.h"
#include "core/leg.h"
#include "core/lookup.h"
#include "core/offering.h"
#include "core/operators.h"
#include "core/outbound.h"
#include "core/overhear.h"
#include "core/parting.h"
#include "core/passing.h"
#include "core/phones.h"
#include "core/provider.h"
#include "core/recall.h"
#include "core/refused.h"
#include "core/places.h"
#include "core/reply.h"
#include "core/standing.h"
#include "core/state.h"
#include "core/supervise.h"
#include "core/taping.h"
#include "core/think.h"
#include "core/tools.h"
#include "core/trunk.h"
#include "core/transfer.h"
#include "core/voice.h"
#include "core/waiting.h"
#include "core/words.h"

static size_t aligned(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

static void layout(struct core *core, uint32_t max_calls, uint32_t spare_legs)
{
    uint32_t legs = max_calls + spare_legs;

    core->max_calls = max_calls;
    core->spare_legs = spare_legs;
    core->links_at = aligned(sizeof(struct core));
    core->legs_at = core->links_at + aligned((max_calls + legs) * sizeof(struct slot_link));
    core->dialogs_at = core->legs_at + aligned(legs * sizeof(struct leg));
    core->waiting_at = core->dialogs_at + aligned(DIALOGS * sizeof(struct dialog_entry));
    core->calls_at = core->waiting_at +
                     aligned((max_calls + MAX_CALLBACKS) * sizeof(struct queue_entry));
    core->size = core->calls_at + aligned(max_calls * sizeof(struct call));
}

size_t core_size(uint32_t max_calls, uint32_t spare_legs)
{
    struct core core;

    layout(&core, max_calls, spare_legs);
    return core.size;
}

struct core *core_init(void *memory, uint32_t max_calls, uint32_t spare_legs)
{
    struct core *core = memory;

    assert(max_calls > 0 && max_calls <= MAX_CALLS && spare_legs <= MAX_SPARE_LEGS);
    layout(core, max_calls, spare_legs);
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

bool core_slo(const struct core *core, uint32_t index, uint64_t now_ms, struct slo_row *out)
{
    return enforce_row(core, index, now_ms, out);
}

bool core_provider(const struct core *core, uint32_t index, uint64_t now_ms,
                   struct provider_row *out)
{
    return provider_row(core, index, now_ms, out);
}

bool core_chain(const struct core *core, uint32_t index, struct chain_row *out)
{
    return provider_chain_row(core, index, out);
}

bool core_queue(const struct core *core, uint32_t index, uint64_t now_ms, uint64_t wall_ms,
                struct queue_row *out)
{
    return waiting_row(core, index, now_ms, wall_ms, out);
}

/* ---- Handlers that need a word more than a function's name ---- */

static void cancelled(struct step *step, struct call *call)
{
    call->status = 487;
    call_end(step, call, CAUSE_CANCELLED, step->event->sip.reason);
}

static void key_by_info(struct step *step, struct call *call)
{
    if (call->state == CALL_BRIDGED)
        join_key(step, call, step->event->sip_key.key);
    else if (step->leg->id == call->leg)
        conversation_key(step, call, step->event->sip_key.key, KEY_INFO);
}

static void key_by_media(struct step *step, struct call *call)
{
    if (call->state == CALL_BRIDGED)
        join_heard_key(step, call, step->event->key.key, step->event->key.source);
    else if (step->leg->id == call->leg)
        conversation_key(step, call, step->event->key.key, step->event->key.source);
}

static void speech_failed(struct step *step, struct call *call)
{
    if (hold_ready(step, call) || parting_ready(step, call))
        return;
    if (step->event->speech.utterance)
        conversation_not_spoken(step, call);
    else if (!hear_failed(step, call))
        conversation_recogniser_lost(step, call);
}

static void speech_ready(struct step *step, struct call *call)
{
    if (!hold_ready(step, call) && !parting_ready(step, call))
        reply_ready(step, call);
}

/* Of a tool, or of what the caller leaves behind. */
static void noted(struct step *step, struct call *call)
{
    if (standing_is(call))
        standing_noted(step, call);
    else if (step->event->noted.turn == 0)
        parting_noted(step, call);
    else
        tools_noted(step, call);
}

static void played(struct step *step, struct call *call)
{
    bool told = standing_is(call) && step->leg->id == call->far;

    if (told && step->event->played.utterance == call->offering.utterance)
        standing_said(step, call);
    else if (!told)
        conversation_played(step, call);
}

static void account_failed(struct step *step, struct call *call)
{
    if (call->outbound && call->state == CALL_OPENING)
        outbound_account_failed(step, call);
    else
        inbound_account_open(step, call); /* Its late account is better than a lost caller. */
}

static void timer_fired(struct step *step, struct call *call)
{
    enum timer_kind kind = step->event->timer.kind;

    if (kind >= TIMER_KINDS || call->timer_serial[kind] != step->event->timer.serial)
        return; /* Cancelled or set anew while it was on its way. */
    call->timer_serial[kind] = 0;
    if (kind >= TIMER_SESSION)
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
    [SIP_BYE] = call_hung_up,
    [SIP_FAILED] = call_failed,
    [SIP_RELEASED] = call_released,
    [SIP_DIALED] = dial_dialed,
    [SIP_PROGRESS] = outbound_progress,
    [SIP_ANSWERED] = outbound_answered,
    [SIP_REFUSED] = outbound_refused,
    [SIP_AGREED] = hold_agreed,
    [SIP_REFERRED] = transfer_referred,
    [SIP_REFER_ANSWERED] = transfer_refer_answered,
    [SIP_NOTIFIED] = transfer_notified,
    [MEDIA_VOICE] = voice_edge,
    [MEDIA_KEY] = key_by_media,
    [MEDIA_AUDIBLE] = reply_audible,
    [MEDIA_PLAYED] = played,
    [MEDIA_SILENT] = leg_silent,
    [MEDIA_CLOSED] = call_media_closed,
    [SPEECH_VERDICT] = voice_verdict,
    [SPEECH_PARTIAL] = voice_partial,
    [SPEECH_FINAL] = words_final,
    [SPEECH_READY] = speech_ready,
    [SPEECH_FAILED] = speech_failed,
    [SPEECH_STOPPED] = call_speech_stopped,
    [SPEECH_TURN] = think_turn,
    [SPEECH_SESSION] = converse_session,
    [MIND_UNDERSTOOD] = words_understood,
    [MIND_SAYS] = think_says,
    [MIND_SOUNDS] = think_sounds,
    [MIND_WRITES] = think_writes,
    [MIND_TOOL] = tools_asked,
    [MIND_DONE] = think_done,
    [MIND_FAILED] = think_failed,
    [TOOL_DONE] = tools_done,
    [LOOKUP_DONE] = lookup_done,
    [STORE_NOTED] = noted,
    [STORE_OPENED] = inbound_account_open,
    [STORE_FAILED] = account_failed,
    [STORE_KNOWN] = outbound_known,
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
    provider_plan(step, slot);
    waiting_plan(step, slot);
    standing_plan(step);
    phones_plan(step, old);
    operators_plan(step);
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
    if (event->kind == SIP_REFERRED)
        return event->refer.dialog;
    return event->kind == SIP_KEY ? event->sip_key.dialog : event->sip.dialog;
}

static bool is_dialogs(enum event_kind kind)
{
    return kind > SIP_INVITE && kind <= SIP_RELEASED;
}

/* A leg that was dialled is known by its id until its dialog is known. */
static struct leg *dialed_leg(struct core *core, const struct event *event)
{
    struct leg *leg = core_leg(core, event->leg);

    return leg && leg->dialed && (event->kind == SIP_DIALED || event->kind == SIP_REFUSED) ? leg
                                                                                          : NULL;
}

static struct leg *leg_of(struct core *core, const struct event *event)
{
    if (is_dialogs(event->kind)) {
        struct leg *leg = places_of_dialog(core, dialog_of(event));
        return leg ? leg : dialed_leg(core, event);
    }
    if (event->leg)
        return core_leg(core, event->leg);
    struct call *call = core_call(core, event->call);
    return call ? core_leg(core, call->leg) : NULL;
}

/* The conversation is with the first leg; what the other one sounds like is media's alone. */
static bool for_first_leg_only(enum event_kind kind)
{
    return kind == MEDIA_VOICE || kind == MEDIA_AUDIBLE ||
           (kind >= SPEECH_LISTENING && kind <= TOOL_DONE && kind != SPEECH_STOPPED);
}

/* Nobody waits for it any more; what it carries must not leak. */
static void stale(struct step *step)
{
    step->core->figures.stale_events++;
    if (step->event->kind == SPEECH_READY) {
        struct command *drop = step_emit(step, CLIP_DROP, NULL);
        drop->leg = step->event->leg;
        drop->clip.clip = step->event->speech.clip;
    } else if (step->event->kind == MIND_SOUNDS) {
        struct command *drop = step_emit(step, CLIP_DROP, NULL);
        drop->leg = step->event->leg;
        drop->clip.clip = step->event->mind.clip;
    } else if (step->event->kind == SIP_DIALED) {
        step_emit(step, SIP_HANG_UP, NULL)->sip.dialog = step->event->sip.dialog;
    } else if (step->event->kind == SIP_REINVITED || step->event->kind == SIP_REFERRED) {
        struct command *reply = step_emit(step, SIP_REPLY, NULL);
        reply->sip.dialog = dialog_of(step->event);
        reply->sip.request = step->event->kind == SIP_REFERRED ? step->event->refer.request
                                                               : step->event->reinvite.request;
        reply->sip.status = 481;
    }
}

/* The handler, and then what the conversation's end means to the call. */
static void handle(struct step *step, struct call *call)
{
    handlers[step->event->kind](step, call);
    call_follow(step, call);
    supervise_follow(step, call);
}

/* The second leg has no conversation, but may hear a sentence of ours, or music. */
static bool said_to_both(struct step *step, struct call *call)
{
    enum event_kind kind = step->event->kind;

    return (kind == SPEECH_READY || kind == SPEECH_FAILED) &&
           (offering_ready(step, call) || supervise_ready(step, call) ||
            (step->leg->id == call->hold.leg && hold_ready(step, call)));
}

static void dispatch(struct step *step)
{
    const struct event *event = step->event;
    struct core *core = step->core;

    if (event->kind == SIP_INVITE) {
        inbound_invited(step);
    } else if (event->kind == PLAN_LOADED) {
        plan_loaded(step);
    } else if (event->kind == CALL_REQUESTED) {
        outbound_requested(step);
    } else if (event->kind == SERVER_DRAIN) {
        drain(step);
    } else if (event->kind == MEDIA_LATE) {
        admission_late(step);
    } else if (event->kind == CAPTURE_ASKED) {
        taping_asked(step);
    } else if (event->kind == TASK_ASKED) {
        recall_asked(step);
    } else if (event->kind == STORE_TASK_KNOWN) {
        recall_known(step);
    } else if (event->kind == STORE_TASKS_TOLD) {
        recall_told(step);
    } else if (event->kind == OPERATOR_ASKED) {
        operators_asked(step);
    } else if (event->kind == STORE_OPERATOR_KNOWN) {
        operators_known(step);
    } else if (event->kind == STORE_SLO_KNOWN) {
        enforce_known(step);
    } else if (event->kind == SUPERVISE_ASKED) {
        supervise_asked(step);
    } else if (event->kind == MEDIA_CAPTURED) {
        taping_finished(step);
    } else if (event->kind == SIP_REGISTER) {
        phones_register(step);
    } else if (event->kind == SIP_PHONE) {
        phones_heard(step);
    } else if (event->kind == STORE_BOUND) {
        phones_bound(step);
    } else if (event->kind == STORE_PHONE_KNOWN) {
        phones_known(step);
    } else if (event->kind == SIP_AWAY) {
        refused_away(step);
    } else if (event->kind == SIP_TRUNK) {
        trunk_heard(step);
    } else if (event->kind == PROVIDER_FACT) {
        provider_fact(step);
    } else if (event->kind == TIMER_FIRED && event->timer.kind == TIMER_HOUSE) {
        house_timer(step);
    } else if (event->kind < EVENT_KINDS && handlers[event->kind]) {
        step->leg = leg_of(core, event);
        struct call *call = step->leg ? core_call(core, step->leg->call) : NULL;
        if (call && (offering_event(step, call) || supervise_event(step, call) ||
                     passing_event(step, call) ||
                     overhear_event(step, call) || said_to_both(step, call))) {
            supervise_follow(step, call);
            return;
        }
        if (call && !(step->leg->id != call->leg && for_first_leg_only(event->kind)))
            handle(step, call);
        else
            stale(step);
    }
}

void core_step(struct core *core, const struct event *event, struct commands *out)
{
    struct step step = {.core = core, .event = event, .out = out};

    out->count = 0;
    out->text_size = 0;
    core->figures.steps++;
    dispatch(&step);
    operators_tell(&step); /* Who is free now, */
    offering_tend(&step);  /* is offered a caller, */
    operators_tell(&step); /* and is not free any more. */
    refused_sum_up(&step);
    enforce_tend(&step);
}
