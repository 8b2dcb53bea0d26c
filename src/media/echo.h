// SPDX-License-Identifier: Apache-2.0
/* echo.h - the agent's own voice, coming back on a telephone line, told from a caller's and taken
 * out of it.
 *
 * While the agent speaks, and half a second longer, what comes in is compared with what was really
 * sent (likeness.h; every 60 ms at most, and only while something loud comes in). The more often
 * nothing was alike the seldomer that is done, at last every 5 s of such sound: lines without an
 * echo are most. Nothing is copied for it: what was sent is read in the clips, held as long as that
 * may be, what came in the jitter buffer. A line that is
 * found to have an echo is given one of the thread's cancellers (speexdsp's MDF), which gets what
 * was sent delayed by what was found; lines without pay for the comparisons only. What the
 * canceller leaves is the caller's when it is loud, is more than it usually leaves, and does not
 * resemble what was sent. The first 200 ms of sound on a line that is not known yet are held back
 * until that is known.
 *
 * Both streams are counted in samples: by the timestamps, not by when packets went and came. So the
 * delay stays the same until a jitter buffer on the way leaves something out or waits, which a
 * telephone's does soon after the beginning, between two sentences. What comes is therefore still
 * looked for at all delays when the canceller suddenly leaves much, and a move is followed to the
 * sample: what was learnt of the line stays true.
 *
 * A beat compares four times at most and cancels 24 frames; what it has no time for is put off and
 * counted: an opening that nobody could look at within 240 ms is the careful detector's to judge.
 *
 * For 8 kHz: telephones of wideband cancel their own. Order: echo_init(); each tick echo_pass() and
 * echo_sent(), and echo_hear() for each frame in order; echo_release(). One thread. 0.4 KB a leg.
 * By callgrind: INSTR. */
#ifndef MEDIA_ECHO_H
#define MEDIA_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/limits.h"
#include "media/gate.h"
#include "media/jitter.h"
#include "media/likeness.h"
#include "media/playout.h"

enum {
    ECHO_STRETCHES = 8, /* More within 0.8 s: the oldest is forgotten, and no echo of it found. */
    ECHO_SENT = LIKENESS_SENT, /* Frames that are remembered: the longest delay and the window. */
    ECHO_WINDOW = LIKENESS_HEARD,
    ECHO_MARGIN = 32, /* Samples that the canceller may look ahead of the delay that was found. */
    ECHO_LINES_MOST = 256, /* Of a thread; 60 KB each. */
    ECHO_COMPARES_A_BEAT = 4,
    ECHO_CANCELS_A_BEAT = 24
};

/* A canceller, and the caller's sound without the echo for whoever recognises it. */
struct echo_line {
    void *canceller;
    struct jitter jitter;
    uint32_t came_frames; /* In a row in `came`. */
    bool peak_known;
    int32_t peak;         /* How much later than the delay the two are most alike. */
    uint32_t left_frames; /* In a row in `left`. */
    int16_t came[ECHO_WINDOW * FRAME_SAMPLES];
    int16_t left[ECHO_WINDOW * LIKENESS_SUMS];
};

/* The cancellers of a thread, made when it opens: nothing is allocated in the tick. */
struct echo_pool {
    struct echo_line *lines;
    struct echo_line **free;
    struct clip_table *clips;
    uint32_t count, free_count;
    uint64_t refused;           /* Lines with an echo that found none. */
    uint32_t compares, cancels; /* That may still be done in this beat. */
    uint64_t put_off; /* Comparisons and frames of cancelling that had to wait or were left out. */
};

/* tail: samples; 0 is no echo cancelling at all. 0 or -ENOMEM. */
MUST_USE int echo_pool_open(struct echo_pool *pool, uint32_t count, uint32_t tail,
                            struct clip_table *clips);
void echo_pool_close(struct echo_pool *pool);

/* The budget of the next beat. */
void echo_pool_beat(struct echo_pool *pool);

enum echo_state { ECHO_UNKNOWN, ECHO_CLEAN, ECHO_FOUND };

