// SPDX-License-Identifier: Apache-2.0
/* outbox_test.c - a fact and what is told of it are written together, or not at all. */
#include "given.h"
#include "store/courier_inside.h"
#include "store/outbox_trim.h"

enum { ALL = (1u << HOOK_TEST) - 1 };

static struct plan_hook hooks[3];

static void want(uint32_t count, const char *url, uint32_t wanted)
{
    static const char *const names[] = {"crm", "desk", "log"};
    struct plan plan = {.hooks = hooks, .hook_count = (uint8_t)count};

    for (uint32_t i = 0; i < count; i++)
        hooks[i] =
            (struct plan_hook){.name = text_of(names[i]), .url = text_of(url), .events = wanted};
    CHECK(store_hooks(store, &plan));
}

static struct command transfer(bool done)
{
    return (struct command){.kind = STORE_TRANSFER,
                            .transfer = {.ref = TEXT("c1"),
                                         .wall_ms = noon_ms + 2000,
                                         .how = TEXT("bridge"),
                                         .target = TEXT("+14155550\"177"),
                                         .done = done,
                                         .status = done ? 200 : 486,
                                         .detail = TEXT("Busy")}};
}

static struct command task(enum task_kind kind, uint32_t turn, uint32_t number,
                           enum task_state state)
{
    return (struct command){.kind = STORE_TASK,
                            .task = {.ref = TEXT("c1"),
                                     .wall_ms = noon_ms + 3000,
                                     .turn = turn,
                                     .number = number,
                                     .kind = kind,
                                     .state = state,
                                     .party = TEXT("+14155550123"),
                                     .due = TEXT("tomorrow at nine"),
                                     .text = TEXT("the bill"),
                                     .file = turn == 0 ? TEXT("v1") : TEXT_EMPTY,
                                     .from_ms = noon_ms}};
}

