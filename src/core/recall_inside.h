// SPDX-License-Identifier: Apache-2.0
/* recall_inside.h - what core/recall.h and core/standing.h share, and nobody else needs. */
#ifndef CORE_RECALL_INSIDE_H
#define CORE_RECALL_INSIDE_H

#include "core/recall.h"

/* The plan of now; NULL: there is none yet. */
const struct plan *recall_plan(const struct core *core);
/* STORE_TASK, of no call. */
struct command *recall_write(struct step *step, const struct callback *callback,
                             enum task_state state, struct text why);
/* It is over. */
void recall_end(struct step *step, struct callback *callback, enum task_state state,
                struct text why);
/* It waits for so long, and for the opening. */
void recall_put_off(struct step *step, struct callback *callback, uint64_t ms, struct text why);
/* An attempt came to nothing: the next one later, or none. */
void recall_failed(struct step *step, struct callback *callback, struct text why);
/* The house looks when something is due. */
void recall_wake(struct step *step);
/* CALL_PLACE, to be said again when it does not come back. */
struct command *recall_place(struct step *step, struct callback *callback);

#endif
