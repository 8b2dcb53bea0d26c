// SPDX-License-Identifier: Apache-2.0
/* conversation.c - beginning and end, keys, hold, and the times that run out. */
#include "core/conversation.h"

#include "core/act.h"
#include "core/floor.h"
#include "core/hold.h"
#include "core/lookup.h"
#include "core/parting.h"
#include "core/provider.h"
#include "core/recall.h"
#include "core/reply.h"
#include "core/taping.h"
#include "core/think.h"
#include "core/tools.h"
#include "core/voice.h"
#include "core/waiting.h"
#include "core/words.h"

enum { UNSPOKEN = 2 }; /* Utterances without a voice: that is an outage. */

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

    if (talk->state == TALK_THINKING && !talk->thought.open)
        step_emit(step, MIND_CANCEL, call);
    think_cancel(step, call);
    step_timer_cancel(step, call, TIMER_BARGE_IN);
    talk->glance = false;
    reply_stop(step, call, true);
    floor_forget(step, call);
    talk->times = (struct turn_times){0};
}

/* For the models of the agent. */
static void note_key(struct step *step, struct call *call, char key, int16_t intent)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    struct text_buffer room = step_text(step), out;

    if (agent->think.count == 0)
        return;
    text_buffer_init(&out, room.data,
                     room.capacity < MAX_UTTERANCE ? room.capacity : MAX_UTTERANCE);
    text_append(&out, TEXT("[pressed "));
    text_append_char(&out, key);
    if (intent >= 0) {
        text_append(&out, TEXT(": "));
        text_append(&out, agent->intents[intent].label);
    }
    text_append_char(&out, ']');
    struct text words = step_text_take(step, &out);
    struct command *note = step_emit(step, MIND_NOTE, call);
    note->note.turn = call->talk.turn;
    note->note.speaker = SPEAKER_CALLER;
    note->note.text = words;
    note->note.key = true;
}

void conversation_key(struct step *step, struct call *call, char key, enum key_source source)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (talk->state == TALK_NONE || talk->state == TALK_AWAY ||
        same_press(talk, key, source, event->at_ms))
        return;
    /* Not before: a call that is forwarded has no agent. */
    enum queue_wish wish = waiting_wish_of(step->core, call, key);
    int16_t intent =
        call->parting.state || wish ? -1 : meaning_of_key(call_agent(step->core, call), key);
    talk->last_key = key;
    talk->last_key_source = source;
    talk->last_key_ms = event->at_ms;
    talk->keys++;
    talk->turn++;
    talk->silences = 0;
    struct command *command = step_emit(step, STORE_KEY, call);
    command->key.ref = text_of(call->ref);
    command->key.wall_ms = event->wall_ms;
    command->key.key = taping_key(core_leg(step->core, call->leg), key);
    command->key.source = source;
    command->key.meaning =
        intent >= 0           ? call_agent(step->core, call)->intents[intent].name
        : call->parting.state ? TEXT("answer")
                              : text_of(queue_wish_names[wish]);
    if (talk->state == TALK_PARTING) {
        parting_key(step, call, key);
        return;
    }
    note_key(step, call, command->key.key, intent);
    drop_turn(step, call);
    talk->final_words = false;
    if (call->parting.state) {
        parting_key(step, call, key);
        return;
    }
    if (waiting_key(step, call, key))
        return;
    if (intent >= 0)
        act_on_key(step, call, intent);
    else
        act_on_unknown_key(step, call, key);
    floor_speak(step, call);
}

