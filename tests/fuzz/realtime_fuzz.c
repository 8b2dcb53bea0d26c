// SPDX-License-Identifier: Apache-2.0
/* realtime_fuzz.c - any bytes as a message of a whole-conversation provider; and as words that we
 * say to one, which must come out as one JSON object. */
#include "vendor/realtime.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "vendor/members.h"

enum { LONGEST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void look_at(const struct realtime_news *news, size_t size)
{
    assert(news->kind < REALTIME_NEWS_KINDS && news->sound_size <= size);
    assert(strlen(news->response) < REALTIME_ID && strlen(news->item) < REALTIME_ID);
    assert(news->id_size <= LLM_ID && news->name_size <= MAX_NAME && news->size <= REALTIME_TEXT);
    assert(news->kind != REALTIME_CALL || !news->broken || news->size == 0);
}

static void is_one_object(const char *bytes, uint32_t size)
{
    json_t *read = members_read((struct text){bytes, size}, UINT32_MAX);

    assert(size > 0 && json_is_object(read) && members_text(read, "type").size > 0);
    json_decref(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char out[8 * LONGEST];
    struct realtime_news news;
    struct text words = {(const char *)bytes, (uint32_t)size};
    struct llm_message message = {.text = words, .id = words, .name = words};
    uint8_t *sound;

    if (size == 0 || size > LONGEST / 4)
        return 0;
    sound = malloc(size);
    assert(sound);
    realtime_read((const char *)bytes, size, sound, &news);
    look_at(&news, size);
    free(sound);
    message.role = (enum llm_role)(bytes[0] % 4);
    is_one_object(out, realtime_write_item(&message, words, words, out, sizeof(out)));
    is_one_object(out, realtime_write_session(words, NULL, 0, bytes[0], out, sizeof(out)));
    is_one_object(out, realtime_write_heard(words, bytes[0], out, sizeof(out)));
    return 0;
}
