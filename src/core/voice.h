// SPDX-License-Identifier: Apache-2.0
/* voice.h - the caller's voice, before it is words: interruptions, and the beginning of turns.
 *
 * Barge-in is in two steps: the voice pauses the agent at once; evidence (words, or the careful
 * detector) within manners.barge_in_decide_ms gives the caller the floor with the agent's words
 * held, or the agent goes on where it stopped. See docs/decisions/barge-in-in-two-steps.md. */
#ifndef CORE_VOICE_H
#define CORE_VOICE_H

#include "core/state.h"

void voice_edge(struct step *step, struct call *call);    /* MEDIA_VOICE */
void voice_verdict(struct step *step, struct call *call); /* SPEECH_VERDICT */
void voice_partial(struct step *step, struct call *call); /* SPEECH_PARTIAL */
void voice_evidence_due(struct step *step, struct call *call);

#endif
