// SPDX-License-Identifier: Apache-2.0
/* codec.c - G.711, whose loudness is read off the code words: they grow with the magnitude. G.722
 * by spandsp and Opus by libopus, decoded to be heard. */
#include "load/codec.h"

#include <opus/opus.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/g711.h"
#include "base/limits.h"

/* Last, in this order: it has a SAMPLE_RATE of its own. */
#include <spandsp/telephony.h>

#include <spandsp/g722.h>

enum {
    AUDIBLE = 328, /* -40 dBFS */
    WIDE_RATE = 16000,
    G722_BITRATE = 64000,
    OPUS_BITRATE = 24000,
    OPUS_COMPLEXITY = 5
};

static uint32_t encode_ulaw(void *voice, const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
    (void)voice;
    g711_ulaw_encode(samples, out, FRAME_SAMPLES);
    return FRAME_SAMPLES;
}

static uint32_t encode_alaw(void *voice, const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
    (void)voice;
    g711_alaw_encode(samples, out, FRAME_SAMPLES);
    return FRAME_SAMPLES;
}

/* The largest magnitude once the bits that the law inverts are put right. */
static uint8_t peak(const uint8_t *payload, size_t size, uint8_t inverted)
{
    uint8_t most = 0;

    for (size_t i = 0; i < size; i++) {
        uint8_t magnitude = (uint8_t)((payload[i] ^ inverted) & 0x7f);
        most = magnitude > most ? magnitude : most;
    }
    return most;
}

static bool audible_ulaw(void *ear, const uint8_t *payload, size_t size)
{
    const int16_t bound = AUDIBLE;
    uint8_t code;

    (void)ear;
    g711_ulaw_encode(&bound, &code, 1);
    return peak(payload, size, 0xff) >= ((code ^ 0xff) & 0x7f);
}

static bool audible_alaw(void *ear, const uint8_t *payload, size_t size)
{
    const int16_t bound = AUDIBLE;
    uint8_t code;

    (void)ear;
    g711_alaw_encode(&bound, &code, 1);
    return peak(payload, size, 0x55) >= ((code ^ 0x55) & 0x7f);
}

bool load_is_loud(const int16_t *samples, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (samples[i] >= AUDIBLE || samples[i] <= -AUDIBLE)
            return true;
    }
    return false;
}

/* ---- G.722 ---- */

static void *new_g722_voice(void)
{
    return g722_encode_init(NULL, G722_BITRATE, 0);
}

static void free_g722_voice(void *voice)
{
    g722_encode_free(voice);
}

static uint32_t encode_g722(void *voice, const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
    return voice ? (uint32_t)g722_encode(voice, out, samples, LOAD_FRAME_SAMPLES) : 0;
}

static void *new_g722_ear(void)
{
    return g722_decode_init(NULL, G722_BITRATE, 0);
}

static void free_g722_ear(void *ear)
{
    g722_decode_free(ear);
}

static bool audible_g722(void *ear, const uint8_t *payload, size_t size)
{
    int16_t samples[LOAD_FRAME_SAMPLES];
    int most = size < LOAD_FRAME_SAMPLES / 2 ? (int)size : LOAD_FRAME_SAMPLES / 2;

    return ear && most > 0 &&
           load_is_loud(samples, (uint32_t)g722_decode(ear, samples, payload, most));
}

/* ---- Opus ---- */

static void *new_opus_voice(void)
{
    OpusEncoder *voice = opus_encoder_create(WIDE_RATE, 1, OPUS_APPLICATION_VOIP, NULL);

    if (voice) {
        opus_encoder_ctl(voice, OPUS_SET_BITRATE(OPUS_BITRATE));
        opus_encoder_ctl(voice, OPUS_SET_COMPLEXITY(OPUS_COMPLEXITY));
        opus_encoder_ctl(voice, OPUS_SET_INBAND_FEC(1));
    }
    return voice;
}

static void free_opus_voice(void *voice)
{
    opus_encoder_destroy(voice);
}

static uint32_t encode_opus(void *voice, const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
    opus_int32 size =
        voice ? opus_encode(voice, samples, LOAD_FRAME_SAMPLES, out, LOAD_FRAME_BYTES) : 0;

    return size > 0 ? (uint32_t)size : 0;
}

static void *new_opus_ear(void)
{
    return opus_decoder_create(WIDE_RATE, 1, NULL);
}

static void free_opus_ear(void *ear)
{
    opus_decoder_destroy(ear);
}

static bool audible_opus(void *ear, const uint8_t *payload, size_t size)
{
    int16_t samples[6 * LOAD_FRAME_SAMPLES]; /* The longest packet: 120 ms. */
    int count = ear && size > 0 ? opus_decode(ear, payload, (opus_int32)size, samples,
                                              6 * LOAD_FRAME_SAMPLES, 0)
                                : 0;

    return count > 0 && load_is_loud(samples, (uint32_t)count);
}

static const struct load_codec codecs[] = {
    {.name = "pcmu",
     .rtpmap = "PCMU/8000",
     .payload_type = 0,
     .sample_rate = 8000,
     .clock_rate = 8000,
     .encode = encode_ulaw,
     .audible = audible_ulaw},
    {.name = "pcma",
     .rtpmap = "PCMA/8000",
     .payload_type = 8,
     .sample_rate = 8000,
     .clock_rate = 8000,
     .encode = encode_alaw,
     .audible = audible_alaw},
    {.name = "g722",
     .rtpmap = "G722/8000", /* RFC 3551 4.5.2: the clock is 8 kHz by mistake, for ever. */
     .payload_type = 9,
     .sample_rate = WIDE_RATE,
     .clock_rate = 8000,
     .voice_new = new_g722_voice,
     .voice_free = free_g722_voice,
     .encode = encode_g722,
     .ear_new = new_g722_ear,
     .ear_free = free_g722_ear,
     .audible = audible_g722},
    {.name = "opus",
     .rtpmap = "opus/48000/2", /* RFC 7587 4.1 */
     .fmtp = "useinbandfec=1",
     .payload_type = 111,
     .sample_rate = WIDE_RATE,
     .clock_rate = 48000,
     .voice_new = new_opus_voice,
     .voice_free = free_opus_voice,
     .encode = encode_opus,
     .ear_new = new_opus_ear,
     .ear_free = free_opus_ear,
     .audible = audible_opus},
};

void *load_voice_new(const struct load_codec *codec)
{
    return codec->voice_new ? codec->voice_new() : NULL;
}

void load_voice_free(const struct load_codec *codec, void *voice)
{
    if (voice)
        codec->voice_free(voice);
}

void *load_ear_new(const struct load_codec *codec)
{
    return codec->ear_new ? codec->ear_new() : NULL;
}

void load_ear_free(const struct load_codec *codec, void *ear)
{
    if (ear)
        codec->ear_free(ear);
}

const struct load_codec *load_codec_find(const char *name)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (strcasecmp(name, codecs[i].name) == 0)
            return &codecs[i];
    }
    return NULL;
}

const char *load_codec_all(void)
{
    return "pcmu, pcma, g722, opus";
}
