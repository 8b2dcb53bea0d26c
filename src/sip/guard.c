// SPDX-License-Identifier: Apache-2.0
/* guard.c - an array of bans, a ring of suspects, the rules as they are sent. */
#include "sip/guard.h"

#include <string.h>

#include "base/record.h"
#include "sip/written.h"

bool guard_rules(struct guard *guard, const struct sip_limits *limits)
{
    struct rules rules = {
        .requests_per_second = limits->requests_per_second,
        .trunk_calls_per_second = limits->trunk_calls_per_second,
        .failures = limits->failures,
        .ban_s = limits->ban_s,
        .longest_ban_s = limits->longest_ban_s,
        .trunks = limits->trunks,
        .scanners = limits->scanners,
    };
    size_t size = record_pack(&rules_shape, &rules, guard->rules, sizeof(guard->rules));

    guard->rules_size = (uint32_t)size;
    return size > 0;
}

void guard_begin(const struct guard *guard, uint64_t now_ms, guard_send *send, void *context)
{
    struct quarantine what;

    for (uint32_t i = 0; suspects_get(&guard->suspects, i, now_ms, &what); i++)
        send(context, FRAME_QUARANTINE, &what, sizeof(what));
    if (guard->tls_size)
        send(context, FRAME_TLS, guard->tls, guard->tls_size);
    if (guard->rules_size)
        send(context, FRAME_RULES, guard->rules, guard->rules_size);
    for (uint32_t i = 0; i < guard->ban_count; i++)
        send(context, FRAME_BAN, &guard->bans[i], sizeof(guard->bans[i]));
}

void guard_tls(struct guard *guard, const uint8_t *form, uint32_t size)
{
    if (size > sizeof(guard->tls))
        return;
    explicit_bzero(guard->tls, sizeof(guard->tls));
    memcpy(guard->tls, form, size);
    guard->tls_size = size;
}

static uint32_t place_of(const struct guard *guard, const uint8_t address[16])
{
    uint32_t at = 0;

    while (at < guard->ban_count && memcmp(guard->bans[at].address, address, 16) != 0)
        at++;
    return at;
}

void guard_banned(struct guard *guard, const struct ban_frame *ban, uint64_t now_ms)
{
    uint32_t at = place_of(guard, ban->address);

    for (uint32_t i = 0; at == GUARD_BANS && i < GUARD_BANS; i++) {
        if (guard->bans[i].until_ms <= now_ms)
            at = i;
    }
    if (at == GUARD_BANS) {
        at = 0;
        for (uint32_t i = 1; i < GUARD_BANS; i++)
            at = guard->bans[i].until_ms < guard->bans[at].until_ms ? i : at;
    }
    if (at == guard->ban_count)
        guard->ban_count++;
    guard->bans[at] = *ban;
}

void guard_unban(struct guard *guard, const uint8_t address[16])
{
    uint32_t at = place_of(guard, address);

    if (at < guard->ban_count)
        guard->bans[at] = guard->bans[--guard->ban_count];
}

uint32_t guard_list(const struct guard *guard, uint32_t first, uint64_t now_ms, struct sip_ban *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < guard->ban_count && count < GUARD_PAGE_BANS; i++) {
        const struct ban_frame *ban = &guard->bans[i];
        if (ban->until_ms <= now_ms)
            continue;
        if (first > 0) {
            first--;
            continue;
        }
        memcpy(out[count].address, ban->address, 16);
        out[count].left_s = (uint32_t)((ban->until_ms - now_ms + 999) / 1000);
        out[count++].times = ban->bans;
    }
    return count;
}
