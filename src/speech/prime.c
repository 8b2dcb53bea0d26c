// SPDX-License-Identifier: Apache-2.0
/* prime.c - which words of an agent are always the same. */
#include "speech/prime.h"

#include "base/log.h"
#include "core/command.h"

/* Words without anything that only a call knows, or what is left of them without that. */
static bool fixed_words(struct text words, struct text_buffer *out)
{
    int depth = 0;

    for (uint32_t i = 0; i < words.size; i++) {
        char c = words.data[i];
        if (c == '{' && depth == 0)
            return false;
        depth += c == '[';
        if (depth == 0)
            text_append_char(out, c);
        if (c == ']' && depth > 0)
            depth--;
    }
    return out->size > 0;
}

/* By the embedded voice, which stands at the end of each chain, and by the first of the chain. */
static void prime(struct talker *talker, struct mailbox *door, uint32_t slot,
                  const struct plan_agent *agent, struct text words)
{
    char storage[MAX_UTTERANCE];
    struct text_buffer fixed;
    struct command say = {.kind = SPEECH_SAY};

    text_buffer_init(&fixed, storage, sizeof(storage));
    if (!fixed_words(words, &fixed))
        return;
    talker_prime(talker, agent->voice, text_view(&fixed));
    if (agent->speak.count == 0)
        return;
    say.say.provider = agent->speak.items[0];
    say.say.plan = slot;
    say.say.voice = agent->voice;
    say.say.language = agent->language;
    say.say.text = text_view(&fixed);
    if (command_post(door, &say) != MAILBOX_OK)
        log_line(LOG_DEBUG, "speech", "no room to make a prompt in advance");
}

void prime_agent(struct talker *talker, struct mailbox *door, uint32_t slot,
                 const struct plan_agent *agent)
{
    prime(talker, door, slot, agent, agent->greeting);
    for (uint32_t i = 0; i < WORDS_COUNT; i++)
        prime(talker, door, slot, agent, agent->words[i]);
    for (uint32_t i = 0; i < agent->intent_count; i++)
        prime(talker, door, slot, agent, agent->intents[i].say);
    prime(talker, door, slot, agent, agent->fallback.say);
    for (uint32_t i = 0; i < PARTINGS; i++)
        prime(talker, door, slot, agent, agent->partings[i]);
}
