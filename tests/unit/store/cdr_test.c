// SPDX-License-Identifier: Apache-2.0
/* cdr_test.c - what people and programs read, whatever callers said. */
#include "given.h"

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/cdr_text.h"

static char *printed;
static size_t printed_size;

static int print(struct cdr_query query)
{
    free(printed);
    printed = NULL;
    FILE *out = open_memstream(&printed, &printed_size);
    CHECK(out);
    int error = store_print_cdr(dir, &query, out, why, sizeof(why));
    fclose(out);
    return error;
}

static uint32_t count_of(const char *part)
{
    uint32_t count = 0;
    for (const char *at = printed; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

static const char *cell(struct text t)
{
    static char storage[256];
    storage[0] = '\0';
    FILE *out = fmemopen(storage, sizeof(storage), "w");
    CHECK(out);
    store_cdr_cell(t, out);
    fclose(out);
    return storage;
}

static void a_telephone_number_stays_a_telephone_number(void)
{
    CHECK(is(cell(TEXT("+14155550123")), "+14155550123"));
    CHECK(is(cell(TEXT("4155550123")), "4155550123"));
    CHECK(is(cell(TEXT("")), ""));
}

static void what_a_spreadsheet_would_compute_is_made_text(void)
{
    CHECK(is(cell(TEXT("=1+1")), "\"'=1+1\""));
    CHECK(is(cell(TEXT("+1-2")), "\"'+1-2\""));
    CHECK(is(cell(TEXT("+")), "\"'+\""));
    CHECK(is(cell(TEXT("-2+3+cmd|' /C calc'!A0")), "\"'-2+3+cmd|' /C calc'!A0\""));
    CHECK(is(cell(TEXT("@SUM(A1)")), "\"'@SUM(A1)\""));
    CHECK(is(cell(TEXT("  =1")), "\"'  =1\""));
    CHECK(is(cell(TEXT("\t=1")), "\"'\t=1\""));
    CHECK(is(cell(TEXT("\xEF\xBC\x9D"
                       "1")),
             "\"'\xEF\xBC\x9D"
             "1\""));
    CHECK(is(cell(TEXT("a=1")), "a=1"));
}

static void quotes_commas_and_line_ends_follow_rfc_4180(void)
{
    CHECK(is(cell(TEXT("a,b")), "\"a,b\""));
    CHECK(is(cell(TEXT("say \"no\"")), "\"say \"\"no\"\"\""));
    CHECK(is(cell(TEXT("one\r\ntwo")), "\"one\r\ntwo\""));
    CHECK(is(cell(TEXT("\"")), "\"\"\"\""));
}

static void bytes_that_are_no_text_become_replacement_characters(void)
{
    CHECK(is(cell(TEXT("a\xFF"
                       "b")),
             "a\xEF\xBF\xBD"
             "b"));
    CHECK(is(cell(TEXT("\x1B[2Jhello")), "\xEF\xBF\xBD[2Jhello")); /* A terminal would clear. */
    CHECK(is(cell(TEXT("a\0b")), "a\xEF\xBF\xBD"
                                 "b"));
    CHECK(is(cell(TEXT("\xC2\x9B"
                       "2J")),
             "\xEF\xBF\xBD"
             "2J"));
    CHECK(is(cell(TEXT("\xC0\xAF")), "\xEF\xBF\xBD\xEF\xBF\xBD"));                 /* Overlong. */
    CHECK(is(cell(TEXT("\xED\xA0\x80")), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")); /* Surrogate. */
    CHECK(is(cell(TEXT("Zo\xC3\xAB \xF0\x9F\x98\x80")), "Zo\xC3\xAB \xF0\x9F\x98\x80"));
    CHECK(is(cell(TEXT("cut \xF0\x9F")), "cut \xEF\xBF\xBD\xEF\xBF\xBD"));
}

static void given_calls(uint32_t count)
{
    char ref[16];

    given_store();
    for (uint32_t i = 0; i < count; i++) {
        struct command command;
        snprintf(ref, sizeof(ref), "c%05u", i);
        command = opened(ref, i + 1);
        command.opened.wall_ms = noon_ms + i / 3; /* Several start in the same millisecond. */
        post(command);
        post(closed(ref, noon_ms + i / 3 + 1000));
    }
}

static void csv_has_a_header_and_one_line_a_call_in_the_order_of_their_start(void)
{
    given_calls(1000); /* More than a page. */
    close_store();
    CHECK(print((struct cdr_query){.format = CDR_CSV}) == 0);
    CHECK(count_of("\r\n") == 1001);
    CHECK(strncmp(printed, "ref,started,answered,ended,cause,status,detail,caller,called,", 60) ==
          0);
    CHECK(strstr(printed,
                 "\r\nc00000,2026-11-21T12:00:00.000Z,,2026-11-21T12:00:01.000Z,"
                 "caller_hung_up,0,,+14155550123,+14155550100,carrier,front-desk,billing,"));
    const char *at = strchr(printed, '\n');
    for (uint32_t i = 0; i < 1000; i++, at = strchr(at + 1, '\n')) {
        char ref[16];
        snprintf(ref, sizeof(ref), "c%05u,", i);
        CHECK(strncmp(at + 1, ref, strlen(ref)) == 0);
    }
    remove_dir();
}

static void since_is_included_and_until_is_not(void)
{
    given_calls(9);
    close_store();
    CHECK(print((struct cdr_query){.format = CDR_CSV, .since_ms = noon_ms + 1}) == 0);
    CHECK(count_of("\r\n") == 7);
    CHECK(print((struct cdr_query){.format = CDR_CSV, .until_ms = noon_ms + 2}) == 0);
    CHECK(count_of("\r\n") == 7);
    CHECK(print((struct cdr_query){
              .format = CDR_CSV, .since_ms = noon_ms + 1, .until_ms = noon_ms + 2}) == 0);
    CHECK(count_of("\r\n") == 4 && strstr(printed, "c00003") && strstr(printed, "c00005"));
    remove_dir();
}

static void live_calls_are_printed_when_asked_for_while_the_server_runs(void)
{
    given_store();
    post(opened("up", 1));
    CHECK(next_event().kind == STORE_OPENED);
    CHECK(print((struct cdr_query){.format = CDR_JSONL}) == 0 && printed_size == 0);
    CHECK(print((struct cdr_query){.format = CDR_JSONL, .live = true}) == 0);
    CHECK(strstr(printed, "\"ref\":\"up\"") && strstr(printed, "\"ended\":null,\"cause\":null"));
    then_nothing_is_left();
}

static void given_a_hostile_call(void)
{
    struct command command;

    given_store();
    command = opened("evil", 1);
    command.opened.caller = TEXT("=HYPERLINK(\"http://198.51.100.1\",\"call me\")");
    command.opened.asserted = TEXT("a\0b\xFF\xC0\x80\r\n\"',;");
    command.opened.headers = TEXT("X-One: \x1B[31m\nX-Two: \xF5\n");
    post(command);
    post(turn("evil", noon_ms + 1000, "line one\nline \"two\" \xED\xBF\xBF \xE2\x82"));
    command = turn("evil", noon_ms + 2000, "");
    command.turn.entities = TEXT("a=1\na=2\n\xFF=\xFE\nno value\n=no name\n\n");
    post(command);
    post((struct command){.kind = STORE_KEY,
                          .key = {.ref = TEXT("evil"), .wall_ms = noon_ms, .key = '\xFF'}});
    post((struct command){.kind = STORE_HANDOVER,
                          .handover = {.ref = TEXT("evil"), .to = TEXT("b")}});
    post((struct command){
        .kind = STORE_LEDGER,
        .ledger = {.ref = TEXT("evil"), .turn = 1, .audible_ms = 700, .heard_ms = -1}});
    post(closed("evil", noon_ms + 5000));
    close_store();
}

static json_t *line_as_json(void)
{
    json_error_t error;
    CHECK(printed_size > 1 && printed[printed_size - 1] == '\n');
    CHECK(memchr(printed, '\n', printed_size - 1) == NULL); /* One line a call. */
    json_t *json = json_loadb(printed, printed_size, JSON_ALLOW_NUL, &error);
    if (!json)
        fprintf(stderr, "%s\n%s\n", error.text, printed);
    CHECK(json);
    return json;
}

static void one_call_is_printed_with_all_that_happened_in_it(void)
{
    given_a_hostile_call();
    CHECK(print((struct cdr_query){.format = CDR_JSONL, .ref = "evil"}) == 0);
    json_t *json = line_as_json(), *account = json_object_get(json, "account");
    json_t *turns = json_object_get(account, "turns");
    CHECK(json_array_size(turns) == 2);
    CHECK(
        is(json_string_value(json_object_get(json_array_get(turns, 0), "text")),
           "line one\nline \"two\" \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD"));
    json_t *entities = json_object_get(json_array_get(turns, 1), "entities");
    CHECK(json_object_size(entities) == 3 &&
          is(json_string_value(json_object_get(entities, "a")), "2"));
    CHECK(json_array_size(json_object_get(account, "keys")) == 1);
    CHECK(json_array_size(json_object_get(account, "handovers")) == 1);
    json_t *ledger = json_array_get(json_object_get(account, "ledger"), 0);
    CHECK(json_integer_value(json_object_get(ledger, "audible_ms")) == 700);
    CHECK(json_is_null(json_object_get(ledger, "heard_ms")));
    CHECK(json_is_false(json_object_get(ledger, "interrupted")));
    CHECK(json_integer_value(json_object_get(json, "turns")) == 1); /* The CDR's own count. */
    json_decref(json);
    CHECK(print((struct cdr_query){.format = CDR_JSONL}) == 0);
    json_decref(line_as_json());
    CHECK(print((struct cdr_query){.format = CDR_CSV}) == 0);
    CHECK(strstr(printed, ",\"'=HYPERLINK(\"\"http://198.51.100.1\"\",\"\"call me\"\")\","));
    CHECK(memchr(printed, '\x1B', printed_size) == NULL &&
          memchr(printed, '\0', printed_size) == NULL);
    remove_dir();
}

static void what_is_not_there_is_said(void)
{
    given_calls(1);
    close_store();
    CHECK(print((struct cdr_query){.format = CDR_JSONL, .ref = "c' OR 1=1"}) == -ENOENT);
    CHECK(strstr(why, "c' OR 1=1"));
    given_dir();
    CHECK(print((struct cdr_query){.format = CDR_CSV}) == -ENOENT && strstr(why, "offhook.db"));
    remove_dir();
}

static void a_reader_who_went_away_is_an_error_not_a_crash(void)
{
    struct cdr_query query = {.format = CDR_CSV};
    given_calls(200);
    close_store();
    FILE *full = fopen("/dev/full", "w");
    CHECK(full && store_print_cdr(dir, &query, full, why, sizeof(why)) == -ENOSPC);
    fclose(full);
    remove_dir();
}

/* A pager that stands still must not keep the server's log growing: no transaction while printing.
 */
static void a_reader_who_stands_still_holds_no_transaction(void)
{
    sqlite3 *db;
    int busy = -1;
    struct cdr_query query = {.format = CDR_CSV};
    int pipes[2];

    given_calls(3000);
    close_store();
    CHECK(pipe(pipes) == 0);
    pid_t pager = fork();
    CHECK(pager >= 0);
    if (pager == 0) {
        close(pipes[0]);
        FILE *out = fdopen(pipes[1], "w");
        _exit(store_print_cdr(dir, &query, out, why, sizeof(why)) == 0 ? 0 : 1);
    }
    close(pipes[1]);
    clock_sleep_until_ns(clock_ns() + 300000000); /* The pipe is full by now. */
    char path[128];
    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "UPDATE calls SET detail = 'x'", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(db, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &statement, NULL) ==
          SQLITE_OK);
    CHECK(sqlite3_step(statement) == SQLITE_ROW);
    busy = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    CHECK(busy == 0);
    sqlite3_close(db);
    close(pipes[0]);
    CHECK(kill(pager, SIGKILL) == 0 && waitpid(pager, NULL, 0) == pager);
    remove_dir();
}

static void paging_walks_an_index_and_sorts_nothing(void)
{
    given_calls(3);
    close_store();
    sqlite3 *db;
    sqlite3_stmt *plan = ask(
        &db,
        "EXPLAIN QUERY PLAN SELECT cause, codec FROM calls LEFT JOIN legs ON legs.call = calls.ref"
        " AND legs.number = 1 WHERE (calls.started_ms, calls.ref) > (5, 'x')"
        " AND calls.started_ms < 9 ORDER BY calls.started_ms, calls.ref LIMIT 128");
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        CHECK(strstr(step, "SEARCH") && !strstr(step, "TEMP"));
    }
    sqlite3_finalize(plan);
    sqlite3_close(db);
    remove_dir();
}

int main(void)
{
    RUN(a_telephone_number_stays_a_telephone_number);
    RUN(what_a_spreadsheet_would_compute_is_made_text);
    RUN(quotes_commas_and_line_ends_follow_rfc_4180);
    RUN(bytes_that_are_no_text_become_replacement_characters);
    RUN(csv_has_a_header_and_one_line_a_call_in_the_order_of_their_start);
    RUN(since_is_included_and_until_is_not);
    RUN(live_calls_are_printed_when_asked_for_while_the_server_runs);
    RUN(one_call_is_printed_with_all_that_happened_in_it);
    RUN(what_is_not_there_is_said);
    RUN(a_reader_who_went_away_is_an_error_not_a_crash);
    RUN(a_reader_who_stands_still_holds_no_transaction);
    RUN(paging_walks_an_index_and_sorts_nothing);
    free(printed);
    mailbox_close(events);
    return 0;
}
