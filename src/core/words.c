// SPDX-License-Identifier: Apache-2.0
/* words.c - from the end of the caller's turn to what is done about it. */
#include "core/words.h"

#include <string.h>

#include "core/act.h"
#include "core/escalation.h"
#include "core/floor.h"
#include "core/hear.h"
#include "core/parting.h"
#include "core/phrase.h"
#include "core/reply.h"
#include "core/think.h"
#include "core/turn.h"
#include "core/voicemail.h"
#include "core/waiting.h"

enum { LATE_CONFIDENCE = 500 };

void words_end_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    step_timer_cancel(step, call, TIMER_TURN);
    talk->state = TALK_RECOGNISING;
    talk->more = false;
    talk->times.end_of_turn_ms = step->event->now_ms;
    talk->times.speech_to_ms = talk->voiced ? step->event->now_ms : talk->voice_to_ms;
    floor_finish(step, call);
    step_timer_set(step, call, TIMER_ANSWER, step->event->now_ms + hear_hard_ms(step, call));
    talk->quiet_ms = step->event->now_ms;
    floor_explain(step, call, talk->held ? QUIET_MS : hear_soft_ms(step, call));
}

void words_turn_told(struct step *step, struct call *call, struct text words)
{
    struct talk *talk = &call->talk;

    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    /* It hears turns, we know what was asked: a number may go on. */
    if (!phrase_unfinished(&by, words, talk->expect))
        words_end_turn(step, call);
}

static void account_words(struct step *step, struct call *call, const struct meaning *meaning)
{
    struct talk *talk = &call->talk;
    struct command *turn = step_emit(step, STORE_TURN, call);

    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = step->event->wall_ms;
    turn->turn.turn = talk->turn;
    turn->turn.speaker = SPEAKER_CALLER;
    turn->turn.agent = call_agent(step->core, call)->name;
    turn->turn.text = step_text_copy(step, text_of(talk->heard));
    turn->turn.word_confidence_permille = talk->word_confidence;
    turn->turn.sentiment = talk->felt_in == talk->turn ? talk->mood : SENTIMENT_NEUTRAL;
    if (!meaning)
        return;
    turn->turn.intent = call_agent(step->core, call)->intents[meaning->intent].name;
    turn->turn.confidence_permille = meaning->confidence_permille;
    turn->turn.sentiment = meaning->sentiment;
    turn->turn.entities = step_text_copy(step, meaning->entities);
}

/* Orders that need no classifier, and answers to a question of ours. False: it was neither. */
static bool obey(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct text words = text_of(talk->heard);
    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    enum phrase_order order = phrase_order(&by, words);
    enum phrase_answer answer =
        talk->pending_intent >= 0 ? phrase_answer(&by, words) : PHRASE_NEITHER;

    if (order == PHRASE_NONE && answer == PHRASE_NEITHER)
        return false;
    account_words(step, call, NULL);
    switch (order) {
    case PHRASE_REPEAT:
        reply_repeat(step, call);
        break;
    case PHRASE_START_OVER:
        act_start_over(step, call);
        break;
    case PHRASE_GOODBYE:
        act_goodbye(step, call);
        break;
    case PHRASE_NONE:
        act_on_confirmation(step, call, answer == PHRASE_YES);
        break;
    }
    floor_speak(step, call);
    return true;
}

void words_account(struct step *step, struct call *call)
{
    account_words(step, call, NULL);
}

void words_note(struct step *step, struct call *call)
{
    struct command *note = step_emit(step, MIND_NOTE, call);

    note->note.turn = call->talk.turn;
    note->note.speaker = SPEAKER_CALLER;
    note->note.text = step_text_copy(step, text_of(call->talk.heard));
}

/* No model answers, and nothing else can. */
static void fail(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->thought.noted)
        account_words(step, call, NULL);
    act_on_failure(step, call);
    floor_speak(step, call);
}

void words_understand(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (act_needs_model(step, call)) {
        fail(step, call);
        return;
    }
    const struct plan_manners *manners = call_manners(step->core, call);
    struct command *command = step_emit(step, MIND_UNDERSTAND, call);

    talk->state = TALK_THINKING;
    command->understand.turn = ++talk->finishes;
    command->understand.plan = call->plan;
    command->understand.agent = (uint32_t)talk->agent;
    command->understand.text = text_of(talk->heard);
    command->understand.confidence_permille = talk->word_confidence;
    command->understand.asked = text_of(talk->last_reply);
    step_timer_set(step, call, TIMER_ANSWER, step->event->now_ms + manners->understand_ms);
    if (manners->filler_after_ms < manners->understand_ms)
        floor_explain(step, call, manners->filler_after_ms);
}

