// SPDX-License-Identifier: Apache-2.0
/* parting.c - a row a state. */
#include "core/parting.h"

#include "core/appointment.h"
#include "core/conversation.h"
#include "core/floor.h"
#include "core/hear.h"
#include "core/phrase.h"
#include "core/promise.h"
#include "core/reply.h"
#include "core/turn.h"
#include "core/unavailable.h"
#include "core/voicemail.h"
#include "core/waiting.h"

enum {
    SOUND_MS = 35000, /* A file of words, at most; a beep is there within SPEAK_MS. */
    NOTED_MS = 3000   /* The account's time; then the caller is told the truth. */
};

/* The words of another question of ours were said, or its sound was heard. */
static void over(struct step *step, struct call *call)
{
    (void)step;
    call->talk.over = true;
}

static const struct {
    void (*said)(struct step *step, struct call *call);
    void (*key)(struct step *step, struct call *call, char key);
    void (*words)(struct step *step, struct call *call, struct text words);
    void (*silence)(struct step *step, struct call *call);
    void (*overdue)(struct step *step, struct call *call);
    void (*noted)(struct step *step, struct call *call);
} rows[PARTING_STATES] = {
    [PARTING_TELLING] = {.said = unavailable_told, .overdue = unavailable_told},
    [PARTING_OFFERING] = {.said = unavailable_offered,
                          .key = unavailable_key,
                          .words = unavailable_words,
                          .silence = unavailable_unanswered},
    [PARTING_INVITING] = {.said = voicemail_beep},
    [PARTING_BEEPING] = {.said = voicemail_record, .overdue = voicemail_record},
    [PARTING_RECORDING] = {.key = voicemail_key, .overdue = voicemail_overdue},
    [PARTING_ENDING] = {.overdue = voicemail_overdue},
    [PARTING_REVIEWING] = {.said = voicemail_review,
                           .key = voicemail_review_key,
                           .words = voicemail_review_words,
                           .silence = voicemail_file},
    [PARTING_FILING] = {.overdue = voicemail_overdue, .noted = voicemail_noted},
    [PARTING_ASKING] = {.said = promise_asked,
                        .key = promise_ask_key,
                        .words = promise_ask_words,
                        .silence = promise_ask_silence},
    [PARTING_DICTATING] = {.said = promise_dictated,
                           .key = promise_dictate_key,
                           .words = promise_dictate_words,
                           .silence = promise_dictate_silence},
    [PARTING_READING] = {.said = promise_read,
                         .key = promise_read_key,
                         .words = promise_read_words,
                         .silence = promise_read_silence},
    [PARTING_FINDING] = {.overdue = appointment_overdue},
    [PARTING_CHOOSING] = {.said = appointment_asked,
                          .key = appointment_key,
                          .words = appointment_words,
                          .silence = appointment_silence},
    [PARTING_BOOKING] = {.overdue = appointment_overdue},
    [PARTING_NOTING] = {.overdue = promise_overdue, .noted = promise_noted},
    [PARTING_LEAVING] = {.said = over, .overdue = over},
};

/* ---- Steps ---- */

/* The caller spoke and has heard nothing of ours since; quiet_ms says since when. */
static bool owed(const struct talk *talk)
{
    return talk->owed || talk->state == TALK_RECOGNISING || talk->state == TALK_THINKING;
}

bool parting_enter(struct step *step, struct call *call)
{
    if (call->state != CALL_UP || call->talk.agent < 0 || call->talk.state == TALK_NONE ||
        call->far || call->link != LINK_NONE)
        return false;
    bool word_is_owed = owed(&call->talk);
    waiting_end(step, call, QUEUE_LEFT, TEXT("to leave a message or a number"));
    conversation_away(step, call);
    call->talk.owed = word_is_owed;
    return true;
}

void parting_leave(struct step *step, struct call *call)
{
    (void)step;
    call->parting.state = PARTING_NONE;
    call->parting.asked = 0;
    call->parting.told = false;
}

static void end_timers(struct step *step, struct call *call)
{
    for (enum timer_kind kind = TIMER_TURN; kind <= TIMER_FILLER; kind++)
        step_timer_cancel(step, call, kind);
}

void parting_say(struct step *step, struct call *call, enum parting_words words,
                 enum parting_state state)
{
    struct talk *talk = &call->talk;

    end_timers(step, call);
    call->parting.state = state;
    talk->owed = owed(talk);
    talk->state = TALK_AWAY;
    talk->after = AFTER_LISTEN;
    talk->final_words =
        state == PARTING_TELLING || state == PARTING_INVITING || state == PARTING_LEAVING;
    reply_say(step, call, talk->agent, call_agent(step->core, call)->partings[words]);
    floor_speak(step, call);
}

void parting_wait(struct step *step, struct call *call, enum parting_state state, uint64_t at_ms)
{
    end_timers(step, call);
    call->parting.state = state;
    call->talk.owed = owed(&call->talk);
    if (!call->talk.owed)
        call->talk.quiet_ms = step->event->now_ms;
    call->talk.state = TALK_PARTING;
    step_timer_set(step, call, TIMER_ANSWER, at_ms);
}

void parting_wait_for_account(struct step *step, struct call *call, enum parting_state state)
{
    parting_wait(step, call, state, step->event->now_ms + NOTED_MS);
    floor_explain(step, call, QUIET_MS);
}

void parting_sound(struct step *step, struct call *call, struct text sound,
                   enum parting_state state)
{
    struct talk *talk = &call->talk;

