// SPDX-License-Identifier: Apache-2.0
/* session.h - session timers (RFC 4028): who refreshes, how often, and when a session has died.
 *
 * Pure decisions; core/leg.c arms TIMER_SESSION by them. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event.h"
#include "core/plan.h"
#include "core/state.h"

/* What an INVITE, re-INVITE or UPDATE says of session timers. */
struct session_ask {
    uint32_t expires_s, min_se_s;
    enum session_refresher refresher;
    bool supported;
};

/* Agrees as UAS. False: the interval asked is under our minimum, answer 422 with Min-SE. */
bool session_agree(const struct plan *plan, const struct session_ask *ask, struct session *out,
                   enum session_refresher *answer);

/* When TIMER_SESSION fires next: half the interval for a refresh; expiry as RFC 4028 section 10
 * says. */
uint64_t session_next_ms(const struct session *session, uint64_t now_ms);

#endif
