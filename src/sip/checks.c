// SPDX-License-Identifier: Apache-2.0
/* checks.c - one table of checks, in the order in which RFC 3261 8.2 wants them. */
#include "sip/checks.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "sip/headers.h"
#include "sip/worker.h"

int checks_refuse(nta_incoming_t *request, int status, const char *phrase)
{
    nta_incoming_treply(request, status, phrase, SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    gate_answered(request, status);
    return status;
}

static int check_method(nta_incoming_t *request, const sip_t *sip, int inside)
{
    static const sip_method_t known[] = {
        sip_method_invite,  sip_method_ack,    sip_method_bye,   sip_method_cancel,
        sip_method_options, sip_method_info,   sip_method_prack, sip_method_update,
        sip_method_refer,   sip_method_notify,
    };

    (void)inside;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (sip->sip_request->rq_method == known[i])
            return 0;
    }
    nta_incoming_treply(request, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR(SIP_ALLOW),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    gate_answered(request, 405);
    return 405;
}

/* RFC 5630 5.4: sips: is for what came by TLS. */
static bool secure(nta_incoming_t *request)
{
    tport_t *tport = nta_incoming_transport(worker.agent, request, NULL);
    bool yes = tport && tport_has_tls(tport);

    if (tport)
        tport_unref(tport);
    return yes;
}

static int check_scheme(nta_incoming_t *request, const sip_t *sip, int inside)
{
    enum url_type_e type = (enum url_type_e)sip->sip_request->rq_url->url_type;

    (void)inside;
    if (type == url_sip || type == url_tel || (type == url_sips && secure(request)))
        return 0;
    return checks_refuse(request, SIP_416_UNSUPPORTED_URI);
}

/* The gate gives the library a line that it can read in the place of one that it cannot. */
static bool stands_in(const sip_t *sip, const char *name)
{
    const char *host = sip->sip_request->rq_url->url_host;

    return host && strcmp(host, name) == 0;
}

bool checks_readable(const sip_t *sip)
{
    return !stands_in(sip, GATE_VERSION) && !stands_in(sip, GATE_UNREADABLE);
}

static int check_line(nta_incoming_t *request, const sip_t *sip, int inside)
{
    (void)inside;
    if (stands_in(sip, GATE_VERSION))
        return checks_refuse(request, SIP_505_VERSION_NOT_SUPPORTED);
    if (stands_in(sip, GATE_UNREADABLE))
        return checks_refuse(request, 400, "Bad Request-URI");
    return 0;
}

/* Names the options that we do not have, in Unsupported, as many as fit. */
static int check_required(nta_incoming_t *request, const sip_t *sip, int inside)
{
    char unsupported[512];
    struct text_buffer out;

    (void)inside;
    text_buffer_init(&out, unsupported, sizeof(unsupported) - 1);
    for (const sip_require_t *r = sip->sip_require; r; r = r->k_next) {
        for (const msg_param_t *item = r->k_items; item && *item; item++) {
            struct text option = text_of(*item);
            if (text_equal_nocase(option, TEXT("100rel")) ||
                text_equal_nocase(option, TEXT("timer")) ||
                text_equal_nocase(option, TEXT("replaces")) ||
                text_equal_nocase(option, TEXT("norefersub")))
                continue;
            if (out.size + option.size + 2 >= out.capacity)
                continue;
            if (out.size)
                text_append(&out, TEXT(", "));
            text_append(&out, option);
        }
    }
    if (out.size == 0)
        return 0;
    unsupported[out.size] = '\0';
    nta_incoming_treply(request, SIP_420_BAD_EXTENSION, SIPTAG_UNSUPPORTED_STR(unsupported),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 420;
}

/* INFO has bodies of its own kinds. */
static int check_content(nta_incoming_t *request, const sip_t *sip, int inside)
{
    bool body = sip->sip_payload && sip->sip_payload->pl_len > 0;
    const sip_content_type_t *type = sip->sip_content_type;
    const sip_content_encoding_t *encoding = sip->sip_content_encoding;

    (void)inside;
    if (!body)
        return 0;
    if (sip->sip_payload->pl_len > MAX_SDP)
        return checks_refuse(request, SIP_413_REQUEST_TOO_LARGE);
    if (sip->sip_request->rq_method == sip_method_info ||
        sip->sip_request->rq_method == sip_method_notify ||
        sip->sip_request->rq_method == sip_method_options)
        return 0;
    if (encoding && encoding->k_items && encoding->k_items[0] &&
        !text_equal_nocase(text_of(encoding->k_items[0]), TEXT("identity"))) {
        nta_incoming_treply(request, SIP_415_UNSUPPORTED_MEDIA,
                            SIPTAG_ACCEPT_ENCODING_STR("identity"),
                            SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
        return 415;
    }
    if (type && type->c_type && text_equal_nocase(text_of(type->c_type), TEXT("application/sdp")))
        return 0;
    nta_incoming_treply(request, SIP_415_UNSUPPORTED_MEDIA, SIPTAG_ACCEPT_STR(SIP_ACCEPT),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 415;
}

static int check_contact(nta_incoming_t *request, const sip_t *sip, int inside)
{
    const sip_contact_t *contact = sip->sip_contact;

    if (sip->sip_request->rq_method != sip_method_invite)
        return 0;
    if (!contact)
        return inside ? 0 : checks_refuse(request, 400, "Missing Contact Header");
    if (contact->m_url->url_type != url_sip && contact->m_url->url_type != url_sips)
        return checks_refuse(request, 400, "Bad Contact Header");
    if (!contact->m_url->url_host || !contact->m_url->url_host[0])
        return checks_refuse(request, 400, "Bad Contact Header");
    return 0;
}

int checks_request(nta_incoming_t *request, const sip_t *sip, int inside)
{
    static int (*const checks[])(nta_incoming_t *, const sip_t *, int) = {
        check_line, check_method, check_scheme, check_required, check_content, check_contact,
    };

    if (sip->sip_request->rq_method == sip_method_ack ||
        sip->sip_request->rq_method == sip_method_cancel)
        return 0;
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        int status = checks[i](request, sip, inside);
        if (status)
            return status;
    }
    return 0;
}

int checks_options(nta_incoming_t *request)
{
    nta_incoming_treply(request, SIP_200_OK, SIPTAG_ALLOW_STR(SIP_ALLOW),
                        SIPTAG_ACCEPT_STR(SIP_ACCEPT), SIPTAG_SUPPORTED_STR(SIP_SUPPORTED),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 200;
}