enum echo_verdict {
    ECHO_CALLER, /* Or nobody: the gate may judge it. */
    ECHO_HOLD,   /* Not known yet: what the gate finds is kept back. */
    ECHO_AGENT   /* The agent's own voice. */
};

/* Frames in a row of one clip. */
struct echo_stretch {
    uint64_t first;      /* Position of the first sample in what was sent; */
    uint32_t count;      /* samples; 0: nothing. */
    uint32_t clip, from; /* A reference, and its sample that the stretch begins with. */
};

/* Read `state`, `line`, `delay`, `erle_db` freely; leave the rest to echo.c. */
struct echo {
    enum echo_state state;
    struct echo_line *line; /* NULL: none needed, or none free. */
    int32_t delay;          /* Samples, when found. */
    int32_t margin;         /* Of ECHO_MARGIN, what can be had. */
    uint64_t voiced;        /* One bit a frame sent, the newest lowest: it carried voice. */
    uint64_t sent;          /* Frames sent so far; the newest is number sent - 1. */
    bool alaw, based, judged, resembles, doubted;
    bool learnt; /* The canceller has: what it leaves is looked at, not what came. */
    bool held;   /* The gate is open, and nobody was told yet. */
    uint8_t held_frames;
    uint32_t base_timestamp, next_timestamp;
    int64_t base_sent; /* Position in what was sent of base_timestamp. */
    uint32_t heard;    /* Frames in a row. */
    uint16_t loud;     /* One bit a frame. */
    uint8_t since_test, strikes;
    uint8_t unlike;    /* Comparisons in a row that found nothing alike. */
    int32_t candidate; /* The delay that `strikes` comparisons in a row agree on. */
    uint16_t quiet_frames;
    float erle_db;
    double energy_in, energy_left; /* Of frames that were the agent's. */
    uint8_t stretch;               /* The newest of: */
    struct echo_stretch stretches[ECHO_STRETCHES];
};

void echo_init(struct echo *echo);
void echo_release(struct echo *echo, struct echo_pool *pool);

/* So many frames were due since the last time; what of them is not told below was silence. */
void echo_pass(struct echo *echo, uint32_t frames);

/* What the line got in this tick, when it was voice, `lead` samples after the tick's own frame
 * would have begun (hush.h). A clip of which this was all is not held. */
void echo_sent(struct echo *echo, struct echo_pool *pool, const struct playout_frame *frame,
               uint32_t lead, bool alaw);

/* True while an echo of the agent can still come. */
bool echo_is_near(const struct echo *echo);

/* The caller's next frame, which begins at `timestamp`: the echo is taken out of it. `jitter` has
 * it as it came, and those before it; it is copied to the line when one is given. */
enum echo_verdict echo_hear(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                            uint32_t timestamp, int16_t samples[FRAME_SAMPLES]);

/* The gate's word on a frame after echo_hear(): what the agent causes opens nothing, what is not
 * known yet is told when it is, with the edge where it was. */
enum gate_result echo_gate(struct echo *echo, struct gate *gate, enum echo_verdict verdict,
                           const int16_t samples[FRAME_SAMPLES]);

/* How long after its sending the echo came; 0: none was found. */
uint32_t echo_delay_ms(const struct echo *echo);

/* Whole decibels by which the canceller lowered the agent's voice over the call. */
uint32_t echo_return_loss(const struct echo *echo);

/* ---- Between the files of the echo ---- */

/* Takes a canceller out of the pool where there is one; gives it back. */
void echo_take_line(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter);
void echo_give_line(struct echo *echo, struct echo_pool *pool);

/* Lets go of all that was sent. */
void echo_forget_sent(struct echo *echo, struct echo_pool *pool);

/* The frame with this number as it was sent, silence where there was no voice. */
void echo_read_sent(const struct echo *echo, const struct echo_pool *pool, int64_t number,
                    int16_t out[FRAME_SAMPLES]);

/* What was sent from this position on: samples since the first frame. */
void echo_read_reference(const struct echo *echo, const struct echo_pool *pool, int64_t position,
                         int16_t out[FRAME_SAMPLES]);

#endif
