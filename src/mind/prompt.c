// SPDX-License-Identifier: Apache-2.0
/* prompt.c - the words. Models follow these in any language; what they speak is said last. */
#include "mind/prompt.h"

void prompt_system(const struct plan_agent *agent, struct text language, struct text_buffer *out)
{
    if (text_empty(language))
        language = agent->language;
    text_append(out, text_trim(agent->instructions));
    text_append(
        out,
        TEXT("\n\nYou are on the telephone. All that you write is spoken to the caller as you "
             "write it. "
             "Write as people speak: one to three short sentences, no lists, no headings, no "
             "symbols, no web addresses unless asked for. Ask one thing at a time. What the caller "
             "said "
             "was recognised by a machine and may hold wrong words: when it makes no sense, ask. "
             "\"[interrupted here]\" marks where the caller cut you off: what you meant to say "
             "after it was "
             "not heard. Never say that something was done unless a tool's result says so. When "
             "a tool fails, say in plain words that it did not work, not why."));
    if (text_empty(language))
        return;
    text_append(out, TEXT(" Speak the language with the tag "));
    text_append(out, language);
    text_append_char(out, '.');
}

void prompt_context(struct text facts, struct text summary, struct text_buffer *out)
{
    if (!text_empty(text_trim(facts))) {
        text_append(out, TEXT("What is known of this call:\n"));
        text_append(out, text_trim(facts));
    }
    if (text_empty(summary))
        return;
    if (out->size > 0)
        text_append(out, TEXT("\n\n"));
    text_append(out, TEXT("What was said earlier in this call, summed up:\n"));
    text_append(out, summary);
}

struct text prompt_sum_system(void)
{
    return TEXT(
        "You sum up the earlier part of a telephone call for the agent who goes on with it. "
        "Keep every name, number, date, address, wish, promise and result of a tool, "
        "exactly. Leave out greetings. At most 120 words, plain sentences, no heading.");
}

void prompt_sum(struct text summary, struct text old, struct text_buffer *out)
{
    if (!text_empty(summary)) {
        text_append(out, TEXT("The summary so far:\n"));
        text_append(out, summary);
        text_append(out, TEXT("\n\nWhat came after it:\n"));
    }
    text_append(out, old);
}
