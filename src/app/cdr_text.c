// SPDX-License-Identifier: Apache-2.0
/* cdr_text.c - columns, and one call's events in the order of their times. */
#include "app/cdr_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/json.h"

enum { EVENTS = 4096, CLOCK_AT = 11, CLOCK_SIZE = 8 };

struct moment {
    const char *at; /* ISO 8601: in the order of text as in that of time. */
    uint32_t order; /* Among equal times. */
    const char *table;
    const json_t *row;
};

/* Callers choose their names and words: nothing of them may steer the terminal. */
static void plain(const char *label, const char *words, FILE *out)
{
    if (!*words)
        return;
    fputs(label, out);
    for (; *words; words++)
        fputc((unsigned char)*words < ' ' || *words == 127 ? ' ' : *words, out);
}

static void print_call(const json_t *call, FILE *out)
{
    const char *started = json_word(call, "started"), *cause = json_word(call, "cause");

    fprintf(out, "%-22s %.10s %.8s %6.1f s  ", json_word(call, "ref"), started,
            strlen(started) > CLOCK_AT ? started + CLOCK_AT : "",
            (double)json_count(call, "talk_ms") / 1e3);
    fputs(strcmp(json_word(call, "direction"), "out") == 0 ? "out  " : "", out);
    plain("", *cause ? cause : "still up", out);
    plain("  ", json_word(call, "caller"), out);
    plain(" -> ", json_word(call, "called"), out);
    plain("  agent ", json_word(call, "agent"), out);
    plain("  intent ", json_word(call, "intent"), out);
    if (json_count(call, "handovers") > 0)
        fprintf(out, "  handed over %" PRId64, json_count(call, "handovers"));
    if (json_count(call, "transfers") > 0)
        fprintf(out, "  transferred %" PRId64, json_count(call, "transfers"));
    fputc('\n', out);
}

/* "leg 2 out forward +14155550100 by carrier, 486 Busy Here" */
static void print_leg(const json_t *row, FILE *out)
{
    fprintf(out, "leg %-6" PRId64, json_count(row, "number"));
    plain("", json_word(row, "direction"), out);
    plain(" ", json_word(row, "role"), out);
    plain(" ", json_word(row, "party"), out);
    plain(" by ", json_word(row, "trunk"), out);
    if (json_count(row, "status") > 0)
        fprintf(out, ", %" PRId64, json_count(row, "status"));
    plain(" ", json_word(row, "reason"), out);
    if (json_count(row, "mos_hundredths") > 0)
        fprintf(out, ", MOS %.2f", (double)json_count(row, "mos_hundredths") / 100);
}

static void print_transfer(const json_t *row, FILE *out)
{
    fprintf(out, "%-10s", "transfer");
    plain("", json_word(row, "how"), out);
    plain(" -> ", json_word(row, "target"), out);
    fputs(json_is_true(json_object_get(row, "done")) ? ": done" : ": failed", out);
    if (json_count(row, "status") > 0)
        fprintf(out, ", %" PRId64, json_count(row, "status"));
    plain(", ", json_word(row, "detail"), out);
}

/* "supervisor clara: listen, over; caller heard tone, operator tone" */
static void print_supervision(const json_t *row, FILE *out)
{
    fprintf(out, "%-10s", "supervisor");
    plain(" ", json_word(row, "supervisor"), out);
    plain(": ", json_word(row, "mode"), out);
    plain(" ", json_word(row, "state"), out);
    plain(", caller heard ", json_word(row, "caller_told"), out);
    plain(", operator ", json_word(row, "operator_told"), out);
    const char *until = json_word(row, "until");
    if (strlen(until) > CLOCK_AT)
        fprintf(out, ", until %.*s", CLOCK_SIZE, until + CLOCK_AT);
    plain(", ", json_word(row, "why"), out);
}

/* "queue support: answered by anna after 72 s; was 3rd, about 95 s told" */
static void print_passage(const json_t *row, FILE *out)
{
    fprintf(out, "%-10s", "queue");
    plain("", json_word(row, "queue"), out);
    plain(": ", json_word(row, "state"), out);
    plain(" by ", json_word(row, "operator"), out);
    plain(", ", json_word(row, "why"), out);
    if (json_count(row, "position") == 0)
        return;
    if (strcmp(json_word(row, "state"), "joined") != 0 && strcmp(json_word(row, "state"), "lost") != 0)
        fprintf(out, " after %.0f s", (double)json_count(row, "waited_ms") / 1e3);
    fprintf(out, "; entered as number %" PRId64, json_count(row, "position"));
    if (json_is_true(json_object_get(row, "told")))
        fprintf(out, ", expected %.0f s, at most %.0f s", (double)json_count(row, "p50_ms") / 1e3,
                (double)json_count(row, "p90_ms") / 1e3);
}

/* "tool      find-customer {"number": "7"}: ok, 41 ms" */
static void print_tool(const json_t *row, FILE *out)
{
    const char *outcome = json_word(row, "outcome");

    fprintf(out, "%-10s", "tool");
    plain("", json_word(row, "name"), out);
    plain(" ", json_word(row, "arguments"), out);
    plain(": ", *outcome ? outcome : json_word(row, "state"), out);
    fprintf(out, ", %" PRId64 " ms", json_count(row, "ms"));
    if (json_count(row, "attempts") > 1)
        fprintf(out, ", %" PRId64 " attempts", json_count(row, "attempts"));
    if (json_count(row, "status") > 0)
        fprintf(out, ", %" PRId64, json_count(row, "status"));
    plain(", ", json_word(row, "text"), out);
}

