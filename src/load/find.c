// SPDX-License-Identifier: Apache-2.0
/* find.c - tries in a row, and what they showed. */
#include "load/find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
    RAMP_LEAST_MS = 1000,
    RAMP_MOST_MS = 20000,
    REST_MS = 2000, /* For the server to let go of the last try's calls. */
    SET_UPS_A_SECOND = 250
};

static struct limit_evidence grown(const struct limit_evidence *from,
                                   const struct limit_evidence *to)
{
    return (struct limit_evidence){
        .server_known = from->server_known && to->server_known,
        .ticks = to->ticks - from->ticks,
        .late_ticks = to->late_ticks - from->late_ticks,
        .capture_lost = to->capture_lost - from->capture_lost,
        .events_lost = to->events_lost - from->events_lost,
        .unheard = to->unheard - from->unheard,
        .machine_known = from->machine_known && to->machine_known,
        .kernel_drops = to->kernel_drops - from->kernel_drops,
    };
}

static struct limit_evidence look(const struct find_options *options)
{
    struct limit_evidence evidence = {0};

    if (options->witness.look)
        options->witness.look(options->witness.context, &evidence);
    return evidence;
}

static struct load_options options_of_try(const struct find_options *options, uint32_t calls)
{
    struct load_options load = options->load;
    uint64_t ramp_ms = (uint64_t)calls * 1000 / SET_UPS_A_SECOND;

    load.calls = calls;
    load.step = 0;
    if (load.ramp_ms == 0)
        load.ramp_ms = ramp_ms < RAMP_LEAST_MS  ? RAMP_LEAST_MS
                       : ramp_ms > RAMP_MOST_MS ? RAMP_MOST_MS
                                                : (uint32_t)ramp_ms;
    load.for_ms = load.ramp_ms + options->hold_ms;
    if (load.length_ms < load.for_ms && load.rate == 0)
        load.length_ms = load.for_ms + 60000; /* Held to the end. */
    return load;
}

static void note_try(struct find_report *report, uint32_t calls, const struct load_result *result,
                     const struct limit_strains *strains)
{
    const struct load_figures *all = &result->all;
    const struct load_step *last =
        result->step_count ? &result->steps[result->step_count - 1] : NULL;

    report->tries[report->try_count++] = (struct find_try){
        .calls = calls,
        .up_most = result->up_most,
        .verdict = result->verdict,
        .reasons = result->reasons,
        .set_up_p99 = spread_ms(&all->set_up, 0.99),
        .deviation_p99 = spread_ms(&all->deviation, 0.99),
        .bad_percent = load_figures_bad_percent(all),
        .answer_p99 = spread_ms(&all->answer, 0.99),
        .own_lateness_p99 = spread_ms(&all->own_lateness, 0.99),
        .server_cores = last ? last->server_cores : 0,
        .kb_a_call = load_result_kb_a_call(result),
        .strains = *strains,
    };
}

static void note_parts(struct find_report *report, const struct load_result *result,
                       const struct limit_evidence *evidence, const struct limit_strains *strains)
{
    struct text_buffer words;

    report->gave_out = true;
    report->strains = *strains;
    report->first = limit_first(&report->strains);
    for (enum limit_part part = 0; part < LIMIT_PARTS; part++) {
        text_buffer_init(&words, report->words[part], FIND_WORDS - 1);
        limit_words(part, &result->all, evidence, &words);
        report->words[part][words.size] = '\0';
    }
}

/* Keeps or frees the result. */
static void learn(struct find_report *report, struct load_figures *usual, uint32_t calls,
                  struct load_result *result, const struct limit_evidence *evidence)
{
    struct limit_strains strains;

    if (usual->answered == 0)
        *usual = result->all;
    limit_strains(&strains, &result->all, usual, evidence);
    note_try(report, calls, result, &strains);
    if (result->verdict == LOAD_BAD)
        note_parts(report, result, evidence, &strains);
    if (result->verdict == LOAD_GOOD && calls >= report->search.good) {
        load_result_free(&report->best);
        report->best = *result;
    } else {
        load_result_free(result);
    }
}

