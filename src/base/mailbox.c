// SPDX-License-Identifier: Apache-2.0
/* mailbox.c - a ring of bytes under one lock, and an eventfd for owners that sleep.
 *
 * head and tail only grow; their difference is what is inside. A mailbox that was emptied begins
 * again at its first byte: only as much memory is ever touched as was in use at once. The wake-up is written after the
 * lock is left, so that a sleeping owner does not wake into it. `signals` counts the wake-ups
 * promised and not yet read back: arming reads the eventfd only when there is one, and never loses
 * or keeps one. */
#include "base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum { HEADER_BYTES = 8, NAME_BYTES = 32 };

struct mailbox {
    pthread_mutex_t lock;
    uint8_t *bytes;
    size_t capacity; /* A power of two. */
    size_t head, tail;
    bool asleep;      /* The owner wants a wake-up for the next message. */
    uint64_t signals; /* Wake-ups promised, not yet read. */
    uint64_t posted, refused;
    size_t bytes_high;
    int event_fd;
    char name[NAME_BYTES];
};

int mailbox_open(struct mailbox **out, const char *name, size_t capacity_bytes)
{
    size_t capacity = 64;
    while (capacity < capacity_bytes)
        capacity *= 2;

    struct mailbox *mailbox = calloc(1, sizeof(*mailbox));
    if (!mailbox)
        return -ENOMEM;
    mailbox->bytes = calloc(1, capacity);
    if (!mailbox->bytes) {
        free(mailbox);
        return -ENOMEM;
    }
    mailbox->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (mailbox->event_fd < 0) {
        int error = -errno;
        free(mailbox->bytes);
        free(mailbox);
        return error;
    }
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->capacity = capacity;
    text_copy(mailbox->name, sizeof(mailbox->name), text_of(name));
    *out = mailbox;
    return 0;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    close(mailbox->event_fd);
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox->bytes);
    free(mailbox);
}

const char *mailbox_name(const struct mailbox *mailbox)
{
    return mailbox->name;
}

static void copy_in(struct mailbox *mailbox, size_t at, const void *from, size_t size)
{
    size_t offset = at & (mailbox->capacity - 1);
    size_t first = mailbox->capacity - offset < size ? mailbox->capacity - offset : size;
    memcpy(mailbox->bytes + offset, from, first);
    memcpy(mailbox->bytes, (const uint8_t *)from + first, size - first);
}

static void copy_out(const struct mailbox *mailbox, size_t at, void *to, size_t size)
{
    size_t offset = at & (mailbox->capacity - 1);
    size_t first = mailbox->capacity - offset < size ? mailbox->capacity - offset : size;
    memcpy(to, mailbox->bytes + offset, first);
    memcpy((uint8_t *)to + first, mailbox->bytes, size - first);
}

/* With the lock held; leaves it. */
static enum mailbox_result put_and_unlock(struct mailbox *mailbox, const void *message, size_t size)
{
    uint64_t header = size, one = 1;
    size_t used = mailbox->tail - mailbox->head;
    bool fits = size <= mailbox->capacity && used + HEADER_BYTES + size <= mailbox->capacity;
    bool wake = fits && mailbox->asleep;

    if (fits) {
        copy_in(mailbox, mailbox->tail, &header, HEADER_BYTES);
        copy_in(mailbox, mailbox->tail + HEADER_BYTES, message, size);
        mailbox->tail += HEADER_BYTES + size;
        used += HEADER_BYTES + size;
        if (used > mailbox->bytes_high)
            mailbox->bytes_high = used;
        mailbox->posted++;
    } else {
        mailbox->refused++;
    }
    if (wake) {
        mailbox->asleep = false;
        mailbox->signals++;
    }
    pthread_mutex_unlock(&mailbox->lock);

    if (wake && write(mailbox->event_fd, &one, sizeof(one)) != sizeof(one))
        assert(errno == EAGAIN); /* The counter is full: readable, which is all that matters. */
    return fits ? MAILBOX_OK : MAILBOX_FULL;
}

enum mailbox_result mailbox_post(struct mailbox *mailbox, const void *message, size_t size)
{
    assert(size > 0);
    pthread_mutex_lock(&mailbox->lock);
    return put_and_unlock(mailbox, message, size);
}

enum mailbox_result mailbox_try_post(struct mailbox *mailbox, const void *message, size_t size)
{
    assert(size > 0);
    if (pthread_mutex_trylock(&mailbox->lock) != 0)
        return MAILBOX_BUSY;
    return put_and_unlock(mailbox, message, size);
}

static size_t take_and_unlock(struct mailbox *mailbox, void *out, size_t capacity)
{
    uint64_t size = 0;

    if (mailbox->head != mailbox->tail) {
        copy_out(mailbox, mailbox->head, &size, HEADER_BYTES);
        assert(size <= capacity);
        copy_out(mailbox, mailbox->head + HEADER_BYTES, out, size);
        mailbox->head += HEADER_BYTES + size;
        if (mailbox->head == mailbox->tail)
            mailbox->head = mailbox->tail = 0;
    }
    pthread_mutex_unlock(&mailbox->lock);
    return size;
}

size_t mailbox_take(struct mailbox *mailbox, void *out, size_t capacity)
{
    pthread_mutex_lock(&mailbox->lock);
    return take_and_unlock(mailbox, out, capacity);
}

size_t mailbox_try_take(struct mailbox *mailbox, void *out, size_t capacity)
{
    if (pthread_mutex_trylock(&mailbox->lock) != 0)
        return 0;
    return take_and_unlock(mailbox, out, capacity);
}

int mailbox_fd(const struct mailbox *mailbox)
{
    return mailbox->event_fd;
}

bool mailbox_arm(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    uint64_t written;
    if (mailbox->signals > 0 &&
        read(mailbox->event_fd, &written, sizeof(written)) == sizeof(written))
        mailbox->signals -= written;
    mailbox->asleep = mailbox->head == mailbox->tail;
    bool asleep = mailbox->asleep;
    pthread_mutex_unlock(&mailbox->lock);
    return asleep;
}

/* The owner is awake: no wake-ups from here on. True when a message is there. */
static bool disarm(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->asleep = false;
    bool there = mailbox->head != mailbox->tail;
    pthread_mutex_unlock(&mailbox->lock);
    return there;
}

bool mailbox_wait(struct mailbox *mailbox, int timeout_ms)
{
    uint64_t until_ms = timeout_ms > 0 ? clock_ms() + (uint64_t)timeout_ms : 0;

    while (mailbox_arm(mailbox)) {
        struct pollfd readable = {.fd = mailbox->event_fd, .events = POLLIN};
        int polled = poll(&readable, 1, timeout_ms);
        assert(polled >= 0 || errno == EINTR);
        if (timeout_ms < 0)
            continue; /* A late wake-up of before, or a signal: sleep on. */
        uint64_t now_ms = clock_ms();
        if (now_ms >= until_ms)
            break;
        timeout_ms = (int)(until_ms - now_ms);
    }
    return disarm(mailbox);
}

void mailbox_figures(struct mailbox *mailbox, struct mailbox_figures *out)
{
    pthread_mutex_lock(&mailbox->lock);
    *out = (struct mailbox_figures){.posted = mailbox->posted,
                                    .refused = mailbox->refused,
                                    .bytes = mailbox->tail - mailbox->head,
                                    .bytes_high = mailbox->bytes_high};
    pthread_mutex_unlock(&mailbox->lock);
}
