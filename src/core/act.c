// SPDX-License-Identifier: Apache-2.0
/* act.c - the agent's manners, from its file. */
#include "core/act.h"

#include <string.h>

#include "core/context.h"
#include "core/escalation.h"
#include "core/hear.h"
#include "core/phrase.h"
#include "core/reply.h"
#include "core/waiting.h"

enum { FAILED_TURNS = 2, SILENCES = 2 };

static int16_t find_intent(const struct plan_agent *agent, struct text name)
{
    for (int16_t i = 0; i < agent->intent_count; i++)
        if (text_equal(agent->intents[i].name, name))
            return i;
    return -1;
}

struct meaning act_read(const struct plan_agent *agent, const struct event *event,
                        struct text statement)
{
    struct meaning meaning = {.intent = find_intent(agent, event->understood.intent),
                              .confidence_permille = event->understood.confidence_permille,
                              .sentiment = event->understood.sentiment,
                              .entities = event->understood.entities,
                              .summary = event->understood.summary,
                              .statement = statement};

    if (meaning.intent < 0 || meaning.confidence_permille > 1000)
        return (struct meaning){.intent = agent->general,
                                .confidence_permille = 500,
                                .sentiment = SENTIMENT_NEUTRAL,
                                .statement = statement};
    return meaning;
}

void act_greet(struct step *step, struct call *call)
{
    const struct plan_agent *agent = call_agent(step->core, call);

    reply_say(step, call, call->talk.agent, agent->greeting);
    hear_expect(step, call, agent->expect);
}

void act_hand_over(struct step *step, struct call *call, int16_t to, struct text reason)
{
    struct talk *talk = &call->talk;
    struct context *context = &talk->context;
    const struct plan_agent *from = call_agent(step->core, call);
    const struct plan_agent *next = &call_plan(step->core, call)->agents[to];
    struct command *command = step_emit(step, STORE_HANDOVER, call);

    text_copy(context->transferred_from, sizeof(context->transferred_from), from->label);
    text_copy(context->reason, sizeof(context->reason), reason);
    command->handover.ref = text_of(call->ref);
    command->handover.wall_ms = step->event->wall_ms;
    command->handover.from = from->name;
    command->handover.to = next->name;
    command->handover.intent = text_of(context->intent);
    command->handover.reason = text_of(context->reason);
    command->handover.statement = text_of(context->statement);
    command->handover.summary = text_of(context->summary);
    command->handover.entities = text_of(context->entities);
    command->handover.sentiment = context->sentiment;
    talk->agent = to;
    talk->handovers++;
    talk->failed_turns = 0;
    talk->clarified = false;
    talk->pending_intent = -1;
    act_greet(step, call);
}

static void hang_up_after(struct call *call, enum cause cause, bool final_words)
{
    call->talk.after = AFTER_HANG_UP;
    call->talk.after_cause = cause;
    call->talk.final_words = final_words;
}

static void fall_back(struct step *step, struct call *call)
{
    const struct plan_fallback *fallback = &call_agent(step->core, call)->fallback;
    struct talk *talk = &call->talk;

    talk->failed_turns = 0;
    if (waiting_is(call)) { /* A person will come: the place in the queue is not lost for this. */
        waiting_alone(call);
        return;
    }
    reply_say(step, call, talk->agent, fallback->say);
    if (fallback->kind == FALLBACK_AGENT && talk->handovers < HANDOVERS &&
        fallback->to != talk->agent) {
        act_hand_over(step, call, fallback->to, TEXT("the caller was not understood"));
        return;
    }
    if (fallback->kind == FALLBACK_GOODBYE)
        reply_words(step, call, WORDS_GOODBYE);
    hang_up_after(call, CAUSE_FALLBACK, false);
}

/* One more turn that led nowhere. */
static void failed(struct step *step, struct call *call, enum words words)
{
    struct talk *talk = &call->talk;
    uint8_t most = call_agent(step->core, call)->escalation.failed_turns;

    talk->pending_intent = -1;
    talk->failed_turns++;
    if (escalation_misunderstood(step, call))
        return;
    if (talk->failed_turns >= (most > FAILED_TURNS ? most : FAILED_TURNS)) {
        fall_back(step, call);
        return;
    }
    reply_words(step, call, words);
    hear_expect(step, call, EXPECT_FREE);
}

