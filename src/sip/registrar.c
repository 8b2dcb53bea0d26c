// SPDX-License-Identifier: Apache-2.0
/* registrar.c - requests that wait, and Contact headers out and in. */
#include "sip/registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/proof.h"
#include "sip/worker.h"

enum { USUAL_EXPIRES_S = 3600, LINES = 2048, URI = 192 };

static struct {
    struct {
        nta_incoming_t *request; /* NULL: free. */
        uint32_t id;
        uint64_t until_ms;
    } waiting[REGISTRAR_WAITING];
    uint32_t serial;
} state;

/* A URI that we can call: one SIP URI without headers, short, of plain signs. */
static bool write_contact(const sip_contact_t *contact, uint32_t expires_s,
                          struct text_buffer *lines)
{
    char uri[URI];
    issize_t size = url_e(uri, sizeof(uri), contact->m_url);

    if (size <= 0 || (size_t)size >= sizeof(uri) ||
        (contact->m_url->url_type != url_sip && contact->m_url->url_type != url_sips) ||
        !contact->m_url->url_host || contact->m_url->url_headers || strpbrk(uri, "<>\" \r\n\t"))
        return false;
    if (contact->m_expires)
        expires_s = (uint32_t)strtoul(contact->m_expires, NULL, 10);
    text_append_number(lines, expires_s);
    text_append_char(lines, ' ');
    text_append(lines, text_of(uri));
    text_append_char(lines, '\n');
    return !lines->cut;
}

/* False: malformed. */
static bool read_contacts(const sip_t *sip, struct text_buffer *lines, bool *all)
{
    uint32_t expires_s = sip->sip_expires ? (uint32_t)sip->sip_expires->ex_delta : USUAL_EXPIRES_S;

    *all = false;
    for (const sip_contact_t *c = sip->sip_contact; c; c = c->m_next) {
        if (c->m_url->url_type == url_any) {
            *all = true;
            if (c->m_next || c != sip->sip_contact || !sip->sip_expires || expires_s != 0)
                return false; /* RFC 3261 10.2.2 */
        } else if (!write_contact(c, expires_s, lines)) {
            return false;
        }
    }
    return true;
}

static int keep(nta_incoming_t *request)
{
    for (int i = 0; i < REGISTRAR_WAITING; i++) {
        if (state.waiting[i].request)
            continue;
        if (state.serial == 0) /* Not the ids of the worker before. */
            state.serial = (uint32_t)clock_ms() % (UINT32_MAX / REGISTRAR_WAITING);
        state.serial = (state.serial + 1) % (UINT32_MAX / REGISTRAR_WAITING);
        state.serial += state.serial == 0;
        state.waiting[i].request = request;
        state.waiting[i].id = state.serial * REGISTRAR_WAITING + (uint32_t)i;
        state.waiting[i].until_ms = clock_ms() + REGISTRAR_WAIT_MS;
        return i;
    }
    return -1;
}

static int on_request(nta_incoming_magic_t *magic, nta_incoming_t *request, const sip_t *sip)
{
    (void)magic, (void)request, (void)sip; /* Nothing can happen to a REGISTER that is told. */
    return 0;
}

static void tell(const sip_t *sip, uint32_t id, const char *user, nta_incoming_t *request,
                 struct text lines, bool all)
{
    struct event event = {.kind = SIP_REGISTER};
    struct dialog passing = {.id = 0};
    char aor[MAX_NAME];

    hop_learn(&passing, request, sip);
    event.registering.request = id;
    event.registering.user = text_of(user);
    event.registering.aor = headers_decode(text_of(sip->sip_to->a_url->url_user), aor, sizeof(aor));
    event.registering.source = text_of(passing.source);
    event.registering.transport = passing.transport;
    event.registering.contacts = lines;
    event.registering.all = all;
    event.registering.sip_call_id = text_of(sip->sip_call_id->i_id);
    event.registering.cseq = sip->sip_cseq->cs_seq;
    worker_event(&event);
}

