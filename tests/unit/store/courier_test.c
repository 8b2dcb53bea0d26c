// SPDX-License-Identifier: Apache-2.0
/* courier_test.c - the courier alone: nothing is sent, for its endpoint's secret is gone. */
#include "given.h"
#include "store/courier_inside.h"

enum { ROWS = 8 };

static struct plan_hook hook;
static struct plan plan = {.hooks = &hook, .hook_count = 1};
static struct courier *courier;
static struct mailbox *box; /* The store's, as the courier has it. */

static void given_rows(void)
{
    hook = (struct plan_hook){.name = TEXT("crm"),
                              .url = TEXT("https://crm.example.net/"),
                              .events = 1u << HOOK_CALL_STARTED,
                              .attempts = 3,
                              .timeout_ms = 1000};
    given_store();
    CHECK(store_hooks(store, &plan));
    for (uint32_t i = 0; i < ROWS; i++) {
        char ref[8];
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, 2 * i + 1));
        CHECK(next_event().kind == STORE_OPENED);
    }
    close_store();
    CHECK(number("SELECT count(*) FROM outbox WHERE event = 'call.started'") == ROWS);
}

static void given_courier(size_t bytes)
{
    CHECK(mailbox_open(&box, "store", bytes) == 0);
    CHECK(courier_open(&courier, dir, box, NULL, why, sizeof(why)) == 0);
    CHECK(courier_prepare(courier, &plan));
}

static void then_all_is_closed(void)
{
    courier_close(courier);
    mailbox_close(box);
    remove_dir();
}

static void take_one(struct command *command)
{
    static uint8_t bytes[MAX_PACKED];

    CHECK(mailbox_wait(box, ANSWER_MS));
    CHECK(command_unpack(bytes, mailbox_take(box, bytes, sizeof(bytes)), command));
    CHECK(command->kind == STORE_DELIVERY);
}

static void change(const char *sql)
{
    sqlite3 *db;
    char path[128];

    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_busy_timeout(db, 5000) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

/* It is cured by a reload; till then each event has its attempts, and none holds up the others. */
static void a_secret_that_is_gone_is_an_attempt(void)
{
    struct command command = {.kind = COMMAND_NONE};

    given_rows();
    given_courier(1 << 20);
    for (uint32_t i = 0; i < COURIER_WINDOW; i++) {
        take_one(&command);
        CHECK(command.delivery.state == DELIVERY_WAITING);
        CHECK(command.delivery.attempts == 1 && command.delivery.status == 0);
        CHECK(text_find(command.delivery.why, TEXT("secret")) >= 0);
    }
    then_all_is_closed();
}

/* The courier may not have looked since the last attempt's end was written down. */
static void what_is_resent_at_once_is_sent(void)
{
    struct command command = {.kind = COMMAND_NONE};
    uint32_t count = 0;

    hook.attempts = 1;
    given_rows();
    given_courier(1 << 20);
    for (uint32_t i = 0; i < COURIER_WINDOW; i++)
        take_one(&command);
    change("UPDATE outbox SET state = 'dead', attempts = 1 WHERE seq <= 4");
    CHECK(store_outbox_resend(dir, "crm", &count, why, sizeof(why)) == 0 && count == 4);
    take_one(&command);
    then_all_is_closed();
}

/* As with a disk that is full: the store takes nothing any more. */
static void a_store_that_is_stuck_holds_up_no_shutdown(void)
{
    const uint8_t byte = 0;
    struct mailbox_figures figures = {.refused = 0};

    given_rows();
    given_courier(64);
    while (mailbox_post(box, &byte, sizeof(byte)) == MAILBOX_OK) {
    }
    mailbox_figures(box, &figures);
    for (uint64_t before = figures.refused; figures.refused == before;)
        mailbox_figures(box, &figures); /* It has begun to tell. */
    then_all_is_closed();
}

int main(void)
{
    RUN(a_secret_that_is_gone_is_an_attempt);
    RUN(what_is_resent_at_once_is_sent);
    RUN(a_store_that_is_stuck_holds_up_no_shutdown);
    mailbox_close(events);
    return 0;
}
