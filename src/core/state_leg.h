// SPDX-License-Identifier: Apache-2.0
/* state_leg.h - what the core remembers of a leg. Private to core/, part of core/state.h. */
#ifndef CORE_STATE_LEG_H
#define CORE_STATE_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/command.h"
#include "core/event.h"
#include "core/plan.h"

enum leg_state {
    LEG_FREE,
    LEG_IDLE,      /* Taken; no dialog yet. */
    LEG_OFFERED,   /* Their INVITE is not answered yet. */
    LEG_DIALING,   /* SIP_DIAL is out. */
    LEG_EARLY,     /* It rings, or is heard, before the answer. */
    LEG_ANSWERING, /* Our 200 is out, ACK awaited. */
    LEG_UP,
    LEG_HELD,   /* By us: it hears music. (Held by them is a way of sound: WAY_RECEIVE.) */
    LEG_ENDING, /* BYE, CANCEL or refusal; limbs let go of it. */
    LEG_STATES
};

struct session {
    uint32_t interval_s; /* 0: no session timer. */
    bool refresh;        /* We refresh; else we expire. */
};

/* Why a leg is there, in the account's words: leg_role_names. */
enum leg_role {
    ROLE_CALLER,
    ROLE_CALLEE,
    ROLE_FORWARD,
    ROLE_TRANSFER,
    ROLE_REFERRED,
    ROLE_REPLACES,
    ROLE_OPERATOR,
    ROLE_SUPERVISOR, /* Somebody whom a waiting caller is offered to. */
    ROLES
};

struct leg {
    uint32_t id, call, dialog;
    enum leg_state state;
    enum leg_role role;
    uint16_t operator_place; /* In the roster, + 1: whose call it is; 0: no operator's. */
    uint16_t number; /* In the account; 1 is the first. */
    bool outgoing;
    bool dialed;   /* SIP_DIAL is out and its dialog is not known yet. */
    bool released; /* No dialog: not yet, or not any more. */
    bool held;     /* By us, in what we offer. */
    bool holds;    /* Them us, while joined with somebody: as the account has it. */
    bool agreeing; /* Our re-INVITE is out. */
    int16_t trunk;
    uint16_t status; /* Of its refusal. */
    uint64_t seed, started_wall_ms, answered_wall_ms;
    char party[MAX_NAME], reason[MAX_NAME];
    char user[MAX_NAME]; /* Whose telephone it is, as proved or registered; empty: no user's. */
    bool accounted; /* Its last word is in the account. */
    struct leg_figures {
        uint32_t received, lost, late, jitter_us, concealed, sent, strangers, forged, replayed,
            echo_ms, erle_db;
        uint32_t round_trip_us, remote_lost_permille, burst_permille, burst_ms, gap_permille,
            gap_ms, r_tenths, mos_hundredths;
        uint32_t remote_late_permille, remote_r_tenths, remote_mos_hundredths;
    } figures;
    bool media_open, media_closed;
    bool awaiting_answer;        /* Our offer is out; the ACK must bring the answer. */
    uint8_t codecs[CODEC_KINDS]; /* As plan_trunk's. */
    uint8_t codec_count;
    bool comfort_noise, voip_metrics; /* The second: the other side wants them. */
    enum codec codec;
    uint8_t payload_type, event_type, noise_type;
    uint32_t event_rate, bitrate;
    bool fec, cbr, dtx;
    enum sdp_way way;
    uint64_t sdp_id, sdp_version;
    uint64_t sdp_digest; /* Of our last description. */
    char local[64], remote[72];
    struct session session;
    bool refreshing; /* Our refresh is out. */
    bool asked;      /* It also asks whether anybody is there: no sound comes. */
    bool moved;      /* From another call: its re-INVITE has not been agreed to yet. */
    bool silent;     /* No packet comes from there. */
    bool taping, tape_paused, tape_masked, tape_message;
    uint32_t tapes; /* Captures so far. */
    enum srtp_mode srtp;
    enum srtp_suite suite; /* Agreed; once it is, the leg does not go back to plain sound. */
    uint8_t profile;       /* RTP/AVP and its kin: see offer.c. */
    uint32_t crypto_tag;
    uint64_t key_in, key_own; /* Names in the vault. */
};

extern const char *const leg_role_names[ROLES];

#endif
