// SPDX-License-Identifier: Apache-2.0
/* echo.c - compare, cancel, decide. */
#include "media/echo.h"

#include <math.h>
#include <speex/speex_echo.h>
#include <stdlib.h>
#include <string.h>

#include "media/law.h"

enum {
    SUMS_HEARD = ECHO_WINDOW * LIKENESS_SUMS,
    LOUD = 100 * 100,      /* Mean square: -50 dBFS. */
    LEFT_LOUD = 184 * 184, /* -45 dBFS: what a canceller leaves is mostly below. */
    LOUD_FRAMES = 5,       /* Of the window: less cannot be compared. */
    TEST_EVERY = 3,        /* Frames, while it matters; */
    TEST_KNOWN = 10,       /* when it is known what this sound is; */
    TEST_SELDOM = 250,     /* at most, when nothing was alike for long. */
    MISTAKEN = 15,         /* Such comparisons: what was found is none, if nothing was learnt. */
    RULED_OUT = 6,         /* Comparisons in a row without a likeness: there is no echo. */
    CLEAN_AFTER = 50,      /* Frames of the agent's voice without an answer: there is no echo. */
    STRIKES = 3,           /* Comparisons in a row that must agree on a delay, */
    NEAR = 16,             /* so many samples apart at most. */
    AROUND = 8             /* Samples that a comparison's delay may be wrong by. */
};

static const float alike = 0.5f;
/* That a line that was learnt has moved: by two comparisons; by one. */
static const float well_alike = 0.65f, surely_alike = 0.75f;
static const float converged_db = 9, margin_db = 8;

void echo_init(struct echo *echo)
{
    *echo = (struct echo){0};
}

bool echo_is_near(const struct echo *echo)
{
    return (echo->voiced & ((1ull << ECHO_SENT) - 1)) != 0;
}

/* In 32 bits, so that many go at once: the squares lose what is far below anything loud. */
TWO_WIDTHS static float mean_square(const int16_t *samples)
{
    enum { LOST = 64 };
    uint32_t sum = 0;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        sum += (uint32_t)((int32_t)samples[i] * samples[i]) / LOST;
    return (float)sum * ((float)LOST / FRAME_SAMPLES);
}

/* ---- The comparison ---- */

/* The position in what was sent that belongs to the frame at `timestamp`, without delay. */
static int64_t position_of(const struct echo *echo, uint32_t timestamp)
{
    return echo->base_sent + (int32_t)(timestamp - echo->base_timestamp);
}

/* How much these sums of what was heard resemble what was sent, and the delay for which they do. */
static float compare(const struct echo *echo, const struct echo_pool *pool, const int16_t *heard,
                     uint32_t timestamp, int32_t *delay)
{
    static const int32_t frames_sent = ECHO_SENT;
    int16_t sent[ECHO_SENT * LIKENESS_SUMS], samples[FRAME_SAMPLES];
    uint32_t offset;

    for (int32_t i = 0; i < frames_sent; i++) {
        echo_read_sent(echo, pool, (int64_t)echo->sent - frames_sent + i, samples);
        likeness_sum(samples, sent + i * LIKENESS_SUMS);
    }
    float likeness = likeness_find(heard, sent, &offset);
    int64_t first = ((int64_t)echo->sent - frames_sent) * FRAME_SAMPLES + offset * LIKENESS_STEP;
    int64_t window = position_of(echo, timestamp) - (ECHO_WINDOW - 1) * FRAME_SAMPLES;
    *delay = (int32_t)(window - first);
    return likeness;
}

/* What came last, as it came. False: not all of it is there. */
static bool read_heard(const struct jitter *jitter, uint32_t timestamp, int16_t out[SUMS_HEARD])
{
    int16_t samples[FRAME_SAMPLES];

    for (uint32_t i = 0; i < ECHO_WINDOW; i++) {
        if (!jitter_read(jitter, timestamp - (ECHO_WINDOW - 1 - i) * FRAME_SAMPLES, samples))
            return false;
        likeness_sum(samples, out + i * LIKENESS_SUMS);
    }
    return true;
}

