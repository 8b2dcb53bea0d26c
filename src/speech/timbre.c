// SPDX-License-Identifier: Apache-2.0
/* timbre.c - a real transform by a complex one of half its length. */
#include "speech/timbre.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { POINTS = 256, HALF = POINTS / 2 };

_Static_assert(TIMBRE_BEFORE + FRAME_SAMPLES == POINTS,
               "a window is the frame and what was before");

/* Where the bands begin, in steps of 31.25 Hz: mel's from 120 to 3,600 Hz. */
static const uint8_t edges[TIMBRE_BANDS + 1] = {4,  6,  8,  10, 12, 15, 18, 21, 25,  29, 33,
                                                38, 43, 49, 55, 62, 70, 79, 89, 101, 115};

static struct {
    float window[POINTS];
    float complex turn[HALF]; /* By steps of POINTS. */
    uint8_t reversed[HALF];
} table;

__attribute__((constructor)) static void make_table(void)
{
    for (uint32_t i = 0; i < POINTS; i++)
        table.window[i] = 0.5f - 0.5f * cosf(2.0f * (float)M_PI * ((float)i + 0.5f) / POINTS);
    for (uint32_t i = 0; i < HALF; i++) {
        table.turn[i] = cexpf(-2.0f * (float)M_PI * (float)i / POINTS * I);
        for (uint32_t bit = 0; bit < 7; bit++)
            table.reversed[i] = (uint8_t)(table.reversed[i] | ((i >> bit & 1) << (6 - bit)));
    }
}

static void transform(float complex *x)
{
    for (uint32_t size = 2; size <= HALF; size *= 2) {
        for (uint32_t from = 0; from < HALF; from += size) {
            for (uint32_t k = 0; k < size / 2; k++) {
                float complex turned = x[from + k + size / 2] * table.turn[k * (POINTS / size)];
                x[from + k + size / 2] = x[from + k] - turned;
                x[from + k] += turned;
            }
        }
    }
}

/* Of the real sound whose even samples are the real, odd ones the imaginary parts. */
static float power(const float complex *x, uint32_t at)
{
    float complex a = x[at], b = conjf(x[HALF - at]);
    float complex sum = 0.5f * (a + b) - 0.5f * I * table.turn[at] * (a - b);

    return crealf(sum) * crealf(sum) + cimagf(sum) * cimagf(sum);
}

void timbre_frame(struct timbre *timbre, const int16_t samples[FRAME_SAMPLES],
                  float out[TIMBRE_BANDS])
{
    float complex x[HALF];
    int16_t sound[POINTS];

    memcpy(sound, timbre->before, sizeof(timbre->before));
    memcpy(sound + TIMBRE_BEFORE, samples, FRAME_SAMPLES * sizeof(*samples));
    memcpy(timbre->before, sound + FRAME_SAMPLES, sizeof(timbre->before));
    for (uint32_t i = 0; i < HALF; i++)
        x[table.reversed[i]] = (float)sound[2 * i] * table.window[2 * i] +
                               (float)sound[2 * i + 1] * table.window[2 * i + 1] * I;
    transform(x);
    for (uint32_t band = 0; band < TIMBRE_BANDS; band++) {
        float sum = 100.0f;
        for (uint32_t at = edges[band]; at < edges[band + 1]; at++)
            sum += power(x, at);
        out[band] = 10.0f * log10f(sum / (float)(edges[band + 1] - edges[band]));
    }
}
