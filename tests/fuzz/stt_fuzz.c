// SPDX-License-Identifier: Apache-2.0
/* stt_fuzz.c - any bytes as what a vendor of recognisers sends: messages of one stream, each after
 * a zero byte, or the answer to a file. The first byte chooses. */
#include "vendor/stt.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const kinds[] = {"deepgram", "deepgram-flux", "openai-realtime-stt", "vosk",
                                    "whisper", "openai-realtime"};

static void look_at(const struct stt_news *news)
{
    assert(news->kind < STT_NEWS_KINDS && news->size < MAX_UTTERANCE);
    assert(strlen(news->text) == news->size && strlen(news->why) < STT_WHY);
    assert(news->word_count <= STT_WORDS && news->confidence_permille <= 1000);
    for (uint32_t i = 0; i < news->word_count; i++)
        assert(news->words[i].at + news->words[i].size <= news->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct stt_news news;
    static struct stt_turn turn;
    char words[MAX_UTTERANCE];

    if (size == 0 || size > 100000)
        return 0;
    const struct stt_vendor *vendor = stt_find(text_of(kinds[bytes[0] % 6]));
    uint32_t awaited = bytes[0] >> 5;
    const char *at = (const char *)bytes + 1, *end = (const char *)bytes + size;
    turn = (struct stt_turn){.settled_size = 0};
    while (at < end) {
        const char *zero = memchr(at, 0, (size_t)(end - at));
        size_t part = (size_t)((zero ? zero : end) - at);
        if (vendor->way == STT_REQUEST)
            stt_read_answer(vendor, awaited ? 200 : 429, at, part, &news);
        else
            stt_read(vendor, at, part, &news);
        look_at(&news);
        (void)stt_hear(&turn, vendor, &news, awaited);
        assert(stt_words(&turn, words) <= 1000 && strlen(words) < MAX_UTTERANCE);
        at += part + 1;
    }
    return 0;
}
