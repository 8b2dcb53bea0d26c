// SPDX-License-Identifier: Apache-2.0
/* law.h - G.711 on the media thread: the samples of base/g711.h, by codec, in half the time where
 * the processor has AVX2. Any codec but PCMA is mu-law. Pure; 160 samples 20 to 40 ns. */
#ifndef MEDIA_LAW_H
#define MEDIA_LAW_H

#include <stdint.h>

#include "core/plan.h"

void law_encode(enum codec codec, const int16_t *restrict linear, uint8_t *restrict out,
                uint32_t count);
void law_decode(enum codec codec, const uint8_t *restrict coded, int16_t *restrict out,
                uint32_t count);

#endif
