// SPDX-License-Identifier: Apache-2.0
/* outbox.c - a ring of events. */
#include "media/outbox.h"

#include <errno.h>
#include <stdlib.h>

int outbox_open(struct outbox *outbox, struct mailbox *mailbox, uint32_t capacity)
{
    *outbox = (struct outbox){.mailbox = mailbox, .capacity = capacity};
    outbox->kept = calloc(capacity, sizeof *outbox->kept);
    return outbox->kept ? 0 : -ENOMEM;
}

void outbox_close(struct outbox *outbox)
{
    free(outbox->kept);
    *outbox = (struct outbox){0};
}

static struct event *kept_at(struct outbox *outbox, uint32_t i)
{
    return &outbox->kept[(outbox->first + i) % outbox->capacity];
}

bool outbox_has_room(const struct outbox *outbox)
{
    return outbox->count < outbox->capacity;
}

void outbox_flush(struct outbox *outbox)
{
    while (outbox->count > 0) {
        if (event_try_post(outbox->mailbox, kept_at(outbox, 0)) != MAILBOX_OK)
            return;
        outbox->first = (outbox->first + 1) % outbox->capacity;
        outbox->count--;
    }
}

/* Takes the oldest voice edge out of the middle. False when there is none. */
static bool lose_voice(struct outbox *outbox)
{
    uint32_t at = 0;

    while (at < outbox->count && kept_at(outbox, at)->kind != MEDIA_VOICE)
        at++;
    if (at == outbox->count)
        return false;
    for (; at + 1 < outbox->count; at++)
        *kept_at(outbox, at) = *kept_at(outbox, at + 1);
    outbox->count--;
    return true;
}

void outbox_put(struct outbox *outbox, const struct event *event)
{
    outbox_flush(outbox);
    if (outbox->count == 0 && event_try_post(outbox->mailbox, event) == MAILBOX_OK)
        return;
    if (!outbox_has_room(outbox)) {
        outbox->lost++;
        if (event->kind == MEDIA_VOICE || !lose_voice(outbox))
            return;
    }
    *kept_at(outbox, outbox->count) = *event;
    outbox->count++;
}