static void answer_overdue(struct step *step, struct call *call)
{
    switch (call->talk.state) {
    case TALK_SPEAKING:
        if (reply_overdue(step, call))
            floor_reply_over(step, call);
        return;
    case TALK_HEARING: /* A caller who never pauses. */
        words_end_turn(step, call);
        return;
    case TALK_RECOGNISING:
        words_overdue(step, call);
        return;
    case TALK_THINKING:
        if (call->talk.thought.open)
            think_overdue(step, call);
        else
            words_overdue(step, call);
        return;
    case TALK_PARTING:
        parting_overdue(step, call);
        return;
    case TALK_PAUSED:
    case TALK_LISTENING:
    case TALK_AWAY:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

/* What was to explain the silence has not come either: no network is asked again. */
static bool at_last(const struct step *step, const struct talk *talk)
{
    return step->event->now_ms >= talk->quiet_ms + QUIET_MS + FILLER_PATIENCE_MS / 2;
}

static void filler_due(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct text words = call_agent(step->core, call)->words[WORDS_FILLER];

    if (talk->held && talk->unbegun && reply_filler_waits(step, call))
        return;
    if (talk->state == TALK_RECOGNISING && talk->thought.speculative) {
        think_drop(step, call); /* What is ready may be about other words. */
    } else if (talk->state == TALK_RECOGNISING && talk->held) {
        talk->interruptions++;
        reply_stop(step, call, true);
    }
    if (reply_filler_waits(step, call))
        return;
    if (talk->state == TALK_SPEAKING && !reply_sounding(&talk->reply))
        reply_filler(step, call, words, true); /* Its own voice is late. */
    else if (talk->state == TALK_THINKING && talk->thought.open && !talk->reply.live)
        think_filler(step, call);
    else if ((talk->state == TALK_THINKING || talk->state == TALK_RECOGNISING) && !talk->reply.live)
        reply_filler(step, call, words, at_last(step, talk));
}

void conversation_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    struct talk *talk = &call->talk;

    if (kind == TIMER_ANSWER) {
        answer_overdue(step, call);
    } else if (talk->state == TALK_PARTING && kind != TIMER_TOOL) {
        parting_timer(step, call, kind);
    } else if (kind == TIMER_TURN && talk->state == TALK_HEARING && !talk->voiced) {
        words_end_turn(step, call);
    } else if (kind == TIMER_BARGE_IN) {
        voice_evidence_due(step, call);
    } else if (kind == TIMER_SILENCE && talk->state == TALK_LISTENING && call->parting.state) {
        parting_silence(step, call);
    } else if (kind == TIMER_SILENCE && talk->state == TALK_LISTENING) {
        if (waiting_silence(step, call))
            return;
        act_on_silence(step, call);
        floor_speak(step, call);
    } else if (kind == TIMER_FILLER) {
        filler_due(step, call);
    } else if (kind == TIMER_TOOL) {
        tools_due(step, call);
    }
}

/* ---- Hold ---- */

void conversation_hold(struct step *step, struct call *call, bool hold)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_NONE || talk->on_hold == hold)
        return;
    talk->on_hold = hold;
    if (talk->state == TALK_SPEAKING) {
        step_timer_cancel(step, call, TIMER_ANSWER);
        step_emit(step, hold ? MEDIA_PAUSE : MEDIA_RESUME, call);
        reply_push(step, call);
    } else if (talk->state == TALK_LISTENING && hold) {
        step_timer_cancel(step, call, TIMER_SILENCE);
    } else if (talk->state == TALK_LISTENING) {
        floor_listen(step, call);
    }
}

/* ---- Beginning and end ---- */

static void talk_first(struct step *step, struct call *call)
{
    if (call->talk.keys_only)
        reply_words(step, call, WORDS_KEYS_ONLY);
    floor_speak(step, call);
}

void conversation_start(struct step *step, struct call *call, int16_t agent, bool listening)
{
    struct talk *talk = &call->talk;

    talk->agent = talk->first_agent = agent;
    talk->pending_intent = -1;
    talk->listening = listening;
    talk->keys_only = !listening;
    talk->verdict = -1;
    bool greeted = recall_greet(step, call);
    if (!greeted && call->wait.wanted) { /* The route leads into a queue. */
        talk->state = TALK_LISTENING;
        waiting_follow(step, call);
        return;
    }
    if (greeted)
        talk_first(step, call);
    else if (lookup_holds(step, call, call_agent(step->core, call)->greeting))
        talk->state = TALK_AWAY;
    else
        conversation_greet(step, call);
}

/* Nobody would answer what the greeting asks for: better the truth at once. */
static bool no_model_answers(struct step *step, struct call *call)
{
    return act_needs_model(step, call) &&
           !provider_any(step, call, &call_agent(step->core, call)->think);
}

void conversation_greet(struct step *step, struct call *call)
{
    if (no_model_answers(step, call)) {
        call->talk.state = TALK_LISTENING;
        act_on_failure(step, call);
        floor_speak(step, call);
        return;
    }
    act_greet(step, call);
    talk_first(step, call);
}

