// SPDX-License-Identifier: Apache-2.0
/* gate_test.c - what the cheap voice gate lets through, how soon, and what it holds. */
#include "media/gate.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "check.h"

static struct gate gate;
static uint64_t chance;
static uint32_t at; /* Samples so far. */
static uint32_t openings, closings;
static uint32_t opened_at, opened_edge, closed_at, closed_edge;

static double noise(double dbfs)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += check_random(&chance) / 4294967296.0;
    return (sum - 6.0) * 32768 * pow(10, dbfs / 20);
}

static void begin(void)
{
    gate_init(&gate);
    chance = 42;
    at = openings = closings = 0;
}

/* Feeds `ms` of `sound`(time in s) over line noise of -60 dBFS. */
static void feed(uint32_t ms, double (*sound)(double))
{
    int16_t samples[FRAME_SAMPLES];

    for (uint32_t frame = 0; frame < ms / FRAME_MS; frame++) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
            double v = noise(-60) + (sound ? sound((at + i) / 8000.0) : 0);
            samples[i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
        }
        at += FRAME_SAMPLES;
        enum gate_result result = gate_frame(&gate, samples);
        if (result == GATE_OPENED) {
            openings++;
            opened_at = at;
            opened_edge = at - gate.edge_samples;
        } else if (result == GATE_CLOSED) {
            closings++;
            closed_at = at;
            closed_edge = at - gate.edge_samples;
        }
    }
}

/* A vowel: 120-160 Hz, formants near 700 and 1,200 Hz. */
static double vowel(double t)
{
    double phase = 140 * t + 2 * sin(2 * M_PI * 3 * t) / (2 * M_PI), v = 0;

    for (int h = 1; h < 20; h++) {
        double f = 140.0 * h;
        double shape = 1 / (1 + pow((f - 700) / 150, 2)) + 0.6 / (1 + pow((f - 1200) / 200, 2));
        v += (0.05 + shape) * sin(2 * M_PI * h * phase);
    }
    return 1800 * v;
}

/* The same through a telephone that passes nothing above 1,000 Hz. */
static double dark_vowel(double t)
{
    double phase = 140 * t + 2 * sin(2 * M_PI * 3 * t) / (2 * M_PI), v = 0;

    for (int h = 1; h < 8; h++)
        v += sin(2 * M_PI * h * phase) / h;
    return 3000 * v;
}

static double noisy_dial_tone(double t)
{
    return 5000 * (sin(2 * M_PI * 350 * t) + sin(2 * M_PI * 440 * t)) + noise(-42);
}

static double dial_tone(double t)
{
    return 5000 * (sin(2 * M_PI * 350 * t) + sin(2 * M_PI * 440 * t));
}

static double ringback(double t)
{
    return fmod(t, 3) < 1 ? 4000 * (sin(2 * M_PI * 440 * t) + sin(2 * M_PI * 480 * t)) : 0;
}

static double busy(double t)
{
    return fmod(t, 1) < 0.5 ? 4000 * (sin(2 * M_PI * 480 * t) + sin(2 * M_PI * 620 * t)) : 0;
}

static double key(double t)
{
    return fmod(t, 0.2) < 0.1 ? 5000 * (sin(2 * M_PI * 770 * t) + sin(2 * M_PI * 1336 * t)) : 0;
}

static double loud_line(double t)
{
    (void)t;
    return noise(-33);
}

static double noise_in_steps(double t)
{
    return noise(fmod(t, 4) < 2 ? -45 : -30);
}

static double hum(double t)
{
    return 3000 * sin(2 * M_PI * 50 * t) + 800 * sin(2 * M_PI * 150 * t);
}

static void a_voice_opens_within_80_ms_and_its_first_sample_is_known_to_20(void)
{
    for (uint32_t offset = 0; offset < 5; offset++) {
        begin();
        feed(600 + 20 * offset, NULL);
        uint32_t began = at;
        feed(500, vowel);
        CHECK(openings == 1 && opened_at - began <= 80 * 8);
        CHECK(opened_edge + 20 * 8 >= began && opened_edge <= began + 20 * 8);
        CHECK(gate.level_db > -30 && gate.level_db < -5);
    }
}

