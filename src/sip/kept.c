// SPDX-License-Identifier: Apache-2.0
/* kept.c - a table by slot, a short list, and a queue of bytes. */
#include "sip/kept.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/command.h"

int kept_open(struct kept *kept)
{
    *kept = (struct kept){0};
    kept->dialogs = calloc(DIALOG_SLOTS, sizeof(*kept->dialogs));
    kept->watched = calloc(MAX_BINDINGS, sizeof(*kept->watched));
    return kept->dialogs && kept->watched ? 0 : -ENOMEM;
}

void kept_close(struct kept *kept)
{
    for (uint32_t i = 0; kept->dialogs && i < DIALOG_SLOTS; i++)
        free(kept->dialogs[i].written);
    free(kept->dialogs);
    free(kept->watched);
    free(kept->backlog);
    *kept = (struct kept){0};
}

static struct kept_dialog *slot_of(const struct kept *kept, uint32_t id)
{
    return &kept->dialogs[id % DIALOG_SLOTS];
}

void kept_begin(struct kept *kept, uint32_t id)
{
    struct kept_dialog *dialog = slot_of(kept, id);

    if (dialog->id == 0)
        kept->count++;
    free(dialog->written);
    *dialog = (struct kept_dialog){.id = id};
}

bool kept_has(const struct kept *kept, uint32_t id)
{
    return id != 0 && slot_of(kept, id)->id == id;
}

void kept_end(struct kept *kept, uint32_t id)
{
    struct kept_dialog *dialog = slot_of(kept, id);

    if (!kept_has(kept, id))
        return;
    free(dialog->written);
    *dialog = (struct kept_dialog){0};
    kept->count--;
}

void kept_write(struct kept *kept, uint32_t id, const uint8_t *bytes, uint32_t size)
{
    struct kept_dialog *dialog = slot_of(kept, id);
    uint8_t *copy;

    if (!kept_has(kept, id))
        return;
    copy =
        size == dialog->size && dialog->written ? dialog->written : realloc(dialog->written, size);
    if (!copy) {
        free(dialog->written);
        dialog->written = NULL;
        return;
    }
    memcpy(copy, bytes, size);
    dialog->written = copy;
    dialog->size = size;
}

void kept_dial(struct kept *kept, uint32_t call, uint32_t leg)
{
    if (kept->dial_count == KEPT_DIALS)
        return; /* More at once than a crash is likely to meet. */
    kept->dials[kept->dial_count].call = call;
    kept->dials[kept->dial_count].leg = leg;
    kept->dial_count++;
}

void kept_dialed(struct kept *kept, uint32_t call, uint32_t leg)
{
    for (uint32_t i = 0; i < kept->dial_count; i++) {
        if (kept->dials[i].call == call && kept->dials[i].leg == leg) {
            kept->dials[i] = kept->dials[--kept->dial_count];
            return;
        }
    }
}

void kept_watch(struct kept *kept, uint32_t place, bool on, const uint8_t *bytes, uint32_t size)
{
    if (place >= MAX_BINDINGS)
        return;
    kept->watched[place].size = on && size <= KEPT_WATCH ? (uint16_t)size : 0;
    memcpy(kept->watched[place].bytes, bytes, kept->watched[place].size);
}

void kept_watch_every(struct kept *kept, uint32_t every_ms)
{
    uint8_t packed[MAX_PACKED];
    struct command command;

    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        if (kept->watched[i].size == 0 ||
            !command_unpack(kept->watched[i].bytes, kept->watched[i].size, &command))
            continue;
        command.watch.every_ms = every_ms;
        kept_watch(kept, i, true, packed, (uint32_t)command_pack(&command, packed, sizeof packed));
    }
}

static bool backlog_room(struct kept *kept, uint32_t need)
{
    uint32_t capacity = kept->backlog_capacity ? kept->backlog_capacity : 65536;
    uint8_t *grown;

    if (kept->backlog_start > 0 && kept->backlog_size + need > kept->backlog_capacity) {
        memmove(kept->backlog, kept->backlog + kept->backlog_start,
                kept->backlog_size - kept->backlog_start);
        kept->backlog_size -= kept->backlog_start;
        kept->backlog_start = 0;
    }
    if (kept->backlog_size + need <= kept->backlog_capacity)
        return true;
    while (capacity < kept->backlog_size + need)
        capacity *= 2;
    grown = realloc(kept->backlog, capacity);
    if (!grown)
        return false;
    kept->backlog = grown;
    kept->backlog_capacity = capacity;
    return true;
}

bool kept_post(struct kept *kept, struct mailbox *events, const uint8_t *bytes, uint32_t size)
{
    if (kept->backlog_start == kept->backlog_size &&
        mailbox_post(events, bytes, size) == MAILBOX_OK)
        return true;
    if (!backlog_room(kept, size + (uint32_t)sizeof(size)))
        return false;
    memcpy(kept->backlog + kept->backlog_size, &size, sizeof(size));
    memcpy(kept->backlog + kept->backlog_size + sizeof(size), bytes, size);
    kept->backlog_size += size + (uint32_t)sizeof(size);
    return true;
}

bool kept_drain(struct kept *kept, struct mailbox *events)
{
    uint32_t size;

    while (kept->backlog_start < kept->backlog_size) {
        const uint8_t *at = kept->backlog + kept->backlog_start;
        memcpy(&size, at, sizeof(size));
        if (mailbox_post(events, at + sizeof(size), size) != MAILBOX_OK)
            return false;
        kept->backlog_start += size + (uint32_t)sizeof(size);
    }
    kept->backlog_start = kept->backlog_size = 0;
    return true;
}
