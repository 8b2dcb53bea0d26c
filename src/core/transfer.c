// SPDX-License-Identifier: Apache-2.0
/* transfer.c - who the call is with next. */
#include "core/transfer.h"

#include "core/join.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/dial.h"
#include "core/hold.h"
#include "core/leg.h"
#include "core/offering.h"
#include "core/passing.h"
#include "core/phones.h"
#include "core/waiting.h"

enum { REFER_SPARE_MS = 5000 }; /* Over the ringing time, for the last NOTIFY. */

void transfer_tell(struct step *step, struct call *call, struct text how, bool done,
                   uint16_t status, struct text detail)
{
    struct command *command = step_emit(step, STORE_TRANSFER, call);

    call->transfers += done;
    command->transfer.ref = text_of(call->ref);
    command->transfer.wall_ms = step->event->wall_ms;
    command->transfer.how = how;
    command->transfer.target = step_text_copy(step, text_of(call->dial.target));
    command->transfer.done = done;
    command->transfer.status = status;
    command->transfer.detail = detail;
}

static struct leg *near_of(struct step *step, const struct call *call)
{
    return core_leg(step->core, call->leg);
}

/* ---- We refer ---- */

/* Where the other side finds the number: over its own trunk when that has a place, else as tel:. */
static struct text refer_to(struct step *step, const struct call *call)
{
    struct text target = text_of(call->dial.target);
    struct text_buffer uri = step_text(step);
    const struct plan *plan = call_plan(step->core, call);
    const struct plan_trunk *trunk = call->trunk >= 0 ? &plan->trunks[call->trunk] : NULL;
    struct text host = trunk ? trunk->host : TEXT_EMPTY;
    bool six = text_find(host, TEXT(":")) >= 0;

    if (text_find(target, TEXT(":")) >= 0)
        return target;
    text_append(&uri, host.size ? TEXT("sip:") : TEXT("tel:"));
    text_append(&uri, target);
    if (host.size) {
        text_append(&uri, six ? TEXT("@[") : TEXT("@"));
        text_append(&uri, host);
        text_append(&uri, six ? TEXT("]") : TEXT_EMPTY);
        if (trunk->port) {
            text_append_char(&uri, ':');
            text_append_number(&uri, trunk->port);
        }
        if (trunk->transport_given && trunk->transport != TRANSPORT_UDP)
            text_append(&uri, trunk->transport == TRANSPORT_TLS ? TEXT(";transport=tls")
                                                                : TEXT(";transport=tcp"));
    }
    return step_text_take(step, &uri);
}

/* We carry the call ourselves; `refused`: how the other side refused to be referred. */
static void carry(struct step *step, struct call *call, uint16_t refused)
{
    enum cause cause;
    uint16_t status;

    call->dial.unreachable = false;
    if (join_transfer(step, call))
        return;
    struct text why = dial_failure(step, call, &status, &cause);
    call->link = refused ? LINK_NONE : LINK_TRANSFER;
    transfer_failed(step, call, refused ? refused : status, why);
}

void transfer_begin(struct step *step, struct call *call)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    const struct plan_intent *intent = &agent->intents[call->talk.transfer_intent];
    struct leg *near = near_of(step, call);

    waiting_end(step, call, QUEUE_LEFT, TEXT("transferred"));
    conversation_away(step, call);
    if (call->link != LINK_NONE || call->far || offering_is(call)) { /* They refer us already, or somebody takes over. */
        conversation_return(step, call);
        return;
    }
    call->dial.referred_by[0] = call->dial.replaces[0] = call->dial.headers[0] = 0;
    text_copy(call->dial.target, sizeof(call->dial.target), intent->transfer);
    dial_user(text_of(call->talk.context.caller), call->dial.from, sizeof(call->dial.from));
    if (phones_meant(call_plan(step->core, call), intent->transfer, -1).size) {
        carry(step, call, 0); /* Only we know where our telephones are. */
        return;
    }
    call->link = LINK_REFERRING;
    struct text uri = refer_to(step, call);
    leg_emit(step, SIP_REFER, near)->sip.uri = uri;
    step_timer_set(
        step, call, TIMER_FAR,
        step->event->now_ms + call_manners(step->core, call)->ring_ms + REFER_SPARE_MS);
}

/* Who waits could be offered to nobody meanwhile. */
static void unlinked(struct step *step, struct call *call)
{
    call->link = LINK_NONE;
    offering_look(step);
}

