// SPDX-License-Identifier: Apache-2.0
/* slo_show.c - three lines an agent or provider: both measures, and what is done. */
#include "app/slo_show.h"

#include <inttypes.h>
#include <string.h>

#include "app/json.h"
#include "core/command.h"

static const char *const window_names[SLO_WINDOWS] = {
    [SLO_5_MINUTES] = "5m", [SLO_HOUR] = "1h", [SLO_DAY] = "24h", [SLO_MONTH] = "30d"};
static const char *const act_names[SLO_ACTS] = {[SLO_WATCH] = "watch",
                                                [SLO_MOVE] = "move",
                                                [SLO_EMBEDDED] = "embedded",
                                                [SLO_REFUSE] = "refuse"};

static json_t *window_json(struct slo_count count, uint16_t share_permille)
{
    uint32_t burn = slo_burn(count, share_permille);

    return json_pack("{s:I, s:I, s:I, s:I}", "turns", (json_int_t)count.turns, "late",
                     (json_int_t)count.late, "left_percent", 100 - (json_int_t)burn,
                     "burn_hundredths", (json_int_t)burn);
}

static json_t *measure_json(const struct slo_figures *figures, uint32_t target_ms,
                            const struct slo_limits *limits)
{
    json_t *made = json_pack("{s:I, s:I, s:I, s:I}", "target_ms", (json_int_t)target_ms, "p50_ms",
                             (json_int_t)figures->p50_ms, "p95_ms", (json_int_t)figures->p95_ms,
                             "share_permille", (json_int_t)limits->share_permille);

    for (int i = 0; i < SLO_WINDOWS; i++)
        json_object_set_new(made, window_names[i],
                            window_json(figures->windows[i], limits->share_permille));
    return made;
}

json_t *slo_json(const struct slo_row *row)
{
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:s, s:I, s:o, s:o}", "kind", slo_kind_names[row->kind], "name",
        row->name, "step", slo_step_names[row->step], "step_s", (json_int_t)row->step_s, "act",
        act_names[row->limits.act], "line_hundredths", (json_int_t)row->limits.burn_hundredths,
        "first_partial",
        measure_json(&row->measures[SLO_FIRST_PARTIAL], row->limits.first_partial_ms, &row->limits),
        "round_trip",
        measure_json(&row->measures[SLO_ROUND_TRIP], row->limits.round_trip_ms, &row->limits));
}

/* "18 %", "spent" */
static void show_left(const json_t *measure, const char *window, FILE *out)
{
    const json_t *known = json_object_get(measure, window);
    int64_t left = json_count(known, "left_percent");

    if (json_count(known, "turns") == 0)
        fprintf(out, "%8s", "-");
    else if (left <= 0)
        fprintf(out, "%8s", "spent");
    else
        fprintf(out, "%6" PRId64 " %%", left);
}

static double burn_of(const json_t *measure, const char *window)
{
    return (double)json_count(json_object_get(measure, window), "burn_hundredths") / 100;
}

static void show_measure(const json_t *row, const char *key, const char *label, FILE *out)
{
    const json_t *measure = json_object_get(row, key), *hour = json_object_get(measure, "1h");

    if (json_count(json_object_get(measure, "30d"), "turns") == 0)
        return;
    fprintf(out, "  %-14s %6" PRId64 " %6" PRId64 " %6" PRId64 " %6" PRId64 " ", label,
            json_count(measure, "target_ms"), json_count(hour, "turns"),
            json_count(measure, "p50_ms"), json_count(measure, "p95_ms"));
    show_left(measure, "1h", out);
    show_left(measure, "24h", out);
    show_left(measure, "30d", out);
    fprintf(out, " %6.1f %6.1f\n", burn_of(measure, "5m"), burn_of(measure, "1h"));
}

static void show_step(const json_t *row, FILE *out)
{
    static const struct {
        const char *step, *words;
    } rows[] = {{"avoided", "avoided: others of a chain are asked first"},
                {"embedded", "new calls go without providers"},
                {"refusing", "new calls are refused (503)"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(json_word(row, "step"), rows[i].step) == 0)
            fprintf(out, "  ! %s, for %" PRId64 " s\n", rows[i].words, json_count(row, "step_s"));
}

static void show_kind(const json_t *list, const char *kind, FILE *out)
{
    const json_t *row;
    size_t i;

    json_array_foreach(list, i, row)
    {
        if (strcmp(json_word(row, "kind"), kind) != 0)
            continue;
        fprintf(out, "%s %s\n", kind, json_word(row, "name"));
        show_measure(row, "first_partial", "first partial", out);
        show_measure(row, "round_trip", "round trip", out);
        show_step(row, out);
    }
}

void slo_show(const json_t *answer, FILE *out)
{
    const json_t *list = json_object_get(answer, "slo"), *first = json_array_get(list, 0);
    const json_t *measure = json_object_get(first, "round_trip");

    if (!first) {
        fputs("no turn yet: figures come with the first one (none with slo.round-trip: 0)\n", out);
        return;
    }
    fprintf(out, "%.1f %% of the turns shall be in time; above a burn of %.1f: %s\n\n",
            (double)json_count(measure, "share_permille") / 10,
            (double)json_count(first, "line_hundredths") / 100, json_word(first, "act"));
    fprintf(out, "%32s %6s %6s %6s %s\n", "last hour", "", "", "", "  budget left in          burn");
    fprintf(out, "  %-14s %6s %6s %6s %6s %8s%8s%8s %6s %6s\n", "ms", "target", "turns", "p50",
            "p95", "1h", "24h", "30d", "5m", "1h");
    show_kind(list, "agent", out);
    show_kind(list, "provider", out);
}
