// SPDX-License-Identifier: Apache-2.0
/* thought.c - one thought: rounds of asking, clauses and tools that come, results that are given.
 */
#include <stdlib.h>

#include "base/clip.h"
#include "base/clock.h"
#include "base/log.h"
#include "mind/prompt.h"
#include "mind/thinking_inside.h"
#include "mind/toolbox.h"
#include "net/http.h"

enum { LEAST_TOKENS = 400 /* Of dialogue, however long the system text is. */ };

static uint32_t keep(char *out, uint32_t capacity, struct text t)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, capacity);
    text_append(&buffer, t);
    return buffer.size;
}

struct thought *thought_new(const struct command *command)
{
    struct thought *thought = malloc(sizeof *thought);

    if (!thought)
        return NULL;
    thought->state = THOUGHT_WAITS;
    thought->leg = command->leg;
    thought->turn = command->think.turn;
    thought->slot = command->think.plan;
    thought->agent = command->think.agent;
    thought->provider = command->think.provider;
    thought->speculative = command->think.speculative;
    thought->session = command->think.session;
    thought->alive_ms = 0;
    thought->numbers = thought->count = thought->tokens_in = thought->tokens_out = 0;
    thought->first_ms = 0;
    thought->text_size = keep(thought->text, sizeof thought->text, command->think.text);
    thought->facts_size = keep(thought->facts, sizeof thought->facts, command->think.facts);
    thought->language_size =
        keep(thought->language, sizeof thought->language, command->think.language);
    return thought;
}

void thought_stop(struct thinking *thinking, struct conversation *conversation)
{
    struct thought *thought = conversation->thought;

    if (thought && thought->state == THOUGHT_ASKED && thought->session) {
        talking_cancel(&conversation->talking, thinking->net, clock_ms());
    } else if (thought && thought->state == THOUGHT_ASKED) {
        http_cancel(thinking->net, thought->http);
    }
    free(thought);
    conversation->thought = NULL;
}

/* ---- Telling the core ---- */

struct event thought_event(const struct conversation *conversation, enum event_kind kind)
{
    const struct thought *thought = conversation->thought;
    struct event event = {.kind = kind, .call = conversation->dialogue.call, .leg = thought->leg};

    event.at_ms = clock_ms();
    event.mind.turn = thought->turn;
    event.mind.provider = thought->provider;
    event.mind.first_token_ms = thought->first_ms;
    return event;
}

void thought_post(struct thinking *thinking, const struct event *event)
{
    if (event_post(thinking->events, event) == MAILBOX_OK)
        return;
    log_line(LOG_WARN, "mind", "part of an answer was lost: the core's mailbox is full");
    if (event->kind == MIND_SOUNDS) /* Nobody else knows of it now. */
        clip_drop(thinking->clips, event->mind.clip);
}

/* The thought is over. */
void thought_fail(struct thinking *thinking, struct conversation *conversation, uint16_t status,
                 uint32_t retry_after_s, struct text why)
{
    struct event event = thought_event(conversation, MIND_FAILED);

    event.mind.status = status;
    event.mind.retry_after_s = retry_after_s;
    event.mind.why = why;
    thought_post(thinking, &event);
    thought_stop(thinking, conversation);
}

static void post_done(struct thinking *thinking, const struct conversation *conversation)
{
    struct event event = thought_event(conversation, MIND_DONE);

    event.mind.tokens_in = conversation->thought->tokens_in;
    event.mind.tokens_out = conversation->thought->tokens_out;
    thought_post(thinking, &event);
}

/* ---- Asking ---- */

/* NULL, NET_OK never: nothing of it is there (any more). */
const struct plan_provider *thought_provider(const struct thinking *thinking,
                                             const struct thought *thought)
{
    const struct plan *plan = thought->slot < MAX_PLANS ? thinking->plans[thought->slot] : NULL;

    if (!plan || thought->agent >= plan->agent_count || thought->provider < 0 ||
        thought->provider >= plan->provider_count ||
        provider_role(plan->providers[thought->provider].kind) !=
            (thought->session ? ROLE_CONVERSES : ROLE_THINKS))
        return NULL;
    return &plan->providers[thought->provider];
}

