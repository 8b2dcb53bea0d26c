// SPDX-License-Identifier: Apache-2.0
/* journal_reader.c - reads segments in order. A segment is read whole, so that a server which
 * removes or lengthens files meanwhile cannot hurt; what does not check ends its segment with a
 * GAP. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal.h"

enum {
    SEGMENT_MAX = 1 << 30
}; /* What a reader takes into memory at once; longer ones are cut here. */

struct journal_reader {
    struct journal_crc crc;
    char dir[4096];
    struct journal_segment *segments;
    uint32_t count, next;
    uint32_t last_number; /* 0: none read yet. */
    uint8_t *bytes;       /* The segment being read. */
    size_t size, offset;
    bool hole; /* Tell of a gap before anything else. */
};

void journal_segment_name(uint32_t number, char out[JOURNAL_NAME])
{
    snprintf(out, JOURNAL_NAME, "journal/%08u.ofj", number % 100000000U);
}

static bool number_of(const char *name, uint32_t *number)
{
    uint64_t value;

    if (strlen(name) != 12 || strcmp(name + 8, ".ofj") != 0)
        return false;
    if (!text_number((struct text){.data = name, .size = 8}, &value))
        return false;
    *number = (uint32_t)value;
    return value > 0;
}

static int by_number(const void *a, const void *b)
{
    const struct journal_segment *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int add(struct journal_segment **list, uint32_t *count, uint32_t *capacity,
               struct journal_segment segment)
{
    if (*count == *capacity) {
        uint32_t larger = *capacity ? 2 * *capacity : 64;
        struct journal_segment *grown = realloc(*list, larger * sizeof(**list));
        if (!grown)
            return -ENOMEM;
        *list = grown;
        *capacity = larger;
    }
    (*list)[(*count)++] = segment;
    return 0;
}

int journal_list(const char *dir, struct journal_segment **out, uint32_t *count)
{
    char path[4096 + 16];
    uint32_t capacity = 0;
    int error = 0;
    DIR *folder;
    const struct dirent *entry;

    *out = NULL;
    *count = 0;
    snprintf(path, sizeof(path), "%s/journal", dir);
    folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? 0 : -errno;
    while (!error && (entry = readdir(folder))) {
        struct journal_segment segment;
        struct stat stat;
        if (!number_of(entry->d_name, &segment.number))
            continue;
        if (fstatat(dirfd(folder), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(stat.st_mode))
            continue;
        segment.size = (uint64_t)stat.st_size;
        segment.changed_s = (uint64_t)stat.st_mtime;
        error = add(out, count, &capacity, segment);
    }
    closedir(folder);
    if (*count > 0)
        qsort(*out, *count, sizeof(**out), by_number);
    return error;
}

static int open_segment(const struct journal_reader *reader, uint32_t number)
{
    char name[JOURNAL_NAME], path[sizeof(reader->dir) + JOURNAL_NAME];

    journal_segment_name(number, name);
    snprintf(path, sizeof(path), "%s/%s", reader->dir, name);
    return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static size_t read_up_to(int fd, uint8_t *out, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t part = read(fd, out + done, size - done);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            break;
        done += (size_t)part;
    }
    return done;
}

/* Takes the next segment into memory. False when its header is not one of ours and of this version.
 */
static bool load(struct journal_reader *reader, const struct journal_segment *segment)
{
    size_t size = segment->size < SEGMENT_MAX ? (size_t)segment->size : SEGMENT_MAX;
    struct journal_header header;
    int fd = open_segment(reader, segment->number);

    if (fd < 0)
        return false;
    reader->bytes = malloc(size ? size : 1);
    reader->size = reader->bytes ? read_up_to(fd, reader->bytes, size) : 0;
    close(fd);
    reader->offset = JOURNAL_HEADER;
    return journal_header_read(&reader->crc, reader->bytes, reader->size, &header) &&
           header.digest == journal_digest();
}

static void unload(struct journal_reader *reader)
{
    free(reader->bytes);
    reader->bytes = NULL;
    reader->size = 0;
}

/* Says before anything is read when there is nothing that this program could read. */
static int check_headers(const struct journal_reader *reader, char *why, uint32_t why_size)
{
    char other[33] = "";

    for (uint32_t i = 0; i < reader->count; i++) {
        uint8_t bytes[JOURNAL_HEADER];
        struct journal_header header;
        int fd = open_segment(reader, reader->segments[i].number);
        if (fd < 0)
            continue;
        size_t size = read_up_to(fd, bytes, sizeof(bytes));
        close(fd);
        if (!journal_header_read(&reader->crc, bytes, size, &header))
            continue;
        if (header.digest == journal_digest())
            return 0;
        text_copy(other, sizeof(other), text_of(header.product));
    }
    if (other[0])
        snprintf(why, why_size,
                 "the journal in %s was written by version %s, whose events are not those of %s: "
                 "read it with that version",
                 reader->dir, other, OFFHOOK_VERSION);
    else
        snprintf(why, why_size, "there is no journal in %s: no server has run on it", reader->dir);
    return other[0] ? -EPROTO : -ENOENT;
}

int journal_read_open(struct journal_reader **out, const char *dir, char *why, uint32_t why_size)
{
    struct journal_reader *reader = calloc(1, sizeof(*reader));
    int error;

    if (!reader) {
        snprintf(why, why_size, "out of memory");
        return -ENOMEM;
    }
    journal_crc_init(&reader->crc);
    snprintf(reader->dir, sizeof(reader->dir), "%s", dir);
    error = journal_list(dir, &reader->segments, &reader->count);
    if (error)
        snprintf(why, why_size, "cannot read %s/journal: %s", dir, strerror(-error));
    else
        error = check_headers(reader, why, why_size);
    if (error) {
        journal_read_close(reader);
        return error;
    }
    *out = reader;
    return 0;
}

/* Makes a segment current. A number left out and a segment that cannot be read are both a hole. */
static bool next_segment(struct journal_reader *reader)
{
    while (reader->next < reader->count) {
        const struct journal_segment *segment = &reader->segments[reader->next++];
        if (reader->last_number && segment->number != reader->last_number + 1)
            reader->hole = true;
        reader->last_number = segment->number;
        if (load(reader, segment))
            return true;
        unload(reader);
        reader->hole = true;
    }
    return false;
}

bool journal_read(struct journal_reader *reader, struct journal_entry *out)
{
    for (;;) {
        if (!reader->bytes && !next_segment(reader) && !reader->hole) {
            *out = (struct journal_entry){.kind = JOURNAL_END};
            return false;
        }
        if (reader->hole) {
            reader->hole = false;
            *out = (struct journal_entry){.kind = JOURNAL_GAP};
            return true;
        }
        switch (journal_parse(&reader->crc, reader->bytes, reader->size, &reader->offset, out)) {
        case JOURNAL_PARSED:
            return true;
        case JOURNAL_DAMAGED:
            reader->hole = true;
            unload(reader);
            break;
        case JOURNAL_AT_END:
            unload(reader);
            break;
        }
    }
}

void journal_read_close(struct journal_reader *reader)
{
    if (!reader)
        return;
    unload(reader);
    free(reader->segments);
    free(reader);
}
