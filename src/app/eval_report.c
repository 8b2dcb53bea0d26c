// SPDX-License-Identifier: Apache-2.0
/* eval_report.c - one JSON object grows with the verdicts; the rest is read from it. */
#include "app/eval_report.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "app/json.h"

enum { TRIPS = 100000, SLOWER_PERCENT = 10 };

struct eval_report {
    const struct suite *suite;
    json_t *root, *conversations; /* conversations is root's. */
    json_t *baseline;
    int32_t *trips;
    uint32_t trip_count, passed, failed;
};

/* ---- JSON ---- */

static void put_text(json_t *object, const char *key, struct text t)
{
    json_t *value = json_stringn(t.data, t.size);

    if (t.size > 0)
        json_object_set_new(object, key, value ? value : json_string("?"));
    else
        json_decref(value);
}

static void put_count(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static json_t *lines_of(const struct verdict *v)
{
    json_t *lines = json_array();

    for (uint32_t i = 0; i < v->line_count; i++) {
        const struct verdict_line *line = &v->lines[i];
        json_t *one = json_object();
        put_count(one, "at_ms", (int64_t)line->at_ms);
        json_object_set_new(one, "kind", json_string(verdict_kind_names[line->kind]));
        put_text(one, "agent", line->agent);
        put_text(one, "words", line->words);
        put_text(one, "intent", line->intent);
        put_text(one, "entities", line->entities);
        if (line->unheard)
            json_object_set_new(one, "interrupted", json_true());
        json_array_append_new(lines, one);
    }
    return lines;
}

static json_t *failures_of(const struct verdict *v)
{
    json_t *failures = json_array();

    for (uint32_t i = 0; i < v->failure_count; i++) {
        json_t *one = json_object();
        put_count(one, "line", v->failures[i].line);
        put_text(one, "what", v->failures[i].what);
        json_array_append_new(failures, one);
    }
    return failures;
}

static json_t *json_of(const struct verdict *v)
{
    json_t *object = json_object(), *trips = json_array(), *tags = json_array();

    put_text(object, "name", v->name);
    put_text(object, "with", v->with);
    put_count(object, "repetition", v->repetition);
    json_object_set_new(object, "passed", json_boolean(verdict_good(v)));
    for (uint32_t i = 0; i < v->conversation->tags.count; i++) {
        struct text tag = v->conversation->tags.items[i];
        json_array_append_new(tags, json_stringn(tag.data, tag.size));
    }
    json_object_set_new(object, "tags", tags);
    json_object_set_new(object, "failures", failures_of(v));
    for (uint32_t i = 0; i < v->round_trip_count; i++)
        json_array_append_new(trips, json_integer(v->round_trips_ms[i]));
    json_object_set_new(object, "round_trips_ms", trips);
    put_text(object, "agent", v->agent);
    put_text(object, "intent", v->intent);
    put_text(object, "end", v->end);
    put_count(object, "handovers", v->handovers);
    put_count(object, "interruptions", v->interruptions);
    put_count(object, "tools", v->tools);
    json_object_set_new(object, "lines", lines_of(v));
    return object;
}

struct eval_report *eval_report_open(const struct suite *suite, const char *baseline, char *why,
                                     uint32_t why_size)
{
    struct eval_report *report = calloc(1, sizeof(*report));
    json_error_t error;

    if (!report || !(report->trips = malloc(TRIPS * sizeof(*report->trips)))) {
        snprintf(why, why_size, "no memory for a report");
        free(report);
        return NULL;
    }
    report->suite = suite;
    report->root = json_object();
    report->conversations = json_array();
    put_text(report->root, "suite", suite->name);
    json_object_set_new(report->root, "conversations", report->conversations);
    if (!baseline)
        return report;
    report->baseline = json_load_file(baseline, 0, &error);
    if (report->baseline && json_is_array(json_object_get(report->baseline, "conversations")))
        return report;
    snprintf(why, why_size, "%s is no earlier report: %s; write one with --json FILE", baseline,
             report->baseline ? "it has no conversations" : error.text);
    eval_report_close(report);
    return NULL;
}

void eval_report_close(struct eval_report *report)
{
    json_decref(report->root);
    json_decref(report->baseline);
    free(report->trips);
    free(report);
}

/* ---- For people ---- */

static void tell_line(const struct verdict_line *line, FILE *out)
{
    fprintf(out, "      %6.2f s  %-8s ", (double)line->at_ms / 1000,
            verdict_kind_names[line->kind]);
    if (line->kind == LINE_HANDOVER)
        fprintf(out, TEXT_FORMAT " -> ", TEXT_ARGS(line->agent));
    else if (line->kind == LINE_TOOL || line->kind == LINE_QUEUE || line->kind == LINE_LEFT)
        fprintf(out, TEXT_FORMAT ": ", TEXT_ARGS(line->agent));
    fprintf(out, TEXT_FORMAT "%s", TEXT_ARGS(line->words), line->unheard ? " --" : "");
    if (line->intent.size > 0)
        fprintf(out, "  (" TEXT_FORMAT ")", TEXT_ARGS(line->intent));
    fputc('\n', out);
}

static void tell(const struct eval_report *report, const struct verdict *v, bool whole, FILE *out)
{
    bool good = verdict_good(v);

    fprintf(out, "  %-5s " TEXT_FORMAT, good ? "ok" : "FAIL", TEXT_ARGS(v->name));
    if (v->with.size > 0)
        fprintf(out, " [" TEXT_FORMAT "]", TEXT_ARGS(v->with));
    if (v->repetition > 0)
        fprintf(out, " (%u)", v->repetition + 1);
    fputc('\n', out);
    for (uint32_t i = 0; i < v->failure_count; i++)
        fprintf(out, "        " TEXT_FORMAT ":%u: " TEXT_FORMAT "\n",
                TEXT_ARGS(report->suite->name), v->failures[i].line,
                TEXT_ARGS(v->failures[i].what));
    for (uint32_t i = 0; i < v->line_count && (whole || !good); i++)
        tell_line(&v->lines[i], out);
    fflush(out);
}

void eval_report_add(struct eval_report *report, const struct verdict *verdict, bool whole,
                     FILE *out)
{
    json_array_append_new(report->conversations, json_of(verdict));
    for (uint32_t i = 0; i < verdict->round_trip_count && report->trip_count < TRIPS; i++)
        report->trips[report->trip_count++] = verdict->round_trips_ms[i];
    if (verdict_good(verdict))
        report->passed++;
    else
        report->failed++;
    tell(report, verdict, whole, out);
}

/* ---- Sums ---- */

static int by_size(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static int32_t quantile(const struct eval_report *report, uint32_t percent)
{
    uint32_t at = report->trip_count * percent / 100;

    return report->trip_count == 0   ? 0
           : at < report->trip_count ? report->trips[at]
                                     : report->trips[report->trip_count - 1];
}

/* {"tag": {"passed": 1, "of": 2}} */
static void add_to(json_t *sums, const char *name, const json_t *one)
{
    json_t *sum = json_object_get(sums, name);

    if (!sum) {
        sum = json_object();
        json_object_set_new(sums, name, sum);
    }
    put_count(sum, "passed",
              json_count(sum, "passed") + json_is_true(json_object_get(one, "passed")));
    put_count(sum, "of", json_count(sum, "of") + 1);
}

/* By tag, and by who spoke over which noise. */
static json_t *tags_of(const struct eval_report *report)
{
    json_t *tags = json_object(), *one, *tag;
    size_t i, j;

    json_array_foreach(report->conversations, i, one)
        json_array_foreach(json_object_get(one, "tags"), j, tag)
            add_to(tags, json_string_value(tag), one);
    json_array_foreach(report->conversations, i, one) if (*json_word(one, "with"))
        add_to(tags, json_word(one, "with"), one);
    return tags;
}

static const json_t *find(const json_t *report, const json_t *like)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(report, "conversations"), i,
                       one) if (strcmp(json_word(one, "name"), json_word(like, "name")) == 0 &&
                                strcmp(json_word(one, "with"), json_word(like, "with")) == 0 &&
                                json_count(one, "repetition") ==
                                    json_count(like, "repetition")) return one;
    return NULL;
}

