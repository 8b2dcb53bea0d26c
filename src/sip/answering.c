// SPDX-License-Identifier: Apache-2.0
/* answering.c - calls to us: INVITE until its ACK, the first and the later ones (RFC
 * 3261 13.3, 14.2). */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "sip/away.h"
#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/proof.h"
#include "sip/reply.h"
#include "sip/worker.h"

/* The server transaction ends with us; the library keeps what retransmissions need. */
static void finish_invite(struct dialog *dialog)
{
    nta_incoming_bind(dialog->invite, NULL, NULL);
    nta_incoming_destroy(dialog->invite);
    dialog->invite = NULL;
}

void answering_acked(struct dialog *dialog, const sip_t *sip)
{
    bool first = dialog->state == DIALOG_ANSWERED;

    if (dialog->invite)
        finish_invite(dialog);
    else if (!first)
        return; /* An ACK once more. */
    if (first) {
        dialog->state = DIALOG_UP;
        dialog->deadline_ms = 0;
    }
    if (dialog->state == DIALOG_UP) {
        dialog_tell_sip(dialog, SIP_ACKED, sip);
        restore_write(dialog);
    }
    if (dialog->hang_up && dialog->state == DIALOG_UP)
        within_send_bye(dialog, dialog->reason);
}

static void cancelled(struct dialog *dialog, const sip_t *sip)
{
    bool first = dialog->state == DIALOG_OFFERED;

    if (dialog->invite_answered)
        return; /* The 200 was first; the library has said 481. */
    nta_incoming_treply(dialog->invite, SIP_487_REQUEST_CANCELLED,
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    finish_invite(dialog);
    if (first) {
        dialog_tell_sip(dialog, SIP_CANCELLED, sip);
        dialog_release(dialog);
    }
}

/* No ACK for our final answer, or no PRACK for a reliable ringing. */
static void unheard(struct dialog *dialog)
{
    bool answered = dialog->invite_answered, first = dialog->state != DIALOG_UP;

    if (!answered && dialog->state == DIALOG_OFFERED)
        nta_incoming_treply(dialog->invite, 504, "No PRACK", TAG_END());
    finish_invite(dialog);
    if (dialog->state == DIALOG_ENDING)
        return;
    dialog_tell(dialog, SIP_FAILED, 408, answered ? "no ACK" : "no PRACK");
    if (answered || !first)
        within_send_bye(dialog, "SIP;cause=408;text=\"no ACK\"");
    else
        dialog_release(dialog);
}

static int on_invite(nta_incoming_magic_t *magic, nta_incoming_t *request, const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));

    if (!dialog || dialog->invite != request)
        return 0;
    if (!sip)
        unheard(dialog);
    else if (sip->sip_request && sip->sip_request->rq_method == sip_method_cancel)
        cancelled(dialog, sip);
    else if (sip->sip_request && sip->sip_request->rq_method == sip_method_ack)
        answering_acked(dialog, sip);
    return 0;
}

static int refuse_early(nta_incoming_t *request)
{
    char retry[16], source[ADDRESS_SIZE];

    hop_source(request, source);
    away_count(worker_why(), source);
    snprintf(retry, sizeof(retry), "%u", worker.retry_after_s);
    worker.refused_early++;
    nta_incoming_treply(request, SIP_503_SERVICE_UNAVAILABLE,
                        TAG_IF(worker.retry_after_s, SIPTAG_RETRY_AFTER_STR(retry)),
                        SIPTAG_SERVER_STR(worker.user_agent), TAG_END());
    return 503;
}

static bool open_leg(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    const char *tag = nta_incoming_tag(request, NULL);

    dialog->nta = nta_leg_tcreate(worker.agent, requests_inside, dialog_name(dialog->id),
                                  SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(sip->sip_to),
                                  SIPTAG_TO(sip->sip_from),
                                  NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq), TAG_END());
    return dialog->nta && tag && nta_leg_tag(dialog->nta, tag) &&
           restore_identify(dialog, sip->sip_call_id, sip->sip_to, tag, sip->sip_from) &&
           nta_leg_server_route(dialog->nta, sip->sip_record_route, sip->sip_contact) == 0;
}

static void tell_invite(struct dialog *dialog, const sip_t *sip, const char *user,
                        uint32_t replaced)
{
    struct event event = {.kind = SIP_INVITE};
    struct header_scratch scratch;
    char local[ADDRESS_SIZE];
    char *port;

    headers_invite(sip, &scratch, &event);
    event.invite.dialog = dialog->id;
    event.invite.replaces = replaced;
    event.invite.hops = sip->sip_max_forwards && sip->sip_max_forwards->mf_count < 255
                            ? (uint8_t)sip->sip_max_forwards->mf_count
                            : 70;
    if (event.invite.hops == 0) /* It may end here, and lead nowhere: as 1 may. */
        event.invite.hops = 1;
    event.invite.user = text_of(user);
    event.invite.transport = dialog->transport;
    event.invite.source = text_of(dialog->source);
    snprintf(local, sizeof(local), "%s", dialog->local);
    port = strrchr(local, ':');
    if (port)
        *port = '\0';
    event.invite.local = text_of(local);
    if (local[0] == '[' && strlen(local) > 2)
        event.invite.local = text_part(event.invite.local, 1, (uint32_t)strlen(local) - 2);
    if (getrandom(&event.invite.seed, sizeof(event.invite.seed), 0) != sizeof(event.invite.seed))
        event.invite.seed = clock_ns();
    worker_event(&event);
}

