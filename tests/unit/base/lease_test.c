// SPDX-License-Identifier: Apache-2.0
/* lease_test.c - ids that die, queues that fill, and many threads against one owner. */
#include "base/lease.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct lease_table *table;

static void an_id_is_dead_once_and_its_slot_rests_the_longest(void)
{
    CHECK(lease_table_open(&table, 3) == 0);
    uint32_t first = lease_take(table, 0), second = lease_take(table, 0),
             third = lease_take(table, 0);
    CHECK(first && second && third && lease_take(table, 0) == 0 && lease_used(table) == 3);
    CHECK(lease_alive(table, first) && lease_retire(table, first) && !lease_retire(table, first));
    CHECK(!lease_alive(table, first) && lease_take(table, 0) == 0); /* Retired is not yet free. */
    lease_retire(table, third);
    lease_free(table, third);
    lease_free(table, first);
    uint32_t fourth = lease_take(table, 0);
    CHECK(lease_slot(fourth) == lease_slot(third) && fourth != third);
    CHECK(lease_alive(table, fourth) && !lease_alive(table, third) && !lease_retire(table, third));
    CHECK(!lease_alive(table, 0) && !lease_alive(table, 0x10007));
    lease_table_close(table);
}

static void a_queue_holds_what_was_allowed_and_says_when_to_wake(void)
{
    char bytes[100] = "a message";
    bool wake;

    CHECK(lease_table_open(&table, 1) == 0);
    uint32_t id = lease_take(table, 2 * (100 + LEASE_COST));
    CHECK(lease_put(table, id, 1, bytes, 100, &wake) == LEASE_OK && wake);
    CHECK(lease_put(table, id, 2, bytes, 100, &wake) == LEASE_OK && !wake);
    CHECK(lease_put(table, id, 3, bytes, 0, &wake) == LEASE_FULL && !wake);
    struct lease_message *message = lease_next(table, id);
    CHECK(message && message->kind == 1 && message->size == 100 &&
          memcmp(message->bytes, bytes, 100) == 0);
    free(message);
    CHECK(lease_put(table, id, 3, NULL, 0, &wake) == LEASE_OK && !wake);
    for (uint32_t kind = 2; kind <= 3; kind++) {
        message = lease_next(table, id);
        CHECK(message && message->kind == kind);
        free(message);
    }
    CHECK(!lease_next(table, id));
    CHECK(lease_put(table, id, 4, bytes, 1, &wake) == LEASE_OK && wake);
    CHECK(lease_shut(table, id) && !lease_shut(table, id) && lease_alive(table, id));
    CHECK(lease_put(table, id, 5, bytes, 1, &wake) == LEASE_GONE && !wake);
    message = lease_next(table, id);
    CHECK(message && message->kind == 4);
    free(message);
    CHECK(lease_retire(table, id));
    lease_free(table, id);
    lease_table_close(table);
}

enum { SENDERS = 3, MESSAGES = 20000 };

static uint32_t shared, wakes;
static pthread_mutex_t wakes_lock = PTHREAD_MUTEX_INITIALIZER;

static void *send_all(void *context)
{
    uint32_t sender = *(uint32_t *)context;
    bool wake;

    for (uint32_t i = 0; i < MESSAGES; i++) {
        while (lease_put(table, shared, sender, &i, sizeof(i), &wake) == LEASE_FULL)
            sched_yield();
        pthread_mutex_lock(&wakes_lock);
        wakes += wake;
        pthread_mutex_unlock(&wakes_lock);
    }
    return NULL;
}

/* The owner looks only when it was told: a wake-up that is lost stops the test. */
static void no_message_and_no_wake_up_is_lost_between_threads(void)
{
    pthread_t threads[SENDERS];
    uint32_t numbers[SENDERS], next[SENDERS] = {0}, left = SENDERS * MESSAGES;

    CHECK(lease_table_open(&table, 1) == 0);
    shared = lease_take(table, 20 * (4 + LEASE_COST));
    for (uint32_t i = 0; i < SENDERS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, send_all, &numbers[i]) == 0);
    }
    while (left > 0) {
        pthread_mutex_lock(&wakes_lock);
        bool told = wakes > 0;
        wakes -= told;
        pthread_mutex_unlock(&wakes_lock);
        struct lease_message *message;
        while (told && (message = lease_next(table, shared)) != NULL) {
            uint32_t number;
            memcpy(&number, message->bytes, sizeof(number));
            CHECK(number == next[message->kind]++);
            free(message);
            left--;
        }
        if (!told)
            sched_yield();
    }
    for (uint32_t i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    lease_table_close(table);
}

int main(void)
{
    RUN(an_id_is_dead_once_and_its_slot_rests_the_longest);
    RUN(a_queue_holds_what_was_allowed_and_says_when_to_wake);
    RUN(no_message_and_no_wake_up_is_lost_between_threads);
    return 0;
}
