// SPDX-License-Identifier: Apache-2.0
/* live.h - the calls that are up, as seen in the account's commands; and the server's figures.
 *
 * A table by call slot, so that taking a command costs the same however many calls there are. Owned
 * by control's thread. */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include <jansson.h>

#include "app/limbs.h"
#include "core/command.h"

struct live;

struct live *live_new(uint32_t max_calls);
void live_free(struct live *live);

/* A STORE_* command. */
void live_take(struct live *live, const struct command *command);
/* The loop's figures, as they lie in its message. */
void live_figures(struct live *live, const void *figures);
/* The same of a struct queue_row. */
void live_queue_row(struct live *live, const void *row);
json_t *live_queues(const struct live *live);
/* The same of a struct slo_row. */
void live_slo_row(struct live *live, const void *row);

/* The same of a struct provider_row, and of a struct chain_row. */
void live_provider_row(struct live *live, const void *row);
void live_chain_row(struct live *live, const void *row);

/* True for the reference of a call that is up. */
bool live_has(const struct live *live, const char *ref);

/* {"calls": [...]}, {"endpoints": ..., "late_ticks": ...}, {"core": {...}, "sip": {...}, ...}: new
 * references. */
json_t *live_calls(const struct live *live, uint64_t wall_ms);
json_t *live_media(struct limbs *limbs);
json_t *live_trunks(const struct live *live);                   /* {"trunks": [...]} */
json_t *live_phones(const struct live *live, uint64_t wall_ms); /* Those registered now. */
json_t *live_operators(const struct live *live);                /* {"operators": [...]} */
/* True for an operator of the configuration. */
bool live_has_operator(const struct live *live, const char *name);
json_t *live_slo(const struct live *live);                      /* {"slo": [...]}: slo_show.h */
/* {"providers": [...], "chains": [...]}: provider_show.h, with the connections kept open. */
json_t *live_providers(const struct live *live, struct limbs *limbs);
json_t *live_status(const struct live *live, struct limbs *limbs);

#endif
