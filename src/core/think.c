// SPDX-License-Identifier: Apache-2.0
/* think.c - one model after the other, and what the caller hears meanwhile. */
#include "core/think.h"

#include "core/act.h"
#include "core/context.h"
#include "core/converse.h"
#include "core/floor.h"
#include "core/provider.h"
#include "core/reply.h"
#include "core/tools.h"
#include "core/words.h"

enum { ROUNDS = 8 }; /* Of tools in one turn: a model that goes on is going round in circles. */

/* Of the words, whatever their case and spaces: FNV-1a. */
static uint64_t digest(struct text words)
{
    uint64_t hash = 14695981039346656037u;

    for (uint32_t i = 0; i < words.size; i++) {
        unsigned char c = (unsigned char)words.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + 32);
        if (c > ' ' && c != ',' && c != '.' && c != '?' && c != '!')
            hash = (hash ^ c) * 1099511628211u;
    }
    return hash;
}

bool think_goes_on(const struct call *call)
{
    const struct thought *thought = &call->talk.thought;

    return (thought->open || thought->again) && !thought->speculative;
}

static const struct plan_provider *provider_now(const struct step *step, const struct call *call)
{
    return &call_plan(step->core, call)->providers[call->talk.thought.provider];
}

/* ---- Asking ---- */

static void put(struct text_buffer *out, const char *key, struct text value)
{
    if (value.size == 0 || out->size + value.size + MAX_NAME > out->capacity)
        return;
    text_append(out, text_of(key));
    text_append_char(out, '=');
    for (uint32_t i = 0; i < value.size; i++)
        text_append_char(out, value.data[i] == '\n' ? ' ' : value.data[i]);
    text_append_char(out, '\n');
}

static struct text facts(struct step *step, const struct call *call)
{
    const struct context *context = &call->talk.context;
    struct text_buffer room = step_text(step), out;

    text_buffer_init(&out, room.data, room.capacity < MAX_FACTS ? room.capacity : MAX_FACTS);
    put(&out, "caller", text_of(context->caller));
    put(&out, "called", text_of(context->called));
    put(&out, "transferred_from", text_of(context->transferred_from));
    put(&out, "reason", text_of(context->reason));
    put(&out, "summary", text_of(context->summary));
    text_append(&out, text_of(context->entities));
    text_append(&out, text_of(context->given));
    return step_text_take(step, &out);
}

/* How long for the next sign of life. */
static void arm_hard(struct step *step, struct call *call)
{
    const struct thought *thought = &call->talk.thought;
    uint64_t now_ms = step->event->now_ms, at_ms = now_ms + provider_now(step, call)->hard_ms;

    if (at_ms > thought->deadline_ms)
        at_ms = thought->deadline_ms > now_ms ? thought->deadline_ms : now_ms;
    step_timer_set(step, call, TIMER_ANSWER, at_ms);
}

/* That, and when the caller is told that it takes a moment. */
static void arm(struct step *step, struct call *call)
{
    const struct thought *thought = &call->talk.thought;

    if (thought->speculative || call->talk.state != TALK_THINKING)
        return;
    arm_hard(step, call);
    floor_explain(step, call, thought->spoke ? QUIET_MS : provider_now(step, call)->soft_ms);
}

/* Gives the words to the next model of the chain. False: there is none. */
static bool ask(struct step *step, struct call *call, struct text words)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;
    int16_t provider = converse_pick(step, call, thought->tried, &thought->at);

    if (provider == PROVIDER_EMBEDDED)
        return false;
    thought->provider = provider;
    thought->open = true;
    thought->token = false;
    thought->asked_tools = 0;
    thought->asked_ms = step->event->now_ms;
    thought->session = converse_is(step, call, provider) ? talk->session : 0;
    if (!thought->session) /* Where it hears it is counted already. */
        provider_enter(step->core, call, provider);
    struct text known = facts(step, call);
    struct command *think = step_emit(step, MIND_THINK, call);
    think->think.turn = ++thought->serial;
    think->think.plan = call->plan;
    think->think.agent = (uint32_t)talk->agent;
    think->think.provider = provider;
    think->think.text = step_text_copy(step, words);
    think->think.noted = thought->noted;
    think->think.facts = known;
    think->think.language = call_agent(step->core, call)->language;
    think->think.session = thought->session;
    think->think.speculative = thought->speculative;
    arm(step, call);
    return true;
}

bool think_begin(struct step *step, struct call *call, struct text words, bool speculative)
{
    struct talk *talk = &call->talk;
    uint32_t serial = talk->thought.serial, thrown_away = talk->thought.thrown_away;

    if (call_agent(step->core, call)->think.count == 0 || talk->at_home)
        return false;
    talk->thought = (struct thought){
        .serial = serial,
        .speculative = speculative,
        .words = digest(words),
        .thrown_away = thrown_away,
        .deadline_ms = step->event->now_ms + call_manners(step->core, call)->answer_ms};
    if (!speculative)
        talk->state = TALK_THINKING;
    return ask(step, call, words);
}