int registrar_request(nta_incoming_t *request, const sip_t *sip)
{
    char user[MAX_NAME], storage[LINES], source[ADDRESS_SIZE];
    struct text_buffer lines;
    bool all;
    int at, status;

    if (sip->sip_request->rq_url->url_type != url_sip &&
        sip->sip_request->rq_url->url_type != url_sips)
        return checks_refuse(request, SIP_416_UNSUPPORTED_URI);
    if (sip->sip_require)
        return checks_refuse(request, 420, "Bad Extension");
    hop_source(request, source);
    status = proof_check(request, sip, source, user);
    if (status)
        return status;
    if (!user[0]) /* Calls of its address need no proof; who says where alice is needs one. */
        return proof_challenge(request, false);
    text_buffer_init(&lines, storage, sizeof(storage));
    if (!read_contacts(sip, &lines, &all) || !sip->sip_to->a_url->url_user)
        return checks_refuse(request, 400, "Bad Contact Header");
    at = worker_full() ? -1 : keep(request);
    if (at < 0)
        return checks_refuse(request, SIP_503_SERVICE_UNAVAILABLE);
    nta_incoming_bind(request, on_request, NULL);
    tell(sip, state.waiting[at].id, user, request, text_view(&lines), all);
    return 0;
}

/* What it connected by stays as long as it is registered: it is called by the same way. */
static void hold_connection(nta_incoming_t *request, uint32_t expires_s)
{
    tport_t *tport = nta_incoming_transport(worker.agent, request, NULL);

    if (tport && tport_is_tcp(tport) && tport_is_secondary(tport))
        tport_set_params(tport, TPTAG_IDLE(expires_s * 1000), TPTAG_TIMEOUT(expires_s * 1000),
                         TAG_END());
    if (tport)
        tport_unref(tport);
}

static void write_contacts(struct text lines, char *out, uint32_t size, uint32_t *longest_s)
{
    struct text_buffer buffer;
    uint64_t expires_s;

    text_buffer_init(&buffer, out, size - 1);
    while (lines.size > 0) {
        struct text line = text_next(&lines, '\n'), number = text_next(&line, ' ');
        if (!text_number(number, &expires_s) || !line.data)
            continue;
        if (buffer.size)
            text_append(&buffer, TEXT(", "));
        text_append_char(&buffer, '<');
        text_append(&buffer, line);
        text_append(&buffer, TEXT(">;expires="));
        text_append_number(&buffer, expires_s);
        if (expires_s > *longest_s)
            *longest_s = (uint32_t)expires_s;
    }
    out[buffer.cut ? 0 : buffer.size] = 0;
}

static void finish(int at)
{
    nta_incoming_bind(state.waiting[at].request, NULL, NULL);
    nta_incoming_destroy(state.waiting[at].request);
    state.waiting[at].request = NULL;
}

void registrar_reply(const struct command *command)
{
    int at = (int)(command->registered.request % REGISTRAR_WAITING);
    nta_incoming_t *request = state.waiting[at].request;
    char contacts[2 * LINES], min_expires[16];
    uint32_t longest_s = 0;
    int status = command->registered.status;

    if (!request || state.waiting[at].id != command->registered.request)
        return; /* It was answered, or is of an earlier worker. */
    write_contacts(command->registered.contacts, contacts, sizeof(contacts), &longest_s);
    snprintf(min_expires, sizeof(min_expires), "%u", command->registered.min_expires_s);
    if (longest_s)
        hold_connection(request, longest_s);
    nta_incoming_treply(
        request, status, sip_status_phrase(status),
        TAG_IF(status == 200 && contacts[0], SIPTAG_CONTACT_STR(contacts)),
        TAG_IF(command->registered.min_expires_s, SIPTAG_MIN_EXPIRES_STR(min_expires)),
        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    finish(at);
}

void registrar_sweep(uint64_t now_ms)
{
    for (int i = 0; i < REGISTRAR_WAITING; i++) {
        if (!state.waiting[i].request || state.waiting[i].until_ms > now_ms)
            continue;
        checks_refuse(state.waiting[i].request, SIP_504_GATEWAY_TIME_OUT);
        finish(i);
    }
}