static void each_endpoint_gets_each_fact_that_it_wants(void)
{
    given_store();
    want(2, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    post(transfer(true));
    post(transfer(false));
    post(task(TASK_CALLBACK, 2, 1, TASK_WAITING));
    post(task(TASK_CALLBACK, 2, 1, TASK_WAITING)); /* Put off: told once. */
    post(task(TASK_MESSAGE, 2, 2, TASK_NEW));
    post(closed("c1", noon_ms + 9000));
    close_store();
    CHECK(is(word("SELECT group_concat(event) FROM (SELECT event FROM outbox WHERE endpoint = 'crm'"
                  " ORDER BY seq)"),
             "call.started,transfer.done,transfer.failed,callback.promised,message.taken,"
             "call.ended"));
    CHECK(number("SELECT count(*) FROM outbox WHERE endpoint = 'desk'") == 6);
    CHECK(number("SELECT count(DISTINCT id) FROM outbox WHERE id GLOB 'msg_*'") == 12);
    CHECK(number("SELECT count(*) FROM outbox WHERE state = 'waiting' AND due_ms = made_ms"
                 " AND call = 'c1'") == 12);
    CHECK(is(word("SELECT data ->> 'target' FROM outbox WHERE event = 'transfer.failed'"),
             "+14155550\"177"));
    CHECK(is(word("SELECT data ->> 'due' FROM outbox WHERE event = 'callback.promised'"),
             "tomorrow at nine"));
    remove_dir();
}

static void a_promise_and_a_message_are_told_of_once_each_on_their_way(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    for (enum task_state state = TASK_WAITING; state <= TASK_KEPT; state++)
        post(task(TASK_CALLBACK, 2, 1, state));
    post(task(TASK_CALLBACK, 2, 2, TASK_WAITING));
    post(task(TASK_CALLBACK, 2, 2, TASK_CALLING));
    post(task(TASK_CALLBACK, 2, 2, TASK_WAITING));
    post(task(TASK_CALLBACK, 2, 2, TASK_GIVEN_UP));
    post(task(TASK_CALLBACK, 2, 2, TASK_GIVEN_UP));
    post(task(TASK_MESSAGE, 0, 1, TASK_RECORDING));
    post(task(TASK_MESSAGE, 0, 1, TASK_NEW));
    post(task(TASK_MESSAGE, 0, 1, TASK_HEARD));
    close_store();
    CHECK(is(word("SELECT group_concat(event) FROM (SELECT event FROM outbox WHERE event <>"
                  " 'call.started' ORDER BY seq)"),
             "callback.promised,callback.done,callback.promised,callback.failed,voicemail.left"));
    CHECK(is(word("SELECT data ->> 'from' FROM outbox WHERE event = 'callback.done'"),
             "2026-11-21T12:00:00.000Z"));
    CHECK(number("SELECT count(*) FROM outbox WHERE data ->> 'until' IS NOT NULL") == 0);
    remove_dir();
}

static struct command queue(enum queue_what what)
{
    return (struct command){.kind = STORE_QUEUE,
                            .queue = {.ref = TEXT("c1"),
                                      .wall_ms = noon_ms + 4000,
                                      .number = 1,
                                      .queue = TEXT("support"),
                                      .what = what,
                                      .position = 3,
                                      .waited_ms = 61000}};
}

static void who_waits_is_told_of_when_they_come_and_when_they_leave(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    struct command joined = queue(QUEUE_JOINED);
    joined.queue.why = TEXT("the caller is unhappy");
    post(joined);
    post(queue(QUEUE_BACK));
    post(queue(QUEUE_ABANDONED));
    close_store();
    CHECK(is(word("SELECT why FROM passages"), "the caller is unhappy")); /* The end had none. */
    CHECK(is(word("SELECT group_concat(event || ' ' || (data ->> 'what')) FROM (SELECT * FROM"
                  " outbox WHERE event GLOB 'queue*' ORDER BY seq)"),
             "queue.joined joined,queue.left abandoned"));
    remove_dir();
}

static struct command offer(void)
{
    return (struct command){.kind = STORE_OFFER,
                            .offer = {.ref = TEXT("c7"),
                                      .wall_ms = noon_ms + 5000,
                                      .name = TEXT("anna"),
                                      .label = TEXT("Anna Keller"),
                                      .place = TEXT("anna"),
                                      .queue = TEXT("support"),
                                      .caller = TEXT("+14155550123"),
                                      .intent = TEXT("billing"),
                                      .statement = TEXT("i paid \"twice\""),
                                      .summary = TEXT("A bill was paid twice."),
                                      .entities = TEXT("account_id=4711\namount=$120.50\n"),
                                      .transferred_from = TEXT("the front desk"),
                                      .reason = TEXT("the caller is frustrated"),
                                      .sentiment = SENTIMENT_FRUSTRATED,
                                      .brief = TEXT("Call about billing.")}};
}

/* What the desk's program gets of an event of this kind. The caller's to release. */
static json_t *body_of(enum hook_event event, const char *call, bool transcript)
{
    static char data[2048];
    char question[128];
    sqlite3 *db;

    snprintf(question, sizeof(question), "SELECT data FROM outbox WHERE event = '%s'",
             hook_event_names[event]);
    sqlite3_stmt *row = ask(&db, question);
    CHECK(sqlite3_step(row) == SQLITE_ROW);
    snprintf(data, sizeof(data), "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    struct courier_row made = {.event = event, .made_ms = noon_ms, .data = data};
    snprintf(made.call, sizeof(made.call), "%s", call);
    json_t *body = courier_body(db, &made, transcript);
    sqlite3_close(db);
    CHECK(body);
    return body;
}

static bool says(const json_t *object, const char *name, const char *value)
{
    const char *found = json_string_value(json_object_get(object, name));

    return found && is(found, value);
}

/* Seven calls of one caller, an hour apart, and one of somebody else. */
static void given_calls(void)
{
    for (uint32_t i = 1; i <= 7; i++) {
        char ref[8];
        snprintf(ref, sizeof(ref), "c%u", i);
        struct command call = opened(ref, i);
        call.opened.wall_ms = noon_ms - (7 - i) * 3600000u;
        post(call);
    }
    struct command other = opened("other", 9);
    other.opened.caller = TEXT("+41445550100");
    other.opened.wall_ms = noon_ms - 60000;
    post(other);
}

static void an_operators_screen_gets_all_that_is_known_of_who_is_offered(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    given_calls();
    post(turn("c7", noon_ms + 1000, "I paid twice"));
    post(offer());
    close_store();
    json_t *body = body_of(HOOK_TRANSFER_OFFERED, "c7", true);
    json_t *data = json_object_get(body, "data"), *past = json_object_get(data, "history");
    CHECK(says(body, "type", "transfer.offered") && says(data, "operator", "anna"));
    CHECK(says(data, "queue", "support") && says(data, "summary", "A bill was paid twice."));
    CHECK(says(data, "statement", "i paid \"twice\"") && says(data, "sentiment", "frustrated"));
    CHECK(says(data, "transferred_from", "the front desk"));
    CHECK(says(json_object_get(data, "entities"), "amount", "$120.50"));
    CHECK(json_object_size(json_object_get(data, "given")) == 0);
    CHECK(json_array_size(json_object_get(json_object_get(data, "account"), "turns")) == 1);
    CHECK(says(json_object_get(data, "call"), "ref", "c7"));
    CHECK(json_array_size(past) == 5);
    CHECK(says(json_array_get(past, 0), "ref", "c6") && says(json_array_get(past, 4), "ref", "c2"));
    json_decref(body);
    body = body_of(HOOK_TRANSFER_OFFERED, "c7", false);
    data = json_object_get(body, "data");
    CHECK(says(data, "operator", "anna") && !json_object_get(data, "brief"));
    CHECK(!json_object_get(data, "statement") && !json_object_get(data, "entities"));
    CHECK(!json_object_get(json_object_get(data, "account"), "turns"));
    json_decref(body);
    remove_dir();
}

static uint32_t past_calls(const char *ref)
{
    json_t *body = body_of(HOOK_TRANSFER_OFFERED, ref, true);
    size_t count = json_array_size(json_object_get(json_object_get(body, "data"), "history"));
    json_decref(body);
    return (uint32_t)count;
}

/* Whom we call has called us before; we ourselves, and who hides their number, are no person. */
static void a_history_is_of_one_person(void)
{
    static const char *const parties[] = {"+41445550100", "anonymous", "anonymous", "1001", "1001"};

    given_store();
    want(1, "https://crm.example.net/", ALL);
    for (uint32_t i = 0; i < 5; i++) {
        char ref[8];
        snprintf(ref, sizeof(ref), "i%u", i);
        struct command in = opened(ref, 1 + i);
        in.opened.wall_ms = noon_ms + i;
        in.opened.caller = text_of(parties[i]);
        post(in);
    }
    for (uint32_t i = 0; i < 2; i++) {
        struct command out = opened(i ? "o1" : "o0", 10 + i);
        out.opened.wall_ms = noon_ms + 100 + i;
        out.opened.direction = DIRECTION_OUT;
        out.opened.called = i ? TEXT("+41445550100") : TEXT("+41445550199");
        post(out);
    }
    struct command offered = offer();
    offered.offer.ref = TEXT("i0");
    post(offered);
    close_store();
    CHECK(past_calls("o0") == 0 && past_calls("o1") == 1);
    CHECK(past_calls("i2") == 0 && past_calls("i4") == 0);
    remove_dir();
}

static struct command delivery(const char *id, enum delivery_state state, bool gone)
{
    return (struct command){.kind = STORE_DELIVERY,
                            .delivery = {.id = text_of(id),
                                         .endpoint = TEXT("crm"),
                                         .wall_ms = noon_ms + 9000,
                                         .state = state,
                                         .attempts = 1,
                                         .gone = gone,
                                         .why = TEXT("HTTP")}};
}

/* Four may be on their way to an endpoint when it says 410 to one of them. */
static void those_on_their_way_do_not_undo_a_410(void)
{
    static char ids[3][COURIER_ID];

    given_store();
    want(1, "https://crm.example.net/", 1u << HOOK_CALL_STARTED);
    for (uint32_t i = 0; i < 3; i++) {
        char ref[8];
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, 1 + i));
        CHECK(next_event().kind == STORE_OPENED);
        char sql[80];
        snprintf(sql, sizeof(sql), "SELECT id FROM outbox WHERE call = '%s'", ref);
        memcpy(ids[i], word(sql), sizeof(ids[i]) - 1);
    }
    post(delivery(ids[0], DELIVERY_DEAD, true));
    post(delivery(ids[1], DELIVERY_WAITING, false));
    post(delivery(ids[2], DELIVERY_DONE, false));
    close_store();
    CHECK(is(word("SELECT group_concat(state) FROM (SELECT state FROM outbox ORDER BY seq)"),
             "dead,dead,done"));
    remove_dir();
}

