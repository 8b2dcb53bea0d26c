// SPDX-License-Identifier: Apache-2.0
/* journal.c - the journal on the store's thread: segments on disk, buffered, bounded, private. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    BUFFER_BYTES = 262144,
    SEGMENT_MOST = 1 << 28, /* With RUNAWAY it stays within what a reader takes into memory. */
    RUNAWAY = 4             /* Segments of steps without a snapshot: then steps are lost. */
};

static void note_error(struct journal_writer *writer, const char *what, int error)
{
    snprintf(writer->why, sizeof(writer->why), "%s: %s", what, strerror(error));
}

static void lose_buffer(struct journal_writer *writer)
{
    if (!writer->failing)
        log_line(LOG_WARN, "store", "journal: %s: steps are being lost, calls are not",
                 writer->why);
    writer->failing = true;
    writer->lost += writer->buffered_records;
    writer->gap += writer->buffered_records + writer->buffered_gap;
    writer->buffered = 0;
    writer->buffered_records = 0;
    writer->buffered_gap = 0;
}

/* After a failed write the file may hold a part of a record: it is cut off, so that what is written
 * later is readable. When even that fails, the segment is given up. */
static void take_back(struct journal_writer *writer)
{
    if (ftruncate(writer->fd, (off_t)writer->written) < 0) {
        close(writer->fd);
        writer->fd = -1;
    }
    lose_buffer(writer);
}

void journal_writer_flush(struct journal_writer *writer)
{
    size_t done = 0;

    if (writer->buffered == 0)
        return;
    if (writer->fd < 0) {
        lose_buffer(writer);
        return;
    }
    while (done < writer->buffered) {
        ssize_t size = write(writer->fd, writer->buffer + done, writer->buffered - done);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0) {
            note_error(writer, "cannot write", size < 0 ? errno : ENOSPC);
            take_back(writer);
            return;
        }
        done += (size_t)size;
    }
    writer->written += done;
    writer->bytes += done;
    writer->records += writer->buffered_records;
    writer->buffered = 0;
    writer->buffered_records = 0;
    writer->buffered_gap = 0;
    writer->failing = false;
    if (writer->capacity > 4 * (size_t)BUFFER_BYTES) { /* A snapshot's worth: give it back. */
        uint8_t *smaller = realloc(writer->buffer, BUFFER_BYTES);
        if (smaller) {
            writer->buffer = smaller;
            writer->capacity = BUFFER_BYTES;
        }
    }
}

static bool make_room(struct journal_writer *writer, size_t need)
{
    if (writer->capacity - writer->buffered < need)
        journal_writer_flush(writer);
    if (writer->capacity < need) {
        uint8_t *larger = realloc(writer->buffer, need);
        if (!larger) {
            note_error(writer, "cannot buffer", ENOMEM);
            return false;
        }
        writer->buffer = larger;
        writer->capacity = need;
    }
    return true;
}

/* One record into the buffer: `prefix` and `body` are its payload. */
static void append(struct journal_writer *writer, enum journal_kind kind, const uint8_t *prefix,
                   size_t prefix_size, const void *body, size_t body_size)
{
    size_t size = prefix_size + body_size;
    uint8_t *head;
    uint32_t sum;

    if (!make_room(writer, JOURNAL_RECORD_HEAD + size)) {
        writer->lost++;
        writer->gap++;
        return;
    }
    head = writer->buffer + writer->buffered;
    journal_put_u32(head, (uint32_t)size);
    head[8] = (uint8_t)kind;
    if (prefix_size)
        memcpy(head + JOURNAL_RECORD_HEAD, prefix, prefix_size);
    if (body_size)
        memcpy(head + JOURNAL_RECORD_HEAD + prefix_size, body, body_size);
    sum = journal_crc_of(&writer->crc, 0, head, 4);
    sum = journal_crc_of(&writer->crc, sum, head + 8, size + 1);
    journal_put_u32(head + 4, sum);
    writer->buffered += JOURNAL_RECORD_HEAD + size;
    writer->buffered_records++;
}

static void append_gap(struct journal_writer *writer)
{
    uint64_t gap;
    uint8_t lost[8];

    if (writer->gap == 0 || !make_room(writer, JOURNAL_RECORD_HEAD + sizeof(lost)))
        return;
    gap = writer->gap; /* Making room may just have lost more. */
    journal_put_u64(lost, gap);
    writer->gap = 0;
    append(writer, JOURNAL_GAP, NULL, 0, lost, sizeof(lost));
    writer->buffered_records--;
    writer->buffered_gap += gap;
}

