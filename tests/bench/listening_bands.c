// SPDX-License-Identifier: Apache-2.0
/* listening_bands.c - what src/speech/listening.c is given of sounds, for fitting its numbers:
 *
 *   listening_bands OUT DB WAV...
 *
 * Each sound (8 kHz, 16 bit), with a street's noise DB below it (0: none), through mu-law and the
 * gate. OUT: of each that opens it, how long it was open in ms and its bands, as floats; their names
 * go to stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "media/gate.h"
#include "speech/listening.h"
#include "street.h"

enum { BEFORE = 100, AFTER = 100, LONGEST = 32 * FRAME_SAMPLES * 50 };

static int16_t samples[LONGEST];
static struct listening listening;

static void give(const int16_t *sound, uint32_t from, uint32_t frames)
{
    struct audio_frame frame = {.rate = SAMPLE_RATE};

    memset(&listening, 0, sizeof listening);
    listening_begin(&listening);
    for (uint32_t i = from; i < frames; i++) {
        memcpy(frame.samples, sound + (size_t)i * FRAME_SAMPLES, FRAME_SAMPLES * sizeof *sound);
        listening_frame(&listening, &frame);
    }
}

/* In ms; how long the gate was open first. 0: never. */
static float hear(uint32_t frames)
{
    struct gate gate;
    uint32_t opened = 0, from = 0, to = 0;

    gate_init(&gate);
    for (uint32_t i = 0; i < frames && to == 0; i++) {
        enum gate_result edge = gate_frame(&gate, samples + (size_t)i * FRAME_SAMPLES);
        if (edge == GATE_OPENED) {
            from = (i + 1) * FRAME_SAMPLES - gate.edge_samples;
            opened = i;
        }
        if (edge == GATE_CLOSED)
            to = (i + 1) * FRAME_SAMPLES - gate.edge_samples;
    }
    if (opened == 0)
        return 0;
    give(samples, opened - LISTENING_BEFORE, frames);
    return (float)((to ? to : frames * FRAME_SAMPLES) - from) / 8.0f;
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "we") : NULL;
    uint32_t before = BEFORE * FRAME_SAMPLES, after = AFTER * FRAME_SAMPLES;

    if (!out)
        return 2;
    for (int i = 3; i < argc; i++) {
        memset(samples, 0, sizeof samples);
        uint32_t count = street_read(argv[i], samples + before, LONGEST - before - after);
        if (count == UINT32_MAX)
            continue;
        count += before + after;
        if (atoi(argv[2]))
            street_add(samples, count, atoi(argv[2]));
        street_telephone(samples, count);
        float ms = hear(count / FRAME_SAMPLES);
        if (ms == 0)
            continue;
        fwrite(&ms, sizeof ms, 1, out);
        fwrite(listening.bands, sizeof listening.bands, 1, out);
        printf("%s\n", argv[i]);
    }
    fclose(out);
    return 0;
}
