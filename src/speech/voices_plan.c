// SPDX-License-Identifier: Apache-2.0
/* voices_plan.c - one arena a plan. */
#include "speech/voices_plan.h"

#include <stdlib.h>

#include "speech/lines.h"
#include "speech/voices.h"
#include "speech/voicing.h"

enum { ARENA = 1 << 20 };

/* The vendors' names of the configuration. */
static const char *const kinds[PROVIDER_KINDS] = {
    [PROVIDER_OPENAI_SPEECH] = "openai-speech",
    [PROVIDER_ELEVENLABS] = "elevenlabs",
    [PROVIDER_DEEPGRAM_AURA] = "deepgram-aura",
    [PROVIDER_CARTESIA] = "cartesia",
};

static uint64_t hash_text(uint64_t hash, struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        hash = (hash ^ (uint8_t)t.data[i]) * 1099511628211ull;
    return (hash ^ 0xff) * 1099511628211ull;
}

static void copy(struct arena *arena, const struct plan_provider *from, struct voices_provider *to)
{
    to->vendor = kinds[from->kind] ? tts_find(text_of(kinds[from->kind]), from->url) : NULL;
    to->name = arena_text(arena, from->name).data;
    to->ask.url = arena_text(arena, from->url);
    to->ask.key = arena_text(arena, from->key);
    to->ask.model = arena_text(arena, from->model);
    to->ask.voice = arena_text(arena, from->voice);
    to->ask.language = arena_text(arena, from->language);
    to->ask.options = lines_of_options(arena, from);
    to->soft_ms = from->soft_ms;
    to->hard_ms = from->hard_ms ? from->hard_ms : VOICES_HARD_MS;
    to->max_sessions = from->max_sessions;
    to->hash = hash_text(14695981039346656037ull, text_of(kinds[from->kind]));
    to->hash = hash_text(to->hash, from->url);
    to->hash = hash_text(to->hash, from->model);
    to->hash = hash_text(to->hash, to->ask.options);
}

struct voices_plan *voices_plan_new(const struct plan *plan)
{
    struct voices_plan *made = calloc(1, sizeof(*made));

    if (made)
        made->arena = arena_new(ARENA);
    if (!made || !made->arena) {
        free(made);
        return NULL;
    }
    made->count = plan->provider_count;
    for (uint32_t i = 0; i < made->count; i++)
        copy(made->arena, &plan->providers[i], &made->providers[i]);
    return made;
}

struct voices_provider *voices_plan_provider(struct voices_plan *plan, int32_t number)
{
    if (number < 0 || (uint32_t)number >= plan->count || !plan->providers[number].vendor)
        return NULL;
    return &plan->providers[number];
}

static void release(struct voices_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++)
        lines_wipe(plan->providers[i].ask.key);
    arena_free(plan->arena);
    free(plan);
}

void voices_plan_drop(struct voices_plan *plan)
{
    plan->dropped = true;
    if (plan->users == 0)
        release(plan);
}

void voices_plan_leave(struct voices_plan *plan)
{
    plan->users--;
    if (plan->users == 0 && plan->dropped)
        release(plan);
}
