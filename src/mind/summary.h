// SPDX-License-Identifier: Apache-2.0
/* summary.h - one sentence about a caller's turn, in the third person, for whoever takes over.
 *
 * "A frustrated caller asks about billing (invoice 4512, $25, last tuesday) and has called 2 times
 * before." Says only what was understood. Pure. */
#ifndef MIND_SUMMARY_H
#define MIND_SUMMARY_H

#include "core/event.h"
#include "core/plan.h"
#include "mind/entities.h"

/* `intent` may be NULL: not understood. */
void summary_of(const struct plan_intent *intent, enum sentiment sentiment,
                const struct entities *entities, struct text_buffer *out);

#endif
