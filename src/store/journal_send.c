// SPDX-License-Identifier: Apache-2.0
/* journal_send.c - the journal on the core's thread: pack, post, never wait. */
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"
#include "store/journal.h"

enum {
    SEGMENT_MS = 86400000, /* So that old segments can leave by age on a quiet server too. */
    CALM_MS = 1000 /* After a loss: no snapshot of megabytes while the store is still behind. */
};

/* Event and commands as the payload of a STEP. 0 when they do not fit. */
static size_t pack_step(uint8_t *out, size_t room, const struct event *event,
                        const struct command *commands, uint32_t count)
{
    size_t at, size = event_pack(event, out + 4, room - 8);

    if (size == 0)
        return 0;
    journal_put_u32(out, (uint32_t)size);
    at = 4 + size;
    journal_put_u32(out + at, count);
    at += 4;
    for (uint32_t i = 0; i < count; i++) {
        if (room - at < 4)
            return 0;
        size = command_pack(&commands[i], out + at + 4, room - at - 4);
        if (size == 0)
            return 0;
        journal_put_u32(out + at, (uint32_t)size);
        at += 4 + size;
    }
    return at;
}

static bool post(struct journal_sender *sender, const struct journal_message *message)
{
    return mailbox_post(sender->box, message, sizeof(*message)) == MAILBOX_OK;
}

/* What must arrive before the next step: plans that waited, then the size of the hole. */
static bool catch_up(struct journal_sender *sender)
{
    for (uint32_t i = 0; i < MAX_PLANS; i++) {
        if (!sender->waiting[i].blob)
            continue;
        if (!post(sender, &sender->waiting[i]))
            return false;
        sender->waiting[i].blob = NULL;
    }
    if (sender->lost > 0) {
        struct journal_message gap = {.kind = JOURNAL_POST_GAP, .size = sender->lost};
        if (!post(sender, &gap))
            return false;
        sender->lost = 0;
        sender->gap = true;
    }
    return true;
}

static bool segment_is_over(const struct journal_sender *sender, uint64_t now_ms)
{
    return sender->sent_bytes >= sender->segment_bytes || now_ms >= sender->begun_ms + SEGMENT_MS ||
           (sender->gap && now_ms >= sender->lost_at_ms + CALM_MS);
}

static void lose(struct journal_sender *sender, uint64_t now_ms)
{
    sender->lost++;
    sender->lost_at_ms = now_ms;
}

bool journal_record(struct store *store, const struct event *event, const struct command *commands,
                    uint32_t count)
{
    struct journal_sender *sender = &store->sender;
    struct journal_message head = {.kind = JOURNAL_POST_STEP};
    size_t size;

    if (sender->begun_ms == 0)
        sender->begun_ms = event->now_ms;
    sender->now_ms = event->now_ms;
    size = pack_step(sender->message + sizeof(head), JOURNAL_STEP_BYTES, event, commands, count);
    if (size == 0 || !catch_up(sender)) {
        lose(sender, event->now_ms);
        return false;
    }
    memcpy(sender->message, &head, sizeof(head));
    if (mailbox_post(sender->box, sender->message, sizeof(head) + size) != MAILBOX_OK) {
        lose(sender, event->now_ms);
        return false;
    }
    sender->sent_bytes += size + JOURNAL_RECORD_HEAD;

    for (uint32_t i = 0; i < count; i++) {
        if (commands[i].kind == PLAN_DROP) {
            /* Best effort: a plan kept too long costs bytes in the next segments, nothing else. */
            struct journal_message drop = {.kind = JOURNAL_POST_PLAN_DROP,
                                           .slot = commands[i].plan.slot};
            (void)post(sender, &drop);
        }
    }
    return segment_is_over(sender, event->now_ms);
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size ? size : 1);

    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

void journal_snapshot(struct store *store, const void *state, size_t size)
{
    struct journal_sender *sender = &store->sender;
    struct journal_message message = {.kind = JOURNAL_POST_SNAPSHOT, .size = size};
    bool posted = false;

    /* An empty snapshot means a fresh core to the reader: one that did not fit is not that. */
    if (size > 0 && size <= JOURNAL_BLOB_MAX)
        message.blob = copy_of(state, size);
    if (message.blob && catch_up(sender))
        posted = post(sender, &message);
    if (!posted)
        free(message.blob);
    /* Refused: the segment goes on, and a new one is asked for again when it is calm. */
    sender->gap = !posted;
    sender->lost_at_ms = sender->now_ms;
    sender->begun_ms = sender->now_ms;
    sender->sent_bytes = 0;
}

void journal_plan(struct store *store, uint32_t slot, uint32_t serial, const void *source,
                  size_t size)
{
    struct journal_sender *sender = &store->sender;
    struct journal_message *message;

    if (slot >= MAX_PLANS || size > JOURNAL_BLOB_MAX)
        return;
    message = &sender->waiting[slot];
    free(message->blob);
    *message = (struct journal_message){
        .kind = JOURNAL_POST_PLAN, .slot = slot, .serial = serial, .size = size};
    message->blob = copy_of(source, size);
    (void)catch_up(sender); /* What does not fit now goes before the next step that does. */
}
