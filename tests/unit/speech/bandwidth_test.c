// SPDX-License-Identifier: Apache-2.0
/* bandwidth_test.c - the high band follows the low band, and never more than that. */
#include "speech/bandwidth.h"

#include <math.h>
#include <string.h>

#include "check.h"

enum { SECOND = 8000 };

static struct bandwidth_table *table;
static int16_t narrow[SECOND], wide[2 * (SECOND + BANDWIDTH_HOP)];

/* Energy between two frequencies of the second half second of `wide`, by single tones 100 Hz apart.
 */
static double energy(double from_hz, double to_hz)
{
    double sum = 0;

    for (double hz = from_hz; hz < to_hz; hz += 100) {
        double re = 0, im = 0;
        for (int i = SECOND; i < 2 * SECOND; i++) {
            re += wide[i] * cos(2 * M_PI * hz * i / 16000);
            im += wide[i] * sin(2 * M_PI * hz * i / 16000);
        }
        sum += (re * re + im * im) / SECOND;
    }
    return sum;
}

static void extend(void)
{
    struct bandwidth bandwidth;

    bandwidth_init(&bandwidth, table);
    CHECK(bandwidth_extend(&bandwidth, narrow, SECOND, wide) == 2 * SECOND);
}

/* A vowel: a pulse train through two resonances. */
static void given_vowel(void)
{
    double a = 0, b = 0, c = 0, d = 0;

    for (int i = 0; i < SECOND; i++) {
        double x = i % 64 == 0 ? 4000 : 0;
        double y = x + 1.80 * cos(2 * M_PI * 600 / 8000) * a - 0.81 * b;
        b = a;
        a = y;
        double z = y + 1.70 * cos(2 * M_PI * 1400 / 8000) * c - 0.72 * d;
        d = c;
        c = z;
        narrow[i] = (int16_t)(z / 4);
    }
}

/* What the telephone leaves of an s: noise that rises towards 4 kHz. */
static void given_fricative(void)
{
    uint64_t state = 99;
    double last = 0, before = 0;

    for (int i = 0; i < SECOND; i++) {
        double x = (double)(check_random(&state) % 4000) - 2000;
        narrow[i] = (int16_t)(x - 1.2 * last + 0.5 * before);
        before = last;
        last = x;
    }
}

static void a_fricative_gets_a_high_band_and_a_vowel_hardly_any(void)
{
    given_vowel();
    extend();
    double vowel = energy(4200, 7500) / energy(300, 3800);
    given_fricative();
    extend();
    double fricative = energy(4200, 7500) / energy(300, 3800);
    CHECK(fricative > 0.2);
    CHECK(vowel < 0.02);
}

static void the_low_band_passes_unchanged(void)
{
    double in = 0, out = 0;

    for (int i = 0; i < SECOND; i++)
        narrow[i] = (int16_t)(8000 * sin(2 * M_PI * 1000 * i / SECOND));
    extend();
    for (int i = SECOND / 2; i < SECOND; i++)
        in += (double)narrow[i] * narrow[i];
    for (int i = SECOND; i < 2 * SECOND; i++)
        out += (double)wide[i] * wide[i] / 2;
    CHECK(out / in > 0.95 && out / in < 1.05);
}

static void energy_stays_bounded_whatever_comes_in(void)
{
    uint64_t state = 5;
    double in = 0, out = 0;

    for (int i = 0; i < SECOND; i++) {
        narrow[i] = (int16_t)(check_random(&state) % 20000 - 10000);
        in += (double)narrow[i] * narrow[i];
    }
    extend();
    for (int i = 0; i < 2 * SECOND; i++)
        out += (double)wide[i] * wide[i] / 2;
    CHECK(out < 4 * in);
    memset(narrow, 0, sizeof(narrow));
    extend();
    for (int i = 0; i < 2 * SECOND; i++)
        CHECK(abs(wide[i]) < 10);
}

static void blocks_of_any_size_give_the_same_samples(void)
{
    static int16_t pieces[2 * (SECOND + BANDWIDTH_HOP)];
    struct bandwidth bandwidth;
    uint32_t made = 0, size = 1;

    given_fricative();
    extend();
    bandwidth_init(&bandwidth, table);
    for (uint32_t at = 0; at < SECOND; at += size, size = size % 211 + 1) {
        size = SECOND - at < size ? SECOND - at : size;
        made += bandwidth_extend(&bandwidth, narrow + at, size, pieces + made);
    }
    CHECK(made == 2 * SECOND && memcmp(pieces, wide, made * sizeof(pieces[0])) == 0);
}

int main(void)
{
    CHECK((table = bandwidth_table_new()) != NULL);
    RUN(a_fricative_gets_a_high_band_and_a_vowel_hardly_any);
    RUN(the_low_band_passes_unchanged);
    RUN(energy_stays_bounded_whatever_comes_in);
    RUN(blocks_of_any_size_give_the_same_samples);
    bandwidth_table_free(table);
    return 0;
}
