// SPDX-License-Identifier: Apache-2.0
/* voices_make.c - from a command to a voicing, with copies of what will not stay. */
#include "speech/voices_inside.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_SAMPLES = 120 * SAMPLE_RATE };

static uint32_t new_clip(struct voices *voices)
{
    uint32_t clip = clip_new(voices->options.clips, LONGEST_SAMPLES);

    while (!clip && prompts_drop_oldest(&voices->prompts)) {
        clip_reap(voices->options.clips);
        clip = clip_new(voices->options.clips, LONGEST_SAMPLES);
    }
    return clip;
}

struct tts_ask voices_ask(const struct command *command, const struct voices_provider *provider)
{
    struct tts_ask ask = provider->ask;

    if (text_empty(ask.voice) && !voice_find(command->say.voice))
        ask.voice = text_part(command->say.voice, 0, MAX_NAME);
    if (text_empty(ask.language))
        ask.language = text_part(command->say.language, 0, MAX_NAME);
    ask.words = text_part(command->say.text, 0, MAX_UTTERANCE);
    ask.wide = command->say.wide;
    return ask;
}

static struct text copy_text(struct voicing *voicing, struct text t)
{
    char *at = voicing->texts + voicing->texts_size;

    assert(voicing->texts_size + t.size <= sizeof(voicing->texts));
    if (t.size > 0)
        memcpy(at, t.data, t.size);
    voicing->texts_size += t.size;
    return (struct text){at, t.size};
}

/* The command's texts live for the moment only; the provider's as long as its plan. */
static void set_ask(struct voices *voices, struct voicing *voicing, const struct tts_ask *ask)
{
    voicing->ask = *ask;
    voicing->ask.words = copy_text(voicing, ask->words);
    voicing->ask.voice = copy_text(voicing, text_part(ask->voice, 0, MAX_NAME));
    voicing->ask.language = copy_text(voicing, text_part(ask->language, 0, MAX_NAME));
    voices->context++;
    voices->context += voices->context == 0;
    voicing->ask.context = voices->context;
}

/* The words that the leg's last utterance under way has: the melody goes on from there. */
static void set_before(struct voices *voices, struct voicing *voicing)
{
    for (const struct voicing *other = voices->voicings; other && voicing->leg;
         other = other->next) {
        if (other->leg == voicing->leg && other->provider == voicing->provider &&
            !other->cancelled) {
            voicing->ask.before = copy_text(voicing, other->ask.words);
            return;
        }
    }
}

struct voicing *voices_make(struct voices *voices, const struct command *command,
                            const struct tts_ask *ask, const struct voices_provider *provider)
{
    struct voicing *voicing = malloc(sizeof(*voicing));

    if (!voicing)
        return NULL;
    memset(voicing, 0, offsetof(struct voicing, pour.trim.block)); /* What of it is always used. */
    voicing->vendor = provider->vendor;
    voicing->clips = voices->options.clips;
    voicing->events = voices->options.events;
    voicing->door = voices->options.door;
    voicing->leases = voices->leases;
    voicing->lease = lease_take(voices->leases, 0);
    voicing->call = command->call;
    voicing->leg = command->leg;
    voicing->utterance = command->say.utterance;
    voicing->plan = command->say.plan;
    voicing->provider = (uint32_t)command->say.provider;
    voicing->soft_ms = provider->soft_ms;
    voicing->hard_ms = provider->hard_ms;
    voicing->warm = ask->wide ? 0 : provider->warm; /* Sockets are opened for one form. */
    voicing->name = provider->name;
    voicing->clip = new_clip(voices);
    set_ask(voices, voicing, ask);
    set_before(voices, voicing);
    return voicing;
}
