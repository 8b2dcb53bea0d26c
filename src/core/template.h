// SPDX-License-Identifier: Apache-2.0
/* template.h - an agent's words with what is known of the call put in.
 *
 * {name} is replaced; a part in [square brackets] with a name that is unknown or empty is left out
 * whole; outside brackets an unknown name leaves nothing. Brackets do not nest. Pure, one pass. */
#ifndef CORE_TEMPLATE_H
#define CORE_TEMPLATE_H

#include "base/text.h"
#include "core/plan.h"
#include "core/state.h"

/* What a template may name, besides the entities. */
struct template_values {
    const struct context *context;
    const struct plan_agent *agent; /* Whose choices and keys. */
    struct text agent_label;        /* {agent}: the one handed over to, else the speaker. */
    struct text intent_label;       /* {intent}: pending or last. */
    struct text key;
    struct text number; /* As it is spoken. */
    struct text first, second, when; /* Times of a callback: core/appointment.h. */
    struct text queue, position, wait, offers; /* Of a queue's words. */
};

void template_render(struct text words, const struct template_values *values,
                     struct text_buffer *out);

#endif
