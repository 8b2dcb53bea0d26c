// SPDX-License-Identifier: Apache-2.0
/* gate.c - energy over an adaptive floor, prediction gain against tones, pitch against noise.
 *
 * Figures were chosen on human telephone recordings (tests/bench/gate_report.c repeats them). */
#include "media/gate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/attr.h"

typedef float lanes __attribute__((vector_size(16)));

enum {
    PARTS_FRAMES = 16,
    HALF = FRAME_SAMPLES / 2,
    LAG_LEAST = 10, /* 400 Hz at 4 kHz. */
    LAG_MOST = 57,  /* 70 Hz; from LAG_LEAST on a multiple of four. */
    CLOSE_SAMPLES = 1600,
    PITCHLESS_LOOK = 4,  /* While the gate is open a pitch found is believed for so many frames, */
    PITCHLESS_MOST = 22, /* and a sound without one may hold it open for so many. */
    EDGE_BACK_MOST = 1280,
    STRIDE = 4, /* Of the predictor. */
    BEFORE = GATE_BEFORE,
    STEP = 40 /* 5 ms: how finely edges are found. */
};

static const float FLOOR_LEAST_DB = -62.0f; /* Digital silence is quieter than any line. */
static const float OPEN_OVER_FLOOR_DB = 9.0f;
static const float HOLD_OVER_FLOOR_DB = 6.0f;
static const float LEAST_DB = -47.0f;
static const float TONE_RESIDUE = 0.006f; /* 22 dB of prediction gain. */
static const float TONE_STEADY_DB = 1.0f;
static const float PERIODIC = 0.55f;
static const float CLEAR = 0.7f, CLEAR_OVER = 15.0f, CLEAR_DB = -38.0f;

void gate_init(struct gate *gate)
{
    *gate = (struct gate){.floor_db = -60.0f, .last_db = -90.0f, .level_db = -90, .level = -90.0f};
    gate->smooth = 1e-9f;
    gate->part_least = 1.0f;
    for (int i = 0; i < GATE_FLOOR_PARTS; i++)
        gate->floor_parts[i] = 3e-5f; /* A line begins with noise of -45 dBFS at most. */
    gate->pitchless = PITCHLESS_MOST;
    gate->quiet_samples = CLOSE_SAMPLES;
}

static float sum_of(lanes v)
{
    return (v[0] + v[1]) + (v[2] + v[3]);
}

/* Anywhere in an array of floats. A memcpy() would be a call where its bounds are checked. */
typedef float loose __attribute__((vector_size(16), aligned(4), may_alias));
typedef float loose_pair __attribute__((vector_size(32), aligned(4), may_alias));

static lanes load(const float *from)
{
    return *(const loose *)from;
}

static void put(float *to, lanes v)
{
    *(loose *)to = v;
}

/* Sixteen at a time, in four sums of four: floating sums are otherwise kept in order by the
 * language, and each addition waits for the one before. Two sums are one vector where there are
 * such (TWO_WIDTHS). */
static ALWAYS_INLINE float dot(const float *a, const float *b, uint32_t count)
{
    loose_pair first = {0}, second = {0};
    uint32_t i = 0;

    assert(count % 4 == 0);
    for (; i + 16 <= count; i += 16) {
        first += *(const loose_pair *)(a + i) * *(const loose_pair *)(b + i);
        second += *(const loose_pair *)(a + i + 8) * *(const loose_pair *)(b + i + 8);
    }
    lanes sum = __builtin_shufflevector(first, first, 0, 1, 2, 3);
    for (; i < count; i += 4)
        sum += load(a + i) * load(b + i);
    sum += __builtin_shufflevector(first, first, 4, 5, 6, 7);
    return sum_of(sum + (__builtin_shufflevector(second, second, 0, 1, 2, 3) +
                         __builtin_shufflevector(second, second, 4, 5, 6, 7)));
}

static float decibels(float power)
{
    return 10.0f * log10f(power + 1e-9f);
}

static lanes fourth(lanes v)
{
    return __builtin_shufflevector(v, v, 3, 3, 3, 3);
}

static const float P = 0.925f; /* Of the high-pass. */
static const lanes POWERS = {0.925f, 0.925f * 0.925f, 0.925f * 0.925f * 0.925f,
                             0.925f * 0.925f * 0.925f * 0.925f};

