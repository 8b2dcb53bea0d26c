// SPDX-License-Identifier: Apache-2.0
/* replace.c - INVITE with Replaces (RFC 3891): a new leg takes a leg's place. */
#include "core/admission.h"
#include "core/join.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/offering.h"
#include "core/operators.h"
#include "core/passing.h"
#include "core/places.h"
#include "core/transfer.h"

static void refuse(struct step *step, uint16_t status)
{
    struct command *reject = step_emit(step, SIP_REJECT, NULL);

    reject->sip.dialog = step->event->invite.dialog;
    reject->sip.status = status;
}

/* The trunk, where its `refer` says so; or a telephone of a user's, who has proved it: who knows the tags of
 * a user's dialog was told them by that user. */
static bool may(const struct plan *plan, const struct event *event, const struct leg *replaced,
                int16_t trunk)
{
    return trunk == replaced->trunk &&
           (plan->trunks[trunk].phones ? event->invite.user.size > 0 && replaced->user[0] != 0
                                       : plan->trunks[trunk].refer);
}

/* With the agent, or joined; nothing is under way. */
static bool can_be_replaced(const struct call *call, const struct leg *replaced)
{
    if (call->state == CALL_BRIDGED)
        return !passing_is(call) && (replaced->id == call->leg || replaced->id == call->far);
    return call->state == CALL_UP && replaced->id == call->leg && call->link == LINK_NONE &&
           !call->far && !offering_is(call) && call->talk.state != TALK_AWAY;
}

/* Which call; NULL: refused. Only who is on the same trunk, and proves it as a caller does, may take
 * its legs. */
static struct call *permitted(struct step *step, struct leg **replaced)
{
    const struct event *event = step->event;
    *replaced = places_of_dialog(step->core, event->invite.replaces);
    struct call *call = *replaced ? core_call(step->core, (*replaced)->call) : NULL;

    if (!call || !leg_is_up(*replaced)) {
        refuse(step, call ? 603 : 481);
        return NULL;
    }
    const struct plan *plan = call_plan(step->core, call);
    struct admission admission = {.trunk = -1};
    bool known = admission_trunk(step->core, plan, event, &admission);
    if (!known || !may(plan, event, *replaced, admission.trunk)) {
        refuse(step, known ? 403 : admission.status);
        return NULL;
    }
    if (!can_be_replaced(call, *replaced)) {
        refuse(step, 603);
        return NULL;
    }
    return call;
}

static enum offer_result describe(struct step *step, struct call *call, struct leg *leg,
                                  struct text_buffer *sdp)
{
    const struct event *event = step->event;

    leg_speak_as(leg, call_plan(step->core, call), leg->trunk);
    if (event->invite.sdp.size > 0)
        return offer_accept(leg, event->invite.sdp, leg_port(step, call, leg), sdp);
    offer_make(leg, leg_port(step, call, leg), sdp);
    leg->awaiting_answer = true;
    return OFFER_AGREED;
}

void transfer_invited(struct step *step)
{
    const struct event *event = step->event;
    struct leg *replaced;
    struct call *call = permitted(step, &replaced);
    struct text_buffer sdp;

    if (!call)
        return;
    const struct leg *near = core_leg(step->core, call->leg);
    struct leg *leg = places_take_leg(step->core, call, near);
    if (!leg) {
        refuse(step, 503);
        return;
    }
    leg->state = LEG_OFFERED;
    leg->role = ROLE_REPLACES;
    leg->started_wall_ms = leg->sdp_id = event->wall_ms;
    text_copy(leg->party, sizeof(leg->party), event->invite.from);
    text_copy(leg->local, sizeof(leg->local), text_of(near->local));
    places_count_trunk(step->core, call, leg, replaced->trunk);
    sdp = step_text(step);
    if (describe(step, call, leg, &sdp) != OFFER_AGREED) {
        places_put_leg(step->core, leg);
        refuse(step, 488);
        return;
    }
    struct text answer = step_text_take(step, &sdp);
    places_bind(step->core, leg, event->invite.dialog);
    if (replaced->user[0]) {
        text_copy(leg->user, sizeof(leg->user), event->invite.user);
        operators_take_user(step->core, leg, event->invite.user);
    }
    leg_account(step, call, leg, false);
    leg_emit(step, SIP_ANSWER, leg)->sip.sdp = answer;
    leg->state = LEG_ANSWERING;
    if (!leg->awaiting_answer)
        leg_open_media(step, call, leg);
    if (call->state == CALL_BRIDGED) {
        passing_replaces(step, call, replaced, leg);
        return;
    }
    call->far = leg->id;
    call->link = LINK_REPLACES;
    step_timer_set(step, call, TIMER_FAR, event->now_ms + SETUP_MS);
}

void transfer_replace(struct step *step, struct call *call)
{
    if (call->state != CALL_UP || call->link != LINK_REPLACES)
        return;
    text_copy(call->dial.target, sizeof(call->dial.target), text_of(step->leg->party));
    transfer_tell(step, call, TEXT("replaces"), true, 200, TEXT_EMPTY);
    conversation_leave(step, call);
    transfer_change_legs(step, call, TEXT("replaced"));
    transfer_arrived(step, call);
}