/* "callback  +14155550123, waiting, support" */
static void print_task(const json_t *row, FILE *out)
{
    fprintf(out, "%-10s", json_word(row, "kind"));
    plain("", json_word(row, "party"), out);
    plain(", ", json_word(row, "state"), out);
    plain(", for ", json_word(row, "queue"), out);
    plain(", due ", json_word(row, "due"), out);
    if (json_count(row, "length_ms") > 0)
        fprintf(out, ", %.0f s", (double)json_count(row, "length_ms") / 1e3);
    plain(", ", json_word(row, "why"), out);
    plain(": ", json_word(row, "text"), out);
}

static void print_event(const struct moment *event, FILE *out)
{
    const json_t *row = event->row;
    const char *speaker = json_word(row, "speaker");

    fprintf(out, "    %.*s ", CLOCK_SIZE, strlen(event->at) > CLOCK_AT ? event->at + CLOCK_AT : "");
    if (strcmp(event->table, "turns") == 0) {
        fprintf(out, "%-10s", speaker);
        plain("", json_word(row, "text"), out);
        plain(" [not heard: ", json_word(row, "unheard"), out);
        fputs(*json_word(row, "unheard") ? "]" : "", out);
        plain("  -> ", json_word(row, "intent"), out);
        if (*json_word(row, "intent"))
            fprintf(out, " %.2f", (double)json_count(row, "confidence_permille") / 1e3);
    } else if (strcmp(event->table, "keys") == 0) {
        const char *meaning = json_word(row, "meaning");
        fprintf(out, "%-10s", "key");
        plain("", json_word(row, "key"), out);
        plain("  -> ", *meaning ? meaning : "nothing", out);
    } else if (strcmp(event->table, "legs") == 0) {
        print_leg(row, out);
    } else if (strcmp(event->table, "transfers") == 0) {
        print_transfer(row, out);
    } else if (strcmp(event->table, "supervisions") == 0) {
        print_supervision(row, out);
    } else if (strcmp(event->table, "passages") == 0) {
        print_passage(row, out);
    } else if (strcmp(event->table, "offers") == 0) {
        fprintf(out, "%-10s", "offer");
        plain("to ", json_word(row, "operator"), out);
        plain(": ", json_word(row, "brief"), out);
    } else if (strcmp(event->table, "tools") == 0) {
        print_tool(row, out);
    } else if (strcmp(event->table, "tasks") == 0) {
        print_task(row, out);
    } else if (strcmp(event->table, "holds") == 0) {
        fprintf(out, "%-10s", json_word(row, "state"));
        plain("by ", json_word(row, "role"), out);
    } else {
        fprintf(out, "%-10s", "hand-over");
        plain("", json_word(row, "from"), out);
        plain(" -> ", json_word(row, "to"), out);
        plain(": ", json_word(row, "summary"), out);
    }
    fputc('\n', out);
}

static int earlier(const void *a, const void *b)
{
    const struct moment *left = a, *right = b;
    int order = strcmp(left->at, right->at);

    return order ? order : (left->order > right->order) - (left->order < right->order);
}

/* What belongs together has one time: words, then what they led to, then the answer. */
static uint32_t rank(const char *table, const json_t *row)
{
    if (strcmp(table, "turns") == 0)
        return strcmp(json_word(row, "speaker"), "caller") == 0 ? 0 : 3;
    return strcmp(table, "keys") == 0 ? 1 : 2;
}

static void print_account(const json_t *account, FILE *out)
{
    static const char *const tables[] = {"handovers", "keys",     "turns",       "legs",
                                         "transfers", "passages", "supervisions", "holds",
                                         "tools",     "tasks",    "offers"};
    struct moment *events = calloc(EVENTS, sizeof(*events));
    uint32_t count = 0;

    for (size_t i = 0; events && i < sizeof(tables) / sizeof(tables[0]); i++) {
        const json_t *rows = json_object_get(account, tables[i]);
        for (size_t row = 0; row < json_array_size(rows) && count < EVENTS; row++) {
            const json_t *item = json_array_get(rows, row);
            events[count] = (struct moment){
                json_word(item, strcmp(tables[i], "legs") == 0 ? "started" : "at"), rank(tables[i], item) * EVENTS + count, tables[i], item};
            count++;
        }
    }
    if (count > 1)
        qsort(events, count, sizeof(*events), earlier);
    for (uint32_t i = 0; i < count; i++)
        print_event(&events[i], out);
    if (count == EVENTS)
        fputs("    (cut off here: --format jsonl has all)\n", out);
    free(events);
}

void cdr_text_print(FILE *lines, FILE *out)
{
    char *line = NULL;
    size_t room = 0;
    uint64_t count = 0;

    while (getline(&line, &room, lines) > 0) {
        json_t *call = json_loads(line, 0, NULL);
        print_call(call, out);
        print_account(json_object_get(call, "account"), out);
        json_decref(call);
        count++;
    }
    if (count == 0)
        fputs("no calls\n", out);
    free(line);
}
