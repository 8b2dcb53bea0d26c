// SPDX-License-Identifier: Apache-2.0
/* refer.c - REFER and NOTIFY inside a dialog, both ways (RFC 3515, 3892, 4488), and whose place an
 * INVITE with Replaces takes (RFC 3891). */
#include <stdio.h>
#include <string.h>

#include <sofia-sip/sip_extra.h>

#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/trunk_call.h"
#include "sip/worker.h"
#include "wire/sipfrag.h"

/* ---- Theirs ---- */

/* The Replaces of a Refer-To, among the headers of its URI: decoded into out. */
static struct text replaces_of(const url_t *url, char *out, size_t size)
{
    struct text headers = text_of(url->url_headers ? url->url_headers : "");

    while (headers.data && headers.size) {
        struct text one = text_next(&headers, '&');
        if (text_starts_nocase(one, TEXT("Replaces=")))
            return headers_decode(text_part(one, 9, one.size), out, size);
    }
    return TEXT_EMPTY;
}

static struct text target_of(const url_t *url, char *out, size_t size)
{
    int length = snprintf(out, size, "sip:%s%s%s%s%s", url->url_user ? url->url_user : "",
                          url->url_user ? "@" : "", url->url_host, url->url_port ? ":" : "",
                          url->url_port ? url->url_port : "");

    return length > 0 && (size_t)length < size ? text_of(out) : TEXT_EMPTY;
}

/* Refer-Sub: false (RFC 4488). The library knows the header, and does not keep it with the unknown ones. */
static bool is_quiet(const sip_t *sip)
{
    const sip_refer_sub_t *known = sip_refer_sub((sip_t *)(uintptr_t)sip); /* Only read. */
    struct text value = known && known->rs_value ? text_of(known->rs_value)
                                                 : headers_unknown(sip, "Refer-Sub");

    return text_starts_nocase(value, TEXT("false"));
}

/* Of ours; 0: it names none. */
static uint32_t dialog_meant(struct text replaces)
{
    char value[256];
    su_home_t home[1] = {SU_HOME_INIT(home)};
    uint32_t found = 0;

    text_copy(value, sizeof(value), replaces);
    sip_replaces_t *named = value[0] ? sip_replaces_make(home, value) : NULL;
    const nta_leg_t *leg = named ? nta_leg_by_replaces(worker.agent, named) : NULL;
    const struct dialog *dialog =
        leg ? dialog_find(dialog_named(nta_leg_magic(leg, requests_inside))) : NULL;
    if (dialog && dialog->state != DIALOG_ENDING)
        found = dialog->id;
    su_home_deinit(home);
    return found;
}

int refer_request(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    struct event event = {.kind = SIP_REFERRED, .call = dialog->call, .leg = dialog->leg};
    char target[256], replaces[256], by[256] = "";
    const url_t *url = sip->sip_refer_to ? sip->sip_refer_to->r_url : NULL;

    if (dialog->state != DIALOG_UP)
        return checks_refuse(request, 481, "Call Does Not Exist");
    if (dialog->refer)
        return within_try_again(request);
    if (!url || !url->url_host || (url->url_type != url_sip && url->url_type != url_tel))
        return checks_refuse(request, 400, "Bad Refer-To Header");
    if (sip->sip_referred_by)
        sip_header_field_e(by, sizeof(by), (const sip_header_t *)sip->sip_referred_by, 0);
    by[sizeof(by) - 1] = '\0';
    event.refer.dialog = dialog->id;
    event.refer.request = sip->sip_cseq->cs_seq;
    event.refer.target = target_of(url, target, sizeof(target));
    event.refer.replaces = replaces_of(url, replaces, sizeof(replaces));
    event.refer.replaced = dialog_meant(event.refer.replaces);
    event.refer.referred_by = text_of(by);
    event.refer.quiet = is_quiet(sip) || headers_requires(sip, "norefersub");
    dialog->refer = request;
    dialog->refer_cseq = sip->sip_cseq->cs_seq;
    dialog->refer_quiet = event.refer.quiet;
    nta_leg_server_route(dialog->nta, NULL, sip->sip_contact);
    worker_event(&event);
    return 0;
}

