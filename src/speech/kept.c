// SPDX-License-Identifier: Apache-2.0
/* kept.c - a ring of bytes that begins again whenever it is empty, and moves down when little of it
 * is left, so that its far end is seldom reached. */
#include "speech/kept.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
    MOVE_FROM = 8192,  /* A move of at most as much for each second of sound. */
    STAYS_BYTES = 4096 /* Of memory, while nothing is kept. */
};

int kept_init(struct kept *kept)
{
    void *memory = mmap(NULL, KEPT_SAMPLES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return -ENOMEM;
    kept->bytes = memory;
    kept->touched = 0;
    kept->from = kept->base = kept->to;
    return 0;
}

void kept_release(struct kept *kept)
{
    if (kept->bytes)
        munmap(kept->bytes, KEPT_SAMPLES);
    kept->bytes = NULL;
}

static uint32_t place(const struct kept *kept, uint64_t at)
{
    return (uint32_t)((at - kept->base) % KEPT_SAMPLES);
}

void kept_put(struct kept *kept, const uint8_t *ulaw, uint32_t count)
{
    while (count > 0) {
        uint32_t at = place(kept, kept->to), room = KEPT_SAMPLES - at;
        uint32_t part = count < room ? count : room;
        memcpy(kept->bytes + at, ulaw, part);
        ulaw += part;
        count -= part;
        kept->to += part;
        if (at + part > kept->touched)
            kept->touched = at + part;
    }
    if (kept->to - kept->from > KEPT_SAMPLES)
        kept->from = kept->to - KEPT_SAMPLES;
}

uint32_t kept_read(const struct kept *kept, uint64_t at, uint8_t *out, uint32_t count)
{
    uint32_t done = 0;

    if (at < kept->from || at >= kept->to)
        return 0;
    if (count > kept->to - at)
        count = (uint32_t)(kept->to - at);
    while (done < count) {
        uint32_t from = place(kept, at + done), room = KEPT_SAMPLES - from;
        uint32_t part = count - done < room ? count - done : room;
        memcpy(out + done, kept->bytes + from, part);
        done += part;
    }
    return count;
}

static void move_down(struct kept *kept)
{
    uint32_t at = place(kept, kept->from);
    uint64_t size = kept->to - kept->from;

    if (at < MOVE_FROM || size > at || size > KEPT_SAMPLES - at)
        return;
    memcpy(kept->bytes, kept->bytes + at, size);
    kept->base = kept->from;
}

/* One system call for an utterance. */
static void begin_again(struct kept *kept)
{
    kept->base = kept->to;
    if (kept->touched <= 2 * STAYS_BYTES)
        return;
    madvise(kept->bytes + STAYS_BYTES, KEPT_SAMPLES - STAYS_BYTES, MADV_DONTNEED);
    kept->touched = STAYS_BYTES;
}

void kept_drop(struct kept *kept, uint64_t before)
{
    if (before > kept->to)
        before = kept->to;
    if (before > kept->from)
        kept->from = before;
    if (kept->from == kept->to)
        begin_again(kept);
    else
        move_down(kept);
}
