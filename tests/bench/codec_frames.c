// SPDX-License-Identifier: Apache-2.0
/* codec_frames.c - what 20 ms of each codec cost, encoded and decoded, on a person's voice.
 *
 * codec_frames CODEC encode|decode|silence [ROUNDS] prints microseconds a frame; under
 * valgrind --tool=callgrind --toggle-collect=measured it counts the instructions of 130 frames a
 * round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/g711.h"
#include "core/command.h"
#include "media/wide.h"

#define VOICE "/usr/share/pocketsphinx/test/data/goforward.raw"

enum { FRAMES = 130 };

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
        sizes[frame] = wide_encode(wide, voice[frame], coded[frame]);
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

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 3 ? (uint32_t)atoi(argv[3]) : 20;
    struct command command = {.kind = MEDIA_OPEN};
    struct half_down half = {0};
    struct wide_pool pool;
    FILE *file = fopen(VOICE, "re");

    bool silence = argc > 2 && strcmp(argv[2], "silence") == 0;
    if (argc < 3 || !file || fread(voice, sizeof voice[0], FRAMES, file) < FRAMES / 2) {
        fprintf(stderr,
                "codec_frames pcmu|pcma|g722|opus encode|decode|silence [ROUNDS]; reads " VOICE
                "\n");
        return 2;
    }
    fclose(file);
    if (silence)
        memset(voice, 0, sizeof voice);
    while (codec < CODEC_KINDS && strcmp(argv[1], codec_names[codec]) != 0)
        codec++;
    if (codec == CODEC_KINDS || wide_pool_open(&pool, 1) != 0)
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
    clock_t from = clock(); /* Of the processor: others may be at work. */
    for (uint32_t i = 0; i < rounds; i++)
        measured(silence || strcmp(argv[2], "encode") == 0 ? encode : decode);
    printf("%s %s: %.2f us a frame\n", argv[1], argv[2],
           (double)(clock() - from) * 1e6 / CLOCKS_PER_SEC / rounds / FRAMES);
    wide_pool_close(&pool);
    return 0;
}
