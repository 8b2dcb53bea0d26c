// SPDX-License-Identifier: Apache-2.0
/* clip.c - a fixed table of slots; each living clip is one mapping.
 *
 * An id is generation << 16 | slot + 1. `state` holds generation and references in one word, so
 * that a stale id is told from a live one by a single load, and hold and drop are one addition
 * each. The lock guards only the making and the reaping, which readers never do. A slot's pointers
 * are written before its state is published and after nobody refers to it any more. */
#include "base/clip.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/half.h"

enum {
    MAX_CLIPS = 0xFFFF,
    GENERATIONS = 0xFFFF,
    BYTES_A_SAMPLE = 6, /* Of address space: linear, wide. */
    APPENDED = 320      /* Samples made narrow at a time. */
};

struct clip {
    _Alignas(64) _Atomic uint64_t state; /* generation << 32 | references */
    _Atomic uint32_t size;
    atomic_bool finished;
    uint32_t generation; /* Of the next or the present use: 1 .. GENERATIONS. Under the lock. */
    uint32_t max_samples;
    int16_t *linear; /* NULL: the slot is free. */
    int16_t *wide;       /* Behind the other, so that it costs nothing while it is not written. */
    atomic_bool is_wide; /* Said before the first size. */
    struct half_down narrowing;
    uint8_t *forms[CLIP_FORMS];
    uint32_t frame_bytes[CLIP_FORMS];
};

struct clip_table {
    pthread_mutex_t lock;
    uint32_t count;
    uint32_t free_count;
    uint32_t *free_slots; /* A stack: low slots first. */
    uint32_t high;        /* Slots from here on are free: those in use are looked through often. */
    struct clip *clips;
};

int clip_table_open(struct clip_table **out, uint32_t count)
{
    assert(count > 0 && count <= MAX_CLIPS);
    struct clip_table *table = calloc(1, sizeof(*table));
    if (!table)
        return -ENOMEM;
    table->free_slots = calloc(count, sizeof(*table->free_slots));
    table->clips = aligned_alloc(64, count * sizeof(*table->clips));
    if (!table->free_slots || !table->clips) {
        free(table->free_slots);
        free(table->clips);
        free(table);
        return -ENOMEM;
    }
    memset(table->clips, 0, count * sizeof(*table->clips));
    pthread_mutex_init(&table->lock, NULL);
    table->count = table->free_count = count;
    for (uint32_t i = 0; i < count; i++) {
        table->free_slots[i] = count - 1 - i;
        table->clips[i].generation = 1;
    }
    *out = table;
    return 0;
}

static void unmap(struct clip *clip)
{
    munmap(clip->linear, (size_t)clip->max_samples * BYTES_A_SAMPLE);
    clip->linear = NULL;
    for (uint32_t form = 0; form < CLIP_FORMS; form++) {
        free(clip->forms[form]);
        clip->forms[form] = NULL;
    }
}

void clip_table_close(struct clip_table *table)
{
    if (!table)
        return;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->clips[i].linear)
            unmap(&table->clips[i]);
    pthread_mutex_destroy(&table->lock);
    free(table->free_slots);
    free(table->clips);
    free(table);
}

/* The slot of an id, or NULL for an id that never was. */
static struct clip *slot_of(struct clip_table *table, uint32_t clip)
{
    uint32_t slot = (clip & 0xFFFF) - 1;
    return slot < table->count ? &table->clips[slot] : NULL;
}

static bool is_alive(uint64_t state, uint32_t clip)
{
    return state >> 32 == clip >> 16 && (uint32_t)state > 0;
}

/* For owners of a reference: anything but a living clip is a bug of theirs. */
static struct clip *held(struct clip_table *table, uint32_t clip)
{
    struct clip *c = slot_of(table, clip);
    assert(c && is_alive(atomic_load_explicit(&c->state, memory_order_acquire), clip));
    return c;
}

uint32_t clip_new(struct clip_table *table, uint32_t max_samples)
{
    uint32_t id = 0;

    if (max_samples == 0)
        max_samples = 1;
    pthread_mutex_lock(&table->lock);
    if (table->free_count > 0) {
        uint32_t slot = table->free_slots[table->free_count - 1];
        struct clip *clip = &table->clips[slot];
        void *memory = mmap(NULL, (size_t)max_samples * BYTES_A_SAMPLE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory != MAP_FAILED) {
            table->free_count--;
            clip->linear = memory;
            clip->wide = clip->linear + max_samples;
            clip->narrowing = (struct half_down){0};
            atomic_store_explicit(&clip->is_wide, false, memory_order_relaxed);
            clip->max_samples = max_samples;
            atomic_store_explicit(&clip->size, 0, memory_order_relaxed);
            atomic_store_explicit(&clip->finished, false, memory_order_relaxed);
            atomic_store_explicit(&clip->state, (uint64_t)clip->generation << 32 | 1,
                                  memory_order_release);
            id = clip->generation << 16 | (slot + 1);
            if (slot >= table->high)
                table->high = slot + 1;
        }
    }
    pthread_mutex_unlock(&table->lock);
    return id;
}

