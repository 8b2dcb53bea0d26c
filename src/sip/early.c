// SPDX-License-Identifier: Apache-2.0
/* early.c - requests of no transaction and no dialog: refused without one, or given one.
 *
 * A refusal by a transaction is sent again for up to 32 s to a sender that never acknowledges it,
 * and is kept as long. Who is asked for credentials, or is turned away because we are full, gets
 * one answer and is forgotten (RFC 3261 8.2.7): when it asks again it is answered again. */
#include <inttypes.h>
#include <stdio.h>

#include "sip/away.h"
#include "sip/checks.h"
#include "sip/proof.h"
#include "sip/worker.h"

static uint64_t mixed(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return hash;
}

/* The same for the same request, however often it comes (RFC 3261 8.2.7). */
static sip_to_t *tagged(su_home_t *home, const sip_t *sip)
{
    uint64_t hash = mixed(0xcbf29ce484222325u, sip->sip_call_id->i_id);
    sip_to_t *to = sip_to_dup(home, sip->sip_to);
    char tag[17];

    hash = mixed(mixed(hash, sip->sip_from->a_tag), sip->sip_via->v_branch);
    snprintf(tag, sizeof(tag), "%016" PRIx64, hash);
    if (to && !to->a_tag && sip_to_tag(home, to, tag) < 0)
        return NULL;
    return to;
}

static void refuse_full(msg_t *msg, const sip_t *sip)
{
    char retry[16], source[ADDRESS_SIZE];

    hop_source_of(msg, source);
    away_count(worker_why(), source);
    snprintf(retry, sizeof(retry), "%u", worker.retry_after_s);
    worker.refused_early++;
    nta_msg_treply(worker.agent, msg, SIP_503_SERVICE_UNAVAILABLE,
                   SIPTAG_TO(tagged(msg_home(msg), sip)),
                   TAG_IF(worker.retry_after_s, SIPTAG_RETRY_AFTER_STR(retry)),
                   SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
}

static void challenge(msg_t *msg, const sip_t *sip)
{
    struct challenge values;

    proof_write(&values, false);
    nta_msg_treply(worker.agent, msg, SIP_401_UNAUTHORIZED, SIPTAG_TO(tagged(msg_home(msg), sip)),
                   SIPTAG_WWW_AUTHENTICATE_STR(values.offers[0]),
                   TAG_IF(values.offers[1][0], SIPTAG_WWW_AUTHENTICATE_STR(values.offers[1])),
                   SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
}

/* What answering.c and registrar.c would say of it first. */
static bool asked_who(msg_t *msg, const sip_t *sip)
{
    char source[ADDRESS_SIZE];

    if (sip->sip_authorization)
        return false;
    if (sip->sip_request->rq_method == sip_method_register)
        return account_has_users() && !sip->sip_require;
    hop_source_of(msg, source);
    return proof_due(source);
}

/* True: it is answered, and the message gone. */
static bool refused(msg_t *msg, const sip_t *sip)
{
    sip_method_t method = sip->sip_request->rq_method;
    bool call = method == sip_method_invite;

    if ((!call && method != sip_method_register) || sip->sip_to->a_tag || !checks_readable(sip))
        return false;
    if (call && (worker_full() || gate_over_rate()))
        refuse_full(msg, sip);
    else if (asked_who(msg, sip))
        challenge(msg, sip);
    else
        return false;
    return true;
}

static void serve(nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
    nta_incoming_t *request = nta_incoming_create(agent, worker.outside, msg, sip, TAG_END());
    int status = request ? requests_outside(NULL, worker.outside, request, sip) : 0;

    if (status >= 100 && nta_incoming_status(request) < 200)
        nta_incoming_treply(request, status, NULL, TAG_END());
    if (status >= 200)
        nta_incoming_destroy(request);
}

int early_message(nta_agent_magic_t *magic, nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
    (void)magic;
    if (!sip->sip_request || sip->sip_request->rq_method == sip_method_ack)
        nta_msg_discard(agent, msg);
    else if (!refused(msg, sip))
        serve(agent, msg, sip);
    return 0;
}