/* The delay for which what came last is most alike what was sent, to the sample. */
static int32_t exact(const struct echo *echo, const struct echo_pool *pool, uint32_t timestamp,
                     int32_t delay)
{
    int16_t sent[(ECHO_WINDOW + 1) * FRAME_SAMPLES];
    int64_t window = position_of(echo, timestamp) - (ECHO_WINDOW - 1) * FRAME_SAMPLES;

    for (int32_t i = 0; i <= ECHO_WINDOW; i++)
        echo_read_reference(echo, pool, window - delay - AROUND + i * FRAME_SAMPLES,
                            sent + i * FRAME_SAMPLES);
    return delay - likeness_exact(echo->line->came, sent, ECHO_WINDOW * FRAME_SAMPLES, AROUND);
}

/* ---- Each frame ---- */

/* Where the stream is, in terms of what is sent: from the first frame on its timestamps count. */
static void follow(struct echo *echo, uint32_t timestamp)
{
    if (!echo->based || timestamp != echo->next_timestamp) {
        int32_t ahead = (int32_t)(timestamp - echo->next_timestamp);
        echo->heard = 0;
        if (!echo->based || ahead < 0 || ahead > SAMPLE_RATE) {
            echo->unlike = 0;
            echo->base_timestamp = timestamp;
            echo->base_sent = (int64_t)echo->sent * FRAME_SAMPLES;
            if (echo->based && echo->state == ECHO_FOUND)
                echo->strikes = 0; /* The delay must be found anew. */
        }
        echo->based = true;
    }
    echo->next_timestamp = timestamp + FRAME_SAMPLES;
}

static void append(int16_t *sums, const int16_t *samples)
{
    memmove(sums, sums + LIKENESS_SUMS, (SUMS_HEARD - LIKENESS_SUMS) * sizeof sums[0]);
    likeness_sum(samples, sums + SUMS_HEARD - LIKENESS_SUMS);
}

static uint32_t one_more(uint32_t frames)
{
    return frames < ECHO_WINDOW ? frames + 1 : ECHO_WINDOW;
}

static void remember(struct echo *echo, const int16_t *came, const int16_t *left, bool loud)
{
    struct echo_line *line = echo->line;

    echo->heard = one_more(echo->heard);
    if (line) {
        memmove(line->came, line->came + FRAME_SAMPLES,
                (ECHO_WINDOW - 1) * FRAME_SAMPLES * sizeof line->came[0]);
        memcpy(line->came + (ECHO_WINDOW - 1) * FRAME_SAMPLES, came,
               FRAME_SAMPLES * sizeof line->came[0]);
        append(line->left, left);
        line->came_frames = echo->heard == 1 ? 1 : one_more(line->came_frames);
        line->left_frames = echo->heard == 1 ? 1 : one_more(line->left_frames);
    }
    echo->loud = (uint16_t)(echo->loud << 1 | loud) & ((1 << ECHO_WINDOW) - 1);
    if (echo->since_test < UINT8_MAX)
        echo->since_test++;
    if (echo->loud == 0) { /* The next sound is another one. */
        echo->judged = echo->resembles = echo->doubted = false;
    }
}

/* What is sent now comes back in 20 ms at the earliest, by packets: no more than what was sent can
 * be looked at. */
static int32_t margin_of(const struct echo *echo, int64_t position, int32_t delay)
{
    int64_t there = ((int64_t)echo->sent - 1) * FRAME_SAMPLES - (position - delay);

    return there < 0 ? 0 : there < ECHO_MARGIN ? (int32_t)there : ECHO_MARGIN;
}

/* Between two sentences a jitter buffer on the way has left something out or waited. What was
 * learnt of the line is true of the new delay as well, if that is known to the sample. */
static void move(struct echo *echo, const struct echo_pool *pool, uint32_t timestamp)
{
    struct echo_line *line = echo->line;
    int32_t margin;

    if (line->came_frames == ECHO_WINDOW && line->peak_known)
        echo->delay = exact(echo, pool, timestamp, echo->candidate) - line->peak;
    else
        echo->delay = echo->candidate;
    margin = margin_of(echo, position_of(echo, timestamp), echo->delay);
    if (margin < echo->margin) { /* It looked into what is not sent yet by now: it learns anew. */
        speex_echo_state_reset(line->canceller);
        echo->margin = margin;
        echo->erle_db = 0;
    }
    line->left_frames = 0; /* What was left with the wrong delay tells nothing. */
}

