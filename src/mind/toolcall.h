// SPDX-License-Identifier: Apache-2.0
/* toolcall.h - TOOL_CALL: an agent's tool over HTTP or of a server of tools, called once.
 *
 * Arguments are held to the tool's schema first (vendor/jsonschema.h); what does not fit is refused
 * without a call. Exactly one TOOL_DONE a call. Keys and headers go from the plan to the wire and
 * nowhere else. Calls of calls that have ended go on: what acts must not be left half-done.
 * Threads: the mind's. */
#ifndef MIND_TOOLCALL_H
#define MIND_TOOLCALL_H

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/plan.h"
#include "mind/errand.h"
#include "mind/toolbox.h"

struct toolcall;

MUST_USE int toolcall_open(struct toolcall **out, struct net *net, struct mailbox *events);
void toolcall_close(
    struct toolcall *toolcall); /* Waits for what is under way, each its time limit. */

/* plan and toolbox: of the command's slot; NULL: it is gone. */
void toolcall_obey(struct toolcall *toolcall, const struct command *command,
                   const struct plan *plan, struct toolbox *toolbox);

/* Where errands send their notes, and the oldest of them: false when there is none. The slot's
 * toolbox gets what toolcall_hear() was given (a server's new session). */
struct mailbox *toolcall_notes(struct toolcall *toolcall);
MUST_USE bool toolcall_take(struct toolcall *toolcall, struct errand_note *out);
void toolcall_hear(struct toolcall *toolcall, const struct errand_note *note,
                   const struct plan *plan, struct toolbox *toolbox);

/* Begins an errand that is no tool's: its note comes with the others. */
MUST_USE enum net_result toolcall_errand(struct toolcall *toolcall, const struct errand_wish *wish);

/* The headers of a tool: its own, its token, and what is sent with a body. Views of the plan but
 * for the token, which is put into `bearer`. Returns how many. */
uint32_t toolcall_headers(const struct plan_tool *tool, struct text key, struct text_buffer *bearer,
                          struct net_header out[ERRAND_HEADERS]);

#endif
