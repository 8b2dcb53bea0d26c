// SPDX-License-Identifier: Apache-2.0
/* prompts.c - a table scanned by hash. */
#include "speech/prompts.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_words(const struct voice *voice, struct text words)
{
    uint64_t hash = 14695981039346656037ull ^ (uint64_t)(uintptr_t)voice;

    for (uint32_t i = 0; i < words.size; i++)
        hash = (hash ^ (uint8_t)words.data[i]) * 1099511628211ull;
    return hash;
}

void prompts_init(struct prompts *prompts, struct clip_table *clips, uint64_t limit_bytes)
{
    *prompts = (struct prompts){.clips = clips, .limit_bytes = limit_bytes};
}

static void drop(struct prompts *prompts, struct prompt *row)
{
    clip_drop(prompts->clips, row->clip);
    free(row->words);
    prompts->bytes -= row->bytes;
    *row = (struct prompt){0};
}

void prompts_release(struct prompts *prompts)
{
    for (uint32_t i = 0; i < PROMPTS; i++) {
        if (prompts->rows[i].voice)
            drop(prompts, &prompts->rows[i]);
    }
}

struct prompt *prompts_find(struct prompts *prompts, const struct voice *voice, bool wide,
                            struct text words)
{
    uint64_t hash = hash_words(voice, words);

    for (uint32_t i = 0; i < PROMPTS; i++) {
        struct prompt *row = &prompts->rows[i];
        if (row->voice != voice || (wide && !row->wide) || row->hash != hash ||
            row->words_size != words.size || memcmp(row->words, words.data, words.size) != 0)
            continue;
        row->used = ++prompts->uses;
        return row;
    }
    return NULL;
}

/* Rows still being spoken stay. */
bool prompts_drop_oldest(struct prompts *prompts)
{
    struct prompt *oldest = NULL;

    for (uint32_t i = 0; i < PROMPTS; i++) {
        struct prompt *row = &prompts->rows[i];
        if (row->voice && row->bytes > 0 && (!oldest || row->used < oldest->used))
            oldest = row;
    }
    if (oldest)
        drop(prompts, oldest);
    return oldest != NULL;
}

static struct prompt *free_row(struct prompts *prompts)
{
    for (uint32_t i = 0; i < PROMPTS; i++) {
        if (!prompts->rows[i].voice)
            return &prompts->rows[i];
    }
    return NULL;
}

bool prompts_put(struct prompts *prompts, const struct voice *voice, bool wide, struct text words,
                 uint32_t clip, uint32_t cut_ms)
{
    struct prompt *row = free_row(prompts);
    char *copy = malloc(words.size + 1);

    if (!row && prompts_drop_oldest(prompts))
        row = free_row(prompts);
    if (!row || !copy) {
        free(copy);
        return false;
    }
    memcpy(copy, words.data, words.size);
    *row = (struct prompt){.voice = voice,
                           .hash = hash_words(voice, words),
                           .used = ++prompts->uses,
                           .words = copy,
                           .words_size = words.size,
                           .clip = clip,
                           .cut_ms = cut_ms,
                           .wide = wide};
    return true;
}

static struct prompt *find_clip(struct prompts *prompts, uint32_t clip)
{
    for (uint32_t i = 0; i < PROMPTS; i++) {
        if (prompts->rows[i].voice && prompts->rows[i].clip == clip)
            return &prompts->rows[i];
    }
    return NULL;
}

void prompts_finish(struct prompts *prompts, uint32_t clip, uint64_t bytes)
{
    struct prompt *row = find_clip(prompts, clip);

    if (!row)
        return;
    row->bytes = bytes > 0 ? bytes : 1;
    prompts->bytes += row->bytes;
    while (prompts->bytes > prompts->limit_bytes && prompts_drop_oldest(prompts))
        continue;
}

void prompts_remove(struct prompts *prompts, uint32_t clip)
{
    struct prompt *row = find_clip(prompts, clip);
    if (row)
        drop(prompts, row);
}
