// SPDX-License-Identifier: Apache-2.0
/* gate.h - the cheap voice gate: says of each 20 ms frame whether somebody speaks.
 *
 * The first of two tiers: it must be quick and miss nobody; the speech limb's careful detector
 * judges what it lets through. A frame counts when it stands out of the noise floor, is no tone (a
 * dial tone, a ringback or a key is predicted from four samples of its past; speech is not),
 * and the gate opens when three of the last four count and two of them are periodic, as voiced
 * speech is and line noise is not. Once open, loud frames without pitch (s, f, t) keep it open. It
 * closes 200 ms after the last frame that counted. Hold music with a melody gets through: that is
 * the second tier's.
 *
 * Order: gate_init(), then gate_frame() for each frame in order; gate_gap() where frames are
 * missing. Pure, 0.5 KB a gate, about 0.2 us a frame with all of it in the cache. One
 * thread at a time. */
#ifndef MEDIA_GATE_H
#define MEDIA_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

enum gate_result { GATE_SAME, GATE_OPENED, GATE_CLOSED };

enum {
    GATE_FLOOR_PARTS = 5, /* The noise floor is the quietest of 5 parts of 320 ms. */
    GATE_BEFORE = 16,
    GATE_PITCH_HISTORY = 60 /* At 4 kHz: the longest lag, 70 Hz, and two to align. */
};

/* Read `open` and `edge_samples` freely; leave the rest to gate.c. */
struct gate {
    bool open;
    uint32_t edge_samples; /* After OPENED, CLOSED: the first, the last voiced sample lies this many
                              samples before the end of the frame given last. */
    int32_t level_db;      /* Of the frames that counted, slowly following; dBFS, -90..0. */

    float high_pass_in, high_pass_out;
    float before[GATE_BEFORE]; /* The end of the last frame, for the predictor. */
    float history[GATE_PITCH_HISTORY];
    float smooth; /* Energy, over about 60 ms. */
    float floor; /* Power; floor_db is made of it. */
    float part_least, floor_parts[GATE_FLOOR_PARTS];
    float floor_db, last_db;
    uint8_t part_frames, part;
    uint8_t counted, periodic, clear; /* One bit a frame, the newest lowest. */
    uint16_t loud_samples;            /* Since the present run of loud frames began. */
    uint16_t quiet_samples;           /* Since the last voiced sample. */
    uint16_t pitchless;               /* Frames since a periodic one. */
    float level;
};

void gate_init(struct gate *gate);

/* Takes the next 20 ms, 8 kHz linear. */
enum gate_result gate_frame(struct gate *gate, const int16_t samples[FRAME_SAMPLES]);

/* Says that `samples` samples of sound never came: time passes, an open gate may close. */
enum gate_result gate_gap(struct gate *gate, uint32_t samples);

#endif
