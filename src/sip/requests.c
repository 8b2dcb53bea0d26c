// SPDX-License-Identifier: Apache-2.0
/* requests.c - every request that arrives: who deals with it. */
#include "sip/account.h"
#include "sip/checks.h"
#include "sip/headers.h"
#include "sip/registrar.h"
#include "sip/worker.h"

/* Belongs to no dialog. What we return the library sends, unless it is sent already. */
int requests_outside(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request,
                     const sip_t *sip)
{
    sip_method_t method = sip->sip_request->rq_method;
    int status;

    (void)magic, (void)leg;
    if (method == sip_method_ack)
        return 481; /* An ACK is never answered; this drops it. */
    if (method == sip_method_cancel)
        return checks_refuse(request, SIP_481_NO_TRANSACTION);
    if (method == sip_method_register && account_has_users())
        return registrar_request(request, sip);
    status = checks_request(request, sip, 0);
    if (status)
        return status;
    if (method == sip_method_options)
        return checks_options(request);
    if (method == sip_method_invite && !sip->sip_to->a_tag)
        return answering_invite(request, sip);
    if (method == sip_method_refer)
        return checks_refuse(request, SIP_403_FORBIDDEN);
    return checks_refuse(request, 481, "Call/Transaction Does Not Exist");
}

static int inside(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    switch ((int)sip->sip_request->rq_method) {
    case sip_method_invite:
        return answering_again(dialog, request, sip);
    case sip_method_update:
        return within_update(dialog, request, sip);
    case sip_method_info:
        return within_info(dialog, request, sip);
    case sip_method_bye:
        return within_bye(dialog, request, sip);
    case sip_method_refer:
        return refer_request(dialog, request, sip);
    case sip_method_notify:
        return refer_notified(dialog, request, sip);
    case sip_method_options:
        return checks_options(request);
    default: /* PRACK that matches nothing; CANCEL that came too late. */
        return checks_refuse(request, 481, "Call/Transaction Does Not Exist");
    }
}

int requests_inside(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request,
                    const sip_t *sip)
{
    struct dialog *dialog = dialog_find(dialog_named(magic));
    int status;

    if (!dialog || !sip->sip_to->a_tag) {
        /* The library also sends us strangers with the same Call-ID and From tag. */
        if (sip->sip_request->rq_method == sip_method_invite)
            return checks_refuse(request, SIP_482_LOOP_DETECTED);
        return requests_outside(magic, leg, request, sip);
    }
    if (sip->sip_request->rq_method == sip_method_ack) {
        answering_acked(dialog, sip); /* Of a 200 sent before a restart. */
        return 481;
    }
    status = belongs_check(dialog, request, sip);
    if (!status)
        status = checks_request(request, sip, 1);
    return status ? status : inside(dialog, request, sip);
}
