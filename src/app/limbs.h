// SPDX-License-Identifier: Apache-2.0
/* limbs.h - the five limbs and what they share, opened and closed in order.
 *
 * limbs_open() before the plan is prepared; limbs_listen(), which begins to take calls, after.
 * Errors are logged with their cure. limbs_close() undoes what was opened, also when opening failed
 * half-way. Threads: open and close from one; limbs_post() from the core's loop only. */
#ifndef APP_LIMBS_H
#define APP_LIMBS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "base/attr.h"
#include "base/clip.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "base/vault.h"
#include "core/command.h"
#include "media/media.h"
#include "mind/mind.h"
#include "sip/sip.h"
#include "speech/speech.h"
#include "store/store.h"

struct limbs {
    struct ring_pool *rings;
    struct clip_table *clips;
    struct vault *vault;
    struct net *net; /* All connections to providers. */
    struct store *store;
    struct media *media;
    struct speech *speech;
    struct mind *mind;
    struct sip *sip;
    char cache[1024];
    const char *ca_file; /* As at the start: a reload cannot change it. */
    uint64_t lost; /* Commands that a limb took for dead could not be given. */
};

/* Everything but the signalling. The config's strings must outlive the limbs. */
MUST_USE bool limbs_open(struct limbs *limbs, const struct config *config, struct mailbox *events);
/* Whether the listeners' addresses are free: told before the long work of a start. */
MUST_USE bool limbs_try(const struct config *config);
/* The signalling: calls come from here on. `program` is started again as its worker. */
MUST_USE bool limbs_listen(struct limbs *limbs, const struct config *config, const char *program,
                           struct mailbox *events);
void limbs_close(struct limbs *limbs);

/* Gives the command to its limb. Waits while the limb's mailbox is full: for ever for the store,
 * whose account may not be lost; for two seconds for others, then counts and logs. */
void limbs_post(struct limbs *limbs, const struct command *command);

/* Makes every limb ready for the plan in this slot; seconds. False, logged, when one cannot. */
MUST_USE bool limbs_prepare(struct limbs *limbs, uint32_t slot, const struct plan *plan);

/* What changes while it runs and belongs to no plan: the limits of signalling. */
void limbs_reload(struct limbs *limbs, const struct config *config);
void limbs_forget(struct limbs *limbs, uint32_t slot);

#endif
