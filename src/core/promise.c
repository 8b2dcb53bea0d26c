// SPDX-License-Identifier: Apache-2.0
/* promise.c - a number, a row of the account, a promise. */
#include "core/promise.h"

#include <string.h>

#include "core/appointment.h"
#include "core/calling.h"
#include "core/parting.h"
#include "core/permit.h"
#include "core/phrase.h"
#include "core/recall.h"
#include "core/turn.h"
#include "core/voicemail.h"

enum {
    ASK_TWICE = 2,
    TRIES = 3,        /* To understand a number. */
    LEAST_DIGITS = 3, /* An extension that calls us. */
    KEYED_MS = 4000   /* After the last key. */
};

bool promise_number(struct text written, char out[PHONE_NUMBER])
{
    uint32_t at = 0, digits = 0;

    out[0] = 0;
    for (uint32_t i = 0; i < written.size; i++) {
        char c = written.data[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(c == '+' && at == 0) && !memchr(" -./()", c, 6))
            return false;
        if (!digit && c != '+')
            continue;
        if (at + 1 >= PHONE_NUMBER)
            return false;
        out[at++] = c;
        digits += digit;
    }
    out[digits >= LEAST_DIGITS ? at : 0] = 0;
    return digits >= LEAST_DIGITS;
}

bool promise_begin(struct step *step, struct call *call, struct text queue)
{
    if (!parting_enter(step, call))
        return false;
    text_copy(call->parting.queue, sizeof(call->parting.queue), queue);
    promise_ask(step, call);
    return true;
}

/* ---- Is it the caller's own number? ---- */

static void dictate(struct step *step, struct call *call)
{
    call->parting.number[0] = 0;
    call->parting.asked = 0;
    parting_say(step, call, PARTING_ANOTHER, PARTING_DICTATING);
}

void promise_window(const struct step *step, const struct call *call, struct callback *out)
{
    if (appointment_window(step, call, out))
        return;
    const struct plan *plan = call_plan(step->core, call);

    calling_window(plan, text_of(call->parting.queue), step->event->wall_ms,
                   plan->callbacks.after_ms, out);
}

void promise_note(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    struct callback promised = {.id = 0};
    struct text number = step_text_copy(step, text_of(parting->number));

    promise_window(step, call, &promised);
    recall_place_of(step, call, &promised);
    parting->tasks++;
    struct command *task = parting_task(step, call, TASK_CALLBACK, TASK_WAITING);
    task->task.party = number;
    task->task.from_ms = promised.from_ms;
    task->task.next_ms = promised.next_ms;
    task->task.until_ms = promised.until_ms;
    task->task.place_ms = promised.place_ms;
    task->task.priority = promised.priority;
    parting_wait_for_account(step, call, PARTING_NOTING);
}

/* Nobody is led to call that number, or so many. */
static void refuse(struct step *step, struct call *call, enum permit permit)
{
    uint8_t refused = call->parting.refused;

    if (permit != PERMIT_NO_NUMBER || refused + 1 >= TRIES) {
        parting_close(step, call,
                      permit == PERMIT_NO_NUMBER ? PARTING_NOT_CALLED
                      : permit == PERMIT_NO_MORE ? PARTING_ENOUGH
                                                 : PARTING_NOT_PROMISED);
        return;
    }
    call->parting.refused = (uint8_t)(refused + 1);
    call->parting.number[0] = 0;
    call->parting.asked = 0;
    parting_say(step, call, PARTING_NOT_CALLED, PARTING_DICTATING);
}

/* The number is known: may it be, and when? */
static void note(struct step *step, struct call *call)
{
    enum permit permit = permit_ask(step, call, text_of(call->parting.number));

    if (permit != PERMIT_GIVEN) {
        refuse(step, call, permit);
        return;
    }
    if (!appointment_begin(step, call))
        promise_note(step, call);
}

/* There is something that a call of ours could go out by. */
static bool can_call(const struct plan *plan)
{
    return plan->callbacks.trunk >= 0 || plan->outbound_count > 0 || plan->user_count > 0;
}

void promise_ask(struct step *step, struct call *call)
{
    call->parting.asked = 0;
    if (!can_call(call_plan(step->core, call))) { /* Better a message than a promise in vain. */
        voicemail_invite(step, call);
        return;
    }
    if (promise_number(text_of(call->talk.context.caller), call->parting.number))
        parting_say(step, call, PARTING_NUMBER, PARTING_ASKING);
    else
        dictate(step, call);
}

void promise_asked(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_YES_NO, 0);
}

void promise_ask_key(struct step *step, struct call *call, char key)
{
    if (key == '1' || key == '#')
        note(step, call);
    else if (key == '2')
        dictate(step, call);
    else
        parting_say(step, call, PARTING_NUMBER, PARTING_ASKING);
}

