// SPDX-License-Identifier: Apache-2.0
/* tts_sound.c - a small machine that is fed a few bytes at a time. */
#include "vendor/tts_sound.h"

#include <string.h>

#include "base/g711.h"

enum { HEAD = 12, CHUNK = 8, FORMAT = 16, FORMAT_LONG = 40 };
enum { WAVE_PCM = 1, WAVE_ALAW = 6, WAVE_ULAW = 7, WAVE_EXTENSIBLE = 0xFFFE };
static const uint32_t UNKNOWN = UINT32_MAX; /* More than an enumerator holds. */

void tts_sound_init(struct tts_sound *sound, struct tts_form form)
{
    *sound = (struct tts_sound){
        .state = TTS_SOUND_HEAD, .form = form, .channels = 1, .want = HEAD, .left = UNKNOWN};
}

static uint32_t number(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++)
        value |= (uint32_t)bytes[i] << 8 * i;
    return value;
}

static void await(struct tts_sound *sound, enum tts_sound_state state, uint8_t want)
{
    sound->state = state;
    sound->want = want;
    sound->held_size = 0;
}

static bool begins(const uint8_t *bytes, const char *with)
{
    return memcmp(bytes, with, strlen(with)) == 0;
}

/* What servers are known to send in place of bare sound. */
static bool is_strange(const uint8_t *head)
{
    static const char *const signs[] = {"ID3", "OggS", "fLaC", "{\"", "<html", "<!DOCTYPE"};

    for (uint32_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (begins(head, signs[i]))
            return true;
    }
    return false;
}

static void on_format(struct tts_sound *sound)
{
    const uint8_t *format = sound->held;
    uint32_t code = number(format, 2), channels = number(format + 2, 2),
             rate = number(format + 4, 4);
    uint32_t bits = number(format + 14, 2);

    if (code == WAVE_EXTENSIBLE && sound->held_size >= 26)
        code = number(format + 24, 2);
    bool pcm = code == WAVE_PCM && bits == 16;
    bool law = (code == WAVE_ULAW || code == WAVE_ALAW) && bits == 8;
    if ((!pcm && !law) || channels < 1 || channels > 2 || rate < 8000 || rate > 48000) {
        sound->state = TTS_SOUND_STRANGE;
        return;
    }
    sound->form.coding = pcm ? TTS_PCM16 : code == WAVE_ULAW ? TTS_ULAW : TTS_ALAW;
    sound->form.rate = rate;
    sound->channels = (uint8_t)channels;
    sound->told = true;
    await(sound, TTS_SOUND_SKIP, 0);
}

static void on_chunk(struct tts_sound *sound)
{
    uint32_t size = number(sound->held + 4, 4);

    sound->left = size;
    if (begins(sound->held, "fmt ") && size >= FORMAT && size < INT16_MAX) {
        await(sound, TTS_SOUND_FORMAT, size < FORMAT_LONG ? FORMAT : FORMAT_LONG);
        sound->left = size - sound->want + (size & 1);
    } else if (begins(sound->held, "data")) {
        if (!sound->told) {
            sound->state = TTS_SOUND_STRANGE;
            return;
        }
        if (size == 0 || size >= INT32_MAX)
            sound->left = UNKNOWN;
        await(sound, TTS_SOUND_DATA, 0);
    } else {
        sound->left += size < INT32_MAX ? size & 1 : 0; /* Chunks begin at even places. */
        await(sound, TTS_SOUND_SKIP, 0);
    }
}

static void put_one(const struct tts_sound *sound, const uint8_t *bytes, int16_t *out)
{
    if (sound->form.coding == TTS_PCM16)
        *out = (int16_t)number(bytes, 2);
    else if (sound->form.coding == TTS_ULAW)
        g711_ulaw_decode(bytes, out, 1);
    else
        g711_alaw_decode(bytes, out, 1);
}

