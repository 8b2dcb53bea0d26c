// SPDX-License-Identifier: Apache-2.0
/* bans.c - the worker's end of rules and bans: the keeper's frames to the gate, and back. */
#include <string.h>

#include "base/clock.h"
#include "sip/guard.h"
#include "sip/worker.h"

static void rules(const uint8_t *bytes, uint32_t size)
{
    struct rules rules;
    struct sources_policy policy;

    if (!record_unpack(&rules_shape, bytes, size, &rules))
        return;
    policy = (struct sources_policy){rules.requests_per_second, rules.trunk_calls_per_second,
                                     rules.failures, rules.ban_s, rules.longest_ban_s};
    gate_rules(&policy, rules.trunks, rules.scanners);
}

static void tell_ban(const struct source *source)
{
    struct ban_frame ban = {.until_ms = source->until_ms, .bans = source->bans};

    memcpy(ban.address, source->address, sizeof(ban.address));
    worker_frame(FRAME_BAN, 0, 0, &ban, sizeof(ban));
}

/* One of an earlier worker, or a person's. */
static void ban(const uint8_t *bytes, uint32_t size)
{
    struct ban_frame ban;

    if (size != sizeof(ban))
        return;
    memcpy(&ban, bytes, sizeof(ban));
    if (ban.until_ms)
        sources_restore(gate_sources(), ban.address, (uint8_t)ban.bans, ban.until_ms, clock_ms());
    else if (sources_ban(gate_sources(), ban.address, ban.for_ms, clock_ms()))
        tell_ban(sources_find(gate_sources(), ban.address));
}

void bans_open(void)
{
    gate_on_ban(tell_ban);
}

void bans_frame(enum frame_kind kind, const uint8_t *bytes, uint32_t size)
{
    if (kind == FRAME_RULES)
        rules(bytes, size);
    else if (kind == FRAME_BAN)
        ban(bytes, size);
    else if (size == 16)
        (void)sources_unban(gate_sources(), bytes, clock_ms());
}