static void what_an_operator_does_is_told_with_what_it_was_before(void)
{
    struct command change = {.kind = STORE_OPERATOR,
                             .duty = {.name = TEXT("anna"),
                                      .wall_ms = noon_ms,
                                      .state = OPERATOR_BREAK,
                                      .was = OPERATOR_AVAILABLE,
                                      .said = SAID_BREAK,
                                      .aside = true,
                                      .why = OPERATOR_BY_WORD}};

    given_store();
    want(1, "https://crm.example.net/", 1u << HOOK_OPERATOR_STATE);
    post(change);
    post(offer()); /* Not asked for; and of a call that is not there. */
    close_store();
    CHECK(number("SELECT count(*) FROM outbox") == 1);
    json_t *body = body_of(HOOK_OPERATOR_STATE, "", true);
    json_t *data = json_object_get(body, "data");
    CHECK(says(data, "operator", "anna") && says(data, "state", "break"));
    CHECK(says(data, "was", "available") && says(data, "said", "break"));
    CHECK(json_is_true(json_object_get(data, "aside")));
    CHECK(json_is_false(json_object_get(data, "gone")) && !json_object_get(data, "call"));
    json_decref(body);
    remove_dir();
}

static void nobody_is_told_of_what_nobody_wants(void)
{
    given_store();
    post(opened("c0", 1)); /* Before anything is configured. */
    want(1, "https://crm.example.net/", 1u << HOOK_CALL_ENDED);
    post(opened("c1", 2));
    post(closed("c1", noon_ms + 9000));
    close_store();
    CHECK(number("SELECT count(*) FROM outbox") == 1);
    CHECK(is(word("SELECT event FROM outbox"), "call.ended"));
    remove_dir();
}