bool refer_reply(struct dialog *dialog, const struct command *command)
{
    char contact[ADDRESS_SIZE + 32];
    int status = command->sip.status;

    if (!dialog->refer || command->sip.request != dialog->refer_cseq)
        return false;
    if (status < 200 || status > 699)
        status = 500;
    hop_contact(dialog, contact, sizeof(contact));
    nta_incoming_treply(dialog->refer, status, sip_status_phrase(status),
                        TAG_IF(status < 300, SIPTAG_CONTACT_STR(contact)),
                        TAG_IF(status < 300 && dialog->refer_quiet,
                               SIPTAG_HEADER_STR("Refer-Sub: false\r\n")),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    nta_incoming_destroy(dialog->refer);
    dialog->refer = NULL;
    return true;
}

void refer_tell(struct dialog *dialog, const struct command *command)
{
    char hop[HOP_SIZE], contact[ADDRESS_SIZE + 32], body[64];
    int status = command->sip.status ? command->sip.status : 500;
    nta_outgoing_t *notify;

    if (dialog->state != DIALOG_UP)
        return;
    hop_next(dialog, hop);
    hop_contact(dialog, contact, sizeof(contact));
    snprintf(body, sizeof(body), "SIP/2.0 %d %s\r\n", status, sip_status_phrase(status));
    notify = nta_outgoing_tcreate(
        dialog->nta, NULL, NULL, (const url_string_t *)(const void *)hop, SIP_METHOD_NOTIFY, NULL,
        SIPTAG_CONTACT_STR(contact), SIPTAG_EVENT_STR("refer"),
        SIPTAG_SUBSCRIPTION_STATE_STR(command->sip.final ? "terminated;reason=noresource"
                                                         : "active;expires=180"),
        SIPTAG_USER_AGENT_STR(worker.user_agent),
        SIPTAG_CONTENT_TYPE_STR("message/sipfrag;version=2.0"), SIPTAG_PAYLOAD_STR(body),
        TAG_END());
    nta_outgoing_destroy(notify); /* It is retransmitted; its answer changes nothing. */
    restore_write(dialog);
}

/* ---- Ours ---- */

static int on_refer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    int status = nta_outgoing_status(request);
    struct event event = {.kind = SIP_REFER_ANSWERED};
    nta_outgoing_t *again;

    if (!dialog || dialog->referring != request || status < 200)
        return 0;
    again = trunk_call_prove(dialog, request, sip, on_refer);
    dialog->referring = again;
    if (again)
        return 0;
    dialog->subscribed = status < 300;
    event.call = dialog->call;
    event.leg = dialog->leg;
    event.sip.dialog = dialog->id;
    event.sip.status = (uint16_t)status;
    event.sip.final = sip && is_quiet(sip);
    if (sip && sip->sip_status)
        event.sip.reason = text_of(sip->sip_status->st_phrase);
    worker_event(&event);
    nta_outgoing_destroy(request);
    return 0;
}

void refer_send(struct dialog *dialog, const struct command *command)
{
    char hop[HOP_SIZE], contact[ADDRESS_SIZE + 32], to[280], by[ADDRESS_SIZE + 16];

    if (dialog->state != DIALOG_UP || dialog->referring) {
        dialog_tell(dialog, SIP_REFER_ANSWERED, 491, "Request Pending");
        return;
    }
    snprintf(to, sizeof(to), "<" TEXT_FORMAT ">", TEXT_ARGS(text_part(command->sip.uri, 0, 256)));
    snprintf(by, sizeof(by), "<sip:%s>", dialog->local);
    hop_next(dialog, hop);
    hop_contact(dialog, contact, sizeof(contact));
    if (!strpbrk(to + 1, "<\"\r\n"))
        dialog->referring = nta_outgoing_tcreate(
            dialog->nta, on_refer, dialog_name(dialog->id), (const url_string_t *)(const void *)hop,
            SIP_METHOD_REFER, NULL, SIPTAG_CONTACT_STR(contact), SIPTAG_REFER_TO_STR(to),
            SIPTAG_REFERRED_BY_STR(by), SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    if (!dialog->referring)
        dialog_tell(dialog, SIP_REFER_ANSWERED, 500, "could not be sent");
    restore_write(dialog);
}

int refer_notified(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    struct event event = {.kind = SIP_NOTIFIED, .call = dialog->call, .leg = dialog->leg};
    const sip_subscription_state_t *state = sip->sip_subscription_state;
    struct sipfrag news = {.status = 100};
    struct text body = TEXT_EMPTY;

    if (!dialog->subscribed && !dialog->referring) /* It may come before the 202. */
        return checks_refuse(request, 481, "Subscription Does Not Exist");
    if (sip->sip_payload && sip->sip_payload->pl_data)
        body = (struct text){sip->sip_payload->pl_data, (uint32_t)sip->sip_payload->pl_len};
    event.sip.final = state && state->ss_substate &&
                      text_equal_nocase(text_of(state->ss_substate), TEXT("terminated"));
    if (body.size && !sipfrag_read(body, &news))
        return checks_refuse(request, 400, "Bad Message Fragment");
    checks_refuse(request, SIP_200_OK);
    event.sip.dialog = dialog->id;
    event.sip.status = news.status;
    event.sip.reason = text_part(news.phrase, 0, 100);
    if (event.sip.final || news.status >= 200)
        dialog->subscribed = false;
    worker_event(&event);
    return 200;
}

/* ---- Replaces ---- */

int refer_replaces(nta_incoming_t *request, const sip_t *sip, uint32_t *replaced)
{
    const nta_leg_t *leg;
    struct dialog *dialog;

    *replaced = 0;
    if (!sip->sip_replaces)
        return 0;
    leg = nta_leg_by_replaces(worker.agent, sip->sip_replaces);
    dialog = leg ? dialog_find(dialog_named(nta_leg_magic(leg, requests_inside))) : NULL;
    if (!dialog || dialog->state == DIALOG_OFFERED || dialog->state == DIALOG_CALLING)
        return checks_refuse(request, 481, "Call/Transaction Does Not Exist");
    if (dialog->state == DIALOG_ENDING)
        return checks_refuse(request, SIP_603_DECLINE);
    if (sip->sip_replaces->rp_early_only)
        return checks_refuse(request, SIP_486_BUSY_HERE);
    *replaced = dialog->id;
    return 0;
}
