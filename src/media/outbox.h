// SPDX-License-Identifier: Apache-2.0
/* outbox.h - a media thread's events on their way to the core: posted at once, or kept in order.
 *
 * The core's mailbox may be busy or full at this instant, and the tick may not wait. When the
 * bounded list is full too, voice edges go first: the core lives without one; then the newest event
 * is lost. All losses are counted. One thread. */
#ifndef MEDIA_OUTBOX_H
#define MEDIA_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/event.h"

struct outbox {
    struct mailbox *mailbox;
    struct event *kept;
    uint32_t capacity, first, count;
    uint64_t lost;
};

/* Room for `capacity` kept events. 0 or -ENOMEM. */
MUST_USE int outbox_open(struct outbox *outbox, struct mailbox *mailbox, uint32_t capacity);
void outbox_close(struct outbox *outbox);

void outbox_put(struct outbox *outbox, const struct event *event);

/* True when an event put now would not be lost. */
bool outbox_has_room(const struct outbox *outbox);

/* Posts what was kept, as far as it goes. Once a wake-up. */
void outbox_flush(struct outbox *outbox);

#endif