static void a_fact_that_is_refused_is_told_to_nobody(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    post(opened("c1", 2));
    post(closed("nobody's", noon_ms));
    close_store();
    CHECK(number("SELECT count(*) FROM outbox") == 1);
    remove_dir();
}

static void a_call_that_was_lost_with_the_server_is_told_of_at_the_next_start(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    close_store();
    open_store();
    close_store();
    CHECK(number("SELECT count(*) FROM outbox WHERE event = 'call.ended' AND call = 'c1'") == 1);
    open_store();
    close_store();
    CHECK(number("SELECT count(*) FROM outbox") == 2);
    remove_dir();
}

static void joined(const char *ref, uint32_t call, enum direction direction, const char *caller)
{
    struct command call_opened = opened(ref, call);
    struct command queue = {.kind = STORE_QUEUE,
                            .queue = {.ref = text_of(ref),
                                      .wall_ms = clock_wall_ms(),
                                      .what = QUEUE_JOINED,
                                      .queue = TEXT("support"),
                                      .number = 1}};

    call_opened.opened.direction = direction;
    call_opened.opened.caller = text_of(caller);
    post(call_opened);
    post(queue);
    CHECK(next_event().kind == STORE_OPENED);
}

static void who_waited_and_who_spoke_when_the_server_died_are_told_of(void)
{
    given_store();
    want(1, "https://crm.example.net/", ALL);
    joined("in", 1, DIRECTION_IN, "+14155550123");
    joined("out", 3, DIRECTION_OUT, "+41445550199");
    joined("hidden", 5, DIRECTION_IN, "anonymous");
    struct command message = task(TASK_MESSAGE, 0, 1, TASK_RECORDING);
    message.task.ref = TEXT("in");
    post(message);
    close_store();
    open_store();
    close_store();
    CHECK(is(word("SELECT group_concat(party) FROM (SELECT party FROM tasks WHERE kind = 'callback'"
                  " ORDER BY id)"),
             "+14155550123,+14155550100"));
    CHECK(number("SELECT count(*) FROM outbox WHERE event = 'queue.left'") == 3);
    CHECK(number("SELECT count(*) FROM outbox WHERE event = 'callback.promised' AND call <>"
                 " 'hidden'") == 2);
    CHECK(is(word("SELECT data ->> 'capture' FROM outbox WHERE event = 'voicemail.left'"), "v1"));
    CHECK(number("SELECT count(*) FROM outbox WHERE event = 'call.ended'") == 3);
    open_store();
    close_store();
    CHECK(number("SELECT count(*) FROM outbox") == 3 + 3 + 3 + 2 + 1 + 3);
    remove_dir();
}

/* Somebody marks it beside the server, whose core goes on for a moment. */
static void a_callback_keeps_its_words_and_stays_done_when_it_is(void)
{
    struct command attempt = task(TASK_CALLBACK, 2, 1, TASK_CALLING);

    given_store();
    post(opened("c1", 1));
    post(task(TASK_CALLBACK, 2, 1, TASK_WAITING));
    attempt.task.text = TEXT_EMPTY;
    attempt.task.attempts = 1;
    post(attempt);
    post((struct command){.kind = STORE_TASK_STATE,
                          .task_state = {.ref = TEXT("c1"),
                                         .wall_ms = noon_ms + 4000,
                                         .kind = TASK_CALLBACK,
                                         .state = TASK_DONE}});
    attempt.task.state = TASK_WAITING;
    post(attempt);
    post((struct command){.kind = STORE_TASK_STATE,
                          .task_state = {.ref = TEXT("c1"),
                                         .wall_ms = noon_ms + 5000,
                                         .kind = TASK_CALLBACK,
                                         .state = TASK_DONE}});
    attempt.task.state = TASK_GIVEN_UP;
    post(attempt);
    close_store();
    CHECK(is(word("SELECT state || ': ' || text || attempts FROM tasks"), "done: the bill1"));
    remove_dir();
}

