// SPDX-License-Identifier: Apache-2.0
/* tape.h - a raw capture made into what people play: WAV, or Opus in Ogg (RFC 7845).
 *
 * The new file grows under a name of its own beside the raw one, is written through to the disk,
 * then takes its name, and only then the raw one goes: at any instant one of both is whole, and
 * doing it again gives the same. Any thread; blocks on the disk. */
#ifndef MEDIA_TAPE_H
#define MEDIA_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "media/media.h"

enum { TAPE_FILE = MAX_NAME + 16 }; /* A file's name with its ending. */

enum tape_result {
    TAPE_DONE,
    TAPE_LATER,   /* The disk is full or fails: the raw file is as it was. */
    TAPE_STOPPED, /* go_on() said so; the same. */
    TAPE_BAD      /* It is no capture; it was put aside as NAME.au.bad. */
};

struct tape {
    const char *directory, *name; /* NAME.au becomes NAME.wav or NAME.opus. */
    enum capture_format format;   /* Not CAPTURE_RAW. */
    bool (*go_on)(void *context, uint32_t percent);
    void *context;
    char file[TAPE_FILE]; /* What came of it, */
    uint64_t bytes;       /* and its size. */
};

enum tape_result tape_finish(struct tape *tape);

#endif
