// SPDX-License-Identifier: Apache-2.0
/* g711_test.c - every sample and every code against the Recommendation's segments, walked naively.
 */
#include "base/g711.h"

#include <stdlib.h>

#include "check.h"

/* Both laws have eight segments of 16 steps, each segment's steps twice as wide as the last's. The
 * mu-law's first segment starts at -132 + 128: half a step of 8 below 0. In 16-bit units. */
static uint8_t naive_ulaw(int sample)
{
    int magnitude = abs(sample) > 32635 ? 32635 : abs(sample), start = -4, step = 8, segment = 0;

    while (magnitude >= start + 16 * step) {
        start += 16 * step;
        step *= 2;
        segment++;
    }
    int code = segment << 4 | ((magnitude - start) / step);
    return (uint8_t) ~(code | (sample < 0 ? 0x80 : 0));
}

static uint8_t naive_alaw(int sample)
{
    int magnitude = sample < 0 ? -sample - 1 : sample, start = 0, step = 16, segment = 0;

    while (magnitude >= start + 16 * step) {
        start += 16 * step;
        if (segment > 0)
            step *= 2;
        segment++;
    }
    int code = segment << 4 | ((magnitude - start) / step);
    return (uint8_t)(code ^ (sample < 0 ? 0x55 : 0xD5));
}

static void every_sample_encodes_as_the_segments_say(void)
{
    for (int i = -32768; i < 32768; i++) {
        int16_t sample = (int16_t)i;
        uint8_t ulaw, alaw;
        g711_ulaw_encode(&sample, &ulaw, 1);
        g711_alaw_encode(&sample, &alaw, 1);
        CHECK(ulaw == naive_ulaw(i));
        CHECK(alaw == naive_alaw(i));
    }
}

static void every_code_decodes_into_the_middle_of_its_step(void)
{
    for (int code = 0; code < 256; code++) {
        uint8_t byte = (uint8_t)code, back;
        int16_t ulaw, alaw;
        int low = 0, high = -1, count = 0;
        g711_ulaw_decode(&byte, &ulaw, 1);
        g711_alaw_decode(&byte, &alaw, 1);
        for (int i = -32768; i < 32768; i++) {
            if (naive_alaw(i) != code)
                continue;
            low = count++ == 0 ? i : low;
            high = i;
        }
        CHECK(count > 0 && alaw == (low + high + 1) / 2);
        g711_alaw_encode(&alaw, &back, 1);
        CHECK(back == byte);
        g711_ulaw_encode(&ulaw, &back, 1);
        CHECK(back == (byte == 0x7F ? 0xFF : byte)); /* Minus zero comes back as plus zero. */
    }
}

static void well_known_codes_are_right(void)
{
    const int16_t samples[] = {0, 32767, -32768, 1000, -1000};
    const uint8_t ulaw_expected[] = {0xFF, 0x80, 0x00, 0xCE, 0x4E};
    const uint8_t alaw_expected[] = {0xD5, 0xAA, 0x2A, 0xFA, 0x7A};
    uint8_t ulaw[5], alaw[5];
    int16_t back[5];

    g711_ulaw_encode(samples, ulaw, 5);
    g711_alaw_encode(samples, alaw, 5);
    for (int i = 0; i < 5; i++)
        CHECK(ulaw[i] == ulaw_expected[i] && alaw[i] == alaw_expected[i]);
    g711_ulaw_decode(ulaw, back, 5);
    CHECK(back[0] == 0 && back[1] == 32124 && back[2] == -32124 && back[3] == 988);
    g711_alaw_decode(alaw, back, 5);
    CHECK(back[0] == 8 && back[1] == 32256 && back[2] == -32256 && back[3] == 1008);
}

/* A vectorised loop has a body, a head and a tail: every length and alignment must agree. */
static void frames_of_any_length_and_alignment_agree_with_single_samples(void)
{
    int16_t samples[260], decoded[260];
    uint8_t ulaw[260], alaw[260];
    uint64_t state = 1;

    for (int i = 0; i < 260; i++)
        samples[i] = (int16_t)check_random(&state);
    for (uint32_t from = 0; from < 20; from++) {
        for (uint32_t count = 0; count <= 200; count += 7) {
            g711_ulaw_encode(samples + from, ulaw + from, count);
            g711_alaw_encode(samples + from, alaw + from, count);
            for (uint32_t i = from; i < from + count; i++)
                CHECK(ulaw[i] == naive_ulaw(samples[i]) && alaw[i] == naive_alaw(samples[i]));
            g711_ulaw_decode(ulaw + from, decoded + from, count);
            for (uint32_t i = from; i < from + count; i++) {
                int16_t one;
                g711_ulaw_decode(&ulaw[i], &one, 1);
                CHECK(one == decoded[i]);
            }
            g711_alaw_decode(alaw + from, decoded + from, count);
            for (uint32_t i = from; i < from + count; i++) {
                int16_t one;
                g711_alaw_decode(&alaw[i], &one, 1);
                CHECK(one == decoded[i]);
            }
        }
    }
}

int main(void)
{
    RUN(every_sample_encodes_as_the_segments_say);
    RUN(every_code_decodes_into_the_middle_of_its_step);
    RUN(well_known_codes_are_right);
    RUN(frames_of_any_length_and_alignment_agree_with_single_samples);
    return 0;
}
