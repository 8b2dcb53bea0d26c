// SPDX-License-Identifier: Apache-2.0
/* context.c - lines of "key=value" in bounded text. */
#include "core/context.h"

#include "base/limits.h"

struct text context_entity(struct text entities, struct text key)
{
    while (entities.data && entities.size > 0) {
        struct text line = text_next(&entities, '\n');
        struct text value = line, name = text_next(&value, '=');
        if (value.data && text_equal(name, key))
            return value;
    }
    return TEXT_EMPTY;
}

void context_merge(char *entities, struct text found)
{
    char merged[MAX_ENTITIES];
    struct text_buffer out;
    struct text old = text_of(entities);

    text_buffer_init(&out, merged, sizeof(merged) - 1);
    while (old.data && old.size > 0) {
        struct text line = text_next(&old, '\n'), rest = line, key = text_next(&rest, '=');
        if (key.size == 0 || context_entity(found, key).size > 0 ||
            out.size + line.size + 1 > out.capacity)
            continue;
        text_append(&out, line);
        text_append_char(&out, '\n');
    }
    while (found.data && found.size > 0) {
        struct text line = text_next(&found, '\n'), rest = line, key = text_next(&rest, '=');
        if (key.size == 0 || !rest.data || rest.size == 0 ||
            out.size + line.size + 1 > out.capacity)
            continue;
        text_append(&out, line);
        text_append_char(&out, '\n');
    }
    text_copy(entities, MAX_ENTITIES, text_view(&out));
}

static void put(struct text_buffer *out, struct text key, struct text value)
{
    if (value.size == 0 || out->size + key.size + value.size + 2 > out->capacity)
        return;
    for (uint32_t i = 0; i < key.size; i++)
        text_append_char(out, key.data[i] >= 'A' && key.data[i] <= 'Z' ? (char)(key.data[i] + 32)
                                                                       : key.data[i]);
    text_append_char(out, '=');
    text_append(out, value);
    text_append_char(out, '\n');
}

void context_from_signalling(char *given, struct text diversion, struct text user_to_user,
                             struct text headers)
{
    struct text_buffer out;

    text_buffer_init(&out, given, MAX_ENTITIES - 1);
    put(&out, TEXT("diversion"), diversion);
    put(&out, TEXT("user_to_user"), user_to_user);
    while (headers.data && headers.size > 0) {
        struct text value = text_next(&headers, '\n'), name = text_next(&value, ':');
        if (value.data && text_starts_nocase(name, TEXT("x-")))
            put(&out, text_trim(name), text_trim(value));
    }
    given[out.size] = 0;
}
