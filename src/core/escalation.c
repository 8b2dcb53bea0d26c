// SPDX-License-Identifier: Apache-2.0
/* escalation.c - three counts, and what they lead to. */
#include "core/escalation.h"

#include "base/sentiment.h"
#include "core/phrase.h"
#include "core/reply.h"
#include "core/think.h"
#include "core/turn.h"
#include "core/waiting.h"

static void count(uint8_t *counter)
{
    *counter = (uint8_t)(*counter + (*counter < UINT8_MAX));
}

/* Often enough, and there is a way: most 0 is never. */
static bool is_due(const struct call *call, uint8_t counted, uint8_t most)
{
    return most > 0 && counted >= most && call->state == CALL_UP && !call->parting.state &&
           call->wait.state == WAIT_NONE && call->talk.after == AFTER_LISTEN;
}

static void escalate(struct step *step, struct call *call, struct text why)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    struct talk *talk = &call->talk;
    bool frustrated = talk->context.sentiment == SENTIMENT_FRUSTRATED;

    text_copy(talk->context.transferred_from, sizeof(talk->context.transferred_from),
              agent->label);
    text_copy(talk->context.reason, sizeof(talk->context.reason), why);
    talk->failed_turns = talk->failed_tools = talk->unhappy = 0;
    talk->pending_intent = -1;
    reply_words(step, call, frustrated ? WORDS_ESCALATE_FRUSTRATED : WORDS_ESCALATE);
    waiting_next(call, (uint8_t)agent->escalation.queue, frustrated ? QUEUE_TOP_PRIORITY : -1,
                 false);
    call->wait.escalated = true;
    talk->final_words = true; /* A sound in between must not undo it. */
}

bool escalation_misunderstood(struct step *step, struct call *call)
{
    if (!is_due(call, call->talk.failed_turns,
                call_agent(step->core, call)->escalation.failed_turns))
        return false;
    escalate(step, call, TEXT("the caller was not understood"));
    return true;
}

/* A turn counts once, whoever notices. True: the caller is unhappy. */
static bool note_feeling(struct talk *talk)
{
    enum sentiment sentiment = talk->context.sentiment;
    bool unhappy = sentiment == SENTIMENT_NEGATIVE || sentiment == SENTIMENT_FRUSTRATED;

    if (talk->felt_in != talk->turn && !talk->felt)
        talk->unhappy = 0;
    if (talk->felt_in != talk->turn)
        talk->felt = false;
    talk->felt_in = talk->turn;
    if (unhappy && !talk->felt)
        count(&talk->unhappy);
    talk->felt |= unhappy;
    return unhappy;
}

static bool unhappy_enough(const struct step *step, const struct call *call)
{
    return is_due(call, call->talk.unhappy,
                  call_agent(step->core, call)->escalation.negative_turns);
}

static void escalate_unhappy(struct step *step, struct call *call)
{
    escalate(step, call,
             call->talk.context.sentiment == SENTIMENT_FRUSTRATED ? TEXT("the caller is frustrated")
                                                                  : TEXT("the caller is unhappy"));
}

bool escalation_felt(struct step *step, struct call *call, bool leads)
{
    if (!note_feeling(&call->talk) || leads || !unhappy_enough(step, call))
        return false;
    escalate_unhappy(step, call);
    return true;
}

bool escalation_heard(struct step *step, struct call *call, struct text words)
{
    struct talk *talk = &call->talk;
    struct tokens tokens;

    if (!phrase_is_english(turn_language(call_agent(step->core, call), talk)))
        return false;
    tokens_of(words, &tokens);
    talk->mood = sentiment_of(&tokens, 0);
    talk->context.sentiment = talk->mood;
    if (!note_feeling(talk) || !unhappy_enough(step, call))
        return false;
    think_drop(step, call);
    escalate_unhappy(step, call);
    return true;
}

bool escalation_told(struct step *step, struct call *call, enum sentiment sentiment)
{
    call->talk.context.sentiment = call->talk.mood = sentiment;
    return escalation_felt(step, call, call->talk.after != AFTER_LISTEN);
}

bool escalation_tool(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    count(&talk->failed_tools);
    if ((talk->state != TALK_THINKING && talk->state != TALK_SPEAKING) ||
        !is_due(call, talk->failed_tools, call_agent(step->core, call)->escalation.tool_failures))
        return false;
    escalate(step, call, TEXT("what the agent needed could not be reached"));
    return true;
}
