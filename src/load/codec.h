// SPDX-License-Identifier: Apache-2.0
/* codec.h - what callers can speak: one row a codec, from which offer, sound and hearing follow.
 *
 * A new codec is a row: how a frame of 20 ms is made, and whether one that came can be heard. */
#ifndef LOAD_CODEC_H
#define LOAD_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOAD_FRAME_BYTES = 320 }; /* The largest encoded frame. */

struct load_codec {
    const char *name;   /* "pcmu" */
    const char *rtpmap; /* "PCMU/8000" */
    uint8_t payload_type;
    uint32_t sample_rate; /* Of the sound. */
    uint32_t clock_rate;  /* Of the timestamps. */
    /* A frame of sample_rate / 50 samples; returns its bytes. */
    uint32_t (*encode)(const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES]);
    /* A peak of -40 dBFS or more. */
    bool (*audible)(const uint8_t *payload, size_t size);
};

/* NULL when there is none of this name. */
const struct load_codec *load_codec_find(const char *name);
/* "pcmu, pcma" */
const char *load_codec_all(void);

#endif
