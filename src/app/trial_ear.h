// SPDX-License-Identifier: Apache-2.0
/* trial_ear.h - a recogniser over the network, told what an embedded voice says; and one that
 * answers by itself.
 *
 * A speech limb of its own without agents, one leg, sound at the speed of a telephone: what is
 * measured is what a caller would have. Blocks for as long as the words take, and its answer. */
#ifndef APP_TRIAL_EAR_H
#define APP_TRIAL_EAR_H

#include "app/trial.h"

/* first_ms: from the first sound to the first words; total_ms: from the end of the turn to the
 * last. */
void trial_ear(const struct plan *plan, const char *ca_file, uint32_t provider, struct text words,
               struct trial_result *out);

/* One that converses: the same, and it answers. first_ms: from the end of the turn to the first
 * sound; total_ms: to the end of what it says; the text is what it said. */
void trial_whole(const struct plan *plan, const char *ca_file, uint32_t provider,
                 struct text words, struct trial_result *out);

#endif
