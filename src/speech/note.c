// SPDX-License-Identifier: Apache-2.0
/* note.c - posting with patience. */
#include "speech/note.h"

#include "base/clock.h"
#include "base/log.h"

enum { TRIES = 400, TRY_EVERY_MS = 5 };

static void pause_before_try(void)
{
    clock_sleep_until_ns(clock_ns() + TRY_EVERY_MS * 1000000ull);
}

bool note_post(struct mailbox *mailbox, struct note *note, enum note_kind kind)
{
    note->mark = NOTE_MARK;
    note->kind = (uint8_t)kind;
    for (int i = 0; i < TRIES; i++) {
        if (mailbox_post(mailbox, note, sizeof(*note)) == MAILBOX_OK)
            return true;
        pause_before_try();
    }
    log_line(LOG_ERROR, "speech", "mailbox %s stays full", mailbox_name(mailbox));
    return false;
}

bool note_post_event(struct mailbox *mailbox, struct event *event)
{
    event->at_ms = event->at_ms ? event->at_ms : clock_ms();
    for (int i = 0; i < TRIES; i++) {
        if (event_post(mailbox, event) == MAILBOX_OK)
            return true;
        pause_before_try();
    }
    log_line(LOG_ERROR, "speech", "mailbox %s stays full: an event is lost", mailbox_name(mailbox));
    return false;
}
