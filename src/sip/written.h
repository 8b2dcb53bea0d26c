// SPDX-License-Identifier: Apache-2.0
/* written.h - a dialog in writing, and the worker's start-up instructions: what crosses a restart.
 *
 * The texts are what a SIP message would carry (From and To with their tags, Contact's URI, the
 * route set as a Record-Route value), so that reading them again needs no format of our own. */
#ifndef SIP_WRITTEN_H
#define SIP_WRITTEN_H

#include "base/record.h"
#include "base/text.h"
#include "core/event.h"

struct written {
    uint32_t id, call, leg;
    bool outgoing;     /* We sent the INVITE. */
    bool acknowledged; /* False: our 200 waits for its ACK. */
    bool updates;      /* The other side allows UPDATE. */
    enum transport transport;
    struct text sip_call_id, ours, theirs; /* From or To value of each side, with tag. */
    struct text target;                    /* Contact of the other side: "<sip:...>". */
    struct text routes;                    /* As Record-Route; empty: none. */
    uint32_t our_cseq, their_cseq;
    uint32_t invite_cseq; /* Of the INVITE not yet acknowledged. */
    struct text source;   /* "192.0.2.7:5060": where its messages come from. */
    struct text local;    /* "192.0.2.1:5060": our Contact's. */
    struct text trunk;    /* By which we placed the call; empty: none. */
    struct text user;     /* Whom the other side proved to be; empty: nobody. */
    bool subscribed;      /* NOTIFYs of our REFER are expected. */
    bool behind;          /* Its Contact cannot be reached: answer to the source. */
};

struct setup {
    struct text listeners; /* One a line. */
    struct text user_agent;
    struct text dns; /* Name servers; empty: this machine's. */
    uint32_t max_dialogs, retry_after_s;
    uint32_t serial;                      /* Ids are given from here on. */
    struct text hep_server, hep_password; /* Empty: no capture. */
    uint32_t hep_id;
    bool hep_bodies;
};

/* See sources.h. */
struct rules {
    uint32_t requests_per_second, trunk_calls_per_second, failures, ban_s, longest_ban_s;
    struct text trunks, scanners; /* One a line. */
};

struct figures {
    uint32_t dialogs, serial;
    uint64_t messages_in, refused_early, malformed;
    uint64_t banned, too_fast, bans_given;
    uint64_t hep_sent, hep_dropped;
};

enum {
    DIALOG_SLOT_BITS = 14,
    DIALOG_SLOTS = 1 << DIALOG_SLOT_BITS, /* MAX_CALLS * 2 */
    DIALOG_SERIALS = 1 << (32 - DIALOG_SLOT_BITS)
};

extern const struct shape written_shape, setup_shape, rules_shape;

#endif