void transfer_failed(struct step *step, struct call *call, uint16_t status, struct text why)
{
    enum link link = call->link;

    step_timer_cancel(step, call, TIMER_FAR);
    unlinked(step, call);
    if (link == LINK_REFERRED) {
        transfer_tell(step, call, TEXT("referred"), false, status, why);
        if (call->dial.quiet)
            return;
        struct command *notify = leg_emit(step, SIP_NOTIFY, near_of(step, call));
        notify->sip.status = status >= 300 ? status : 480;
        notify->sip.final = true;
        return;
    }
    if (link == LINK_REPLACES)
        return;
    if (link == LINK_TRANSFER)
        hold_end(step, call);
    transfer_tell(step, call, link == LINK_TRANSFER ? TEXT("bridge") : TEXT("refer"), false, status,
                  why);
    conversation_return(step, call);
}

static void transferred(struct step *step, struct call *call, struct text detail)
{
    call->link = LINK_NONE;
    transfer_tell(step, call, TEXT("refer"), true, 200, detail);
    call_end(step, call, CAUSE_TRANSFERRED, detail);
}

void transfer_refer_answered(struct step *step, struct call *call)
{
    uint16_t status = step->event->sip.status;

    if (call->link != LINK_REFERRING || step->leg->id != call->leg)
        return;
    if (status >= 200 && status < 300) {
        if (step->event->sip.final) /* Refer-Sub: false (RFC 4488). */
            transferred(step, call, TEXT("accepted; the result is not told"));
        return;
    }
    transfer_tell(step, call, TEXT("refer"), false, status, step->event->sip.reason);
    step_timer_cancel(step, call, TIMER_FAR);
    call->link = LINK_NONE;
    carry(step, call, status);
}

void transfer_notified(struct step *step, struct call *call)
{
    uint16_t status = step->event->sip.status;

    if (call->link != LINK_REFERRING || step->leg->id != call->leg)
        return;
    if (status >= 300)
        transfer_failed(step, call, status, step->event->sip.reason);
    else if (status >= 200)
        transferred(step, call, TEXT_EMPTY);
    else if (step->event->sip.final)
        transfer_failed(step, call, 0, TEXT("the other side stopped telling the result"));
}

void transfer_overdue(struct step *step, struct call *call)
{
    struct leg *far = core_leg(step->core, call->far);

    if (far) {
        far->status = 408;
        call_leave(step, call, far, TEXT("nobody answered in time"));
    }
    if (call->state == CALL_UP && call->link != LINK_NONE && call->link != LINK_REPLACES)
        transfer_failed(step, call, 408, TEXT("nobody answered in time"));
    else if (call->link == LINK_REPLACES)
        unlinked(step, call);
}

/* ---- The conversation goes on with another leg ---- */

/* The second leg becomes the first; the first is left. */
void transfer_change_legs(struct step *step, struct call *call, struct text reason)
{
    struct leg *old = near_of(step, call), *next = core_leg(step->core, call->far);

    step_timer_cancel(step, call, TIMER_SESSION);
    step_timer_cancel(step, call, TIMER_FAR_SESSION);
    step_timer_cancel(step, call, TIMER_AUDIO);
    step_timer_cancel(step, call, TIMER_FAR);
    call_deafen(step, call);
    call->leg = next->id;
    call->far = 0;
    call->link = LINK_NONE;
    call_leave(step, call, old, reason);
    if (leg_is_up(next))
        leg_arm_session(step, call, next);
}

void transfer_arrived(struct step *step, struct call *call)
{
    const struct leg *leg = near_of(step, call);

    call->state = CALL_UP;
    step_timer_set(
        step, call, TIMER_CALL,
        step->event->now_ms + call_manners(step->core, call)->longest_call_ms);
    conversation_arrive(step, call);
    conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
}

/* ---- They refer us ---- */

static void answer_refer(struct step *step, uint16_t status)
{
    struct command *reply = leg_emit(step, SIP_REPLY, step->leg);

    reply->sip.request = step->event->refer.request;
    reply->sip.status = status;
}

static void notify(struct step *step, struct call *call, uint16_t status, bool final)
{
    if (call->dial.quiet)
        return;
    struct command *command = leg_emit(step, SIP_NOTIFY, near_of(step, call));
    command->sip.status = status;
    command->sip.final = final;
}

/* "sip:bob@192.0.2.7:5060;transport=udp" -> "bob": we call over the trunk that referred us, whatever
 * host the URI names. */
static struct text user_of(struct text uri)
{
    int32_t colon = text_find(uri, TEXT(":")), at;

