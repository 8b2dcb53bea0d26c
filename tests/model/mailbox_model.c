// SPDX-License-Identifier: Apache-2.0
/* mailbox_model.c - random messages against a plain list: order, contents, room, figures, wake-ups.
 */
#include "base/mailbox.h"

#include <poll.h>
#include <string.h>

#include "check.h"

enum { CAPACITY = 256, STEPS = 100000, LONGEST = 80 };

static uint8_t twin[64][LONGEST];
static size_t sizes[64];
static uint32_t twin_count;
static size_t twin_bytes;
static uint64_t posted, refused;

static void post(struct mailbox *mailbox, uint64_t *state)
{
    uint8_t message[LONGEST];
    size_t size = 1 + check_random(state) % LONGEST;

    for (size_t i = 0; i < size; i++)
        message[i] = (uint8_t)check_random(state);
    enum mailbox_result result = check_random(state) % 2 ? mailbox_post(mailbox, message, size)
                                                         : mailbox_try_post(mailbox, message, size);
    if (twin_bytes + size + 8 > CAPACITY) {
        CHECK(result == MAILBOX_FULL);
        refused++;
        return;
    }
    CHECK(result == MAILBOX_OK);
    memcpy(twin[twin_count], message, size);
    sizes[twin_count++] = size;
    twin_bytes += size + 8;
    posted++;
}

static void take(struct mailbox *mailbox, uint64_t *state)
{
    uint8_t message[LONGEST];
    size_t size = check_random(state) % 2 ? mailbox_take(mailbox, message, sizeof(message))
                                          : mailbox_try_take(mailbox, message, sizeof(message));

    if (twin_count == 0) {
        CHECK(size == 0);
        return;
    }
    CHECK(size == sizes[0] && memcmp(message, twin[0], size) == 0);
    twin_bytes -= size + 8;
    twin_count--;
    memmove(twin[0], twin[1], twin_count * sizeof(twin[0]));
    memmove(&sizes[0], &sizes[1], twin_count * sizeof(sizes[0]));
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t state = seed * 2654435761u + 1;
    struct mailbox *mailbox;
    struct mailbox_figures figures;
    bool armed = false, woken = false; /* What the eventfd must look like. */

    CHECK(mailbox_open(&mailbox, "model", CAPACITY) == 0);
    for (int step = 0; step < STEPS; step++) {
        uint64_t before = posted;
        switch (check_random(&state) % 8) {
        case 0:
        case 1:
        case 2:
            post(mailbox, &state);
            woken = woken || (armed && posted > before);
            armed = armed && posted == before;
            break;
        case 3:
            armed = mailbox_arm(mailbox);
            woken = false;
            CHECK(armed == (twin_count == 0));
            break;
        case 4:
            CHECK(mailbox_wait(mailbox, 0) == (twin_count > 0));
            armed = woken = false;
            break;
        default:
            take(mailbox, &state);
        }
        struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
        CHECK((poll(&fd, 1, 0) == 1) == woken);
        mailbox_figures(mailbox, &figures);
        CHECK(figures.posted == posted && figures.refused == refused);
        CHECK(figures.bytes == twin_bytes && figures.bytes_high >= twin_bytes);
    }
    mailbox_close(mailbox);
    printf("ok a_mailbox_agrees_with_a_list_at_seed_%llu\n", (unsigned long long)seed);
    return 0;
}
