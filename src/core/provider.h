// SPDX-License-Identifier: Apache-2.0
/* provider.h - the health of each provider, and which of a chain is asked next.
 *
 * A pool (core/pool.h) a name, kept over reloads. What happens in calls is told by those who see it
 * (provider_outcome); probes and kept connections by PROVIDER_FACT. A provider that was slow, or
 * is avoided (core/enforce.h), is passed over while another of the chain is well. Changes are told to the account
 * (STORE_PROVIDER). Providers are given and returned as indices of the call's plan; -1 is embedded,
 * which is always well. */
#ifndef CORE_PROVIDER_H
#define CORE_PROVIDER_H

#include "core/core.h"
#include "core/state.h"

enum { PROVIDER_SLOW_FOR_MS = 30000 };

/* A new plan in this slot: providers keep what is known of them by their names. */
void provider_plan(struct step *step, uint32_t slot);
void provider_fact(struct step *step); /* PROVIDER_FACT */

/* The first of the chain that may be used, is not full, and whose position's bit is not in `tried`;
 * -1 when there is none. *at is its position (count for none). Takes a trial when it is one. */
int16_t provider_pick(struct step *step, const struct call *call, const struct plan_chain *chain,
                      uint32_t tried, uint8_t *at);

/* Whether provider_pick() would find one now. */
bool provider_any(const struct step *step, const struct call *call, const struct plan_chain *chain);

/* What came of asking it in a call. ms: to its first word; 0: not known. */
void provider_outcome(struct step *step, const struct call *call, int16_t provider,
                      enum provider_fact what, uint32_t ms, struct text why);

/* It failed, and said for how long it wants to be left alone; 0: it did not. */
void provider_rests(struct step *step, const struct call *call, int16_t provider, uint32_t seconds,
                    struct text why);

/* One session more or less with it, for max-sessions. */
void provider_enter(struct core *core, const struct call *call, int16_t provider);
void provider_leave(struct core *core, const struct call *call, int16_t provider);

/* Whether half of what it has sessions for is free: for what is less than a caller with an agent. */
bool provider_half_free(struct core *core, const struct call *call, int16_t provider);

/* core_provider() and core_chain() */
bool provider_row(const struct core *core, uint32_t index, uint64_t now_ms,
                  struct provider_row *out);
bool provider_chain_row(const struct core *core, uint32_t index, struct chain_row *out);

/* For the account: its name, or "embedded". */
struct text provider_name(const struct core *core, const struct call *call, int16_t provider);

#endif
