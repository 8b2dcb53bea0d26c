// SPDX-License-Identifier: Apache-2.0
/* mailbox_test.c - one thread's view of a mailbox; see mailbox_thread_test.c for several. */
#include "base/mailbox.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static struct mailbox *mailbox;
static char out[256];

static void given_a_mailbox_of(size_t bytes)
{
    CHECK(mailbox_open(&mailbox, "test", bytes) == 0);
}

static bool readable(void)
{
    struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void messages_come_out_in_their_order_and_size(void)
{
    given_a_mailbox_of(64);
    CHECK(mailbox_post(mailbox, "one", 3) == MAILBOX_OK);
    for (int round = 0; round < 100; round++) { /* Over the end of the ring at every offset. */
        CHECK(mailbox_post(mailbox, "seventeen bytes..", 17) == MAILBOX_OK);
        CHECK(mailbox_take(mailbox, out, sizeof(out)) == 3 && memcmp(out, "one", 3) == 0);
        CHECK(mailbox_post(mailbox, "one", 3) == MAILBOX_OK);
        CHECK(mailbox_try_take(mailbox, out, sizeof(out)) == 17);
        CHECK(memcmp(out, "seventeen bytes..", 17) == 0);
    }
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 3);
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 0);
    CHECK(strcmp(mailbox_name(mailbox), "test") == 0);
    mailbox_close(mailbox);
}

static void a_full_mailbox_refuses_and_keeps_what_it_has(void)
{
    struct mailbox_figures figures;

    given_a_mailbox_of(64);
    CHECK(mailbox_post(mailbox, out, 57) == MAILBOX_FULL);
    CHECK(mailbox_post(mailbox, out, SIZE_MAX - 4) == MAILBOX_FULL);
    CHECK(mailbox_post(mailbox, "a", 1) == MAILBOX_OK);
    CHECK(mailbox_post(mailbox, out, 48) == MAILBOX_FULL);
    CHECK(mailbox_try_post(mailbox, out, 47) == MAILBOX_OK);
    mailbox_figures(mailbox, &figures);
    CHECK(figures.posted == 2 && figures.refused == 3);
    CHECK(figures.bytes == 64 && figures.bytes_high == 64);
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 1 && out[0] == 'a');
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 47);
    mailbox_figures(mailbox, &figures);
    CHECK(figures.bytes == 0 && figures.bytes_high == 64);
    mailbox_close(mailbox);
}

static long resident_pages(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file && fscanf(file, "%*d %ld", &pages) == 1);
    fclose(file);
    return pages;
}

static void a_mailbox_that_is_emptied_touches_no_more_memory_than_was_in_it(void)
{
    given_a_mailbox_of(16 << 20);
    CHECK(mailbox_post(mailbox, out, sizeof(out)) == MAILBOX_OK);
    long before = resident_pages();
    for (int i = 0; i < 32 << 10; i++) { /* 8 MB of messages, two of them there at most. */
        CHECK(mailbox_post(mailbox, out, sizeof(out)) == MAILBOX_OK);
        CHECK(mailbox_take(mailbox, out, sizeof(out)) == sizeof(out));
        CHECK(i % 2 == 0 || mailbox_take(mailbox, out, sizeof(out)) == sizeof(out));
        CHECK(i % 2 == 0 || mailbox_post(mailbox, out, sizeof(out)) == MAILBOX_OK);
    }
    CHECK(resident_pages() < before + 256);
    mailbox_close(mailbox);
}

static void an_owner_that_is_awake_is_not_woken(void)
{
    given_a_mailbox_of(64);
    CHECK(mailbox_post(mailbox, "a", 1) == MAILBOX_OK);
    CHECK(!readable());
    CHECK(!mailbox_arm(mailbox)); /* There already is a message. */
    CHECK(!readable());
    mailbox_close(mailbox);
}

static void an_armed_owner_is_woken_once_and_arming_again_clears_it(void)
{
    given_a_mailbox_of(64);
    CHECK(mailbox_arm(mailbox) && !readable());
    CHECK(mailbox_post(mailbox, "a", 1) == MAILBOX_OK);
    CHECK(mailbox_post(mailbox, "b", 1) == MAILBOX_OK);
    CHECK(readable());
    CHECK(!mailbox_arm(mailbox) && !readable());
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 1);
    CHECK(mailbox_take(mailbox, out, sizeof(out)) == 1);
    CHECK(mailbox_arm(mailbox) && !readable());
    CHECK(mailbox_post(mailbox, "c", 1) == MAILBOX_OK);
    CHECK(mailbox_post(mailbox, "d", 1) == MAILBOX_OK);
    uint64_t wakes;
    CHECK(read(mailbox_fd(mailbox), &wakes, sizeof(wakes)) == sizeof(wakes) && wakes == 1);
    mailbox_close(mailbox);
}

static void waiting_says_whether_a_message_is_there(void)
{
    given_a_mailbox_of(64);
    CHECK(!mailbox_wait(mailbox, 0));
    CHECK(!mailbox_wait(mailbox, 1));
    CHECK(mailbox_post(mailbox, "a", 1) == MAILBOX_OK);
    CHECK(!readable()); /* A wait that is over wants no wake-up. */
    CHECK(mailbox_wait(mailbox, -1) && mailbox_wait(mailbox, 0));
    mailbox_close(mailbox);
}

int main(void)
{
    RUN(messages_come_out_in_their_order_and_size);
    RUN(a_full_mailbox_refuses_and_keeps_what_it_has);
    RUN(a_mailbox_that_is_emptied_touches_no_more_memory_than_was_in_it);
    RUN(an_owner_that_is_awake_is_not_woken);
    RUN(an_armed_owner_is_woken_once_and_arming_again_clears_it);
    RUN(waiting_says_whether_a_message_is_there);
    mailbox_close(NULL);
    return 0;
}
