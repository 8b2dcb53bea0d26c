// SPDX-License-Identifier: Apache-2.0
/* conversation.c - the floor: who has it, who asks for it, when it changes. */
#include "core/conversation.h"

#include <string.h>

#include "core/act.h"
#include "core/call.h"
#include "core/phrase.h"
#include "core/reply.h"
#include "core/turn.h"

static const struct plan_manners *manners_of(const struct step *step, const struct call *call)
{
    return &call_plan(step->core, call)->manners;
}

static const struct plan_agent *agent_of(const struct step *step, const struct call *call)
{
    return &call_plan(step->core, call)->agents[call->talk.agent];
}

/* ---- Floors ---- */

void conversation_speak(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    timer_cancel(step, call, TIMER_SILENCE);
    timer_cancel(step, call, TIMER_TURN);
    timer_cancel(step, call, TIMER_FILLER);
    talk->state = TALK_SPEAKING;
    talk->partial[0] = 0;
    talk->prefix[0] = 0;
    talk->more = false;
    if (!talk->reply.live)
        conversation_reply_over(step, call); /* Nothing could be said. */
    else
        reply_push(step, call);
}

static void listen(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->state = TALK_LISTENING;
    talk->held = false;
    talk->prefix[0] = 0;
    talk->partial[0] = 0;
    talk->times = (struct turn_times){0};
    timer_cancel(step, call, TIMER_ANSWER);
    timer_cancel(step, call, TIMER_TURN);
    if (!talk->on_hold)
        timer_set(step, call, TIMER_SILENCE,
                  step->event->now_ms + manners_of(step, call)->silence_ms);
}

