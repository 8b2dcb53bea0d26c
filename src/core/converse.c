// SPDX-License-Identifier: Apache-2.0
/* converse.c - where one that hears is also asked. */
#include "core/converse.h"

#include "core/provider.h"
#include "core/think.h"

bool converse_is(const struct step *step, const struct call *call, int16_t provider)
{
    const struct plan *plan = call_plan(step->core, call);

    return provider >= 0 && provider < plan->provider_count &&
           provider_role(plan->providers[provider].kind) == ROLE_CONVERSES;
}

int16_t converse_pick(struct step *step, const struct call *call, uint32_t tried, uint8_t *at)
{
    const struct plan_chain *chain = &call_agent(step->core, call)->think;
    const struct talk *talk = &call->talk;

    for (uint8_t i = 0; i < chain->count; i++) {
        if (!converse_is(step, call, chain->items[i]))
            continue;
        if (!(tried >> i & 1) && talk->hearing && chain->items[i] == talk->hearer &&
            talk->session) {
            *at = i;
            return chain->items[i];
        }
        tried |= 1u << i;
    }
    return provider_pick(step, call, chain, tried, at);
}

void converse_lost(struct step *step, struct call *call)
{
    bool asked = call->talk.thought.open && call->talk.thought.session != 0;

    call->talk.session = 0;
    if (asked)
        think_lost(step, call);
}

void converse_session(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->hearing || step->event->session.provider != talk->hearer)
        return;
    if (talk->thought.open && talk->thought.session) /* Opened anew: the one before is gone. */
        provider_outcome(step, call, talk->hearer, PROVIDER_FAILED, 0,
                         TEXT("its connection was lost in an answer"));
    converse_lost(step, call);
    talk->session = step->event->session.session;
}

void converse_committed(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;

    if (talk->state != TALK_RECOGNISING || talk->glance || !talk->session)
        return;
    think_drop(step, call); /* It was about less than this. */
    if (call->parting.state || talk->reply.live || talk->held || thought->open ||
        talk->pending_intent >= 0)
        return;
    if (think_begin(step, call, text_of(talk->partial), true))
        thought->words = talk->finishes;
    else
        thought->speculative = false;
}
