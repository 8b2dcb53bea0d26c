// SPDX-License-Identifier: Apache-2.0
/* keeper.c - the thread that keeps the signalling process alive and relays between it and the core.
 */
#include "sip/keeper.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "core/command.h"
#include "core/event.h"

enum {
    PING_MS = 500,
    SILENCE_MS = 60000,  /* No pong for so long, though it makes steps: it does not read us. */
    BACKOFF_MIN_MS = 20, /* The first restart is at once: calls wait for it. */
    BACKOFF_MAX_MS =
        5000,         /* A worker that dies at each start must not fill the log and the core. */
    CALM_MS = 10000,  /* Alive so long: the backoff begins anew. */
    START_MS = 10000, /* A worker that has not bound its listeners by then is not well. */
    BACKLOG_BYTES = 1 << 20 /* Of events that wait for the core: then the worker is not read. */
};

void keeper_send(struct sip *sip, enum frame_kind kind, uint32_t subject, const void *bytes,
                 uint32_t size)
{
    struct frame frame = {size, (uint16_t)kind, 0, subject};

    /* It takes nothing and our packets are full: it hangs, and is ended on the next turn. */
    if (frame_put(&sip->outbox, frame, bytes) != 0)
        sip->jammed = true;
}

static void post_event(struct sip *sip, struct event *event)
{
    size_t size;

    event->at_ms = clock_ms();
    size = event_pack(event, sip->event, sizeof(sip->event));
    if (size && !kept_post(&sip->kept, sip->events, sip->event, (uint32_t)size))
        log_line(LOG_ERROR, "sip", "an event for the core is lost: no memory");
}

/* ---- worker: start and end ---- */

static void send_to_worker(void *context, enum frame_kind kind, const void *bytes, uint32_t size)
{
    keeper_send(context, kind, 0, bytes, size);
}

static void begin(struct sip *sip)
{
    uint8_t bytes[2048];
    struct setup setup = {
        .listeners = text_of(sip->listeners),
        .user_agent = text_of(sip->user_agent),
        .dns = text_of(sip->dns),
        .max_dialogs = sip->options.max_dialogs,
        .retry_after_s = sip->options.retry_after_s,
        .serial = sip->serial,
        .hep_server = text_of(sip->hep_server),
        .hep_password = text_of(sip->hep_password),
        .hep_id = sip->options.hep.id,
        .hep_bodies = sip->options.hep.bodies,
    };
    size_t size = record_pack(&setup_shape, &setup, bytes, sizeof(bytes));

    keeper_send(sip, FRAME_SETUP, 0, bytes, (uint32_t)size);
    notes_accounts(sip);
    for (uint32_t slot = 0; slot < DIALOG_SLOTS && sip->kept.count; slot++) {
        const struct kept_dialog *dialog = &sip->kept.dialogs[slot];
        if (!dialog->written)
            continue;
        keeper_send(sip, FRAME_RESTORE, dialog->id, dialog->written, dialog->size);
        /* Many dialogs: the worker reads while we write. */
        while (sip->outbox.count > OUTBOX_PACKETS / 2 && child_writable(&sip->child, 1000)) {
            int failure = frame_flush(&sip->outbox, sip->child.fd);
            if (failure && failure != -EAGAIN)
                break;
        }
    }
    guard_begin(&sip->guard, clock_ms(), send_to_worker, sip);
    keeper_send(sip, FRAME_START, 0, NULL, 0);
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        if (sip->kept.watched[i].size)
            keeper_send(sip, FRAME_COMMAND, 0, sip->kept.watched[i].bytes,
                        sip->kept.watched[i].size);
    }
}