/* Names of conversations that passed in `was` and do not in `is`. */
static json_t *lost_between(const json_t *was, const json_t *is)
{
    json_t *lost = json_array(), *one;
    size_t i;

    json_array_foreach(json_object_get(was, "conversations"), i, one)
    {
        const json_t *now = find(is, one);
        if (json_is_true(json_object_get(one, "passed")) && now &&
            !json_is_true(json_object_get(now, "passed")))
            json_array_append_new(lost, json_string(json_word(one, "name")));
    }
    return lost;
}

static void sum_up(struct eval_report *report)
{
    json_t *trips = json_object();

    qsort(report->trips, report->trip_count, sizeof(report->trips[0]), by_size);
    put_count(report->root, "passed", report->passed);
    put_count(report->root, "failed", report->failed);
    json_object_set_new(report->root, "tags", tags_of(report));
    put_count(trips, "count", report->trip_count);
    put_count(trips, "p50", quantile(report, 50));
    put_count(trips, "p95", quantile(report, 95));
    put_count(trips, "max", quantile(report, 100));
    json_object_set_new(report->root, "round_trip_ms", trips);
    if (!report->baseline)
        return;
    json_object_set_new(report->root, "regressions", lost_between(report->baseline, report->root));
    json_object_set_new(report->root, "mended", lost_between(report->root, report->baseline));
}