static void found(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                  uint32_t timestamp)
{
    struct echo_line *line = echo->line;
    bool moved = abs(echo->candidate - echo->delay) > NEAR;

    if (echo->state == ECHO_FOUND && !moved) {
        if (line && line->came_frames == ECHO_WINDOW) {
            line->peak = exact(echo, pool, timestamp, echo->delay) - echo->delay;
            line->peak_known = true;
        }
        return;
    }
    if (echo->learnt) {
        move(echo, pool, timestamp);
        return;
    }
    if (echo->state != ECHO_FOUND)
        echo_take_line(echo, pool, jitter);
    else if (line)
        speex_echo_state_reset(line->canceller);
    if (echo->line)
        echo->line->peak_known = false;
    echo->erle_db = 0;
    echo->delay = echo->candidate;
    echo->margin = margin_of(echo, position_of(echo, timestamp), echo->delay);
    echo->state = ECHO_FOUND;
}

/* Frames from one comparison to the next. */
static uint32_t patience(const struct echo *echo)
{
    uint32_t twice, frames;

    if (echo->state == ECHO_FOUND || echo->strikes > 0)
        return TEST_EVERY;
    if (echo->unlike < RULED_OUT)
        return echo->judged && !echo->resembles ? TEST_KNOWN : TEST_EVERY;
    twice = echo->unlike - RULED_OUT;
    frames = twice < 8 ? TEST_KNOWN << twice : TEST_SELDOM;
    return frames < TEST_SELDOM ? frames : TEST_SELDOM;
}

/* That nothing was alike, once more or not at all. */
static void note_likeness(struct echo *echo, struct echo_pool *pool, float likeness)
{
    if (likeness < alike && echo->unlike < UINT8_MAX)
        echo->unlike++;
    if (echo->state == ECHO_UNKNOWN && echo->unlike >= RULED_OUT)
        echo->state = ECHO_CLEAN;
    if (echo->state == ECHO_FOUND && !echo->learnt && echo->unlike >= MISTAKEN) {
        echo_give_line(echo, pool); /* Two voices may be alike for a word. */
        echo->state = ECHO_CLEAN;
    }
}

/* A likeness of what came with what was sent, at this delay: true when it is believed. */
static bool believe(struct echo *echo, float likeness, int32_t delay)
{
    if (likeness < (echo->learnt ? well_alike : alike)) {
        echo->strikes = 0;
        return false;
    }
    if (abs(delay - echo->candidate) > NEAR)
        echo->strikes = 0;
    echo->candidate = delay;
    if (echo->strikes + 1 >= STRIKES)
        echo->unlike = 0;
    echo->strikes = echo->strikes < UINT8_MAX ? echo->strikes + 1 : UINT8_MAX;
    return echo->strikes >= STRIKES || (echo->learnt && likeness >= surely_alike);
}

/* What a canceller that has learnt leaves: the caller's, unless it is mostly the agent's still. */
static bool left_resembles(struct echo *echo, struct echo_pool *pool, uint32_t timestamp)
{
    int32_t delay;

    if (echo->line->left_frames < ECHO_WINDOW)
        return false;
    pool->compares -= pool->compares > 0;
    return compare(echo, pool, echo->line->left, timestamp, &delay) >= alike;
}

