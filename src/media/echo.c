// SPDX-License-Identifier: Apache-2.0
/* echo.c - compare, cancel, decide. */
#include "media/echo.h"

#include <errno.h>
#include <math.h>
#include <speex/speex_echo.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "media/law.h"

enum {
    SUMS_HEARD = ECHO_WINDOW * ECHO_SUMS,
    SUMS_SENT = ECHO_SENT * ECHO_SUMS,
    SUM_SAMPLES = FRAME_SAMPLES / ECHO_SUMS,
    LOUD = 100 * 100,      /* Mean square: -50 dBFS. */
    LEFT_LOUD = 184 * 184, /* -45 dBFS: what a canceller leaves is mostly below. */
    LOUD_FRAMES = 5,       /* Of the window: less cannot be compared. */
    TEST_EVERY = 3,        /* Frames, while it matters; */
    TEST_KNOWN = 10,       /* when it is known what this sound is. */
    CLEAN_AFTER = 50,      /* Frames of the agent's voice without an answer: there is no echo. */
    SCALED = 700,          /* Largest value that is multiplied: the sums stay below 2^31. */
    GATE_ENDED = 4000,     /* Samples of silence that close any gate. */
    STRIKES = 2,           /* Comparisons in a row that must agree on a delay, */
    NEAR = 16              /* so many samples apart at most. */
};

static const float alike = 0.5f;
static const float converged_db = 9, margin_db = 8;