static void append_plan(struct journal_writer *writer, const struct journal_message *plan)
{
    uint8_t prefix[8];

    journal_put_u32(prefix, plan->slot);
    journal_put_u32(prefix + 4, plan->serial);
    append_gap(writer);
    append(writer, JOURNAL_PLAN, prefix, sizeof(prefix), plan->blob, (size_t)plan->size);
}

static void append_step(struct journal_writer *writer, const uint8_t *payload, size_t size)
{
    if (writer->fd < 0 || writer->step_bytes > RUNAWAY * writer->segment_bytes) {
        writer->lost++;
        writer->gap++;
        return;
    }
    append_gap(writer);
    append(writer, JOURNAL_STEP, NULL, 0, payload, size);
    writer->step_bytes += JOURNAL_RECORD_HEAD + size;
}

static bool remember_closed(struct journal_writer *writer, struct journal_segment segment)
{
    if (writer->closed_count == writer->closed_capacity) {
        uint32_t capacity = writer->closed_capacity ? 2 * writer->closed_capacity : 64;
        struct journal_segment *grown =
            realloc(writer->closed, capacity * sizeof(struct journal_segment));
        if (!grown)
            return false;
        writer->closed = grown;
        writer->closed_capacity = capacity;
    }
    writer->closed[writer->closed_count++] = segment;
    writer->closed_bytes += segment.size;
    return true;
}

/* Opens segment `number`, with its header written. The descriptor, or -errno. */
static int make_segment(struct journal_writer *writer, uint32_t number)
{
    char name[JOURNAL_NAME], path[sizeof(writer->dir) + JOURNAL_NAME];
    uint8_t header[JOURNAL_HEADER];
    int fd, error;

    journal_segment_name(number, name);
    snprintf(path, sizeof(path), "%s/%s", writer->dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    journal_header_write(&writer->crc, clock_wall_ms(), header);
    errno = ENOSPC; /* What a short write without an error of its own means. */
    if (write(fd, header, sizeof(header)) != (ssize_t)sizeof(header)) {
        error = -errno;
        close(fd);
        unlink(path);
        return error;
    }
    return fd;
}

/* The new segment first: when it cannot be made, the old one goes on. */
static bool begin_segment(struct journal_writer *writer)
{
    int fd = make_segment(writer, writer->number + 1);

    if (fd < 0) {
        note_error(writer, "cannot begin a segment", -fd);
        return false;
    }
    journal_writer_flush(writer);
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->number > 0 && writer->written > 0) {
        struct journal_segment old = {writer->number, writer->written, clock_wall_ms() / 1000};
        if (!remember_closed(writer, old))
            log_line(LOG_WARN, "store",
                     "journal: out of memory: one segment stays until the next start");
    }
    writer->fd = fd;
    writer->number++;
    writer->written = JOURNAL_HEADER;
    writer->step_bytes = 0;
    return true;
}

static void take_snapshot(struct journal_writer *writer, const void *state, size_t size)
{
    append_gap(writer); /* A hole belongs before the snapshot that ends it. */
    if (!begin_segment(writer)) {
        log_line(LOG_WARN, "store", "journal: %s: the old segment goes on", writer->why);
        return;
    }
    for (uint32_t i = 0; i < MAX_PLANS; i++) {
        if (writer->plans[i].blob)
            append_plan(writer, &writer->plans[i]);
    }
    append_gap(writer);
    append(writer, JOURNAL_SNAPSHOT, NULL, 0, state, size);
    journal_writer_trim(writer);
}

/* A plan that is kept already is in this segment already. */
static void take_plan(struct journal_writer *writer, const struct journal_message *message)
{
    struct journal_message *kept = &writer->plans[message->slot];

    if (kept->blob && kept->serial == message->serial && kept->size == message->size &&
        memcmp(kept->blob, message->blob, (size_t)message->size) == 0) {
        free(message->blob);
        return;
    }
    free(kept->blob);
    *kept = *message;
    append_plan(writer, kept);
}

