// SPDX-License-Identifier: Apache-2.0
/* mind.c - the thread of the limb: takes commands, asks the provider, judges and posts its answers.
 *
 * All waiting commands are read before one is worked on, so that a cancelled question costs
 * nothing. PLAN_DROP and COMMAND_NONE are our own posts to ourselves: forget a slot, and stop.
 * mind_forget() waits for the thread's reply in `replies`, so that nobody reads a plan or model
 * that is gone. */
#include "mind/mind.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/urgency.h"
#include "core/command.h"
#include "mind/answer.h"
#include "mind/inquiry.h"
#include "mind/provider.h"
#include "mind/thinking.h"
#include "mind/toolbox.h"
#include "mind/toolcall.h"

enum {
    /* Full: a question is refused, and the core's time limit answers it as general. */
    MAILBOX_BYTES = 1 << 20,
    MAX_OPEN = 256, /* Questions at once; more are answered as general at once. */
};

enum question_state { QUESTION_FREE, QUESTION_WAITS, QUESTION_ASKED };

struct question {
    enum question_state state;
    uint32_t call, leg, turn, slot, agent;
    uint32_t ticket; /* QUESTION_ASKED */
    uint64_t arrival;
    uint16_t word_confidence_permille;
    uint32_t text_size, asked_size;
    char text[MAX_UTTERANCE], asked[MAX_UTTERANCE];
};

struct mind {
    struct mailbox *inbox, *replies, *events;
    struct thinking *thinking;
    struct toolcall *toolcall;
    struct inquiry *inquiry;
    struct net *net;
    struct toolbox *toolboxes[MAX_PLANS];
    const struct mind_provider *provider;
    void *state;
    const struct plan *plans[MAX_PLANS];
    struct question questions[MAX_OPEN];
    uint32_t tickets;
    uint64_t arrivals;
    bool stopping;
    pthread_t thread;
};

static void post(struct mind *mind, const struct question *question, const struct answer *answer)
{
    struct event event = {.kind = MIND_UNDERSTOOD, .call = question->call, .leg = question->leg};

    event.at_ms = clock_ms();
    event.understood.turn = question->turn;
    event.understood.intent = answer->intent;
    event.understood.confidence_permille = answer->confidence_permille;
    event.understood.sentiment = answer->sentiment;
    event.understood.entities = (struct text){answer->entities, answer->entities_size};
    event.understood.summary = (struct text){answer->summary, answer->summary_size};
    if (event_post(mind->events, &event) != MAILBOX_OK)
        log_line(LOG_WARN, "mind", "an answer was lost: the core's mailbox is full");
}

/* NULL when the slot or the agent is not there: a late question, or a mistake elsewhere. */
static const struct plan_agent *agent_of(const struct mind *mind, const struct question *question)
{
    const struct plan *plan = question->slot < MAX_PLANS ? mind->plans[question->slot] : NULL;

    return plan && question->agent < plan->agent_count ? &plan->agents[question->agent] : NULL;
}

static void settle(struct mind *mind, struct question *question, const struct mind_answer *raw)
{
    struct answer answer;

    if (!answer_check(agent_of(mind, question), raw, &answer))
        log_line(LOG_WARN, "mind", "%s: %s answer, taken as general", mind->provider->name,
                 raw->failed ? "no" : "malformed");
    post(mind, question, &answer);
    question->state = QUESTION_FREE;
}

static void answered(void *opaque, uint32_t ticket, const struct mind_answer *raw)
{
    struct mind *mind = opaque;

    for (uint32_t i = 0; i < MAX_OPEN; i++)
        if (mind->questions[i].state == QUESTION_ASKED && mind->questions[i].ticket == ticket) {
            settle(mind, &mind->questions[i], raw);
            return;
        }
}

static void ask(struct mind *mind, struct question *question)
{
    struct mind_question asked = {.slot = question->slot,
                                  .agent = question->agent,
                                  .text = {question->text, question->text_size},
                                  .asked = {question->asked, question->asked_size},
                                  .word_confidence_permille = question->word_confidence_permille};

    if (!agent_of(mind, question)) {
        settle(mind, question, &(struct mind_answer){.failed = true});
        return;
    }
    asked.plan = mind->plans[question->slot];
    question->ticket = ++mind->tickets;
    question->state = QUESTION_ASKED;
    mind->provider->ask(mind->state, question->ticket, &asked);
}

static void drop(struct mind *mind, struct question *question)
{
    if (question->state == QUESTION_ASKED && mind->provider->cancel)
        mind->provider->cancel(mind->state, question->ticket);
    question->state = QUESTION_FREE;
}

/* A call has one question: a new one takes the place of the one before. */
static void cancel(struct mind *mind, uint32_t call)
{
    for (uint32_t i = 0; i < MAX_OPEN; i++)
        if (mind->questions[i].state != QUESTION_FREE && mind->questions[i].call == call)
            drop(mind, &mind->questions[i]);
}

