// SPDX-License-Identifier: Apache-2.0
/* wav.h - sound files in memory: RIFF WAVE with PCM16, mu-law or A-law.
 *
 * Pure; the result views the file's bytes, which may be hostile or cut: a data chunk longer than the
 * file (or of unknown length) ends with the file. Order: wav_read(), then wav_samples() at will. */
#ifndef WIRE_WAV_H
#define WIRE_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { WAV_HEADER = 44 };

enum wav_encoding { WAV_PCM16, WAV_PCMA, WAV_PCMU };

struct wav {
    enum wav_encoding encoding;
    uint16_t channels;    /* 1..8 */
    uint32_t sample_rate; /* 1,000..192,000 */
    uint32_t frames;      /* Samples a channel. */
    const uint8_t *data;
};

/* False, with *out untouched, when it is no WAVE file, of another encoding, or without format or data. */
MUST_USE bool wav_read(const uint8_t *bytes, size_t size, struct wav *out);

/* Linear samples of one channel from frame `first` on. Returns how many: fewer than `count` at the end. */
uint32_t wav_samples(const struct wav *wav, uint16_t channel, uint32_t first, int16_t *out,
                     uint32_t count);

/* The head of a file of PCM16. A length beyond 4 GB is written as the longest that there is, which
 * readers take for "to the end". */
void wav_write_header(uint8_t out[WAV_HEADER], uint32_t sample_rate, uint16_t channels,
                      uint64_t data_bytes);

#endif
