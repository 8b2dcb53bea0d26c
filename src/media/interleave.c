// SPDX-License-Identifier: Apache-2.0
/* interleave.c - with SSE2, which every x86-64 has, or a loop. */
#include "media/interleave.h"

#ifdef __SSE2__

#include <emmintrin.h>

void interleave(const uint8_t *restrict left, const uint8_t *restrict right, uint8_t *restrict out,
                uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 16) {
        __m128i l = _mm_loadu_si128((const void *)(left + i));
        __m128i r = _mm_loadu_si128((const void *)(right + i));
        _mm_stream_si128((void *)(out + 2 * i), _mm_unpacklo_epi8(l, r));
        _mm_stream_si128((void *)(out + 2 * i + 16), _mm_unpackhi_epi8(l, r));
    }
}

void interleave_done(void)
{
    _mm_sfence();
}

#else

void interleave(const uint8_t *restrict left, const uint8_t *restrict right, uint8_t *restrict out,
                uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        out[2 * i] = left[i];
        out[2 * i + 1] = right[i];
    }
}

void interleave_done(void)
{
}

#endif
