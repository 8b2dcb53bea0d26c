// SPDX-License-Identifier: Apache-2.0
/* pending.h - packed commands that are taken but not yet durable, oldest first.
 *
 * One thread. They stay here until their batch is committed, so a disk that is full for a while
 * costs nothing that was promised; the bound is the owner's (store_thread.c). */
#ifndef STORE_PENDING_H
#define STORE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/command.h"

struct store_pending {
    uint8_t *bytes;
    size_t head, size, capacity; /* Entries are in head .. size. */
    uint32_t count;
};

struct store_pending_entry {
    enum command_kind kind; /* COMMAND_NONE: the bytes are no command. */
    uint32_t call, leg;
    bool answered; /* STORE_FAILED was posted: a later success says nothing. */
    uint32_t size; /* Of the packed command, which follows in memory. */
};

enum store_pending_result { STORE_PENDING_TAKEN, STORE_PENDING_EMPTY, STORE_PENDING_NO_MEMORY };

/* Moves one message from the mailbox to the end; `answered` as the owner answers it now. */
MUST_USE enum store_pending_result store_pending_take(struct store_pending *pending,
                                                      struct mailbox *from, bool answered,
                                                      struct store_pending_entry *out);

/* Walks: start with *at = pending->head; false at the end. `packed` lives until the next take. */
MUST_USE bool store_pending_next(const struct store_pending *pending, size_t *at,
                                 struct store_pending_entry *out, const uint8_t **packed);

/* Marks every command that opens a call as answered; each is handed to `tell` first, once. */
void store_pending_answer(struct store_pending *pending,
                          void (*tell)(void *owner, const struct store_pending_entry *entry),
                          void *owner);

/* Removes the oldest `count`. */
void store_pending_drop(struct store_pending *pending, uint32_t count);
void store_pending_release(struct store_pending *pending);

#endif