void conversation_reply_over(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    switch (talk->state) {
    case TALK_SPEAKING:
    case TALK_PAUSED:
        timer_cancel(step, call, TIMER_ANSWER);
        timer_cancel(step, call, TIMER_BARGE_IN);
        if (talk->after == AFTER_HANG_UP) {
            call_end(step, call, talk->after_cause, TEXT_EMPTY);
            return;
        }
        listen(step, call);
        return;
    case TALK_HEARING: /* The last word was out when the pause came. */
    case TALK_RECOGNISING:
        talk->held = false;
        return;
    case TALK_THINKING: /* A filler. */
    case TALK_LISTENING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

static void arm_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    char words[2 * STATEMENT];
    struct text_buffer buffer;

    text_buffer_init(&buffer, words, sizeof(words));
    text_append(&buffer, text_of(talk->prefix));
    text_append_char(&buffer, ' ');
    text_append(&buffer, text_of(talk->partial));
    uint32_t wait_ms =
        turn_wait_ms(manners_of(step, call), text_trim(text_view(&buffer)), talk->expect);
    uint64_t at_ms = talk->voice_to_ms + wait_ms;
    timer_set(step, call, TIMER_TURN, at_ms > step->event->now_ms ? at_ms : step->event->now_ms);
}

/* The caller has the floor. */
static void hear(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    timer_cancel(step, call, TIMER_SILENCE);
    timer_cancel(step, call, TIMER_BARGE_IN);
    timer_cancel(step, call, TIMER_FILLER);
    talk->state = TALK_HEARING;
    talk->more = false;
    if (talk->times.speech_from_ms == 0)
        talk->times.speech_from_ms = talk->voice_from_ms;
    timer_set(step, call, TIMER_ANSWER,
              step->event->now_ms + manners_of(step, call)->longest_turn_ms);
    if (!talk->voiced)
        arm_turn(step, call);
}

static void give_way(struct step *step, struct call *call)
{
    call->talk.held = true;
    hear(step, call);
}

static void resume(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    timer_cancel(step, call, TIMER_BARGE_IN);
    timer_cancel(step, call, TIMER_TURN);
    talk->state = TALK_SPEAKING;
    talk->held = false;
    talk->partial[0] = 0;
    talk->times = (struct turn_times){0};
    if (!talk->on_hold)
        emit(step, MEDIA_RESUME, call);
    reply_push(step, call);
}

static void forget(struct step *step, struct call *call)
{
    call->talk.partial[0] = 0;
    if (call->talk.listening)
        emit(step, SPEECH_FORGET, call);
}

static void finish(struct step *step, struct call *call)
{
    emit(step, SPEECH_FINISH, call)->finish.turn = ++call->talk.finishes;
}

/* ---- The caller's voice ---- */

static void voice_began(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->voice_from_ms = step->event->voice.edge_ms;
    talk->verdict = -1;
    switch (talk->state) {
    case TALK_SPEAKING:
        if (talk->final_words)
            return;
        talk->state = TALK_PAUSED;
        talk->glance = false;
        timer_cancel(step, call, TIMER_ANSWER);
        emit(step, MEDIA_PAUSE, call);
        timer_set(step, call, TIMER_BARGE_IN,
                  step->event->now_ms + manners_of(step, call)->barge_in_decide_ms);
        return;
    case TALK_LISTENING:
        hear(step, call);
        return;
    case TALK_HEARING:
        timer_cancel(step, call, TIMER_TURN);
        return;
    case TALK_RECOGNISING:
        talk->more = true;
        return;
    case TALK_THINKING:
        emit(step, MIND_CANCEL, call);
        talk->finishes++;
        reply_stop(step, call, true);
        memcpy(talk->prefix, talk->heard, sizeof(talk->prefix));
        hear(step, call);
        return;
    case TALK_PAUSED:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

static void voice_ended(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->voice_to_ms = step->event->voice.edge_ms;
    if (talk->state == TALK_HEARING)
        arm_turn(step, call);
}

void conversation_voice(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->voiced == step->event->voice.voiced)
        return;
    talk->voiced = step->event->voice.voiced;
    if (!talk->listening)
        return;
    if (talk->voiced)
        voice_began(step, call);
    else
        voice_ended(step, call);
}

/* Decides a pause when it can be decided. */
static void weigh_claim(struct step *step, struct call *call, bool timeout)
{
    struct talk *talk = &call->talk;

    switch (turn_claim(talk, step->event->now_ms, timeout)) {
    case CLAIM_UNKNOWN:
        return;
    case CLAIM_FLOOR:
        give_way(step, call);
        return;
    case CLAIM_NOTHING:
        if (talk->verdict == 0) {
            forget(step, call);
        } else { /* "Stop!" is short too: see what the words were, while speaking on. */
            talk->glance = true;
            finish(step, call);
        }
        resume(step, call);
        return;
    }
}

void conversation_verdict(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->verdict = step->event->verdict.speech;
    if (talk->state == TALK_PAUSED) {
        weigh_claim(step, call, false);
    } else if (talk->state == TALK_HEARING && talk->verdict == 0 && !talk->partial[0] &&
               !talk->prefix[0]) {
        forget(step, call);
        if (talk->held)
            resume(step, call);
        else
            listen(step, call);
    }
}

void conversation_partial(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (talk->state == TALK_NONE || event->heard.text.size == 0 || talk->final_words)
        return;
    text_copy(talk->partial, sizeof(talk->partial), event->heard.text);
    if (talk->times.first_partial_ms == 0)
        talk->times.first_partial_ms = event->at_ms;
    switch (talk->state) {
    case TALK_PAUSED:
        weigh_claim(step, call, false);
        return;
    case TALK_HEARING:
        if (!talk->voiced)
            arm_turn(step, call);
        return;
    case TALK_LISTENING: /* The voice edge was lost on the way. */
        talk->voice_from_ms = event->heard.speech_from_ms;
        talk->voice_to_ms = event->heard.speech_to_ms;
        hear(step, call);
        return;
    case TALK_SPEAKING:
    case TALK_RECOGNISING:
    case TALK_THINKING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

/* ---- The caller's words ---- */

static void end_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    timer_cancel(step, call, TIMER_TURN);
    talk->state = TALK_RECOGNISING;
    talk->more = false;
    talk->times.end_of_turn_ms = step->event->now_ms;
    talk->times.speech_to_ms = talk->voiced ? step->event->now_ms : talk->voice_to_ms;
    finish(step, call);
    timer_set(step, call, TIMER_ANSWER, step->event->now_ms + manners_of(step, call)->recognise_ms);
}

static void account_words(struct step *step, struct call *call, const struct meaning *meaning)
{
    struct talk *talk = &call->talk;
    struct command *turn = emit(step, STORE_TURN, call);

    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = step->event->wall_ms;
    turn->turn.turn = talk->turn;
    turn->turn.speaker = SPEAKER_CALLER;
    turn->turn.agent = agent_of(step, call)->name;
    turn->turn.text = step_text_copy(step, text_of(talk->heard));
    turn->turn.word_confidence_permille = talk->word_confidence;
    if (!meaning)
        return;
    turn->turn.intent = agent_of(step, call)->intents[meaning->intent].name;
    turn->turn.confidence_permille = meaning->confidence_permille;
    turn->turn.sentiment = meaning->sentiment;
    turn->turn.entities = step_text_copy(step, meaning->entities);
}

/* Orders that need no classifier, and answers to a question of ours. False: it was neither. */
static bool obey(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct text words = text_of(talk->heard);
    enum phrase_order order = phrase_order(words);
    enum phrase_answer answer = talk->pending_intent >= 0 ? phrase_answer(words) : PHRASE_NEITHER;

    if (order == PHRASE_NONE && answer == PHRASE_NEITHER)
        return false;
    account_words(step, call, NULL);
    switch (order) {
    case PHRASE_REPEAT:
        act_repeat(step, call);
        return true;
    case PHRASE_START_OVER:
        act_start_over(step, call);
        return true;
    case PHRASE_GOODBYE:
        act_goodbye(step, call);
        return true;
    case PHRASE_NONE:
        act_on_confirmation(step, call, answer == PHRASE_YES);
        return true;
    }
    return true;
}

static void understand(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct plan_manners *manners = manners_of(step, call);
    struct command *command = emit(step, MIND_UNDERSTAND, call);

    talk->state = TALK_THINKING;
    command->understand.turn = ++talk->finishes;
    command->understand.plan = call->plan;
    command->understand.agent = (uint32_t)talk->agent;
    command->understand.text = text_of(talk->heard);
    command->understand.confidence_permille = talk->word_confidence;
    command->understand.asked = text_of(talk->last_reply);
    timer_set(step, call, TIMER_ANSWER, step->event->now_ms + manners->understand_ms);
    if (manners->filler_after_ms < manners->understand_ms)
        timer_set(step, call, TIMER_FILLER, step->event->now_ms + manners->filler_after_ms);
}

/* The turn is over and its words are in talk->heard. */
static void take_words(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct text words = text_of(talk->heard);
    bool answer = talk->pending_intent >= 0 && phrase_answer(words) != PHRASE_NEITHER;
    uint64_t voiced_ms = talk->times.speech_to_ms - talk->times.speech_from_ms;

    talk->prefix[0] = 0;
    if (talk->held && phrase_backchannel(words) && !answer) {
        resume(step, call);
        return;
    }
    if (words.size == 0 && (talk->verdict == 0 || voiced_ms < SHORT_SOUND_MS)) {
        listen(step, call);
        return;
    }
    if (talk->held) {
        talk->interruptions++;
        reply_stop(step, call, true);
    }
    talk->turn++;
    talk->turns++;
    talk->after = AFTER_LISTEN;
    if (words.size == 0 ||
        talk->word_confidence < manners_of(step, call)->word_confidence_permille) {
        account_words(step, call, NULL);
        act_on_nothing_heard(step, call);
        return;
    }
    talk->silences = 0;
    if (!obey(step, call))
        understand(step, call);
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

    talk->glance = false;
    if (talk->state != TALK_SPEAKING || phrase_backchannel(event->heard.text) ||
        event->heard.confidence_permille < manners_of(step, call)->word_confidence_permille)
        return;
    talk->times = (struct turn_times){.speech_from_ms = talk->voice_from_ms,
                                      .speech_to_ms = talk->voice_to_ms,
                                      .end_of_turn_ms = event->now_ms,
                                      .final_ms = event->at_ms};
    text_copy(talk->heard, sizeof(talk->heard), event->heard.text);
    talk->word_confidence = event->heard.confidence_permille;
    talk->held = true;
    take_words(step, call);
}

static void take_final(struct step *step, struct call *call, struct text words, uint16_t confidence,
                       uint64_t at_ms)
{
    struct talk *talk = &call->talk;

    append_words(talk->prefix, words);
    talk->partial[0] = 0;
    if (talk->more) { /* The turn was not over after all. */
        hear(step, call);
        return;
    }
    timer_cancel(step, call, TIMER_ANSWER);
    memcpy(talk->heard, talk->prefix, sizeof(talk->heard));
    talk->word_confidence = confidence;
    talk->times.final_ms = at_ms;
    take_words(step, call);
}

void conversation_final(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (event->heard.turn != talk->finishes)
        return;
    if (talk->glance)
        take_glance(step, call);
    else if (talk->state == TALK_RECOGNISING)
        take_final(step, call, event->heard.text, event->heard.confidence_permille, event->at_ms);
}

static void act_on(struct step *step, struct call *call, const struct meaning *meaning)
{
    struct talk *talk = &call->talk;

    talk->times.understood_ms = step->event->now_ms;
    if (talk->reply.live) /* A filler began it. */
        talk->reply.times.understood_ms = step->event->now_ms;
    timer_cancel(step, call, TIMER_ANSWER);
    account_words(step, call, meaning);
    act_on_speech(step, call, meaning);
}

void conversation_understood(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state != TALK_THINKING || step->event->understood.turn != talk->finishes)
        return;
    struct meaning meaning = act_read(agent_of(step, call), step->event, text_of(talk->heard));
    act_on(step, call, &meaning);
}

/* ---- Keys ---- */

static bool same_press(const struct talk *talk, char key, enum key_source source, uint64_t at_ms)
{
    return key == talk->last_key && source != talk->last_key_source &&
           at_ms < talk->last_key_ms + KEY_REPEAT_MS;
}

static int16_t meaning_of_key(const struct plan_agent *agent, char key)
{
    for (uint8_t i = 0; i < agent->key_count; i++)
        if (agent->keys[i].key == key)
            return agent->keys[i].intent;
    return -1;
}

/* Whatever was going on gives way to the key. */
static void drop_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_THINKING)
        emit(step, MIND_CANCEL, call);
    timer_cancel(step, call, TIMER_BARGE_IN);
    talk->finishes++; /* A final or an understanding on its way is not awaited any more. */
    talk->glance = false;
    reply_stop(step, call, true);
    forget(step, call);
    talk->times = (struct turn_times){0};
}

