// SPDX-License-Identifier: Apache-2.0
/* show.c - one line or two an event. */
#include "app/show.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "app/json.h"
#include "base/clock.h"

enum colour { PLAIN, DIM, CALLER, AGENT, MARK, BAD };

static const char *const codes[] = {
    [PLAIN] = "",         [DIM] = "\033[2m",   [CALLER] = "\033[36m",
    [AGENT] = "\033[32m", [MARK] = "\033[33m", [BAD] = "\033[31m",
};

struct page {
    bool colour;
    FILE *out;
};

static void paint(struct page page, enum colour colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void paint(struct page page, enum colour colour, const char *format, ...)
{
    va_list arguments;

    if (page.colour)
        fputs(codes[colour], page.out);
    va_start(arguments, format);
    vfprintf(page.out, format, arguments);
    va_end(arguments);
    if (page.colour && colour != PLAIN)
        fputs("\033[0m", page.out);
}

/* What callers say and are called is theirs: nothing of it may steer the terminal. */
static void quote(struct page page, enum colour colour, const char *words)
{
    if (page.colour)
        fputs(codes[colour], page.out);
    for (; *words; words++)
        fputc((unsigned char)*words < ' ' || *words == 127 ? ' ' : *words, page.out);
    if (page.colour)
        fputs("\033[0m", page.out);
}

static void word(struct page page, enum colour colour, const json_t *event, const char *label,
                 const char *key)
{
    const char *value = json_word(event, key);

    if (!*value)
        return;
    fputs(label, page.out);
    quote(page, colour, value);
}

static void head(struct page page, const json_t *event, const char *who)
{
    time_t seconds = (time_t)(json_count(event, "wall_ms") / 1000);
    const char *ref = json_word(event, "ref");
    size_t size = strlen(ref);
    struct tm when;
    char clock[16];

    localtime_r(&seconds, &when);
    strftime(clock, sizeof(clock), "%H:%M:%S", &when);
    paint(page, DIM, "%s %s ", clock, size > 6 ? ref + size - 6 : ref);
    fprintf(page.out, "%-10s", who);
}

static void show_opened(struct page page, const json_t *event)
{
    head(page, event, "call");
    word(page, MARK, event, "from ", "caller");
    word(page, MARK, event, " to ", "called");
    word(page, PLAIN, event, ", trunk ", "trunk");
    word(page, DIM, event, ", ", "source");
}

static void show_answered(struct page page, const json_t *event)
{
    head(page, event, "answered");
    word(page, AGENT, event, "by ", "agent");
    word(page, DIM, event, ", ", "codec");
}

static void show_understanding(struct page page, const json_t *event)
{
    fprintf(page.out, "\n%27s", "");
    word(page, MARK, event, "-> ", "intent");
    paint(
        page, DIM, " %.2f, words %.2f, %s", (double)json_count(event, "confidence_permille") / 1e3,
        (double)json_count(event, "word_confidence_permille") / 1e3, json_word(event, "sentiment"));
    word(page, DIM, event, ", ", "entities");
}

static void show_turn(struct page page, const json_t *event)
{
    bool agent = strcmp(json_word(event, "speaker"), "agent") == 0;

    head(page, event, agent ? "agent" : "caller");
    if (agent)
        paint(page, DIM, "%s: ", json_word(event, "agent"));
    quote(page, agent ? AGENT : CALLER, json_word(event, "text"));
    if (*json_word(event, "unheard"))
        word(page, DIM, event, " [interrupted; not heard: ", "unheard");
    if (*json_word(event, "unheard"))
        fputs("]", page.out);
    if (!agent && *json_word(event, "intent"))
        show_understanding(page, event);
}

static void show_key(struct page page, const json_t *event)
{
    head(page, event, "key");
    paint(page, MARK, "%s", json_word(event, "key"));
    word(page, DIM, event, " by ", "source");
    if (*json_word(event, "meaning"))
        word(page, MARK, event, " -> ", "meaning");
    else
        paint(page, DIM, " -> nothing");
}

static void show_handover(struct page page, const json_t *event)
{
    head(page, event, "hand-over");
    word(page, MARK, event, "", "from");
    word(page, MARK, event, " -> ", "to");
    word(page, DIM, event, ": ", "reason");
    fprintf(page.out, "\n%27s", "");
    word(page, DIM, event, "caller said: ", "statement");
    word(page, DIM, event, "; summary: ", "summary");
    word(page, DIM, event, "; ", "entities");
    word(page, DIM, event, "; ", "sentiment");
}

/* The member in milliseconds, -1 when it did not happen. */
static int64_t time_of(const json_t *event, const char *key)
{
    return json_object_get(event, key) ? json_count(event, key) : -1;
}

/* Who of the network had a part in the answer; the program's own parts go without saying. */
static void show_maker(struct page page, const json_t *event, const char *label, const char *key)
{
    if (strcmp(json_word(event, key), "embedded") != 0)
        word(page, MARK, event, label, key);
}

static void show_ledger(struct page page, const json_t *event)
{
    static const struct {
        const char *key, *label;
    } times[] = {{"end_of_turn_ms", "turn ended"},
                 {"final_text_ms", "text"},
                 {"understood_ms", "understood"},
                 {"first_token_ms", "first word"},
                 {"first_speech_ms", "voice ready"}};
    int64_t audible_ms = time_of(event, "audible_ms"), heard_ms = time_of(event, "heard_ms");
    const char *before = "";

    head(page, event, "ledger");
    if (audible_ms >= 0)
        paint(page, MARK, "answered %" PRId64 " ms after the last word", audible_ms);
    else
        paint(page, DIM, "no answer was heard");
    paint(page, DIM, " (");
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        int64_t ms = time_of(event, times[i].key);
        if (ms >= 0)
            paint(page, DIM, "%s%s %" PRId64, before, times[i].label, ms);
        before = ms >= 0 ? ", " : before;
    }
    paint(page, DIM, "); caller spoke %.1f s", (double)json_count(event, "speech_ms") / 1e3);
    if (heard_ms >= 0)
        paint(page, DIM, ", agent %.1f s%s", (double)heard_ms / 1e3,
              json_is_true(json_object_get(event, "interrupted")) ? ", interrupted" : "");
    show_maker(page, event, "; heard by ", "heard_by");
    show_maker(page, event, "; answered by ", "thought_by");
    show_maker(page, event, "; spoken by ", "spoken_by");
}

