// SPDX-License-Identifier: Apache-2.0
/* mouth.c - levels and noise. */
#include "app/mouth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech/speech.h"
#include "wire/wav.h"

enum {
    CLIPS = 4,
    SPEECH_RMS = 1642, /* -26 dBFS: the active level that ITU-T P.56 speech material is given. */
    PAUSE_DB = 25,     /* Frames so far under the loudest are pauses, not speech. */
    RECORDING_BYTES = WAV_HEADER + 2 * MOUTH_SAMPLES + 65536
};

static float level(const int16_t *samples, uint32_t count)
{
    double sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += (double)samples[i] * samples[i];
    return count ? (float)sqrt(sum / count) : 0;
}

/* Root mean square of the frames in which somebody speaks. */
static float speech_level(const int16_t *samples, uint32_t count)
{
    float loudest = 0, sum = 0;
    uint32_t active = 0;

    for (uint32_t at = 0; at + FRAME_SAMPLES <= count; at += FRAME_SAMPLES)
        loudest = fmaxf(loudest, level(samples + at, FRAME_SAMPLES));
    for (uint32_t at = 0; at + FRAME_SAMPLES <= count; at += FRAME_SAMPLES) {
        float now = level(samples + at, FRAME_SAMPLES);
        if (now < loudest * powf(10, -(float)PAUSE_DB / 20))
            continue;
        sum += now * now;
        active++;
    }
    return active ? sqrtf(sum / (float)active) : 0;
}

static int16_t clipped(float sample)
{
    return sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : (int16_t)sample;
}

/* White, with 6 dB an octave less above 400 Hz: a room, a street. */
static float noise_sample(struct mouth *mouth)
{
    float white = (float)random_below(&mouth->random, 65536) / 32768.0f - 1;

    mouth->low += 0.27f * (white - mouth->low);
    return mouth->low;
}

static void make_noise(struct mouth *mouth)
{
    float wanted = SPEECH_RMS * powf(10, -(float)mouth->noise_db / 20), got;

    for (uint32_t i = 0; i < MOUTH_NOISE_SAMPLES; i++)
        mouth->noise[i] = clipped(8000 * noise_sample(mouth));
    got = level(mouth->noise, MOUTH_NOISE_SAMPLES);
    for (uint32_t i = 0; i < MOUTH_NOISE_SAMPLES; i++)
        mouth->noise[i] = clipped((float)mouth->noise[i] * wanted / got);
}

static void add_noise(struct mouth *mouth)
{
    float speech = speech_level(mouth->samples, mouth->count);
    float gain = speech > 0 ? SPEECH_RMS / speech : 0;

    for (uint32_t i = 0; mouth->noise_db && i < mouth->count; i++)
        mouth->samples[i] =
            clipped(gain * (float)mouth->samples[i] + (float)mouth->noise[i % MOUTH_NOISE_SAMPLES]);
}

int mouth_open(struct mouth *mouth, struct text voice, uint32_t noise_db)
{
    memset(mouth, 0, sizeof(*mouth));
    mouth->voice = voice;
    mouth->noise_db = noise_db;
    make_noise(mouth);
    return clip_table_open(&mouth->clips, CLIPS);
}

void mouth_close(struct mouth *mouth)
{
    clip_table_close(mouth->clips);
}

bool mouth_words(struct mouth *mouth, struct text words)
{
    struct clip_view view;
    uint32_t clip;

    if (speech_speak(mouth->clips, mouth->voice, false, words, &clip) != 0)
        return false;
    bool good = clip_read(mouth->clips, clip, &view);
    if (good) {
        mouth->count = view.size < MOUTH_SAMPLES ? view.size : MOUTH_SAMPLES;
        memcpy(mouth->samples, view.linear, mouth->count * sizeof(mouth->samples[0]));
    }
    clip_drop(mouth->clips, clip);
    clip_reap(mouth->clips);
    add_noise(mouth);
    return good;
}

bool mouth_recording(struct mouth *mouth, const char *path)
{
    uint8_t *bytes = malloc(RECORDING_BYTES);
    FILE *file = bytes ? fopen(path, "rbe") : NULL;
    size_t size = file ? fread(bytes, 1, RECORDING_BYTES, file) : 0;
    struct wav wav;
    bool good = wav_read(bytes, size, &wav) && wav.sample_rate == SAMPLE_RATE;

    if (file)
        fclose(file);
    if (good)
        mouth->count = wav_samples(&wav, 0, 0, mouth->samples, MOUTH_SAMPLES);
    free(bytes);
    add_noise(mouth);
    return good;
}