int answering_invite(nta_incoming_t *request, const sip_t *sip)
{
    char source[ADDRESS_SIZE], user[MAX_NAME];
    struct dialog *dialog;
    uint32_t replaced;
    int status;

    hop_source(request, source);
    status = proof_check(request, sip, source, user);
    if (status)
        return status;
    status = refer_replaces(request, sip, &replaced);
    if (status)
        return status;
    if (worker_full() || gate_over_rate() || !(dialog = dialog_new()))
        return refuse_early(request);
    dialog->state = DIALOG_OFFERED;
    if (!open_leg(dialog, request, sip)) {
        dialog_forget(dialog);
        return checks_refuse(request, SIP_500_INTERNAL_SERVER_ERROR);
    }
    hop_learn(dialog, request, sip);
    snprintf(dialog->user, sizeof(dialog->user), "%s", user);
    dialog->updates = headers_allows(sip, "UPDATE");
    dialog->reliable_required = headers_requires(sip, "100rel");
    dialog->invite = request;
    dialog->invite_cseq = sip->sip_cseq->cs_seq;
    nta_incoming_bind(request, on_invite, dialog_name(dialog->id));
    tell_invite(dialog, sip, user, replaced);
    return 0;
}

/* A re-INVITE. One at a time (RFC 3261 14.2, RFC 6141): theirs unfinished 500, ours unfinished 491.
 */
int answering_again(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    if (dialog->state == DIALOG_ENDING)
        return checks_refuse(request, 481, "Call Does Not Exist");
    if (dialog->state != DIALOG_UP || dialog->invite || dialog->update)
        return within_try_again(request);
    if (dialog->calling)
        return checks_refuse(request, SIP_491_REQUEST_PENDING);
    nta_leg_server_route(dialog->nta, sip->sip_record_route, sip->sip_contact);
    hop_learn(dialog, request, sip);
    dialog->invite = request;
    dialog->invite_cseq = sip->sip_cseq->cs_seq;
    dialog->invite_answered = false;
    nta_incoming_bind(request, on_invite, dialog_name(dialog->id));
    within_tell(dialog, sip, false);
    return 0;
}

static int on_prack(nta_reliable_magic_t *magic, nta_reliable_t *reliable, nta_incoming_t *prack,
                    const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));

    nta_reliable_destroy(reliable);
    if (!prack || !sip)
        return 0; /* Flushed by a final answer. */
    if (dialog && dialog->state == DIALOG_OFFERED)
        dialog_tell_sip(dialog, SIP_PRACKED, sip);
    return 200;
}

static bool send_reliably(struct dialog *dialog, int status, const struct reply *reply)
{
    const char *sdp = reply->sdp[0] ? reply->sdp : NULL;

    return nta_reliable_treply(dialog->invite, on_prack, dialog_name(dialog->id), status,
                               reply_phrase(reply, status), SIPTAG_CONTACT_STR(reply->contact),
                               SIPTAG_ALLOW_STR(SIP_ALLOW), SIPTAG_SERVER_STR(worker.user_agent),
                               TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
                               SIPTAG_PAYLOAD_STR(sdp), TAG_END()) != NULL;
}

static void ring(struct dialog *dialog, const struct command *command)
{
    struct reply reply;
    int status = command->sip.status;

    if (dialog->state != DIALOG_OFFERED)
        return;
    reply_fill(&reply, dialog, command);
    if (status < 101 || status > 199)
        status = command->sip.sdp.size ? 183 : 180;
    if ((command->sip.reliable || dialog->reliable_required) &&
        send_reliably(dialog, status, &reply))
        return;
    reply_send(dialog->invite, status, &reply);
}

static void answer(struct dialog *dialog, const struct command *command)
{
    struct reply reply;

    if (dialog->state != DIALOG_OFFERED)
        return;
    reply_fill(&reply, dialog, command);
    dialog->state = DIALOG_ANSWERED;
    dialog->invite_answered = true;
    restore_write(dialog);
    reply_send(dialog->invite, 200, &reply);
}

static void reject(struct dialog *dialog, const struct command *command)
{
    struct reply reply;
    int status = command->sip.status;

    if (dialog->state != DIALOG_OFFERED)
        return;
    reply_fill(&reply, dialog, command);
    reply.sdp[0] = '\0';
    if (status < 300 || status > 699)
        status = 500;
    if (status == 401)
        proof_challenge(dialog->invite, false);
    else
        reply_send(dialog->invite, status, &reply);
    gate_answered(dialog->invite, status);
    finish_invite(dialog);
    dialog_release(dialog);
}

void answering_refuse(struct dialog *dialog)
{
    if (dialog->state != DIALOG_OFFERED)
        return;
    refuse_early(dialog->invite);
    finish_invite(dialog);
    dialog_forget(dialog);
}

void answering_command(struct dialog *dialog, const struct command *command)
{
    if (command->kind == SIP_RING)
        ring(dialog, command);
    else if (command->kind == SIP_ANSWER)
        answer(dialog, command);
    else if (command->kind == SIP_REJECT)
        reject(dialog, command);
}
