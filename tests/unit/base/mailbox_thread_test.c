// SPDX-License-Identifier: Apache-2.0
/* mailbox_thread_test.c - several senders and one owner, which sleeps whenever it can. */
#include "base/mailbox.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include "check.h"

enum { SENDERS = 3, MESSAGES = 5000 };

struct message {
    uint32_t sender, number;
    uint8_t padding[24];
};

static struct mailbox *mailbox;
static uint32_t next[SENDERS];

/* Messages of changing length; a full mailbox is tried again, as a limb's bounded list would. */
static void *send_all(void *argument)
{
    uint32_t sender = *(const uint32_t *)argument;

    for (uint32_t i = 0; i < MESSAGES; i++) {
        struct message message = {.sender = sender, .number = i};
        size_t size = sizeof(message) - i % 24;
        enum mailbox_result result;
        do {
            result = sender == 0 ? mailbox_try_post(mailbox, &message, size)
                                 : mailbox_post(mailbox, &message, size);
            if (result != MAILBOX_OK)
                sched_yield();
        } while (result != MAILBOX_OK);
    }
    return NULL;
}

static void take_one(uint32_t *left)
{
    struct message message;
    size_t size = mailbox_take(mailbox, &message, sizeof(message));

    if (size == 0)
        return;
    CHECK(message.sender < SENDERS && message.number == next[message.sender]);
    CHECK(size == sizeof(message) - message.number % 24);
    next[message.sender]++;
    (*left)--;
}

static void with_senders(void (*receive)(uint32_t *left))
{
    pthread_t threads[SENDERS];
    static uint32_t numbers[SENDERS];
    uint32_t left = SENDERS * MESSAGES;

    CHECK(mailbox_open(&mailbox, "test", 512) == 0);
    for (uint32_t i = 0; i < SENDERS; i++) {
        numbers[i] = i;
        next[i] = 0;
        CHECK(pthread_create(&threads[i], NULL, send_all, &numbers[i]) == 0);
    }
    while (left > 0)
        receive(&left);
    for (uint32_t i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    CHECK(!mailbox_wait(mailbox, 0));
    mailbox_close(mailbox);
}

static void receive_by_waiting(uint32_t *left)
{
    CHECK(mailbox_wait(mailbox, 10000)); /* A lost wake-up would show here. */
    take_one(left);
}

static void receive_by_own_poll(uint32_t *left)
{
    while (mailbox_arm(mailbox)) {
        struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
        CHECK(poll(&fd, 1, 10000) == 1);
    }
    take_one(left);
}

static void a_waiting_owner_gets_every_message_once_and_in_each_senders_order(void)
{
    with_senders(receive_by_waiting);
}

static void a_polling_owner_gets_every_message_once_and_in_each_senders_order(void)
{
    with_senders(receive_by_own_poll);
}

int main(void)
{
    RUN(a_waiting_owner_gets_every_message_once_and_in_each_senders_order);
    RUN(a_polling_owner_gets_every_message_once_and_in_each_senders_order);
    return 0;
}