void conversation_key(struct step *step, struct call *call, char key, enum key_source source)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;
    int16_t intent = meaning_of_key(agent_of(step, call), key);

    if (talk->state == TALK_NONE || same_press(talk, key, source, event->at_ms))
        return;
    talk->last_key = key;
    talk->last_key_source = source;
    talk->last_key_ms = event->at_ms;
    talk->keys++;
    talk->turn++;
    talk->silences = 0;
    struct command *command = emit(step, STORE_KEY, call);
    command->key.ref = text_of(call->ref);
    command->key.wall_ms = event->wall_ms;
    command->key.key = key;
    command->key.source = source;
    command->key.meaning = intent >= 0 ? agent_of(step, call)->intents[intent].name : TEXT_EMPTY;
    drop_turn(step, call);
    talk->final_words = false;
    if (intent >= 0)
        act_on_key(step, call, intent);
    else
        act_on_unknown_key(step, call, key);
}

/* ---- Times ---- */

static void turn_overdue(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    switch (talk->state) {
    case TALK_SPEAKING:
        reply_overdue(step, call);
        return;
    case TALK_HEARING: /* A caller who never pauses. */
        end_turn(step, call);
        return;
    case TALK_RECOGNISING: { /* Late: the last partial must do. */
        char words[STATEMENT];
        memcpy(words, talk->partial, sizeof(words));
        talk->finishes++;
        forget(step, call);
        take_final(step, call, text_of(words), words[0] ? 500 : 0, step->event->now_ms);
        return;
    }
    case TALK_THINKING: {
        struct meaning meaning = {.intent = agent_of(step, call)->general,
                                  .confidence_permille = 500,
                                  .entities = TEXT_EMPTY,
                                  .summary = TEXT_EMPTY,
                                  .statement = text_of(talk->heard)};
        talk->finishes++;
        emit(step, MIND_CANCEL, call);
        act_on(step, call, &meaning);
        return;
    }
    case TALK_PAUSED:
    case TALK_LISTENING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

void conversation_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    struct talk *talk = &call->talk;

    if (kind == TIMER_ANSWER)
        turn_overdue(step, call);
    else if (kind == TIMER_TURN && talk->state == TALK_HEARING && !talk->voiced)
        end_turn(step, call);
    else if (kind == TIMER_BARGE_IN && talk->state == TALK_PAUSED)
        weigh_claim(step, call, true);
    else if (kind == TIMER_SILENCE && talk->state == TALK_LISTENING)
        act_on_silence(step, call);
    else if (kind == TIMER_FILLER && talk->state == TALK_THINKING)
        reply_words(step, call, WORDS_FILLER);
}

/* ---- Hold ---- */

void conversation_hold(struct step *step, struct call *call, bool hold)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_NONE || talk->on_hold == hold)
        return;
    talk->on_hold = hold;
    if (talk->state == TALK_SPEAKING) {
        timer_cancel(step, call, TIMER_ANSWER);
        emit(step, hold ? MEDIA_PAUSE : MEDIA_RESUME, call);
        reply_push(step, call);
    } else if (talk->state == TALK_LISTENING && hold) {
        timer_cancel(step, call, TIMER_SILENCE);
    } else if (talk->state == TALK_LISTENING) {
        listen(step, call);
    }
}