/* v[n] + P v[n-1] + P^2 v[n-2] + P^3 v[n-3], as if nothing had been before v[0]. */
static lanes sum_up(lanes v)
{
    const lanes none = {0};

    v += P * __builtin_shufflevector(none, v, 0, 4, 5, 6);
    return v + P * P * __builtin_shufflevector(none, v, 0, 1, 4, 5);
}

/* Takes hum and offset away (100 Hz, first order): out[n] = in[n] - in[n-1] + P out[n-1]. Eight
 * samples at a time: first as if nothing had been before them, then what the last of the eight
 * before leaves of itself, so that only one in eight waits for another. out begins with the end of
 * the frame before. */
static ALWAYS_INLINE void filter(struct gate *gate, const int16_t *samples,
                                 float out[BEFORE + FRAME_SAMPLES])
{
    float change[FRAME_SAMPLES];
    lanes last = {0, 0, 0, gate->high_pass_out};

    memcpy(out, gate->before, sizeof gate->before);
    change[0] = (float)samples[0] * (1.0f / 32768.0f) - gate->high_pass_in;
    for (uint32_t i = 1; i < FRAME_SAMPLES; i++)
        change[i] = (float)(samples[i] - samples[i - 1]) * (1.0f / 32768.0f);
    for (uint32_t i = 0; i < FRAME_SAMPLES; i += 8) {
        lanes a = sum_up(load(change + i)), b = sum_up(load(change + i + 4));
        b += POWERS * fourth(a);
        a += POWERS * fourth(last);
        last = b + POWERS[3] * POWERS * fourth(last);
        put(out + BEFORE + i, a);
        put(out + BEFORE + i + 4, last);
    }
    gate->high_pass_in = (float)samples[FRAME_SAMPLES - 1] * (1.0f / 32768.0f);
    gate->high_pass_out = last[3];
    memcpy(gate->before, out + FRAME_SAMPLES, sizeof gate->before);
}

/* The floor is the least smoothed energy of the last 1.6 s: speech dips to it between words. */
static void follow_floor(struct gate *gate, float power)
{
    gate->smooth += 0.4f * (power - gate->smooth);
    if (gate->smooth < gate->part_least)
        gate->part_least = gate->smooth;
    float least = gate->part_least;
    for (int i = 0; i < GATE_FLOOR_PARTS; i++) {
        if (gate->floor_parts[i] < least)
            least = gate->floor_parts[i];
    }
    if (++gate->part_frames == PARTS_FRAMES) {
        gate->floor_parts[gate->part] = gate->part_least;
        gate->part = (uint8_t)((gate->part + 1) % GATE_FLOOR_PARTS);
        gate->part_least = 1.0f;
        gate->part_frames = 0;
    }
    if (least == gate->floor)
        return;
    gate->floor = least;
    float floor_db = decibels(least);
    gate->floor_db = floor_db < FLOOR_LEAST_DB ? FLOOR_LEAST_DB : floor_db;
}

/* What is left of the frame after the best prediction from its own past at 4, 8, 12 and 16 samples
 * before, as a part of its energy. Two sines leave nothing but the line's noise, whatever their
 * frequencies; from neighbouring samples any dark vowel could be predicted as well. Covariance
 * method: exact at the borders. */
static ALWAYS_INLINE float residue(const float *x)
{
    double phi[5][5], l[4][4], y[4], left;

    for (int i = 0; i < 5; i++)
        phi[i][0] = phi[0][i] = (double)dot(x + BEFORE, x + BEFORE - STRIDE * i, FRAME_SAMPLES);
    if (phi[0][0] <= 1e-9)
        return 1.0f;
    for (int i = 1; i < 5; i++) {
        for (int j = i; j < 5; j++) {
            const float *a = x + BEFORE - STRIDE * i, *b = x + BEFORE - STRIDE * j;
            float change = sum_of(load(a) * load(b)) -
                           sum_of(load(a + FRAME_SAMPLES) * load(b + FRAME_SAMPLES));
            phi[i][j] = phi[j][i] = phi[i - 1][j - 1] + (double)change;
        }
    }
    left = phi[0][0];
    for (int i = 0; i < 4; i++) { /* Cholesky, and the forward half of the solution with it. */
        for (int j = 0; j <= i; j++) {
            double sum = phi[i + 1][j + 1] + (i == j ? phi[0][0] * 1e-6 : 0.0);
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            if (i == j)
                l[i][i] = sqrt(sum > phi[0][0] * 1e-9 ? sum : phi[0][0] * 1e-9);
            else
                l[i][j] = sum / l[j][j];
        }
        y[i] = phi[i + 1][0];
        for (int k = 0; k < i; k++)
            y[i] -= l[i][k] * y[k];
        y[i] /= l[i][i];
        left -= y[i] * y[i];
    }
    return (float)(left / phi[0][0]);
}

