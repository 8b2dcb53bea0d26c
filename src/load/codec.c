// SPDX-License-Identifier: Apache-2.0
/* codec.c - G.711 both ways. Loudness is read off the code words: they grow with the magnitude. */
#include "load/codec.h"

#include <strings.h>

#include "base/g711.h"
#include "base/limits.h"

enum { AUDIBLE = 328 /* -40 dBFS */ };

static uint32_t encode_ulaw(const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
    g711_ulaw_encode(samples, out, FRAME_SAMPLES);
    return FRAME_SAMPLES;
}

static uint32_t encode_alaw(const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES])
{
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

static bool audible_ulaw(const uint8_t *payload, size_t size)
{
    const int16_t bound = AUDIBLE;
    uint8_t code;

    g711_ulaw_encode(&bound, &code, 1);
    return peak(payload, size, 0xff) >= ((code ^ 0xff) & 0x7f);
}

static bool audible_alaw(const uint8_t *payload, size_t size)
{
    const int16_t bound = AUDIBLE;
    uint8_t code;

    g711_alaw_encode(&bound, &code, 1);
    return peak(payload, size, 0x55) >= ((code ^ 0x55) & 0x7f);
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
};

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
    return "pcmu, pcma";
}