static void start_worker(struct sip *sip)
{
    int failure = child_start(&sip->child, sip->program);
    uint64_t now_ms = clock_ms();

    sip->up = false;
    if (failure) {
        snprintf(sip->why, sizeof(sip->why), "cannot start %s: %s", sip->program,
                 strerror(-failure));
        log_line(LOG_ERROR, "sip", "%s", sip->why);
        sip->restart_ms = now_ms + BACKOFF_MAX_MS;
        return;
    }
    sip->alive = true;
    sip->started_ms = sip->ponged_ms = sip->pinged_ms = now_ms;
    begin(sip);
}

static void release(struct sip *sip, uint32_t dialog)
{
    kept_end(&sip->kept, dialog);
    if (sip->secret.vault)
        vault_forget(sip->secret.vault, dialog);
}

/* Those that were never confirmed cannot be made again: the core is told their end. */
static void bury(struct sip *sip)
{
    struct event lost = {.kind = LIMB_LOST};

    post_event(sip, &lost);
    for (uint32_t slot = 0; slot < DIALOG_SLOTS && sip->kept.count; slot++) {
        uint32_t id = sip->kept.dialogs[slot].id;
        struct event event = {.kind = SIP_FAILED};

        if (id == 0 || sip->kept.dialogs[slot].written)
            continue;
        event.sip.dialog = id;
        event.sip.status = 500;
        event.sip.reason = TEXT("signalling restarted");
        post_event(sip, &event);
        event = (struct event){.kind = SIP_RELEASED, .sip.dialog = id};
        post_event(sip, &event);
        release(sip, id);
    }
    for (uint32_t i = 0; i < sip->kept.dial_count; i++) {
        struct event event = {
            .kind = SIP_REFUSED, .call = sip->kept.dials[i].call, .leg = sip->kept.dials[i].leg};
        event.sip.status = 503;
        event.sip.reason = TEXT("signalling restarted");
        post_event(sip, &event);
    }
    sip->kept.dial_count = 0;
}

static void lose_worker(struct sip *sip, bool hung)
{
    uint64_t now_ms = clock_ms();
    bool was_up = sip->up;
    char how[64];

    child_end(&sip->child, hung, how, sizeof(how));
    if (child_suspect(&sip->child)[0])
        suspects_add(&sip->guard.suspects, sip->child.suspect, sip->child.suspect_hash, now_ms);
    outbox_release(&sip->outbox);
    sip->alive = sip->up = sip->jammed = false;
    if (sip->stop || !sip->told)
        return;
    sip->restarts++;
    sip->serial = (sip->serial + 4096) % DIALOG_SERIALS; /* Past any id that we have not seen. */
    if (now_ms - sip->started_ms > CALM_MS)
        sip->backoff_ms = 0;
    sip->restart_ms = now_ms + sip->backoff_ms;
    sip->backoff_ms = sip->backoff_ms ? sip->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (sip->backoff_ms > BACKOFF_MAX_MS)
        sip->backoff_ms = BACKOFF_MAX_MS;
    log_line(LOG_WARN, "sip", "the signalling process ended (%s); %u dialogs are being rebuilt",
             how, sip->kept.count);
    if (was_up)
        bury(sip);
}

/* ---- worker to core ---- */

static void on_event(struct sip *sip, const struct frame *frame, const uint8_t *bytes)
{
    bool waiting = sip->kept.backlog_size > sip->kept.backlog_start;
    uint32_t size = frame->size;
    struct event event;

    if (sip->secret.vault)
        bytes = secret_hide(&sip->secret, frame->subject, bytes, &size);
    if (!bytes)
        return; /* It was as long as can be before; shorter it cannot be too long. */
    switch ((int)frame->detail) {
    case SIP_INVITE:
        if (waiting || mailbox_post(sip->events, bytes, size) != MAILBOX_OK)
            keeper_send(sip, FRAME_REFUSE, frame->subject, NULL, 0);
        else
            kept_begin(&sip->kept, frame->subject);
        return;
    case SIP_AWAY:
    case SIP_TRUNK:
    case SIP_REGISTER:
    case SIP_PHONE:
        break; /* Of no dialog. */
    case SIP_DIALED:
    case SIP_REFUSED:
        if (event_unpack(bytes, size, &event))
            kept_dialed(&sip->kept, event.call, event.leg);
        if (frame->detail == SIP_DIALED)
            kept_begin(&sip->kept, frame->subject);
        break;
    case SIP_RELEASED:
        if (!kept_has(&sip->kept, frame->subject))
            return; /* The core has never heard of it. */
        release(sip, frame->subject);
        break;
    default:
        if (!kept_has(&sip->kept, frame->subject))
            return;
        break;
    }
    if (!kept_post(&sip->kept, sip->events, bytes, size))
        log_line(LOG_ERROR, "sip", "an event for the core is lost: no memory");
}

