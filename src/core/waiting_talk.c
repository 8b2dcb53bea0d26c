// SPDX-License-Identifier: Apache-2.0
/* waiting_talk.c - what the caller hears while waiting, and what they can say. */
#include "core/act.h"
#include "core/floor.h"
#include "core/hold.h"
#include "core/promise.h"
#include "core/reply.h"
#include "core/think.h"
#include "core/voicemail.h"
#include "core/waiting_inside.h"
#include "core/waiting_words.h"
#include "core/words.h"

enum { SOON = 3, NUMBER_BYTES = 12, WAIT_BYTES = 64, OFFER_BYTES = 512 };

/* ---- Words ---- */

/* A promise needs a number; a voice message nothing. */
bool waiting_grants(const struct call *call, enum queue_wish wish)
{
    return wish != WISH_NONE && (wish != WISH_CALLBACK || call->talk.context.caller[0]);
}

void waiting_say(struct step *step, struct call *call, const struct plan_queue *queue,
                 enum queue_words words)
{
    char numbers[NUMBER_BYTES], wait_bytes[WAIT_BYTES], offer_bytes[OFFER_BYTES];
    struct text_buffer position, wait, offers;
    struct text language = call_agent(step->core, call)->language;
    bool granted[QUEUE_WISHES] = {false};

    text_buffer_init(&position, numbers, sizeof(numbers));
    text_buffer_init(&wait, wait_bytes, sizeof(wait_bytes));
    text_buffer_init(&offers, offer_bytes, sizeof(offer_bytes));
    for (enum queue_wish wish = WISH_CALLBACK; wish < QUEUE_WISHES; wish++)
        granted[wish] = waiting_grants(call, wish);
    waiting_words_offers(language, queue->keys, granted, &offers);
    if (waiting_is(call)) {
        struct forecast now = waiting_forecast(step->core, call, step->event->now_ms);
        text_append_number(&position, waiting_position(step->core, call));
        waiting_words_wait(language, &now, &wait);
    }
    struct reply_queue names = {queue->label, text_view(&position), text_view(&wait),
                                text_view(&offers)};
    reply_queue(step, call,
                queue->words[words].size ? queue->words[words] : waiting_words(language, words),
                &names);
}

void waiting_say_place(struct step *step, struct call *call, bool entering)
{
    const struct plan_queue *queue = waiting_queue(step->core, call);
    uint32_t position = waiting_position(step->core, call);

    waiting_say(step, call, queue,
                position == 1      ? QUEUE_WORDS_NEXT
                : entering         ? QUEUE_WORDS_ENTER
                : position <= SOON ? QUEUE_WORDS_SOON
                                   : QUEUE_WORDS_UPDATE);
    if (entering)
        waiting_say(step, call, queue, QUEUE_WORDS_OFFER);
    call->wait.update_ms = queue->update_ms ? step->event->now_ms + queue->update_ms : 0;
}

/* ---- Music ---- */

void waiting_listen(struct step *step, struct call *call)
{
    const struct plan_queue *queue = waiting_queue(step->core, call);

    if (call->talk.on_hold || call->hold.playing || call->hold.utterance)
        return;
    if (queue->agent_helps && !call->wait.quiet) {
        step_timer_set(step, call, TIMER_SILENCE,
                       step->event->now_ms + call_manners(step->core, call)->silence_ms);
        return;
    }
    hold_play(step, call, queue->music);
}

bool waiting_silence(struct step *step, struct call *call)
{
    if (!waiting_is(call))
        return false;
    call->wait.quiet = true;
    waiting_listen(step, call);
    return true;
}

void waiting_hush(struct step *step, struct call *call)
{
    call->wait.quiet = false;
    hold_quiet(step, call);
}

/* ---- What the caller says ---- */

void waiting_grant(struct step *step, struct call *call, enum queue_wish wish)
{
    static const struct text reasons[QUEUE_WISHES] = {[WISH_CALLBACK] = TEXT_INIT("for a callback"),
                                                      [WISH_VOICEMAIL] = TEXT_INIT("for a message"),
                                                      [WISH_AGENT] =
                                                          TEXT_INIT("back to the agent")};
    const struct plan_queue *queue = waiting_queue(step->core, call);

    waiting_end(step, call, QUEUE_LEFT, reasons[wish]);
    call->talk.after = AFTER_LISTEN;
    call->talk.silences = call->talk.failed_turns = 0;
    if (wish == WISH_CALLBACK && promise_begin(step, call, queue->name))
        return;
    if (wish == WISH_VOICEMAIL && voicemail_begin(step, call, queue->name))
        return;
    waiting_say(step, call, queue, QUEUE_WORDS_BACK);
    floor_speak(step, call);
}