static void a_dark_voice_opens_as_soon(void)
{
    begin();
    feed(600, NULL);
    uint32_t began = at;
    feed(500, dark_vowel);
    CHECK(openings == 1 && opened_at - began <= 80 * 8);
}

static void a_voice_that_ends_closes_200_ms_after_its_last_sample(void)
{
    begin();
    feed(600, NULL);
    feed(700, vowel);
    uint32_t ended = at;
    feed(600, NULL);
    CHECK(openings == 1 && closings == 1 && !gate.open);
    CHECK(closed_at - ended >= 180 * 8 && closed_at - ended <= 260 * 8);
    CHECK(closed_edge + 10 * 8 >= ended && closed_edge <= ended + 40 * 8);
}

static void a_pause_within_a_word_does_not_close(void)
{
    begin();
    feed(600, NULL);
    feed(200, vowel);
    feed(140, NULL);
    feed(200, vowel);
    CHECK(openings == 1 && closings == 0 && gate.open);
}

static void tones_and_line_noise_are_held(void)
{
    static double (*const sounds[])(double) = {
        dial_tone, noisy_dial_tone, ringback, busy, key, loud_line, hum, noise_in_steps};

    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        begin();
        feed(500, NULL);
        feed(20000, sounds[i]);
        if (openings > 0)
            fprintf(stderr, "sound %zu: %u openings\n", i, openings);
        CHECK(openings == 0);
    }
}

static void a_voice_over_a_noisy_line_still_opens(void)
{
    begin();
    feed(3000, loud_line);
    CHECK(openings == 0);
    int16_t samples[FRAME_SAMPLES];
    for (int frame = 0; frame < 10; frame++) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
            samples[i] = (int16_t)(vowel((at + i) / 8000.0) + noise(-33));
        at += FRAME_SAMPLES;
        openings += gate_frame(&gate, samples) == GATE_OPENED;
    }
    CHECK(openings == 1);
}

static void sound_that_stops_coming_closes_the_gate(void)
{
    enum gate_result result = GATE_SAME;
    int gaps = 0;

    begin();
    feed(600, NULL);
    feed(400, vowel);
    CHECK(gate.open);
    while (result == GATE_SAME && gaps < 20) {
        result = gate_gap(&gate, FRAME_SAMPLES);
        gaps++;
    }
    CHECK(result == GATE_CLOSED && gaps >= 9 && gaps <= 11);
    CHECK(gate.edge_samples >= 1440 && gate.edge_samples <= 1760);
    CHECK(gate_gap(&gate, FRAME_SAMPLES) == GATE_SAME);
}

static void digital_extremes_do_no_harm(void)
{
    static const int16_t zero[FRAME_SAMPLES];
    int16_t extreme[FRAME_SAMPLES];

    begin();
    for (int i = 0; i < FRAME_SAMPLES; i++)
        extreme[i] = i % 2 ? 32767 : -32768;
    for (int i = 0; i < 200; i++)
        CHECK(gate_frame(&gate, zero) == GATE_SAME);
    for (int i = 0; i < 200; i++)
        (void)gate_frame(&gate, i % 3 ? extreme : zero);
    for (int i = 0; i < 60; i++)
        (void)gate_frame(&gate, zero);
    CHECK(!gate.open && isfinite(gate.level) && isfinite(gate.floor_db));
    feed(600, NULL);
    feed(400, vowel);
    CHECK(gate.open);
}

int main(void)
{
    RUN(a_voice_opens_within_80_ms_and_its_first_sample_is_known_to_20);
    RUN(a_dark_voice_opens_as_soon);
    RUN(a_voice_that_ends_closes_200_ms_after_its_last_sample);
    RUN(a_pause_within_a_word_does_not_close);
    RUN(tones_and_line_noise_are_held);
    RUN(a_voice_over_a_noisy_line_still_opens);
    RUN(sound_that_stops_coming_closes_the_gate);
    RUN(digital_extremes_do_no_harm);
    return 0;
}
