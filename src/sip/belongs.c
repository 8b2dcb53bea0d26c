// SPDX-License-Identifier: Apache-2.0
/* belongs.c - whether a request inside a dialog comes from the other side of it.
 *
 * Who knows a dialog's Call-ID and tags (they are in every log and capture on the way) could end it,
 * or lead its sound elsewhere, from anywhere. See docs/decisions/who-speaks-in-a-dialog.md. */
#include <string.h>

#include "base/address.h"
#include "sip/account.h"
#include "sip/checks.h"
#include "sip/proof.h"
#include "sip/worker.h"

static bool same_host(const uint8_t address[16], struct text other)
{
    uint8_t theirs[16];
    uint16_t port;

    return (address_read_port(other, theirs, &port) || address_read(other, theirs)) &&
           memcmp(address, theirs, 16) == 0;
}

static bool names(const url_t *url, const uint8_t address[16])
{
    struct text host = text_of(url && url->url_host ? url->url_host : "");

    if (host.size > 2 && host.data[0] == '[')
        host = text_part(host, 1, host.size - 2);
    return host.size > 0 && same_host(address, host);
}

/* Their Contact, or the proxy that they put into the way, where those are numbers. */
static bool is_target(const struct dialog *dialog, const uint8_t address[16])
{
    const sip_route_t *route = NULL;
    const sip_contact_t *target = NULL;

    nta_leg_get_route(dialog->nta, &route, &target);
    for (; route; route = route->r_next) {
        if (names(route->r_url, address))
            return true;
    }
    return target && names(target->m_url, address);
}

static bool is_trunks(const struct dialog *dialog, const char *source)
{
    const struct account *from = account_of_source(text_of(source));

    return from && (from == account_of_source(text_of(dialog->source)) ||
                    from == account_trunk(text_of(dialog->trunk)));
}

static bool is_theirs(const struct dialog *dialog, const char *source)
{
    uint8_t address[16];
    uint16_t port;

    return address_read_port(text_of(source), address, &port) &&
           (same_host(address, text_of(dialog->source)) || is_target(dialog, address) ||
            is_trunks(dialog, source));
}

int belongs_check(const struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    char source[ADDRESS_SIZE], user[MAX_NAME];
    enum proof proof;

    hop_source(request, source);
    if (is_theirs(dialog, source))
        return 0;
    if (!dialog->user[0])
        return checks_refuse(request, SIP_403_FORBIDDEN);
    /* A telephone that has moved into another network proves who it is. */
    proof = proof_of(sip, user);
    if (proof == PROOF_GOOD && strcmp(user, dialog->user) == 0)
        return 0;
    if (proof == PROOF_WRONG)
        gate_failed(request);
    if (proof == PROOF_GOOD)
        return checks_refuse(request, SIP_403_FORBIDDEN);
    return proof_challenge(request, proof == PROOF_STALE);
}
