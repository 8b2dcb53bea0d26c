// SPDX-License-Identifier: Apache-2.0
/* codec.h - what callers can speak: one row a codec, from which offer, sound and hearing follow.
 *
 * A new codec is a row: how a frame of 20 ms is made, and whether one that came can be heard. What
 * depends on the frames before has a state a stream, made and ended here; the others have NULL.
 * Sound is encoded once before the first call; what comes is decoded by each call until it was
 * heard, or all the time by callers who take turns: 8 us a frame of G.722, 11 us of Opus. */
#ifndef LOAD_CODEC_H
#define LOAD_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOAD_FRAME_BYTES = 320,  /* The largest encoded frame. */
    LOAD_FRAME_SAMPLES = 320 /* 20 ms of 16 kHz. */
};

/* A state that a codec has none of is NULL. */
struct load_codec {
    const char *name;   /* "pcmu" */
    const char *rtpmap; /* "PCMU/8000" */
    const char *fmtp;   /* NULL: none. */
    uint8_t payload_type;
    uint32_t sample_rate; /* Of the sound. */
    uint32_t clock_rate;  /* Of the timestamps, those of keys too. */
    void *(*voice_new)(void);
    void (*voice_free)(void *voice);
    /* A frame of sample_rate / 50 samples; returns its bytes. */
    uint32_t (*encode)(void *voice, const int16_t *samples, uint8_t out[LOAD_FRAME_BYTES]);
    void *(*ear_new)(void);
    void (*ear_free)(void *ear);
    /* A peak of -40 dBFS or more. */
    bool (*audible)(void *ear, const uint8_t *payload, size_t size);
};

/* NULL where none is needed, or without memory: then nothing is heard. */
void *load_voice_new(const struct load_codec *codec);
void load_voice_free(const struct load_codec *codec, void *voice);
void *load_ear_new(const struct load_codec *codec);
void load_ear_free(const struct load_codec *codec, void *ear);

/* The same peak of linear sound. */
bool load_is_loud(const int16_t *samples, uint32_t count);

/* NULL when there is none of this name. */
const struct load_codec *load_codec_find(const char *name);
/* "pcmu, pcma, ..." */
const char *load_codec_all(void);

#endif