/* Which of the offers; one that cannot be granted is none. */
static enum queue_wish wish_in(const struct step *step, const struct call *call, struct text words)
{
    enum queue_wish wish = waiting_words_wish(call_agent(step->core, call)->language, words);

    return waiting_grants(call, wish) ? wish : WISH_NONE;
}

static void interrupted(struct step *step, struct call *call)
{
    if (!call->talk.held)
        return;
    call->talk.interruptions++;
    reply_stop(step, call, true);
}

static void take_turn(struct step *step, struct call *call)
{
    interrupted(step, call);
    call->talk.turn++;
    call->talk.turns++;
    call->talk.silences = 0;
    words_account(step, call);
}

bool waiting_hears(struct step *step, struct call *call, struct text words, bool sure)
{
    const struct plan_queue *queue;
    enum queue_wish wish;

    if (!waiting_is(call))
        return false;
    queue = waiting_queue(step->core, call);
    wish = wish_in(step, call, words);
    if (wish != WISH_NONE) {
        think_drop(step, call);
        take_turn(step, call);
        waiting_grant(step, call, wish);
        return true;
    }
    if (sure && words.size && queue->agent_helps)
        return false; /* The agent's. */
    think_drop(step, call);
    if (!sure || words.size == 0 ||
        (call->wait.helped_ms && step->event->now_ms < call->wait.helped_ms + WAIT_HELP_MS)) {
        if (call->talk.held) {
            floor_resume(step, call);
            return true;
        }
        reply_stop(step, call, false); /* A filler. */
        floor_go_on(step, call);
        return true;
    }
    call->wait.helped_ms = step->event->now_ms;
    take_turn(step, call);
    waiting_say(step, call, queue, QUEUE_WORDS_HELP);
    floor_speak(step, call);
    return true;
}

enum queue_wish waiting_wish_of(const struct core *core, const struct call *call, char key)
{
    enum queue_wish wish = WISH_CALLBACK;

    if (!waiting_is(call))
        return WISH_NONE;
    while (wish < QUEUE_WISHES &&
           (waiting_queue(core, call)->keys[wish] != key || !waiting_grants(call, wish)))
        wish++;
    return wish == QUEUE_WISHES ? WISH_NONE : wish;
}

bool waiting_key(struct step *step, struct call *call, char key)
{
    enum queue_wish wish = waiting_wish_of(step->core, call, key);
    const struct plan_queue *queue;

    if (!waiting_is(call))
        return false;
    queue = waiting_queue(step->core, call);
    if (wish) {
        waiting_grant(step, call, wish);
        return true;
    }
    if (queue->agent_helps)
        return false;
    waiting_say(step, call, queue, QUEUE_WORDS_HELP);
    floor_speak(step, call);
    return true;
}

/* ---- Time ---- */

void waiting_arm(struct step *step, struct call *call)
{
    const struct wait *wait = &call->wait;
    uint64_t at_ms = wait->update_ms;

    if (wait->until_ms && (at_ms == 0 || wait->until_ms < at_ms))
        at_ms = wait->until_ms;
    if (waiting_queue(step->core, call)->overflows[QUEUE_WHEN_NOBODY].kind != OVERFLOW_WAIT &&
        (at_ms == 0 || at_ms > step->event->now_ms + WAIT_LOOK_MS))
        at_ms = step->event->now_ms + WAIT_LOOK_MS; /* Whether anybody is still on duty. */
    if (at_ms)
        step_timer_set(step, call, TIMER_WAIT,
                       at_ms > step->event->now_ms ? at_ms : step->event->now_ms);
}

void waiting_timer(struct step *step, struct call *call)
{
    const struct plan_queue *queue;
    struct wait *wait = &call->wait;
    uint64_t now_ms = step->event->now_ms;

    if (!waiting_is(call))
        return;
    if (call->talk.state != TALK_LISTENING || call->talk.on_hold) { /* Somebody speaks. */
        step_timer_set(step, call, TIMER_WAIT, now_ms + WAIT_STEP_MS);
        return;
    }
    queue = waiting_queue(step->core, call);
    if (wait->until_ms && now_ms >= wait->until_ms) {
        waiting_overflow(step, call, QUEUE_WHEN_WAITED);
        return;
    }
    if (queue->overflows[QUEUE_WHEN_NOBODY].kind != OVERFLOW_WAIT &&
        waiting_staff(step->core, wait->queue, now_ms).on_duty == 0) {
        waiting_overflow(step, call, QUEUE_WHEN_NOBODY);
        return;
    }
    if (wait->update_ms && now_ms >= wait->update_ms) {
        waiting_say_place(step, call, false);
        floor_speak(step, call);
    }
    waiting_arm(step, call);
}
