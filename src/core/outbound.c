// SPDX-License-Identifier: Apache-2.0
/* outbound.c - from a request to somebody who answers, or to the truth about why nobody did. */
#include "core/outbound.h"

#include "core/admission.h"
#include "core/join.h"
#include "core/call.h"
#include "core/context.h"
#include "core/conversation.h"
#include "core/dial.h"
#include "core/enforce.h"
#include "core/leg.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/recall.h"
#include "core/standing.h"
#include "core/transfer.h"

static void tell(struct step *step, const struct call *call, uint32_t token, struct text ref,
                 bool known, struct text why)
{
    struct command *command = step_emit(step, CALL_TELL, call);

    command->told.token = token;
    command->told.ref = step_text_copy(step, ref);
    command->told.known = known;
    command->told.why = why;
}

static int16_t find_trunk(const struct plan *plan, struct text name)
{
    for (int16_t i = 0; i < plan->trunk_count; i++)
        if (text_equal(plan->trunks[i].name, name))
            return i;
    return -1;
}

static int16_t find_agent(const struct plan *plan, struct text name)
{
    for (int16_t i = 0; i < plan->agent_count; i++)
        if (name.size == 0 || text_equal(plan->agents[i].name, name))
            return i;
    return -1;
}

/* "there is no such agent; there are: billing, front-desk" */
static struct text nobody(struct step *step, struct text what, const struct plan *plan, bool agents)
{
    struct text_buffer words = step_text(step);
    int count = agents ? plan->agent_count : plan->trunk_count;

    text_append(&words, what);
    for (int i = 0; i < count && words.size < SHORT_TEXT; i++) {
        text_append(&words, i == 0 ? TEXT("; there are: ") : TEXT(", "));
        text_append(&words, agents ? plan->agents[i].name : plan->trunks[i].name);
    }
    return step_text_take(step, &words);
}

/* Why not; empty: it can be tried. */
static struct text objection(struct step *step, int16_t *trunk, int16_t *agent)
{
    const struct core *core = step->core;
    const struct event *event = step->event;

    if (core->plan_now < 0 || core->draining)
        return TEXT("the server takes no calls now");
    const struct plan *plan = core->plans[core->plan_now];
    *agent = find_agent(plan, event->request.agent);
    *trunk = event->request.trunk.size ? find_trunk(plan, event->request.trunk) : -1;
    if (*agent < 0)
        return nobody(step, TEXT("there is no such agent"), plan, true);
    if (event->request.trunk.size && *trunk < 0)
        return nobody(step, TEXT("there is no such trunk"), plan, false);
    bool telephone = phones_meant(plan, event->request.number, *trunk).size > 0;
    if (*trunk >= 0 && plan->trunks[*trunk].phones && !telephone)
        return TEXT("no telephone has that name: see `users`");
    if (*trunk >= 0 && plan->trunks[*trunk].host.size == 0 && !telephone)
        return TEXT("the trunk has no host to call");
    if (*trunk < 0 && plan->outbound_count == 0 && !telephone)
        return TEXT("no trunk was named, and the configuration has no `outbound`");
    if (plan->outbound_address.size == 0)
        return TEXT("media.address is not set, so nobody could send us sound");
    if (event->request.number.size == 0 || event->request.number.size >= 128)
        return TEXT("the number is empty or too long");
    if (event->request.key.size >= MAX_NAME || event->request.headers.size >= DIAL_HEADERS ||
        event->request.from.size >= MAX_NAME)
        return TEXT("the key, the headers or our number are too long");
    return core->figures.calls >= plan->max_calls ? TEXT("as many calls as may be are up")
                                                  : TEXT_EMPTY;
}

static void account(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct command *command = step_emit(step, STORE_CALL_OPENED, call);

    command->opened.ref = text_of(call->ref);
    command->opened.wall_ms = event->wall_ms;
    command->opened.caller = event->request.from;
    command->opened.called = event->request.number;
    if (call->dial.only >= 0)
        command->opened.trunk = plan->trunks[call->dial.only].name;
    command->opened.agent = plan->agents[call->talk.agent].name;
    command->opened.headers = event->request.headers;
    command->opened.direction = DIRECTION_OUT;
    command->opened.key = event->request.key;
}

static void fill(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct leg *leg = core_leg(step->core, call->leg);
    struct context *context = &call->talk.context;
    struct dial *dial = &call->dial;

    leg->role = ROLE_CALLEE;
    leg->outgoing = true;
    leg->started_wall_ms = event->wall_ms;
    text_copy(leg->party, sizeof(leg->party), event->request.number);
    text_copy(leg->local, sizeof(leg->local), plan->outbound_address);
    if (text_starts_nocase(event->request.number, TEXT("sip:")) ||
        text_starts_nocase(event->request.number, TEXT("sips:")))
        text_copy(dial->target, sizeof(dial->target), event->request.number);
    else /* "030 123" would be no URI with the trunk's host behind it. */
        dial_user(event->request.number, dial->target, sizeof(dial->target));
    text_copy(dial->from, sizeof(dial->from), event->request.from);
    text_copy(dial->headers, sizeof(dial->headers), event->request.headers);
    dial->token = event->request.token;
    text_copy(context->caller, sizeof(context->caller), event->request.number);
    text_copy(context->called, sizeof(context->called), event->request.from);
    context_from_signalling(context->given, TEXT_EMPTY, TEXT_EMPTY, event->request.headers);
}

