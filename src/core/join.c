// SPDX-License-Identifier: Apache-2.0
/* join.c - the second leg's news, passed to the first. */
#include "core/join.h"

#include "core/call.h"
#include "core/conversation.h"
#include "core/dial.h"
#include "core/hold.h"
#include "core/inbound.h"
#include "core/leg.h"
#include "core/overhear.h"
#include "core/phones.h"
#include "core/transfer.h"

static struct leg *near_of(struct step *step, const struct call *call)
{
    return core_leg(step->core, call->leg);
}

/* ---- Joined ---- */

void join_begin(struct step *step, struct call *call)
{
    const struct leg *near = near_of(step, call), *far = core_leg(step->core, call->far);

    if (call->joined || !near->media_open || near->media_closed || !far->media_open ||
        far->media_closed)
        return;
    struct command *command = step_emit_to(step, MEDIA_BRIDGE, near);
    command->bridge.other = far->id;
    call->joined = true;
    hold_joined(step, call);
    overhear_look(step, call);
}

void join_part(struct step *step, struct call *call)
{
    if (!call->joined)
        return;
    struct command *command = step_emit(step, MEDIA_UNBRIDGE, call);
    command->bridge.other = call->far;
    call->joined = false;
    overhear_look(step, call);
}

static void bridged(struct step *step, struct call *call)
{
    step_timer_cancel(step, call, TIMER_FAR);
    join_begin(step, call);
    call->state = CALL_BRIDGED;
    call->link = LINK_BRIDGED;
    hold_joined(step, call); /* One may hold already. */
    overhear_look(step, call);
}

void join_key(struct step *step, struct call *call, char key)
{
    uint32_t to = step->leg->id == call->leg ? call->far : call->leg;
    struct leg *other = core_leg(step->core, to);
    char keys[2] = {key, 0};

    if (!other || !leg_is_up(other))
        return;
    if (other->event_type) {
        struct text text = step_text_copy(step, text_of(keys));
        step_emit_to(step, MEDIA_SEND_KEYS, other)->keys.keys = text;
    } else {
        leg_emit(step, SIP_SEND_KEY, other)->sip.key = key;
    }
}

void join_heard_key(struct step *step, struct call *call, char key, enum key_source source)
{
    const struct leg *other =
        core_leg(step->core, step->leg->id == call->leg ? call->far : call->leg);

    if (source == KEY_RTP && other && other->event_type == 0)
        join_key(step, call, key);
}

/* ---- Forward ---- */

/* The first leg has no answer yet: it gets the truth as a final answer. */
static void refuse(struct step *step, struct call *call, uint16_t status, enum cause cause,
                   struct text why)
{
    struct leg *near = near_of(step, call);
    struct command *reject = leg_emit(step, SIP_REJECT, near);

    reject->sip.status = status;
    near->released = true; /* Its SIP_RELEASED is of no more use. */
    call->status = status;
    transfer_tell(step, call, TEXT("forward"), false, status, why);
    call_end(step, call, cause, why);
}

void join_forward(struct step *step, struct call *call)
{
    call->state = CALL_FORWARDING;
    if (!dial_second(step, call, ROLE_FORWARD)) {
        enum cause cause;
        uint16_t status;
        struct text why = dial_failure(step, call, &status, &cause);
        refuse(step, call, status, cause, why);
        return;
    }
    step_timer_set(step, call, TIMER_CALL,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
}

/* What the callee's side says early is passed on: a ringing, or its sound. A caller who offered
 * nothing can get no answer before the 200. */
void join_progress(struct step *step, struct call *call)
{
    struct leg *near = near_of(step, call);
    const struct leg *far = step->leg;
    bool sound = far->media_open && !near->awaiting_answer;

    if (sound && near->media_open)
        return; /* It has been told. */
    struct command *ring = leg_emit(step, SIP_RING, near);
    ring->sip.status = sound ? 183 : 180;
    ring->sip.reliable = call->reliable;
    if (!sound)
        return;
    ring->sip.sdp = (struct text){.data = call->sdp, .size = call->sdp_size};
    leg_open_media(step, call, near);
    join_begin(step, call);
}

void join_connect(struct step *step, struct call *call, struct text how)
{
    hold_end(step, call);
    conversation_suspend(step, call);
    call_deafen(step, call);
    transfer_tell(step, call, how, true, 200, TEXT_EMPTY);
    bridged(step, call);
}

void join_fetched(struct step *step, struct call *call)
{
    hold_end(step, call);
    bridged(step, call);
}

void join_far_answered(struct step *step, struct call *call)
{
    if (call->state == CALL_FORWARDING)
        inbound_answer(step, call); /* The caller's ACK joins them. */
    else if (call->link == LINK_TRANSFER)
        join_connect(step, call, TEXT("bridge"));
}

void join_answered(struct step *step, struct call *call)
{
    transfer_tell(step, call, TEXT("forward"), true, 200, TEXT_EMPTY);
    call_answered(step, call);
    bridged(step, call);
}

void join_far_lost(struct step *step, struct call *call)
{
    struct leg *far = core_leg(step->core, call->far);
    uint16_t status = far->status;
    struct text why = step_text_copy(step, text_of(far->reason));

    if (call->state == CALL_FORWARDING) {
        bool truthful = status >= 400 && status != 401 && status != 407;
        refuse(step, call,
               truthful        ? status
               : status >= 300 ? 502
                               : 480,
               dial_cause(step->core, call, far), why);
        return;
    }
    if (call->state == CALL_ANSWERING) {
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the second leg was lost"));
        return;
    }
    call_leave(step, call, far, why);
    transfer_failed(step, call, status, why);
}

void join_unanswered(struct step *step, struct call *call)
{
    refuse(step, call, 480, CAUSE_NO_ANSWER, TEXT("nobody answered in time"));
}

/* ---- Transfer ---- */

bool join_transfer(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    bool telephone = phones_meant(plan, text_of(call->dial.target), -1).size > 0;

    call->dial.only = plan->outbound_count == 0 && !telephone ? call->trunk : -1;
    if (call->dial.only >= 0 && plan->trunks[call->dial.only].host.size == 0)
        return false;
    if (call->dial.only < 0 && plan->outbound_count == 0 && !telephone)
        return false;
    if (!dial_second(step, call, ROLE_TRANSFER))
        return false;
    call->link = LINK_TRANSFER;
    hold_begin(step, call);
    step_timer_set(step, call, TIMER_FAR, step->event->now_ms + plan->manners.ring_ms);
    return true;
}
