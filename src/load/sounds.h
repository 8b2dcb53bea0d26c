// SPDX-License-Identifier: Apache-2.0
/* sounds.h - what callers say, encoded once before the first call: from WAV files, or made here.
 *
 * Read only after sounds_open(), so threads share it. */
#ifndef LOAD_SOUNDS_H
#define LOAD_SOUNDS_H

#include "base/attr.h"
#include "load/codec.h"

enum {
    SOUNDS = 64,            /* Files of a directory, in the order of their names. */
    SOUNDS_FRAMES = 60 * 50 /* Of each; what is longer is cut. */
};

struct sounds {
    uint32_t count;
    uint32_t frames[SOUNDS];    /* Length of each, */
    uint32_t last_loud[SOUNDS]; /* and its last frame that can be heard. */
    uint8_t *bytes[SOUNDS];     /* frames of LOAD_FRAME_BYTES each, */
    uint16_t *sizes[SOUNDS];    /* as many of them used. */
    uint8_t quiet[LOAD_FRAME_BYTES];
    uint16_t quiet_size;
};

/* `path`: a WAV file, a directory, or NULL for sound made here. `turns`: cut to utterances, without
 * quiet at the beginning; else sound to be played round and round. 0, or -errno with why. */
MUST_USE int sounds_open(struct sounds *sounds, const char *path, bool turns,
                         const struct load_codec *codec, char *why, uint32_t why_size);
void sounds_close(struct sounds *sounds);

#endif
