// SPDX-License-Identifier: Apache-2.0
/* warming.c - one pool a model. */
#include "mind/warming.h"

#include "base/log.h"
#include "mind/request.h"
#include "net/warm.h"

enum { CONNECTIONS = 4 /* One with HTTP/2, which all requests share. */ };

static uint32_t keep(struct net *net, const struct plan_provider *provider)
{
    char url[NET_URL];
    struct text_buffer out;
    struct warm_wish wish = {.count = CONNECTIONS, .label = provider->name};
    enum net_result result = NET_OK;
    uint32_t pool;

    text_buffer_init(&out, url, sizeof url);
    llm_url(request_vendor(provider), provider->url, &out);
    wish.url = text_view(&out);
    pool = warm_keep(net, &wish, &result);
    if (!pool)
        log_line(LOG_WARN, "mind", "connections to " TEXT_FORMAT " are not kept open ahead: %s",
                 TEXT_ARGS(provider->name), net_result_names[result]);
    return pool;
}

void warming_keep(struct warming *warming, struct net *net, const struct plan *plan)
{
    for (uint32_t i = 0; net && i < plan->provider_count; i++)
        if (provider_role(plan->providers[i].kind) == ROLE_THINKS)
            warming->pools[i] = keep(net, &plan->providers[i]);
}

void warming_drop(struct warming *warming, struct net *net)
{
    for (uint32_t i = 0; i < MAX_PROVIDERS; i++) {
        if (warming->pools[i])
            warm_drop(net, warming->pools[i]);
        warming->pools[i] = 0;
    }
}
