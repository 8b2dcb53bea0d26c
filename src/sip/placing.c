// SPDX-License-Identifier: Apache-2.0
/* placing.c - calls from us: INVITE until its final answer, ACK, CANCEL, PRACK (RFC 3261 13.2, RFC
 * 3262). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/locate.h"
#include "sip/trunk_call.h"
#include "sip/worker.h"

enum {
    CANCEL_MS = 70000, /* Unanswered INVITE 32 s, then its CANCEL's 32 s. */
    QUIET_MS = 4000    /* A telephone that says not even 100 to four INVITEs is not there. */
};

/* A 200 of another branch than the one we took is acknowledged and ended by the library on its own
 * (RFC 3261 13.2.2.4). It would look for the host in the stranger's Contact, and perhaps resolve a
 * name; so before such an answer is read, the way for requests without a way is set to its sender.
 */
void placing_guard(const char *address, uint16_t port)
{
    char proxy[HOP_SIZE];

    if (worker.calling_count == 0 && clock_ms() > worker.calling_until_ms)
        return;
    snprintf(proxy, sizeof(proxy), strchr(address, ':') ? "sip:[%s]:%u" : "sip:%s:%u", address,
             port);
    nta_agent_set_params(worker.agent, NTATAG_DEFAULT_PROXY(proxy), TAG_END());
}

void placing_ack(struct dialog *dialog, const sip_t *sip)
{
    char hop[HOP_SIZE];
    nta_outgoing_t *ack;

    msg_t *msg = dialog->calling ? nta_outgoing_getrequest(dialog->calling) : NULL;
    const sip_t *invite = msg ? sip_object(msg) : NULL;

    hop_next(dialog, hop);
    /* With the INVITE's credentials (RFC 3261 13.2.2.4). */
    ack = nta_outgoing_tcreate(
        dialog->nta, NULL, NULL, (url_string_t *)hop, SIP_METHOD_ACK, NULL,
        SIPTAG_CSEQ(sip->sip_cseq), SIPTAG_AUTHORIZATION(invite ? invite->sip_authorization : NULL),
        SIPTAG_PROXY_AUTHORIZATION(invite ? invite->sip_proxy_authorization : NULL),
        SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    nta_outgoing_destroy(ack); /* It stays, to answer retransmissions of the 200. */
    if (msg)
        msg_destroy(msg);
}

static void acknowledge_reliable(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
    nta_outgoing_t *tagged, *prack;
    const char *tag = sip->sip_to->a_tag;
    char hop[HOP_SIZE];

    if (!sip->sip_rseq || !tag || !headers_requires(sip, "100rel"))
        return;
    if (!nta_leg_rtag(dialog->nta, tag))
        return; /* Another branch is ahead: only one gets PRACK, the others give up. */
    nta_leg_client_reroute(dialog->nta, sip->sip_record_route, sip->sip_contact, 1);
    tagged =
        nta_outgoing_tagged(request, placing_answered, dialog_name(dialog->id), tag, sip->sip_rseq);
    if (tagged) {
        dialog->calling = tagged;
        nta_outgoing_bind(request, NULL, NULL);
        nta_outgoing_destroy(request);
        request = tagged;
    }
    hop_next(dialog, hop);
    prack = nta_outgoing_prack(dialog->nta, request, NULL, NULL, (url_string_t *)hop, sip,
                               SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    nta_outgoing_destroy(prack);
}

static void taken(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
    bool wanted = dialog->state == DIALOG_CALLING;

    nta_leg_rtag(dialog->nta, sip->sip_to->a_tag);
    nta_leg_client_reroute(dialog->nta, sip->sip_record_route, sip->sip_contact, 1);
    dialog->updates = headers_allows(sip, "UPDATE");
    hop_hold(dialog);
    placing_ack(dialog, sip);
    dialog->calling = NULL;
    dialog->tries = 0;
    worker.calling_count--;
    worker.calling_until_ms = clock_ms() + 40000;
    nta_outgoing_destroy(request);
    if (dialog->by)
        locate_good(dialog->by->targets.list[dialog->by->next - 1].hop);
    if (!wanted) {
        within_send_bye(dialog, dialog->reason); /* Our CANCEL crossed the 200. */
        return;
    }
    dialog->state = DIALOG_UP;
    if (!restore_identify(dialog, sip->sip_call_id, sip->sip_from, NULL, sip->sip_to))
        dialog->identity = NULL; /* The call goes on; it would not outlive the worker. */
    dialog_tell_sip(dialog, SIP_ANSWERED, sip);
    restore_write(dialog);
}

static void refused(struct dialog *dialog, const sip_t *sip, int status)
{
    if (sip)
        dialog_tell_sip(dialog, SIP_REFUSED, sip);
    else
        dialog_tell(dialog, SIP_REFUSED, (uint16_t)status, "no answer");
    dialog_release(dialog);
}

int placing_answered(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    int status = nta_outgoing_status(request);

    if (!dialog || dialog->calling != request)
        return 0;
    if (status >= 300 || (status >= 200 && (!sip || !sip->sip_to->a_tag))) {
        if (!trunk_call_again(dialog, request, sip, status))
            refused(dialog, sip, status);
    } else if (status >= 200) {
        taken(dialog, request, sip);
    } else if (sip && status > 100) {
        acknowledge_reliable(dialog, request, sip);
        if (dialog->state == DIALOG_CALLING)
            dialog_tell_sip(dialog, SIP_PROGRESS, sip);
    }
    return 0;
}

static bool clean(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++) {
        if ((unsigned char)t.data[i] < 32 || t.data[i] == 127)
            return false;
    }
    return true;
}

/* Only X-* lines and User-to-User (RFC 7433) pass: the rest of the message is ours. */
static void extension_lines(struct text lines, char *out, size_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, (uint32_t)size - 1);
    while (lines.data) {
        struct text line = text_trim(text_next(&lines, '\n'));
        bool ours = text_starts_nocase(line, TEXT("X-")) ||
                    text_starts_nocase(line, TEXT("User-to-User:"));
        if (!ours || !clean(line) || text_find(line, TEXT(":")) < 0)
            continue;
        if (buffer.size + line.size + 2 > buffer.capacity)
            break;
        text_append(&buffer, line);
        text_append(&buffer, TEXT("\r\n"));
    }
    out[buffer.size] = '\0';
}