static void tell_opened(struct sip *sip)
{
    if (!sip->told && mailbox_post(sip->replies, sip->why, sizeof(sip->why)) != MAILBOX_OK)
        assert(false); /* The answer to sip_open() always fits. */
    sip->told = true;
}

static void on_started(struct sip *sip, const uint8_t *bytes, uint32_t size)
{
    text_copy(sip->why, sizeof(sip->why), (struct text){(const char *)bytes, size});
    sip->up = size == 0;
    if (size && sip->told)
        log_line(LOG_ERROR, "sip", "%s", sip->why);
    else if (size)
        sip->stop = true; /* sip_open() fails: there is nothing to keep. */
    tell_opened(sip);
}

static void on_frame(struct sip *sip, const struct frame *frame, const uint8_t *bytes)
{
    switch (frame->kind) {
    case FRAME_STARTED:
        on_started(sip, bytes, frame->size);
        break;
    case FRAME_EVENT:
        on_event(sip, frame, bytes);
        break;
    case FRAME_WRITTEN:
        kept_write(&sip->kept, frame->subject, bytes, frame->size);
        break;
    case FRAME_PONG:
        if (frame->size == sizeof(sip->figures))
            memcpy(&sip->figures, bytes, sizeof(sip->figures));
        sip->serial = sip->figures.serial % DIALOG_SERIALS;
        sip->ponged_ms = clock_ms();
        break;
    case FRAME_BAN:
        notes_banned(sip, bytes, frame->size);
        break;
    default:
        break;
    }
}

static void read_worker(struct sip *sip)
{
    for (int i = 0; i < 32; i++) {
        ssize_t size = recv(sip->child.fd, sip->packet, sizeof(sip->packet), MSG_DONTWAIT);
        struct frame frame;
        const uint8_t *bytes;
        uint32_t offset = 0;

        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size <= 0) {
            lose_worker(sip, false);
            return;
        }
        while (frame_next(sip->packet, (uint32_t)size, &offset, &frame, &bytes))
            on_frame(sip, &frame, bytes);
    }
}

/* ---- core to worker ---- */

static void on_command(struct sip *sip, const uint8_t *bytes, uint32_t size)
{
    struct command command;

    if (!command_unpack(bytes, size, &command))
        return;
    if (command.kind == SIP_DIAL)
        kept_dial(&sip->kept, command.call, command.leg);
    if (command.kind == SIP_WATCH)
        kept_watch(&sip->kept, command.watch.place, command.watch.expires_ms > 0, bytes, size);
    if (command.kind == SIP_WATCH_EVERY)
        kept_watch_every(&sip->kept, command.watch.every_ms);
    if (sip->secret.vault)
        bytes = secret_show(&sip->secret, bytes, &size);
    if (bytes)
        keeper_send(sip, FRAME_COMMAND, 0, bytes, size);
    if (bytes == sip->secret.packed)
        secret_wipe(&sip->secret);
}

/* While no worker is up, commands wait in their mailbox: they will find their dialogs again. */
static bool takes_commands(const struct sip *sip)
{
    return sip->up && !sip->stop && sip->outbox.count < OUTBOX_PACKETS / 2;
}

