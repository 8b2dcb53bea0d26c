// SPDX-License-Identifier: Apache-2.0
/* session.c - RFC 4028 sections 9 and 10, as the answering side. */
#include "core/session.h"

bool session_agree(const struct plan *plan, const struct session_ask *ask, struct session *out,
                   enum session_refresher *answer)
{
    uint32_t interval = ask->expires_s ? ask->expires_s : plan->session_expires_s;

    *out = (struct session){0};
    *answer = REFRESHER_NONE;
    if (ask->expires_s && ask->expires_s < plan->min_se_s)
        return false;
    if (interval == 0)
        return true;
    if (plan->session_expires_s && interval > plan->session_expires_s)
        interval = plan->session_expires_s; /* Section 9: the UAS may lower it, ... */
    if (interval < ask->min_se_s)
        interval = ask->min_se_s; /* ... not below the Min-SE of the request, ... */
    if (interval < plan->min_se_s)
        interval = plan->min_se_s; /* ... nor below ours. */
    out->interval_s = interval;
    /* Table 2: a caller who does not know the extension cannot refresh. */
    if (!ask->supported)
        *answer = REFRESHER_UAS;
    else
        *answer = ask->refresher == REFRESHER_NONE ? REFRESHER_UAC : ask->refresher;
    out->refresh = *answer == REFRESHER_UAS;
    return true;
}

uint64_t session_next_ms(const struct session *session, uint64_t now_ms)
{
    uint32_t interval = session->interval_s, third = interval / 3;

    if (session->refresh)
        return now_ms + (uint64_t)interval * 500;
    return now_ms + 1000 * (uint64_t)(interval - (third < 32 ? third : 32));
}
