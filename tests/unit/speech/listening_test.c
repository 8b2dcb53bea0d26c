// SPDX-License-Identifier: Apache-2.0
/* listening_test.c - sounds of listening and none, told from words by their sound. The network's worth is measured elsewhere
 * (docs/benchmarks.md); here: what it says of the plainest sounds, and what must not change it. */
#include "speech/listening.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { FRAMES = 40, COUNT = (LISTENING_BEFORE + FRAMES) * FRAME_SAMPLES, FROM = LISTENING_BEFORE * FRAME_SAMPLES };

static int16_t sound[COUNT];
static struct listening listening;

static void clear(void)
{
    memset(sound, 0, sizeof sound);
}

/* Harmonics of a voice, the fewer the darker: lips closed. Fades in and out. */
static void add_voice(double hertz, uint32_t harmonics, uint32_t from_ms, uint32_t ms, double level)
{
    uint32_t from = FROM + from_ms * 8, count = ms * 8;

    for (uint32_t i = 0; i < count && from + i < COUNT; i++) {
        double sum = 0, edge = fmin(1.0, fmin(i, count - i) / 320.0);
        for (uint32_t h = 1; h <= harmonics; h++)
            sum += sin(2 * M_PI * hertz * h * i / 8000.0) / h;
        sound[from + i] = (int16_t)(sound[from + i] + level * edge * sum);
    }
}

static void add_burst(uint32_t from_ms, uint32_t ms, double level)
{
    uint32_t state = 1, from = FROM + from_ms * 8, count = ms * 8;

    for (uint32_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        sound[from + i] = (int16_t)(level * exp(-4.0 * i / count) * ((double)(state >> 8) / (1 << 23) - 1.0));
    }
}

static int odds(uint32_t rate)
{
    struct audio_frame frame = {.rate = rate};

    listening_begin(&listening);
    for (uint32_t i = 0; i < COUNT; i += FRAME_SAMPLES) {
        for (uint32_t j = 0; j < FRAME_SAMPLES && rate == SAMPLE_RATE; j++)
            frame.samples[j] = sound[i + j];
        for (uint32_t j = 0; j < FRAME_SAMPLES && rate != SAMPLE_RATE; j++)
            frame.samples[2 * j] = frame.samples[2 * j + 1] = sound[i + j];
        listening_frame(&listening, &frame);
    }
    return listening_odds(&listening) - LISTENING_EVEN;
}

static void a_hum_and_a_burst_are_no_words(void)
{
    clear();
    add_voice(120, 3, 0, 350, 6000);
    int hum = odds(SAMPLE_RATE);
    clear();
    add_burst(0, 250, 12000);
    int burst = odds(SAMPLE_RATE);
    CHECK(hum > 0 && burst > 0);
}

static void the_telephone_s_level_changes_nothing(void)
{
    clear();
    add_voice(120, 8, 0, 300, 6000);
    int loud = odds(SAMPLE_RATE);
    clear();
    add_voice(120, 8, 0, 300, 1500);
    CHECK(abs(odds(SAMPLE_RATE) - loud) <= 25);
}

static void a_wideband_caller_sounds_the_same(void)
{
    clear();
    add_voice(150, 6, 0, 300, 6000);
    int narrow = odds(SAMPLE_RATE);
    CHECK(abs(odds(2 * SAMPLE_RATE) - narrow) <= 100);
}

static void what_came_before_leaves_nothing(void)
{
    clear();
    add_voice(120, 3, 0, 350, 6000);
    int once = odds(SAMPLE_RATE);
    add_burst(400, 250, 12000);
    CHECK(odds(SAMPLE_RATE) != once); /* What comes after counts. */
    clear();
    add_voice(120, 3, 0, 350, 6000);
    CHECK(odds(SAMPLE_RATE) == once);
}

static void next_to_nothing_is_not_judged(void)
{
    struct audio_frame frame = {.rate = SAMPLE_RATE};

    listening_begin(&listening);
    CHECK(listening_odds(&listening) == 0);
    for (int i = 0; i < LISTENING_BEFORE; i++)
        listening_frame(&listening, &frame);
    CHECK(listening_odds(&listening) == 0);
    for (int i = 0; i < 2 * LISTENING_FRAMES; i++) /* Silence: judged, and no more is taken than there is room. */
        listening_frame(&listening, &frame);
    CHECK(listening_odds(&listening) > 0 && listening.count == LISTENING_FRAMES);
}

int main(void)
{
    RUN(a_hum_and_a_burst_are_no_words);
    RUN(the_telephone_s_level_changes_nothing);
    RUN(a_wideband_caller_sounds_the_same);
    RUN(what_came_before_leaves_nothing);
    RUN(next_to_nothing_is_not_judged);
    return 0;
}
