// SPDX-License-Identifier: Apache-2.0
/* wav.c - chunks are walked once; the first fmt and the first data count. */
#include "wire/wav.h"

#include <assert.h>
#include <string.h>

#include "wire/bytes.h"

enum {
    RIFF_HEADER = 12,
    CHUNK_HEADER = 8,
    FORMAT_SIZE = 16,
    FORMAT_EXTENSIBLE_SIZE =
        26, /* As far as the first two bytes of the GUID: the encoding again. */
    TAG_PCM = 1,
    TAG_ALAW = 6,
    TAG_MULAW = 7,
    TAG_EXTENSIBLE = 0xfffe,
    MAX_CHANNELS = 8
};

static uint32_t sample_size(enum wav_encoding encoding)
{
    return encoding == WAV_PCM16 ? 2 : 1;
}

static bool read_format(const uint8_t *chunk, size_t size, struct wav *out)
{
    uint16_t tag, bits;

    if (size < FORMAT_SIZE)
        return false;
    tag = read_le16(chunk);
    bits = read_le16(chunk + 14);
    if (tag == TAG_EXTENSIBLE && size >= FORMAT_EXTENSIBLE_SIZE)
        tag = read_le16(chunk + 24);
    if (tag == TAG_PCM && bits == 16)
        out->encoding = WAV_PCM16;
    else if (tag == TAG_ALAW && bits == 8)
        out->encoding = WAV_PCMA;
    else if (tag == TAG_MULAW && bits == 8)
        out->encoding = WAV_PCMU;
    else
        return false;
    out->channels = read_le16(chunk + 2);
    out->sample_rate = read_le32(chunk + 4);
    if (out->channels == 0 || out->channels > MAX_CHANNELS)
        return false;
    return out->sample_rate >= 1000 && out->sample_rate <= 192000;
}

bool wav_read(const uint8_t *bytes, size_t size, struct wav *out)
{
    struct wav wav = {.data = NULL};
    size_t at = RIFF_HEADER;
    bool formatted = false;

    if (size < RIFF_HEADER || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
        return false;
    while (at <= size && size - at >= CHUNK_HEADER) {
        const uint8_t *chunk = bytes + at + CHUNK_HEADER;
        size_t left = size - at - CHUNK_HEADER, length = read_le32(bytes + at + 4);
        size_t here = length < left ? length : left;

        if (!formatted && memcmp(bytes + at, "fmt ", 4) == 0) {
            if (!read_format(chunk, here, &wav))
                return false;
            formatted = true;
        } else if (formatted && memcmp(bytes + at, "data", 4) == 0) {
            size_t frames = here / (sample_size(wav.encoding) * wav.channels);
            wav.frames = frames > UINT32_MAX ? UINT32_MAX : (uint32_t)frames;
            wav.data = chunk;
            *out = wav;
            return true;
        }
        if (length >= left)
            return false;
        at += CHUNK_HEADER + length + (length & 1);
    }
    return false;
}

/* ITU-T G.711 table 2b: all bits inverted; sign, three bits of segment, four of step. */
static int16_t decode_mulaw(uint8_t code)
{
    uint8_t bits = (uint8_t)~code;
    int32_t size = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);

    return (int16_t)(bits & 0x80 ? 0x84 - size : size - 0x84);
}

/* ITU-T G.711 table 1b: every other bit inverted; the sign bit is set for positive values. */
static int16_t decode_alaw(uint8_t code)
{
    uint8_t bits = code ^ 0x55;
    int32_t segment = (bits & 0x70) >> 4, size = ((bits & 0x0f) << 4) + 8;

    if (segment > 0)
        size = (size + 0x100) << (segment - 1);
    return (int16_t)(bits & 0x80 ? size : -size);
}

uint32_t wav_samples(const struct wav *wav, uint16_t channel, uint32_t first, int16_t *out,
                     uint32_t count)
{
    uint32_t size = sample_size(wav->encoding);

    assert(channel < wav->channels);
    if (first >= wav->frames)
        return 0;
    if (count > wav->frames - first)
        count = wav->frames - first;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *sample = wav->data + ((size_t)(first + i) * wav->channels + channel) * size;
        if (wav->encoding == WAV_PCM16)
            out[i] = (int16_t)read_le16(sample);
        else
            out[i] = wav->encoding == WAV_PCMA ? decode_alaw(*sample) : decode_mulaw(*sample);
    }
    return count;
}
