// SPDX-License-Identifier: Apache-2.0
/* hearers.c - one arena a plan and listener. */
#include "speech/hearers.h"

#include <stdlib.h>

#include "speech/lines.h"

enum { ARENA = 1 << 19 };

/* The vendors' names of the configuration. */
static const char *const kinds[PROVIDER_KINDS] = {
    [PROVIDER_DEEPGRAM] = "deepgram",
    [PROVIDER_DEEPGRAM_FLUX] = "deepgram-flux",
    [PROVIDER_OPENAI_REALTIME_STT] = "openai-realtime-stt",
    [PROVIDER_WHISPER] = "whisper",
    [PROVIDER_VOSK] = "vosk",
    [PROVIDER_OPENAI_REALTIME] = "openai-realtime",
};

static void copy(struct hearers *hearers, const struct plan_provider *from, struct hearer *to)
{
    struct arena *arena = hearers->arena;

    to->of = hearers;
    to->vendor = kinds[from->kind] ? stt_find(text_of(kinds[from->kind])) : NULL;
    if (!to->vendor)
        return;
    to->name = arena_text(arena, from->name).data;
    to->ask.url = arena_text(arena, from->url);
    to->ask.key = arena_text(arena, from->key);
    to->ask.model = arena_text(arena, from->model);
    to->ask.language = arena_text(arena, from->language);
    to->ask.voice = arena_text(arena, from->voice);
    to->ask.options = lines_of_options(arena, from);
    to->hard_ms = from->hard_ms;
}

struct hearers *hearers_new(const struct plan *plan)
{
    struct hearers *made = calloc(1, sizeof(*made));

    if (made)
        made->arena = arena_new(ARENA);
    if (!made || !made->arena) {
        free(made);
        return NULL;
    }
    made->count = plan->provider_count;
    for (uint32_t i = 0; i < made->count; i++)
        copy(made, &plan->providers[i], &made->items[i]);
    return made;
}

struct hearer *hearers_find(struct hearers *hearers, int32_t number)
{
    if (!hearers || number < 0 || (uint32_t)number >= hearers->count)
        return NULL;
    return hearers->items[number].vendor ? &hearers->items[number] : NULL;
}

static void release(struct hearers *hearers)
{
    for (uint32_t i = 0; i < hearers->count; i++)
        lines_wipe(hearers->items[i].ask.key);
    arena_free(hearers->arena);
    free(hearers);
}

void hearers_enter(struct hearer *hearer)
{
    hearer->of->users++;
}

void hearers_leave(struct hearer *hearer)
{
    struct hearers *of = hearer->of;

    of->users--;
    if (of->users == 0 && of->dropped)
        release(of);
}

void hearers_drop(struct hearers *hearers)
{
    if (!hearers)
        return;
    hearers->dropped = true;
    if (hearers->users == 0)
        release(hearers);
}
