// SPDX-License-Identifier: Apache-2.0
/* codec_frames.c - what 20 ms of each codec cost, encoded and decoded, on a person's voice.
 *
 * codec_frames CODEC encode|decode|silence|quality [ROUNDS [COMPLEXITY]] prints microseconds a
 * frame, or how near the sound remains; under valgrind --tool=callgrind --toggle-collect=measured
 * it counts the instructions of 130 frames a round. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/g711.h"
#include "core/command.h"
#include "media/wide.h"

#define VOICE "/usr/share/pocketsphinx/test/data/goforward.raw"

enum { FRAMES = 130, BANDS = 20, HEARD_DB = 80 };

static int16_t voice[FRAMES][WIDE_FRAME], narrow[FRAMES][FRAME_SAMPLES];
static uint8_t coded[FRAMES][WIDE_PAYLOAD_MOST];
static uint32_t sizes[FRAMES];
static struct wide *wide;
static struct wide_sound sound;
static enum codec codec;
static uint16_t sequence;
static uint32_t timestamp;

static void encode(uint32_t frame)
{
    sizes[frame] = FRAME_SAMPLES;
    if (codec == CODEC_PCMU)
        g711_ulaw_encode(narrow[frame], coded[frame], FRAME_SAMPLES);
    else if (codec == CODEC_PCMA)
        g711_alaw_encode(narrow[frame], coded[frame], FRAME_SAMPLES);
    else
        sizes[frame] = wide_encode(wide, voice[frame], WIDE_FRAME, coded[frame], WIDE_PAYLOAD_MOST);
}

static void decode(uint32_t frame)
{
    struct rtp_packet packet = {.sequence = sequence++,
                                .timestamp = timestamp,
                                .payload = coded[frame],
                                .payload_size = (uint16_t)sizes[frame]};

    timestamp += codec == CODEC_OPUS ? 960 : FRAME_SAMPLES;
    if (codec == CODEC_PCMU)
        g711_ulaw_decode(coded[frame], narrow[frame], FRAME_SAMPLES);
    else if (codec == CODEC_PCMA)
        g711_alaw_decode(coded[frame], narrow[frame], FRAME_SAMPLES);
    else if (!wide_decode(wide, &packet, &sound))
        exit(1);
}

void measured(void (*act)(uint32_t frame)); /* Named for callgrind. */
__attribute__((noinline)) void measured(void (*act)(uint32_t frame))
{
    for (uint32_t i = 0; i < FRAMES; i++)
        act(i);
}

/* Of 20 bands of 400 Hz over 20 ms, in dB below full scale. */
static void look_at_bands(const int16_t *samples, double bands[BANDS])
{
    for (uint32_t band = 0; band < BANDS; band++) {
        bands[band] = 1.0;
        for (uint32_t line = band * 8; line < band * 8 + 8; line++) {
            double re = 0, im = 0;
            for (uint32_t i = 0; i < WIDE_FRAME; i++) {
                double window = 0.5 - 0.5 * cos(2 * M_PI * i / WIDE_FRAME);
                re += window * samples[i] * cos(2 * M_PI * line * i / WIDE_FRAME);
                im += window * samples[i] * sin(2 * M_PI * line * i / WIDE_FRAME);
            }
            bands[band] += re * re + im * im;
        }
        bands[band] = 10 * log10(bands[band]);
    }
}

/* The wave's SNR where the delay is such that it is best, and how far the bands' levels are off,
 * root mean square over all frames and bands whose sound is heard. */
static void tell_quality(void)
{
    static int16_t out[(FRAMES + 4) * WIDE_FRAME];
    const int16_t *in = voice[0];
    double best = -100, off = 0, before[BANDS], after[BANDS];
    uint32_t delay = 0, bands = 0, bytes = 0;

    for (uint32_t i = 0; i < FRAMES; i++) {
        bytes += sizes[i];
        decode(i);
        memcpy(out + (size_t)i * WIDE_FRAME, sound.samples, WIDE_FRAME * sizeof *out);
    }
    for (uint32_t d = 0; d < WIDE_FRAME; d++) {
        double signal = 1, noise = 1;
        for (uint32_t i = 0; i < (FRAMES - 1) * WIDE_FRAME; i++) {
            signal += (double)in[i] * in[i];
            noise += ((double)in[i] - out[i + d]) * ((double)in[i] - out[i + d]);
        }
        if (10 * log10(signal / noise) > best) {
            best = 10 * log10(signal / noise);
            delay = d;
        }
    }
    for (uint32_t f = 0; f < FRAMES - 1; f++) {
        look_at_bands(voice[f], before);
        look_at_bands(out + (size_t)f * WIDE_FRAME + delay, after);
        for (uint32_t band = 0; band < BANDS; band++) {
            if (before[band] < HEARD_DB)
                continue;
            off += (before[band] - after[band]) * (before[band] - after[band]);
            bands++;
        }
    }
    printf("SNR %.2f dB at a delay of %u samples, bands off by %.2f dB, %.1f bytes a frame\n", best,
           delay, sqrt(off / (bands ? bands : 1)), (double)bytes / FRAMES);
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 3 ? (uint32_t)atoi(argv[3]) : 20;
    uint32_t complexity = argc > 4 ? (uint32_t)atoi(argv[4]) : 5;
    struct command command = {.kind = MEDIA_OPEN};
    struct half_down half = {0};
    struct wide_pool pool;
    FILE *file = fopen(VOICE, "re");

    bool silence = argc > 2 && strcmp(argv[2], "silence") == 0;
    if (argc < 3 || !file || fread(voice, sizeof voice[0], FRAMES, file) < FRAMES / 2) {
        fprintf(stderr, "codec_frames pcmu|pcma|g722|opus encode|decode|silence|quality [ROUNDS "
                        "[COMPLEXITY]]; reads " VOICE "\n");
        return 2;
    }
    fclose(file);
    if (silence)
        memset(voice, 0, sizeof voice);
    while (codec < CODEC_KINDS && strcmp(argv[1], codec_names[codec]) != 0)
        codec++;
    if (codec == CODEC_KINDS || wide_pool_open(&pool, 1, complexity) != 0)
        return 2;
    wide = wide_take(&pool);
    command.media.codec = codec;
    command.media.fec = true;
    if (codec_is_wide(codec))
        wide_set(wide, &command);
    for (uint32_t i = 0; i < FRAMES; i++) {
        half_down(&half, voice[i], narrow[i], FRAME_SAMPLES);
        encode(i);
    }
    if (strcmp(argv[2], "quality") == 0) {
        tell_quality();
        wide_pool_close(&pool);
        return 0;
    }
    clock_t from = clock(); /* Of the processor: others may be at work. */
    for (uint32_t i = 0; i < rounds; i++)
        measured(silence || strcmp(argv[2], "encode") == 0 ? encode : decode);
    printf("%s %s: %.2f us a frame\n", argv[1], argv[2],
           (double)(clock() - from) * 1e6 / CLOCKS_PER_SEC / rounds / FRAMES);
    wide_pool_close(&pool);
    return 0;
}
