// SPDX-License-Identifier: Apache-2.0
/* stt_vosk.c - vosk-server: one stream an utterance, each message answered. */
#include "vendor/stt_inside.h"

#include <string.h>

#include "vendor/tts_inside.h"

static bool open_vosk(const struct stt_vendor *vendor, const struct stt_ask *ask,
                      struct stt_opening *out)
{
    json_t *config = json_pack("{s:i, s:b}", "sample_rate", (int)ask->rate, "words", 1);
    struct text_buffer url;
    uint32_t size = 0;

    stt_begin_url(&url, vendor, ask, "", out->url);
    if (tts_set_options(config, ask->options))
        size =
            members_write(json_pack("{s:O}", "config", config), out->begin, sizeof(out->begin) - 1);
    json_decref(config);
    out->begin[size] = '\0';
    return size > 0 && stt_ended(&url) && stt_authorize(ask, "Bearer ", out);
}

static void read_vosk(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);
    /* With max_alternatives, the words are one deeper. */
    const json_t *best = json_array_get(json_object_get(message, "alternatives"), 0);
    const json_t *result = best ? best : message;

    if (json_is_string(json_object_get(message, "partial"))) {
        stt_say(out, STT_INTERIM, members_text(message, "partial"));
    } else if (json_is_string(json_object_get(result, "text"))) {
        stt_say(out, STT_SETTLED, members_text(result, "text"));
        stt_add_words(out, json_object_get(result, "result"), "word", "conf");
    }
    json_decref(message);
}

/* The server compares the message with these very letters, and closes after its answer. */
const struct stt_vendor stt_vosk = {
    .kind = "vosk",
    .way = STT_SOCKET,
    .coding = STT_LINEAR,
    .most_rate = 16000,
    .single = true,
    .counted = true,
    .finish = "{\"eof\" : 1}",
    .open = open_vosk,
    .read = read_vosk,
};
