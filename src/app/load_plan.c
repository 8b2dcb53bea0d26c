// SPDX-License-Identifier: Apache-2.0
/* load_plan.c - options in, limit and plan and page out. */
#include "app/load_plan.h"

#include <errno.h>
#include <string.h>

#include "app/load_options.h"
#include "app/load_witness.h"
#include "load/page.h"

enum {
    MOST = 20000,
    HOLD_MS = 15000,
    HOLD_LEAST_MS = 3000,
    MONTHS = 12,
    CORES_A_SERVER = 8,
    PACKETS_A_CALL = 100,  /* 20 ms each way. */
    CAPTURED_BYTES = 16000 /* A second of a call: two channels of G.711. */
};

static const double PLANNED_USE = 0.7;

static bool wrong(const char *option, const char *value, const char *right)
{
    fprintf(stderr, "offhook: %s %s: %s\nTry: offhook load --help\n", option, value, right);
    return false;
}

static bool read_number(const struct arguments *arguments, const char *name, uint32_t least,
                        uint32_t most, uint32_t *out)
{
    const char *value = arguments_value(arguments, name);
    char right[64];
    uint64_t number;

    if (!value)
        return true;
    snprintf(right, sizeof(right), "wants a number from %u to %u", least, most);
    if (!text_number(text_of(value), &number) || number < least || number > most)
        return wrong(name, value, right);
    *out = (uint32_t)number;
    return true;
}

bool load_plan_read(const struct arguments *arguments, struct load_plan *out)
{
    const char *hold = arguments_value(arguments, "--hold");
    const char *growth = arguments_value(arguments, "--growth");

    *out = (struct load_plan){
        .find = arguments_has(arguments, "--find-limit"),
        .plan = arguments_has(arguments, "--plan-for"),
        .most = MOST,
        .hold_ms = HOLD_MS,
        .control = arguments_value(arguments, "--control"),
        .html = arguments_value(arguments, "--html"),
        .ask = {.months = MONTHS, .use = PLANNED_USE, .cores_a_server = CORES_A_SERVER}};
    if (hold &&
        (!load_options_duration(text_of(hold), &out->hold_ms) || out->hold_ms < HOLD_LEAST_MS))
        return wrong("--hold", hold, "wants a time of 3 seconds or more: 15s, 1m");
    if (growth && !load_options_percent(text_of(growth), &out->ask.growth_percent))
        return wrong("--growth", growth, "wants a percentage a month: 5%, 12.5%");
    return read_number(arguments, "--most", 1, LOAD_MAX_CALLS, &out->most) &&
           read_number(arguments, "--plan-for", 1, 10000000, &out->ask.calls) &&
           read_number(arguments, "--months", 0, CAPACITY_MONTHS, &out->ask.months) &&
           read_number(arguments, "--server-cores", 1, 1024, &out->ask.cores_a_server);
}

int load_plan_find(const struct load_plan *plan, const struct load_options *options,
                   const struct load_progress *progress, struct find_report *out, char *why,
                   uint32_t why_size)
{
    struct load_witness witness = {.control = plan->control};
    struct find_options find = {.load = *options,
                                .most = plan->most,
                                .hold_ms = plan->hold_ms,
                                .witness = {.look = load_witness_look, .context = &witness}};

    if (find.load.calls > find.most)
        find.load.calls = find.most;
    return find_limit(&find, out, progress, stderr, why, why_size);
}

static double payload_of(const struct load_asked *asked)
{
    if (!asked->media)
        return 0;
    return strcmp(asked->codec, "opus") == 0 ? 60 : 160; /* About 24 kbit/s. */
}

/* What the largest good number of calls took. */
static struct capacity_basis basis_of(const struct load_result *result)
{
    const struct load_step *last =
        result->step_count > 0 ? &result->steps[result->step_count - 1] : NULL;

    return (struct capacity_basis){
        .calls = result->up_most,
        .cores = last ? last->server_cores : 0,
        .kb_a_call = load_result_kb_a_call(result),
        .idle_mb = (double)(result->idle.pss_kb ? result->idle.pss_kb : result->idle.rss_kb) / 1024,
        .packets_a_call = result->asked.media ? PACKETS_A_CALL : 0,
        .payload_bytes = payload_of(&result->asked),
        .capture_bytes_a_second = result->asked.media ? CAPTURED_BYTES : 0};
}

static bool write_page(const char *path, const struct page *page)
{
    FILE *out = fopen(path, "w");
    bool good = out != NULL;

    if (out) {
        page_write(page, out);
        good = !ferror(out);
        good = fclose(out) == 0 && good;
    }
    if (!good)
        fprintf(stderr, "offhook: %s cannot be written: %s\n", path, strerror(errno));
    return good;
}

bool load_plan_show(const struct load_plan *plan, const struct load_result *result,
                    const struct find_report *report, FILE *out)
{
    const struct capacity_basis basis = basis_of(result);
    bool planned = plan->plan && basis.calls > 0;
    const struct page page = {.result = result,
                              .limit = report,
                              .basis = planned ? &basis : NULL,
                              .ask = planned ? &plan->ask : NULL};

    if (planned)
        capacity_print(&basis, &plan->ask, out);
    else if (plan->plan)
        fprintf(out, "No capacity plan: no calls were held well.\n");
    return !plan->html || write_page(plan->html, &page);
}
