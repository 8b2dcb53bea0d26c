// SPDX-License-Identifier: Apache-2.0
/* kept.h - what the keeper remembers for the worker: dialogs in writing, calls being dialled,
 * events that wait for room in the core's mailbox. One owner, the keeper's thread; memory grows as
 * needed and is bounded by the number of dialogs. */
#ifndef SIP_KEPT_H
#define SIP_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "sip/written.h"

struct kept_dialog {
    uint32_t id; /* 0: none. The core knows it. */
    uint32_t size;
    uint8_t *written; /* NULL: not confirmed yet. */
};

enum { KEPT_DIALS = 256, KEPT_WATCH = 384 };

struct kept {
    struct kept_dialog *dialogs; /* DIALOG_SLOTS */
    uint32_t count;
    struct {
        uint32_t call, leg;
    } dials[KEPT_DIALS]; /* SIP_DIAL sent, nothing heard. */
    uint32_t dial_count;
    struct {
        uint16_t size; /* 0: none. */
        uint8_t bytes[KEPT_WATCH];
    } *watched; /* MAX_BINDINGS: the last SIP_WATCH of each place, packed. */
    uint8_t *backlog;
    uint32_t backlog_size, backlog_start, backlog_capacity;
};

MUST_USE int kept_open(struct kept *kept);
void kept_close(struct kept *kept);

/* The core has been told of the dialog; or that it is released. */
void kept_begin(struct kept *kept, uint32_t id);
void kept_end(struct kept *kept, uint32_t id);
bool kept_has(const struct kept *kept, uint32_t id);

/* Replaces the written form. Out of memory counts as not written. */
void kept_write(struct kept *kept, uint32_t id, const uint8_t *bytes, uint32_t size);

void kept_dial(struct kept *kept, uint32_t call, uint32_t leg);
void kept_dialed(struct kept *kept, uint32_t call, uint32_t leg);

/* Keeps the command of a place, or forgets that there was one. */
void kept_watch(struct kept *kept, uint32_t place, bool on, const uint8_t *bytes, uint32_t size);
void kept_watch_every(struct kept *kept, uint32_t every_ms);

/* Posts, or lets wait behind what waits already. False when memory is out: the event is lost. */
bool kept_post(struct kept *kept, struct mailbox *events, const uint8_t *bytes, uint32_t size);

/* Posts what waits, as far as there is room. True when nothing waits any more. */
bool kept_drain(struct kept *kept, struct mailbox *events);

#endif
