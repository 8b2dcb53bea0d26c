// SPDX-License-Identifier: Apache-2.0
/* text.h - a view of bytes that somebody else owns, and text kept in a bounded buffer.
 *
 * A view is never terminated and never freed; it lives as long as what it looks at. Nothing here
 * allocates. Comparison of names is ASCII; bytes above 127 pass through untouched. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct text {
    const char *data;
    uint32_t size;
};

#define TEXT(literal) ((struct text){.data = "" literal, .size = sizeof("" literal) - 1})
/* The same for initialisers of static data. */
#define TEXT_INIT(literal) {.data = "" literal, .size = sizeof("" literal) - 1}
#define TEXT_EMPTY ((struct text){.data = "", .size = 0})
#define TEXT_FORMAT "%.*s"
#define TEXT_ARGS(t) (int)(t).size, (t).data ? (t).data : ""

/* Views a terminated string; NULL gives an empty view. */
struct text text_of(const char *string);
bool text_empty(struct text t);
bool text_equal(struct text a, struct text b);
bool text_equal_nocase(struct text a, struct text b);
bool text_starts(struct text t, struct text prefix);
bool text_starts_nocase(struct text t, struct text prefix);

/* Offset of the first occurrence, or -1. */
int32_t text_find(struct text t, struct text part);
int32_t text_find_nocase(struct text t, struct text part);

/* The part from offset, at most size long; offsets beyond the end give an empty view. */
struct text text_part(struct text t, uint32_t offset, uint32_t size);

/* Without spaces, tabs and line ends at both ends. */
struct text text_trim(struct text t);

/* Cuts *rest at the first separator: returns what is before it, leaves what is after it. At the end
 * *rest is empty with data NULL, so that `while (rest.data)` sees each part once, empty ones too. */
struct text text_next(struct text *rest, char separator);

/* A whole unsigned decimal number. False, with *out untouched, on anything else or overflow. */
MUST_USE bool text_number(struct text t, uint64_t *out);


/* Text kept in storage of the owner's, for writing. Overflow cuts at a character's border (UTF-8)
 * and sets `cut`; it never fails. */
struct text_buffer {
    char *data;
    uint32_t capacity;
    uint32_t size;
    bool cut;
};

void text_buffer_init(struct text_buffer *buffer, char *storage, uint32_t capacity);
void text_append(struct text_buffer *buffer, struct text t);
void text_append_char(struct text_buffer *buffer, char c);
void text_append_number(struct text_buffer *buffer, uint64_t number);
struct text text_view(const struct text_buffer *buffer);

/* Overwrites each occurrence of a secret with '*', and its beginning where the text was cut in it: a
 * server may put the key that it was shown into its error. Of 4 bytes and more. Size times size. */
void text_hide(char *said, uint32_t size, struct text secret);

/* Copies into a terminated string of `capacity` bytes, cutting at a character's border. */
void text_copy(char *out, size_t capacity, struct text t);

#endif
