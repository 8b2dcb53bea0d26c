// SPDX-License-Identifier: Apache-2.0
/* music.h - what callers who wait are played: files of the configuration, or a chime of our own.
 *
 * A thread of its own decodes each file once, makes its frames of every codec once, and answers
 * SPEECH_SAY with the voice "music", whose text is a path: a file, or a folder whose files are
 * played one after the other in the order of their names (MUSIC_FILES_MOST, together as long as one
 * may be); "chime"; or "beep", which is over after 0.4 s. All legs hear the same clip, from its
 * beginning, round and round. Who asks for a file that is not there or not good, or empty text,
 * gets the chime; why is logged. With leg 0 nobody asks: the file is looked at, and read again if
 * it is another since. Memory: 75 KB a second of music, MUSIC_BYTES_MOST in all; what has not been
 * asked for the longest goes first, from the list: who hears it goes on. */
#ifndef SPEECH_MUSIC_H
#define SPEECH_MUSIC_H

#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/mailbox.h"
#include "base/text.h"
#include "speech/music_file.h"

enum {
    MUSIC_LISTS = 64,
    MUSIC_FILES_MOST = 64,
    MUSIC_BYTES_MOST = 256 << 20,
    MUSIC_FAULTS_MOST = 8
};

struct music;

/* Starts the thread. 0 or -errno. */
MUST_USE int music_start(struct music **out, struct clip_table *clips, struct mailbox *events);
void music_stop(struct music *music);

/* SPEECH_SAY, packed, and NOTE_END. */
struct mailbox *music_mailbox(struct music *music);

/* Looks at the path now. */
void music_prime(struct music *music, struct text path);

/* For `offhook check`: what is wrong with this path, one line a file, at most MUSIC_FAULTS_MOST.
 * Returns how many. Decodes everything; any thread. */
struct music_fault {
    char file[256], why[MUSIC_WHY];
};
uint32_t music_check(const char *path, struct music_fault faults[MUSIC_FAULTS_MOST]);

#endif
