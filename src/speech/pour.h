// SPDX-License-Identifier: Apache-2.0
/* pour.h - what a vendor sends, as it comes, into a clip: decoded, brought to the clip's rate, its
 * leading silence cut and its pauses shortened as an embedded voice's are (speech/trim.h).
 *
 * Owned by one utterance, on one thread at a time; 18 KB, of which 16 are used as there is silence
 * in it, and a resampler for rates that are rare. Order: pour_init(), pour_put() at will,
 * pour_end() once when the sound is whole, pour_release(). The clip is the caller's, who finishes
 * it. Cost: 4,000 instructions a frame at the clip's own rate, 11,000 from 24 kHz to 8, 57,000
 * between others. */
#ifndef SPEECH_POUR_H
#define SPEECH_POUR_H

#include <speex/speex_resampler.h>

#include "base/clip.h"
#include "base/third.h"
#include "speech/trim.h"
#include "vendor/tts_sound.h"

enum pour_result {
    POUR_OK,
    POUR_STRANGE, /* It is no sound, or of no form that we know. */
    POUR_FULL,    /* The clip is as long as it may be. */
    POUR_NO_MEMORY
};

struct pour {
    struct clip_table *clips;
    uint32_t clip;
    struct tts_sound sound;
    SpeexResamplerState *resampler; /* NULL: the sound has the clip's rate, or is not known yet, */
    bool thirds;                    /* or goes through `third`. */
    bool known;                     /* Its rate. */
    bool plain;    /* Set after pour_init(): as it comes, nothing is cut or shortened. */
    uint32_t size; /* Samples of 8 kHz in the clip. */
    enum pour_result result;
    struct third third;
    struct trim trim;
};

void pour_init(struct pour *pour, struct clip_table *clips, uint32_t clip, struct tts_form form,
               bool wide);

/* Anything but POUR_OK stays so. */
enum pour_result pour_put(struct pour *pour, const uint8_t *bytes, size_t size);
enum pour_result pour_end(struct pour *pour);
void pour_release(struct pour *pour);

static inline uint32_t pour_ms(const struct pour *pour)
{
    return pour->size / 8;
}

#endif