/* ---- Ends ---- */

/* Nothing more of it is awaited. */
static void close(struct step *step, struct call *call)
{
    struct thought *thought = &call->talk.thought;

    if (!thought->open)
        return;
    thought->open = false;
    if (!thought->session)
        provider_leave(step->core, call, thought->provider);
}

void think_cancel(struct step *step, struct call *call)
{
    tools_let_go(step, call);
    if (call->talk.thought.open)
        step_emit(step, MIND_CANCEL, call);
    close(step, call);
    call->talk.thought.speculative = call->talk.thought.again = false;
}

void think_drop(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->thought.speculative)
        return;
    think_cancel(step, call);
    if (talk->reply.live)
        reply_stop(step, call, false);
    talk->thought.thrown_away++;
}

void think_finish(struct step *step, struct call *call)
{
    tools_let_go(step, call);
    if (call->talk.thought.open)
        step_emit(step, MIND_CANCEL, call);
    close(step, call);
    call->talk.thought.again = false;
    if (call->talk.state == TALK_THINKING)
        floor_speak(step, call);
}

/* All that the agent had to say was given to the voice, perhaps nothing. */
static void finish_answer(struct step *step, struct call *call)
{
    tools_let_go(step, call);
    close(step, call);
    if (call->talk.state == TALK_THINKING)
        floor_speak(step, call);
}

void think_commit(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;

    if (thought->noted)
        return;
    thought->noted = true;
    talk->failed_turns = 0;
    text_copy(talk->context.statement, sizeof(talk->context.statement), text_of(talk->heard));
    words_account(step, call);
    words_note(step, call);
}

static void heard(struct step *step, struct call *call)
{
    call->talk.thought.spoke = true;
    think_commit(step, call);
}

bool think_confirm(struct step *step, struct call *call, struct text words)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;

    if (!thought->speculative)
        return false;
    if (thought->words != (thought->session ? talk->finishes : digest(words)) || (!thought->open && !talk->reply.live)) {
        think_drop(step, call);
        return false;
    }
    uint64_t now_ms = step->event->now_ms;
    thought->speculative = false;
    thought->saved_ms = (uint32_t)(now_ms - thought->asked_ms);
    thought->deadline_ms = now_ms + call_manners(step->core, call)->answer_ms;
    talk->state = TALK_THINKING;
    reply_time(call);
    if (thought->open) {
        struct command *think = step_emit(step, MIND_THINK, call);
        think->think.turn = thought->serial;
        think->think.plan = call->plan;
        think->think.agent = (uint32_t)talk->agent;
        think->think.provider = thought->provider;
        think->think.session = thought->session;
    }
    if (talk->reply.live) {
        heard(step, call);
        floor_speak(step, call);
    } else {
        arm(step, call);
    }
    return true;
}

/* ---- Another ---- */

/* The next model; none: the embedded intents, unless the caller has heard an answer already. */
static void next(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;

    thought->tried |= (uint8_t)(1u << thought->at);
    close(step, call);
    tools_let_go(step, call);
    if (thought->speculative) {
        if (talk->reply.live)
            reply_stop(step, call, false);
        thought->speculative = false; /* The turn begins anew when it is over. */
        return;
    }
    thought->again =
        thought->spoke && talk->reply.live && talk->state != TALK_THINKING; /* Else a filler. */
    if (thought->again) /* It shall know what the caller heard of this one: when that is known. */
        return;
    if (ask(step, call, text_of(talk->heard)))
        return;
    if (thought->spoke)
        finish_answer(step, call);
    else if (talk->state == TALK_THINKING)
        words_understand(step, call);
}

void think_failed(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct thought *thought = &call->talk.thought;

    if (!thought->open || event->mind.turn != thought->serial)
        return;
    provider_rests(step, call, thought->provider, event->mind.retry_after_s, event->mind.why);
    provider_outcome(step, call, thought->provider, PROVIDER_FAILED, 0, event->mind.why);
    next(step, call);
}

void think_lost(struct step *step, struct call *call)
{
    step_emit(step, MIND_CANCEL, call);
    next(step, call);
}

void think_overdue(struct step *step, struct call *call)
{
    struct thought *thought = &call->talk.thought;

    if (tools_at_work(call)) { /* Each has a time of its own. */
        thought->deadline_ms = step->event->now_ms + call_manners(step->core, call)->answer_ms;
        arm(step, call);
        return;
    }
    step_emit(step, MIND_CANCEL, call);
    provider_outcome(step, call, thought->provider, PROVIDER_FAILED, 0,
                     TEXT("it did not answer in time"));
    if (step->event->now_ms >= thought->deadline_ms && !thought->spoke) {
        close(step, call);
        think_commit(step, call);
        act_on_failure(step, call);
        floor_speak(step, call);
        return;
    }
    next(step, call);
}

/* ---- What comes ---- */

