// SPDX-License-Identifier: Apache-2.0
/* lines.h - what recognisers and voices alike copy of a provider in a plan. Any thread; bounded by
 * its arena, which the caller owns. */
#ifndef SPEECH_LINES_H
#define SPEECH_LINES_H

#include "base/arena.h"
#include "core/plan.h"

/* The vendor's own options as stt_ask and tts_ask want them: lines "name=value". */
struct text lines_of_options(struct arena *arena, const struct plan_provider *from);

/* Overwrites a key in an arena that is about to be freed; nothing when it is empty. */
void lines_wipe(struct text key);

#endif