static void what_waits_for_an_endpoint_that_is_no_more_is_dead(void)
{
    given_store();
    want(2, "https://crm.example.net/", ALL);
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    want(1, "https://crm.example.net/", ALL);
    post(opened("c2", 2));
    close_store();
    CHECK(number("SELECT count(*) FROM outbox WHERE state = 'waiting' AND endpoint = 'crm'") == 2);
    CHECK(is(word("SELECT state || why FROM outbox WHERE endpoint = 'desk'"),
             "deadthe endpoint is configured no more"));
    remove_dir();
}

static void change(const char *sql)
{
    sqlite3 *db;
    char path[128];

    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void trim(struct outbox_bounds bounds)
{
    sqlite3 *db;
    char path[128];

    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(outbox_trim(db, &bounds) == 0);
    sqlite3_close(db);
}

/* 30 rows, ten of each state; the time of the n-th of a state is n. */
static void given_thirty(void)
{
    given_store();
    close_store();
    change("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
           " INSERT INTO outbox (id, endpoint, event, call, made_ms, state, due_ms, changed_ms,"
           " data) SELECT 'msg_' || i, iif(i % 2, 'crm', 'log'), 'call.ended', 'c', i,"
           " CASE (i - 1) / 10 WHEN 0 THEN 'done' WHEN 1 THEN 'dead' ELSE 'waiting' END, i,"
           " (i - 1) % 10 + 1, '{}' FROM n");
}

static void what_is_too_old_or_too_much_leaves_from_its_old_end(void)
{
    given_thirty();
    trim((struct outbox_bounds){
        .now_ms = 1000, .done_ms = 999, .done = 100, .dead = 100, .waiting = 100});
    CHECK(number("SELECT count(*) FROM outbox") == 30);
    trim(
        (struct outbox_bounds){.now_ms = 1000, .done_ms = 996, .done = 5, .dead = 4, .waiting = 5});
    CHECK(is(word("SELECT group_concat(changed_ms) FROM (SELECT changed_ms FROM outbox WHERE"
                  " state = 'done' ORDER BY 1)"),
             "6,7,8,9,10"));
    CHECK(is(word("SELECT group_concat(changed_ms) FROM (SELECT changed_ms FROM outbox WHERE"
                  " state = 'dead' ORDER BY 1)"),
             "7,8,9,10"));
    CHECK(number("SELECT count(*) FROM outbox WHERE state = 'waiting'") == 10);
    remove_dir();
}

static void what_waits_too_long_a_queue_is_a_dead_letter_and_not_lost(void)
{
    given_thirty();
    change("UPDATE outbox SET endpoint = 'crm' WHERE seq > 22");
    trim((struct outbox_bounds){
        .now_ms = 1000, .done_ms = 1000, .done = 100, .dead = 100, .waiting = 5});
    CHECK(is(word("SELECT group_concat(seq) FROM (SELECT seq FROM outbox WHERE state = 'waiting'"
                  " ORDER BY 1)"),
             "22,26,27,28,29,30"));
    CHECK(number("SELECT count(*) FROM outbox WHERE why = 'too many wait for this endpoint'"
                 " AND changed_ms = 1000 AND state = 'dead'") == 4);
    remove_dir();
}

int main(void)
{
    RUN(each_endpoint_gets_each_fact_that_it_wants);
    RUN(a_promise_and_a_message_are_told_of_once_each_on_their_way);
    RUN(who_waits_is_told_of_when_they_come_and_when_they_leave);
    RUN(an_operators_screen_gets_all_that_is_known_of_who_is_offered);
    RUN(a_history_is_of_one_person);
    RUN(those_on_their_way_do_not_undo_a_410);
    RUN(what_an_operator_does_is_told_with_what_it_was_before);
    RUN(nobody_is_told_of_what_nobody_wants);
    RUN(a_fact_that_is_refused_is_told_to_nobody);
    RUN(a_call_that_was_lost_with_the_server_is_told_of_at_the_next_start);
    RUN(who_waited_and_who_spoke_when_the_server_died_are_told_of);
    RUN(a_callback_keeps_its_words_and_stays_done_when_it_is);
    RUN(what_waits_for_an_endpoint_that_is_no_more_is_dead);
    RUN(what_is_too_old_or_too_much_leaves_from_its_old_end);
    RUN(what_waits_too_long_a_queue_is_a_dead_letter_and_not_lost);
    mailbox_close(events);
    return 0;
}