void journal_writer_take(struct journal_writer *writer, const uint8_t *message, size_t size)
{
    struct journal_message head;

    memcpy(&head, message, sizeof(head));
    switch ((enum journal_message_kind)head.kind) {
    case JOURNAL_POST_STEP:
        append_step(writer, message + sizeof(head), size - sizeof(head));
        break;
    case JOURNAL_POST_PLAN:
        take_plan(writer, &head);
        break;
    case JOURNAL_POST_SNAPSHOT:
        take_snapshot(writer, head.blob, (size_t)head.size);
        free(head.blob);
        break;
    case JOURNAL_POST_GAP:
        writer->lost += head.size;
        writer->gap += head.size;
        break;
    case JOURNAL_POST_PLAN_DROP:
        if (head.slot < MAX_PLANS) {
            free(writer->plans[head.slot].blob);
            writer->plans[head.slot].blob = NULL;
        }
        break;
    }
}

void journal_writer_trim(struct journal_writer *writer)
{
    uint64_t now_s = clock_wall_ms() / 1000;
    uint32_t gone = 0;

    while (gone < writer->closed_count) {
        const struct journal_segment *oldest = &writer->closed[gone];
        uint64_t all = writer->closed_bytes + writer->written + writer->buffered;
        char name[JOURNAL_NAME], path[sizeof(writer->dir) + JOURNAL_NAME];

        if (all <= writer->total_bytes && oldest->changed_s + writer->keep_s >= now_s)
            break;
        journal_segment_name(oldest->number, name);
        snprintf(path, sizeof(path), "%s/%s", writer->dir, name);
        if (unlink(path) < 0 && errno != ENOENT)
            log_line(LOG_WARN, "store", "cannot remove %s: %s", path, strerror(errno));
        writer->closed_bytes -= oldest->size;
        gone++;
    }
    writer->closed_count -= gone;
    if (gone)
        memmove(writer->closed, writer->closed + gone,
                writer->closed_count * sizeof(*writer->closed));
}

static int scan(struct journal_writer *writer)
{
    struct journal_segment *found = NULL;
    uint32_t count = 0;
    int error = journal_list(writer->dir, &found, &count);

    for (uint32_t i = 0; !error && i < count; i++) {
        if (!remember_closed(writer, found[i]))
            error = -ENOMEM;
        writer->number = found[i].number;
    }
    free(found);
    return error;
}

static uint64_t or_default(uint64_t value, uint64_t otherwise)
{
    return value ? value : otherwise;
}

int journal_writer_open(struct journal_writer *writer, const struct store_options *options,
                        char *why, uint32_t why_size)
{
    char path[sizeof(writer->dir) + JOURNAL_NAME];
    int error = 0;

    *writer = (struct journal_writer){.fd = -1, .capacity = BUFFER_BYTES};
    writer->segment_bytes = or_default(options->journal_segment_bytes, 64ULL << 20);
    if (writer->segment_bytes > SEGMENT_MOST)
        writer->segment_bytes = SEGMENT_MOST;
    writer->total_bytes = or_default(options->journal_total_bytes, 1ULL << 30);
    writer->keep_s = or_default(options->journal_days, 7) * 86400;
    snprintf(writer->dir, sizeof(writer->dir), "%s", options->dir);
    journal_crc_init(&writer->crc);
    writer->buffer = malloc(BUFFER_BYTES);
    if (!writer->buffer) {
        error = -ENOMEM;
        goto out;
    }
    snprintf(path, sizeof(path), "%s/journal", writer->dir);
    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        error = -errno;
        goto out;
    }
    error = scan(writer);
    if (error)
        goto out;
    if (!begin_segment(writer)) {
        snprintf(why, why_size, "%s/journal: %s", writer->dir, writer->why);
        journal_writer_close(writer);
        return -EIO;
    }
    append(writer, JOURNAL_SNAPSHOT, NULL, 0, NULL, 0);
    journal_writer_trim(writer);
out:
    if (error) {
        snprintf(why, why_size, "cannot use %s/journal: %s", options->dir, strerror(-error));
        journal_writer_close(writer);
    }
    return error;
}

void journal_writer_close(struct journal_writer *writer)
{
    if (writer->buffer)
        journal_writer_flush(writer);
    if (writer->fd >= 0)
        close(writer->fd);
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        free(writer->plans[i].blob);
    free(writer->closed);
    free(writer->buffer);
    *writer = (struct journal_writer){.fd = -1};
}