static void tell_names(const json_t *names, const char *what, FILE *out)
{
    json_t *name;
    size_t i;

    json_array_foreach(names, i, name) fprintf(out, "  %s: %s\n", what, json_string_value(name));
}

static void tell_slower(const struct eval_report *report, FILE *out)
{
    int64_t was = json_count(json_object_get(report->baseline, "round_trip_ms"), "p95");
    int64_t is = quantile(report, 95);

    if (was > 0 && is * 100 > was * (100 + SLOWER_PERCENT))
        fprintf(out, "  slower: round trip p95 %" PRId64 " ms, was %" PRId64 " ms\n", is, was);
}

void eval_report_sum(struct eval_report *report, FILE *out)
{
    uint32_t all = report->passed + report->failed;
    const char *tag;
    json_t *sum;

    sum_up(report);
    fprintf(out, "%u conversation%s: %u passed, %u failed (%.1f %%)\n", all, all == 1 ? "" : "s",
            report->passed, report->failed, all ? 100.0 * report->passed / all : 0);
    json_object_foreach(json_object_get(report->root, "tags"), tag, sum)
        fprintf(out, "  %-20s %" PRId64 " of %" PRId64 "\n", tag, json_count(sum, "passed"),
                json_count(sum, "of"));
    if (report->trip_count > 0)
        fprintf(out, "  %u answers: p50 %d ms, p95 %d ms, longest %d ms after the caller's words\n",
                report->trip_count, quantile(report, 50), quantile(report, 95),
                quantile(report, 100));
    if (!report->baseline)
        return;
    tell_names(json_object_get(report->root, "regressions"), "became bad", out);
    tell_names(json_object_get(report->root, "mended"), "became good", out);
    tell_slower(report, out);
}

bool eval_report_good(const struct eval_report *report)
{
    if (!report->baseline)
        return report->failed == 0;
    return json_array_size(json_object_get(report->root, "regressions")) == 0;
}

int eval_report_json(const struct eval_report *report, const char *path)
{
    return json_dump_file(report->root, path, JSON_INDENT(1)) == 0 ? 0 : errno ? -errno : -EIO;
}

/* ---- JUnit ---- */

/* Text of an attribute or element: XML 1.0 2.4; bytes that XML cannot hold are left out. */
static void put_xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if (c >= 32 || c == '\n' || c == '\t')
            fputc(c, out);
    }
}

static void put_case(FILE *out, const struct eval_report *report, const json_t *one)
{
    json_t *failure;
    size_t i;

    fputs("  <testcase classname=\"", out);
    put_xml(out, json_word(report->root, "suite"));
    fputs("\" name=\"", out);
    put_xml(out, json_word(one, "name"));
    if (*json_word(one, "with")) {
        fputs(" [", out);
        put_xml(out, json_word(one, "with"));
        fputc(']', out);
    }
    if (json_count(one, "repetition") > 0)
        fprintf(out, " (%" PRId64 ")", json_count(one, "repetition") + 1);
    fputs("\">", out);
    json_array_foreach(json_object_get(one, "failures"), i, failure)
    {
        fprintf(out, "\n    <failure message=\"line %" PRId64 ": ", json_count(failure, "line"));
        put_xml(out, json_word(failure, "what"));
        fputs("\"/>", out);
    }
    fputs("</testcase>\n", out);
}

int eval_report_junit(const struct eval_report *report, const char *path)
{
    FILE *out = fopen(path, "w");
    json_t *one;
    size_t i;

    if (!out)
        return -errno;
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"");
    put_xml(out, json_word(report->root, "suite"));
    fprintf(out, "\" tests=\"%u\" failures=\"%u\">\n", report->passed + report->failed,
            report->failed);
    json_array_foreach(report->conversations, i, one) put_case(out, report, one);
    fputs("</testsuite>\n", out);
    bool failed = ferror(out);
    return fclose(out) != 0 || failed ? -EIO : 0;
}
