// SPDX-License-Identifier: Apache-2.0
/* summing.c - in the gaps between turns. */
#include "mind/prompt.h"
#include "mind/thinking_inside.h"

enum {
    SUM_TOKENS = 300,
    SUM_MS = 20000 /* For its first byte: nobody waits. */
};

void summing_begin(struct thinking *thinking, struct conversation *conversation,
                   const struct thought *last)
{
    const struct plan_provider *provider = thought_provider(thinking, last);
    struct llm_message message = {.role = LLM_USER};
    struct llm_request request = {.system = prompt_sum_system(),
                                  .messages = &message,
                                  .message_count = 1,
                                  .temperature_permille = 0,
                                  .max_tokens = SUM_TOKENS};
    struct stream_wish wish = {
        .call = conversation->dialogue.call, .whole = true, .hard_ms = SUM_MS};
    struct text_buffer old, all;

    text_buffer_init(&old, thinking->system, THINKING_SYSTEM);
    if (conversation->sum || !provider ||
        !dialogue_old(&conversation->dialogue, last->budget, &conversation->sum_until, &old))
        return;
    text_buffer_init(&all, thinking->context, THINKING_SYSTEM);
    prompt_sum(dialogue_summary(&conversation->dialogue), text_view(&old), &all);
    message.text = text_view(&all);
    if (thinking_send(thinking, provider, &request, &wish, &conversation->sum_http) == NET_OK)
        conversation->sum = wish.number;
}

void summing_hear(struct conversation *conversation, const struct stream_note *note)
{
    if (note->kind != STREAM_OVER && note->kind != STREAM_FAILED)
        return;
    conversation->sum = 0; /* A failed one is tried again after the next answer. */
    if (note->kind == STREAM_OVER && note->size > 0)
        dialogue_sum(&conversation->dialogue, conversation->sum_until, stream_note_text(note));
}