    uri = text_part(uri, (uint32_t)(colon + 1), uri.size);
    at = text_find(uri, TEXT("@"));
    if (at < 0)
        at = text_find(uri, TEXT(";"));
    return at < 0 ? uri : text_part(uri, 0, (uint32_t)at);
}

void transfer_referred(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct event *event = step->event;
    struct dial *dial = &call->dial;
    const struct plan_trunk *trunk = call->trunk >= 0 ? &plan->trunks[call->trunk] : NULL;

    if (!leg_is_up(step->leg)) {
        answer_refer(step, 481);
        return;
    }
    if (call->state == CALL_BRIDGED) {
        passing_referred(step, call);
        return;
    }
    /* Not 481 to a dialog that goes on: it would end there (RFC 5057 5.1). */
    if (step->leg->id != call->leg || !trunk || !trunk->refer || trunk->host.size == 0 || call->state != CALL_UP ||
        call->talk.state == TALK_AWAY) {
        answer_refer(step, 603);
        return;
    }
    struct text user = user_of(event->refer.target);
    if (call->link != LINK_NONE || call->far || offering_is(call) || user.size == 0 ||
        text_find(user, TEXT(":")) >= 0) { /* A URI in a URI would be called wherever it points. */
        answer_refer(step, call->far || offering_is(call) ? 491 : 400);
        return;
    }
    text_copy(dial->target, sizeof(dial->target), user);
    if (call->outbound) /* Our own words: a number, or a URI. */
        text_copy(dial->from, sizeof(dial->from), text_of(call->talk.context.called));
    else
        dial_user(text_of(call->talk.context.called), dial->from, sizeof(dial->from));
    text_copy(dial->referred_by, sizeof(dial->referred_by), event->refer.referred_by);
    text_copy(dial->replaces, sizeof(dial->replaces), event->refer.replaces);
    dial->headers[0] = 0;
    dial->only = call->trunk;
    dial->quiet = event->refer.quiet;
    if (!dial_second(step, call, ROLE_REFERRED)) {
        answer_refer(step, 503);
        return;
    }
    call->link = LINK_REFERRED;
    answer_refer(step, 202);
    notify(step, call, 100, false);
    step_timer_set(step, call, TIMER_FAR,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
}

void transfer_progress(struct step *step, struct call *call)
{
    if (call->state == CALL_UP)
        notify(step, call, step->event->sip.status, false);
}

void transfer_succeeded(struct step *step, struct call *call)
{
    transfer_tell(step, call, TEXT("referred"), true, 200, TEXT_EMPTY);
    notify(step, call, 200, true);
    conversation_leave(step, call);
    transfer_change_legs(step, call, TEXT("transferred"));
    transfer_arrived(step, call);
}

/* Who refers may hang up at once (RFC 5589 6.1): the call goes on with whom it was referred to. */
bool transfer_left(struct step *step, struct call *call)
{
    if (step->leg->id == call->far && call->link == LINK_REPLACES) {
        call_leave(step, call, step->leg, TEXT_EMPTY);
        unlinked(step, call);
        return true;
    }
    if (step->leg->id != call->leg)
        return false;
    if (call->link == LINK_REFERRING) {
        transfer_tell(step, call, TEXT("refer"), false, 0,
                      TEXT("the other side hung up before it told the result"));
        call->link = LINK_NONE;
        return false;
    }
    if (call->link != LINK_REFERRED || call->state != CALL_UP)
        return false;
    transfer_tell(step, call, TEXT("referred"), true, 0, TEXT("who referred us hung up at once"));
    waiting_end(step, call, QUEUE_LEFT, TEXT("referred to somebody else"));
    conversation_leave(step, call);
    transfer_change_legs(step, call, TEXT_EMPTY);
    call->state = CALL_DIALING;
    step_timer_set(step, call, TIMER_CALL,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
    return true;
}

void transfer_given_up(struct step *step, struct call *call)
{
    enum link link = call->link;

    call->joined = false;
    call->link = LINK_NONE;
    if (link == LINK_REFERRING)
        transfer_tell(step, call, TEXT("refer"), false, 0, TEXT("the call ended before the result"));
    else if (link == LINK_REFERRED)
        transfer_tell(step, call, TEXT("referred"), false, 0, TEXT("the call ended before it"));
    else if (link == LINK_TRANSFER)
        transfer_tell(step, call, TEXT("bridge"), false, 0, TEXT("the call ended before it"));
}
