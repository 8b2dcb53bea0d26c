// SPDX-License-Identifier: Apache-2.0
/* offering_ear.c - what the operator says: a yes, a no, or something that goes on for too long. */
#include "core/offering_inside.h"

#include "core/overhear.h"
#include "core/turn.h"

static struct offer *briefing(struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state == OFFER_BRIEFING)
            return &call->offering.items[i];
    }
    return NULL;
}

uint32_t offering_briefed(const struct call *call)
{
    for (int i = 0; i < OFFER_LEGS && call->offering.briefed_ms; i++) {
        if (call->offering.items[i].state == OFFER_BRIEFING)
            return call->offering.items[i].leg;
    }
    return 0;
}

void offering_listen(struct step *step, struct call *call)
{
    call->offering.briefed_ms = step->event->now_ms;
    overhear_look(step, call);
}

void offering_deafen(struct step *step, struct call *call)
{
    call->offering.briefed_ms = 0;
    call->offering.answering = false;
    call->offering.finish = 0;
    overhear_look(step, call);
}

/* What was said is over: an answer, if it was short enough for one. */
static void finish(struct step *step, struct call *call, struct offer *offer)
{
    struct offering *offering = &call->offering;
    uint64_t now_ms = step->event->now_ms;

    if (!offering->answering || now_ms > offering->voiced_ms + ANSWER_MS) {
        step_emit_to(step, SPEECH_FORGET, step->leg);
        return;
    }
    offering->finish = ++call->talk.finishes;
    step_emit_to(step, SPEECH_FINISH, step->leg)->finish.turn = offering->finish;
    if (offer->until_ms < now_ms + ANSWER_KNOWN_MS)
        offer->until_ms = now_ms + ANSWER_KNOWN_MS;
}

/* People say a word and wait; an answering machine goes on. */
void offering_voice(struct step *step, struct call *call, struct offer *offer)
{
    const struct event *event = step->event;
    struct offering *offering = &call->offering;

    if (offer->state != OFFER_BRIEFING)
        return;
    if (event->voice.voiced)
        offering->answering =
            offering->briefed_ms && event->voice.edge_ms >= offering->briefed_ms;
    else if (overhear_is(call, offer->leg))
        finish(step, call, offer);
    offering->voiced_ms = event->voice.voiced ? event->now_ms : 0;
    offering_arm(step, call);
}

void offering_heard(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct offer *offer = briefing(call);
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);

    if (!offer || call->offering.finish == 0 || event->heard.turn != call->offering.finish)
        return;
    call->offering.finish = 0;
    switch (phrase_answer(&by, event->heard.text)) {
    case PHRASE_YES:
        offering_accept(step, call, offer);
        return;
    case PHRASE_NO:
        offering_over(step, call, offer->who, OFFER_DECLINED, 0, TEXT("by a word"));
        return;
    case PHRASE_NEITHER:
        return;
    }
}
