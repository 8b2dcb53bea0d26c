// SPDX-License-Identifier: Apache-2.0
/* lines.c - a provider's options and its key. */
#include "speech/lines.h"

#include <string.h>

enum { OPTIONS = 4096 };

struct text lines_of_options(struct arena *arena, const struct plan_provider *from)
{
    char storage[OPTIONS];
    struct text_buffer lines;

    text_buffer_init(&lines, storage, sizeof(storage));
    for (uint8_t i = 0; i < from->option_count; i++) {
        text_append(&lines, from->options[i].name);
        text_append_char(&lines, '=');
        text_append(&lines, from->options[i].value);
        text_append_char(&lines, '\n');
    }
    return arena_text(arena, text_view(&lines));
}

void lines_wipe(struct text key)
{
    union {
        const char *read;
        char *write;
    } at = {.read = key.data};

    if (key.size > 0)
        explicit_bzero(at.write, key.size);
}
