// SPDX-License-Identifier: Apache-2.0
/* lookup.c - one question a call, and a greeting that may wait for its answer. */
#include "core/lookup.h"

#include "core/context.h"
#include "core/conversation.h"
#include "core/waiting.h"

enum { ON_ITS_WAY_MS = 50 }; /* From the limb's deadline to us. */

void lookup_ask(struct step *step, struct call *call)
{
    const struct plan_lookup *lookup = &call_plan(step->core, call)->lookup;
    const struct context *context = &call->talk.context;

    if (lookup->url.size == 0 || call->talk.agent < 0 || !context->caller[0])
        return;
    struct command *ask = step_emit(step, LOOKUP_ASKED, call);
    ask->leg = 0;
    ask->lookup.plan = call->plan;
    ask->lookup.caller = text_of(context->caller);
    ask->lookup.called = text_of(context->called);
    call->lookup.asked = true;
    call->lookup.until_ms = step->event->now_ms + lookup->budget_ms + ON_ITS_WAY_MS;
}

/* "{name}", for a name among those that are looked up and not known from elsewhere. */
static bool wants(const struct plan_lookup *lookup, const struct context *context,
                  struct text words)
{
    char hole[MAX_NAME + 2];
    struct text_buffer out;

    for (uint8_t i = 0; i < lookup->fact_count; i++) {
        struct text name = lookup->facts[i].name;
        text_buffer_init(&out, hole, sizeof(hole));
        text_append_char(&out, '{');
        text_append(&out, name);
        text_append_char(&out, '}');
        if (text_find(words, text_view(&out)) >= 0 &&
            context_entity(text_of(context->given), name).size == 0)
            return true;
    }
    return false;
}

bool lookup_holds(struct step *step, struct call *call, struct text words)
{
    if (!call->lookup.asked || step->event->now_ms >= call->lookup.until_ms ||
        !wants(&call_plan(step->core, call)->lookup, &call->talk.context, words))
        return false;
    call->lookup.holds = true;
    step_timer_set(step, call, TIMER_LOOKUP, call->lookup.until_ms);
    return true;
}

void lookup_let_go(struct step *step, struct call *call)
{
    call->lookup.holds = false;
    step_timer_cancel(step, call, TIMER_LOOKUP);
}

void lookup_end(struct step *step, struct call *call)
{
    call->lookup.asked = false; /* Its answer finds nobody. */
    lookup_let_go(step, call);
}

static void release(struct step *step, struct call *call)
{
    bool held = call->lookup.holds;

    lookup_let_go(step, call);
    if (held)
        conversation_greet(step, call);
}

void lookup_done(struct step *step, struct call *call)
{
    const struct event *event = step->event;

    if (!call->lookup.asked)
        return;
    call->lookup.asked = false;
    struct command *account = step_emit(step, STORE_LOOKUP, call);
    account->lookup_account.ref = text_of(call->ref);
    account->lookup_account.wall_ms = event->wall_ms;
    account->lookup_account.outcome = event->lookup.outcome;
    account->lookup_account.status = event->lookup.status;
    account->lookup_account.ms = event->lookup.ms;
    account->lookup_account.cached = event->lookup.cached;
    account->lookup_account.why = event->lookup.why;
    account->lookup_account.facts = event->lookup.facts;
    context_merge(call->talk.context.given, event->lookup.facts);
    waiting_known(step, call);
    release(step, call);
}

void lookup_overdue(struct step *step, struct call *call)
{
    release(step, call);
}
