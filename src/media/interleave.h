// SPDX-License-Identifier: Apache-2.0
/* interleave.h - two channels of bytes into one stream, past the processor's cache.
 *
 * What is captured is read again half a second later and by another thread: written the usual way,
 * each line of it is first fetched from memory, for 80 % of what capture cost the tick, and pushes
 * out what the tick needs. Pure; 160 samples 20 ns. */
#ifndef MEDIA_INTERLEAVE_H
#define MEDIA_INTERLEAVE_H

#include <stdint.h>

/* left[0], right[0], left[1] ...: 2 * count bytes into out, which is aligned to 64; count is a
 * multiple of 32. */
void interleave(const uint8_t *restrict left, const uint8_t *restrict right, uint8_t *restrict out,
                uint32_t count);

/* Before another thread is told of what was written. */
void interleave_done(void);

#endif