static void understand(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);
    char number[PHONE_NUMBER];

    if (phrase_digits(&by, words, number, sizeof(number)) >= PROMISE_DIGITS) {
        memcpy(call->parting.number, number, sizeof(number));
        parting_say(step, call, PARTING_READ, PARTING_READING);
    } else if (++call->parting.asked < TRIES) {
        call->parting.number[0] = 0;
        parting_say(step, call, PARTING_ANOTHER, PARTING_DICTATING);
    } else {
        parting_close(step, call, PARTING_NOT_PROMISED);
    }
}

void promise_ask_words(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);
    char number[PHONE_NUMBER];
    enum phrase_answer answer = phrase_answer(&by, words);

    if (phrase_digits(&by, words, number, sizeof(number)) >= PROMISE_DIGITS)
        understand(step, call, words);
    else if (answer == PHRASE_NO || phrase_wish(&by, words) == PHRASE_ANOTHER_NUMBER)
        dictate(step, call);
    else if (answer == PHRASE_YES || ++call->parting.asked >= ASK_TWICE)
        note(step, call);
    else
        parting_say(step, call, PARTING_NUMBER, PARTING_ASKING);
}

/* Who asked to be called back, and says nothing against the number, is called there. */
void promise_ask_silence(struct step *step, struct call *call)
{
    if (++call->parting.asked >= ASK_TWICE)
        note(step, call);
    else
        parting_say(step, call, PARTING_NUMBER, PARTING_ASKING);
}

/* ---- Which then? ---- */

void promise_dictated(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_DIGITS, 0);
}

static void keyed(struct step *step, struct call *call)
{
    if (strlen(call->parting.number) >= PROMISE_DIGITS)
        parting_say(step, call, PARTING_READ, PARTING_READING);
    else
        understand(step, call, TEXT_EMPTY);
}

void promise_dictate_key(struct step *step, struct call *call, char key)
{
    size_t size = strlen(call->parting.number);

    if (key == '#') {
        keyed(step, call);
        return;
    }
    if (((key >= '0' && key <= '9') || (key == '*' && size == 0)) && size + 1 < PHONE_NUMBER) {
        call->parting.number[size] = key == '*' ? '+' : key;
        call->parting.number[size + 1] = 0;
    }
    parting_listen(step, call, EXPECT_DIGITS, KEYED_MS);
}

void promise_dictate_words(struct step *step, struct call *call, struct text words)
{
    understand(step, call, words);
}

void promise_dictate_silence(struct step *step, struct call *call)
{
    keyed(step, call);
}

/* ---- Is it right? ---- */

void promise_read(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_YES_NO, 0);
}

static void misread(struct step *step, struct call *call)
{
    uint8_t tries = call->parting.asked;

    if (tries + 1 >= TRIES) {
        parting_close(step, call, PARTING_NOT_PROMISED);
        return;
    }
    dictate(step, call);
    call->parting.asked = (uint8_t)(tries + 1);
}

void promise_read_key(struct step *step, struct call *call, char key)
{
    if (key == '1' || key == '#')
        note(step, call);
    else if (key == '2')
        misread(step, call);
    else
        parting_say(step, call, PARTING_READ, PARTING_READING);
}

void promise_read_words(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);
    char number[PHONE_NUMBER];

    if (phrase_digits(&by, words, number, sizeof(number)) >= PROMISE_DIGITS)
        understand(step, call, words);
    else if (phrase_answer(&by, words) == PHRASE_YES)
        note(step, call);
    else if (phrase_answer(&by, words) == PHRASE_NO)
        misread(step, call);
    else
        promise_read_silence(step, call);
}

void promise_read_silence(struct step *step, struct call *call)
{
    if (++call->parting.asked < TRIES)
        parting_say(step, call, PARTING_READ, PARTING_READING);
    else
        parting_close(step, call, PARTING_NOT_PROMISED);
}

/* ---- Written down ---- */

/* Attempts are written down before anybody is dialled, and after the promise: one that is not
 * durable yet leads to no call. */
static void keep(struct step *step, struct call *call)
{
    struct callback promised = {.number = call->parting.tasks, .promised_ms = step->event->wall_ms};

    promise_window(step, call, &promised);
    text_copy(promised.party, sizeof(promised.party), text_of(call->parting.number));
    recall_add(step, call, &promised);
}

void promise_noted(struct step *step, struct call *call)
{
    keep(step, call);
    if (appointment_book(step, call))
        return;
    parting_close(step, call, call->parting.slot ? PARTING_PROMISED_AT : PARTING_PROMISED);
}

void promise_ended(struct step *step, struct call *call)
{
    keep(step, call);
}

void promise_overdue(struct step *step, struct call *call)
{
    struct text number = step_text_copy(step, text_of(call->parting.number));
    struct command *task = parting_task(step, call, TASK_CALLBACK, TASK_CANCELLED);

    task->task.party = number;
    task->task.why = TEXT("it was not written down in time, so it was not promised");
    parting_close(step, call, PARTING_NOT_PROMISED);
}
