// SPDX-License-Identifier: Apache-2.0
/* bandwidth.c - measure the low band, predict the high band, add it as noise. */
#include "speech/bandwidth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/bandwidth_fit.h"

enum { HOP = BANDWIDTH_HOP, WINDOW = 2 * HOP, POINTS = 256, NOISE = 16384 };

struct bandwidth_table {
    float noise[BANDWIDTH_BANDS][NOISE]; /* Unit variance, band-limited; read round and round. */
    float hann[WINDOW];
    float cosine[POINTS / 2], sine[POINTS / 2];
    uint8_t reversed[POINTS];
};

/* Uniform noise of unit variance. */
static float random_sample(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return ((float)(*state >> 9) * (1.0f / 4194304.0f) - 1.0f) * 1.7320508f;
}

static bool make_noise(struct bandwidth_table *table)
{
    uint32_t state = 7;
    float *white = malloc(NOISE * sizeof(*white));

    if (!white)
        return false;
    for (uint32_t i = 0; i < NOISE; i++)
        white[i] = random_sample(&state);
    for (uint32_t band = 0; band < BANDWIDTH_BANDS; band++) {
        for (uint32_t i = 0; i < NOISE; i++) {
            float sum = 0;
            for (uint32_t tap = 0; tap < FIT_NOISE_TAPS; tap++)
                sum += fit_noise[band][tap] * white[(i + tap) % NOISE];
            table->noise[band][i] = sum;
        }
    }
    free(white);
    return true;
}

struct bandwidth_table *bandwidth_table_new(void)
{
    struct bandwidth_table *table = calloc(1, sizeof(*table));
    const double turn = 2 * 3.14159265358979323846;

    if (!table || !make_noise(table)) {
        free(table);
        return NULL;
    }
    for (uint32_t i = 0; i < WINDOW; i++)
        table->hann[i] = (float)(0.5 - 0.5 * cos(turn * (i + 0.5) / WINDOW));
    for (uint32_t i = 0; i < POINTS / 2; i++) {
        table->cosine[i] = (float)cos(turn * i / POINTS);
        table->sine[i] = (float)-sin(turn * i / POINTS);
    }
    for (uint32_t i = 0; i < POINTS; i++) {
        for (uint32_t bit = 0; bit < 8; bit++)
            table->reversed[i] = (uint8_t)(table->reversed[i] | ((i >> bit & 1) << (7 - bit)));
    }
    return table;
}

void bandwidth_table_free(struct bandwidth_table *table)
{
    free(table);
}

void bandwidth_init(struct bandwidth *bandwidth, const struct bandwidth_table *table)
{
    *bandwidth = (struct bandwidth){.table = table};
}

/* A plain radix-2 transform in place; the input is in bit-reversed order already. */
static void transform(const struct bandwidth_table *table, float *re, float *im)
{
    for (uint32_t size = 2; size <= POINTS; size *= 2) {
        uint32_t half = size / 2, step = POINTS / size;
        for (uint32_t from = 0; from < POINTS; from += size) {
            for (uint32_t k = 0; k < half; k++) {
                uint32_t a = from + k, b = a + half;
                float c = table->cosine[k * step], s = table->sine[k * step];
                float tr = re[b] * c - im[b] * s, ti = re[b] * s + im[b] * c;
                re[b] = re[a] - tr;
                im[b] = im[a] - ti;
                re[a] += tr;
                im[a] += ti;
            }
        }
    }
}