/* System text and context, and the dialogue in what they leave of the budget. */
void thought_compose(struct thinking *thinking, struct conversation *conversation,
                    struct llm_request *request)
{
    struct thought *thought = conversation->thought;
    const struct plan_agent *agent = &thinking->plans[thought->slot]->agents[thought->agent];
    bool asks = conversation->awaits && !thought->session; /* Which has heard it. */
    struct text said = {thought->text, asks ? thought->text_size : 0};
    struct text_buffer system, context;
    uint32_t used;

    text_buffer_init(&system, thinking->system, THINKING_SYSTEM);
    prompt_system(agent, (struct text){thought->language, thought->language_size}, &system);
    text_buffer_init(&context, thinking->context, THINKING_SYSTEM);
    prompt_context((struct text){thought->facts, thought->facts_size},
                   dialogue_summary(&conversation->dialogue), &context);
    used = dialogue_tokens(text_view(&system)) + dialogue_tokens(text_view(&context));
    request->system = text_view(&system);
    request->context = text_view(&context);
    request->messages = thinking->messages;
    thought->budget =
        agent->context_tokens > used + LEAST_TOKENS ? agent->context_tokens - used : LEAST_TOKENS;
    request->message_count = dialogue_compose(&conversation->dialogue, conversation->turn, said,
                                              thought->budget, thinking->messages);
    request->tools =
        toolbox_tools(thinking->toolboxes[thought->slot], thought->agent, &request->tool_count);
    request->temperature_permille = agent->temperature_permille;
    request->max_tokens = agent->max_tokens;
}

void thought_ask(struct thinking *thinking, struct conversation *conversation)
{
    struct thought *thought = conversation->thought;
    const struct plan_provider *provider = thought_provider(thinking, thought);
    struct llm_request request = {0};
    struct stream_wish wish = {.call = conversation->dialogue.call,
                               .language = {thought->language, thought->language_size}};
    enum net_result result;

    thought->tokens_in = thought->tokens_out = 0;
    thought->first_ms = thought->alive_ms = 0;
    thought->state = THOUGHT_WAITS;
    if (!provider || !thinking->net) {
        thought_fail(thinking, conversation, 0, 0, TEXT("there is no such model"));
        return;
    }
    if (thought->session) {
        thought_ask_session(thinking, conversation);
        return;
    }
    thought->count = 0;
    wish.hard_ms = provider->hard_ms;
    thought_compose(thinking, conversation, &request);
    result = thinking_send(thinking, provider, &request, &wish, &thought->http);
    thought->stream = wish.number;
    if (result == NET_OK)
        thought->state = THOUGHT_ASKED;
    else
        thought_fail(thinking, conversation, 0, 0, text_of(net_result_names[result]));
}

/* ---- Tools ---- */

/* Now it is certain: the tool may be called. */
static void want(struct thinking *thinking, struct conversation *conversation,
                 struct wanted *wanted)
{
    struct event event = thought_event(conversation, MIND_TOOL);
    struct text id = {wanted->id, wanted->id_size}, name = {wanted->name, wanted->name_size};
    struct text arguments = {wanted->arguments, wanted->size};

    wanted->number = ++conversation->thought->numbers;
    dialogue_call(&conversation->dialogue, conversation->turn, id, name, arguments);
    event.mind.number = wanted->number;
    event.mind.name = name;
    event.mind.arguments = wanted->broken ? TEXT("not JSON") : arguments;
    thought_post(thinking, &event);
}

static bool all_answered(const struct thought *thought)
{
    for (uint32_t i = 0; i < thought->count; i++)
        if (!thought->wanted[i].answered)
            return false;
    return true;
}

