// SPDX-License-Identifier: Apache-2.0
/* within.c - what happens inside a dialog: UPDATE, INFO, refresh, BYE, from both sides. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/reply.h"
#include "sip/trunk_call.h"
#include "sip/worker.h"

enum { ENDING_MS = 34000 }; /* A BYE or CANCEL is over after 64 * T1 (32 s) at the latest. */

int within_try_again(nta_incoming_t *request)
{
    nta_incoming_treply(request, SIP_500_INTERNAL_SERVER_ERROR, SIPTAG_RETRY_AFTER_STR("2"),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 500;
}

void within_tell(const struct dialog *dialog, const sip_t *sip, bool update)
{
    struct event event = {.kind = SIP_REINVITED, .call = dialog->call, .leg = dialog->leg};

    event.reinvite.dialog = dialog->id;
    event.reinvite.request = update ? dialog->update_cseq : dialog->invite_cseq;
    event.reinvite.update = update;
    event.reinvite.sdp = headers_sdp(sip);
    event.reinvite.min_se_s = headers_min_se(sip);
    event.reinvite.timer_supported =
        headers_supports(sip, "timer") || headers_requires(sip, "timer");
    headers_session(sip, &event.reinvite.session_expires_s, &event.reinvite.refresher);
    worker_event(&event);
}

int within_update(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    if (dialog->state == DIALOG_ENDING)
        return checks_refuse(request, 481, "Call Does Not Exist");
    if (dialog->update || (dialog->invite && !dialog->invite_answered && headers_sdp(sip).size))
        return within_try_again(request); /* RFC 3311 section 5.2 */
    if (dialog->calling && headers_sdp(sip).size)
        return checks_refuse(request, SIP_491_REQUEST_PENDING);
    nta_leg_server_route(dialog->nta, NULL, sip->sip_contact);
    hop_learn(dialog, request, sip);
    dialog->update = request;
    dialog->update_cseq = sip->sip_cseq->cs_seq;
    within_tell(dialog, sip, true);
    return 0;
}

void within_reply(struct dialog *dialog, const struct command *command)
{
    struct reply reply;
    int status = command->sip.status;

    if (refer_reply(dialog, command))
        return;
    bool update = dialog->update && command->sip.request == dialog->update_cseq;
    bool invite = dialog->invite && !dialog->invite_answered && !update &&
                  dialog->state == DIALOG_UP && command->sip.request == dialog->invite_cseq;

    if (!update && !invite)
        return; /* Cancelled or given up meanwhile. */
    if (status < 200 || status > 699)
        status = 500;
    reply_fill(&reply, dialog, command);
    if (status >= 300)
        reply.sdp[0] = '\0';
    reply_send(update ? dialog->update : dialog->invite, status, &reply);
    if (update) {
        nta_incoming_destroy(dialog->update);
        dialog->update = NULL;
    } else if (status >= 300) {
        nta_incoming_bind(dialog->invite, NULL, NULL);
        nta_incoming_destroy(dialog->invite);
        dialog->invite = NULL;
    } else {
        dialog->invite_answered = true;
    }
    restore_write(dialog);
}

int within_info(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    struct event event = {.kind = SIP_KEY, .call = dialog->call, .leg = dialog->leg};
    bool body = sip->sip_payload && sip->sip_payload->pl_len > 0;

    event.sip_key.dialog = dialog->id;
    event.sip_key.key = headers_key(sip);
    if (!event.sip_key.key && body) {
        nta_incoming_treply(request, SIP_415_UNSUPPORTED_MEDIA,
                            SIPTAG_ACCEPT_STR("application/dtmf-relay, application/dtmf"),
                            SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
        return 415;
    }
    if (event.sip_key.key && dialog->state != DIALOG_ENDING)
        worker_event(&event);
    return checks_refuse(request, SIP_200_OK);
}

int within_bye(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    bool ending = dialog->state == DIALOG_ENDING;

    checks_refuse(request, SIP_200_OK);
    if (ending)
        return 200; /* Ours is out too; its answer ends the dialog. */
    if (dialog->invite && !dialog->invite_answered)
        checks_refuse(dialog->invite, SIP_487_REQUEST_CANCELLED);
    dialog_tell_sip(dialog, SIP_BYE, sip);
    dialog_release(dialog);
    return 200;
}

static int on_bye(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    nta_outgoing_t *again;

    if (!dialog || dialog->asking != request)
        return 0;
    again = trunk_call_prove(dialog, request, sip, on_bye);
    if (again)
        dialog->asking = again;
    else if ((!sip || !sip->sip_status || sip->sip_status->st_status >= 200))
        dialog_release(dialog);
    return 0;
}

void within_send_bye(struct dialog *dialog, const char *reason)
{
    char hop[HOP_SIZE];

    if (dialog->asking) { /* An UPDATE: its answer does not matter any more. */
        nta_outgoing_bind(dialog->asking, NULL, NULL);
        nta_outgoing_destroy(dialog->asking);
    }
    dialog->state = DIALOG_ENDING;
    dialog->deadline_ms = clock_ms() + ENDING_MS;
    hop_next(dialog, hop);
    dialog->asking = nta_outgoing_tcreate(dialog->nta, on_bye, dialog_name(dialog->id),
                                          (url_string_t *)hop, SIP_METHOD_BYE, NULL,
                                          TAG_IF(reason && reason[0], SIPTAG_REASON_STR(reason)),
                                          SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    if (!dialog->asking)
        dialog_release(dialog);
}

void within_hang_up(struct dialog *dialog, const char *reason)
{
    switch (dialog->state) {
    case DIALOG_OFFERED:
        nta_incoming_treply(dialog->invite, SIP_487_REQUEST_CANCELLED,
                            SIPTAG_REASON_STR(reason[0] ? reason : NULL),
                            SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
        dialog_release(dialog);
        break;
    case DIALOG_ANSWERED: /* RFC 3261 section 15: not before the ACK, or before it is overdue. */
        dialog->hang_up = true;
        snprintf(dialog->reason, sizeof(dialog->reason), "%s", reason);
        break;
    case DIALOG_CALLING:
        placing_cancel(dialog, reason);
        break;
    case DIALOG_UP:
        within_send_bye(dialog, reason);
        break;
    case DIALOG_FREE:
    case DIALOG_ENDING:
        break;
    }
}

/* The other side knows nothing of the dialog, or answers nothing: it is dead (RFC 5057). */
static void refreshed(struct dialog *dialog, const sip_t *sip, int status)
{
    if (status == 481 || status == 408) {
        dialog_tell(dialog, SIP_FAILED, (uint16_t)status, "refresh failed");
        within_send_bye(dialog, "SIP;cause=408;text=\"no answer to refresh\"");
        return;
    }
    if (sip)
        dialog_tell_sip(dialog, SIP_REFRESHED, sip);
    else
        dialog_tell(dialog, SIP_REFRESHED, (uint16_t)status, "no answer");
    restore_write(dialog);
}

static int on_update(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    int status = nta_outgoing_status(request);

    if (!dialog || dialog->asking != request || status < 200)
        return 0;
    dialog->asking = trunk_call_prove(dialog, request, sip, on_update);
    if (dialog->asking)
        return 0;
    if (status < 300 && sip)
        nta_leg_client_reroute(dialog->nta, NULL, sip->sip_contact, 0);
    refreshed(dialog, sip, status);
    nta_outgoing_destroy(request);
    return 0;
}

static int on_reinvite(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    int status = nta_outgoing_status(request);
    nta_outgoing_t *again;

    if (!dialog || dialog->calling != request || status < 200)
        return 0;
    again = trunk_call_prove(dialog, request, sip, on_reinvite);
    if (again) {
        dialog->calling = again;
        return 0;
    }
    if (status < 300 && sip) {
        nta_leg_client_reroute(dialog->nta, NULL, sip->sip_contact, 0);
        placing_ack(dialog, sip);
    }
    dialog->calling = NULL;
    worker.calling_count--;
    if (dialog->state == DIALOG_UP && dialog->agreeing && sip)
        dialog_tell_sip(dialog, SIP_AGREED, sip);
    else if (dialog->state == DIALOG_UP && dialog->agreeing)
        dialog_tell(dialog, SIP_AGREED, (uint16_t)status, "no answer");
    else if (dialog->state == DIALOG_UP)
        refreshed(dialog, sip, status);
    dialog->agreeing = false;
    nta_outgoing_destroy(request);
    return 0;
}

static void ask_again(struct dialog *dialog, const struct command *command, const char *hop,
                      const char *session)
{
    char contact[ADDRESS_SIZE + 32], sdp[MAX_SDP + 1], min_se[16];
    bool update = dialog->updates;
    nta_outgoing_t *request;

    hop_contact(dialog, contact, sizeof(contact));
    text_copy(sdp, sizeof(sdp), update ? TEXT_EMPTY : command->sip.sdp);
    snprintf(min_se, sizeof(min_se), "%u", command->sip.min_se_s);
    request = nta_outgoing_tcreate(dialog->nta, update ? on_update : on_reinvite,
                                   dialog_name(dialog->id), (const url_string_t *)(const void *)hop,
                                   update ? sip_method_update : sip_method_invite,
                                   update ? "UPDATE" : "INVITE", NULL, SIPTAG_CONTACT_STR(contact),
                                   SIPTAG_SUPPORTED_STR(SIP_SUPPORTED), SIPTAG_ALLOW_STR(SIP_ALLOW),
                                   TAG_IF(session[0], SIPTAG_SESSION_EXPIRES_STR(session)),
                                   TAG_IF(command->sip.min_se_s, SIPTAG_MIN_SE_STR(min_se)),
                                   SIPTAG_USER_AGENT_STR(worker.user_agent),
                                   TAG_IF(sdp[0], SIPTAG_CONTENT_TYPE_STR("application/sdp")),
                                   TAG_IF(sdp[0], SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
    if (!request) {
        dialog_tell(dialog, SIP_REFRESHED, 500, "could not be sent");
        return;
    }
    if (update) {
        dialog->asking = request;
    } else {
        dialog->calling = request;
        worker.calling_count++;
    }
}

void within_refresh(struct dialog *dialog, const struct command *command)
{
    static const char *const refreshers[] = {"", ";refresher=uac", ";refresher=uas"};
    char hop[HOP_SIZE], session[48] = "";

    if (dialog->state != DIALOG_UP)
        return;
    if (dialog->invite || dialog->update || dialog->calling || dialog->asking) {
        dialog_tell(dialog, SIP_REFRESHED, 491, "Request Pending");
        return;
    }
    if (command->sip.session_expires_s)
        snprintf(session, sizeof(session), "%u%s", command->sip.session_expires_s,
                 refreshers[command->sip.refresher]);
    hop_next(dialog, hop);
    ask_again(dialog, command, hop, session);
    restore_write(dialog);
}

void within_reinvite(struct dialog *dialog, const struct command *command)
{
    char hop[HOP_SIZE], contact[ADDRESS_SIZE + 32], sdp[MAX_SDP + 1];

    if (dialog->state != DIALOG_UP)
        return;
    if (dialog->invite || dialog->update || dialog->calling || dialog->asking) {
        dialog_tell(dialog, SIP_AGREED, 491, "Request Pending");
        return;
    }
    hop_next(dialog, hop);
    hop_contact(dialog, contact, sizeof(contact));
    text_copy(sdp, sizeof(sdp), command->sip.sdp);
    dialog->calling = nta_outgoing_tcreate(
        dialog->nta, on_reinvite, dialog_name(dialog->id), (const url_string_t *)(const void *)hop,
        SIP_METHOD_INVITE, NULL, SIPTAG_CONTACT_STR(contact), SIPTAG_SUPPORTED_STR(SIP_SUPPORTED),
        SIPTAG_ALLOW_STR(SIP_ALLOW), SIPTAG_USER_AGENT_STR(worker.user_agent),
        SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(sdp), TAG_END());
    if (!dialog->calling) {
        dialog_tell(dialog, SIP_AGREED, 500, "could not be sent");
        return;
    }
    dialog->agreeing = true;
    worker.calling_count++;
    restore_write(dialog);
}

void within_send_key(struct dialog *dialog, char key)
{
    char hop[HOP_SIZE], body[48];
    nta_outgoing_t *info;

    if (dialog->state != DIALOG_UP)
        return;
    hop_next(dialog, hop);
    snprintf(body, sizeof(body), "Signal=%c\r\nDuration=100\r\n", key);
    info = nta_outgoing_tcreate(dialog->nta, NULL, NULL, (const url_string_t *)(const void *)hop,
                                SIP_METHOD_INFO, NULL, SIPTAG_USER_AGENT_STR(worker.user_agent),
                                SIPTAG_CONTENT_TYPE_STR("application/dtmf-relay"),
                                SIPTAG_PAYLOAD_STR(body), TAG_END());
    nta_outgoing_destroy(info);
    restore_write(dialog);
}
