// SPDX-License-Identifier: Apache-2.0
/* quality.c - a Markov chain of four states, and a formula. */
#include "wire/quality.h"

enum { JUMP = 1000 }; /* More missing than that in a row is another stream. */

static void count_good(struct quality *quality)
{
    quality->good++;
    quality->running = false;
}

/* RFC 3611 A.2. */
static void count_bad(struct quality *quality)
{
    quality->missing++;
    quality->runs += !quality->running;
    quality->running = true;
    if (quality->good >= QUALITY_GAP_LEAST) {
        if (quality->bad == 1)
            quality->c14++;
        else
            quality->c13++;
        quality->bad = 1;
        quality->c11 += quality->good;
    } else {
        quality->bad++;
        if (quality->good == 0) {
            quality->c33++;
        } else {
            quality->c23++;
            quality->c22 += quality->good - 1;
        }
    }
    quality->good = 0;
}

void quality_restart(struct quality *quality)
{
    quality->known = false;
}

void quality_packet(struct quality *quality, uint32_t extended, bool late)
{
    int32_t ahead = quality->known ? (int32_t)(extended - quality->next) : 0;

    if (ahead < 0)
        return; /* Out of order: counted when its successor came. */
    for (int32_t i = 0; i < ahead && ahead < JUMP; i++)
        count_bad(quality);
    quality->known = true;
    quality->next = extended + 1;
    quality->received++;
    if (late)
        count_bad(quality);
    else
        count_good(quality);
}

/* G.107 7.4, simplified as is usual: the delay alone, without echo. */
static double delay_impairment(double ms)
{
    double impairment = 0.024 * ms;

    return ms > 177.3 ? impairment + 0.11 * (ms - 177.3) : impairment;
}

/* G.107 7.5: BurstR is how long losses are against those of chance. */
static double loss_impairment(const struct quality *quality, const struct quality_codec *codec,
                              double missing)
{
    double ratio = 1;

    if (quality->runs > 0 && missing < 1)
        ratio = (double)quality->missing / quality->runs * (1 - missing);
    if (ratio < 1)
        ratio = 1;
    double percent = missing * 100;
    return codec->impairment +
           (95 - codec->impairment) * percent / (percent / ratio + codec->robustness);
}

static uint32_t rounded(double value)
{
    return value > 0 ? (uint32_t)(value + 0.5) : 0;
}

static void find_bursts(const struct quality *quality, uint32_t packet_ms,
                        struct quality_figures *out)
{
    double c31 = quality->c13, c32 = quality->c23, c33 = quality->c33;
    double in_burst = (double)quality->c22 + quality->c23;
    double p32 = c31 + c32 + c33 > 0 ? c32 / (c31 + c32 + c33) : 0;
    double p23 = in_burst < 1 ? 1 : 1 - quality->c22 / in_burst;
    double gap = (double)quality->c11 + quality->c14 + quality->c13;
    double all = gap + in_burst + c31 + c32 + c33;
    bool any = quality->c13 > 0;

    out->burst_permille = any && p23 + p32 > 0 ? rounded(1000 * p23 / (p23 + p32)) : 0;
    out->gap_permille = quality->c11 + quality->c14 > 0
                            ? rounded(1000.0 * quality->c14 / (quality->c11 + quality->c14))
                            : 0;
    out->gap_ms = rounded(any ? gap * packet_ms / quality->c13 : gap * packet_ms);
    out->burst_ms = any ? rounded(all * packet_ms / quality->c13 - out->gap_ms) : 0;
}

void quality_figures(const struct quality *quality, const struct quality_codec *codec,
                     uint32_t delay_ms, uint32_t packet_ms, struct quality_figures *out)
{
    double all = (double)quality->received + quality->missing, missing, r;

    *out = (struct quality_figures){.r_tenths = 0};
    if (quality->received == 0)
        return;
    missing = quality->missing / all;
    out->missing_permille = rounded(1000 * missing);
    find_bursts(quality, packet_ms, out);
    r = 93.2 - delay_impairment(delay_ms) - loss_impairment(quality, codec, missing);
    r = r < 0 ? 0 : r;
    out->r_tenths = rounded(10 * r);
    out->mos_hundredths =
        rounded(100 * (1 + 0.035 * r + r * (r - 60) * (100 - r) * 0.000007)); /* G.107 annex B. */
    if (out->mos_hundredths < 100)
        out->mos_hundredths = 100;
}
