// SPDX-License-Identifier: Apache-2.0
/* plan.h - what the server was told to do: voice agents, routes, trunks, manners. Plain data.
 *
 * Made by app/ from the configuration and the agents' files, checked there, and never changed
 * after. A plan lives in one of MAX_PLANS slots from PLAN_LOADED until the core's PLAN_DROP: calls
 * keep the plan that they started with. The core, the recogniser (language models) and the
 * classifier read it; nobody writes. All texts and arrays live as long as the plan. Indices are
 * checked by the maker: an agent index is below agent_count, an intent index below its agent's
 * intent_count; -1 is none. plan_agent.h, plan_people.h, plan_line.h and plan_hook.h are its parts. */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/event.h"
#include "core/plan_agent.h"
#include "core/plan_hook.h"
#include "core/plan_line.h"
#include "core/plan_people.h"

/* Who of two who are joined is written down. */
enum overhear { OVERHEAR_NOBODY, OVERHEAR_CALLER, OVERHEAR_BOTH };

/* Manners: times that shape the conversation. All in milliseconds. */
struct plan_manners {
    uint32_t end_of_turn_ms;           /* After a complete answer. 300 */
    uint32_t end_of_turn_open_ms;      /* After "and...", within a number or an address. 900 */
    uint32_t silence_ms;               /* Nothing said: ask again. 6,000 */
    uint32_t barge_in_decide_ms;       /* Evidence must come within this, else resume. 300 */
    uint32_t understand_ms;            /* The classifier's time; then general / 0.5. 1,500 */
    uint32_t filler_after_ms;          /* 800 */
    uint32_t recognise_ms;             /* The recogniser's time for a final. 2,000 */
    uint32_t answer_ms;                /* A turn's deadline: something must be said by then. 8,000 */
    uint32_t longest_turn_ms;          /* A caller who never pauses. 30,000 */
    uint32_t longest_call_ms;          /* 3,600,000 */
    uint32_t ring_ms;                  /* A call that we place rings so long. 30,000 */
    uint32_t no_audio_ms;              /* No packet from the caller: noticed. 10,000 */
    uint32_t no_audio_end_ms;          /* And the other side asked. 60,000; 0: never. */
    uint16_t unclear_permille;         /* Confidence below: ask. 400 */
    uint16_t confirm_permille;         /* Below: confirm. 600 */
    uint16_t word_confidence_permille; /* Speech recognised below this counts as not heard. 250 */
};

/* How far is gone when turns are late: each step when the one before did not help. */
enum slo_act {
    SLO_WATCH,    /* Not at all. */
    SLO_MOVE,     /* To the faster provider of the chain. */
    SLO_EMBEDDED, /* New calls go without providers. */
    SLO_REFUSE,   /* New calls are refused. */
    SLO_ACTS
};

/* How soon a caller must be answered: core/slo.h. */
struct plan_slo {
    uint32_t first_partial_ms; /* Mic to first partial. */
    uint32_t round_trip_ms;    /* 0: nothing is watched. */
    uint16_t share_permille;   /* Of the turns that must be in time. */
    uint16_t burn_hundredths;  /* Above it something is done. */
    enum slo_act act;
};

struct plan {
    uint32_t serial; /* Counts loads; 1 is the one that the server started with. */
    const struct plan_agent *agents;
    uint8_t agent_count;
    const struct plan_provider *providers;
    uint8_t provider_count;
    struct plan_lookup lookup;
    const struct plan_hook *hooks;
    uint8_t hook_count;
    const struct plan_trunk *trunks;
    uint8_t trunk_count;
    struct text realm; /* In our challenges (RFC 7616). */
    const struct text *hosts; /* Addresses of ours: what a telephone's URI may have as its host. */
    uint8_t host_count;
    enum plan_digest digest;
    const struct plan_user *users;
    uint16_t user_count;
    const struct plan_route *routes;
    uint16_t route_count;
    const struct text *skills; /* Every one that an operator has or a queue asks for. */
    uint8_t skill_count;
    const struct plan_operator *operators;
    uint16_t operator_count;
    const struct plan_hours *hours;
    uint8_t hours_count;
    const struct plan_queue *queues;
    uint8_t queue_count;
    const struct plan_vip *vips;
    uint8_t vip_count;
    const struct plan_supervisor *supervisors;
    uint16_t supervisor_count;
    struct plan_supervision supervision;
    struct text codes[OPERATOR_SAIDS]; /* Dialled by an operator; empty: none. */
    struct text three_way; /* To which a telephone transfers, to have both its calls in one; empty: none. */
    struct plan_manners manners;
    struct plan_slo slo;
    struct plan_unavailable unavailable;
    struct plan_voicemail voicemail;
    struct plan_callbacks callbacks;

    uint32_t max_calls;            /* At most MAX_CALLS; over it 503 with Retry-After. */
    uint32_t max_calls_per_second; /* 0: no limit. */
    const int16_t *outbound;       /* Trunks for calls that we place, tried in this order. */
    uint8_t outbound_count;
    struct text outbound_address;  /* In our SDP when we call; empty: we cannot. */
    struct text music;             /* For callers who wait: a file or a folder; empty: a chime. */
    uint32_t spare_legs;           /* Second legs at once: slots from max_calls on. */
    uint8_t media_threads;         /* Both legs of a bridge are on one: slots alike modulo this. */
    uint16_t recogniser_places;    /* At most MAX_RECOGNISERS. */
    uint16_t retry_after_s;        /* 5 */
    bool refuse_late;              /* New calls, while a media thread does not keep time. */
    bool refuse_unheard;           /* New calls, while no recogniser place is free. */
    uint16_t rtp_first_port;       /* Even. A call in slot n uses first + 2n, and + 1 for RTCP. */
    struct text media_address;     /* In our SDP; empty: the address that the INVITE came to. */
    uint16_t session_expires_s;    /* RFC 4028: what we ask for. 1,800; 0: no session timers. */
    uint16_t min_se_s;             /* RFC 4028: 90 */
    uint32_t keep_alive_ms;        /* OPTIONS to each telephone so often; 0: never. */
    enum overhear overhear;
    bool capture;                  /* Both channels of every call to disk. */
    bool comfort_noise;            /* RFC 3389: what the agent does not say is not sent. */
};

#endif
