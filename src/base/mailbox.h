// SPDX-License-Identifier: Apache-2.0
/* mailbox.h - the only way threads talk: a bounded queue of byte messages, many senders, one receiver.
 *
 * A message is copied in and copied out, so nothing is shared. What happens when a mailbox is full is
 * the decision of the one who makes it, and is written there. Order: messages of one sender stay in
 * order. Threads: post and try_post from any; take and wait from the owner only. Cost: one short
 * critical section each way, about 100 ns; a wake-up (eventfd) only when the owner sleeps.
 * Life: open before the threads start, close after they have ended. */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct mailbox;

enum mailbox_result { MAILBOX_OK, MAILBOX_FULL, MAILBOX_BUSY };

/* Opens a mailbox of capacity_bytes (rounded up to a power of two; each message costs its size + 8).
 * 0, or -ENOMEM, -EMFILE. */
MUST_USE int mailbox_open(struct mailbox **out, const char *name, size_t capacity_bytes);
void mailbox_close(struct mailbox *mailbox);
const char *mailbox_name(const struct mailbox *mailbox);

/* Copies the message in. FULL leaves the mailbox as it was. */
MUST_USE enum mailbox_result mailbox_post(struct mailbox *mailbox, const void *message, size_t size);

/* The same for threads that may never wait: BUSY when another thread is inside at this instant. */
MUST_USE enum mailbox_result mailbox_try_post(struct mailbox *mailbox, const void *message, size_t size);

/* Copies the oldest message out. Returns its size, or 0 when there is none. A message longer than
 * `capacity` is a bug of the receiver (assert). */
MUST_USE size_t mailbox_take(struct mailbox *mailbox, void *out, size_t capacity);

/* The same without ever waiting for a sender: 0 also when a sender is inside at this instant. */
MUST_USE size_t mailbox_try_take(struct mailbox *mailbox, void *out, size_t capacity);

/* Sleeps until a message is there or timeout_ms passed (-1: no limit). True when one is there. */
bool mailbox_wait(struct mailbox *mailbox, int timeout_ms);

/* For owners with their own poll loop: readable when a message may be there. Call mailbox_arm() before
 * each poll; when it returns false there already is a message: do not sleep. */
int mailbox_fd(const struct mailbox *mailbox);
MUST_USE bool mailbox_arm(struct mailbox *mailbox);

struct mailbox_figures {
    uint64_t posted, refused;
    size_t bytes, bytes_high; /* Now, and the most ever. */
};
void mailbox_figures(struct mailbox *mailbox, struct mailbox_figures *out);

#endif
