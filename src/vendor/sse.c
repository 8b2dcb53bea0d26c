// SPDX-License-Identifier: Apache-2.0
/* sse.c - lines into one storage: a line of data is moved to the end of the data before it. */
#include "vendor/sse.h"

#include <string.h>

void sse_init(struct sse *sse, char *storage, uint32_t capacity,
              void (*take)(void *context, struct text name, struct text data), void *context)
{
    memset(sse, 0, sizeof *sse);
    sse->take = take;
    sse->context = context;
    sse->storage = storage;
    sse->capacity = capacity;
}

static void dispatch(struct sse *sse)
{
    struct text name = {sse->name, sse->name_size};

    if (sse->any_data) /* The last line's LF does not belong to it. */
        sse->take(sse->context, name.size > 0 ? name : TEXT("message"),
                  (struct text){sse->storage, sse->data_size - 1});
    sse->data_size = sse->name_size = 0;
    sse->any_data = false;
}

/* The value is part of the line; there is room for its LF, as "data" was before it. */
static void add_data(struct sse *sse, struct text value)
{
    memmove(sse->storage + sse->data_size, value.data, value.size);
    sse->data_size += value.size;
    sse->storage[sse->data_size++] = '\n';
    sse->any_data = true;
}

static void take_line(struct sse *sse)
{
    struct text value = {sse->storage + sse->data_size, sse->line_size}, field;

    sse->line_size = 0;
    if (!sse->begun && text_starts(value, TEXT("\xef\xbb\xbf")))
        value = text_part(value, 3, value.size);
    sse->begun = true;
    if (text_empty(value)) {
        dispatch(sse);
        return;
    }
    field = text_next(&value, ':');
    if (!value.data) /* A field without a colon: its value is empty. */
        value = (struct text){field.data + field.size, 0};
    else if (value.size > 0 && value.data[0] == ' ')
        value = text_part(value, 1, value.size);
    if (text_equal(field, TEXT("data"))) {
        add_data(sse, value);
    } else if (text_equal(field, TEXT("event"))) {
        sse->name_size = value.size < SSE_NAME ? value.size : SSE_NAME;
        if (sse->name_size > 0)
            memcpy(sse->name, value.data, sse->name_size);
    }
}

static void add(struct sse *sse, const char *bytes, size_t size)
{
    if (size > sse->capacity - sse->data_size - sse->line_size) {
        sse->overflow = true;
        return;
    }
    if (size > 0)
        memcpy(sse->storage + sse->data_size + sse->line_size, bytes, size);
    sse->line_size += (uint32_t)size;
}

static const char *line_end(const char *at, size_t size)
{
    const char *lf = memchr(at, '\n', size);
    const char *cr = memchr(at, '\r', lf ? (size_t)(lf - at) : size);

    return cr ? cr : lf;
}

bool sse_put(struct sse *sse, const void *bytes, size_t size)
{
    const char *at = bytes, *end = at + size, *line;

    while (at < end && !sse->overflow) {
        if (sse->after_cr && *at == '\n')
            at++;
        sse->after_cr = false;
        line = at < end ? line_end(at, (size_t)(end - at)) : NULL;
        add(sse, at, (size_t)((line ? line : end) - at));
        if (!line || sse->overflow)
            break;
        sse->after_cr = *line == '\r';
        take_line(sse);
        at = line + 1;
    }
    return !sse->overflow;
}
