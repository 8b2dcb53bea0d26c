// SPDX-License-Identifier: Apache-2.0
/* agent_lm.h - the language models of a plan: what each agent's callers are likely to say.
 *
 * Made of the agent's examples and labels, answers that every caller gives, and the other agents'
 * examples at a third of the weight (callers change the subject); merged with everyday English;
 * kept in the cache directory under a hash of all that went in and of AGENT_LM_VERSION. Files
 * appear whole or not at all. One dictionary serves all agents of the plan. Blocks: a fifth of
 * a second for each new model. */
#ifndef SPEECH_AGENT_LM_H
#define SPEECH_AGENT_LM_H

#include <stdint.h>

#include "base/attr.h"
#include "core/plan.h"
#include "speech/note.h"

enum { AGENT_LM_VERSION = 4 }; /* Raise it when the same sentences make another model. */

struct agent_lm {
    char model[SPEECH_PATH], dictionary[SPEECH_PATH];
};

/* Fills out[0 .. plan->agent_count - 1]. Words that no dictionary has are logged. 0, or -errno with
 * why. */
MUST_USE int agent_lm_prepare(const struct plan *plan, const char *cache_dir, struct agent_lm *out,
                              char *why, uint32_t why_size);

#endif
