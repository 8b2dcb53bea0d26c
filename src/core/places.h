// SPDX-License-Identifier: Apache-2.0
/* places.h - what a call occupies: its slot, its leg, its dialog's entry, its ring, its trunk's
 * count, its plan. Taken and put back together. */
#ifndef CORE_PLACES_H
#define CORE_PLACES_H

#include "core/state.h"

/* A zeroed call with its leg, bound to the dialog (0: none yet) and to the plan of now. NULL: none
 * is free. */
MUST_USE struct call *places_take_call(struct core *core, uint32_t dialog);

/* A zeroed second leg for the call: of the spare slots, and on the media thread of the leg it will
 * be bridged to. NULL: none is free. */
MUST_USE struct leg *places_take_leg(struct core *core, struct call *call,
                                     const struct leg *beside);
/* Gives a leg's slot back, first or spare. */
void places_put_leg(struct core *core, struct leg *leg);
/* The leg counts for the trunk until it is put back; -1: for none. */
void places_count_trunk(struct core *core, const struct call *call, struct leg *leg, int16_t trunk);
void places_bind(struct core *core, struct leg *leg, uint32_t dialog);

/* Gives everything back; PLAN_DROP when it was the last call of an old plan. */
void places_put_call(struct step *step, struct call *call);

void places_put_ring(struct core *core, struct call *call);
/* A ring, shallow when the agent has providers that listen; else deep, with a recogniser's place.
 * False: none is free. */
MUST_USE bool places_take_ring(struct core *core, struct call *call, int16_t agent);
/* Beside the agents' ears, of the rings for a provider (`outside`) or of the embedded places: out of
 * half of them, or, `briefly`, of all but the last. Its index + 1 with a new epoch (core->epoch); 0:
 * none is free. */
uint16_t places_lend_ring(struct core *core, const struct plan *plan, bool outside, bool briefly);
void places_return_ring(struct core *core, uint16_t ring);
bool places_ring_free(const struct core *core, const struct plan *plan, int16_t agent);

/* The leg of a dialog; NULL when it has none (refused, or gone). */
struct leg *places_of_dialog(struct core *core, uint32_t dialog);
void places_forget_dialog(struct core *core, uint32_t dialog);

/* NULL: no call has this reference. */
struct call *places_call_named(struct core *core, struct text ref);

/* The arrays that follow struct core in its block. */
struct slot_link *places_call_links(const struct core *core);
struct slot_link *places_leg_links(const struct core *core);
struct call *places_calls(const struct core *core);
struct leg *places_legs(const struct core *core);
struct dialog_entry *places_dialogs(const struct core *core);

/* Drops the plan in the slot if it is neither used nor the present one. */
void places_drop_plan(struct step *step, uint32_t slot);

#endif
