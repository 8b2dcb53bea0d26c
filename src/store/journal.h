// SPDX-License-Identifier: Apache-2.0
/* journal.h - inside the store: the two halves of the journal's writer, and the form of a segment.
 *
 * A segment is `journal/NNNNNNNN.ofj`: a header, then records. All integers little-endian.
 *   header: "OFFHOOKJ", version u32, CRC-32C of the rest u32, digest u64, made_wall_ms u64, product
 * 32 record: payload size u32, CRC-32C of size, kind and payload u32, kind u8, payload STEP
 * payload: event size u32, event, command count u32, commands (each size u32, command) PLAN
 * payload: slot u32, serial u32, source.  SNAPSHOT: state, empty when a server starts afresh. GAP
 * payload: lost u64. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "store/store.h"

enum {
    JOURNAL_HEADER = 64,
    JOURNAL_VERSION = 1,
    JOURNAL_RECORD_HEAD = 9,
    JOURNAL_NAME = 24,
    JOURNAL_STEP_BYTES = 262144, /* The longest step kept: 48 commands with long texts fit. */
    JOURNAL_BLOB_MAX =
        1 << 29, /* A snapshot or a plan's sources; a reader takes 1 GiB a segment. */
    JOURNAL_MAILBOX_BYTES = 8388608 /* Half a second of 2,000 calls set up each second. */
};

/* Form: pure functions. */
struct journal_crc {
    uint32_t table[8][256];
};
void journal_crc_init(struct journal_crc *crc);
/* Start from 0; the result of one part is the start of the next. */
uint32_t journal_crc_of(const struct journal_crc *crc, uint32_t start, const void *bytes,
                        size_t size);

/* Changes whenever an event or a command changes its fields: a journal of another digest is not
 * read. */
uint64_t journal_digest(void);
void journal_put_u32(uint8_t *out, uint32_t value);
void journal_put_u64(uint8_t *out, uint64_t value);
uint32_t journal_get_u32(const uint8_t *bytes);
uint64_t journal_get_u64(const uint8_t *bytes);

struct journal_header {
    uint64_t digest, made_ms;
    char product[33];
};
void journal_header_write(const struct journal_crc *crc, uint64_t made_ms,
                          uint8_t out[JOURNAL_HEADER]);
MUST_USE bool journal_header_read(const struct journal_crc *crc, const uint8_t *bytes, size_t size,
                                  struct journal_header *out);

enum journal_parse_result { JOURNAL_PARSED, JOURNAL_AT_END, JOURNAL_DAMAGED };
/* The record at *offset; moves *offset behind it. DAMAGED covers cut off, altered and nonsense. */
MUST_USE enum journal_parse_result journal_parse(const struct journal_crc *crc,
                                                 const uint8_t *bytes, size_t size, size_t *offset,
                                                 struct journal_entry *out);

/* One file. */
struct journal_segment {
    uint32_t number;
    uint64_t size, changed_s; /* Wall-clock seconds of the last write. */
};

/* The segments in dir/journal, oldest first; *out is the caller's to free. A missing folder is
 * empty. */
MUST_USE int journal_list(const char *dir, struct journal_segment **out, uint32_t *count);
void journal_segment_name(uint32_t number, char out[JOURNAL_NAME]); /* "journal/00000001.ofj" */

/* The core's thread: packs and posts, decides when a segment is full. */
enum journal_message_kind {
    JOURNAL_POST_STEP,
    JOURNAL_POST_PLAN,
    JOURNAL_POST_SNAPSHOT,
    JOURNAL_POST_GAP,
    JOURNAL_POST_PLAN_DROP
};

/* What crosses to the store's thread: this head, and after a STEP its payload. A blob belongs to
 * the receiver once posted. */
struct journal_message {
    uint32_t kind;
    uint32_t slot, serial;
    void *blob;
    uint64_t size; /* Of the blob; GAP: records lost. */
};

struct journal_sender {
    struct mailbox *box;
    uint64_t segment_bytes, sent_bytes; /* Since the segment began; steps only. */
    uint64_t begun_ms; /* The core's time of the segment's first step; 0: none yet. */
    uint64_t now_ms;   /* Of the last step. */
    uint64_t lost, lost_at_ms;
    bool gap; /* The segment has a hole: a new one makes replay possible again. */
    struct journal_message waiting[MAX_PLANS]; /* Plans that found the mailbox full. */
    uint8_t message[sizeof(struct journal_message) + JOURNAL_STEP_BYTES];
};

/* The store's thread: writes segments, removes old ones. A file error loses records, which it
 * counts and marks with a GAP; it never stops the account. */
struct journal_writer {
    struct journal_crc crc;
    char dir[4096];
    uint64_t total_bytes, keep_s, segment_bytes;
    struct journal_segment *closed; /* Oldest first. */
    uint32_t closed_count, closed_capacity;
    uint64_t closed_bytes;
    int fd; /* -1: no segment is open; records are lost. */
    uint32_t number;
    uint64_t written; /* Bytes of the segment that are in the file. */
    uint8_t *buffer;
    size_t buffered, capacity;
    uint32_t buffered_records; /* GAPs apart. */
    uint64_t buffered_gap;     /* What the GAPs in the buffer stand for. */
    bool failing;              /* The last write failed, and it was said. */
    uint64_t step_bytes; /* Of this segment, snapshot and plans apart. */
    uint64_t gap;        /* Records lost since the last GAP was written. */
    uint64_t records, lost, bytes;
    struct journal_message plans[MAX_PLANS]; /* Kept, to begin each segment with. */
    char why[128];                           /* The last file error. */
};

/* Finds the segments there are and begins a new one: a server starts afresh. */
MUST_USE int journal_writer_open(struct journal_writer *writer, const struct store_options *options,
                                 char *why, uint32_t why_size);
void journal_writer_close(struct journal_writer *writer);
/* Takes one message from the core's thread, with the payload of a step behind its head. */
void journal_writer_take(struct journal_writer *writer, const uint8_t *message, size_t size);
/* Gives everything to the kernel: survives the process, not the machine. */
void journal_writer_flush(struct journal_writer *writer);
/* Removes what is over the limits of size and age. */
void journal_writer_trim(struct journal_writer *writer);

#endif