/* Before a model is asked: whoever has been unhappy for long enough is not to hear it again. */
static bool leads_to_people(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->at_home || !escalation_heard(step, call, text_of(talk->heard)))
        return false;
    text_copy(talk->context.statement, sizeof(talk->context.statement), text_of(talk->heard));
    account_words(step, call, NULL);
    words_note(step, call);
    floor_speak(step, call);
    return true;
}

/* The turn is over and its words are in talk->heard. */
static void take_words(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct text words = text_of(talk->heard);
    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    bool answer = (talk->pending_intent >= 0 || call->parting.state) && phrase_answer(&by, words) != PHRASE_NEITHER;
    struct turn_sound sound = {.voiced_ms = talk->times.speech_to_ms - talk->times.speech_from_ms,
                               .confidence_permille = talk->word_confidence,
                               .listening = talk->sound};

    talk->prefix[0] = 0;
    if (talk->held && !answer && turn_asks_nothing(call, &by, words, &sound)) {
        floor_resume(step, call);
        return;
    }
    if (words.size == 0 && (talk->verdict == 0 || sound.voiced_ms < SHORT_SOUND_MS)) {
        floor_go_on(step, call);
        return;
    }
    bool sure = words.size > 0 &&
                talk->word_confidence >= call_manners(step->core, call)->word_confidence_permille;
    if (waiting_hears(step, call, words, sure))
        return;
    if (think_goes_on(call))
        think_cancel(step, call);
    if (talk->held) {
        talk->interruptions++;
        reply_stop(step, call, true);
    }
    talk->turn++;
    talk->turns++;
    talk->after = AFTER_LISTEN;
    talk->final_words = false;
    if (!sure) {
        think_drop(step, call);
        account_words(step, call, NULL);
        if (call->parting.state) {
            parting_words(step, call, TEXT_EMPTY);
            return;
        }
        act_on_nothing_heard(step, call);
        floor_speak(step, call);
        return;
    }
    talk->silences = 0;
    if (call->parting.state) {
        account_words(step, call, NULL);
        parting_words(step, call, step_text_copy(step, words));
        return;
    }
    bool models = call_agent(step->core, call)->think.count > 0 && talk->pending_intent < 0;
    if (models && leads_to_people(step, call))
        return;
    if (think_confirm(step, call, text_of(talk->heard)))
        return;
    if (models && think_begin(step, call, text_of(talk->heard), false))
        return;
    if (!obey(step, call))
        words_understand(step, call);
}

static void append_words(char *out, struct text words)
{
    struct text_buffer buffer = {
        .data = out, .capacity = STATEMENT - 1, .size = (uint32_t)strlen(out)};

    if (buffer.size > 0 && words.size > 0)
        text_append_char(&buffer, ' ');
    text_append(&buffer, words);
    out[buffer.size] = 0;
}

/* A short sound during the agent's words turned out to be this. */
static void take_glance(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    struct turn_sound sound = {.voiced_ms = talk->voice_to_ms - talk->voice_from_ms,
                               .confidence_permille = event->heard.confidence_permille,
                               .listening = event->heard.listening};

    talk->glance = false;
    if (talk->state != TALK_SPEAKING ||
        turn_asks_nothing(call, &by, event->heard.text, &sound) ||
        event->heard.confidence_permille < call_manners(step->core, call)->word_confidence_permille)
        return;
    talk->times = (struct turn_times){.speech_from_ms = talk->voice_from_ms,
                                      .speech_to_ms = talk->voice_to_ms,
                                      .end_of_turn_ms = event->now_ms,
                                      .final_ms = event->at_ms};
    text_copy(talk->heard, sizeof(talk->heard), event->heard.text);
    talk->word_confidence = event->heard.confidence_permille;
    talk->sound = event->heard.listening;
    talk->held = true;
    talk->unbegun = false;
    take_words(step, call);
}

/* A turn in parts is as sure as its words are on average: a mumbled end does not unsay the rest.
 * Called before the words are joined to those before. */