static bool open_leg(struct dialog *dialog, const char *uri, const char *from)
{
    char ours[320], theirs[320];

    if (dialog->nta)
        return true; /* On to the next target: the same call. */
    snprintf(ours, sizeof(ours), strchr(from, ':') ? "<%s>" : "<sip:%s@%s>", from, dialog->local);
    snprintf(theirs, sizeof(theirs), "<%s>", uri);
    dialog->nta = nta_leg_tcreate(worker.agent, requests_inside, dialog_name(dialog->id),
                                  SIPTAG_FROM_STR(ours), SIPTAG_TO_STR(theirs), TAG_END());
    return dialog->nta && nta_leg_tag(dialog->nta, NULL);
}

static bool send_invite(struct dialog *dialog, const struct command *command, const char *uri,
                        const char *hop)
{
    char contact[ADDRESS_SIZE + 32], sdp[MAX_SDP + 1], lines[MAX_HEADERS + 256], session[16];
    char hops[8], by[256], replaces[256];

    hop_contact(dialog, contact, sizeof(contact));
    text_copy(sdp, sizeof(sdp), command->sip.sdp);
    extension_lines(command->sip.headers, lines, sizeof(lines));
    snprintf(session, sizeof(session), "%u", command->sip.session_expires_s);
    snprintf(hops, sizeof(hops), "%u", command->sip.hops ? command->sip.hops : 70u);
    text_copy(by, sizeof(by), clean(command->sip.referred_by) ? command->sip.referred_by : TEXT_EMPTY);
    text_copy(replaces, sizeof(replaces), clean(command->sip.replaces) ? command->sip.replaces : TEXT_EMPTY);
    dialog->calling = nta_outgoing_tcreate(
        dialog->nta, placing_answered, dialog_name(dialog->id),
        (const url_string_t *)(const void *)hop, SIP_METHOD_INVITE,
        (const url_string_t *)(const void *)uri, SIPTAG_CONTACT_STR(contact),
        SIPTAG_ALLOW_STR(SIP_ALLOW), SIPTAG_SUPPORTED_STR(SIP_SUPPORTED),
        TAG_IF(command->sip.session_expires_s, SIPTAG_SESSION_EXPIRES_STR(session)),
        SIPTAG_MAX_FORWARDS_STR(hops), TAG_IF(by[0], SIPTAG_REFERRED_BY_STR(by)),
        TAG_IF(replaces[0], SIPTAG_REPLACES_STR(replaces)),
        SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_IF(lines[0], SIPTAG_HEADER_STR(lines)),
        TAG_IF(sdp[0], SIPTAG_CONTENT_TYPE_STR("application/sdp")),
        TAG_IF(sdp[0], SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
    return dialog->calling != NULL;
}

static void cannot_dial(const struct command *command, uint32_t id, uint16_t status,
                        const char *reason)
{
    struct event event = {
        .kind = SIP_REFUSED,
        .call = command->call,
        .leg = command->leg,
        .sip = {.dialog = id, .status = status, .reason = text_of(reason)},
    };

    worker_event(&event);
}

bool placing_send(struct dialog *dialog, const struct command *command, const char *uri,
                  const char *from, const char *hop)
{
    if (!clean(text_of(uri)) || !clean(text_of(from)) || strpbrk(uri, "<>\"?") ||
        strpbrk(from, "<>\"?") || !hop_local_for(hop, dialog->transport, dialog->local) ||
        !open_leg(dialog, uri, from) || !send_invite(dialog, command, uri, hop))
        return false;
    worker.calling_count++;
    return true;
}

/* By UDP it is sent to where it came from; else by the connection that the telephone keeps open,
 * which nobody can open in its place when it is behind a translator of addresses. One that is not may
 * listen itself. False: there is no way. */
bool placing_find(struct text way, const char *uri, char hop[HOP_SIZE], enum transport *transport)
{
    char route[HOP_SIZE], direct[HOP_SIZE];

    text_copy(route, sizeof(route), way);
    if (!hop_of_uri(route, hop, transport))
        return false;
    if (*transport == TRANSPORT_UDP || hop_is_connected(hop, *transport))
        return true;
    if (*transport == TRANSPORT_TLS || !hop_of_uri(uri, direct, transport) ||
        *transport != TRANSPORT_TCP || !hop_same_host(hop, direct))
        return false;
    memcpy(hop, direct, sizeof(direct));
    return true;
}

void placing_sweep(struct dialog *dialog, uint64_t now_ms)
{
    if (!dialog->deadline_ms || dialog->deadline_ms > now_ms || dialog->by)
        return;
    dialog->deadline_ms = 0;
    if (!dialog->calling || nta_outgoing_status(dialog->calling) >= 100)
        return;
    dialog_tell(dialog, SIP_REFUSED, 408, "the telephone says nothing");
    dialog->call = dialog->leg = 0; /* Whatever comes yet is of no call. */
    placing_cancel(dialog, "");
}

void placing_dial(const struct command *command)
{
    char uri[256], from[128], hop[HOP_SIZE];
    enum transport transport;
    struct dialog *dialog;
    bool telephone = command->sip.route.size > 0;

    if (command->sip.trunk.size) {
        trunk_call_dial(command);
        return;
    }
    text_copy(uri, sizeof(uri), command->sip.uri);
    text_copy(from, sizeof(from), command->sip.from);
    if (command->sip.uri.size >= sizeof(uri) || !clean(command->sip.uri) ||
        !clean(command->sip.from) || strpbrk(uri, "<>\"?") ||
        !(telephone ? placing_find(command->sip.route, uri, hop, &transport)
                    : hop_of_uri(uri, hop, &transport))) {
        cannot_dial(command, 0, telephone ? 430 : 400,
                    telephone ? "the telephone's connection is gone" : "not a numeric sip: URI");
        return;
    }
    dialog = worker.dialog_count < worker.max_dialogs ? dialog_new() : NULL;
    if (!dialog) {
        cannot_dial(command, 0, 503, "too many dialogs");
        return;
    }
    dialog->state = DIALOG_CALLING;
    dialog->outgoing = true;
    dialog->call = command->call;
    dialog->leg = command->leg;
    dialog->transport = transport;
    dialog->secure = strncasecmp(uri, "sips:", 5) == 0;
    snprintf(dialog->source, sizeof(dialog->source), "%.*s", (int)strcspn(hop + 4, ";"), hop + 4);
    text_copy(dialog->user, sizeof(dialog->user), command->sip.user);
    dialog->behind = telephone; /* Whatever address it gives itself. */
    if (telephone)
        dialog->deadline_ms = clock_ms() + QUIET_MS;
    if (!placing_send(dialog, command, uri, from, hop)) {
        dialog_forget(dialog);
        cannot_dial(command, 0, 502, "no such transport");
        return;
    }
    dialog_tell(dialog, SIP_DIALED, 0, "");
}

void placing_cancel(struct dialog *dialog, const char *reason)
{
    nta_outgoing_t *cancel;

    if (!dialog->calling) { /* The trunk is still being looked up. */
        dialog_tell(dialog, SIP_REFUSED, 487, "cancelled");
        dialog_release(dialog);
        return;
    }
    dialog->state = DIALOG_ENDING;
    dialog->deadline_ms = clock_ms() + CANCEL_MS;
    snprintf(dialog->reason, sizeof(dialog->reason), "%s", reason);
    cancel = nta_outgoing_tcancel(dialog->calling, NULL, NULL,
                                  TAG_IF(reason[0], SIPTAG_REASON_STR(reason)),
                                  SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    nta_outgoing_destroy(cancel);
}
