// SPDX-License-Identifier: Apache-2.0
/* voices_warm.c - connections to a plan's voices, open before the first word. */
#include "speech/voices_plan.h"

#include "base/log.h"
#include "net/warm.h"
#include "speech/voicing.h"

enum {
    WARM = 4, /* Connections kept open: one with HTTP/2 serves all, sockets serve one each. */
    HEADERS = 8
};

/* HTTP needs only the host; a socket is upgraded, with the key, for narrowband callers. */
static void warm(struct voices_provider *provider, struct net *net, struct tts_request *scratch)
{
    struct net_header headers[HEADERS];
    const struct tts_vendor *vendor = provider->vendor;
    struct text url = text_empty(provider->ask.url) ? text_of(vendor->url) : provider->ask.url;
    struct warm_wish wish = {.url = url, .count = WARM, .label = text_of(provider->name)};
    enum net_result result = NET_BAD_REQUEST;

    if (vendor->way == TTS_SOCKET) {
        if (!vendor->request(vendor, &provider->ask, scratch))
            return;
        wish.url = text_of(scratch->url);
        wish.headers = headers;
        wish.header_count = voicing_headers(scratch->headers, headers, HEADERS);
    }
    provider->warm = warm_keep(net, &wish, &result);
    if (!provider->warm)
        log_line(LOG_WARN, "speech", "connections to %s are not kept open ahead: %s",
                 provider->name, net_result_names[result]);
}

void voices_plan_warm(struct voices_plan *plan, struct net *net, struct tts_request *scratch)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->providers[i].vendor)
            warm(&plan->providers[i], net, scratch);
    }
}

void voices_plan_cool(struct voices_plan *plan, struct net *net)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->providers[i].warm)
            warm_drop(net, plan->providers[i].warm);
        plan->providers[i].warm = 0;
    }
}
