// SPDX-License-Identifier: Apache-2.0
/* listening.c - two convolutions over time, each of every second step, and two layers over all of
 * it. */
#include "speech/listening.h"

#include <math.h>
#include <string.h>

#include "base/attr.h"
#include "speech/listening_fit.h"

enum {
    RANGE_DB = 50, /* What is so far below the loudest band is nothing. */
    LEAST_FRAMES = LISTENING_BEFORE + 3,
    STRIDE = 2,
    FIRST_STEPS = (LISTENING_FRAMES - FIT_KERNEL) / STRIDE + 1,
    SECOND_STEPS = (FIRST_STEPS - FIT_KERNEL) / STRIDE + 1
};

_Static_assert((int)FIT_BANDS == (int)TIMBRE_BANDS &&
                   (int)FIT_ALL == SECOND_STEPS * (int)FIT_SECOND,
               "the numbers are of this network");

void listening_begin(struct listening *listening)
{
    listening->timbre = (struct timbre){0};
    listening->narrowing = (struct half_down){0};
    listening->count = 0;
}

void listening_frame(struct listening *listening, const struct audio_frame *frame)
{
    int16_t narrow[FRAME_SAMPLES];
    const int16_t *samples = frame->samples;

    if (listening->count == LISTENING_FRAMES)
        return;
    if (frame->rate > SAMPLE_RATE) {
        half_down(&listening->narrowing, frame->samples, narrow, FRAME_SAMPLES);
        samples = narrow;
    }
    timbre_frame(&listening->timbre, samples, listening->bands[listening->count++]);
}

/* As parts of the range below the loudest; what has not come yet is nothing. */
static void normalise(const struct listening *listening, float out[LISTENING_FRAMES][TIMBRE_BANDS])
{
    const float *bands = &listening->bands[0][0];
    uint32_t count = listening->count * TIMBRE_BANDS;
    float most = bands[0];

    for (uint32_t i = 1; i < count; i++)
        most = bands[i] > most ? bands[i] : most;
    memset(out, 0, LISTENING_FRAMES * sizeof(*out));
    for (uint32_t i = 0; i < count; i++) {
        float under = (bands[i] - most) / RANGE_DB + 1.0f;
        (&out[0][0])[i] = under > 0 ? under : 0;
    }
}

/* out = max(0, scale * weights' * in + bias); weights lie output by output within an input. */
static ALWAYS_INLINE void layer(const float *in, uint32_t inputs, const int8_t *weights,
                                float scale, const float *bias, uint32_t outputs, float *out)
{
    float sums[64] = {0};

    for (uint32_t i = 0; i < inputs; i++)
        for (uint32_t j = 0; j < outputs; j++)
            sums[j] += in[i] * (float)weights[i * outputs + j];
    for (uint32_t j = 0; j < outputs; j++) {
        float sum = sums[j] * scale + bias[j];
        out[j] = sum > 0 ? sum : 0;
    }
}

uint16_t listening_odds(const struct listening *listening)
{
    float in[LISTENING_FRAMES][TIMBRE_BANDS], first[FIRST_STEPS][FIT_FIRST];
    float second[SECOND_STEPS][FIT_SECOND], hidden[FIT_HIDDEN], sum = fit_last_bias;

    if (listening->count < LEAST_FRAMES)
        return 0;
    normalise(listening, in);
    for (uint32_t i = 0; i < FIRST_STEPS; i++)
        layer(in[i * STRIDE], FIT_KERNEL * FIT_BANDS, fit_first, fit_first_scale, fit_first_bias,
              FIT_FIRST, first[i]);
    for (uint32_t i = 0; i < SECOND_STEPS; i++)
        layer(first[i * STRIDE], FIT_KERNEL * FIT_FIRST, fit_second, fit_second_scale,
              fit_second_bias, FIT_SECOND, second[i]);
    layer(second[0], FIT_ALL, fit_hidden, fit_hidden_scale, fit_hidden_bias, FIT_HIDDEN, hidden);
    for (uint32_t i = 0; i < FIT_HIDDEN; i++)
        sum += hidden[i] * fit_last[i];
    sum = sum > 9.0f ? 9.0f : sum < -9.0f ? -9.0f : sum;
    return (uint16_t)(LISTENING_EVEN + lrintf(100.0f * sum));
}