static void say_intent(struct step *step, struct call *call, const struct plan_intent *intent)
{
    const struct plan *plan = call_plan(step->core, call);
    struct talk *talk = &call->talk;

    if (intent->say.size > 0)
        reply_say(step, call, talk->agent, intent->say);
    else if (intent->escalation)
        reply_words(step, call,
                    talk->context.sentiment == SENTIMENT_FRUSTRATED ? WORDS_ESCALATE_FRUSTRATED
                                                                    : WORDS_ESCALATE);
    else if (intent->then == THEN_TRANSFER)
        reply_words(step, call, WORDS_TRANSFER);
    else if (intent->then == THEN_HANDOVER)
        reply_handover(step, call, plan->agents[intent->to].label);
}

/* What follows an intent's words. */
static void go_on(struct step *step, struct call *call, int16_t index, struct text reason)
{
    const struct plan_intent *intent = &call_agent(step->core, call)->intents[index];
    struct talk *talk = &call->talk;

    switch (intent->then) {
    case THEN_LISTEN:
        hear_expect(step, call, intent->expect);
        return;
    case THEN_HANDOVER:
        if (talk->handovers >= HANDOVERS)
            fall_back(step, call);
        else
            act_hand_over(step, call, intent->to, reason);
        return;
    case THEN_END:
        hang_up_after(call, CAUSE_AGENT_FINISHED, true);
        return;
    case THEN_QUEUE:
        waiting_next(call, (uint8_t)intent->queue, intent->priority, intent->plain);
        return;
    case THEN_TRANSFER:
        talk->after = AFTER_TRANSFER;
        talk->transfer_intent = index;
        return;
    case THEN_VOICEMAIL:
        talk->after = AFTER_VOICEMAIL;
        return;
    case THEN_CALLBACK:
        talk->after = AFTER_CALLBACK;
        return;
    }
}

static void perform(struct step *step, struct call *call, int16_t index, struct text reason)
{
    const struct plan_intent *intent = &call_agent(step->core, call)->intents[index];
    struct talk *talk = &call->talk;

    talk->failed_turns = 0;
    talk->pending_intent = -1;
    talk->after = AFTER_LISTEN;
    text_copy(talk->context.intent, sizeof(talk->context.intent), intent->name);
    if (talk->context.summary[0] == 0) {
        struct text_buffer summary;
        text_buffer_init(&summary, talk->context.summary, sizeof(talk->context.summary) - 1);
        struct phrases by = phrases_of(call_agent(step->core, call)->language, NULL);
        text_append(&summary, phrase_asks_about(&by));
        text_append(&summary, intent->label);
        talk->context.summary[summary.size] = 0;
    }
    say_intent(step, call, intent);
    go_on(step, call, index, reason);
}

static void remember(struct call *call, const struct meaning *meaning)
{
    struct context *context = &call->talk.context;

    context->sentiment = meaning->sentiment;
    context_merge(context->entities, meaning->entities);
    text_copy(context->summary, sizeof(context->summary), meaning->summary);
    text_copy(context->statement, sizeof(context->statement), meaning->statement);
}

/* To people, or to the call's end. */
static bool leads(const struct plan_intent *intent)
{
    return intent->then != THEN_LISTEN && intent->then != THEN_HANDOVER;
}

void act_on_speech(struct step *step, struct call *call, const struct meaning *meaning)
{
    const struct plan_manners *manners = &call_plan(step->core, call)->manners;
    const struct plan_agent *agent = call_agent(step->core, call);
    const struct plan_intent *intent = &agent->intents[meaning->intent];
    struct talk *talk = &call->talk;

    remember(call, meaning);
    bool answered = meaning->intent != agent->general || intent->say.size > 0;
    bool clear = answered && meaning->confidence_permille >= manners->unclear_permille;
    if (escalation_felt(step, call, clear && leads(intent)))
        return;
    if (!clear) {
        failed(step, call, talk->clarified ? WORDS_NOT_HEARD : WORDS_CLARIFY);
        talk->clarified = true;
        return;
    }
    if (meaning->confidence_permille < manners->confirm_permille && intent->then == THEN_HANDOVER) {
        talk->pending_intent = meaning->intent;
        reply_words(step, call, WORDS_CONFIRM);
        hear_expect(step, call, EXPECT_YES_NO);
        return;
    }
    perform(step, call, meaning->intent, text_of(talk->context.statement));
}

