// SPDX-License-Identifier: Apache-2.0
/* plan_hook.h - who is told of events, and who is asked about callers, by HTTP. Part of plan.h, which says
 * who makes it and how long it lives. */
#ifndef CORE_PLAN_HOOK_H
#define CORE_PLAN_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/plan_pair.h"

/* What others are told of, by HTTP: the names are hook_event_names (core/command.h). */
enum hook_event {
    HOOK_CALL_STARTED,
    HOOK_CALL_ENDED,
    HOOK_VOICEMAIL_LEFT,
    HOOK_MESSAGE_TAKEN,
    HOOK_CALLBACK_PROMISED,
    HOOK_CALLBACK_DONE,
    HOOK_CALLBACK_FAILED,
    HOOK_TRANSFER_OFFERED, /* To an operator: what a screen pops up. */
    HOOK_TRANSFER_DONE,
    HOOK_TRANSFER_FAILED,
    HOOK_QUEUE_JOINED,
    HOOK_QUEUE_LEFT,
    HOOK_CALL_SUPERVISED,
    HOOK_OPERATOR_STATE,
    HOOK_TEST, /* A person asks whether it arrives; never written down. */
    HOOK_EVENTS
};

/* Somebody who is told of events. */
struct plan_hook {
    struct text name, url;
    struct text secret, old_secret; /* SECRET: whsec_...; read by the store limb only. */
    uint32_t events;                /* A bit for each enum hook_event. */
    uint32_t timeout_ms;            /* Of one attempt. */
    uint32_t attempts;              /* Then it is a dead letter. */
    uint32_t rests_ms[MAX_RESTS];   /* Between attempts; the last one is repeated. */
    uint8_t rest_count;
    bool transcript; /* What was said goes with it. */
    /* A connector: the request is as its program wants it. Patterns: vendor/fill.h, over the event. */
    bool connector;
    struct text method, body;
    const struct plan_pair *headers;
    uint8_t header_count;
    struct text token, token_header; /* SECRET, as plan_tool's. */
    struct text idempotency;         /* The header that has the event's id; empty: none. */
    uint16_t expect[MAX_EXPECTED];   /* Statuses that mean it is done; none: 2xx. */
    uint8_t expect_count;
};

/* Who the caller is, asked when a call begins. Patterns: vendor/fill.h, over caller and called. */
struct plan_lookup {
    struct text url; /* Empty: nobody is asked. */
    struct text method, body;
    const struct plan_pair *headers;
    uint8_t header_count;
    struct text token, token_header; /* SECRET, as plan_tool's. */
    const struct plan_pair *facts;   /* Name of the fact, and its path in the answer. */
    uint8_t fact_count;
    uint32_t budget_ms; /* Nothing is slower than this. */
    uint32_t cache_ms;  /* What was found is used so long for the same number; 0: not at all. */
};

#endif
