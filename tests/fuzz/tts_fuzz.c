// SPDX-License-Identifier: Apache-2.0
/* tts_fuzz.c - any bytes as what a vendor of voices sends: a stream of sound, however it is cut, a
 * message of a socket, an error's body. The first byte chooses. */
#include "vendor/tts.h"
#include "vendor/tts_sound.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 64, LONGEST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct tts_form form_of(uint8_t first)
{
    return (struct tts_form){.coding = (enum tts_coding)(first % 3), .rate = 8000 << first % 2};
}

/* All samples of the stream, given `piece` bytes at a time. */
static uint32_t hear(uint8_t first, const uint8_t *bytes, size_t size, size_t piece, int16_t *out)
{
    struct tts_sound sound;
    uint32_t made = 0;

    tts_sound_init(&sound, form_of(first));
    while (size > 0) {
        size_t part = piece < size ? piece : size, left = part;
        while (left > 0) {
            int16_t some[ROOM];
            uint32_t count = tts_sound_take(&sound, &bytes, &left, some, ROOM);
            memcpy(out + made, some, count * sizeof(some[0]));
            made += count;
        }
        size -= part;
    }
    made += tts_sound_end(&sound, out + made, ROOM);
    assert(sound.form.rate >= 8000 && sound.form.rate <= 48000 && sound.channels <= 2);
    return made;
}

static void give_sound(uint8_t first, const uint8_t *bytes, size_t size)
{
    int16_t *whole = malloc((size + ROOM) * sizeof(*whole)),
            *cut = malloc((size + ROOM) * sizeof(*cut));

    assert(whole && cut);
    uint32_t made = hear(first, bytes, size, size, whole);
    assert(made <= size);
    assert(hear(first, bytes, size, 1 + (first >> 4), cut) == made);
    assert(memcmp(whole, cut, made * sizeof(*cut)) == 0);
    free(whole);
    free(cut);
}

static void give_message(const struct tts_vendor *vendor, const char *bytes, size_t size)
{
    uint8_t *sound = malloc(size + 1);
    struct tts_news news;

    assert(sound);
    vendor->read(bytes, size, sound, &news);
    assert(news.kind <= TTS_FAILED && news.sound_size <= size);
    assert(memchr(news.why, '\0', sizeof(news.why)));
    free(sound);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char why[TTS_WHY];

    if (size < 1 || size > LONGEST)
        return 0;
    const char *text = (const char *)bytes + 1;
    switch (bytes[0] & 3) {
    case 0:
        give_sound(bytes[0] >> 2, bytes + 1, size - 1);
        break;
    case 1:
        give_message(&tts_cartesia, text, size - 1);
        break;
    case 2:
        give_message(&tts_deepgram_socket, text, size - 1);
        break;
    default:
        tts_why(401, text, size - 1, TEXT("secret"), why);
        assert(memchr(why, '\0', sizeof(why)) && !strstr(why, "secret"));
    }
    return 0;
}