/* Log energies of the low bands less their mean, and the tilt's terms. Returns the mean. */
static float measure(const struct bandwidth *bandwidth, float feature[FIT_FEATURES])
{
    const struct bandwidth_table *table = bandwidth->table;
    float re[POINTS] = {0}, im[POINTS] = {0}, mean = 0, top = 0, bottom = 0;

    for (uint32_t i = 0; i < WINDOW; i++)
        re[table->reversed[i]] = bandwidth->window[i] * table->hann[i];
    transform(table, re, im);
    for (uint32_t band = 0; band < FIT_LOW_BANDS; band++) {
        uint32_t from = fit_low[band][0], to = fit_low[band][1];
        float energy = 0;
        for (uint32_t i = from; i < to; i++)
            energy += re[i] * re[i] + im[i] * im[i];
        feature[band] = logf(energy / (float)(to - from) + 100.0f);
        mean += feature[band] / FIT_LOW_BANDS;
    }
    for (uint32_t band = 0; band < FIT_LOW_BANDS; band++) {
        feature[band] -= mean;
        if (band >= 14)
            top += feature[band] / 4;
        else if (band < 8)
            bottom += feature[band] / 8;
    }
    float tilt = top - bottom;
    feature[18] = 1;
    feature[19] = tilt > 0 ? tilt : 0;
    feature[20] = tilt < 0 ? tilt : 0;
    feature[21] = feature[19] * feature[19];
    return mean;
}

static void predict(const struct bandwidth *bandwidth, float gain[BANDWIDTH_BANDS])
{
    float feature[FIT_FEATURES];
    float mean = measure(bandwidth, feature);

    for (uint32_t band = 0; band < BANDWIDTH_BANDS; band++) {
        float log_energy = mean;
        for (uint32_t i = 0; i < FIT_FEATURES; i++)
            log_energy += feature[i] * fit_weight[i][band];
        /* From the energy of a Hann-windowed transform to an amplitude: 1 / sqrt(120). */
        gain[band] = expf(0.5f * log_energy) * 0.0912871f;
    }
}

static int16_t clamp(float sample)
{
    if (sample > 32767.0f)
        return 32767;
    if (sample < -32768.0f)
        return -32768;
    return (int16_t)lrintf(sample);
}

/* The older hop of the window leaves, doubled, with the gains moving from the last window's centre
 * to this one's. */
static void emit(struct bandwidth *bandwidth, const float *target, int16_t *out)
{
    float low[BANDWIDTH_TAPS + HOP];

    memcpy(low, bandwidth->history, sizeof(bandwidth->history));
    memcpy(low + BANDWIDTH_TAPS, bandwidth->window, HOP * sizeof(low[0]));
    for (uint32_t n = 0; n < 2 * HOP; n++) {
        float sample = 0, at = ((float)n + 0.5f) / (2 * HOP);
        const float *newest = low + BANDWIDTH_TAPS + n / 2;
        for (uint32_t tap = 0; tap < BANDWIDTH_TAPS; tap++)
            sample += fit_double[2 * tap + n % 2] * newest[-(int32_t)tap];
        for (uint32_t band = 0; band < BANDWIDTH_BANDS; band++) {
            float gain = bandwidth->gain[band] + (target[band] - bandwidth->gain[band]) * at;
            sample += gain * bandwidth->table->noise[band][(bandwidth->noise_at + n) % NOISE];
        }
        out[n] = clamp(sample);
    }
    bandwidth->noise_at = (bandwidth->noise_at + 2 * HOP) % NOISE;
    memcpy(bandwidth->history, low + HOP, sizeof(bandwidth->history));
}

static void hop(struct bandwidth *bandwidth, int16_t *out)
{
    float gain[BANDWIDTH_BANDS];

    memmove(bandwidth->window, bandwidth->window + HOP, HOP * sizeof(bandwidth->window[0]));
    for (uint32_t i = 0; i < HOP; i++)
        bandwidth->window[HOP + i] = bandwidth->waiting[i];
    predict(bandwidth, gain);
    emit(bandwidth, gain, out);
    memcpy(bandwidth->gain, gain, sizeof(gain));
}

uint32_t bandwidth_extend(struct bandwidth *bandwidth, const int16_t *in, uint32_t count,
                          int16_t *out)
{
    uint32_t made = 0;

    while (count > 0) {
        uint32_t room = HOP - bandwidth->waiting_count;
        uint32_t part = count < room ? count : room;
        memcpy(bandwidth->waiting + bandwidth->waiting_count, in, part * sizeof(in[0]));
        bandwidth->waiting_count += part;
        in += part;
        count -= part;
        if (bandwidth->waiting_count < HOP)
            break;
        bandwidth->waiting_count = 0;
        hop(bandwidth, out + made);
        made += 2 * HOP;
    }
    return made;
}
