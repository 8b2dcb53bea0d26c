// SPDX-License-Identifier: Apache-2.0
/* hearers_warm.c - which pools a plan wants. */
#include "speech/hearers_warm.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/warm.h"

enum { POOLS = 24 /* Of the process's WARM_POOLS: voices and models have theirs too. */ };

struct pool {
    uint32_t provider, id;
    char url[STT_URL];
};

struct hearers_warm {
    uint32_t count;
    struct pool pools[POOLS];
};

static bool is_there(const struct hearers_warm *warm, uint32_t provider, const char *url)
{
    for (uint32_t i = 0; i < warm->count; i++)
        if (warm->pools[i].provider == provider && strcmp(warm->pools[i].url, url) == 0)
            return true;
    return false;
}

static void keep(struct hearers_warm *warm, struct net *net, const struct hearer *hearer,
                 uint32_t provider, uint32_t count, const struct stt_opening *opening)
{
    struct net_header key = {
        .name = TEXT("Authorization"), .value = text_of(opening->authorization), .secret = true};
    struct warm_wish wish = {.url = text_of(opening->url),
                             .headers = &key,
                             .header_count = opening->authorization[0] ? 1 : 0,
                             .count = count,
                             .label = text_of(hearer->name),
                             .refresh_ms = hearer->vendor->warm_ms};
    struct pool *pool = &warm->pools[warm->count];
    enum net_result result;

    pool->provider = provider;
    pool->id = warm_keep(net, &wish, &result);
    text_copy(pool->url, sizeof(pool->url), wish.url);
    if (pool->id)
        warm->count++;
    else
        log_line(LOG_WARN, "speech", "connections to %s are not kept open ahead: %s", hearer->name,
                 net_result_names[result]);
}

/* In one language. */
static void warm_one(struct hearers_warm *warm, struct net *net, const struct hearer *hearer,
                     uint32_t provider, uint32_t count, struct text language)
{
    struct stt_opening opening;
    struct stt_ask ask = hearer->ask;
    uint32_t before = 0;

    if (text_empty(ask.language))
        ask.language = language;
    ask.rate = SAMPLE_RATE;
    for (uint32_t i = 0; i < warm->count; i++)
        before += warm->pools[i].provider == provider;
    if (warm->count < POOLS && before < HEARERS_LANGUAGES &&
        stt_open(hearer->vendor, &ask, &opening) && !is_there(warm, provider, opening.url))
        keep(warm, net, hearer, provider, count, &opening);
    explicit_bzero(&opening, sizeof(opening));
}

static void warm_agent(struct hearers_warm *warm, struct net *net, struct hearers *hearers,
                       const struct plan *plan, const struct plan_agent *agent)
{
    for (uint8_t i = 0; i < agent->listen.count; i++) {
        int16_t number = agent->listen.items[i];
        const struct hearer *hearer = hearers_find(hearers, number);
        uint32_t count = plan->providers[number].warm;
        if (hearer && hearer->vendor->way == STT_SOCKET && count > 0)
            warm_one(warm, net, hearer, (uint32_t)number, count < WARM_EACH ? count : WARM_EACH,
                     agent->language);
    }
}

struct hearers_warm *hearers_warm_new(const struct plan *plan, struct net *net)
{
    struct hearers_warm *warm = net ? calloc(1, sizeof(*warm)) : NULL;
    struct hearers *hearers = warm ? hearers_new(plan) : NULL;

    if (hearers) {
        for (uint32_t i = 0; i < plan->agent_count; i++)
            warm_agent(warm, net, hearers, plan, &plan->agents[i]);
        hearers_drop(hearers);
    }
    if (warm && warm->count > 0)
        return warm;
    free(warm);
    return NULL;
}

void hearers_warm_free(struct hearers_warm *warm, struct net *net)
{
    if (!warm)
        return;
    for (uint32_t i = 0; i < warm->count; i++)
        warm_drop(net, warm->pools[i].id);
    free(warm);
}

void hearers_warm_tell(const struct hearers_warm *warm, struct hearers *hearers)
{
    for (uint32_t i = 0; warm && i < warm->count; i++) {
        const struct pool *pool = &warm->pools[i];
        struct hearer *hearer = &hearers->items[pool->provider];
        struct hearer_pool *own = &hearer->pools[hearer->pool_count++];
        own->url = arena_text(hearers->arena, text_of(pool->url));
        own->id = pool->id;
    }
}

uint32_t hearers_warm_find(const struct hearer *hearer, struct text url)
{
    for (uint32_t i = 0; i < hearer->pool_count; i++)
        if (text_equal(hearer->pools[i].url, url))
            return hearer->pools[i].id;
    return 0;
}
