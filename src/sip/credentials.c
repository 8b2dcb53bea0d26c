// SPDX-License-Identifier: Apache-2.0
/* credentials.c - the refused message again: new Via, next CSeq, and the header that was asked for.
 */
#include "sip/credentials.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "sip/hash.h"
#include "sip/headers.h"
#include "sip/worker.h"

struct answerable {
    struct digest_challenge challenge;
    char value[DIGEST_VALUE];
};

static bool find_challenge(const msg_auth_t *headers, const struct account *account,
                           struct answerable *out)
{
    for (const msg_auth_t *h = headers; h; h = h->au_next) {
        if (!digest_read_challenge(headers_credentials(h, out->value, sizeof(out->value)),
                                   &out->challenge))
            continue;
        if (account->realm[0] && !text_equal(text_of(account->realm), out->challenge.realm))
            continue;
        if (!out->challenge.qop_said || out->challenge.qop_auth || out->challenge.qop_auth_int)
            return true;
    }
    return false;
}

/* It was sent with credentials for this very nonce: they are wrong. */
static bool refused_before(const msg_auth_t *sent, const struct digest_challenge *challenge)
{
    char value[DIGEST_VALUE];
    struct digest_credentials credentials;

    for (; sent; sent = sent->au_next) {
        if (!digest_read_credentials(headers_credentials(sent, value, sizeof(value)),
                                     &credentials) ||
            !text_equal(credentials.realm, challenge->realm))
            continue;
        if (!challenge->stale || text_equal(credentials.nonce, challenge->nonce))
            return true;
    }
    return false;
}

static bool write_header(const struct digest_challenge *challenge, const struct account *account,
                         const sip_t *sip, char *out, uint32_t size)
{
    char cnonce[33], ha1[DIGEST_HEX], response[DIGEST_HEX], uri[512];
    uint64_t chance[2];
    struct digest_credentials c = {.username = text_of(account->user),
                                   .realm = challenge->realm,
                                   .nonce = challenge->nonce,
                                   .opaque = challenge->opaque,
                                   .algorithm = challenge->algorithm,
                                   .session = challenge->session,
                                   .nc_text = TEXT("00000001"),
                                   .nc = 1};
    issize_t length = url_e(uri, sizeof(uri), sip->sip_request->rq_url);

    if (length <= 0 || (size_t)length >= sizeof(uri) ||
        getrandom(chance, sizeof(chance), 0) != sizeof(chance))
        return false;
    c.uri = text_of(uri);
    snprintf(cnonce, sizeof(cnonce), "%016llx%016llx", (unsigned long long)chance[0],
             (unsigned long long)chance[1]);
    c.cnonce = text_of(cnonce);
    c.qop = !challenge->qop_said  ? DIGEST_QOP_NONE
            : challenge->qop_auth ? DIGEST_QOP_AUTH
                                  : DIGEST_QOP_AUTH_INT;
    digest_ha1(hash_parts, c.algorithm, c.username, c.realm, text_of(account->password), ha1);
    digest_response(
        hash_parts, &c, text_of(ha1), text_of(sip->sip_request->rq_method_name),
        sip->sip_payload && sip->sip_payload->pl_data
            ? (struct text){sip->sip_payload->pl_data, (uint32_t)sip->sip_payload->pl_len}
            : TEXT_EMPTY,
        response);
    c.response = text_of(response);
    explicit_bzero(ha1, sizeof(ha1));
    return digest_write_credentials(&c, out, size);
}

static void drop(msg_t *msg, sip_t *sip, void *header)
{
    if (header)
        sip_header_remove(msg, sip, header);
}

/* A copy without what belongs to the old transaction. */
static msg_t *copied(nta_outgoing_t *request, bool proxy)
{
    msg_t *old = nta_outgoing_getrequest(request), *msg = old ? msg_dup(old) : NULL;
    sip_t *sip = msg ? sip_object(msg) : NULL;

    if (old)
        msg_destroy(old);
    if (!sip)
        return NULL;
    while (sip->sip_via)
        drop(msg, sip, sip->sip_via);
    drop(msg, sip, sip->sip_cseq);
    while (proxy && sip->sip_proxy_authorization)
        drop(msg, sip, sip->sip_proxy_authorization);
    while (!proxy && sip->sip_authorization)
        drop(msg, sip, sip->sip_authorization);
    return msg;
}

static nta_outgoing_t *send_copy(const struct credentials_try *attempt, msg_t *msg,
                                 const char *value, bool proxy)
{
    sip_t *sip = sip_object(msg);
    sip_method_t method = sip->sip_request->rq_method;
    const char *name = sip->sip_request->rq_method_name;

    if (sip_add_tl(msg, sip, TAG_IF(proxy, SIPTAG_PROXY_AUTHORIZATION_STR(value)),
                   TAG_IF(!proxy, SIPTAG_AUTHORIZATION_STR(value)), TAG_END()) < 0 ||
        nta_msg_request_complete(msg, attempt->leg, method, name, NULL) < 0) {
        msg_destroy(msg);
        return NULL;
    }
    return nta_outgoing_mcreate(worker.agent, attempt->callback, attempt->magic,
                                (const url_string_t *)(const void *)attempt->hop, msg, TAG_END());
}

nta_outgoing_t *credentials_again(const struct credentials_try *attempt)
{
    static struct answerable found;
    const sip_t *answer = attempt->answer;
    bool proxy = answer->sip_status->st_status == 407;
    char value[DIGEST_CREDENTIALS];
    nta_outgoing_t *again = NULL;
    msg_t *msg, *old;
    sip_t *sip;
    bool good;

    if (!attempt->account || !attempt->account->password[0] || !attempt->account->user[0] ||
        ++*attempt->tries >= CREDENTIALS_TRIES ||
        !find_challenge(proxy ? answer->sip_proxy_authenticate : answer->sip_www_authenticate,
                        attempt->account, &found))
        return NULL;
    old = nta_outgoing_getrequest(attempt->request);
    sip = old ? sip_object(old) : NULL;
    good = sip &&
           !refused_before(proxy ? sip->sip_proxy_authorization : sip->sip_authorization,
                           &found.challenge) &&
           write_header(&found.challenge, attempt->account, sip, value, sizeof(value));
    if (old)
        msg_destroy(old);
    msg = good ? copied(attempt->request, proxy) : NULL;
    if (msg)
        again = send_copy(attempt, msg, value, proxy);
    return again;
}
