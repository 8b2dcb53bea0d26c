// SPDX-License-Identifier: Apache-2.0
/* proof.c - credentials against accounts, and challenges. */
#include "sip/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sip/hash.h"
#include "sip/headers.h"
#include "sip/nonce.h"
#include "sip/worker.h"

static struct proof_figures figures;

/* Only what was offered is good: a weaker hash cannot be slipped in. */
static int offered(enum digest_algorithm algorithm)
{
    for (int place = 0; place < KNOWN_ALGORITHMS; place++) {
        int known = account_offered(place);
        if (known >= 0 && account_known[known] == algorithm)
            return known;
    }
    return -1;
}

static struct text body_of(const sip_t *sip)
{
    return sip->sip_payload && sip->sip_payload->pl_data
               ? (struct text){sip->sip_payload->pl_data, (uint32_t)sip->sip_payload->pl_len}
               : TEXT_EMPTY;
}

static bool same(const char *a, const char *b, bool (*equal)(struct text, struct text))
{
    return equal(text_of(a ? a : ""), text_of(b ? b : ""));
}

/* What was signed is what is asked for (RFC 7616 3.4.6), as far as clients of today say it: they
 * may name the server alone, leave the port and the parameters away, and have a proxy change the
 * rest. Both are read by the same reader, which undoes needless escapes. */
static bool same_target(const sip_t *sip, struct text uri)
{
    const url_t *asked = sip->sip_request->rq_url;
    char copy[DIGEST_VALUE];
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const url_t *said;
    bool good;

    text_copy(copy, sizeof(copy), uri);
    su_home_init(home);
    said = url_make(home, copy);
    good = said && same(said->url_host, asked->url_host, text_equal_nocase) &&
           (!said->url_user || same(said->url_user, asked->url_user, text_equal));
    su_home_deinit(home);
    return good;
}

static enum proof judge(const sip_t *sip, const struct digest_credentials *credentials)
{
    static const char nobody[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct account *account = account_of_user(credentials->username);
    int algorithm = offered(credentials->algorithm);
    char response[DIGEST_HEX];

    /* First, so that no guess is told right or wrong, or counted, that did not receive our
     * challenge: its sender may not be where it seems to be. */
    if (!nonce_fresh(credentials->nonce, clock_ms()))
        return PROOF_STALE;
    if (algorithm < 0 || !same_target(sip, credentials->uri))
        return PROOF_WRONG;
    digest_response(hash_parts, credentials, text_of(account ? account->ha1[algorithm] : nobody),
                    text_of(sip->sip_request->rq_method_name), body_of(sip), response);
    if (!digest_same(text_of(response), credentials->response) || !account)
        return PROOF_WRONG;
    return nonce_use(credentials->nonce, credentials->nc) ? PROOF_GOOD : PROOF_STALE;
}

enum proof proof_of(const sip_t *sip, char user[MAX_NAME])
{
    char value[DIGEST_VALUE];
    struct digest_credentials credentials;
    enum proof proof = PROOF_NONE;

    user[0] = 0;
    for (const sip_authorization_t *h = sip->sip_authorization; h && proof == PROOF_NONE;
         h = h->au_next) {
        if (!digest_read_credentials(headers_credentials(h, value, sizeof(value)), &credentials) ||
            !text_equal(credentials.realm, text_of(account_realm())))
            continue;
        proof = judge(sip, &credentials);
        if (proof == PROOF_GOOD)
            text_copy(user, MAX_NAME, credentials.username);
    }
    figures.proved += proof == PROOF_GOOD;
    figures.stale += proof == PROOF_STALE;
    figures.wrong += proof == PROOF_WRONG;
    return proof;
}

void proof_write(struct challenge *out, bool stale)
{
    char nonce[NONCE_SIZE + 1];

    *out = (struct challenge){.offers = {"", ""}};
    nonce_make(clock_ms(), nonce);
    for (int place = 0; place < KNOWN_ALGORITHMS && account_offered(place) >= 0; place++) {
        struct digest_challenge challenge = {.realm = text_of(account_realm()),
                                             .nonce = text_of(nonce),
                                             .algorithm = account_known[account_offered(place)],
                                             .stale = stale,
                                             .qop_auth = true};
        if (!digest_write_challenge(&challenge, out->offers[place], PROOF_CHALLENGE))
            out->offers[place][0] = 0;
    }
    figures.challenged++;
}

int proof_challenge(nta_incoming_t *request, bool stale)
{
    struct challenge values;

    proof_write(&values, stale);
    nta_incoming_treply(request, SIP_401_UNAUTHORIZED,
                        SIPTAG_WWW_AUTHENTICATE_STR(values.offers[0]),
                        TAG_IF(values.offers[1][0], SIPTAG_WWW_AUTHENTICATE_STR(values.offers[1])),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 401;
}

bool proof_due(const char *source)
{
    const struct account *trunk = account_of_source(text_of(source));

    return trunk ? trunk->authenticate : account_for_strangers();
}

int proof_check(nta_incoming_t *request, const sip_t *sip, const char *source, char user[MAX_NAME])
{
    enum proof proof = sip->sip_authorization ? proof_of(sip, user) : PROOF_NONE;
    const struct account *trunk;

    if (!sip->sip_authorization)
        user[0] = 0;
    if (proof == PROOF_GOOD)
        gate_succeeded(request);
    else if (proof == PROOF_WRONG)
        gate_failed(request); /* A guess, or a phone with an old password: ten in a minute ban. */
    if (proof == PROOF_GOOD)
        return 0;
    if (proof == PROOF_STALE)
        return proof_challenge(request, true);
    trunk = account_of_source(text_of(source));
    if (trunk && proof == PROOF_WRONG)
        return 0; /* Somebody whom we know: the core refuses it and keeps account. */
    if (proof_due(source))
        return proof_challenge(request, false);
    return 0;
}

void proof_figures(struct proof_figures *out)
{
    *out = figures;
}
