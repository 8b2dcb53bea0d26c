// SPDX-License-Identifier: Apache-2.0
/* music_clip.h - a path made into a clip that goes round, with its frames of every codec.
 *
 * Blocks for as long as decoding and encoding take: some 4 ms a second of music. Any thread. */
#ifndef SPEECH_MUSIC_CLIP_H
#define SPEECH_MUSIC_CLIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/text.h"
#include "speech/music.h"

/* The files behind a path, a folder's in the order of their names. */
struct music_files {
    uint32_t count;
    char (*names)[256]; /* To be freed. */
};
MUST_USE bool music_files(const char *path, struct music_files *out);

/* Of names, sizes and times of all files: another one when any of it changed. 0: there is none. */
uint64_t music_stamp(const char *path);

/* Told what cannot be read, or is cut. */
typedef void music_tell(void *context, const char *file, const char *why);

/* A finished clip with one reference; 0: none of it was good, or there is no room. `bytes`: what it
 * takes. */
uint32_t music_clip(struct clip_table *clips, const char *path, music_tell *tell, void *context,
                    uint64_t *bytes);

/* Two soft notes, to be played again and again. */
uint32_t music_chime(struct clip_table *clips);

/* "Speak now." */
uint32_t music_beep(struct clip_table *clips);

#endif