static lanes evens(lanes a, lanes b)
{
    return __builtin_shufflevector(a, b, 0, 2, 4, 6);
}

static lanes odds(lanes a, lanes b)
{
    return __builtin_shufflevector(a, b, 1, 3, 5, 7);
}

/* Halves the rate; the pitch is looked for at 4 kHz. x goes on from x[-1]. */
static ALWAYS_INLINE void halve(const float *x, float out[HALF])
{
    for (uint32_t i = 0; i < HALF; i += 4) {
        lanes a = load(x + 2 * i), b = load(x + 2 * i + 4);
        lanes before = evens(load(x + 2 * i - 1), load(x + 2 * i + 3));
        lanes half = 0.25f * (before + odds(a, b)) + 0.5f * evens(a, b);
        put(out + i, half);
    }
}

/* The frame's products with its own past at four lags, `past` and 1, 2, 3 samples before it. */
static ALWAYS_INLINE lanes four_lags(const float *now, const float *past)
{
    lanes sums[4] = {{0}};

    for (uint32_t i = 0; i < HALF; i += 4) {
        lanes x = load(now + i);
        for (int k = 0; k < 4; k++)
            sums[k] += x * load(past + i - k);
    }
    lanes ab = __builtin_shufflevector(sums[0], sums[1], 0, 4, 1, 5) +
               __builtin_shufflevector(sums[0], sums[1], 2, 6, 3, 7);
    lanes cd = __builtin_shufflevector(sums[2], sums[3], 0, 4, 1, 5) +
               __builtin_shufflevector(sums[2], sums[3], 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
           __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

/* The greatest normalised correlation of the frame with its own past; once it is clear, the first
 * that is. */
static ALWAYS_INLINE float periodicity(const float line[GATE_PITCH_HISTORY + HALF])
{
    const float *now = line + GATE_PITCH_HISTORY;
    float own = dot(now, now, HALF), best = 0.0f;
    float past = dot(now - LAG_LEAST, now - LAG_LEAST, HALF);

    for (int lag = LAG_LEAST; lag <= LAG_MOST && best < CLEAR * CLEAR; lag += 4) {
        lanes both = four_lags(now, now - lag);
        for (int k = 0; k < 4 && best < CLEAR * CLEAR; k++) {
            const float *at = now - lag - k;
            float score = both[k] > 0.0f ? both[k] * both[k] / (own * past + 1e-12f) : 0.0f;
            best = score > best ? score : best;
            past += at[-1] * at[-1] - at[HALF - 1] * at[HALF - 1];
        }
    }
    return sqrtf(best);
}

/* The first and the last 5 ms of the frame that are louder than the line. Returns their edges as
 * samples before the frame's end. */
static ALWAYS_INLINE void find_edges(const float *x, float over, uint32_t *first, uint32_t *last)
{
    *first = 0;
    *last = FRAME_SAMPLES;
    for (uint32_t at = 0; at < FRAME_SAMPLES; at += STEP) {
        if (dot(x + at, x + at, STEP) < over * (float)STEP)
            continue;
        if (*first == 0)
            *first = FRAME_SAMPLES - at;
        *last = FRAME_SAMPLES - at - STEP;
    }
}

static enum gate_result decide(struct gate *gate)
{
    uint32_t recent = gate->counted & 0xf;
    uint32_t pitched = gate->periodic & 0xf;
    bool clear = (gate->clear & 3) == 3;

    if (!gate->open) {
        if (!clear &&
            (__builtin_popcount(recent) < 3 || __builtin_popcount(pitched) < 2 || !(recent & 1)))
            return GATE_SAME;
        gate->open = true;
        gate->edge_samples = gate->loud_samples;
        gate->level_db = (int32_t)lrintf(gate->level);
        return GATE_OPENED;
    }
    if (gate->quiet_samples < CLOSE_SAMPLES)
        return GATE_SAME;
    gate->open = false;
    gate->counted = gate->periodic = 0;
    gate->edge_samples = gate->quiet_samples;
    gate->level_db = (int32_t)lrintf(gate->level);
    return GATE_CLOSED;
}

static uint16_t more(uint16_t samples, uint32_t add)
{
    uint32_t sum = samples + add;
    return sum > 60000 ? 60000 : (uint16_t)sum;
}

static ALWAYS_INLINE void count_frame(struct gate *gate, const float *x, float power_db,
                                      bool counts, bool pitched, bool clear)
{
    gate->clear = (uint8_t)(gate->clear << 1 | (clear ? 1 : 0));
    gate->counted = (uint8_t)(gate->counted << 1 | (counts ? 1 : 0));
    gate->periodic = (uint8_t)(gate->periodic << 1 | (pitched ? 1 : 0));
    gate->pitchless = pitched ? 0 : (uint16_t)(gate->pitchless + (gate->pitchless < 1000));
    if (!counts) {
        gate->quiet_samples = more(gate->quiet_samples, FRAME_SAMPLES);
        /* One quiet frame is a gap within a word, more are a pause. */
        gate->loud_samples =
            gate->counted & 2 && gate->loud_samples ? more(gate->loud_samples, FRAME_SAMPLES) : 0;
        return;
    }
    uint32_t first, last;
    float least_db = gate->floor_db + HOLD_OVER_FLOOR_DB;
    find_edges(x, powf(10.0f, 0.1f * (least_db < -50.0f ? -50.0f : least_db)), &first, &last);
    gate->quiet_samples = (uint16_t)(last < FRAME_SAMPLES ? last : 0);
    gate->loud_samples = gate->loud_samples ? more(gate->loud_samples, FRAME_SAMPLES)
                                            : (uint16_t)(first ? first : FRAME_SAMPLES);
    if (gate->loud_samples > EDGE_BACK_MOST)
        gate->loud_samples = EDGE_BACK_MOST;
    gate->level += (gate->level < -89.0f ? 1.0f : 0.2f) * (power_db - gate->level);
}

TWO_WIDTHS enum gate_result gate_frame(struct gate *gate, const int16_t samples[FRAME_SAMPLES])
{
    float padded[BEFORE + FRAME_SAMPLES], line[GATE_PITCH_HISTORY + HALF];
    const float *x = padded + BEFORE;
    bool counts, pitched = false, clear = false;

    filter(gate, samples, padded);
    float power = dot(x, x, FRAME_SAMPLES) * (1.0f / FRAME_SAMPLES);
    float power_db = decibels(power);
    float over = power_db - gate->floor_db;
    follow_floor(gate, power);
    memcpy(line, gate->history, sizeof gate->history);
    halve(x, line + GATE_PITCH_HISTORY);

    counts = power_db > LEAST_DB && over > (gate->open ? HOLD_OVER_FLOOR_DB : OPEN_OVER_FLOOR_DB);
    if (counts) {
        bool steady = fabsf(power_db - gate->last_db) < TONE_STEADY_DB;
        float left = residue(padded);
        if (left < TONE_RESIDUE || (steady && left < 6.0f * TONE_RESIDUE && !gate->open))
            counts = false;
    }
    if (counts && (!gate->open || gate->pitchless >= PITCHLESS_LOOK)) {
        float p = periodicity(line);
        pitched = p > PERIODIC;
        clear = p > CLEAR && over > CLEAR_OVER && power_db > CLEAR_DB;
    }
    if (counts && gate->open && !pitched && gate->pitchless >= PITCHLESS_MOST)
        counts = false;
    gate->last_db = power_db;
    memcpy(gate->history, line + HALF, sizeof gate->history);
    count_frame(gate, x, power_db, counts, pitched, clear);
    return decide(gate);
}

enum gate_result gate_gap(struct gate *gate, uint32_t samples)
{
    uint32_t frames = (samples + FRAME_SAMPLES - 1) / FRAME_SAMPLES;

    gate->quiet_samples = more(gate->quiet_samples, samples);
    gate->loud_samples = 0;
    uint32_t by = frames < 8 ? frames : 8;
    gate->counted = (uint8_t)((uint32_t)gate->counted << by & 0xff);
    gate->periodic = (uint8_t)((uint32_t)gate->periodic << by & 0xff);
    return gate->open ? decide(gate) : GATE_SAME;
}