static uint32_t keep(char out[MAX_UTTERANCE], struct text t)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, MAX_UTTERANCE);
    text_append(&buffer, t);
    return buffer.size;
}

static void take_question(struct mind *mind, const struct command *command)
{
    struct question overflow = {0}, *question = &overflow;

    cancel(mind, command->call);
    for (uint32_t i = 0; i < MAX_OPEN && question == &overflow; i++)
        if (mind->questions[i].state == QUESTION_FREE)
            question = &mind->questions[i];
    question->call = command->call;
    question->leg = command->leg;
    question->turn = command->understand.turn;
    question->slot = command->understand.plan;
    question->agent = command->understand.agent;
    question->word_confidence_permille = command->understand.confidence_permille;
    question->text_size = keep(question->text, command->understand.text);
    question->asked_size = keep(question->asked, command->understand.asked);
    question->arrival = mind->arrivals++;
    question->state = QUESTION_WAITS;
    if (question == &overflow)
        settle(mind, question, &(struct mind_answer){.failed = true});
}

static void forget_slot(struct mind *mind, uint32_t slot)
{
    for (uint32_t i = 0; i < MAX_OPEN; i++)
        if (mind->questions[i].state != QUESTION_FREE && mind->questions[i].slot == slot)
            drop(mind, &mind->questions[i]);
    mind->provider->forget(mind->state, slot);
    thinking_plan(mind->thinking, slot, NULL, NULL);
    toolbox_free(mind->toolboxes[slot]);
    mind->toolboxes[slot] = NULL;
    mind->plans[slot] = NULL;
    inquiry_forget(mind->inquiry, slot);
    while (mailbox_post(mind->replies, &slot, sizeof slot) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static bool is_of_thinking(enum command_kind kind)
{
    return kind == MIND_THINK || kind == MIND_RESULT || kind == MIND_NOTE || kind == MIND_FORGET;
}

/* What streams told before the command came is older than it. */
static void think(struct mind *mind, const struct command *command)
{
    if (command->kind == MIND_CANCEL || command->kind == MIND_FORGET)
        cancel(mind, command->call);
    thinking_hear(mind->thinking);
    thinking_obey(mind->thinking, command);
}

static void call_tool(struct mind *mind, const struct command *command)
{
    uint32_t slot = command->tool.plan % MAX_PLANS;

    toolcall_obey(mind->toolcall, command, mind->plans[slot], mind->toolboxes[slot]);
}

static void hear(struct mind *mind)
{
    struct errand_note note;

    thinking_hear(mind->thinking);
    while (toolcall_take(mind->toolcall, &note)) {
        if (note.kind == ERRAND_LOOKUP)
            inquiry_hear(mind->inquiry, &note, mind->plans[note.who.plan]);
        else
            toolcall_hear(mind->toolcall, &note, mind->plans[note.who.plan],
                          mind->toolboxes[note.who.plan]);
    }
}

static void obey(struct mind *mind, const struct command *command)
{
    if (command->kind == MIND_UNDERSTAND)
        take_question(mind, command);
    else if (command->kind == MIND_CANCEL || is_of_thinking(command->kind))
        think(mind, command);
    else if (command->kind == TOOL_CALL)
        call_tool(mind, command);
    else if (command->kind == LOOKUP_ASKED)
        inquiry_obey(mind->inquiry, command, mind->plans[command->lookup.plan % MAX_PLANS]);
    else if (command->kind == PLAN_DROP && command->plan.slot < MAX_PLANS)
        forget_slot(mind, command->plan.slot);
    else if (command->kind == COMMAND_NONE)
        mind->stopping = true;
    else
        log_line(LOG_ERROR, "mind", "command %d is not for this limb", (int)command->kind);
}

/* The oldest question that waits, or NULL. */
static struct question *next_question(struct mind *mind)
{
    struct question *oldest = NULL;

    for (uint32_t i = 0; i < MAX_OPEN; i++)
        if (mind->questions[i].state == QUESTION_WAITS &&
            (!oldest || mind->questions[i].arrival < oldest->arrival))
            oldest = &mind->questions[i];
    return oldest;
}

/* Sleeps until a command, or a note of a stream or an errand, is there. */
static void wait(struct mind *mind)
{
    struct mailbox *notes[] = {mind->inbox, thinking_notes(mind->thinking),
                               thinking_answers(mind->thinking), toolcall_notes(mind->toolcall)};
    struct pollfd wakers[4];

    for (uint32_t i = 0; i < 4; i++) {
        wakers[i] = (struct pollfd){.fd = mailbox_fd(notes[i]), .events = POLLIN};
        if (!mailbox_arm(notes[i]))
            return;
    }
    poll(wakers, 4, thinking_talks(mind->thinking) ? THINKING_TEND_MS : -1);
}

static void *run(void *opaque)
{
    struct mind *mind = opaque;
    uint8_t bytes[MAX_PACKED];

    pthread_setname_np(pthread_self(), "mind");
    urgency_take(URGENCY_TURN);
    while (!mind->stopping) {
        struct question *question;
        size_t size;

        while ((size = mailbox_take(mind->inbox, bytes, sizeof bytes)) > 0) {
            struct command command;

            if (command_unpack(bytes, size, &command))
                obey(mind, &command);
            else
                log_line(LOG_ERROR, "mind", "a command of %zu bytes does not unpack", size);
        }
        hear(mind);
        if (thinking_talks(mind->thinking))
            thinking_tend(mind->thinking, clock_ms());
        question = next_question(mind);
        if (question)
            ask(mind, question);
        else if (!mind->stopping)
            wait(mind);
    }
    return NULL;
}

static void post_surely(struct mind *mind, const struct command *command)
{
    while (command_post(mind->inbox, command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static int open_parts(struct mind *mind, const struct mind_provider *provider, struct net *net,
                      struct clip_table *clips, char *why, uint32_t why_size)
{
    struct mind_sink sink = {mind, answered};
    int error;

    snprintf(why, why_size, "no memory for the mind's mailboxes");
    error = mailbox_open(&mind->inbox, "mind", MAILBOX_BYTES);
    if (!error)
        error = mailbox_open(&mind->replies, "mind replies", 1024);
    if (!error)
        error = thinking_open(&mind->thinking, net, clips, mind->events);
    if (!error)
        error = toolcall_open(&mind->toolcall, net, mind->events);
    if (!error)
        error = inquiry_open(&mind->inquiry, mind->toolcall, mind->events);
    if (!error)
        error = provider->open(&mind->state, &sink, why, why_size);
    if (error)
        return error;
    mind->provider = provider;
    error = -pthread_create(&mind->thread, NULL, run, mind);
    if (error)
        snprintf(why, why_size, "the mind's thread could not be started: %s", strerror(-error));
    else if (why_size)
        why[0] = 0;
    return error;
}

static void close_parts(struct mind *mind)
{
    if (mind->provider)
        mind->provider->close(mind->state);
    thinking_close(mind->thinking);
    toolcall_close(mind->toolcall);
    inquiry_close(mind->inquiry);
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        toolbox_free(mind->toolboxes[i]);
    if (mind->replies)
        mailbox_close(mind->replies);
    if (mind->inbox)
        mailbox_close(mind->inbox);
    free(mind);
}

int mind_open_with(struct mind **out, const struct mind_provider *provider, struct net *net,
                   struct clip_table *clips, struct mailbox *events, char *why, uint32_t why_size)
{
    struct mind *mind = calloc(1, sizeof *mind);
    int error;

    if (!mind) {
        snprintf(why, why_size, "no memory for the mind");
        return -ENOMEM;
    }
    mind->events = events;
    mind->net = net;
    error = open_parts(mind, provider, net, clips, why, why_size);
    if (error)
        close_parts(mind);
    else
        *out = mind;
    return error;
}

int mind_open(struct mind **out, struct net *net, struct clip_table *clips, struct mailbox *events,
              char *why, uint32_t why_size)
{
    return mind_open_with(out, &mind_embedded, net, clips, events, why, why_size);
}

void mind_close(struct mind *mind)
{
    if (!mind)
        return;
    post_surely(mind, &(struct command){.kind = COMMAND_NONE});
    pthread_join(mind->thread, NULL);
    close_parts(mind);
}

int mind_prepare(struct mind *mind, uint32_t slot, const struct plan *plan, char *why,
                 uint32_t why_size)
{
    int error;

    assert(slot < MAX_PLANS && !mind->plans[slot]);
    error = toolbox_new(&mind->toolboxes[slot], mind->net, plan, why, why_size);
    if (!error)
        error = mind->provider->prepare(mind->state, slot, plan, why, why_size);
    if (!error) {
        mind->plans[slot] = plan;
        thinking_plan(mind->thinking, slot, plan, mind->toolboxes[slot]);
    }
    return error;
}

void mind_forget(struct mind *mind, uint32_t slot)
{
    struct command command = {.kind = PLAN_DROP};
    uint32_t reply = UINT32_MAX;

    assert(slot < MAX_PLANS);
    command.plan.slot = slot;
    post_surely(mind, &command);
    while (reply != slot) {
        mailbox_wait(mind->replies, -1);
        while (mailbox_take(mind->replies, &reply, sizeof reply) > 0 && reply != slot)
            ;
    }
}

struct mailbox *mind_mailbox(struct mind *mind)
{
    return mind->inbox;
}

struct mailbox *mind_answers(struct mind *mind)
{
    return thinking_answers(mind->thinking);
}
