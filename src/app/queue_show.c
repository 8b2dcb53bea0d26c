// SPDX-License-Identifier: Apache-2.0
/* queue_show.c - a line a queue. */
#include "app/queue_show.h"

#include <inttypes.h>

#include "app/json.h"

enum { TIME_BYTES = 24 };

static json_t *hour_json(const struct forecast_summary *hour)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I}", "entered",
                     (json_int_t)hour->entered, "answered", (json_int_t)hour->answered, "abandoned",
                     (json_int_t)hour->abandoned, "overflowed", (json_int_t)hour->overflowed,
                     "level_permille",
                     hour->level_known ? json_integer(hour->level_permille) : json_null(),
                     "foretold", (json_int_t)hour->told, "error_p50_ms",
                     (json_int_t)hour->error_p50_ms, "within_p90_permille",
                     (json_int_t)hour->within_permille);
}

json_t *queue_json(const struct queue_row *row)
{
    return json_pack(
        "{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "queue", row->name,
        "open", (int)row->open, "waiting", (json_int_t)row->waiting, "most", (json_int_t)row->most,
        "longest_ms", (json_int_t)row->longest_ms, "on_duty", (json_int_t)row->staff.on_duty, "free",
        (json_int_t)row->staff.free, "expected_p50_ms",
        row->next.known ? json_integer(row->next.p50_ms) : json_null(), "expected_p90_ms",
        row->next.known ? json_integer(row->next.p90_ms) : json_null(), "service_ms",
        (json_int_t)row->service_ms, "served", (json_int_t)row->served, "target_permille",
        (json_int_t)row->target_permille, "target_ms", (json_int_t)row->target_ms, "last_hour",
        hour_json(&row->hour));
}

/* "12:03" */
static const char *minutes(int64_t ms, char out[TIME_BYTES])
{
    snprintf(out, TIME_BYTES, "%" PRId64 ":%02" PRId64, ms / 60000, ms / 1000 % 60);
    return out;
}

static void show_row(const json_t *row, FILE *out)
{
    const json_t *hour = json_object_get(row, "last_hour");
    char longest[TIME_BYTES], p50[TIME_BYTES], p90[TIME_BYTES], name[MAX_NAME];
    bool known = json_is_integer(json_object_get(row, "expected_p50_ms"));

    text_copy(name, sizeof(name), text_of(json_word(row, "queue")));
    fprintf(out, "%-20s %7" PRId64 " %8s %7s %7s %5" PRId64 " %5" PRId64, name,
            json_count(row, "waiting"), minutes(json_count(row, "longest_ms"), longest),
            known ? minutes(json_count(row, "expected_p50_ms"), p50) : "-",
            known ? minutes(json_count(row, "expected_p90_ms"), p90) : "-",
            json_count(row, "on_duty"), json_count(row, "free"));
    if (json_is_integer(json_object_get(hour, "level_permille")))
        fprintf(out, " %5.1f %%", (double)json_count(hour, "level_permille") / 10);
    else
        fprintf(out, " %7s", "-");
    fprintf(out, " %8" PRId64 " %6" PRId64, json_count(hour, "answered"),
            json_count(hour, "abandoned"));
    if (json_count(hour, "foretold") > 0)
        fprintf(out, "   %s off, %.0f %% in time",
                minutes(json_count(hour, "error_p50_ms"), p50),
                (double)json_count(hour, "within_p90_permille") / 10);
    fputs(json_is_true(json_object_get(row, "open")) ? "\n" : "   closed\n", out);
}

void queue_show(const json_t *answer, FILE *out)
{
    const json_t *list = json_object_get(answer, "queues"), *row;
    size_t i;

    if (json_array_size(list) == 0) {
        fputs("there is no queue: name them under `queues` in offhook.yaml\n", out);
        return;
    }
    fprintf(out, "%-20s %7s %8s %15s %11s %27s   %s\n", "", "", "longest", "newcomer waits",
            "operators", "last hour: level", "told:");
    fprintf(out, "%-20s %7s %8s %7s %7s %5s %5s %7s %8s %6s   %s\n", "queue", "waiting", "wait",
            "half", "9 of 10", "duty", "free", "", "answered", "gone", "how true");
    json_array_foreach(list, i, row)
        show_row(row, out);
}