int find_limit(const struct find_options *options, struct find_report *out,
               const struct load_progress *progress, FILE *words, char *why, uint32_t why_size)
{
    struct load_figures *usual = calloc(1, sizeof(*usual));
    bool stopped = false;
    int error = usual ? 0 : -ENOMEM;

    memset(out, 0, sizeof(*out));
    limit_begin(&out->search, options->load.calls, options->most);
    while (error == 0 && !stopped && limit_goes_on(&out->search)) {
        uint32_t calls = out->search.next;
        struct load_options load = options_of_try(options, calls);
        struct limit_evidence before = look(options), after, evidence;
        struct load_result result;

        if (words)
            fprintf(words, "Trying %u calls%s\n", calls,
                    out->search.bad_here + out->search.late_here > 0 ? " once more" : "");
        error = load_run(&load, &result, progress, why, why_size);
        if (error)
            break;
        after = look(options);
        evidence = grown(&before, &after);
        stopped = result.interrupted;
        if (stopped) {
            load_result_free(&result);
            break;
        }
        enum load_verdict verdict = result.verdict;
        learn(out, usual, calls, &result, &evidence);
        limit_tried(&out->search, verdict);
        clock_sleep_until_ns(clock_ns() + (uint64_t)REST_MS * 1000000);
    }
    if (stopped)
        out->search.state = LIMIT_STOPPED;
    free(usual);
    return error;
}

void find_report_free(struct find_report *report)
{
    load_result_free(&report->best);
}

/* ---- Words ---- */

static void print_outcome(const struct limit_search *search, FILE *out)
{
    switch (search->state) {
    case LIMIT_FOUND:
        fprintf(out, "The limit is %u calls: %u were held well, %u were not.\n", search->good,
                search->good, search->bad);
        break;
    case LIMIT_BEYOND:
        fprintf(out, "%u calls were held well, and that is as far as was asked (--most).\n",
                search->good);
        break;
    case LIMIT_OF_OURS:
        fprintf(out,
                "No verdict beyond %u calls: the generator itself was late at %u. Give it a core "
                "of its own, more --threads, or another machine.\n",
                search->good, search->next);
        break;
    case LIMIT_NEVER_GOOD:
        fprintf(out, "Not even one call was held well.\n");
        break;
    case LIMIT_STOPPED:
    case LIMIT_CLIMBING:
    case LIMIT_HALVING:
        fprintf(out, "Stopped before the limit was known: %u calls were held well.\n",
                search->good);
        break;
    }
}

void find_report_print(const struct find_report *report, FILE *out)
{
    fprintf(out, "%8s %8s %12s %10s %10s %8s %8s %10s  %s\n", "calls", "verdict", "deviation",
            "lost+late", "set-up", "answer", "cores", "own late", "why");
    for (uint32_t i = 0; i < report->try_count; i++) {
        const struct find_try *t = &report->tries[i];
        uint32_t told = t->verdict == LOAD_NO_VERDICT ? t->reasons & LOAD_OWN_REASONS : t->reasons;
        fprintf(out, "%8u %8s %9.1f ms %8.2f %% %7.0f ms %5.0f ms %8.2f %7.1f ms  %s\n", t->calls,
                load_verdict_names[t->verdict], t->deviation_p99, t->bad_percent, t->set_up_p99,
                t->answer_p99, t->server_cores, t->own_lateness_p99,
                told ? load_reason_words(told & -told) : "");
    }
    fputs("(times are p99)\n", out);
    print_outcome(&report->search, out);
    if (!report->gave_out)
        return;
    fprintf(out, "What gave out first: %s (%s).\n", limit_part_names[report->first],
            report->words[report->first]);
    for (enum limit_part part = 0; part < LIMIT_PARTS; part++)
        fprintf(out, "  %-12s %6.2f of what is allowed: %s\n", limit_part_names[part],
                report->strains.of[part], report->words[part]);
}
