// SPDX-License-Identifier: Apache-2.0
/* inquiry.h - LOOKUP_ASKED: who a caller is, asked over HTTP within a budget, kept a while.
 *
 * Patterns: vendor/fill.h over {"caller", "called"}; the answer is JSON, and facts are what the
 * plan's paths lead to in it (vendor/pick.h). Exactly one LOOKUP_DONE an asking, at the latest when
 * the budget ends. What is kept (1,024 numbers, a later one in the place of an earlier) is its
 * plan's, and goes with it. Threads: the mind's. */
#ifndef MIND_INQUIRY_H
#define MIND_INQUIRY_H

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/plan.h"
#include "mind/errand.h"
#include "mind/toolcall.h"

struct inquiry;

MUST_USE int inquiry_open(struct inquiry **out, struct toolcall *toolcall, struct mailbox *events);
void inquiry_close(struct inquiry *inquiry); /* NULL is nothing. */

/* plan: of the command's slot; NULL: it is gone. */
void inquiry_obey(struct inquiry *inquiry, const struct command *command, const struct plan *plan);
/* The note of an ERRAND_LOOKUP. plan: as above. Takes note->tools over. */
void inquiry_hear(struct inquiry *inquiry, const struct errand_note *note, const struct plan *plan);
void inquiry_forget(struct inquiry *inquiry, uint32_t slot); /* What is kept of a plan. */

/* The facts in an answer, as "key=value\n" lines. Pure. */
void inquiry_facts(const struct plan_lookup *lookup, const json_t *answer, struct text_buffer *out);

#endif
