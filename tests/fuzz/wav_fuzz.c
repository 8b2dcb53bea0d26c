// SPDX-License-Identifier: Apache-2.0
/* wav_fuzz.c - any bytes as a sound file; every sample said to be there is read. */
#include "wire/wav.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int16_t samples[100];
    struct wav wav;

    if (!wav_read(bytes, size, &wav))
        return 0;
    assert(wav.data >= bytes && wav.channels > 0);
    for (uint16_t channel = 0; channel < wav.channels; channel++) {
        uint32_t first = 0, count;
        while ((count = wav_samples(&wav, channel, first, samples, 100)) > 0)
            first += count;
        assert(first == wav.frames);
    }
    return 0;
}
