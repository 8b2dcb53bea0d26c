// SPDX-License-Identifier: Apache-2.0
/* arena.c - a list of blocks, each filled from its start. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer everything has a block of its own, so that the first byte written too far
 * is seen; packed side by side, it would silently be a neighbour's. */
#if defined(__SANITIZE_ADDRESS__)
#define ONE_A_BLOCK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_A_BLOCK 1
#endif
#endif
#ifdef ONE_A_BLOCK
enum { BLOCK_BYTES = 1, ALIGNMENT = 1 };
#else
enum { BLOCK_BYTES = 4096, ALIGNMENT = alignof(max_align_t) };
#endif

struct block {
    struct block *older;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *newest;
    size_t limit_bytes, total_bytes; /* Of the blocks. */
};

struct arena *arena_new(size_t limit_bytes)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena)
        arena->limit_bytes = limit_bytes;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    while (arena->newest) {
        struct block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    free(arena);
}

/* A block with room for size. Large things get a block of their own size. */
static struct block *add_block(struct arena *arena, size_t size)
{
    size_t left = arena->limit_bytes - arena->total_bytes;
    size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    if (bytes > left)
        bytes = left;
    if (bytes < size)
        return NULL;
    struct block *block = calloc(1, sizeof(*block) + bytes);
    if (!block)
        return NULL;
    block->older = arena->newest;
    block->size = bytes;
    arena->newest = block;
    arena->total_bytes += bytes;
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size == 0)
        size = ALIGNMENT;
    struct block *block = arena->newest;
    if (!block || block->size - block->used < size)
        block = add_block(arena, size);
    if (!block)
        return NULL;
    void *taken = block->bytes + block->used;
    block->used += size;
    return taken;
}

struct text arena_text(struct arena *arena, struct text t)
{
    char *copy = arena_take(arena, (size_t)t.size + 1);
    if (!copy)
        return (struct text){.data = NULL, .size = 0};
    if (t.size > 0)
        memcpy(copy, t.data, t.size);
    return (struct text){.data = copy, .size = t.size};
}