static void look(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                 uint32_t timestamp)
{
    int16_t heard[SUMS_HEARD];
    int32_t delay;

    if (echo->heard < ECHO_WINDOW || echo->since_test < patience(echo) ||
        __builtin_popcount(echo->loud) < LOUD_FRAMES || !read_heard(jitter, timestamp, heard))
        return;
    if (pool->compares == 0) { /* Soon. */
        pool->put_off++;
        return;
    }
    pool->compares--;
    echo->since_test = 0;
    float likeness = compare(echo, pool, heard, timestamp, &delay);
    note_likeness(echo, pool, likeness);
    bool believed = believe(echo, likeness, delay);
    bool elsewhere = believed && abs(delay - echo->delay) > NEAR;
    bool resembles =
        likeness >= alike && (!echo->learnt || elsewhere || echo->line->left_frames < ECHO_WINDOW);
    if (believed)
        found(echo, pool, jitter, timestamp);
    if (!resembles && echo->learnt)
        resembles = left_resembles(echo, pool, timestamp);
    /* The echo may have moved just now: it is looked at once more. */
    echo->doubted = echo->learnt && !resembles && likeness >= alike && !echo->doubted;
    echo->resembles = resembles;
    echo->judged = !echo->doubted;
}

static float decibels(float ratio)
{
    return 10 * log10f(ratio);
}

/* Takes the echo out. Returns whether what is left may be the caller's. */
static bool cancel(struct echo *echo, struct echo_pool *pool, uint32_t timestamp, float before,
                   int16_t *samples)
{
    int16_t reference[FRAME_SAMPLES], out[FRAME_SAMPLES];

    if (pool->cancels == 0) {
        pool->put_off++;
        return before > LOUD;
    }
    pool->cancels--;

    echo_read_reference(echo, pool, position_of(echo, timestamp) - echo->delay + echo->margin,
                        reference);
    speex_echo_cancellation(echo->line->canceller, samples, reference, out);
    memcpy(samples, out, sizeof out);
    float left = mean_square(out);
    float lowered = decibels((before + 1) / (left + 1));
    bool more =
        left > LEFT_LOUD && (echo->erle_db < converged_db || lowered < echo->erle_db - margin_db);
    if (before > LEFT_LOUD && (!more || echo->resembles)) {
        float bounded = lowered < 0 ? 0 : lowered > 30 ? 30 : lowered;
        echo->erle_db += (bounded - echo->erle_db) * 0.08f;
        echo->energy_in += (double)before;
        echo->energy_left += (double)left;
    }
    return more;
}

static enum echo_verdict decide(const struct echo *echo, bool loud)
{
    /* A quiet frame in the midst of a sound tells nothing. */
    if (!loud && echo->state == ECHO_UNKNOWN && echo->loud != 0 && !echo->judged)
        return ECHO_HOLD;
    if (!loud)
        return echo->state == ECHO_FOUND ? ECHO_AGENT : ECHO_CALLER;
    if (echo->judged)
        return echo->resembles ? ECHO_AGENT : ECHO_CALLER;
    return echo->state == ECHO_CLEAN ? ECHO_CALLER : ECHO_HOLD;
}

enum echo_verdict echo_hear(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                            uint32_t timestamp, int16_t samples[FRAME_SAMPLES])
{
    float before;
    bool loud;
    int16_t came[FRAME_SAMPLES] = {0};

    follow(echo, timestamp);
    if (!echo_is_near(echo) || pool->count == 0) {
        echo_forget_sent(echo, pool);
        echo->heard = 0;
        echo->loud = 0;
        echo->judged = false;
        return ECHO_CALLER;
    }
    before = mean_square(samples);
    loud = before > LOUD;
    if (echo->line)
        memcpy(came, samples, sizeof came);
    bool more = loud;
    if (echo->state == ECHO_FOUND && echo->line)
        more = cancel(echo, pool, timestamp, before, samples);
    bool learnt = echo->line && echo->erle_db >= converged_db;
    if (learnt != echo->learnt) { /* Other frames count as loud. */
        echo->loud = 0;
        echo->judged = echo->resembles = false;
    }
    echo->learnt = learnt;
    remember(echo, came, samples, learnt ? more : loud);
    look(echo, pool, jitter, timestamp);
    if (echo->state == ECHO_UNKNOWN) {
        echo->quiet_frames = echo->loud ? 0 : echo->quiet_frames + (echo->voiced & 1);
        if (echo->quiet_frames >= CLEAN_AFTER)
            echo->state = ECHO_CLEAN;
    }
    return decide(echo, more);
}
