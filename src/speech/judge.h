// SPDX-License-Identifier: Apache-2.0
/* judge.h - the careful voice detector, for what the cheap gate lets through.
 *
 * Silero's network when its model and the runtime are there: no false openings on hold music and
 * tones, 80 us a window. Else WebRTC's detector when Debian's library has it: 2 us, and fooled by
 * music. Else none, and nobody has an opinion. One judge a thread; one hearing a leg. */
#ifndef SPEECH_JUDGE_H
#define SPEECH_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "speech/onnx.h"

enum judge_kind { JUDGE_NONE, JUDGE_WEBRTC, JUDGE_SILERO };

enum { JUDGE_WINDOW = 256, JUDGE_CONTEXT = 32 }; /* Samples at 8 kHz. */

struct judge;

/* Takes the best there is; logs what it took. NULL paths: do without Silero. 0 or -ENOMEM. */
MUST_USE int judge_open(struct judge **out, const char *model, const char *runtime);
void judge_close(struct judge *judge);
enum judge_kind judge_kind(const struct judge *judge);

/* What a leg's detector remembers. */
struct hearing {
    float samples[JUDGE_CONTEXT + JUDGE_WINDOW];
    uint32_t count; /* Of the window being filled. */
    float state[ONNX_STATE];
    void *webrtc;
};

/* Begins afresh; keeps what was allocated. A zeroed hearing is fresh. */
void judge_begin(struct judge *judge, struct hearing *hearing);
void judge_release(struct judge *judge, struct hearing *hearing);

/* Hears a frame of 160. True when a window is complete, with its probability of speech. */
MUST_USE bool judge_hear(struct judge *judge, struct hearing *hearing, const int16_t *samples,
                         uint16_t *probability_permille);

#endif
