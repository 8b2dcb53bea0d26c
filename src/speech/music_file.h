// SPDX-License-Identifier: Apache-2.0
/* music_file.h - a sound file made into what callers who wait can be sent.
 *
 * WAV, AIFF, FLAC, Ogg (Vorbis, Opus) and MP3, read by libsndfile; channels are added up, the level
 * is brought to MUSIC_LEVEL_DB (over what is not a pause; no peak above -3 dBFS, no more than 20 dB
 * louder), the rate to 16 kHz. The file is taken for a circle: what is resampled at its end knows
 * its beginning, and the length is stretched by less than 10 ms to whole frames, so that it can be
 * played round and round without a seam. Blocks; any thread; some 40 bytes a sample for the while.
 */
#ifndef SPEECH_MUSIC_FILE_H
#define SPEECH_MUSIC_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    MUSIC_LONGEST_S = 300, /* Of a file; the rest is left out. */
    MUSIC_RATE = 16000,
    MUSIC_FRAME = MUSIC_RATE / 50,
    MUSIC_LEVEL_DB = -24,
    MUSIC_WHY = 128
};

struct music_sound {
    int16_t *samples; /* To be freed. */
    uint32_t count;   /* A multiple of MUSIC_FRAME; */
    bool cut;         /* the file goes on. */
};

/* False, with the reason in words: "it is no sound file that we can read (...)". */
MUST_USE bool music_read(const char *path, struct music_sound *out, char why[MUSIC_WHY]);

#endif