/* ---- Beginning and end ---- */

void conversation_start(struct step *step, struct call *call, int16_t agent, bool listening)
{
    struct talk *talk = &call->talk;

    talk->agent = talk->first_agent = agent;
    talk->pending_intent = -1;
    talk->listening = listening;
    talk->keys_only = !listening;
    talk->verdict = -1;
    act_greet(step, call);
    if (talk->keys_only)
        reply_words(step, call, WORDS_KEYS_ONLY);
}

void conversation_recogniser_lost(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->listening)
        return;
    talk->listening = false;
    talk->keys_only = true;
    talk->voiced = false;
    if (talk->state == TALK_THINKING || talk->state == TALK_NONE)
        return; /* The words are there already; the next turn will be by keys. */
    drop_turn(step, call);
    reply_words(step, call, WORDS_KEYS_ONLY);
    conversation_speak(step, call);
}

void conversation_end(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_NONE)
        return;
    if (talk->state == TALK_THINKING)
        emit(step, MIND_CANCEL, call);
    append_words(talk->prefix, text_of(talk->state == TALK_THINKING ? "" : talk->partial));
    if (talk->prefix[0] || talk->state == TALK_THINKING) {
        if (talk->state != TALK_THINKING) {
            memcpy(talk->heard, talk->prefix, sizeof(talk->heard));
            talk->turn++;
            talk->turns++;
        }
        talk->word_confidence = 0;
        account_words(step, call, NULL);
    }
    reply_stop(step, call, false);
    talk->state = TALK_NONE;
}
