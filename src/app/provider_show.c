// SPDX-License-Identifier: Apache-2.0
/* provider_show.c - a line a provider, its last error under it, and the chains that they stand in.
 */
#include "app/provider_show.h"

#include <inttypes.h>
#include <string.h>

#include "app/json.h"
#include "core/command.h"

static const char *const role_words[] = {
    [ROLE_LISTENS] = "listen", [ROLE_SPEAKS] = "speak", [ROLE_THINKS] = "think",
    [ROLE_CONVERSES] = "converse"};
static const char *const breaker_words[] = {
    [BREAKER_CLOSED] = "closed", [BREAKER_OPEN] = "open", [BREAKER_TRIAL] = "trial"};

json_t *provider_json(const struct provider_row *row)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I}",
        "name", row->name, "kind", provider_kind_names[row->kind], "role",
        role_words[provider_role(row->kind)], "url", row->url, "health",
        trunk_health_names[row->health], "breaker", breaker_words[row->breaker], "open_s",
        (json_int_t)row->open_s, "slow", (int)row->slow, "avoided", (int)row->avoided, "calls",
        (json_int_t)row->sessions, "max_calls", (json_int_t)row->most, "good",
        (json_int_t)row->good, "failed", (json_int_t)row->failed, "p50_ms",
        (json_int_t)row->p50_ms, "p95_ms", (json_int_t)row->p95_ms, "error", row->error, "error_s",
        (json_int_t)row->error_s);
}

json_t *provider_chain_json(const struct chain_row *row)
{
    json_t *names = json_array();

    for (uint8_t i = 0; i < row->count; i++)
        json_array_append_new(names, json_string(row->names[i]));
    return json_pack("{s:s, s:s, s:o}", "agent", row->agent, "role", role_words[row->role],
                     "providers", names);
}

/* ---- The table ---- */

static void show_state(const json_t *row, char *out, size_t size)
{
    const char *breaker = json_word(row, "breaker");

    if (strcmp(breaker, "open") == 0)
        snprintf(out, size, "left alone for %" PRId64 " s", json_count(row, "open_s"));
    else if (strcmp(breaker, "trial") == 0)
        snprintf(out, size, "may try again");
    else if (json_is_true(json_object_get(row, "avoided")))
        snprintf(out, size, "avoided (slo)");
    else if (json_is_true(json_object_get(row, "slow")))
        snprintf(out, size, "slow");
    else
        snprintf(out, size, "%s", json_word(row, "health"));
}

static void show_ms(int64_t ms, FILE *out)
{
    if (ms > 0)
        fprintf(out, " %5" PRId64, ms);
    else
        fprintf(out, " %5s", "-");
}

static void show_provider(const json_t *row, FILE *out)
{
    const json_t *warm = json_object_get(row, "warm");
    int64_t most = json_count(row, "max_calls"), ago_s = json_count(row, "error_s");
    char state[64], limit[24] = "", open[24] = "-";

    show_state(row, state, sizeof(state));
    if (most > 0)
        snprintf(limit, sizeof(limit), "/%" PRId64, most);
    if (json_is_object(warm))
        snprintf(open, sizeof(open), "%" PRId64, json_count(warm, "ready"));
    fprintf(out, "%-16s %-19s %-22s %4" PRId64 "%-4s %4s", json_word(row, "name"),
            json_word(row, "kind"), state, json_count(row, "calls"), limit, open);
    show_ms(json_count(row, "p50_ms"), out);
    show_ms(json_count(row, "p95_ms"), out);
    fprintf(out, " %7" PRId64 " %7" PRId64 "  %s\n", json_count(row, "good"),
            json_count(row, "failed"), json_word(row, "url"));
    if (json_word(row, "error")[0])
        fprintf(out, "    last failure, %" PRId64 " s ago: %s\n", ago_s, json_word(row, "error"));
}

/* Agents whose chains are the same stand in one line, with the first of them. */
static void show_chain(const json_t *chains, size_t index, FILE *out)
{
    const json_t *row = json_array_get(chains, index), *names = json_object_get(row, "providers");
    const json_t *other, *name;
    const char *comma = "";
    size_t i;

    for (i = 0; i < index; i++) {
        other = json_array_get(chains, i);
        if (strcmp(json_word(other, "role"), json_word(row, "role")) == 0 &&
            json_equal(json_object_get(other, "providers"), names))
            return;
    }
    fprintf(out, "%-7s ", json_word(row, "role"));
    json_array_foreach(names, i, name)
        fprintf(out, "%s > ", json_string_value(name) ? json_string_value(name) : "?");
    fputs("embedded:", out);
    json_array_foreach(chains, i, other)
    {
        if (strcmp(json_word(other, "role"), json_word(row, "role")) != 0 ||
            !json_equal(json_object_get(other, "providers"), names))
            continue;
        fprintf(out, "%s %s", comma, json_word(other, "agent"));
        comma = ",";
    }
    fputc('\n', out);
}

void provider_show(const json_t *answer, FILE *out)
{
    const json_t *list = json_object_get(answer, "providers"), *row;
    const json_t *chains = json_object_get(answer, "chains");
    size_t i;

    if (json_array_size(list) == 0) {
        fputs("no providers: all is embedded\n", out);
        return;
    }
    fprintf(out, "%-16s %-19s %-22s %-8s %4s %5s %5s %7s %7s  %s\n", "provider", "kind", "state",
            "calls", "warm", "p50", "p95", "good", "failed", "at");
    json_array_foreach(list, i, row)
        show_provider(row, out);
    fputc('\n', out);
    for (i = 0; i < json_array_size(chains); i++)
        show_chain(chains, i, out);
}
