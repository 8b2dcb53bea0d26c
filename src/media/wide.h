// SPDX-License-Identifier: Apache-2.0
/* wide.h - what a leg needs that speaks G.722 or Opus: the codec's state, filters, a bigger jitter
 * room. Legs that speak G.711 have none of it.
 *
 * A pool a thread, made at its start: address space for all its legs, memory for as many as were
 * wide at once, since the one given back last is taken first. Nothing is allocated after that:
 * libopus works in memory that it is given (opus_encoder_init). About 75 KB a wide leg.
 * What encoding and decoding cost is in docs/benchmarks.md. One thread. */
#ifndef MEDIA_WIDE_H
#define MEDIA_WIDE_H

#include <opus/opus.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/half.h"
#include "core/command.h"
#include "media/jitter.h"
#include "media/telephony.h"
#include "wire/rtp.h"

enum {
    WIDE_FRAME = 2 * FRAME_SAMPLES,
    WIDE_PACKET_MOST = 2 * JITTER_PACKET_MOST, /* Samples in the longest packet: 120 ms. */
    WIDE_PAYLOAD_MOST = 400, /* Bytes that we send: Opus at its most, in 20 ms, is 1,275; ours is 24
                              * kbit/s and variable. */
    WIDE_BITRATE = 24000,    /* Of Opus, when nothing else is asked. */
    WIDE_REPAIR_MOST = 5     /* Lost frames that are made up at once; after more all begins anew. */
};

struct wide {
    uint32_t index, complexity;
    uint32_t bitrate; /* Of Opus, as we send. */
    enum codec codec;
    g722_encode_state_t g722_encoder;
    g722_decode_state_t g722_decoder;
    OpusEncoder *opus_encoder; /* In this struct's memory, behind it. */
    OpusDecoder *opus_decoder;
    struct half_down heard, captured, sent; /* For gate and keys; for the capture, both sides; */
    struct half_down passed, noted;         /* for the other leg of a bridge, and its capture. */
    struct half_up widening;                /* Sound that we have at 8 kHz only. */

    bool following; /* A packet came: */
    uint16_t next_sequence;
    uint32_t next_timestamp; /* Of 8 kHz, as all below. */
    uint32_t last_raw, last_timestamp, remainder;
    uint32_t frame;              /* Samples in its packets. */
    uint32_t recovered, made_up; /* Frames: from the packet after them (FEC); by the decoder. */
    uint32_t lost_percent;       /* What the encoder was told. */
    bool silent;                 /* What it was given last. */
    int16_t room[2 * JITTER_ROOM];
};

struct wide_pool {
    uint8_t *memory;
    uint32_t *free;
    uint32_t count, left, complexity;
    size_t each, bytes;
};

/* complexity: of Opus' encoder, 0 to 10. 0 or -ENOMEM. */
MUST_USE int wide_pool_open(struct wide_pool *pool, uint32_t count, uint32_t complexity);
void wide_pool_close(struct wide_pool *pool);

/* NULL when all are taken; there is one for each leg. */
struct wide *wide_take(struct wide_pool *pool);
void wide_put(struct wide_pool *pool, struct wide *wide);

/* Codec, bitrate and so on as the command says; the state begins anew when the codec is another. */
void wide_set(struct wide *wide, const struct command *command);

/* Another source speaks. */
void wide_restart(struct wide *wide);

/* The packet loss that the other side reports: how much of the bits FEC is worth. */
void wide_tell_loss(struct wide *wide, uint32_t percent);

/* A packet's sound, at 16 kHz; `samples` counts those of 8 kHz and `timestamp` is of that clock.
 * `before`: samples ahead of the packet's own that were lost and are made up here. False when there
 * is no sound in it: too old, or malformed. */
struct wide_sound {
    uint32_t timestamp, count, before;
    int16_t samples[WIDE_PACKET_MOST + WIDE_REPAIR_MOST * WIDE_FRAME];
};
MUST_USE bool wide_decode(struct wide *wide, const struct rtp_packet *packet,
                          struct wide_sound *out);

/* Encodes samples of 16 kHz, mostly WIDE_FRAME. Returns the bytes; 0: nothing is to be sent (Opus'
 * DTX), or no packet of Opus is as long. */
uint32_t wide_encode(struct wide *wide, const int16_t *samples, uint32_t count, uint8_t *out,
                     uint32_t size);

#endif
