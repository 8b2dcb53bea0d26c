// SPDX-License-Identifier: Apache-2.0
/* earshot_pool.c - room for every leg of a thread to hear others, touched by those that do. */
#include "media/earshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int earshot_pool_open(struct earshot_pool *pool, uint32_t count)
{
    void *memory;

    *pool = (struct earshot_pool){.count = count > 0 ? count : 1};
    pool->free = calloc(pool->count, sizeof *pool->free);
    memory = mmap(NULL, pool->count * sizeof *pool->all, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!pool->free || memory == MAP_FAILED) {
        free(pool->free);
        *pool = (struct earshot_pool){.count = 0};
        return -ENOMEM;
    }
    pool->all = memory;
    while (pool->left < pool->count) {
        pool->free[pool->left] = pool->count - 1 - pool->left;
        pool->left++;
    }
    return 0;
}

void earshot_pool_close(struct earshot_pool *pool)
{
    if (pool->all)
        munmap(pool->all, pool->count * sizeof *pool->all);
    free(pool->free);
    *pool = (struct earshot_pool){.count = 0};
}

struct earshot *earshot_take(struct earshot_pool *pool)
{
    if (pool->left == 0)
        return NULL;
    uint32_t index = pool->free[--pool->left];
    struct earshot *earshot = &pool->all[index];

    memset(earshot, 0, sizeof *earshot);
    earshot->index = index;
    earshot->own.gain = earshot->noted.gain = MIX_UNITY;
    return earshot;
}

void earshot_put(struct earshot_pool *pool, struct earshot *earshot)
{
    pool->free[pool->left++] = earshot->index;
}
