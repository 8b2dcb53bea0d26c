// SPDX-License-Identifier: Apache-2.0
/* load_report.c - one JSON object for programs, the same as a table for people. */
#include "load.h"

#include <jansson.h>
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

/* Totals of the calls' sound. */
struct sound_totals {
    uint64_t expected, received, lost, late, deviations;
    uint32_t silent, stopped; /* Calls: nothing came at all; nothing in the last second. */
    uint32_t p99_ms_median, p99_ms_worst;
};

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

static struct sound_totals total_sound(const struct load *load)
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

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static json_t *quantiles(const struct histogram *histogram)
{
    return json_pack(
        "{s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "count", (json_int_t)histogram->count, "mean_ms",
        histogram->count ? (double)histogram->sum_us / 1000 / (double)histogram->count : 0,
        "p50_ms", histogram_ms(histogram, 0.5), "p95_ms", histogram_ms(histogram, 0.95), "p99_ms",
        histogram_ms(histogram, 0.99), "p999_ms", histogram_ms(histogram, 0.999), "max_ms",
        (double)histogram->max_us / 1000);
}

static json_t *calls_object(const struct load *load)
{
    const struct load_figures *f = &load->figures;

    return json_pack(
        "{s:I, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "started",
        (json_int_t)f->started, "answered", (json_int_t)f->answered, "failed",
        (json_int_t)f->failed, "failed_percent", share(f->failed, f->started), "ended_cleanly",
        (json_int_t)f->ended, "ended_by_server", (json_int_t)f->ended_by_server, "up_most",
        (json_int_t)f->up_most, "refused_3xx", (json_int_t)f->refused[3], "refused_4xx",
        (json_int_t)f->refused[4], "refused_5xx", (json_int_t)f->refused[5], "timed_out",
        (json_int_t)f->timed_out, "bye_failed", (json_int_t)f->bye_failed, "invites_again",
        (json_int_t)f->invites_again, "byes_again", (json_int_t)f->byes_again, "answers_again",
        (json_int_t)f->answers_again);
}

static json_t *sound_object(const struct load *load, const struct sound_totals *totals)
{
    const struct load_figures *f = &load->figures;

    return json_pack(
        "{s:I, s:I, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "sent",
        (json_int_t)f->packets_sent, "received", (json_int_t)f->packets_received, "lost",
        (json_int_t)totals->lost, "late", (json_int_t)totals->late, "lost_and_late_percent",
        share((double)(totals->lost + totals->late), (double)totals->expected), "strange",
        (json_int_t)f->packets_strange, "silent_calls", (json_int_t)totals->silent, "stopped_calls",
        (json_int_t)totals->stopped, "call_p99_ms_median", (json_int_t)totals->p99_ms_median,
        "call_p99_ms_worst", (json_int_t)totals->p99_ms_worst, "deviation",
        quantiles(&f->deviation), "first_audio", quantiles(&f->first_audio));
}

struct server_figures {
    double cores, cpu_a_call, kb_a_call;
};

static struct server_figures server_figures(const struct load *load,
                                            const struct load_window *window)
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

static json_t *server_object(const struct load *load, const struct load_window *window)
{
    struct server_figures server = server_figures(load, window);

    return json_pack("{s:I, s:f, s:f, s:I, s:I, s:f}", "processes",
                     (json_int_t)window->end.processes, "cores", server.cores,
                     "core_percent_a_call", server.cpu_a_call, "pss_idle_kb",
                     (json_int_t)window->idle.pss_kb, "pss_kb", (json_int_t)window->end.pss_kb,
                     "kb_a_call", server.kb_a_call);
}

static void print_row(FILE *out, const char *name, const struct histogram *h)
{
    fprintf(out, "%-22s p50 %8.1f  p99 %8.1f  p99.9 %8.1f  max %8.1f ms\n", name,
            histogram_ms(h, 0.5), histogram_ms(h, 0.99), histogram_ms(h, 0.999),
            (double)h->max_us / 1000);
}

static void print_table(const struct load *load, const struct load_window *window,
                        const struct sound_totals *totals, FILE *out)
{
    const struct load_figures *f = &load->figures;
    struct server_figures server = server_figures(load, window);

    fprintf(out,
            "calls                  %u started, %u answered, %u failed (%.3f %%), %u ended, "
            "%u by the server, %u at once\n",
            f->started, f->answered, f->failed, share(f->failed, f->started), f->ended,
            f->ended_by_server, f->up_most);
    fprintf(out, "sent again             %u INVITE, %u BYE, %u 200 by the server\n",
            f->invites_again, f->byes_again, f->answers_again);
    print_row(out, "set-up", &f->set_up);
    print_row(out, "tear-down", &f->tear_down);
    if (load->options.media) {
        fprintf(out,
                "packets                %llu sent, %llu received, %llu lost, %llu late "
                "(together %.3f %%), %llu strange\n",
                (unsigned long long)f->packets_sent, (unsigned long long)f->packets_received,
                (unsigned long long)totals->lost, (unsigned long long)totals->late,
                share((double)(totals->lost + totals->late), (double)totals->expected),
                (unsigned long long)f->packets_strange);
        fprintf(out, "calls without sound    %u silent, %u stopped\n", totals->silent,
                totals->stopped);
        print_row(out, "first audio", &f->first_audio);
        print_row(out, "interarrival deviation", &f->deviation);
        fprintf(out, "p99 of each call       median %u ms, worst %u ms\n", totals->p99_ms_median,
                totals->p99_ms_worst);
        print_row(out, "own lateness", &f->lateness);
    }
    if (load->options.pid)
        fprintf(out,
                "server                 %.2f cores, %.3f %% of a core a call, %.0f KB a call\n",
                server.cores, server.cpu_a_call, server.kb_a_call);
    fprintf(out, "generator              %.0f %% of a core, %llu send failures, %llu own drops\n",
            share(window->own_cpu_s, (double)window->wall_ns / 1e9),
            (unsigned long long)f->send_failures, (unsigned long long)f->own_drops);
}

void load_report(const struct load *load, const struct load_window *window, FILE *json, FILE *table)
{
    const struct load_figures *f = &load->figures;
    struct sound_totals totals = total_sound(load);
    json_t *object = json_pack(
        "{s:{s:I, s:I, s:I, s:b}, s:o, s:o, s:o, s:{s:f, s:I, s:I, s:I, s:o}}", "asked", "calls",
        (json_int_t)load->options.calls, "rate", (json_int_t)load->options.rate, "hold_ms",
        (json_int_t)load->options.hold_ms, "media", load->options.media, "calls",
        calls_object(load), "set_up", quantiles(&f->set_up), "tear_down", quantiles(&f->tear_down),
        "generator", "core_percent", share(window->own_cpu_s, (double)window->wall_ns / 1e9),
        "send_failures", (json_int_t)f->send_failures, "own_drops", (json_int_t)f->own_drops,
        "malformed", (json_int_t)f->malformed, "lateness", quantiles(&f->lateness));

    if (object && load->options.media)
        json_object_set_new(object, "sound", sound_object(load, &totals));
    if (object && load->options.pid)
        json_object_set_new(object, "server", server_object(load, window));
    print_table(load, window, &totals, table);
    if (object) {
        json_dumpf(object, json, JSON_COMPACT | JSON_REAL_PRECISION(6));
        fputc('\n', json);
    }
    json_decref(object);
}
