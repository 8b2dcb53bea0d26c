// SPDX-License-Identifier: Apache-2.0
/* street.c - white noise through a low-pass of the first order. */
#include "street.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/g711.h"

enum { LOUD = 328 };

static double next_noise(double *low, uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    *low += 0.35 * ((double)(*state >> 8) / (1 << 23) - 1.0 - *low);
    return *low;
}

void street_add(int16_t *samples, uint32_t count, int db)
{
    double power = 0, made = 0, low = 0;
    uint32_t loud = 0, state = 1;

    for (uint32_t i = 0; i < count; i++) {
        double noise = next_noise(&low, &state);
        bool is_loud = abs(samples[i]) >= LOUD;
        made += noise * noise;
        power += is_loud ? (double)samples[i] * samples[i] : 0;
        loud += is_loud;
    }
    if (loud == 0)
        return;
    double gain = sqrt(power / loud * pow(10.0, -db / 10.0) / (made / count));
    low = 0;
    state = 1;
    for (uint32_t i = 0; i < count; i++) {
        double sum = samples[i] + gain * next_noise(&low, &state);
        samples[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
    }
}

void street_telephone(int16_t *samples, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t coded;
        g711_ulaw_encode(&samples[i], &coded, 1);
        g711_ulaw_decode(&coded, &samples[i], 1);
    }
}

uint32_t street_read(const char *path, int16_t *samples, uint32_t most)
{
    FILE *file = fopen(path, "re");
    uint8_t header[44];
    uint32_t count = UINT32_MAX;

    if (file && fread(header, 1, sizeof header, file) == sizeof header)
        count = (uint32_t)fread(samples, sizeof *samples, most, file);
    if (file)
        fclose(file);
    return count;
}