void thought_certain(struct thinking *thinking, struct conversation *conversation)
{
    struct thought *thought = conversation->thought;

    thought->speculative = false;
    for (uint32_t i = 0; i < thought->count; i++)
        want(thinking, conversation, &thought->wanted[i]);
    if (thought->state == THOUGHT_WAITS)
        post_done(thinking, conversation);
}

/* What a model is told of a tool that did not work begins with how. */
void thought_result(struct thinking *thinking, struct conversation *conversation,
                    const struct command *command)
{
    static const char *const words[TOOL_OUTCOMES] = {
        "", "Refused: ", "No answer in time; whether it was done is not known. ",
        "Not reached; nothing was done. "};
    struct thought *thought = conversation->thought;
    char text[MAX_RESULT];
    struct text_buffer out;

    for (uint32_t i = 0; i < thought->count; i++) {
        struct wanted *wanted = &thought->wanted[i];
        if (wanted->number != command->result.number || wanted->answered)
            continue;
        wanted->answered = true;
        text_buffer_init(&out, text, sizeof text);
        text_append(&out, text_of(words[command->result.outcome]));
        text_append(&out, command->result.text);
        if (out.size == 0)
            text_append(&out, TEXT("done"));
        dialogue_result(&conversation->dialogue, conversation->turn,
                        (struct text){wanted->id, wanted->id_size}, text_view(&out));
    }
    if (thought->state == THOUGHT_WAITS && thought->count > 0 && all_answered(thought))
        thought_ask(thinking, conversation);
}

/* ---- What streams tell ---- */

static void take_call(struct thinking *thinking, struct conversation *conversation,
                      const struct stream_note *note)
{
    struct thought *thought = conversation->thought;
    struct wanted *wanted = &thought->wanted[thought->count];

    if (thought->count == LLM_CALLS)
        return;
    thought->count++;
    wanted->answered = false;
    wanted->broken = note->broken;
    wanted->number = 0;
    wanted->id_size = keep(wanted->id, sizeof wanted->id, stream_note_id(note));
    wanted->name_size = keep(wanted->name, sizeof wanted->name, stream_note_name(note));
    wanted->size = keep(wanted->arguments, sizeof wanted->arguments, stream_note_text(note));
    if (!thought->speculative)
        want(thinking, conversation, wanted);
}

static void take_over(struct thinking *thinking, struct conversation *conversation)
{
    struct thought *thought = conversation->thought;

    thought->state = THOUGHT_WAITS;
    if (!thought->speculative || thought->count == 0)
        post_done(thinking, conversation);
    if (thought->count == 0) {
        if (!thought->session) /* Which keeps the dialogue itself. */
            summing_begin(thinking, conversation, thought);
        thought_stop(thinking, conversation);
    } else if (all_answered(thought)) {
        thought_ask(thinking, conversation);
    }
}

void thought_writes(struct thinking *thinking, const struct conversation *conversation)
{
    struct event event = thought_event(conversation, MIND_WRITES);

    thought_post(thinking, &event);
}

void thought_hear(struct thinking *thinking, struct conversation *conversation,
                  const struct stream_note *note)
{
    struct thought *thought = conversation->thought;
    struct event event;

    thought->first_ms = note->first_ms;
    thought->tokens_in = note->tokens_in;
    thought->tokens_out = note->tokens_out;
    switch (note->kind) {
    case STREAM_CLAUSE:
        dialogue_say(&conversation->dialogue, conversation->turn, stream_note_text(note));
        event = thought_event(conversation, MIND_SAYS);
        event.mind.text = stream_note_text(note);
        thought_post(thinking, &event);
        break;
    case STREAM_BEGUN:
        thought_writes(thinking, conversation);
        break;
    case STREAM_CALL:
        take_call(thinking, conversation, note);
        break;
    case STREAM_OVER:
        take_over(thinking, conversation);
        break;
    case STREAM_FAILED:
        thought->state = THOUGHT_WAITS;
        thought_fail(thinking, conversation, note->status, note->retry_after_s, stream_note_text(note));
        break;
    case STREAM_GONE:
        break;
    }
}
