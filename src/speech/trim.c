// SPDX-License-Identifier: Apache-2.0
/* trim.c - sound or silence, 10 ms at a time. */
#include "speech/trim.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Within speech synthesised silence is nearly digital, and the weakest fricatives of the voices
 * peak above QUIET_PEAK. Before speech the voices hum for up to 0.3 s, with peaks up to 130: nobody
 * hears that, and the caller waits for it. */
enum { QUIET_PEAK = 60, BEGIN_PEAK = 150 };

/* The sound that follows is left as it is: most of its memory is never used. */
void trim_init(struct trim *trim, struct voice_sink out)
{
    trim->out = out;
    trim->scale = out.rate > SAMPLE_RATE ? 2 : 1;
    trim->cut = trim->block_size = trim->quiet_size = 0;
    trim->started = false;
}

static bool is_quiet(const int16_t *samples, uint32_t count, int peak)
{
    for (uint32_t i = 0; i < count; i++) {
        if (abs(samples[i]) > peak)
            return false;
    }
    return true;
}

static bool pass(struct trim *trim, const int16_t *samples, uint32_t count)
{
    return count == 0 || trim->out.put(trim->out.context, samples, count);
}

/* Before the first sound only the newest blocks are kept, so that a soft onset is not clipped. */
static void keep_quiet(struct trim *trim)
{
    uint32_t all = trim->quiet_size + trim->block_size, lead = TRIM_LEAD * trim->scale;

    if (!trim->started && all > lead) {
        uint32_t old = all - lead;
        trim->cut += old / trim->scale;
        trim->quiet_size -= old;
        memmove(trim->quiet, trim->quiet + old, trim->quiet_size * sizeof(trim->quiet[0]));
    }
    uint32_t room = TRIM_PAUSE * trim->scale - trim->quiet_size;
    uint32_t count = trim->block_size < room ? trim->block_size : room;
    memcpy(trim->quiet + trim->quiet_size, trim->block, count * sizeof(trim->block[0]));
    trim->quiet_size += count;
}

static bool end_block(struct trim *trim)
{
    bool more = true;

    if (is_quiet(trim->block, trim->block_size, trim->started ? QUIET_PEAK : BEGIN_PEAK)) {
        keep_quiet(trim);
    } else {
        trim->started = true;
        more =
            pass(trim, trim->quiet, trim->quiet_size) && pass(trim, trim->block, trim->block_size);
        trim->quiet_size = 0;
    }
    trim->block_size = 0;
    return more;
}

static bool block_is_whole(const struct trim *trim)
{
    return trim->block_size == TRIM_BLOCK * trim->scale;
}

bool trim_put(void *context, const int16_t *samples, uint32_t count)
{
    struct trim *trim = context;

    while (count > 0) {
        uint32_t room = TRIM_BLOCK * trim->scale - trim->block_size;
        uint32_t part = count < room ? count : room;
        memcpy(trim->block + trim->block_size, samples, part * sizeof(samples[0]));
        trim->block_size += part;
        samples += part;
        count -= part;
        if (block_is_whole(trim) && !end_block(trim))
            return false;
    }
    return true;
}

void trim_finish(struct trim *trim)
{
    if (trim->block_size > 0 && !end_block(trim))
        return;
    if (trim->started)
        (void)pass(trim, trim->quiet,
                   trim->quiet_size < TRIM_TAIL * trim->scale ? trim->quiet_size
                                                              : TRIM_TAIL * trim->scale);
    trim->quiet_size = 0;
}
