// SPDX-License-Identifier: Apache-2.0
/* listening.h - how much a short sound is like one of listening ("mm-hm", "okay") or none at all (a
 * cough, a laugh, a click), by its sound alone: no recogniser, no language model.
 *
 * A small network over the first 1.2 s, its numbers fitted by tests/bench/listening_fit.py. Order:
 * listening_begin(), listening_frame() for each frame from LISTENING_BEFORE ahead of the gate's
 * opening on, listening_odds() at any time. 5 KB; a frame costs a transform (timbre.h), the odds
 * 0.11 million multiplications. Pure, one thread at a time. */
#ifndef SPEECH_LISTENING_H
#define SPEECH_LISTENING_H

#include <stdint.h>

#include "base/half.h"
#include "base/ring.h"
#include "speech/timbre.h"

enum { LISTENING_FRAMES = 60, LISTENING_BEFORE = 5, LISTENING_EVEN = 1000 };

struct listening {
    struct timbre timbre;
    struct half_down narrowing; /* Of a wideband caller. */
    uint32_t count;
    float bands[LISTENING_FRAMES][TIMBRE_BANDS];
};

void listening_begin(struct listening *listening);
/* Those after LISTENING_FRAMES do not count. */
void listening_frame(struct listening *listening, const struct audio_frame *frame);

/* LISTENING_EVEN and so many hundredths of the log odds more, 1 to 1,999; 0: too little was heard.
 */
uint16_t listening_odds(const struct listening *listening);

#endif
