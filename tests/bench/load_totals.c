// SPDX-License-Identifier: Apache-2.0
/* load_totals.c - from counts to figures: quantiles, sums over calls, the server's use, the
 * verdict. */
#include "load.h"

#include <stdlib.h>

void histogram_add(struct histogram *histogram, uint64_t us)
{
    uint64_t bin = us < 100000 ? us / 100 : 1000 + (us - 100000) / 10000;

    histogram->bins[bin < LOAD_BINS ? bin : LOAD_BINS - 1]++;
    histogram->count++;
    histogram->sum_us += us;
    if (us > histogram->max_us)
        histogram->max_us = us;
}

/* The upper edge of the bin in which the quantile lies, and never above the maximum. */
double histogram_ms(const struct histogram *histogram, double quantile)
{
    double wanted = quantile * (double)histogram->count, most = (double)histogram->max_us / 1000;
    uint64_t seen = 0;

    for (uint32_t i = 0; i < LOAD_BINS - 1; i++) {
        double edge = i < 1000 ? (i + 1) * 0.1 : 100 + (i - 999) * 10.0;
        seen += histogram->bins[i];
        if (seen > 0 && (double)seen >= wanted)
            return edge < most ? edge : most;
    }
    return most;
}

static uint32_t p99_ms(const struct load_sound *sound)
{
    uint64_t total = sound->beyond_bins, seen = 0;

    for (uint32_t i = 0; i < LOAD_CALL_BINS; i++)
        total += sound->deviation[i];
    for (uint32_t i = 0; i < LOAD_CALL_BINS; i++) {
        seen += sound->deviation[i];
        if (seen * 100 >= total * 99)
            return i + 1;
    }
    return LOAD_CALL_BINS + 1;
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static void add_sound(struct sound_totals *totals, const struct load *load,
                      const struct load_call *call)
{
    const struct load_sound *sound = call->sound;
    uint64_t end_ns = call->answered_ns + load->options.hold_ms * 1000000ull;
    int64_t lost = rtp_stats_lost(&sound->stats) + sound->stats.lost_before_restart;

    if (sound->first_ns == 0) {
        totals->silent++;
        return;
    }
    totals->stopped += sound->last_ns + 1000000000 < end_ns;
    totals->received += sound->stats.received + sound->stats.received_before_restart;
    totals->lost += lost > 0 ? (uint64_t)lost : 0;
    totals->late += sound->late;
}

struct sound_totals total_sound(const struct load *load)
{
    struct sound_totals totals = {0};
    uint32_t *worst = calloc(load->options.calls, sizeof *worst), count = 0;

    for (uint32_t i = 0; i < load->options.calls; i++) {
        const struct load_call *call = &load->calls[i];
        if (!call->sound)
            continue;
        add_sound(&totals, load, call);
        if (worst && call->sound->first_ns)
            worst[count++] = p99_ms(call->sound);
    }
    totals.expected = totals.received + totals.lost;
    if (worst && count > 0) {
        qsort(worst, count, sizeof *worst, compare);
        totals.p99_ms_median = worst[count / 2];
        totals.p99_ms_worst = worst[count - 1];
    }
    free(worst);
    return totals;
}

struct server_figures server_figures(const struct load *load, const struct load_window *window)
{
    struct server_figures out = {0};
    double seconds = (double)(window->end.at_ns - window->begin.at_ns) / 1e9;
    double calls = load->figures.up_most;

    if (window->end.at_ns == 0 || window->begin.at_ns == 0 || seconds <= 0 || calls <= 0)
        return out;
    out.cores = (window->end.cpu_s - window->begin.cpu_s) / seconds;
    out.cpu_a_call = 100 * out.cores / calls;
    out.kb_a_call = ((double)window->end.pss_kb - (double)window->idle.pss_kb) / calls;
    return out;
}

double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

/* The bounds of docs/benchmarks.md. */
const char *load_verdict(const struct load *load, const struct sound_totals *totals)
{
    const struct load_figures *f = &load->figures;
    uint64_t bad = totals->lost + totals->late;

    if (f->answered == 0 || share(f->failed, f->started) >= 0.1)
        return "calls failed";
    if (!load->options.media)
        return NULL;
    if (totals->silent > 0 || totals->stopped > 0)
        return "calls without sound";
    if (share((double)bad, (double)totals->expected) >= 0.5)
        return "lost and late";
    if (histogram_ms(&f->deviation, 0.99) > 20)
        return "uneven";
    if (f->own_drops > 0 || f->send_failures > 0)
        return "generator too slow";
    return NULL;
}
