// SPDX-License-Identifier: Apache-2.0
/* au.h - the header of a sound file that may be cut at any instant and still plays (Sun/NeXT .au).
 *
 * The length is written as unknown, so nothing need be corrected when the file is closed, or never
 * is: readers (sox, ffmpeg, libsndfile) then take what is there. After the header come interleaved
 * samples; for G.711 one byte each, caller left, agent right. Pure. */
#ifndef WIRE_AU_H
#define WIRE_AU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* Bytes: the format's 24 and an annotation, so that samples begin on a line of the cache. */
enum { AU_HEADER = 64 };

enum au_encoding { AU_PCMU = 1, AU_LINEAR16 = 3, AU_PCMA = 27 }; /* The format's own numbers. */

void au_write_header(uint8_t out[AU_HEADER], enum au_encoding encoding, uint32_t sample_rate,
                     uint32_t channels);

struct au {
    enum au_encoding encoding;
    uint32_t sample_rate, channels;
    uint32_t offset; /* Of the sound in the file. */
};

/* The beginning of a file, AU_HEADER bytes at least. False when it is none, or of another encoding.
 */
MUST_USE bool au_read_header(const uint8_t *bytes, uint32_t size, struct au *out);

#endif