bool clip_append(struct clip_table *table, uint32_t clip, const int16_t *samples, uint32_t count)
{
    struct clip *c = held(table, clip);
    uint32_t size = atomic_load_explicit(&c->size, memory_order_relaxed);
    uint32_t room = c->max_samples - size;
    uint32_t taken = count < room ? count : room;

    assert(!atomic_load_explicit(&c->finished, memory_order_relaxed));
    if (taken > 0)
        memcpy(c->linear + size, samples, taken * sizeof(*samples));
    atomic_store_explicit(&c->size, size + taken, memory_order_release);
    return taken == count;
}

bool clip_append_wide(struct clip_table *table, uint32_t clip, const int16_t *samples,
                      uint32_t count)
{
    struct clip *c = held(table, clip);
    int16_t narrow[APPENDED];

    atomic_store_explicit(&c->is_wide, true, memory_order_relaxed);
    while (count > 0) {
        uint32_t size = atomic_load_explicit(&c->size, memory_order_relaxed);
        uint32_t part = count < APPENDED ? count : APPENDED;
        uint32_t room = c->max_samples - size, taken = part < room ? part : room;
        memcpy(c->wide + 2 * (size_t)size, samples, taken * 2 * sizeof(*samples));
        half_down(&c->narrowing, samples, narrow, part);
        if (!clip_append(table, clip, narrow, part))
            return false;
        samples += 2 * (size_t)part;
        count -= part;
    }
    return true;
}

void clip_precede_wide(struct clip_table *table, uint32_t clip, const int16_t *samples,
                       uint32_t count)
{
    struct clip *c = held(table, clip);
    int16_t narrow[APPENDED];

    for (uint32_t done = 0, part; done < count; done += part) {
        part = count - done < APPENDED / 2 ? count - done : APPENDED / 2;
        half_down(&c->narrowing, samples + 2 * (size_t)done, narrow, part);
    }
}

void clip_put_form(struct clip_table *table, uint32_t clip, enum clip_form form, uint8_t *bytes,
                   uint32_t frame_bytes)
{
    struct clip *c = held(table, clip);

    assert(!c->forms[form]);
    c->forms[form] = bytes;
    c->frame_bytes[form] = frame_bytes;
}

void clip_finish(struct clip_table *table, uint32_t clip)
{
    atomic_store_explicit(&held(table, clip)->finished, true, memory_order_release);
}

void clip_hold(struct clip_table *table, uint32_t clip)
{
    atomic_fetch_add_explicit(&held(table, clip)->state, 1, memory_order_relaxed);
}

void clip_drop(struct clip_table *table, uint32_t clip)
{
    atomic_fetch_sub_explicit(&held(table, clip)->state, 1, memory_order_release);
}

bool clip_read(struct clip_table *table, uint32_t clip, struct clip_view *out)
{
    const struct clip *c = slot_of(table, clip);

    if (!c || !is_alive(atomic_load_explicit(&c->state, memory_order_acquire), clip))
        return false;
    out->linear = c->linear;
    memcpy(out->forms, c->forms, sizeof out->forms);
    memcpy(out->frame_bytes, c->frame_bytes, sizeof out->frame_bytes);
    /* finished before size: a clip seen finished is seen whole. */
    out->finished = atomic_load_explicit(&c->finished, memory_order_acquire);
    out->size = atomic_load_explicit(&c->size, memory_order_acquire);
    out->wide = atomic_load_explicit(&c->is_wide, memory_order_relaxed) ? c->wide : NULL;
    return true;
}

uint32_t clip_reap(struct clip_table *table)
{
    uint32_t reaped = 0;

    pthread_mutex_lock(&table->lock);
    for (uint32_t i = 0; i < table->high; i++) {
        struct clip *clip = &table->clips[i];
        if (!clip->linear || (uint32_t)atomic_load_explicit(&clip->state, memory_order_acquire) > 0)
            continue;
        unmap(clip);
        clip->generation = clip->generation % GENERATIONS + 1;
        table->free_slots[table->free_count++] = i;
        reaped++;
    }
    while (table->high > 0 && !table->clips[table->high - 1].linear)
        table->high--;
    pthread_mutex_unlock(&table->lock);
    return reaped;
}
