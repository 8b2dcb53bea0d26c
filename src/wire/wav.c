// SPDX-License-Identifier: Apache-2.0
/* wav.c - chunks are walked once; the first fmt and the first data count. */
#include "wire/wav.h"

#include <assert.h>
#include <string.h>

#include "base/g711.h"
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
        at += CHUNK_HEADER + length + (length & 1);
    }
    return false;
}

/* One channel's codes are gathered first: base/g711 wants them side by side. */
static void decode(const struct wav *wav, const uint8_t *codes, int16_t *out, uint32_t count)
{
    uint8_t gathered[256];

    while (count > 0) {
        uint32_t part = count < sizeof(gathered) ? count : sizeof(gathered);
        for (uint32_t i = 0; i < part; i++)
            gathered[i] = codes[(size_t)i * wav->channels];
        if (wav->encoding == WAV_PCMA)
            g711_alaw_decode(gathered, out, part);
        else
            g711_ulaw_decode(gathered, out, part);
        codes += (size_t)part * wav->channels;
        out += part;
        count -= part;
    }
}

uint32_t wav_samples(const struct wav *wav, uint16_t channel, uint32_t first, int16_t *out,
                     uint32_t count)
{
    uint32_t size = sample_size(wav->encoding);
    const uint8_t *samples;

    assert(channel < wav->channels);
    if (first >= wav->frames)
        return 0;
    if (count > wav->frames - first)
        count = wav->frames - first;
    samples = wav->data + ((size_t)first * wav->channels + channel) * size;
    if (wav->encoding != WAV_PCM16) {
        decode(wav, samples, out, count);
        return count;
    }
    for (uint32_t i = 0; i < count; i++)
        out[i] = (int16_t)read_le16(samples + (size_t)i * wav->channels * 2);
    return count;
}

void wav_write_header(uint8_t out[WAV_HEADER], uint32_t sample_rate, uint16_t channels,
                      uint64_t data_bytes)
{
    uint64_t longest = UINT32_MAX - WAV_HEADER;
    uint32_t data = data_bytes < longest ? (uint32_t)data_bytes : (uint32_t)longest;

    memcpy(out, "RIFF....WAVEfmt ", 16);
    write_le32(out + 4, data + WAV_HEADER - 8);
    write_le32(out + 16, 16);
    write_le16(out + 20, 1); /* PCM */
    write_le16(out + 22, channels);
    write_le32(out + 24, sample_rate);
    write_le32(out + 28, sample_rate * channels * 2);
    write_le16(out + 32, (uint16_t)(channels * 2));
    write_le16(out + 34, 16);
    memcpy(out + 36, "data", 4);
    write_le32(out + 40, data);
}
