// SPDX-License-Identifier: Apache-2.0
/* sources.c - sets of four, each with its own order of leaving. */
#include "sip/sources.h"

#include <string.h>

#include "base/address.h"

enum { BURST_S = 2, BANS_MOST = 24 };

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* IPv4 whole; of IPv6 the half that a site is given. */
static void key_of(const uint8_t address[16], uint8_t key[16])
{
    memcpy(key, address, 16);
    if (memcmp(address, mapped, sizeof(mapped)) != 0)
        memset(key + 8, 0, 8);
}

static uint32_t set_of(const struct sources *sources, const uint8_t key[16])
{
    uint64_t high, low;

    memcpy(&high, key, 8);
    memcpy(&low, key + 8, 8);
    high = (high ^ sources->seed) * 0x9e3779b97f4a7c15u;
    low = (low ^ (high >> 32) ^ high) * 0xff51afd7ed558ccdu;
    return (uint32_t)(low >> 40) % SOURCE_SETS;
}

static bool banned(const struct source *source, uint64_t now_ms)
{
    return source->until_ms > now_ms;
}

static bool in_ranges(const struct sources *sources, const uint8_t address[16])
{
    for (uint32_t i = 0; i < sources->range_count; i++) {
        if (address_in(address, sources->ranges[i].address, sources->ranges[i].bits))
            return true;
    }
    return false;
}

static int worth(const struct source *source, uint64_t now_ms)
{
    return banned(source, now_ms) ? 2 : source->vouched_until_ms > now_ms;
}

/* Who leaves the set: an empty place, else the longest unheard, who is vouched for after them, a ban
 * that runs last of all. */
static bool leaves_before(const struct source *a, const struct source *b, uint64_t now_ms)
{
    if (worth(a, now_ms) != worth(b, now_ms))
        return worth(a, now_ms) < worth(b, now_ms);
    return banned(a, now_ms) ? a->until_ms < b->until_ms : a->heard_ms < b->heard_ms;
}

static struct source *take(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    uint8_t key[16];
    struct source *set, *place;

    key_of(address, key);
    set = sources->table[set_of(sources, key)];
    place = &set[0];
    for (uint32_t i = 0; i < SOURCE_WAYS; i++) {
        if (set[i].epoch && memcmp(set[i].address, key, sizeof(key)) == 0) {
            place = &set[i];
            break;
        }
        if (leaves_before(&set[i], place, now_ms))
            place = &set[i];
    }
    if (place->epoch == 0 || memcmp(place->address, key, sizeof(key)) != 0) {
        *place = (struct source){.tokens = UINT32_MAX};
        memcpy(place->address, key, sizeof(key));
    }
    if (place->epoch != sources->epoch) {
        place->epoch = sources->epoch;
        place->trunk = in_ranges(sources, address);
        if (place->trunk)
            place->until_ms = 0;
    }
    return place;
}

void sources_init(struct sources *sources, uint64_t seed)
{
    *sources = (struct sources){.seed = seed, .epoch = 1};
}

void sources_rules(struct sources *sources, const struct sources_policy *policy, struct text ranges)
{
    sources->policy = *policy;
    sources->epoch++;
    sources->range_count = 0;
    while (ranges.data && sources->range_count < SOURCE_RANGES) {
        struct text line = text_next(&ranges, '\n');
        uint32_t at = sources->range_count;

        if (address_read_range(line, sources->ranges[at].address, &sources->ranges[at].bits))
            sources->range_count++;
    }
}

/* A bucket of two seconds' requests, filled as time goes by. */
static bool has_token(struct source *source, uint32_t rate, uint64_t now_ms)
{
    uint64_t full = (uint64_t)rate * 1000 * BURST_S, tokens = source->tokens;

    if (rate == 0)
        return true;
    if (now_ms > source->heard_ms)
        tokens += (now_ms - source->heard_ms) * rate;
    if (tokens > full)
        tokens = full;
    source->tokens = (uint32_t)(tokens >= 1000 ? tokens - 1000 : tokens);
    return tokens >= 1000;
}

enum source_verdict sources_hear(struct sources *sources, const uint8_t address[16], bool call,
                                 uint64_t now_ms)
{
    struct source *source = take(sources, address, now_ms);
    bool good;

    if (banned(source, now_ms)) {
        sources->dropped++;
        return SOURCE_BANNED;
    }
    if (source->trunk && !call)
        return SOURCE_PASS;
    good = has_token(source,
                     source->trunk ? sources->policy.trunk_calls_per_second
                                   : sources->policy.requests_per_second,
                     now_ms);
    source->heard_ms = now_ms;
    sources->too_fast += !good;
    return good ? SOURCE_PASS : SOURCE_TOO_FAST;
}

bool sources_is_trunk(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    return take(sources, address, now_ms)->trunk;
}

static uint64_t due_ms(const struct sources *sources, const struct source *source)
{
    uint64_t ms = (uint64_t)sources->policy.ban_s * 1000,
             most_ms = (uint64_t)sources->policy.longest_ban_s * 1000;

    for (uint32_t i = 0; i < source->bans && ms < most_ms; i++)
        ms *= 2;
    return ms < most_ms ? ms : most_ms;
}

bool sources_ban(struct sources *sources, const uint8_t address[16], uint64_t for_ms,
                 uint64_t now_ms)
{
    struct source *source = take(sources, address, now_ms);

    if (source->trunk)
        return false;
    if (source->bans > 0 && now_ms - source->banned_ms > SOURCE_GRUDGE_MS)
        source->bans = 0;
    source->until_ms = now_ms + (for_ms ? for_ms : due_ms(sources, source));
    source->banned_ms = now_ms;
    source->failures = 0;
    if (source->bans < BANS_MOST)
        source->bans++;
    sources->banned++;
    return true;
}

bool sources_failed(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    struct source *source = take(sources, address, now_ms);

    if (source->trunk || sources->policy.failures == 0 || banned(source, now_ms))
        return false;
    if (source->failures == 0 || now_ms - source->failures_ms > SOURCE_FAILURES_MS) {
        source->failures = 0;
        source->failures_ms = now_ms;
    }
    if (++source->failures < sources->policy.failures)
        return false;
    return sources_ban(sources, address, 0, now_ms);
}

void sources_succeeded(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    take(sources, address, now_ms)->failures = 0;
    sources_vouch(sources, address, now_ms);
}

void sources_vouch(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    take(sources, address, now_ms)->vouched_until_ms = now_ms + SOURCE_VOUCHED_MS;
}

bool sources_is_vouched(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    return take(sources, address, now_ms)->vouched_until_ms > now_ms;
}

bool sources_unban(struct sources *sources, const uint8_t address[16], uint64_t now_ms)
{
    struct source *source = take(sources, address, now_ms);
    bool was = banned(source, now_ms);

    source->until_ms = 0;
    source->bans = 0;
    source->failures = 0;
    return was;
}

void sources_restore(struct sources *sources, const uint8_t address[16], uint8_t bans,
                     uint64_t until_ms, uint64_t now_ms)
{
    struct source *source = take(sources, address, now_ms);

    if (source->trunk)
        return;
    source->bans = bans;
    source->until_ms = until_ms;
    source->banned_ms = now_ms;
}

const struct source *sources_find(const struct sources *sources, const uint8_t address[16])
{
    uint8_t key[16];
    const struct source *set;

    key_of(address, key);
    set = sources->table[set_of(sources, key)];
    for (uint32_t i = 0; i < SOURCE_WAYS; i++) {
        if (set[i].epoch && memcmp(set[i].address, key, sizeof(key)) == 0)
            return &set[i];
    }
    return NULL;
}
