// SPDX-License-Identifier: Apache-2.0
/* load_report.c - one JSON object for programs, the same as a table for people. */
#include "load.h"

#include <jansson.h>

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
    }
    if (load->options.pid)
        fprintf(out,
                "server                 %.2f cores, %.3f %% of a core a call, %.0f KB a call\n",
                server.cores, server.cpu_a_call, server.kb_a_call);
    fprintf(out, "generator              %.0f %% of a core, %llu send failures, %llu own drops\n",
            share(window->own_cpu_s, (double)window->wall_ns / 1e9),
            (unsigned long long)f->send_failures, (unsigned long long)f->own_drops);
}

/* Columns: calls | a second | failed | set-up p50, p99 | deviation p99 | lost and late | of a core
 * a call | KB a call | generator's lateness p99 | verdict. */
static void print_row_of_table(const struct load *load, const struct load_window *window,
                               const struct sound_totals *totals, const char *verdict, FILE *out)
{
    const struct load_figures *f = &load->figures;
    struct server_figures server = server_figures(load, window);

    fprintf(out, "| %s | %u | %u | %.3f %% | %.1f / %.1f ms |", load->options.row, f->up_most,
            load->options.rate, share(f->failed, f->started), histogram_ms(&f->set_up, 0.5),
            histogram_ms(&f->set_up, 0.99));
    if (load->options.media)
        fprintf(out, " %.1f ms | %.3f %% |", histogram_ms(&f->deviation, 0.99),
                share((double)(totals->lost + totals->late), (double)totals->expected));
    else
        fprintf(out, " | |");
    fprintf(out, " %.2f | %.4f %% | %.0f KB | %.1f ms | %s |\n", server.cores, server.cpu_a_call,
            server.kb_a_call, histogram_ms(&f->lateness, 0.99), verdict ? verdict : "good");
}

bool load_report(const struct load *load, const struct load_window *window, FILE *json, FILE *table)
{
    const struct load_figures *f = &load->figures;
    struct sound_totals totals = total_sound(load);
    const char *verdict = load_verdict(load, &totals);
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
    fprintf(table, "verdict                %s\n", verdict ? verdict : "good");
    if (object)
        json_object_set_new(object, "verdict", json_string(verdict ? verdict : "good"));
    if (load->options.row)
        print_row_of_table(load, window, &totals, verdict, stdout);
    if (object && json) {
        json_dumpf(object, json, JSON_COMPACT | JSON_REAL_PRECISION(6));
        fputc('\n', json);
    }
    json_decref(object);
    return !verdict;
}
