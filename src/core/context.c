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
