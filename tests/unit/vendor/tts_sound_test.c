// SPDX-License-Identifier: Apache-2.0
#include "vendor/tts_sound.h"

#include <string.h>

#include "base/g711.h"
#include "check.h"

enum { ROOM = 4096 };

/* Gives the bytes in pieces of random sizes; returns all samples made. */
static uint32_t hear(struct tts_form form, const uint8_t *bytes, size_t size, uint64_t seed,
                     int16_t *out, struct tts_sound *sound)
{
    uint32_t made = 0;

    tts_sound_init(sound, form);
    while (size > 0) {
        size_t piece = seed ? 1 + check_random(&seed) % 7 : size;
        piece = piece < size ? piece : size;
        const uint8_t *at = bytes;
        size_t left = piece;
        while (left > 0) {
            uint32_t room = seed ? 12 + check_random(&seed) % 5 : ROOM - made;
            made += tts_sound_take(sound, &at, &left, out + made, room);
        }
        CHECK(at == bytes + piece);
        bytes += piece;
        size -= piece;
    }
    return made + tts_sound_end(sound, out + made, ROOM - made);
}

static void put16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *out, uint32_t value)
{
    put16(out, value & 0xFFFF);
    put16(out + 2, value >> 16);
}

/* Samples 1, 2, 3...: each channel's in turn, the second negative. */
static size_t wav(uint8_t *out, uint32_t code, uint32_t channels, uint32_t bits, uint32_t rate,
                  uint32_t length, uint32_t count)
{
    memcpy(out,
           "RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00"
           "abc"
           "\0fmt \x10\0\0\0",
           32);
    put16(out + 32, code);
    put16(out + 34, channels);
    put32(out + 36, rate);
    put32(out + 40, rate * channels * bits / 8);
    put16(out + 44, channels * bits / 8);
    put16(out + 46, bits);
    memcpy(out + 48, "data", 4);
    put32(out + 52, length);
    size_t size = 56;
    for (uint32_t i = 0; i < count * channels; i++) {
        int16_t value = (int16_t)(i % channels == 0 ? (int)(i / channels) + 1 : -7);
        if (bits == 16)
            put16(out + size, (uint16_t)value);
        else if (code == 7)
            g711_ulaw_encode(&value, out + size, 1);
        else
            g711_alaw_encode(&value, out + size, 1);
        size += bits / 8;
    }
    return size;
}

static const struct tts_form bare = {.coding = TTS_PCM16, .rate = 24000};

static void bare_samples_survive_any_cutting(void)
{
    uint8_t bytes[401];
    int16_t out[ROOM];
    struct tts_sound sound;

    for (uint32_t i = 0; i < 200; i++)
        put16(bytes + 2 * (size_t)i, (uint32_t)(int)(i * 100) - 9000);
    bytes[400] = 5; /* Half a sample: nothing. */
    for (uint64_t seed = 0; seed < 200; seed++) {
        CHECK(hear(bare, bytes, sizeof(bytes), seed, out, &sound) == 200);
        for (int i = 0; i < 200; i++)
            CHECK(out[i] == i * 100 - 9000);
        CHECK(sound.form.rate == 24000 && sound.state == TTS_SOUND_DATA);
    }
}

static void mu_law_is_decoded(void)
{
    uint8_t bytes[256];
    int16_t out[ROOM], expected[256];
    struct tts_sound sound;

    for (uint32_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    g711_ulaw_decode(bytes, expected, 256);
    for (uint64_t seed = 0; seed < 50; seed++) {
        CHECK(hear((struct tts_form){TTS_ULAW, 8000}, bytes, 256, seed, out, &sound) == 256);
        CHECK(memcmp(out, expected, sizeof(expected)) == 0);
    }
}

static void less_than_a_header_is_sound_too(void)
{
    int16_t out[ROOM];
    struct tts_sound sound;

    CHECK(hear(bare, (const uint8_t *)"\1\0\2\0\3", 5, 0, out, &sound) == 2);
    CHECK(out[0] == 1 && out[1] == 2);
    CHECK(hear(bare, (const uint8_t *)"", 0, 0, out, &sound) == 0);
}

static void a_wav_header_says_what_the_sound_is(void)
{
    static const struct {
        uint32_t code, channels, bits;
        enum tts_coding coding;
    } kinds[] = {
        {1, 1, 16, TTS_PCM16}, {1, 2, 16, TTS_PCM16}, {7, 1, 8, TTS_ULAW}, {6, 2, 8, TTS_ALAW}};
    uint8_t bytes[2000];
    int16_t out[ROOM];
    struct tts_sound sound;

    for (uint32_t kind = 0; kind < 4; kind++) {
        for (uint64_t seed = 0; seed < 50; seed++) {
            size_t size = wav(bytes, kinds[kind].code, kinds[kind].channels, kinds[kind].bits,
                              22050, UINT32_MAX, 100);
            CHECK(hear(bare, bytes, size, seed, out, &sound) == 100);
            CHECK(sound.form.rate == 22050 && sound.form.coding == kinds[kind].coding);
            for (int i = 0; i < 100; i++)
                CHECK(kinds[kind].bits == 16 ? out[i] == i + 1 : abs(out[i] - i - 1) <= 8);
        }
    }
}

static void lengths_that_were_unknown_go_to_the_end_and_others_are_kept_to(void)
{
    uint8_t bytes[2000];
    int16_t out[ROOM];
    struct tts_sound sound;

    for (uint64_t seed = 0; seed < 50; seed++) {
        CHECK(hear(bare, bytes, wav(bytes, 1, 1, 16, 8000, 0, 50), seed, out, &sound) == 50);
        CHECK(hear(bare, bytes, wav(bytes, 1, 1, 16, 8000, 60, 50), seed, out, &sound) == 30);
        CHECK(sound.state == TTS_SOUND_OVER && out[29] == 30);
    }
}

static void what_is_no_sound_is_refused(void)
{
    static const char *const strange[] = {"ID3\4\0\0\0\0\0\0aaaaaaaa",
                                          "{\"error\":{\"message\":1}}", "{\"e\":1}",
                                          "<html><body>Bad gateway", "OggS............"};
    uint8_t bytes[2000];
    int16_t out[ROOM];
    struct tts_sound sound;

    for (uint32_t i = 0; i < 5; i++) {
        size_t size = i == 0 ? 18 : strlen(strange[i]);
        CHECK(hear(bare, (const uint8_t *)strange[i], size, i, out, &sound) == 0);
        CHECK(sound.state == TTS_SOUND_STRANGE);
    }
    CHECK(hear(bare, bytes, wav(bytes, 1, 1, 24, 8000, 0, 50), 3, out, &sound) == 0);
    CHECK(sound.state == TTS_SOUND_STRANGE);
    CHECK(hear(bare, bytes, wav(bytes, 1, 1, 16, 4000, 0, 50), 3, out, &sound) == 0);
    CHECK(sound.state == TTS_SOUND_STRANGE);
}

int main(void)
{
    RUN(bare_samples_survive_any_cutting);
    RUN(mu_law_is_decoded);
    RUN(less_than_a_header_is_sound_too);
    RUN(a_wav_header_says_what_the_sound_is);
    RUN(lengths_that_were_unknown_go_to_the_end_and_others_are_kept_to);
    RUN(what_is_no_sound_is_refused);
    return 0;
}