static uint16_t joined_confidence(const struct talk *talk, struct text words, uint16_t confidence)
{
    uint32_t before = phrase_word_count(text_of(talk->prefix)), now = phrase_word_count(words);

    if (before == 0)
        return confidence;
    return (uint16_t)((before * talk->word_confidence + now * confidence) / (before + now));
}

/* "My number is", and the caller has not been still for long: there is more to come. */
static bool may_go_on(const struct step *step, const struct call *call)
{
    const struct talk *talk = &call->talk;
    struct text words = text_of(talk->prefix);
    struct phrases by = turn_phrases(call_agent(step->core, call), talk);

    return words.size > 0 && !talk->voiced &&
           step->event->now_ms < talk->voice_to_ms + turn_wait_ms(call_manners(step->core, call),
                                                                  &by, words, talk->expect);
}

static void take_final(struct step *step, struct call *call, struct text words, uint16_t confidence,
                       uint64_t at_ms)
{
    struct talk *talk = &call->talk;

    talk->word_confidence = joined_confidence(talk, words, confidence);
    append_words(talk->prefix, words);
    talk->partial[0] = 0;
    if (talk->more || may_go_on(step, call)) { /* The turn was not over after all. */
        floor_hear(step, call);
        return;
    }
    step_timer_cancel(step, call, TIMER_ANSWER);
    step_timer_cancel(step, call, TIMER_FILLER);
    memcpy(talk->heard, talk->prefix, sizeof(talk->heard));
    talk->times.final_ms = at_ms;
    take_words(step, call);
}

/* A turn in parts sounds like nothing in particular, unless the others had no words. */
static void note_sound(struct talk *talk, const struct event *event)
{
    if (!talk->prefix[0])
        talk->sound = event->heard.listening;
    else if (!text_empty(event->heard.text))
        talk->sound = 0;
}

void words_final(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (event->heard.turn != talk->finishes)
        return;
    if (talk->state == TALK_PARTING)
        voicemail_final(step, call);
    else if (talk->glance)
        take_glance(step, call);
    else if (talk->state == TALK_RECOGNISING) {
        hear_final(step, call);
        note_sound(talk, event);
        take_final(step, call, event->heard.text, event->heard.confidence_permille, event->at_ms);
    }
}

static void act_on(struct step *step, struct call *call, const struct meaning *meaning)
{
    struct talk *talk = &call->talk;

    talk->times.understood_ms = step->event->now_ms;
    step_timer_cancel(step, call, TIMER_ANSWER);
    if (!talk->thought.noted)
        account_words(step, call, meaning);
    act_on_speech(step, call, meaning);
    floor_speak(step, call);
}

void words_understood(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state != TALK_THINKING || talk->thought.open ||
        step->event->understood.turn != talk->finishes)
        return;
    struct meaning meaning =
        act_read(call_agent(step->core, call), step->event, text_of(talk->heard));
    act_on(step, call, &meaning);
}

void words_overdue(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_RECOGNISING && hear_overdue(step, call))
        return;
    talk->finishes++; /* What comes later is not awaited any more. */
    if (talk->state == TALK_RECOGNISING) {
        char words[STATEMENT]; /* The last partial must do. */
        memcpy(words, talk->partial, sizeof(words));
        floor_forget(step, call);
        talk->sound = 0;
        take_final(step, call, text_of(words), words[0] ? LATE_CONFIDENCE : 0, step->event->now_ms);
    } else if (talk->state == TALK_THINKING) {
        struct meaning meaning = {.intent = call_agent(step->core, call)->general,
                                  .confidence_permille = LATE_CONFIDENCE,
                                  .entities = TEXT_EMPTY,
                                  .summary = TEXT_EMPTY,
                                  .statement = text_of(talk->heard)};
        step_emit(step, MIND_CANCEL, call);
        act_on(step, call, &meaning);
    }
}

void words_unfinished(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    bool thinking = talk->state == TALK_THINKING; /* Then they are in `heard`, and counted. */
    bool noted = talk->thought.noted;

    if (thinking && !talk->thought.open)
        step_emit(step, MIND_CANCEL, call);
    think_cancel(step, call);
    if (thinking && noted)
        return;
    if (!thinking)
        append_words(talk->prefix, text_of(talk->partial));
    if (!thinking && !talk->prefix[0])
        return;
    if (!thinking) {
        memcpy(talk->heard, talk->prefix, sizeof(talk->heard));
        talk->turn++;
        talk->turns++;
    }
    talk->word_confidence = 0;
    account_words(step, call, NULL);
}
