// SPDX-License-Identifier: Apache-2.0
/* sources.h - who sends too much, and who guesses: a table of senders, their rate and their bans.
 *
 * A source is an IPv4 address or an IPv6 /64. A source of a trunk is never banned; it has a rate of
 * its own. Any other is banned when it fails too often without one success between, when it names
 * itself as a scanner, or by hand; each further ban is twice as long, until a week has passed
 * without one. The table is fixed: 4,096 sources in sets of four, the one unheard longest leaves
 * its set; a ban that runs leaves only for another ban. Pure: no clock, no allocation. The worker
 * thread's; about 100 instructions a look. */
#ifndef SIP_SOURCES_H
#define SIP_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    SOURCE_SETS = 1024,
    SOURCE_WAYS = 4,
    SOURCE_RANGES = 256,                /* MAX_TRUNK_SOURCES */
    SOURCE_FAILURES_MS = 60000,         /* Failures are counted over so long. */
    SOURCE_VOUCHED_MS = 3600000,        /* As long as a telephone may be registered. */
    SOURCE_GRUDGE_MS = 7 * 24 * 3600000 /* A ban longer ago than this is forgotten. */
};

struct sources_policy {
    uint32_t requests_per_second;    /* Of a stranger, twice as many at once; 0: no limit. */
    uint32_t trunk_calls_per_second; /* New calls of one trunk address; 0: no limit. */
    uint32_t failures;               /* In a minute, then a ban; 0: no bans by failures. */
    uint32_t ban_s, longest_ban_s;   /* The first, and the bound of doubling. */
};

enum source_verdict {
    SOURCE_PASS,
    SOURCE_TOO_FAST, /* Of a trunk: answer 503; of a stranger: say nothing. */
    SOURCE_BANNED    /* Say nothing. */
};

struct source {
    uint8_t address[16]; /* The first of its /64. All zero: empty. */
    uint64_t heard_ms, until_ms, banned_ms, failures_ms;
    uint64_t vouched_until_ms;
    uint32_t tokens; /* Thousandths of a request that it may send. */
    uint16_t failures;
    uint8_t bans; /* In a row: each doubles the next. */
    bool trunk;
    uint32_t epoch; /* Of the ranges by which `trunk` was found. */
};

struct sources {
    struct sources_policy policy;
    struct {
        uint8_t address[16], bits;
    } ranges[SOURCE_RANGES];
    uint32_t range_count, epoch;
    uint64_t seed;
    uint32_t banned; /* Bans that were given; those over are among them. */
    uint64_t dropped, too_fast;
    struct source table[SOURCE_SETS][SOURCE_WAYS];
};

void sources_init(struct sources *sources, uint64_t seed);

/* Replaces the policy and the trunks' ranges ("192.0.2.0/24", one a line). Bans stay, but those of
 * what is a trunk's now. */
void sources_rules(struct sources *sources, const struct sources_policy *policy,
                   struct text ranges);

/* A request has come; `call` when it would begin one. */
MUST_USE enum source_verdict sources_hear(struct sources *sources, const uint8_t address[16],
                                          bool call, uint64_t now_ms);

bool sources_is_trunk(struct sources *sources, const uint8_t address[16], uint64_t now_ms);

/* It asked for what it may not have, or the opposite. True: now it is banned. */
bool sources_failed(struct sources *sources, const uint8_t address[16], uint64_t now_ms);
void sources_succeeded(struct sources *sources, const uint8_t address[16], uint64_t now_ms);

/* Somebody there has proved who it is, or we call a trunk there: for an hour nothing bans it that
 * anybody can send in its name (one UDP packet suffices). Guesses of passwords still do: they need
 * our challenge, which only the address itself receives. */
void sources_vouch(struct sources *sources, const uint8_t address[16], uint64_t now_ms);
bool sources_is_vouched(struct sources *sources, const uint8_t address[16], uint64_t now_ms);

/* Bans at once, `for_ms` long; 0: as long as it is due. False: it belongs to a trunk. */
bool sources_ban(struct sources *sources, const uint8_t address[16], uint64_t for_ms,
                 uint64_t now_ms);

/* Ends a ban and forgets the earlier ones. False: there was none. */
bool sources_unban(struct sources *sources, const uint8_t address[16], uint64_t now_ms);

/* A ban of an earlier worker. */
void sources_restore(struct sources *sources, const uint8_t address[16], uint8_t bans,
                     uint64_t until_ms, uint64_t now_ms);

/* What is known of it; NULL: nothing. For those who tell of bans. */
const struct source *sources_find(const struct sources *sources, const uint8_t address[16]);

#endif
