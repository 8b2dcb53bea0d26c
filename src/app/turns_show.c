// SPDX-License-Identifier: Apache-2.0
/* turns_show.c - a line a stage; a bar from where the one before it ended. */
#include "app/turns_show.h"

#include <inttypes.h>
#include <string.h>

#include "app/json.h"

enum { COLUMNS = 60, SPEECH_COLUMNS = 10, LEAST_MS = 500 };

/* Stages in their order, and who does them. */
static const struct stage {
    const char *key, *label, *by;
    char mark;
} stages[] = {{"end_of_turn_ms", "end of turn", NULL, '.'},
              {"final_text_ms", "final text", "heard_by", '='},
              {"understood_ms", "understood", NULL, '='},
              {"first_token_ms", "first token", "thought_by", '='},
              {"first_speech_ms", "first speech", "spoken_by", '='},
              {"audible_ms", "audible", NULL, '#'},
              {"answer_ms", "the answer", NULL, '#'}};

enum { STAGES = sizeof(stages) / sizeof(stages[0]) };

/* -1: it did not happen. */
static int64_t time_of(const json_t *ledger, const char *key)
{
    const json_t *value = json_object_get(ledger, key);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* What callers say may not steer the terminal. */
static void plain(const char *words, FILE *out)
{
    for (; *words; words++)
        fputc((unsigned char)*words < ' ' || *words == 127 ? ' ' : *words, out);
}

static const char *words_of(const json_t *turns, int64_t number)
{
    const json_t *turn;
    size_t i;

    json_array_foreach(turns, i, turn)
    {
        if (json_count(turn, "turn") == number &&
            strcmp(json_word(turn, "speaker"), "caller") == 0)
            return json_word(turn, "text");
    }
    return "";
}

static int64_t longest_of(const json_t *ledger)
{
    int64_t most = LEAST_MS;

    for (int i = 0; i < STAGES; i++) {
        int64_t ms = time_of(ledger, stages[i].key);
        most = ms > most ? ms : most;
    }
    return most;
}

static void fill(char mark, int64_t count, FILE *out)
{
    while (count-- > 0)
        fputc(mark, out);
}

static void show_stage(const struct stage *stage, int64_t from_ms, int64_t ms, int64_t most_ms,
                       const json_t *ledger, FILE *out)
{
    int64_t begin = (from_ms < ms ? from_ms : ms) * COLUMNS / most_ms;
    int64_t end = ms * COLUMNS / most_ms;
    const char *by = stage->by ? json_word(ledger, stage->by) : "";

    fprintf(out, "  %-14s %6" PRId64 " |", stage->label, ms);
    fill(' ', SPEECH_COLUMNS + begin, out);
    fill(stage->mark, end > begin ? end - begin : 1, out);
    fputs(*by ? "  " : "", out);
    plain(by, out);
    fputc('\n', out);
}

static void show_speech(const json_t *ledger, FILE *out)
{
    int64_t partial_ms = time_of(ledger, "first_partial_ms");

    fprintf(out, "  %-14s %6" PRId64 " |", "caller speech", time_of(ledger, "speech_ms"));
    fill('-', SPEECH_COLUMNS, out);
    if (partial_ms >= 0)
        fprintf(out, "  first partial %" PRId64 " ms after its beginning", partial_ms);
    fputc('\n', out);
}

/* What is no stage of the wait. */
static void show_rest(const json_t *ledger, FILE *out)
{
    int64_t heard_ms = time_of(ledger, "heard_ms"), cut_ms = time_of(ledger, "silence_cut_ms");
    int64_t tokens = json_count(ledger, "tokens_in") + json_count(ledger, "tokens_out");

    fputs("  ", out);
    if (time_of(ledger, "audible_ms") < 0)
        fputs("nothing was heard of an answer", out);
    else
        fprintf(out, "heard %.1f s of it", (double)(heard_ms > 0 ? heard_ms : 0) / 1e3);
    if (json_is_true(json_object_get(ledger, "interrupted")))
        fputs(", interrupted", out);
    if (cut_ms > 0)
        fprintf(out, "; %" PRId64 " ms of silence cut", cut_ms);
    if (tokens > 0)
        fprintf(out, "; tokens %" PRId64 " in, %" PRId64 " out", json_count(ledger, "tokens_in"),
                json_count(ledger, "tokens_out"));
    if (json_count(ledger, "saved_ms") > 0)
        fprintf(out, "; begun %" PRId64 " ms before the end was certain",
                json_count(ledger, "saved_ms"));
    if (json_count(ledger, "thrown_away") > 0)
        fprintf(out, "; %" PRId64 " begun for nothing", json_count(ledger, "thrown_away"));
    fputc('\n', out);
}

static void show_turn(const json_t *ledger, const json_t *turns, FILE *out)
{
    int64_t most_ms = longest_of(ledger), from_ms = 0, number = json_count(ledger, "turn");
    int64_t audible_ms = time_of(ledger, "audible_ms");

    fprintf(out, "\nturn %" PRId64, number);
    if (audible_ms >= 0)
        fprintf(out, ", answered after %" PRId64 " ms", audible_ms);
    fputs(": ", out);
    plain(words_of(turns, number), out);
    fputc('\n', out);
    show_speech(ledger, out);
    for (int i = 0; i < STAGES; i++) {
        int64_t ms = time_of(ledger, stages[i].key);
        bool again = strcmp(stages[i].key, "answer_ms") == 0 && ms == audible_ms;
        if (ms < 0 || again)
            continue;
        show_stage(&stages[i], from_ms, ms, most_ms, ledger, out);
        from_ms = ms > from_ms ? ms : from_ms;
    }
    show_rest(ledger, out);
}

void turns_show(const json_t *call, FILE *out)
{
    const json_t *account = json_object_get(call, "account"), *ledger;
    const json_t *ledgers = json_object_get(account, "ledger");
    size_t i;

    fprintf(out, "%s  agent ", json_word(call, "ref"));
    plain(json_word(call, "agent"), out);
    fprintf(out, ", %zu answered turn%s; milliseconds after the caller's last sound\n",
            json_array_size(ledgers), json_array_size(ledgers) == 1 ? "" : "s");
    json_array_foreach(ledgers, i, ledger)
        show_turn(ledger, json_object_get(account, "turns"), out);
}

void turns_show_json(const json_t *call, FILE *out)
{
    const json_t *account = json_object_get(call, "account");
    const json_t *turns = json_object_get(account, "turns");
    json_t *ledger;
    size_t i;

    json_array_foreach(json_object_get(account, "ledger"), i, ledger)
    {
        json_object_set_new(ledger, "text",
                            json_string(words_of(turns, json_count(ledger, "turn"))));
        json_dumpf(ledger, out, JSON_COMPACT);
        fputc('\n', out);
    }
}