void conversation_announce(struct step *step, struct call *call, struct text words)
{
    struct talk *talk = &call->talk;

    talk->pending_intent = -1;
    talk->keys_only = true;
    talk->verdict = -1;
    reply_say(step, call, talk->agent, words);
    talk->after = AFTER_HANG_UP;
    talk->after_cause = CAUSE_AGENT_FINISHED;
    talk->final_words = true;
    floor_speak(step, call);
}

/* ---- Somebody else ---- */

void conversation_away(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    drop_turn(step, call);
    for (enum timer_kind kind = TIMER_TURN; kind <= TIMER_FILLER; kind++) /* Tools go on. */
        step_timer_cancel(step, call, kind);
    lookup_let_go(step, call);
    talk->state = TALK_AWAY;
    talk->after = AFTER_LISTEN;
    talk->give = talk->nobody = false;
    talk->final_words = false;
    talk->pending_intent = -1;
}

void conversation_return(struct step *step, struct call *call)
{
    if (call->talk.state != TALK_AWAY)
        return;
    call->talk.voiced = false;
    reply_words(step, call, WORDS_TRANSFER_FAILED);
    floor_speak(step, call);
}

void conversation_leave(struct step *step, struct call *call)
{
    parting_ended(step, call); /* What was said so far is a message; whoever comes begins anew. */
    conversation_away(step, call);
    if (waiting_is(call))
        waiting_hush(step, call); /* It was heard on the leg that is left. */
    call->talk.on_hold = false;
    call->talk.voiced = false;
}

void conversation_arrive(struct step *step, struct call *call)
{
    if (call->talk.last_reply[0])
        reply_repeat(step, call);
    else
        act_greet(step, call);
    floor_speak(step, call);
}

void conversation_recogniser_lost(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->listening)
        return;
    talk->listening = false;
    talk->keys_only = true;
    talk->voiced = false;
    if (talk->state == TALK_THINKING || talk->state == TALK_NONE || talk->state == TALK_AWAY ||
        talk->state == TALK_PARTING)
        return; /* The words are there already; the next turn will be by keys. */
    drop_turn(step, call);
    reply_words(step, call, WORDS_KEYS_ONLY);
    floor_speak(step, call);
}

void conversation_played(struct step *step, struct call *call)
{
    if (hold_played(step, call)) {
        if (waiting_is(call) && call->talk.state == TALK_LISTENING)
            waiting_listen(step, call); /* It was dropped with words that were paused. */
        return;
    }
    if (!parting_played(step, call) && reply_played(step, call))
        floor_reply_over(step, call);
}

void conversation_not_spoken(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!reply_failed(step, call))
        return;
    if (talk->unspoken >= UNSPOKEN && !call->parting.state && !waiting_is(call) &&
        call_plan(step->core, call)->unavailable.given) {
        talk->after = AFTER_UNAVAILABLE;
        talk->after_why = UNAVAILABLE_OUTAGE;
    }
    floor_reply_over(step, call);
}

void conversation_suspend(struct step *step, struct call *call)
{
    lookup_end(step, call);
    if (call->talk.state == TALK_NONE)
        return;
    parting_ended(step, call);
    words_unfinished(step, call);
    tools_end(step, call);
    reply_stop(step, call, false);
    call->talk.remembered = true;
    call->talk.state = TALK_NONE;
}

void conversation_resume(struct call *call)
{
    struct talk *talk = &call->talk;

    talk->state = TALK_AWAY;
    talk->after = AFTER_LISTEN;
    talk->remembered = talk->over = talk->nobody = talk->give = talk->final_words = false;
    talk->voiced = talk->held = talk->on_hold = talk->owed = talk->more = talk->glance = false;
    talk->failed_turns = talk->failed_tools = talk->unhappy = talk->silences = talk->unspoken = 0;
    talk->clarified = false;
    talk->verdict = -1;
    talk->pending_intent = -1;
    talk->expect = EXPECT_FREE;
    talk->times = (struct turn_times){0};
}

void conversation_end(struct step *step, struct call *call)
{
    bool talks = call->talk.state != TALK_NONE || call->talk.remembered;

    conversation_suspend(step, call);
    call->talk.remembered = false;
    if (talks && call_plan(step->core, call)->provider_count > 0) /* A greeting alone begins a dialogue. */
        step_emit(step, MIND_FORGET, call);
}
