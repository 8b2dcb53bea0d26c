// SPDX-License-Identifier: Apache-2.0
/* voicemail.c - invitation, beep, message, review, account. */
#include "core/voicemail.h"

#include <string.h>

#include "core/floor.h"
#include "core/hear.h"
#include "core/parting.h"
#include "core/phrase.h"
#include "core/taping.h"
#include "core/turn.h"
#include "core/words.h"

enum {
    PAUSE_MS = 700,   /* Final words are asked for then: the message goes on. */
    FINAL_MS = 10000, /* Their time meanwhile: nobody waits for them. */
    LAST_MS = 4000    /* That of the last ones: the caller waits for a word of ours. */
};

static const struct plan_voicemail *of(const struct step *step, const struct call *call)
{
    return &call_plan(step->core, call)->voicemail;
}

/* ---- Before ---- */

bool voicemail_begin(struct step *step, struct call *call, struct text queue)
{
    if (!parting_enter(step, call))
        return false;
    text_copy(call->parting.queue, sizeof(call->parting.queue), queue);
    voicemail_invite(step, call);
    return true;
}

void voicemail_invite(struct step *step, struct call *call)
{
    parting_say(step, call, PARTING_INVITE, PARTING_INVITING);
}

void voicemail_beep(struct step *step, struct call *call)
{
    parting_sound(step, call, TEXT("beep"), PARTING_BEEPING);
}

/* ---- The message ---- */

static struct command *account(struct step *step, struct call *call, enum task_state state,
                               struct text why)
{
    struct text words = step_text_copy(step, text_of(call->parting.words));
    struct command *task = parting_task(step, call, TASK_MESSAGE, state);

    task->task.text = words;
    task->task.file = text_of(call->parting.tape);
    task->task.length_ms = call->parting.length_ms;
    task->task.why = why;
    return task;
}

void voicemail_record(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    uint64_t now_ms = step->event->now_ms;

    parting->begun_ms = now_ms;
    parting->voiced_ms = call->talk.voiced ? now_ms : 0;
    parting->spoken_ms = parting->length_ms = 0;
    parting->awaited = false;
    parting->words[0] = 0;
    parting->tasks++;
    hear_expect(step, call, EXPECT_FREE);
    floor_forget(step, call);
    parting_wait(step, call, PARTING_RECORDING, now_ms + of(step, call)->longest_ms);
    if (!call->talk.voiced) /* Who speaks over the beep is not silent. */
        step_timer_set(step, call, TIMER_SILENCE, now_ms + of(step, call)->silence_ms);
    taping_message(step, call, true);
    account(step, call, TASK_RECORDING, TEXT_EMPTY);
}

static void append(struct parting *parting, struct text words)
{
    struct text_buffer buffer = {.data = parting->words,
                                 .capacity = MESSAGE_WORDS - 1,
                                 .size = (uint32_t)strlen(parting->words)};

    if (buffer.size > 0 && words.size > 0)
        text_append_char(&buffer, ' ');
    text_append(&buffer, words);
    parting->words[buffer.size] = 0;
}

/* Words of the message, as they are final: to the account, and to the message. */
static void take(struct step *step, struct call *call, struct text words, uint16_t confidence)
{
    struct talk *talk = &call->talk;

    talk->partial[0] = 0;
    if (words.size == 0)
        return;
    text_copy(talk->heard, sizeof(talk->heard), words);
    talk->word_confidence = confidence;
    talk->turn++;
    talk->turns++;
    append(&call->parting, words);
    words_account(step, call);
}

static void await(struct step *step, struct call *call)
{
    call->parting.awaited = true;
    floor_finish(step, call);
    step_timer_set(step, call, TIMER_FILLER, step->event->now_ms + FINAL_MS);
}

/* The last partial must do. */
static void settle(struct step *step, struct call *call)
{
    char words[STATEMENT];

    memcpy(words, call->talk.partial, sizeof(words));
    if (call->parting.awaited)
        call->talk.finishes++; /* What comes later is not awaited any more. */
    call->parting.awaited = false;
    take(step, call, text_of(words), 0);
}

static void spoke_to(struct parting *parting, uint64_t at_ms)
{
    if (parting->voiced_ms && at_ms > parting->voiced_ms)
        parting->spoken_ms += (uint32_t)(at_ms - parting->voiced_ms);
    parting->voiced_ms = 0;
}

void voicemail_voice(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    uint64_t edge_ms = step->event->voice.edge_ms, now_ms = step->event->now_ms;

    if (parting->state != PARTING_RECORDING)
        return;
    if (call->talk.voiced) {
        parting->voiced_ms = edge_ms > parting->begun_ms ? edge_ms : parting->begun_ms;
        step_timer_cancel(step, call, TIMER_SILENCE);
        step_timer_cancel(step, call, TIMER_TURN);
        return;
    }
    spoke_to(parting, edge_ms);
    uint64_t silent_ms = edge_ms + of(step, call)->silence_ms;
    step_timer_set(step, call, TIMER_SILENCE, silent_ms > now_ms ? silent_ms : now_ms);
    if (call->talk.listening && !parting->awaited)
        step_timer_set(step, call, TIMER_TURN,
                       edge_ms + PAUSE_MS > now_ms ? edge_ms + PAUSE_MS : now_ms);
}

