// SPDX-License-Identifier: Apache-2.0
/* reply.c - the core decides what a reply says; the headers that RFC 3261 wants with it come from
 * here. */
#include "sip/reply.h"

#include <stdio.h>

#include "sip/checks.h"

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static void fill_session(struct reply *reply, const struct command *command)
{
    static const char *const refreshers[] = {"", ";refresher=uac", ";refresher=uas"};

    if (command->sip.session_expires_s) {
        snprintf(reply->session, sizeof(reply->session), "%u%s", command->sip.session_expires_s,
                 refreshers[command->sip.refresher]);
        /* RFC 4028 section 9: the caller must know that it has to refresh. */
        if (command->sip.refresher == REFRESHER_UAC)
            reply->require = "timer";
    }
    if (command->sip.min_se_s)
        snprintf(reply->min_se, sizeof(reply->min_se), "%u", command->sip.min_se_s);
}

void reply_fill(struct reply *reply, const struct dialog *dialog, const struct command *command)
{
    text_copy(reply->phrase, sizeof(reply->phrase), command->sip.phrase);
    text_copy(reply->sdp, sizeof(reply->sdp), command->sip.sdp);
    hop_contact(dialog, reply->contact, sizeof(reply->contact));
    reply->retry[0] = reply->session[0] = reply->min_se[0] = '\0';
    reply->require = NULL;
    if (command->sip.retry_after_s)
        snprintf(reply->retry, sizeof(reply->retry), "%u", command->sip.retry_after_s);
    fill_session(reply, command);
}

const char *reply_phrase(const struct reply *reply, int status)
{
    return reply->phrase[0] ? reply->phrase : sip_status_phrase(status);
}

void reply_send(nta_incoming_t *request, int status, const struct reply *reply)
{
    bool success = status < 300;
    const char *sdp = or_null(reply->sdp);

    nta_incoming_treply(
        request, status, reply_phrase(reply, status),
        TAG_IF(success, SIPTAG_CONTACT_STR(reply->contact)),
        TAG_IF(status >= 200 && success, SIPTAG_ALLOW_STR(SIP_ALLOW)),
        TAG_IF(status >= 200 && success, SIPTAG_SUPPORTED_STR(SIP_SUPPORTED)),
        SIPTAG_REQUIRE_STR(reply->require), SIPTAG_SESSION_EXPIRES_STR(or_null(reply->session)),
        SIPTAG_MIN_SE_STR(or_null(reply->min_se)), SIPTAG_RETRY_AFTER_STR(or_null(reply->retry)),
        SIPTAG_SERVER_STR(worker.user_agent),
        TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")), SIPTAG_PAYLOAD_STR(sdp),
        TAG_END());
}
