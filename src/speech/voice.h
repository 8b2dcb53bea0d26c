// SPDX-License-Identifier: Apache-2.0
/* voice.h - what a voice must be able to do: text in, sound out in pieces, stoppable between them.
 *
 * One row a voice, embedded or over a network; voice_find() knows them all. speak() blocks its
 * thread and hands on linear sound as it is made; the sink answers false to stop, within one
 * piece. Text comes as it is to be said (speech/say.h has spelled it out), a sentence or a few.
 * Voices hold no state between calls and may be used from several threads at once. */
#ifndef SPEECH_VOICE_H
#define SPEECH_VOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* Takes a piece of sound, 1 to some thousand samples of the rate that it names. False: no more,
 * please. */
struct voice_sink {
    bool (*put)(void *context, const int16_t *samples, uint32_t count);
    void *context;
    uint32_t rate; /* 8,000 or 16,000. */
};

struct voice {
    const char *name;
    /* 0 also when the sink stopped it; -errno when no sound could be made. */
    int (*speak)(const struct voice *voice, const char *words, const struct voice_sink *sink);
    const void *own; /* The provider's. */
};

/* NULL when there is no such voice. An empty name is the default voice. */
const struct voice *voice_find(struct text name);

/* "slt, rms, ...": for error messages. */
struct text voice_names(void);

/* Loads what the embedded voices need; idempotent. Once, before any thread speaks. 0 or -errno. */
MUST_USE int voice_open(void);

/* The embedded provider. */
extern const struct voice voice_flite_rows[];
extern const uint32_t voice_flite_count;
MUST_USE int voice_flite_open(void);

#endif