int echo_pool_open(struct echo_pool *pool, uint32_t count, uint32_t tail)
{
    *pool = (struct echo_pool){.count = tail > 0 ? count : 0};
    if (pool->count == 0)
        return 0;
    pool->lines = calloc(pool->count, sizeof *pool->lines);
    pool->free = calloc(pool->count, sizeof(struct echo_line *));
    if (!pool->lines || !pool->free)
        return -ENOMEM;
    for (uint32_t i = 0; i < pool->count; i++) {
        pool->lines[i].canceller = speex_echo_state_init(FRAME_SAMPLES, (int)tail);
        if (!pool->lines[i].canceller)
            return -ENOMEM;
        int rate = SAMPLE_RATE;
        speex_echo_ctl(pool->lines[i].canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
        pool->free[pool->free_count++] = &pool->lines[i];
    }
    return 0;
}

void echo_pool_close(struct echo_pool *pool)
{
    for (uint32_t i = 0; pool->lines && i < pool->count; i++) {
        if (pool->lines[i].canceller)
            speex_echo_state_destroy(pool->lines[i].canceller);
    }
    free(pool->lines);
    free(pool->free);
    *pool = (struct echo_pool){0};
}

void echo_init(struct echo *echo)
{
    memset(echo, 0, offsetof(struct echo, sums));
}

void echo_release(struct echo *echo, struct echo_pool *pool)
{
    if (echo->line)
        pool->free[pool->free_count++] = echo->line;
    echo->line = NULL;
}

void echo_pass(struct echo *echo, uint32_t frames)
{
    echo->voiced = frames < 64 ? echo->voiced << frames : 0;
    echo->sent += frames;
}

void echo_sent(struct echo *echo, const uint8_t *coded, bool alaw, bool voice)
{
    if (alaw != echo->alaw)
        echo->voiced = 0; /* What was sent before cannot be read any more. */
    echo->alaw = alaw;
    if (!voice || echo->sent == 0)
        return;
    echo->voiced |= 1;
    memcpy(echo->frames[(echo->sent - 1) % ECHO_SENT], coded, FRAME_SAMPLES);
}

bool echo_is_near(const struct echo *echo)
{
    return (echo->voiced & ((1ull << ECHO_SENT) - 1)) != 0;
}

/* The frame with this number, silence where there was no voice. */
static void read_sent(const struct echo *echo, int64_t number, int16_t out[FRAME_SAMPLES])
{
    int64_t age = (int64_t)echo->sent - 1 - number;

    if (age < 0 || age >= ECHO_SENT || number < 0 || !(echo->voiced >> age & 1))
        memset(out, 0, FRAME_SAMPLES * sizeof *out);
    else
        law_decode(echo->alaw ? CODEC_PCMA : CODEC_PCMU, echo->frames[number % ECHO_SENT], out,
                   FRAME_SAMPLES);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* What was sent from this position on. */
static void read_reference(const struct echo *echo, int64_t position, int16_t out[FRAME_SAMPLES])
{
    int16_t two[2 * FRAME_SAMPLES];
    int64_t number = floor_div(position, FRAME_SAMPLES);

    read_sent(echo, number, two);
    read_sent(echo, number + 1, two + FRAME_SAMPLES);
    memcpy(out, two + (position - number * FRAME_SAMPLES), FRAME_SAMPLES * sizeof *out);
}

static float mean_square(const int16_t *samples)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        sum += (int32_t)samples[i] * samples[i];
    return (float)sum / FRAME_SAMPLES;
}

static void add_sums(const int16_t *samples, int16_t *out)
{
    for (uint32_t i = 0; i < ECHO_SUMS; i++) {
        int32_t sum = 0;
        for (uint32_t k = 0; k < SUM_SAMPLES; k++)
            sum += samples[i * SUM_SAMPLES + k];
        out[i] = (int16_t)(sum / SUM_SAMPLES);
    }
}

/* ---- The comparison ---- */

/* Differences over two sums: a band from about 200 to 900 Hz, which every line carries. Scaled, so
 * that products can be added in 32 bits. */
static void prepare(const int16_t *sums, uint32_t count, int16_t *out)
{
    int32_t most = 1;

    for (uint32_t i = 2; i < count; i++) {
        int32_t d = (sums[i] - sums[i - 2]) / 2;
        out[i] = (int16_t)d;
        most = abs(d) > most ? abs(d) : most;
    }
    out[0] = out[1] = 0;
    for (uint32_t i = 2; i < count; i++)
        out[i] = (int16_t)(out[i] * SCALED / most);
}

static int32_t product(const int16_t *a, const int16_t *b)
{
    int32_t sum = 0;

    for (uint32_t i = 0; i < SUMS_HEARD; i++)
        sum += (int32_t)a[i] * b[i];
    return sum;
}

/* The greatest likeness of what was heard last with what was sent, and at which offset of it. */
static float compare(const int16_t *heard, const int16_t *sent, uint32_t *offset)
{
    int64_t energy_sent = product(sent, sent), energy = product(heard, heard);
    float best = 0;

    for (uint32_t at = 0; at + SUMS_HEARD <= SUMS_SENT; at++) {
        if (at > 0)
            energy_sent += (int64_t)sent[at + SUMS_HEARD - 1] * sent[at + SUMS_HEARD - 1] -
                           (int64_t)sent[at - 1] * sent[at - 1];
        if (energy_sent < energy / 1000 + SUMS_HEARD)
            continue; /* The agent said next to nothing then. */
        float sum = (float)product(heard, sent + at);
        float likeness = sum * sum / ((float)energy_sent * (float)(energy + 1));
        if (likeness > best) {
            best = likeness;
            *offset = at;
        }
    }
    return sqrtf(best);
}

/* The position in what was sent that belongs to the frame at `timestamp`, without delay. */
static int64_t position_of(const struct echo *echo, uint32_t timestamp)
{
    return echo->base_sent + (int32_t)(timestamp - echo->base_timestamp);
}

/* True when what was heard resembles what was sent; the delay is then known. */
static bool test(struct echo *echo, uint32_t timestamp, int32_t *delay)
{
    static const int32_t frames_sent = ECHO_SENT;
    int16_t sums[SUMS_SENT], sent[SUMS_SENT], heard[SUMS_HEARD], samples[FRAME_SAMPLES];
    uint32_t offset = 0;

    for (int32_t i = 0; i < frames_sent; i++) {
        read_sent(echo, (int64_t)echo->sent - frames_sent + i, samples);
        add_sums(samples, sums + i * ECHO_SUMS);
    }
    prepare(sums, SUMS_SENT, sent);
    prepare(echo->sums, SUMS_HEARD, heard);
    float likeness = compare(heard, sent, &offset);
    int64_t first = ((int64_t)echo->sent - frames_sent) * FRAME_SAMPLES + offset * SUM_SAMPLES;
    int64_t window = position_of(echo, timestamp) - (ECHO_WINDOW - 1) * FRAME_SAMPLES;
    *delay = (int32_t)(window - first);
    return likeness >= alike;
}

/* ---- Each frame ---- */

/* Where the stream is, in terms of what is sent: from the first frame on its timestamps count. */
static void follow(struct echo *echo, uint32_t timestamp)
{
    if (!echo->based || timestamp != echo->next_timestamp) {
        int32_t ahead = (int32_t)(timestamp - echo->next_timestamp);
        echo->heard = 0;
        if (!echo->based || ahead < 0 || ahead > SAMPLE_RATE) {
            echo->base_timestamp = timestamp;
            echo->base_sent = (int64_t)echo->sent * FRAME_SAMPLES;
            if (echo->based && echo->state == ECHO_FOUND)
                echo->strikes = 0; /* The delay must be found anew. */
        }
        echo->based = true;
    }
    echo->next_timestamp = timestamp + FRAME_SAMPLES;
}

static void remember(struct echo *echo, const int16_t *samples, bool loud)
{
    memmove(echo->sums, echo->sums + ECHO_SUMS, (SUMS_HEARD - ECHO_SUMS) * sizeof echo->sums[0]);
    add_sums(samples, echo->sums + SUMS_HEARD - ECHO_SUMS);
    echo->heard += echo->heard < ECHO_WINDOW;
    echo->loud = (uint16_t)(echo->loud << 1 | loud) & ((1 << ECHO_WINDOW) - 1);
    if (echo->since_test < UINT8_MAX)
        echo->since_test++;
    if (echo->loud == 0)
        echo->judged = echo->resembles = false; /* The next sound is another one. */
}

static void give_line(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter)
{
    if (echo->line)
        return;
    if (pool->free_count == 0) {
        pool->refused++;
        return;
    }
    echo->line = pool->free[--pool->free_count];
    speex_echo_state_reset(echo->line->canceller);
    jitter_copy(&echo->line->jitter, jitter);
    echo->erle_db = 0;
}

/* What is sent now comes back in 20 ms at the earliest, by packets: no more than what was sent can
 * be looked at. */
static int32_t margin_of(const struct echo *echo, int64_t position, int32_t delay)
{
    int64_t there = ((int64_t)echo->sent - 1) * FRAME_SAMPLES - (position - delay);

    return there < 0 ? 0 : there < ECHO_MARGIN ? (int32_t)there : ECHO_MARGIN;
}

static void found(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                  int64_t position)
{
    bool moved = abs(echo->candidate - echo->delay) > ECHO_MARGIN;

    if (echo->state == ECHO_FOUND && !moved)
        return;
    if (echo->state == ECHO_FOUND && echo->line && echo->erle_db >= converged_db) {
        /* A jitter buffer on the way has moved it: what was learnt of the line is still true. */
        echo->delay = echo->candidate;
        return;
    }
    if (echo->state != ECHO_FOUND)
        give_line(echo, pool, jitter);
    else if (echo->line)
        speex_echo_state_reset(echo->line->canceller);
    echo->erle_db = 0;
    echo->delay = echo->candidate;
    echo->margin = margin_of(echo, position, echo->delay);
    echo->state = ECHO_FOUND;
}

static uint32_t patience(const struct echo *echo)
{
    return echo->judged && !echo->resembles && echo->state == ECHO_CLEAN ? TEST_KNOWN : TEST_EVERY;
}

static void look(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                 uint32_t timestamp)
{
    int32_t delay;

    if (echo->heard < ECHO_WINDOW || echo->since_test < patience(echo) ||
        __builtin_popcount(echo->loud) < LOUD_FRAMES)
        return;
    echo->since_test = 0;
    echo->judged = true;
    echo->resembles = test(echo, timestamp, &delay);
    if (!echo->resembles) {
        echo->strikes = 0;
        return;
    }
    if (abs(delay - echo->candidate) > NEAR)
        echo->strikes = 0;
    echo->candidate = delay;
    if (++echo->strikes >= STRIKES)
        found(echo, pool, jitter, position_of(echo, timestamp));
}

static float decibels(float ratio)
{
    return 10 * log10f(ratio);
}

/* Takes the echo out. Returns whether what is left may be the caller's. */
static bool cancel(struct echo *echo, uint32_t timestamp, float before, int16_t *samples,
                   float *left)
{
    int16_t reference[FRAME_SAMPLES], out[FRAME_SAMPLES];

    read_reference(echo, position_of(echo, timestamp) - echo->delay + echo->margin, reference);
    speex_echo_cancellation(echo->line->canceller, samples, reference, out);
    memcpy(samples, out, sizeof out);
    *left = mean_square(out);
    float lowered = decibels((before + 1) / (*left + 1));
    bool more =
        *left > LEFT_LOUD && (echo->erle_db < converged_db || lowered < echo->erle_db - margin_db);
    if (before > LEFT_LOUD && (!more || echo->resembles)) {
        float bounded = lowered < 0 ? 0 : lowered > 30 ? 30 : lowered;
        echo->erle_db += (bounded - echo->erle_db) * 0.08f;
        echo->energy_in += (double)before;
        echo->energy_left += (double)*left;
    }
    return more;
}

static enum echo_verdict decide(const struct echo *echo, bool loud)
{
    if (!loud)
        return echo->state == ECHO_FOUND ? ECHO_AGENT : ECHO_CALLER;
    if (echo->judged)
        return echo->resembles ? ECHO_AGENT : ECHO_CALLER;
    return echo->state == ECHO_CLEAN ? ECHO_CALLER : ECHO_HOLD;
}

enum echo_verdict echo_hear(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter,
                            uint32_t timestamp, int16_t samples[FRAME_SAMPLES])
{
    float before, left;
    bool loud, more;
    int16_t came[FRAME_SAMPLES];

    follow(echo, timestamp);
    if (!echo_is_near(echo) || pool->count == 0) {
        echo->heard = 0;
        echo->loud = 0;
        echo->judged = false;
        return ECHO_CALLER;
    }
    before = mean_square(samples);
    loud = more = before > LOUD;
    memcpy(came, samples, sizeof came);
    if (echo->state == ECHO_FOUND && echo->line)
        more = cancel(echo, timestamp, before, samples, &left);
    bool left_only = echo->line && echo->erle_db >= converged_db;
    if (left_only != echo->left_only) { /* The two are not compared in one. */
        echo->heard = echo->loud = 0;
        echo->judged = echo->resembles = false;
    }
    echo->left_only = left_only;
    remember(echo, left_only ? samples : came, left_only ? more : loud);
    look(echo, pool, jitter, timestamp);
    if (echo->state == ECHO_UNKNOWN) {
        echo->quiet_frames = echo->loud ? 0 : echo->quiet_frames + (echo->voiced & 1);
        if (echo->quiet_frames >= CLEAN_AFTER)
            echo->state = ECHO_CLEAN;
    }
    return decide(echo, more);
}

static enum gate_result held(struct echo *echo, struct gate *gate, enum gate_result result,
                             enum echo_verdict verdict)
{
    if (echo->held_frames < UINT8_MAX)
        echo->held_frames++;
    if (result == GATE_CLOSED || verdict == ECHO_AGENT) {
        echo->held = false;
        (void)gate_gap(gate, GATE_ENDED);
        return GATE_SAME;
    }
    if (verdict == ECHO_HOLD)
        return GATE_SAME;
    echo->held = false;
    gate->edge_samples += echo->held_frames * FRAME_SAMPLES;
    return GATE_OPENED;
}

enum gate_result echo_gate(struct echo *echo, struct gate *gate, enum echo_verdict verdict,
                           const int16_t samples[FRAME_SAMPLES])
{
    enum gate_result result =
        verdict == ECHO_AGENT ? gate_gap(gate, FRAME_SAMPLES) : gate_frame(gate, samples);

    if (echo->held)
        return held(echo, gate, result, verdict);
    if (result == GATE_OPENED && verdict == ECHO_HOLD) {
        echo->held = true;
        echo->held_frames = 0;
        return GATE_SAME;
    }
    return result;
}

uint32_t echo_delay_ms(const struct echo *echo)
{
    if (echo->state != ECHO_FOUND)
        return 0;
    return echo->delay > SAMPLE_RATE / 1000 ? (uint32_t)echo->delay * 1000 / SAMPLE_RATE : 1;
}

uint32_t echo_return_loss(const struct echo *echo)
{
    double lowered = echo->energy_left > 0 ? 10 * log10(echo->energy_in / echo->energy_left) : 0;

    return lowered > 0 ? (uint32_t)(lowered + 0.5) : 0;
}