static void show_provider(struct page page, const json_t *event)
{
    bool well = strcmp(json_word(event, "health"), "healthy") == 0;

    head(page, event, "provider");
    word(page, MARK, event, "", "provider");
    word(page, well ? AGENT : BAD, event, " is ", "health");
    word(page, PLAIN, event, ": ", "reason");
}

static void show_slo_step(struct page page, const json_t *event)
{
    head(page, event, "slo");
    word(page, MARK, event, "", "kind");
    word(page, MARK, event, " ", "name");
    word(page, PLAIN, event, ": ", "was");
    word(page, BAD, event, " -> ", "step");
    paint(page, DIM, "; %" PRId64 " of %" PRId64 " turns late", json_count(event, "late"),
          json_count(event, "turns"));
}

static void show_queue(struct page page, const json_t *event)
{
    head(page, event, "queue");
    word(page, MARK, event, "", "queue");
    word(page, AGENT, event, ": ", "what");
    word(page, PLAIN, event, " by ", "operator_name");
    word(page, PLAIN, event, ", ", "why");
    if (json_count(event, "position") > 0)
        paint(page, DIM, "; number %" PRId64 " in line", json_count(event, "position"));
    else
        paint(page, DIM, " after %" PRId64 " s", json_count(event, "waited_ms") / 1000);
}

static void number(struct page page, const json_t *event, const char *key, const char *one,
                   const char *many)
{
    int64_t value = json_count(event, key);

    fprintf(page.out, ", %" PRId64 " %s", value, value == 1 ? one : many);
}

static void show_closed(struct page page, const json_t *event)
{
    const char *cause = json_word(event, "cause");
    bool good = strcmp(cause, "caller_hung_up") == 0 || strcmp(cause, "agent_finished") == 0;

    head(page, event, "ended");
    quote(page, good ? AGENT : BAD, cause);
    word(page, PLAIN, event, ": ", "detail");
    fprintf(page.out, " after %.1f s", (double)json_count(event, "talk_ms") / 1e3);
    number(page, event, "turns", "turn", "turns");
    number(page, event, "keys", "key", "keys");
    number(page, event, "handovers", "hand-over", "hand-overs");
    number(page, event, "interruptions", "interruption", "interruptions");
    paint(page, DIM, "; packets %" PRId64 " in, %" PRId64 " lost, %" PRId64 " out",
          json_count(event, "received"), json_count(event, "lost"), json_count(event, "sent"));
    if (json_count(event, "mos_hundredths") > 0)
        paint(page, DIM, ", MOS %.2f", (double)json_count(event, "mos_hundredths") / 100);
}

