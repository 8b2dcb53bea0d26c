// SPDX-License-Identifier: Apache-2.0
/* verdict.h - from probabilities of speech to an opinion of what the gate let through. Pure.
 *
 * An opening is what lies between two silences of the gate. It is speech as soon as two windows say
 * so (a higher bar while the agent speaks, whose echo is speech too), and stays it: people pause.
 * It is not speech when that has not happened after 300 ms of the agent speaking, after 500 ms of
 * its silence (where nothing is urgent and weak beginnings count), or when the gate closes before.
 */
#ifndef SPEECH_VERDICT_H
#define SPEECH_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ring.h"

enum { VERDICT_WINDOW_MS = 32 };

enum opinion { OPINION_NONE, OPINION_SPEECH, OPINION_NOISE };

struct verdict {
    bool open;
    enum opinion opinion;
    uint32_t open_ms;  /* Since the gate opened. */
    uint32_t quiet_ms; /* Since the gate closed, while the opening lasts. */
    uint32_t speech_ms;
    uint64_t last_ms; /* When the last window of speech ended; 0 for none. */
    uint16_t probability_permille, highest_permille;
};

/* From the gate's opening until 100 ms behind its closing. */
bool verdict_is_open(const struct verdict *verdict);

/* True while the careful detector should hear: an opening that is not known as speech yet. */
bool verdict_wants(const struct verdict *verdict);

/* One frame, and the windows it completed (0 or 1) with their probability. True when there is a new
 * opinion to post. */
bool verdict_frame(struct verdict *verdict, const struct audio_frame *frame, bool window,
                   uint16_t probability_permille);

#endif
