// SPDX-License-Identifier: Apache-2.0
/* mix.c - queues that never wait, and one sum. */
#include "media/mix.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"

int32_t mix_gain(int32_t db)
{
    /* By 4 dB and by 1 dB, in 4,096ths: no library, the same everywhere. */
    static const uint16_t fours[] = {41,   65,   103,  163,  260,  412,   653,
                                     1034, 1640, 2598, 4096, 6492, 10289, 16306};
    static const uint16_t ones[] = {4096, 4596, 5157, 5786};
    int32_t clipped = db < -40 ? -40 : db > 12 ? 12 : db;
    uint32_t up = (uint32_t)(clipped + 40);

    return (int32_t)((uint32_t)fours[up / 4] * ones[up % 4] / 4096);
}

void mix_clear(struct mix_source *source)
{
    source->first = source->fill = 0;
    source->flowing = false;
}

static uint32_t at(const struct mix_source *source, uint32_t offset)
{
    uint32_t place = source->first + offset;

    return place < MIX_ROOM ? place : place - MIX_ROOM;
}

static void leave_out(struct mix_source *source, uint32_t count)
{
    source->first = at(source, count);
    source->fill -= count;
}

void mix_put(struct mix_source *source, const int16_t *samples, uint32_t count)
{
    assert(count <= MIX_MOST);
    if (source->fill + count > MIX_ROOM)
        leave_out(source, source->fill + count - MIX_ROOM);
    uint32_t end = at(source, source->fill);
    uint32_t now = count < MIX_ROOM - end ? count : MIX_ROOM - end;
    memcpy(source->samples + end, samples, now * sizeof *samples);
    memcpy(source->samples, samples + now, (count - now) * sizeof *samples);
    source->fill += count;
}

/* What comes after the surplus begins as what would have come without it. */
static void blend_over(struct mix_source *source, uint32_t surplus)
{
    for (int32_t i = 0; i < MIX_RAMP; i++) {
        int32_t old = source->samples[at(source, (uint32_t)i)];
        int16_t *new = &source->samples[at(source, surplus + (uint32_t)i)];
        *new = (int16_t)((old * (MIX_RAMP - i) + *new *i) / MIX_RAMP);
    }
    leave_out(source, surplus);
}

static void ramp(int16_t *samples, bool up)
{
    for (int32_t i = 0; i < MIX_RAMP; i++)
        samples[i] = (int16_t)(samples[i] * (up ? i : MIX_RAMP - i) / MIX_RAMP);
}

TWO_WIDTHS static void add(int32_t *restrict sum, const int16_t *restrict samples, int32_t gain,
                           uint32_t count)
{
    if (gain == MIX_UNITY) {
        for (uint32_t i = 0; i < count; i++)
            sum[i] += samples[i];
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        sum[i] += samples[i] * gain / MIX_UNITY;
}

/* The end of what there was: from its last sample down to nothing. */
static uint32_t fall(const struct mix_source *source, int16_t *taken, uint32_t have, uint32_t count)
{
    uint32_t length = count - have < MIX_RAMP ? count - have : MIX_RAMP;

    for (uint32_t i = 0; i < length; i++)
        taken[have + i] = (int16_t)(source->last * (int32_t)(MIX_RAMP - 1 - i) / MIX_RAMP);
    return have + length;
}

static uint32_t take(struct mix_source *source, int16_t *out, uint32_t count)
{
    uint32_t have = source->fill < count ? source->fill : count;

    uint32_t now = have < MIX_ROOM - source->first ? have : MIX_ROOM - source->first;
    memcpy(out, source->samples + source->first, now * sizeof *out);
    memcpy(out + now, source->samples, (have - now) * sizeof *out);
    leave_out(source, have);
    if (have > 0)
        source->last = out[have - 1];
    return have;
}

bool mix_add(struct mix_source *source, int32_t *sum, uint32_t count, uint32_t spare)
{
    int16_t taken[MIX_MOST];

    assert(count >= MIX_RAMP && count <= MIX_MOST);
    spare = spare < MIX_ROOM - count ? spare : MIX_ROOM - count;
    bool rises = !source->flowing;
    uint32_t wanted = spare > 0 ? count + spare : MIX_RAMP; /* Nothing to spare: nothing to wait. */
    if (rises && (source->fill < wanted || source->leaving))
        return false;
    if (source->fill > 2 * count + spare)
        blend_over(source, source->fill - count - spare);
    uint32_t have = take(source, taken, count);
    source->flowing = have == count && !source->leaving;
    if (rises)
        ramp(taken, true);
    if (have < count)
        have = fall(source, taken, have, count);
    else if (source->leaving)
        ramp(taken + count - MIX_RAMP, false);
    add(sum, taken, source->gain, have);
    return true;
}

static int16_t bend(int32_t size)
{
    enum { REST = 32767 - MIX_WHOLE };
    int32_t over = size - MIX_WHOLE;

    return (int16_t)(MIX_WHOLE + (int64_t)over * REST / (over + REST));
}

TWO_WIDTHS static int32_t sum_up(const int32_t *restrict sum, const int16_t *restrict voice,
                                 int32_t *restrict out, uint32_t count)
{
    int32_t most = 0;

    for (uint32_t i = 0; i < count; i++) {
        int32_t both = sum[i] + voice[i], size = both < 0 ? -both : both;
        out[i] = both;
        most = size > most ? size : most;
    }
    return most;
}

void mix_limit(const int32_t *sum, const int16_t *voice, int16_t *out, uint32_t count)
{
    int32_t both[MIX_MOST];
    int32_t most = sum_up(sum, voice, both, count);

    for (uint32_t i = 0; most < MIX_WHOLE && i < count; i++)
        out[i] = (int16_t)both[i];
    for (uint32_t i = 0; most >= MIX_WHOLE && i < count; i++) {
        if (both[i] >= MIX_WHOLE)
            out[i] = bend(both[i]);
        else if (both[i] <= -MIX_WHOLE)
            out[i] = (int16_t)-bend(-both[i]);
        else
            out[i] = (int16_t)both[i];
    }
}
