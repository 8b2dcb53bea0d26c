// SPDX-License-Identifier: Apache-2.0
/* g711.h - ITU-T G.711, mu-law and A-law, computed and not tabled so that the compiler vectorises
 * it.
 *
 * Linear is 16 bits, as in the Recommendation's companion G.191 after scaling. Pure; a frame of 160
 * costs 0.1 us or less either way. In and out may not overlap. */
#ifndef BASE_G711_H
#define BASE_G711_H

#include <stdint.h>

enum { G711_ULAW_SILENCE = 0xFF, G711_ALAW_SILENCE = 0xD5 };

void g711_ulaw_encode(const int16_t *linear, uint8_t *out, uint32_t count);
void g711_ulaw_decode(const uint8_t *ulaw, int16_t *out, uint32_t count);
void g711_alaw_encode(const int16_t *linear, uint8_t *out, uint32_t count);
void g711_alaw_decode(const uint8_t *alaw, int16_t *out, uint32_t count);

#endif
