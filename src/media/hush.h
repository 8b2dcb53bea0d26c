// SPDX-License-Identifier: Apache-2.0
/* hush.h - no silence is sent while an answer is awaited, so that its first sound can go at once.
 *
 * A frame of silence that was sent is heard for 20 ms: what comes in that time waits for its end,
 * 10 ms on average. So from the end of the caller's words on, for as long as HUSH_MOST at most,
 * silent frames are left out, as RFC 3551 4.1 allows for any codec; the first packet after them has
 * the marker. It is sent when its sound comes, between two turns of the leg, with the timestamp of
 * that instant; the following ones go with the leg's turns, up to a frame before their time, which
 * the other side's buffer evens out. That lead is given back in the next silence that is left out.
 *
 * Three silent frames go out after each voice, so that nobody's concealment repeats its end. The
 * same holds where silence is not sent for another reason: comfort noise, Opus' DTX, a hold.
 * Part of an endpoint, on its thread; pure. */
#ifndef MEDIA_HUSH_H
#define MEDIA_HUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

enum {
    HUSH_MOST = 45,   /* Frames: after a second some take a stream for broken. */
    HUSH_AFTER = 3,   /* Silent frames since the last voice that are sent first. */
    HUSH_LEFT_OUT = 2 /* Frames in a row, before one may go out between two turns. */
};

struct hush {
    uint64_t turn_ns; /* When the leg had its turn last. */
    uint16_t left;    /* Frames that may still be left out. */
    uint8_t silent;   /* Frames in a row without a voice, up to HUSH_AFTER; */
    uint8_t left_out; /* and turns in a row without a packet of sound, up to HUSH_LEFT_OUT. */
    uint8_t lead;     /* Samples of 8 kHz that the timestamps are ahead of the turns. */
    bool uncaptured;  /* The turn's frame of silence: a voice may still take its place. */
};

/* The caller has stopped speaking, or has begun. */
void hush_set(struct hush *hush, bool awaits);

/* The turn's frame is known. True: it is silence to be left out. Once a turn. */
bool hush_leaves_out(struct hush *hush, bool voice);

/* What became of it: a packet with sound went out, or none. */
void hush_note(struct hush *hush, bool sent);

/* How many samples of 8 kHz the turn is old; FRAME_SAMPLES: nothing may be sent before the next. */
uint32_t hush_age(const struct hush *hush, uint64_t now_ns);

/* What timestamps must go back by, now that nobody could notice; 0: nothing, or not yet. */
uint32_t hush_give_back(struct hush *hush);

#endif
