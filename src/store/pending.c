// SPDX-License-Identifier: Apache-2.0
/* pending.c - a first-in first-out of packed commands in one block of memory. */
#include "store/pending.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY = sizeof(struct store_pending_entry), SPARE_BYTES = 1 << 22 };

static bool make_room(struct store_pending *pending, size_t need)
{
    if (pending->head > 0 && pending->capacity - pending->size < need) {
        memmove(pending->bytes, pending->bytes + pending->head, pending->size - pending->head);
        pending->size -= pending->head;
        pending->head = 0;
    }
    if (pending->capacity - pending->size < need) {
        size_t larger = 2 * pending->capacity + need;
        uint8_t *grown = realloc(pending->bytes, larger);
        if (!grown)
            return false;
        pending->bytes = grown;
        pending->capacity = larger;
    }
    return true;
}

enum store_pending_result store_pending_take(struct store_pending *pending, struct mailbox *from,
                                             bool answered, struct store_pending_entry *out)
{
    struct command command;
    uint8_t *packed;
    size_t size;

    if (!make_room(pending, ENTRY + MAX_PACKED))
        return STORE_PENDING_NO_MEMORY;
    packed = pending->bytes + pending->size + ENTRY;
    size = mailbox_take(from, packed, MAX_PACKED);
    if (size == 0)
        return STORE_PENDING_EMPTY;

    *out = (struct store_pending_entry){.size = (uint32_t)size, .answered = answered};
    if (command_unpack(packed, size, &command)) {
        out->kind = command.kind;
        out->call = command.call;
        out->leg = command.leg;
    }
    memcpy(pending->bytes + pending->size, out, ENTRY);
    pending->size += ENTRY + size;
    pending->count++;
    return STORE_PENDING_TAKEN;
}

bool store_pending_next(const struct store_pending *pending, size_t *at,
                        struct store_pending_entry *out, const uint8_t **packed)
{
    if (*at >= pending->size)
        return false;
    memcpy(out, pending->bytes + *at, ENTRY);
    *packed = pending->bytes + *at + ENTRY;
    *at += ENTRY + out->size;
    return true;
}

void store_pending_answer(struct store_pending *pending,
                          void (*tell)(void *owner, const struct store_pending_entry *entry),
                          void *owner)
{
    struct store_pending_entry entry;
    const uint8_t *packed;
    size_t at = pending->head, here = at;

    for (; store_pending_next(pending, &at, &entry, &packed); here = at) {
        if (entry.kind != STORE_CALL_OPENED || entry.answered)
            continue;
        tell(owner, &entry);
        entry.answered = true;
        memcpy(pending->bytes + here, &entry, ENTRY);
    }
}

void store_pending_drop(struct store_pending *pending, uint32_t count)
{
    struct store_pending_entry entry;
    const uint8_t *packed;

    assert(count <= pending->count);
    pending->count -= count;
    while (count-- > 0) {
        bool there = store_pending_next(pending, &pending->head, &entry, &packed);
        assert(there);
        (void)there;
    }
    if (pending->count == 0) {
        pending->head = pending->size = 0;
        if (pending->capacity >
            SPARE_BYTES) /* The disk was full for a while: give the memory back. */
            store_pending_release(pending);
    }
}

void store_pending_release(struct store_pending *pending)
{
    free(pending->bytes);
    *pending = (struct store_pending){0};
}
