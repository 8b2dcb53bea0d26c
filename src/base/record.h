// SPDX-License-Identifier: Apache-2.0
/* record.h - structs described by a table of their fields: packed, unpacked, printed and compared.
 *
 * One table a message kind serves the mailboxes between threads, the pipe to the signalling
 * process, the journal on disk, the live view and the tests' messages. The packed form is portable:
 * integers as LEB128, text as length and bytes, in the order of the table. Pure; packing costs
 * about 5 ns a field. The format names no field: a journal carries a digest of the tables it was
 * written with. */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum field_type {
    FIELD_BOOL,
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_I32,
    FIELD_ENUM, /* An enum of int size, 0 or more; `names` gives the word for each value. */
    FIELD_TEXT,
    FIELD_CHAR /* A key: printed as the character. */
};

struct field {
    const char *name;
    enum field_type type;
    uint16_t offset;
    const char *const *names; /* FIELD_ENUM only. */
    uint16_t name_count;      /* A value at or above it does not unpack. */
};

/* Rows of a table of fields. The type is taken from the member, so that it cannot drift from it. */
// clang-format off
#define RECORD_FIELD(structure, word, member)                                                      \
    {.name = (word), .offset = offsetof(structure, member),                                        \
     .type = _Generic(((structure *)0)->member, bool: FIELD_BOOL, char: FIELD_CHAR,                \
                      uint8_t: FIELD_U8, uint16_t: FIELD_U16, uint32_t: FIELD_U32,                 \
                      uint64_t: FIELD_U64, int32_t: FIELD_I32, struct text: FIELD_TEXT)}
#define RECORD_ENUM(structure, word, member, words)                                                \
    {.name = (word), .offset = offsetof(structure, member), .type = FIELD_ENUM,                    \
     .names = (words), .name_count = sizeof(words) / sizeof((words)[0])}
#define RECORD_SHAPE(word, table)                                                                  \
    {.name = (word), .fields = (table), .count = sizeof(table) / sizeof((table)[0])}
// clang-format on

struct shape {
    const char *name;
    const struct field *fields;
    uint16_t count;
};

/* Writes the record; returns its packed size, or 0 when it does not fit into size. */
MUST_USE size_t record_pack(const struct shape *shape, const void *record, uint8_t *out,
                            size_t size);

/* Reads a packed record of exactly `size` bytes; its texts view the bytes. False on any
 * disagreement of the bytes with the shape, with the record in an unspecified state. Bytes may be
 * hostile. */
MUST_USE bool record_unpack(const struct shape *shape, const uint8_t *bytes, size_t size,
                            void *record);

/* "name field=value field=\"text\"", for people and for golden tests. Fields that are 0 or empty
 * are left out. Cuts at the end of the buffer. */
void record_print(const struct shape *shape, const void *record, struct text_buffer *out);

bool record_equal(const struct shape *shape, const void *a, const void *b);

/* A number that changes when a name, a type or the order of fields changes (FNV-1a). */
uint64_t record_digest(const struct shape *shapes, size_t count);

#endif
