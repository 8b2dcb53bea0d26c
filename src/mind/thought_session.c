// SPDX-License-Identifier: Apache-2.0
/* thought_session.c - rounds of a thought with a model that hears and speaks by itself. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mind/thinking_inside.h"

enum { STALL_MS = 1500 /* It speaks faster than it is heard; this is no breath. */ };

/* The results of a round before, as far as this session called for them. */
static uint32_t results_of(const struct conversation *conversation, struct llm_message *out)
{
    const struct thought *thought = conversation->thought;
    uint32_t count = 0;

    for (uint32_t i = 0; i < thought->count; i++) {
        const struct wanted *wanted = &thought->wanted[i];
        struct text id = {wanted->id, wanted->id_size};
        out[count++] = (struct llm_message){
            .role = LLM_RESULT, .id = id, .text = dialogue_result_of(&conversation->dialogue, id)};
    }
    return count;
}

void thought_ask_session(struct thinking *thinking, struct conversation *conversation)
{
    struct thought *thought = conversation->thought;
    struct llm_message results[LLM_CALLS];
    struct llm_request request = {0};
    uint32_t result_count = results_of(conversation, results);

    thought->count = 0;
    thought_compose(thinking, conversation, &request);
    struct talking_wish wish = {.net = thinking->net,
                                .session = thought->session,
                                .number = thought->turn,
                                .system = request.system,
                                .context = request.context,
                                .messages = request.messages,
                                .message_count = request.message_count,
                                .tools = request.tools,
                                .tool_count = request.tool_count,
                                .max_tokens = request.max_tokens,
                                .results = results,
                                .result_count = result_count,
                                .scratch = thinking->body,
                                .scratch_size = STREAM_BODY};
    if (!talking_ask(&conversation->talking, &wish)) {
        thought_fail(thinking, conversation, 0, 0, TEXT("its connection is gone"));
        return;
    }
    thought->state = THOUGHT_ASKED;
    thinking->talks = true;
}

/* ---- What sessions tell ---- */

static void tell_sound(struct thinking *thinking, const struct conversation *conversation,
                       enum event_kind kind, const struct realtime_note *note)
{
    struct event event = thought_event(conversation, kind);

    event.mind.clip = note->clip;
    if (kind == MIND_SAYS)
        event.mind.text =
            (struct text){note->bytes + note->id_size + note->name_size, note->size};
    thought_post(thinking, &event);
}

/* As a stream would tell it. */
static struct stream_note as_stream(const struct realtime_note *note)
{
    struct stream_note same = {.kind = note->kind == REALTIME_NOTE_CALL   ? STREAM_CALL
                                       : note->kind == REALTIME_NOTE_OVER ? STREAM_OVER
                                                                          : STREAM_FAILED,
                               .tokens_in = note->tokens_in,
                               .tokens_out = note->tokens_out,
                               .status = note->status,
                               .broken = note->broken,
                               .id_size = note->id_size,
                               .name_size = note->name_size,
                               .size = note->size};

    memcpy(same.bytes, note->bytes, (size_t)note->id_size + note->name_size + note->size);
    return same;
}

void thought_hear_session(struct thinking *thinking, struct conversation *conversation,
                          const struct realtime_note *note)
{
    struct thought *thought = conversation->thought;
    struct stream_note same;

    thought->alive_ms = clock_ms();
    if (thought->first_ms == 0)
        thought->first_ms = thought->alive_ms;
    switch (note->kind) {
    case REALTIME_NOTE_SOUND:
        talking_says(&conversation->talking, note->clip, (struct text){note->bytes, note->id_size});
        tell_sound(thinking, conversation, MIND_SOUNDS, note);
        break;
    case REALTIME_NOTE_WORDS:
        dialogue_say(&conversation->dialogue, conversation->turn,
                     (struct text){note->bytes, note->size});
        tell_sound(thinking, conversation, MIND_SAYS, note);
        break;
    case REALTIME_NOTE_ALIVE:
        break;
    case REALTIME_NOTE_WRITING:
        thought_writes(thinking, conversation);
        break;
    case REALTIME_NOTE_OVER:
    case REALTIME_NOTE_FAILED:
        thought->state = THOUGHT_WAITS;
        same = as_stream(note);
        same.first_ms = thought->first_ms;
        thought_hear(thinking, conversation, &same);
        break;
    case REALTIME_NOTE_CALL:
        same = as_stream(note);
        same.first_ms = thought->first_ms;
        thought_hear(thinking, conversation, &same);
        break;
    }
}

/* What its answer stands on is gone, and so, perhaps, are its ears: their owner is told. */
static void give_up(struct thinking *thinking, struct conversation *conversation, struct text why)
{
    const struct thought *thought = conversation->thought;
    bool asked = thought && thought->state == THOUGHT_ASKED &&
                 thought->session == conversation->talking.session;

    log_line(LOG_WARN, "mind", "a session is given up: " TEXT_FORMAT, TEXT_ARGS(why));
    talking_give_up(&conversation->talking, thinking->net);
    if (asked)
        thought_fail(thinking, conversation, 0, 0, why);
}

bool thought_tend(struct thinking *thinking, struct conversation *conversation, uint64_t now_ms)
{
    const struct thought *thought = conversation->thought;
    bool asked = thought && thought->session && thought->state == THOUGHT_ASKED;

    if (talking_stuck(&conversation->talking, now_ms)) {
        give_up(thinking, conversation, TEXT("it does not end its answer"));
        return false;
    }
    if (asked && thought->alive_ms > 0 && now_ms - thought->alive_ms >= STALL_MS) {
        give_up(thinking, conversation, TEXT("it fell silent in its answer"));
        return false;
    }
    return asked || conversation->talking.left_ms;
}