/* The first sign of life of a round. */
static void first_token(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;
    const struct event *event = step->event;
    uint32_t ms = (uint32_t)(event->now_ms - thought->asked_ms);
    struct turn_times *times = talk->reply.live && talk->reply.timed ? &talk->reply.times
                                                                     : &talk->times;

    if (thought->token)
        return;
    thought->token = true;
    bool slow = ms > provider_now(step, call)->soft_ms;
    provider_outcome(step, call, thought->provider, slow ? PROVIDER_SLOW : PROVIDER_OK, ms,
                     TEXT("its first token"));
    if (times->first_token_ms == 0)
        times->first_token_ms =
            event->mind.first_token_ms ? event->mind.first_token_ms : event->at_ms;
}

/* It begins to answer, or goes on to. */
static void come(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    first_token(step, call);
    if (talk->thought.speculative)
        return;
    heard(step, call);
    if (talk->held || (talk->state != TALK_HEARING && talk->state != TALK_RECOGNISING))
        return;
    talk->held = talk->unbegun = true;
}

static bool say(struct step *step, struct call *call)
{
    const struct event *event = step->event;

    return event->mind.clip ? reply_spoken(step, call, event->mind.clip, event->mind.text)
                            : reply_clause(step, call, event->mind.text);
}

void think_says(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;

    if (!thought->open || step->event->mind.turn != thought->serial)
        return;
    come(step, call);
    if (!say(step, call)) {
        think_finish(step, call); /* Over three minutes ahead of its voice. */
        return;
    }
    if (talk->state == TALK_THINKING && !thought->speculative && talk->reply.live)
        floor_speak(step, call);
}

void think_sounds(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;
    uint32_t clip = step->event->mind.clip;
    bool wanted = thought->open && step->event->mind.turn == thought->serial;

    if (wanted)
        come(step, call);
    if (!wanted || !reply_sound(step, call, clip, thought->provider)) {
        step_emit(step, CLIP_DROP, call)->clip.clip = clip;
        return;
    }
    if (talk->state == TALK_THINKING && !thought->speculative)
        floor_speak(step, call);
}

void think_writes(struct step *step, struct call *call)
{
    const struct thought *thought = &call->talk.thought;

    if (!thought->open || step->event->mind.turn != thought->serial)
        return;
    first_token(step, call);
    if (!thought->speculative && call->talk.state == TALK_THINKING)
        arm_hard(step, call);
}

void think_next_round(struct step *step, struct call *call)
{
    struct thought *thought = &call->talk.thought;

    if (!thought->open)
        return;
    thought->token = false;
    thought->asked_ms = step->event->now_ms;
    thought->deadline_ms = step->event->now_ms + call_manners(step->core, call)->answer_ms;
    arm(step, call);
}

void think_done(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;
    const struct event *event = step->event;

    if (!thought->open || event->mind.turn != thought->serial)
        return;
    thought->tokens_in += event->mind.tokens_in;
    thought->tokens_out += event->mind.tokens_out;
    if (thought->asked_tools > 0 && thought->rounds < ROUNDS) { /* Their results are awaited. */
        thought->asked_tools = 0;
        thought->rounds++;
        if (!tools_at_work(call))
            think_next_round(step, call);
        return;
    }
    if (!thought->spoke && !talk->reply.live) {
        provider_outcome(step, call, thought->provider, PROVIDER_FAILED, 0,
                         TEXT("it said nothing"));
        next(step, call);
        return;
    }
    finish_answer(step, call);
}

/* ---- Meanwhile ---- */

void think_wait(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->state = TALK_THINKING;
    step_timer_cancel(step, call, TIMER_SILENCE);
    if (talk->thought.deadline_ms < step->event->now_ms + QUIET_MS)
        talk->thought.deadline_ms =
            step->event->now_ms + call_manners(step->core, call)->answer_ms;
    if (talk->thought.open) {
        arm(step, call);
        return;
    }
    talk->thought.again = false;
    if (!ask(step, call, text_of(talk->heard)))
        finish_answer(step, call);
}

void think_filler(struct step *step, struct call *call)
{
    struct text words = tools_filler(step, call);

    reply_filler(step, call,
                 words.size ? words : call_agent(step->core, call)->words[WORDS_FILLER], false);
}

void think_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (event->turning.what == TURN_COMMITTED)
        converse_committed(step, call);
    if (talk->state != TALK_HEARING || !talk->listening)
        return;
    switch (event->turning.what) {
    case TURN_EAGER_END:
        if (call->parting.state || talk->reply.live || talk->held || talk->thought.open ||
            talk->prefix[0] ||
            talk->pending_intent >= 0 || event->turning.text.size == 0)
            return;
        if (!think_begin(step, call, event->turning.text, true))
            talk->thought.speculative = false;
        return;
    case TURN_RESUMED:
        think_drop(step, call);
        return;
    case TURN_END:
        words_turn_told(step, call, event->turning.text);
        return;
    case TURN_COMMITTED:
    case TURN_FACTS:
        return;
    }
}