static void read_commands(struct sip *sip)
{
    size_t size;

    while (takes_commands(sip) &&
           (size = mailbox_take(sip->commands, sip->command, sizeof(sip->command))) > 0)
        on_command(sip, sip->command, (uint32_t)size);
}

/* ---- the thread ---- */

static void watch(struct sip *sip, uint64_t now_ms)
{
    bool reading = sip->kept.backlog_size - sip->kept.backlog_start < BACKLOG_BYTES;

    if (!sip->alive) {
        if (now_ms >= sip->restart_ms)
            start_worker(sip);
        return;
    }
    if (!reading)
        sip->ponged_ms = now_ms; /* We are not listening; it may well be alive. */
    if (sip->jammed || (sip->up && now_ms - sip->ponged_ms > SILENCE_MS) ||
        (!sip->up && now_ms - sip->started_ms > START_MS)) {
        lose_worker(sip, true);
        return;
    }
    if (!sip->up || now_ms - sip->pinged_ms < PING_MS)
        return;
    sip->pinged_ms = now_ms;
    if (!reading)
        child_excuse(&sip->child, now_ms);
    else if (child_hangs(&sip->child, now_ms))
        lose_worker(sip, true);
    else
        keeper_send(sip, FRAME_PING, 0, NULL, 0);
}

static void sleep_until_something(struct sip *sip)
{
    bool backlog = sip->kept.backlog_size > sip->kept.backlog_start;
    bool reading = sip->kept.backlog_size - sip->kept.backlog_start < BACKLOG_BYTES;
    bool idle = mailbox_arm(sip->notes);
    struct pollfd fds[3] = {
        {.fd = sip->alive ? sip->child.fd : -1,
         .events = (short)((reading ? POLLIN : 0) | (sip->outbox.count ? POLLOUT : 0))},
        {.fd = mailbox_fd(sip->notes), .events = POLLIN},
        {.fd = takes_commands(sip) ? mailbox_fd(sip->commands) : -1, .events = POLLIN},
    };
    int timeout_ms = backlog ? 2 : sip->alive ? PING_MS / 2 : BACKOFF_MIN_MS;

    if (takes_commands(sip) && !mailbox_arm(sip->commands))
        idle = false;
    (void)poll(fds, 3, idle ? timeout_ms : 0);
    if (sip->alive && reading && (fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
        read_worker(sip);
}

static void farewell(struct sip *sip)
{
    uint64_t until_ms = clock_ms() + 500;
    char how[64];

    if (!sip->alive)
        return;
    keeper_send(sip, FRAME_QUIT, 0, NULL, 0);
    while (frame_flush(&sip->outbox, sip->child.fd) == -EAGAIN && clock_ms() < until_ms)
        (void)child_writable(&sip->child, 20);
    while (clock_ms() < until_ms && !child_gone(&sip->child, 20))
        ;
    child_end(&sip->child, false, how, sizeof(how));
}

static void turn(struct sip *sip)
{
    int failure;

    watch(sip, clock_ms());
    notes_read(sip);
    read_commands(sip);
    failure = sip->alive ? frame_flush(&sip->outbox, sip->child.fd) : 0;
    if (failure && failure != -EAGAIN)
        lose_worker(sip, false);
    (void)kept_drain(&sip->kept, sip->events);
}

void *keeper_run(void *argument)
{
    struct sip *sip = argument;

    pthread_setname_np(pthread_self(), "sip");
    (void)forms_take(&sip->forms, sip->accounts);
    start_worker(sip);
    while (!sip->stop) {
        turn(sip);
        sleep_until_something(sip);
        if (!sip->alive && !sip->told) {
            if (!sip->why[0])
                snprintf(sip->why, sizeof(sip->why), "%s ended at its start", sip->program);
            tell_opened(sip);
        }
    }
    farewell(sip);
    return NULL;
}
