// SPDX-License-Identifier: Apache-2.0
/* phones.h - where the operators' telephones are: the registrar's decisions (RFC 3261 10.3).
 *
 * A telephone registers itself only: who proved to be alice may say where alice is. Times are
 * bounded, 423 below PHONES_LEAST_S; a sixth place of one user takes the place of the one that ends
 * first, since a telephone that restarts behind NAT comes from a new port each time. A binding is
 * acknowledged when it is durable, and survives a restart. Signalling keeps the way to each open and
 * says when it answers no more (SIP_WATCH). Bindings end by the clock, looked at
 * when they are asked for. */
#ifndef CORE_PHONES_H
#define CORE_PHONES_H

#include "core/state.h"

enum {
    PHONES_LEAST_S = 60,
    PHONES_MOST_S = 3600,
    PHONES_CONTACTS = 5,   /* Of one user. */
    PHONES_WAIT_MS = 10000 /* An answer of the store that is later than this is not waited for. */
};

void phones_register(struct step *step); /* SIP_REGISTER */
void phones_bound(struct step *step);    /* STORE_BOUND */
void phones_known(struct step *step);    /* STORE_PHONE_KNOWN */
void phones_heard(struct step *step);    /* SIP_PHONE */

/* Another plan is in use: those that are there may have to be asked more often, or less. `old`: as
 * core->plan_now was. */
void phones_plan(struct step *step, int8_t old);

/* Who of the plan's users is meant by "alice", or by "sip:alice@HOST" where HOST is the realm or an
 * address of ours; empty: nobody. `only`: the trunk that the call must take, -1: any. */
struct text phones_meant(const struct plan *plan, struct text target, int16_t only);

/* "sip:alice@[2001:db8::7]:5060;transport=tcp" -> "alice", "2001:db8::7". */
struct text phones_split(struct text uri, struct text *host);

/* Where the user registered last, but before the place with this serial (0: at all); NULL: nowhere.
 * Places that answer no more are passed over. For SIP_DIAL: its contact as `uri`, its source as
 * `route`. */
const struct binding *phones_next(const struct core *core, struct text user, uint64_t wall_ms,
                                  uint32_t before);
/* It is registered somewhere, and answers no more. */
bool phones_silent(const struct core *core, struct text user, uint64_t wall_ms);

#endif