/* One channel goes through the functions that the compiler vectorises. */
static uint32_t put_samples(const struct tts_sound *sound, const uint8_t *bytes, uint32_t count,
                            int16_t *out)
{
    size_t step = (sound->form.coding == TTS_PCM16 ? 2u : 1u) * sound->channels;

    if (sound->channels == 1 && sound->form.coding == TTS_ULAW) {
        g711_ulaw_decode(bytes, out, count);
    } else if (sound->channels == 1 && sound->form.coding == TTS_PCM16) {
        for (uint32_t i = 0; i < count; i++)
            out[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    } else {
        for (uint32_t i = 0; i < count; i++)
            put_one(sound, bytes + i * step, out + i);
    }
    return count;
}

static uint32_t frame_bytes(const struct tts_sound *sound)
{
    return (sound->form.coding == TTS_PCM16 ? 2u : 1u) * sound->channels;
}

static void pass(const uint8_t **bytes, size_t *size, size_t count)
{
    *bytes += count;
    *size -= count;
}

static void hold(struct tts_sound *sound, const uint8_t **bytes, size_t *size, uint32_t want)
{
    uint32_t lacks = want - sound->held_size, part = *size < lacks ? (uint32_t)*size : lacks;

    memcpy(sound->held + sound->held_size, *bytes, part);
    sound->held_size = (uint8_t)(sound->held_size + part);
    if (sound->left != UNKNOWN && sound->state == TTS_SOUND_DATA)
        sound->left -= part;
    pass(bytes, size, part);
}

/* Samples from whole frames; one that is cut waits in `held`. */
static uint32_t take_data(struct tts_sound *sound, const uint8_t **bytes, size_t *size,
                          int16_t *out, uint32_t room)
{
    uint32_t frame = frame_bytes(sound), made = 0;
    const uint8_t *after = NULL;
    size_t beyond = 0;

    if (*size > sound->left) { /* What comes behind the data is given back below. */
        after = *bytes + sound->left;
        beyond = *size - sound->left;
        *size = sound->left;
    }
    if (sound->held_size > 0 && *size > 0) {
        hold(sound, bytes, size, frame);
        if (sound->held_size == frame) {
            made = put_samples(sound, sound->held, 1, out);
            sound->held_size = 0;
        }
    }
    uint32_t whole = (uint32_t)(*size / frame < room - made ? *size / frame : room - made);
    made += put_samples(sound, *bytes, whole, out + made);
    if (sound->left != UNKNOWN)
        sound->left -= whole * frame;
    pass(bytes, size, (size_t)whole * frame);
    if (*size > 0 && *size < frame)
        hold(sound, bytes, size, frame);
    if (sound->left == 0)
        sound->state = TTS_SOUND_OVER;
    if (after && *size == 0) {
        *bytes = after;
        *size = beyond;
    } else {
        *size += beyond;
    }
    return made;
}

static uint32_t begin_bare(struct tts_sound *sound, int16_t *out, uint32_t room)
{
    uint8_t head[HEAD];
    const uint8_t *bytes = head;
    size_t size = sound->held_size;

    memcpy(head, sound->held, size);
    await(sound, TTS_SOUND_DATA, 0);
    return take_data(sound, &bytes, &size, out, room);
}

static uint32_t on_head(struct tts_sound *sound, int16_t *out, uint32_t room)
{
    if (begins(sound->held, "RIFF") && memcmp(sound->held + 8, "WAVE", 4) == 0)
        await(sound, TTS_SOUND_CHUNK, CHUNK);
    else if (is_strange(sound->held))
        sound->state = TTS_SOUND_STRANGE;
    else
        return begin_bare(sound, out, room);
    return 0;
}

static void skip(struct tts_sound *sound, const uint8_t **bytes, size_t *size)
{
    uint32_t part = *size < sound->left ? (uint32_t)*size : sound->left;

    sound->left -= part;
    pass(bytes, size, part);
    if (sound->left == 0)
        await(sound, TTS_SOUND_CHUNK, CHUNK);
}

/* One step: a header's part, or samples. */
static uint32_t step(struct tts_sound *sound, const uint8_t **bytes, size_t *size, int16_t *out,
                     uint32_t room)
{
    switch (sound->state) {
    case TTS_SOUND_HEAD:
        hold(sound, bytes, size, sound->want);
        return sound->held_size == sound->want ? on_head(sound, out, room) : 0;
    case TTS_SOUND_CHUNK:
    case TTS_SOUND_FORMAT:
        hold(sound, bytes, size, sound->want);
        if (sound->held_size < sound->want)
            return 0;
        if (sound->state == TTS_SOUND_CHUNK)
            on_chunk(sound);
        else
            on_format(sound);
        if (sound->state == TTS_SOUND_SKIP && sound->left == 0)
            await(sound, TTS_SOUND_CHUNK, CHUNK);
        return 0;
    case TTS_SOUND_SKIP:
        skip(sound, bytes, size);
        return 0;
    case TTS_SOUND_DATA:
        return take_data(sound, bytes, size, out, room);
    case TTS_SOUND_OVER:
    case TTS_SOUND_STRANGE:
        pass(bytes, size, *size);
        return 0;
    }
    return 0;
}

uint32_t tts_sound_take(struct tts_sound *sound, const uint8_t **bytes, size_t *size, int16_t *out,
                        uint32_t room)
{
    uint32_t made = 0;

    while (*size > 0 && room - made >= HEAD)
        made += step(sound, bytes, size, out + made, room - made);
    return made;
}

uint32_t tts_sound_end(struct tts_sound *sound, int16_t *out, uint32_t room)
{
    if (sound->state != TTS_SOUND_HEAD || sound->held_size == 0 || room < HEAD)
        return 0;
    if (sound->held[0] == '{' || sound->held[0] == '<') {
        sound->state = TTS_SOUND_STRANGE;
        return 0;
    }
    return begin_bare(sound, out, room);
}
