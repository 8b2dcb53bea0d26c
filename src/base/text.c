// SPDX-License-Identifier: Apache-2.0
/* text.c - views and bounded buffers. */
#include "base/text.h"

#include <assert.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_nocase(const char *a, const char *b, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

/* memcmp() of nothing may not be given NULL, and an empty view may hold it. */
static bool same(const char *a, const char *b, uint32_t size)
{
    return size == 0 || memcmp(a, b, size) == 0;
}

struct text text_of(const char *string)
{
    if (!string)
        return TEXT_EMPTY;
    size_t size = strlen(string);
    assert(size <= INT32_MAX);
    return (struct text){.data = string, .size = (uint32_t)size};
}

bool text_empty(struct text t)
{
    return t.size == 0;
}

bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && same(a.data, b.data, a.size);
}

bool text_equal_nocase(struct text a, struct text b)
{
    return a.size == b.size && same_nocase(a.data, b.data, a.size);
}

bool text_starts(struct text t, struct text prefix)
{
    return t.size >= prefix.size && same(t.data, prefix.data, prefix.size);
}

bool text_starts_nocase(struct text t, struct text prefix)
{
    return t.size >= prefix.size && same_nocase(t.data, prefix.data, prefix.size);
}

/* Where the next `c` is in the first `size` bytes from `at` on; `size` when there is none. */
static uint32_t next_char(const char *data, uint32_t at, uint32_t size, char c)
{
    const char *found = at < size ? memchr(data + at, c, size - at) : NULL;

    return found ? (uint32_t)(found - data) : size;
}

int32_t text_find(struct text t, struct text part)
{
    if (part.size == 0)
        return 0;
    if (part.size > t.size)
        return -1;
    uint32_t places = t.size - part.size + 1;
    for (uint32_t at = next_char(t.data, 0, places, part.data[0]); at < places;
         at = next_char(t.data, at + 1, places, part.data[0]))
        if (memcmp(t.data + at, part.data, part.size) == 0)
            return (int32_t)at;
    return -1;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

/* Whole messages are looked through for words that are hardly ever there: from one place that
 * begins like the word to the next, small and capital looked for apart. */
int32_t text_find_nocase(struct text t, struct text part)
{
    if (part.size == 0)
        return 0;
    if (part.size > t.size)
        return -1;
    char small = lower(part.data[0]), capital = upper(part.data[0]);
    uint32_t places = t.size - part.size + 1;
    uint32_t at_small = next_char(t.data, 0, places, small);
    uint32_t at_capital = small == capital ? places : next_char(t.data, 0, places, capital);

    while (at_small < places || at_capital < places) {
        bool is_small = at_small < at_capital;
        uint32_t at = is_small ? at_small : at_capital;
        if (same_nocase(t.data + at, part.data, part.size))
            return (int32_t)at;
        if (is_small)
            at_small = next_char(t.data, at + 1, places, small);
        else
            at_capital = next_char(t.data, at + 1, places, capital);
    }
    return -1;
}

struct text text_part(struct text t, uint32_t offset, uint32_t size)
{
    if (offset >= t.size)
        return TEXT_EMPTY;
    uint32_t left = t.size - offset;
    return (struct text){.data = t.data + offset, .size = size < left ? size : left};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text t)
{
    while (t.size > 0 && is_blank(t.data[t.size - 1]))
        t.size--;
    while (t.size > 0 && is_blank(t.data[0])) {
        t.data++;
        t.size--;
    }
    return t;
}

struct text text_next(struct text *rest, char separator)
{
    struct text part = *rest;

    for (uint32_t i = 0; i < rest->size; i++) {
        if (rest->data[i] != separator)
            continue;
        part.size = i;
        rest->data += i + 1;
        rest->size -= i + 1;
        return part;
    }
    *rest = (struct text){.data = NULL, .size = 0};
    return part;
}

bool text_number(struct text t, uint64_t *out)
{
    uint64_t number = 0;

    if (t.size == 0)
        return false;
    for (uint32_t i = 0; i < t.size; i++) {
        if (t.data[i] < '0' || t.data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(t.data[i] - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

/* How much of t fits into room without splitting a character. Bytes that are no UTF-8 are cut where
 * they are: a character has at most three bytes after its first. */
static uint32_t fitting(struct text t, uint32_t room)
{
    if (t.size <= room)
        return t.size;
    for (uint32_t back = 0; back <= 3 && back <= room; back++)
        if (((uint8_t)t.data[room - back] & 0xC0) != 0x80)
            return room - back;
    return room;
}

void text_buffer_init(struct text_buffer *buffer, char *storage, uint32_t capacity)
{
    assert(storage || capacity == 0);
    *buffer = (struct text_buffer){.data = storage, .capacity = capacity};
}

void text_append(struct text_buffer *buffer, struct text t)
{
    if (buffer->cut ||
        t.size == 0) /* Nothing follows a cut: it would read as if nothing were missing. */
        return;
    uint32_t size = fitting(t, buffer->capacity - buffer->size);
    if (size > 0)
        memcpy(buffer->data + buffer->size, t.data, size);
    buffer->size += size;
    buffer->cut = size < t.size;
}

void text_append_char(struct text_buffer *buffer, char c)
{
    text_append(buffer, (struct text){.data = &c, .size = 1});
}

void text_append_number(struct text_buffer *buffer, uint64_t number)
{
    char digits[20];
    uint32_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_append(buffer, (struct text){.data = digits + at, .size = (uint32_t)sizeof(digits) - at});
}

struct text text_view(const struct text_buffer *buffer)
{
    return (struct text){.data = buffer->size > 0 ? buffer->data : "", .size = buffer->size};
}

void text_copy(char *out, size_t capacity, struct text t)
{
    assert(capacity > 0);
    uint32_t room = capacity - 1 < UINT32_MAX ? (uint32_t)(capacity - 1) : UINT32_MAX;
    uint32_t size = fitting(t, room);
    if (size > 0)
        memcpy(out, t.data, size);
    out[size] = '\0';
}

void text_hide(char *said, uint32_t size, struct text secret)
{
    enum { SHORTEST = 4 };

    for (uint32_t i = 0; secret.size >= SHORTEST && i + SHORTEST <= size; i++) {
        uint32_t there = size - i < secret.size ? size - i : secret.size;

        if (memcmp(said + i, secret.data, there) == 0)
            memset(said + i, '*', there);
    }
}