void outbound_requested(struct step *step)
{
    const struct event *event = step->event;
    int16_t trunk = -1, agent = -1;
    struct text why = objection(step, &trunk, &agent);
    struct call *call = why.size ? NULL : places_take_call(step->core, 0);

    if (!call && event->request.callback) {
        recall_refused(step, why.size ? why : TEXT("as many calls as may be are up"));
        return;
    }
    if (!call) {
        tell(step, NULL, event->request.token, TEXT_EMPTY, false,
             why.size ? why : TEXT("as many calls as may be are up"));
        return;
    }
    call->outbound = true;
    call->state = CALL_OPENING;
    call->seed = event->request.seed;
    call->invited_ms = event->now_ms;
    call->talk.agent = call->talk.first_agent = agent;
    call->talk.at_home = enforce_at_home(step->core, call_plan(step->core, call), agent);
    call->dial.only = trunk;
    admission_ref(event->wall_ms, event->request.seed, call->ref);
    fill(step, call);
    if (event->request.callback && !recall_placed(step, call)) {
        places_put_call(step, call);
        return;
    }
    account(step, call);
    step_timer_set(step, call, TIMER_CALL, event->now_ms + SETUP_MS);
}

void outbound_account_open(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);

    if (step->event->kind == TIMER_FIRED) {
        outbound_account_failed(step, call);
        return;
    }
    tell(step, call, call->dial.token, text_of(call->ref), false, TEXT_EMPTY);
    if (!dial_next(step, call, leg)) {
        enum cause cause;
        struct text why = dial_failure(step, call, &call->status, &cause);
        call_end(step, call, cause, why);
        return;
    }
    call->state = CALL_DIALING;
    step_timer_set(step, call, TIMER_CALL,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
}

/* Without an account nobody is called: a key could not be kept, and a person not be told why. */
void outbound_account_failed(struct step *step, struct call *call)
{
    tell(step, call, call->dial.token, TEXT_EMPTY, false, TEXT("the account could not be written"));
    call_end(step, call, CAUSE_SERVER_FAILURE, TEXT("the account could not be written"));
}

/* No account was opened under this reference, so none is closed. */
void outbound_known(struct step *step, struct call *call)
{
    if (!call->outbound || call->state != CALL_OPENING)
        return;
    tell(step, call, call->dial.token, step->event->store.why, true, TEXT_EMPTY);
    recall_already(step, call);
    places_put_call(step, call);
}

void outbound_unanswered(struct step *step, struct call *call)
{
    call_end(step, call, CAUSE_NO_ANSWER, TEXT("nobody answered in time"));
}

/* ---- Any leg that we dialled ---- */

void outbound_progress(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    dial_progress(step, leg, call);
    if (leg->id == call->leg)
        standing_progress(step, call);
    if (leg->id != call->far)
        return;
    if (call->link == LINK_REFERRED)
        transfer_progress(step, call);
    else if (call->state == CALL_FORWARDING)
        join_progress(step, call);
}

void outbound_answered(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (leg->state != LEG_DIALING && leg->state != LEG_EARLY)
        return; /* It was given up: BYE is on its way. */
    if (!dial_answered(step, call, leg)) {
        leg->status = 488;
        if (leg->id == call->leg && call->state == CALL_FETCHING)
            standing_missed(step, call, CAUSE_NO_CODEC, TEXT_EMPTY);
        else if (leg->id == call->leg)
            call_end(step, call, CAUSE_NO_CODEC, TEXT("the answer has no sound that we can speak"));
        else
            join_far_lost(step, call);
        return;
    }
    if (leg->id == call->leg && call->state == CALL_FETCHING)
        standing_answered(step, call);
    else if (leg->id == call->leg && call->talk.state == TALK_AWAY)
        transfer_arrived(step, call);
    else if (leg->id == call->leg)
        call_up(step, call);
    else if (call->link == LINK_REFERRED)
        transfer_succeeded(step, call);
    else
        join_far_answered(step, call);
}

void outbound_refused(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (leg_is_up(leg)) { /* After the answer there is no refusal: something is wrong. */
        call_end(step, call, CAUSE_SIGNALLING, step->event->sip.reason);
        return;
    }
    if (dial_refused(step, call, leg))
        return;
    if (leg->state == LEG_ENDING) {
        call_settle(step, call);
    } else if (leg->id == call->leg && call->state == CALL_FETCHING) {
        call->status = leg->status;
        standing_missed(step, call, dial_cause(step->core, call, leg), step->event->sip.reason);
    } else if (leg->id == call->leg) {
        call->status = leg->status;
        call_end(step, call, dial_cause(step->core, call, leg), step->event->sip.reason);
    } else {
        join_far_lost(step, call);
    }
}
