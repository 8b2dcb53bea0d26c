// SPDX-License-Identifier: Apache-2.0
/* enforce.h - what is done when turns are late: the plan's `slo`, kept.
 *
 * Every turn counts for its agent, and for the providers that served it: for who heard it by the
 * first partial, and for all by the round trip - late only for the one whose part took longest.
 * When the burn of the last five minutes and that of the last hour are above the plan's line, and
 * SLO_LEAST_TURNS tell so:
 *   - a provider is avoided: while another of a chain is well, that one is asked;
 *   - an agent whose answers are late all the same is served without providers, in new calls, as
 *     far as there are places for the embedded recogniser;
 *   - and if that does not help, its new calls are refused (503).
 * Only what came after the last step counts for the next. A step is taken back when it has lasted
 * SLO_HOLD_MS and, of an agent, the burn of the last five minutes is half the line or less (or there
 * were no turns); a provider is then tried again, whatever it did meanwhile; who is late again within an hour keeps it twice as long, up to SLO_LONGEST_HOLD_MS.
 * Each change is told (STORE_SLO), and what was counted every SLO_TOLD_MS (STORE_SLO_COUNT), so that
 * a restart forgets no budget that was spent. Cost: 2 us a turn. */
#ifndef CORE_ENFORCE_H
#define CORE_ENFORCE_H

#include "core/state.h"

enum {
    SLO_LEAST_TURNS = 30, /* Fewer say little: of 20, one late one is a burn of 1. */
    SLO_SETTLE_MS = 60000,
    SLO_HOLD_MS = 300000,
    SLO_LONGEST_HOLD_MS = 3600000
};

/* A turn, its STORE_LEDGER, and the agent that it was said to. waited_ms: since the caller's last word. */
void enforce_turn(struct step *step, const struct plan_agent *asked, const struct command *ledger,
                  uint64_t waited_ms);

/* STORE_SLO_KNOWN */
void enforce_known(struct step *step);

/* Takes steps back when it is time; once a second something, else nothing. */
void enforce_tend(struct step *step);

/* Whether others of a chain are to be asked before this provider of the plan. */
bool enforce_avoids(const struct core *core, const struct plan *plan, int16_t provider);
/* Whether a call that begins now with this agent goes without providers. */
bool enforce_at_home(const struct core *core, const struct plan *plan, int16_t agent);
/* Whether it is refused. */
bool enforce_refuses(const struct core *core, const struct plan *plan, int16_t agent);

/* core_slo() */
bool enforce_row(const struct core *core, uint32_t index, uint64_t now_ms, struct slo_row *out);

/* Its promises to itself. */
bool enforce_check(const struct core *core, struct text_buffer *why);

#endif