/* ---- Its end ---- */

/* Long enough; or short, and two words were understood. */
static bool is_message(const struct step *step, const struct call *call)
{
    return call->parting.spoken_ms >= of(step, call)->least_ms || strchr(call->parting.words, ' ');
}

/* What there is of it is kept, or was none. True: it was kept. */
static bool keep(struct step *step, struct call *call, enum task_state state)
{
    bool enough = is_message(step, call);

    account(step, call, enough ? state : TASK_DISCARDED,
            enough ? TEXT_EMPTY : TEXT("less was said than voicemail.least"));
    return enough;
}

static void heard_out(struct step *step, struct call *call)
{
    if (!is_message(step, call)) {
        keep(step, call, TASK_DISCARDED);
        parting_close(step, call, PARTING_NOTHING);
    } else if (of(step, call)->review) {
        parting_say(step, call, PARTING_REVIEW, PARTING_REVIEWING);
    } else {
        voicemail_file(step, call);
    }
}

static void stop(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    uint64_t now_ms = step->event->now_ms;

    spoke_to(parting, now_ms);
    parting->length_ms = (uint32_t)(now_ms - parting->begun_ms);
    taping_message(step, call, false);
}

static void end(struct step *step, struct call *call)
{
    bool more = call->talk.listening &&
                (call->parting.awaited || call->talk.partial[0] || call->parting.voiced_ms);

    stop(step, call);
    if (!more) {
        heard_out(step, call);
        return;
    }
    bool awaited = call->parting.awaited;
    parting_wait(step, call, PARTING_ENDING, step->event->now_ms + LAST_MS);
    call->parting.awaited = true;
    if (!awaited)
        floor_finish(step, call);
}

void voicemail_key(struct step *step, struct call *call, char key)
{
    if (key == '#')
        end(step, call);
}

void voicemail_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    if (call->parting.state != PARTING_RECORDING)
        return;
    if (kind == TIMER_SILENCE)
        end(step, call);
    else if (kind == TIMER_TURN && !call->parting.awaited)
        await(step, call);
    else if (kind == TIMER_FILLER && call->parting.awaited)
        settle(step, call);
}

void voicemail_final(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    const struct event *event = step->event;

    if (!parting->awaited || event->heard.turn != call->talk.finishes)
        return;
    parting->awaited = false;
    step_timer_cancel(step, call, TIMER_FILLER);
    take(step, call, event->heard.text, event->heard.confidence_permille);
    if (parting->state == PARTING_ENDING)
        heard_out(step, call);
    else if (parting->state == PARTING_RECORDING && !call->talk.voiced && call->talk.partial[0])
        step_timer_set(step, call, TIMER_TURN, event->now_ms + PAUSE_MS);
}

void voicemail_overdue(struct step *step, struct call *call)
{
    switch ((int)call->parting.state) {
    case PARTING_RECORDING: /* Its longest time. */
        end(step, call);
        return;
    case PARTING_ENDING:
        settle(step, call);
        heard_out(step, call);
        return;
    default: /* The account does not say that it has it. */
        parting_close(step, call, PARTING_NOT_KEPT);
        return;
    }
}

/* ---- After ---- */

void voicemail_review(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_YES_NO, 0);
}

static void once_more(struct step *step, struct call *call)
{
    account(step, call, TASK_DISCARDED, TEXT("recorded again"));
    voicemail_beep(step, call);
}

void voicemail_review_key(struct step *step, struct call *call, char key)
{
    if (key == '1' || key == '#')
        voicemail_file(step, call);
    else if (key == '2')
        once_more(step, call);
    else
        parting_say(step, call, PARTING_REVIEW, PARTING_REVIEWING);
}

void voicemail_review_words(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);

    if (phrase_answer(&by, words) == PHRASE_NO)
        once_more(step, call);
    else
        voicemail_file(step, call);
}

void voicemail_file(struct step *step, struct call *call)
{
    keep(step, call, TASK_NEW);
    parting_wait_for_account(step, call, PARTING_FILING);
}

void voicemail_noted(struct step *step, struct call *call)
{
    parting_close(step, call, PARTING_SENT);
}

/* The caller hung up, in the midst of it or after. */
void voicemail_ended(struct step *step, struct call *call)
{
    if (call->parting.state == PARTING_RECORDING)
        stop(step, call);
    if (call->parting.state != PARTING_REVIEWING) /* There the words are of the answer. */
        settle(step, call);
    keep(step, call, TASK_NEW);
}
