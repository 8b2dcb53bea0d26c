// SPDX-License-Identifier: Apache-2.0
/* admission.h - whether a new call is taken, and the truthful answer when it is not.
 *
 * A media thread that does not keep time says so each second (MEDIA_LATE), and for a while after each
 * such word no call is taken: those who are up keep their quality. Where callers without a
 * recogniser are not wanted, a call takes its place for one here, and not when it is answered.
 *
 * 403 a source that belongs to no trunk and 401 one that may prove to belong to one (not written to
 * the account: strangers must not fill it), or where one of the users' telephones is registered at a
 * trunk's source and the call is in its name; 401 a call of a trunk that authenticates without proof;
 * 404 no route for the number; 422 session interval too small; 503 with Retry-After when the server
 * or the trunk is full, too many come a second, the agent's answers come too late (core/enforce.h),
 * or the server is draining. 488 and the last 503 are
 * decided in call.c, once a place was tried. */
#ifndef CORE_ADMISSION_H
#define CORE_ADMISSION_H

#include "core/state.h"

struct admission {
    uint16_t status; /* Of a refusal. */
    enum cause cause;
    struct text phrase;
    struct text detail; /* For the account: what was full. */
    int16_t trunk, agent;
    const struct plan_route *route;
    uint8_t code; /* codes_meaning() */
    struct session session;
    enum session_refresher refresher;
};

/* True: taken. The event is SIP_INVITE. */
MUST_USE bool admission_decide(struct step *step, struct admission *out);

/* Whose call it is. False: nobody's, or not proved; `out` says how that is answered. */
MUST_USE bool admission_trunk(const struct core *core, const struct plan *plan,
                              const struct event *event, struct admission *out);

/* Who calls, as far as we believe it: a telephone is the user that it proved to be, whatever its
 * From and P-Asserted-Identity say; a trunk is taken at its word. */
struct text admission_caller(const struct plan *plan, int16_t trunk, const struct event *event);

/* True: the trunk has as many calls as it may. */
bool admission_trunk_full(const struct core *core, const struct plan *plan, int16_t trunk);

/* SIP_REJECT and, for callers from a trunk, an account of the refusal. */
void admission_refuse(struct step *step, const struct admission *admission);

/* The name of a call for ever: time and chance in hexadecimal. */
void admission_ref(uint64_t wall_ms, uint64_t seed, char out[REF]);

/* STORE_CALL_OPENED; call is NULL for a call that was refused. */
void admission_account(struct step *step, const char *ref, const struct admission *admission,
                       const struct plan *plan, const struct call *call);

/* MEDIA_LATE. */
void admission_late(struct step *step);

#endif
