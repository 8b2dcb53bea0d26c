// SPDX-License-Identifier: Apache-2.0
/* supervise_code.c - a supervisor dials a code: let into the call that it means, or told why not. */
#include "core/supervise_inside.h"

#include "core/admission.h"
#include "core/conversation.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/operators.h"
#include "core/places.h"

static const struct plan *plan_now(const struct core *core)
{
    return core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;
}

uint8_t supervise_meaning(const struct core *core, const struct plan *plan, struct text user,
                          struct text number)
{
    enum supervise_mode mode;
    enum supervise_refusal why;
    struct text rest;

    if (!supervise_code(plan, number, &mode, &rest) ||
        supervise_find(core, plan, supervise_who(plan, user), user, rest, &why))
        return 0;
    return (uint8_t)(SUPERVISE_CODE + why);
}

void supervise_refuse(struct step *step, struct call *call)
{
    enum supervise_refusal why = (enum supervise_refusal)(call->code - SUPERVISE_CODE);
    struct text rest, said = supervise_words(step->core, call, why);
    enum supervise_mode mode = SUPERVISE_LISTEN;
    const struct plan *plan = call_plan(step->core, call);
    struct text user = step_text_copy(step, text_of(call->talk.context.caller));

    (void)supervise_code(plan, text_of(call->talk.context.called), &mode, &rest);
    supervise_name(call, supervise_who(plan, user), user, mode);
    supervise_account(step, call, SUPERVISE_REFUSED, said);
    conversation_announce(step, call, said);
}

static void reject(struct step *step, uint16_t status)
{
    struct command *command = step_emit(step, SIP_REJECT, NULL);

    command->sip.dialog = step->event->invite.dialog;
    command->sip.status = status;
}

static enum offer_result describe(struct step *step, struct call *call, struct leg *leg,
                                  struct text_buffer *sdp)
{
    leg_speak_as(leg, call_plan(step->core, call), leg->trunk);
    if (step->event->invite.sdp.size > 0)
        return offer_accept(leg, step->event->invite.sdp, leg_port(step, call, leg), sdp);
    offer_make(leg, leg_port(step, call, leg), sdp);
    leg->awaiting_answer = true;
    return OFFER_AGREED;
}

static void let_in(struct step *step, struct call *call, int16_t trunk)
{
    const struct event *event = step->event;
    struct leg *leg = supervise_take_leg(step, call, event->invite.user);
    struct text_buffer sdp = step_text(step);

    if (!leg) {
        reject(step, 503);
        return;
    }
    leg->state = LEG_OFFERED;
    places_count_trunk(step->core, call, leg, trunk);
    if (describe(step, call, leg, &sdp) != OFFER_AGREED) {
        places_put_leg(step->core, leg);
        reject(step, 488);
        return;
    }
    struct text answer = step_text_take(step, &sdp);
    places_bind(step->core, leg, event->invite.dialog);
    operators_take_user(step->core, leg, event->invite.user);
    text_copy(leg->user, sizeof(leg->user), event->invite.user);
    leg_account(step, call, leg, false);
    leg_emit(step, SIP_ANSWER, leg)->sip.sdp = answer;
    leg->state = LEG_ANSWERING;
    if (!leg->awaiting_answer)
        leg_open_media(step, call, leg);
    call->supervise.state = SUPERVISE_ANSWERING;
    call->supervise.leg = leg->id;
    call->supervise.until_ms = event->now_ms + SETUP_MS;
    supervise_account(step, call, SUPERVISE_WANTED, TEXT_EMPTY);
    supervise_arm(step, call);
}

bool supervise_invited(struct step *step)
{
    const struct event *event = step->event;
    const struct plan *plan = plan_now(step->core);
    struct admission admission = {.trunk = -1};
    enum supervise_refusal why;
    enum supervise_mode mode;
    struct text rest, user = event->invite.user;

    if (!plan || step->core->draining || !supervise_code(plan, event->invite.to, &mode, &rest) ||
        !admission_trunk(step->core, plan, event, &admission) ||
        !plan->trunks[admission.trunk].phones)
        return false;
    const struct plan_supervisor *who = supervise_who(plan, user);
    struct call *call = supervise_find(step->core, plan, who, user, rest, &why);
    if (!call || call->plan != step->core->plan_now)
        return false;
    supervise_name(call, who, user, mode);
    let_in(step, call, admission.trunk);
    return true;
}