void act_on_key(struct step *step, struct call *call, int16_t intent)
{
    call->talk.context.summary[0] = 0;
    perform(step, call, intent, TEXT("the caller pressed a key"));
}

void act_on_unknown_key(struct step *step, struct call *call, char key)
{
    call->talk.after = AFTER_LISTEN;
    reply_words_key(step, call, WORDS_UNKNOWN_KEY, key);
}

void act_on_nothing_heard(struct step *step, struct call *call)
{
    failed(step, call, WORDS_NOT_HEARD);
}

void act_on_silence(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->silences >= SILENCES) {
        reply_words(step, call, WORDS_SILENCE_CLOSE);
        hang_up_after(call, CAUSE_SILENCE, false);
    } else {
        reply_words(step, call, talk->silences == 0 ? WORDS_SILENCE : WORDS_SILENCE_KEYS);
        talk->silences++;
    }
}

void act_on_confirmation(struct step *step, struct call *call, bool yes)
{
    struct talk *talk = &call->talk;
    int16_t intent = talk->pending_intent;

    talk->pending_intent = -1;
    if (yes) {
        perform(step, call, intent, text_of(talk->context.statement));
        return;
    }
    failed(step, call, WORDS_CLARIFY);
    talk->clarified = true;
}

void act_on_tool(struct step *step, struct call *call, int16_t intent)
{
    struct talk *talk = &call->talk;

    if (!talk->thought.spoke) {
        perform(step, call, intent, text_of(talk->context.statement));
        return;
    }
    text_copy(talk->context.intent, sizeof(talk->context.intent),
              call_agent(step->core, call)->intents[intent].name);
    go_on(step, call, intent, text_of(talk->context.statement));
}

void act_on_hang_up(struct step *step, struct call *call)
{
    if (!call->talk.thought.spoke)
        reply_words(step, call, WORDS_GOODBYE);
    hang_up_after(call, CAUSE_AGENT_FINISHED, true);
}

bool act_needs_model(const struct step *step, const struct call *call)
{
    const struct plan_agent *agent = call_agent(step->core, call);

    return agent->think.count > 0 && agent->intent_count <= 1 && /* `general`, which each has. */
           agent->fallback.kind != FALLBACK_AGENT && !waiting_is(call) &&
           call_plan(step->core, call)->unavailable.given;
}

void act_on_failure(struct step *step, struct call *call)
{
    const struct plan_agent *agent = call_agent(step->core, call);

    if (waiting_is(call)) {
        waiting_alone(call);
        return;
    }
    if (call_plan(step->core, call)->unavailable.given && agent->fallback.kind != FALLBACK_AGENT) {
        call->talk.after = AFTER_UNAVAILABLE;
        call->talk.after_why = UNAVAILABLE_OUTAGE;
        return;
    }
    reply_words(step, call, WORDS_APOLOGY);
    fall_back(step, call);
}

void act_start_over(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct context fresh = {0};

    memcpy(fresh.caller, talk->context.caller, sizeof(fresh.caller));
    memcpy(fresh.called, talk->context.called, sizeof(fresh.called));
    memcpy(fresh.given, talk->context.given, sizeof(fresh.given));
    talk->context = fresh;
    talk->agent = talk->first_agent;
    talk->failed_turns = 0;
    talk->clarified = false;
    talk->pending_intent = -1;
    talk->after = AFTER_LISTEN;
    reply_words(step, call, WORDS_START_OVER);
    act_greet(step, call);
}

void act_goodbye(struct step *step, struct call *call)
{
    reply_words(step, call, WORDS_GOODBYE);
    hang_up_after(call, CAUSE_AGENT_FINISHED, true);
}
