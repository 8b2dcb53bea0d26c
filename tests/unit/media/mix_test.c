// SPDX-License-Identifier: Apache-2.0
/* mix_test.c - the arithmetic of mixing: what comes out, sample by sample. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "media/mix.h"

enum { FRAME = 160, FRAMES = 40 };

static const int16_t nothing[MIX_MOST];

static void make_tone(int16_t *out, uint32_t from, uint32_t count, double level)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = (int16_t)lrint(level * sin(2 * M_PI * 500 * (from + i) / 8000.0));
}

static void one_voice_alone_comes_out_as_it_went_in(void)
{
    struct mix_source source = {.gain = MIX_UNITY};

    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        int16_t in[FRAME], out[FRAME];
        int32_t sum[FRAME] = {0};
        make_tone(in, frame * FRAME, FRAME, 20000);
        mix_put(&source, in, FRAME);
        CHECK(mix_add(&source, sum, FRAME, 0));
        mix_limit(sum, nothing, out, FRAME);
        uint32_t from = frame == 0 ? MIX_RAMP : 0;
        CHECK(memcmp(in + from, out + from, (FRAME - from) * sizeof *in) == 0);
    }
}

static void two_loud_voices_are_bent_and_never_turn_over(void)
{
    int32_t sum[4] = {32767, -32768, 20000, 100000};
    int16_t voice[4] = {32767, -32768, 4000, 32767}, out[4];

    mix_limit(sum, voice, out, 4);
    CHECK(out[0] > MIX_WHOLE && out[0] <= 32767);
    CHECK(out[1] < -MIX_WHOLE && out[1] >= -32767);
    CHECK(out[2] == 24000);
    CHECK(out[3] > out[0]); /* Louder stays louder. */
}

static void the_bend_begins_without_a_step(void)
{
    int16_t before = 0;

    for (int32_t size = MIX_WHOLE - 10; size < 200000; size += 7) {
        int16_t out;
        mix_limit(&size, nothing, &out, 1);
        CHECK(out >= before && out - before <= 8 + (before == 0) * 32767);
        before = out;
    }
}

static void a_gain_is_what_it_says(void)
{
    CHECK(mix_gain(0) == MIX_UNITY);
    for (int32_t db = -40; db <= 12; db++)
        CHECK(fabs(20 * log10(mix_gain(db) / 4096.0) - db) < 0.25);
    CHECK(mix_gain(-1000) == mix_gain(-40) && mix_gain(1000) == mix_gain(12));
}

/* The largest step from one sample to the next: of the tone itself 0.39 of its level. */
static int32_t largest_step(const int16_t *samples, uint32_t count)
{
    int32_t most = 0;

    for (uint32_t i = 1; i < count; i++) {
        int32_t step = samples[i] - samples[i - 1];
        step = step < 0 ? -step : step;
        most = step > most ? step : most;
    }
    return most;
}

static void what_begins_stops_lacks_or_runs_ahead_does_not_click(void)
{
    struct mix_source source = {.gain = MIX_UNITY};
    int16_t out[FRAMES * FRAME];
    uint32_t put = 5; /* Begins in mid-tone. */

    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        int16_t in[FRAME];
        int32_t sum[FRAME] = {0};
        uint32_t times = frame == 10 ? 0 : frame == 20 ? 5 : frame == 30 ? 0 : 1;
        for (uint32_t i = 0; i < times; i++, put += FRAME) {
            make_tone(in, put, FRAME, 10000);
            mix_put(&source, in, FRAME);
        }
        source.leaving = frame >= 35;
        (void)mix_add(&source, sum, FRAME, 0);
        mix_limit(sum, nothing, out + frame * FRAME, FRAME);
    }
    CHECK(largest_step(out, FRAMES * FRAME) < 4300);
    CHECK(memcmp(out + 36 * FRAME, nothing, FRAME * sizeof *out) == 0);
}

static void nothing_is_heard_before_enough_lies_there(void)
{
    struct mix_source source = {.gain = MIX_UNITY};
    int32_t sum[FRAME] = {0};
    int16_t in[FRAME] = {1};

    for (uint32_t i = 0; i < 2; i++) {
        mix_put(&source, in, FRAME);
        CHECK(!mix_add(&source, sum, FRAME, 2 * FRAME));
    }
    mix_put(&source, in, FRAME);
    CHECK(mix_add(&source, sum, FRAME, 2 * FRAME));
    CHECK(source.fill == 2 * FRAME);
}

/* A naive twin: a queue as an array that is shifted, for lengths and gaps at random. */
static void a_queue_keeps_its_order_whatever_comes_and_goes(void)
{
    static struct mix_source source;
    static int16_t twin[MIX_ROOM];
    uint32_t held = 0;
    uint64_t state = 7;
    int16_t next = 1;

    source = (struct mix_source){.gain = MIX_UNITY, .flowing = true};
    for (uint32_t turn = 0; turn < 20000; turn++) {
        uint32_t count = MIX_RAMP + (uint32_t)(check_random(&state) % 300);
        int16_t in[400];
        int32_t sum[400] = {0};
        if (check_random(&state) % 2 && held + count <= MIX_ROOM) {
            for (uint32_t i = 0; i < count; i++)
                in[i] = twin[held + i] = next = (int16_t)(next % 1000 + 1);
            mix_put(&source, in, count);
            held += count;
        } else if (source.fill >= count && source.fill <= 2 * count) {
            CHECK(mix_add(&source, sum, count, 0));
            for (uint32_t i = 0; i < count; i++)
                CHECK(sum[i] == twin[i]);
            held -= count;
            memmove(twin, twin + count, held * sizeof *twin);
        }
        CHECK(source.fill == held);
    }
}

int main(void)
{
    RUN(one_voice_alone_comes_out_as_it_went_in);
    RUN(two_loud_voices_are_bent_and_never_turn_over);
    RUN(the_bend_begins_without_a_step);
    RUN(a_gain_is_what_it_says);
    RUN(what_begins_stops_lacks_or_runs_ahead_does_not_click);
    RUN(nothing_is_heard_before_enough_lies_there);
    RUN(a_queue_keeps_its_order_whatever_comes_and_goes);
    return 0;
}
