// SPDX-License-Identifier: Apache-2.0
/* third_test.c - what the filter lets through, and that pieces do not matter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/third.h"
#include "check.h"

enum { IN = 24000, OUT = 8000 };

static int16_t in[IN], out[OUT + THIRD_MOST];

static void tone(double hz, double level)
{
    for (uint32_t i = 0; i < IN; i++)
        in[i] = (int16_t)lrint(level * sin(2 * M_PI * hz * i / 24000));
}

/* In pieces of these lengths, again and again. */
static uint32_t run(const uint32_t *pieces, uint32_t count)
{
    struct third third;
    uint32_t made = 0;

    third_init(&third);
    for (uint32_t at = 0, i = 0; at < IN; i++) {
        uint32_t part = pieces[i % count] < IN - at ? pieces[i % count] : IN - at;
        made += third_put(&third, in + at, part, out + made);
        at += part;
    }
    return made + third_end(&third, out + made);
}

/* What is left of a tone, in dB; the ends are left out. */
static double left_of(double hz)
{
    static const uint32_t whole[] = {THIRD_PIECE};
    double sum = 0;

    tone(hz, 16000);
    CHECK(run(whole, 1) == OUT);
    for (uint32_t i = 100; i < OUT - 100; i++)
        sum += (double)out[i] * out[i];
    return 20 * log10((sqrt(2 * sum / (OUT - 200)) + 0.01) / 16000);
}

static void speech_passes_and_what_would_be_folded_into_it_does_not(void)
{
    for (double hz = 50; hz <= 3400; hz += 50)
        CHECK(fabs(left_of(hz)) < 0.1);
    CHECK(left_of(3500) > -0.3);
    for (double hz = 4400; hz < 12000; hz += 50)
        CHECK(left_of(hz) < -60);
}

static void the_length_of_the_pieces_does_not_matter(void)
{
    static const uint32_t whole[] = {THIRD_PIECE}, odd[] = {1, 2, 95, 7, 480, 0, 31, 479, 3};
    static int16_t first[OUT];

    for (uint32_t i = 0; i < IN; i++)
        in[i] = (int16_t)(rand() % 65536 - 32768);
    CHECK(run(whole, 1) == OUT);
    memcpy(first, out, sizeof first);
    CHECK(run(odd, sizeof odd / sizeof odd[0]) == OUT && memcmp(first, out, sizeof first) == 0);
}

static void sound_is_neither_early_nor_late(void)
{
    static const uint32_t whole[] = {THIRD_PIECE};
    uint32_t most = 0;

    memset(in, 0, sizeof in);
    in[3 * 4000] = in[3 * 4000 + 1] = 30000;
    CHECK(run(whole, 1) == OUT);
    for (uint32_t i = 1; i < OUT; i++)
        most = abs(out[i]) > abs(out[most]) ? i : most;
    CHECK(most == 4000);
}

static void the_loudest_sound_stays_in_bounds(void)
{
    static const uint32_t whole[] = {THIRD_PIECE};

    for (uint32_t i = 0; i < IN; i++)
        in[i] = INT16_MAX;
    CHECK(run(whole, 1) == OUT && out[4000] == INT16_MAX);
}

int main(void)
{
    RUN(speech_passes_and_what_would_be_folded_into_it_does_not);
    RUN(the_length_of_the_pieces_does_not_matter);
    RUN(sound_is_neither_early_nor_late);
    RUN(the_loudest_sound_stays_in_bounds);
    return 0;
}