void show_event(const json_t *event, bool colour, FILE *out)
{
    static const struct {
        const char *name;
        void (*show)(struct page, const json_t *);
    } rows[] = {{"call_opened", show_opened}, {"call_answered", show_answered},
                {"turn", show_turn},          {"key", show_key},
                {"handover", show_handover},  {"ledger", show_ledger},
                {"call_closed", show_closed}, {"slo", show_slo_step},
                {"queue", show_queue},
                {"provider", show_provider}};
    struct page page = {colour, out};
    const char *name = json_word(event, "event");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(name, rows[i].name) == 0) {
            rows[i].show(page, event);
            fputc('\n', out);
            fflush(out);
        }
    }
}

/* How well the threads of sound keep their time. */
static void show_beats(const json_t *media, FILE *out)
{
    fprintf(out,
            json_count(media, "threads") == 1 ? "sound: %" PRId64 " thread"
                                              : "sound: %" PRId64 " threads",
            json_count(media, "threads"));
    fprintf(out, ", %" PRId64 " of %" PRId64 " beats late, the worst by %" PRId64 " ms\n",
            json_count(media, "late_ticks"), json_count(media, "ticks"),
            json_count(media, "worst_late_us") / 1000);
}

void show_calls(const json_t *answer, FILE *out)
{
    struct page page = {false, out};
    json_t *call;
    size_t i;

    i = json_array_size(json_object_get(answer, "calls"));
    fprintf(out, i == 1 ? "%zu call\n" : "%zu calls\n", i);
    json_array_foreach(json_object_get(answer, "calls"), i, call)
    {
        fprintf(out, "%-26s %5" PRId64 " s  ", json_word(call, "ref"), json_count(call, "seconds"));
        word(page, PLAIN, call, "", "caller");
        word(page, PLAIN, call, " -> ", "called");
        word(page, PLAIN, call, "  ", "agent");
        fprintf(out, json_count(call, "turns") == 1 ? "  %" PRId64 " turn" : "  %" PRId64 " turns",
                json_count(call, "turns"));
        word(page, PLAIN, call, "  ", "intent");
        word(page, PLAIN, call, "  waits in ", "queue");
        word(page, PLAIN, call, "  with ", "with");
        word(page, PLAIN, call, "  \"", "last");
        fputs(*json_word(call, "last") ? "\"\n" : "\n", out);
    }
    if (json_object_get(answer, "media"))
        show_beats(json_object_get(answer, "media"), out);
}

static void show_list(const json_t *answer, const char *key, const char *one,
                      void (*row)(const json_t *, FILE *), FILE *out)
{
    const json_t *list = json_object_get(answer, key), *item;
    size_t count = json_array_size(list), i;

    fprintf(out, "%zu %s%s\n", count, one, count == 1 ? "" : "s");
    json_array_foreach(list, i, item) row(item, out);
}

static void trunk_row(const json_t *trunk, FILE *out)
{
    const char *registration = json_word(trunk, "registration");

    fprintf(out, "%-20s %-10s %-14s %s\n", json_word(trunk, "trunk"), json_word(trunk, "health"),
            strcmp(registration, "none") == 0 ? "" : registration, json_word(trunk, "reason"));
}

void show_trunks(const json_t *answer, FILE *out)
{
    show_list(answer, "trunks", "trunk", trunk_row, out);
}

static void phone_row(const json_t *phone, FILE *out)
{
    int64_t left_ms = json_count(phone, "expires_ms") - (int64_t)clock_wall_ms();

    fprintf(out, "%-20s %s  by %s from %s, %" PRId64 " s more%s\n", json_word(phone, "user"),
            json_word(phone, "contact"), json_word(phone, "transport"), json_word(phone, "source"),
            left_ms > 0 ? left_ms / 1000 : 0,
            json_is_true(json_object_get(phone, "silent")) ? "; answers no more" : "");
}

void show_phones(const json_t *answer, FILE *out)
{
    show_list(answer, "phones", "phone", phone_row, out);
}