    parting_wait(step, call, state, step->event->now_ms + SPEAK_MS);
    call->parting.sound = ++talk->utterances;
    struct command *say = step_emit(step, SPEECH_SAY, call);
    say->say.utterance = call->parting.sound;
    say->say.provider = PROVIDER_EMBEDDED;
    say->say.plan = call->plan;
    say->say.voice = TEXT("music");
    say->say.text = sound;
}

void parting_listen(struct step *step, struct call *call, enum expect expect, uint32_t ms)
{
    hear_expect(step, call, expect);
    floor_listen(step, call);
    if (ms && !call->talk.on_hold)
        step_timer_set(step, call, TIMER_SILENCE, step->event->now_ms + ms);
}

void parting_close(struct step *step, struct call *call, enum parting_words words)
{
    call->talk.after_cause = CAUSE_AGENT_FINISHED;
    parting_say(step, call, words, PARTING_LEAVING);
}

void parting_goodbye(struct step *step, struct call *call, enum cause cause)
{
    end_timers(step, call);
    call->talk.after_cause = cause;
    call->parting.state = PARTING_LEAVING;
    call->talk.owed = owed(&call->talk);
    call->talk.state = TALK_AWAY;
    call->talk.final_words = true;
    reply_words(step, call, WORDS_GOODBYE);
    floor_speak(step, call);
}

struct command *parting_task(struct step *step, struct call *call, enum task_kind kind,
                             enum task_state state)
{
    const struct context *context = &call->talk.context;
    struct text party = step_text_copy(step, text_of(context->caller));
    struct text intent = step_text_copy(step, text_of(context->intent));
    struct text summary = step_text_copy(step, text_of(context->summary));
    struct command *task = step_emit(step, STORE_TASK, call);

    task->task.ref = text_of(call->ref);
    task->task.wall_ms = step->event->wall_ms;
    task->task.number = call->parting.tasks;
    task->task.kind = kind;
    task->task.state = state;
    task->task.party = party;
    task->task.queue = text_of(call->parting.queue);
    task->task.agent = call_agent(step->core, call)->name;
    task->task.intent = intent;
    task->task.summary = summary;
    return task;
}

/* ---- Events ---- */

void parting_said(struct step *step, struct call *call)
{
    call->talk.final_words = false;
    call->talk.owed = false;
    if (rows[call->parting.state].said)
        rows[call->parting.state].said(step, call);
}

/* Says the question again that has just been said. */
static void again(struct step *step, struct call *call)
{
    reply_repeat(step, call);
    floor_speak(step, call);
}

void parting_key(struct step *step, struct call *call, char key)
{
    if (rows[call->parting.state].key)
        rows[call->parting.state].key(step, call, key);
    else if (call->talk.state != TALK_PARTING)
        parting_said(step, call); /* Who presses a key has heard enough. */
}

void parting_words(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);
    enum phrase_order order = phrase_order(&by, words);

    if (order == PHRASE_GOODBYE)
        parting_goodbye(step, call, CAUSE_AGENT_FINISHED);
    else if (order == PHRASE_REPEAT || !rows[call->parting.state].words)
        again(step, call);
    else
        rows[call->parting.state].words(step, call, words);
}

void parting_silence(struct step *step, struct call *call)
{
    if (rows[call->parting.state].silence)
        rows[call->parting.state].silence(step, call);
    else
        parting_close(step, call, PARTING_NOTHING);
}

void parting_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    enum parting_state state = call->parting.state;

    if (kind != TIMER_FILLER || (state != PARTING_NOTING && state != PARTING_FILING &&
                                  state != PARTING_FINDING && state != PARTING_BOOKING))
        voicemail_timer(step, call, kind);
    else if (!reply_filler_waits(step, call))
        reply_filler(step, call, call_agent(step->core, call)->words[WORDS_FILLER], true);
}

void parting_overdue(struct step *step, struct call *call)
{
    call->parting.sound = 0;
    if (rows[call->parting.state].overdue)
        rows[call->parting.state].overdue(step, call);
}

void parting_noted(struct step *step, struct call *call)
{
    if (step->event->noted.number == call->parting.tasks && rows[call->parting.state].noted)
        rows[call->parting.state].noted(step, call);
}

void parting_ended(struct step *step, struct call *call)
{
    if (call->parting.state == PARTING_RECORDING || call->parting.state == PARTING_ENDING ||
        call->parting.state == PARTING_REVIEWING)
        voicemail_ended(step, call);
    else if (call->parting.state == PARTING_NOTING)
        promise_ended(step, call);
    appointment_ended(step, call);
    call->parting.state = PARTING_NONE;
    call->parting.sound = 0; /* It may still be being made: nobody is there to hear it. */
}

bool parting_ready(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    const struct event *event = step->event;

    if (parting->sound == 0 || event->speech.utterance != parting->sound)
        return false;
    if (event->kind == SPEECH_FAILED) {
        parting->sound = 0;
        parting_said(step, call);
        return true;
    }
    struct command *play = step_emit(step, MEDIA_PLAY, call);
    play->play.utterance = event->speech.utterance;
    play->play.clip = event->speech.clip;
    step_timer_set(step, call, TIMER_ANSWER, event->now_ms + SOUND_MS);
    return true;
}

bool parting_played(struct step *step, struct call *call)
{
    if (call->parting.sound == 0 || step->event->played.utterance != call->parting.sound)
        return false;
    call->parting.sound = 0;
    parting_said(step, call);
    return true;
}
