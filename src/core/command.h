// SPDX-License-Identifier: Apache-2.0
/* command.h - every act that the core can order. core_step() makes them, limbs carry them out.
 *
 * A command says everything that the act needs: a limb asks nothing and decides nothing. Texts view
 * the core's memory and live until the next step; posting copies them. Commands of one step are
 * delivered in their order to each limb. */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/suite.h"
#include "core/event.h"
#include "core/plan.h"
#include "core/slo.h"

enum command_kind {
    COMMAND_NONE,
    /* the core's own thread */
    TIMER_SET,
    TIMER_CANCEL,
    PLAN_DROP, /* No call uses the slot any more. */
    CALL_PLACE, /* The core's own wish to call: comes back as CALL_REQUESTED, with chance. */
    CALL_TELL, /* Answers CALL_REQUESTED, to whoever asked. */
    /* sip */
    SIP_RING,    /* 180 (or 183 with SDP); reliable: RFC 3262, SIP_PRACKED follows. */
    SIP_ANSWER,  /* 200 with SDP. */
    SIP_REJECT,  /* 4xx-6xx to the first INVITE. */
    SIP_REPLY,   /* To SIP_REINVITED. */
    SIP_REFRESH, /* RFC 4028: UPDATE if the peer allows it, re-INVITE with this SDP otherwise. */
    SIP_HANG_UP, /* BYE, CANCEL or 487, whatever the dialog's state needs. Always safe, also twice.
                  */
    SIP_DIAL,    /* INVITE; SIP_DIALED follows. */
    SIP_REINVITE, /* re-INVITE with this SDP: hold, and back. SIP_AGREED follows. */
    SIP_REFER,    /* RFC 3515: the other side shall call `uri`. SIP_REFER_ANSWERED follows. */
    SIP_NOTIFY,   /* What becomes of their REFER: `status`; `final`: the last. */
    SIP_SEND_KEY, /* INFO, application/dtmf-relay. */
    SIP_REGISTERED, /* The answer to SIP_REGISTER. */
    SIP_WATCH, /* Keeps the way to a telephone open, and sees whether it answers: SIP_PHONE. */
    SIP_WATCH_EVERY, /* The same of all of them, but so often from now on: `every_ms`. */
    /* media */
    MEDIA_OPEN,
    MEDIA_UPDATE, /* New remote address, codec or direction; same ports. */
    MEDIA_PLAY,   /* Appends the clip to the leg's playout queue. Takes over one clip reference.
                     `loop`: it repeats until MEDIA_FLUSH. */
    MEDIA_BRIDGE, /* Joins two open legs of one thread, both ways, until MEDIA_UNBRIDGE or a close.
                   */
    MEDIA_UNBRIDGE,
    MEDIA_HEAR,  /* The leg hears what comes in on another, or what that one is played, beside its
                    own playout, a bridge, and others it hears; until it is told off or either
                    closes. */
    MEDIA_PAUSE, /* Stops sending at once, keeps the place. */
    MEDIA_RESUME,
    MEDIA_FLUSH, /* Drops everything queued, ends a pause; one MEDIA_PLAYED an utterance. */
    MEDIA_TAP,   /* Caller's frames go into the ring, marked with the epoch. */
    MEDIA_UNTAP,
    MEDIA_CAPTURE,   /* Begins, pauses, masks or ends the capture of the leg. */
    MEDIA_SEND_KEYS, /* RFC 4733, 100 ms each with 60 ms between. */
    MEDIA_CLOSE,
    CLIP_DROP, /* A SPEECH_READY that is not wanted any more. */
    /* speech */
    SPEECH_LISTEN,
    SPEECH_EXPECT, /* Another language model, or provider, from the next utterance on. */
    SPEECH_FINISH, /* The turn is over: give the final. */
    SPEECH_FORGET, /* What was heard since the last final was noise or echo: drop it. */
    SPEECH_STOP,
    SPEECH_SAY,
    SPEECH_CANCEL, /* All utterances of the leg not yet ready: no SPEECH_READY follows. */
    /* mind */
    MIND_UNDERSTAND,
    MIND_THINK,  /* A model answers: MIND_SAYS, MIND_TOOL ..., then MIND_DONE or MIND_FAILED. */
    MIND_RESULT, /* A tool's result: when all of the round's are there, the model goes on. */
    MIND_NOTE,   /* What was really said or heard: the dialogue that the limb keeps for the call. */
    MIND_CANCEL, /* The question, and the thinking, under way: nothing more of them follows. */
    MIND_FORGET, /* The call is over: its dialogue goes. */
    TOOL_CALL,   /* An HTTP or MCP tool of the agent. TOOL_DONE follows. */
    LOOKUP_ASKED, /* Who is the caller? LOOKUP_DONE follows. */
    /* store; also the live view's feed */
    STORE_CALL_OPENED,
    STORE_CALL_ANSWERED,
    STORE_TURN, /* The caller's or the agent's words, when they are final. */
    STORE_KEY,
    STORE_HANDOVER,
    STORE_CAPTURE,  /* A capture was begun, changed, or has ended. */
    STORE_CAPTURED, /* Its file is finished; names no call: that may be gone long since. */
    STORE_LEG,         /* A leg but the first, when it begins and when it ends. */
    STORE_TRANSFER,    /* What became of a transfer or a forwarding, when it is known. */
    STORE_LEDGER,      /* Times of one turn, when complete. */
    STORE_CALL_CLOSED, /* The CDR. Exactly one a call opened. */
    STORE_PHONE, /* Where a telephone is, or is no more; STORE_BOUND follows one with a `call`. */
    STORE_TRUNK, /* A trunk's health or registration changed. */
    STORE_PROVIDER, /* A provider's health changed. */
    STORE_TOOL,     /* A tool was asked for; STORE_NOTED follows. Again when its end is known. */
    STORE_TASK, /* A message taken, or a callback promised: somebody's work. Turn 0 of a call:
                   STORE_NOTED follows. */
    STORE_TASK_STATE, /* People have heard a message, have done it, or cancel a callback. */
    STORE_TASKS_WANTED, /* There is room for callbacks that only the account has: STORE_TASK_KNOWN. */
    STORE_OPERATOR, /* What an operator does now, or wants, changed. */
    STORE_OFFER,    /* A caller is offered to an operator: what the operator should know. */
    STORE_SUPERVISION, /* A supervisor takes part in a call, or does not any more, or may not. */
    STORE_SLO_COUNT, /* So many turns more, of one name and measure: for the next start. */
    STORE_SLO,      /* Turns are late, or are in time again: what is done about it. */
    STORE_LOOKUP,   /* What a LOOKUP_ASKED came to. */
    STORE_DELIVERY, /* What came of telling somebody of an event: by the store's own outbox. */
    STORE_QUEUE,    /* A caller entered a queue, or left it. */
    STORE_HOLD,     /* One of two who are joined holds the other, or not any more. */
    COMMAND_KINDS
};

enum direction { DIRECTION_IN, DIRECTION_OUT };
enum speaker { SPEAKER_CALLER, SPEAKER_AGENT, SPEAKER_OPERATOR, SPEAKERS };

/* Why a call ended: the CDR's `cause`. */
enum cause {
    CAUSE_NONE,
    CAUSE_CALLER_HUNG_UP,
    CAUSE_AGENT_FINISHED, /* Good-bye, or an intent that ends the call. */
    CAUSE_SILENCE,        /* The caller never spoke. */
    CAUSE_FALLBACK,       /* The agent's fallback ended it. */
    CAUSE_CANCELLED,      /* Before the answer. */
    CAUSE_NOT_FOUND,      /* 404 */
    CAUSE_FORBIDDEN,      /* 403 */
    CAUSE_NO_CODEC,       /* 488 */
    CAUSE_FULL,           /* 503 */
    CAUSE_NO_AUDIO,       /* The caller's sound stopped. */
    CAUSE_SIGNALLING,     /* Session timer, no ACK, transport lost. */
    CAUSE_TOO_LONG,
    CAUSE_SERVER_SHUTDOWN,
    CAUSE_SERVER_FAILURE, /* Written at the next start for calls that were up. */
    CAUSE_ENCRYPTION,  /* 488: encrypted sound is required and was not offered, or the reverse. */
    CAUSE_BAD_REQUEST, /* 400, 4xx of our own to the first INVITE that is none of the above. */
    CAUSE_CALLEE_HUNG_UP, /* Of a call that we placed. */
    CAUSE_BUSY,           /* 486, 600: of a call that we placed or forwarded, as are: */
    CAUSE_NO_ANSWER,      /* It rang, and nobody answered. */
    CAUSE_REFUSED,        /* 4xx or 6xx. */
    CAUSE_TRUNK_FAILED,   /* No trunk could be reached, or 5xx. */
    CAUSE_TRANSFERRED,    /* The other side was given to somebody else. */
    CAUSE_UNREACHABLE,    /* 480: the telephone called is not registered, or does not answer. */
    CAUSE_NOT_SERVED, /* No person could take the caller, and the queue led no further. */
    CAUSE_KINDS
};

/* Whether calls should go by a trunk. */
enum trunk_health {
    TRUNK_HEALTHY,
    TRUNK_DEGRADED,  /* Slow, or failing now and then: others first. */
    TRUNK_UNHEALTHY, /* Only a trial now and then, until one succeeds. */
    TRUNK_HEALTHS
};
/* The state of a tool's call in the account. */
enum tool_state { TOOL_STATE_ASKED, TOOL_STATE_DONE, TOOL_STATE_FAILED, TOOL_STATES };

/* What is done about the turns of an agent or a provider. */
enum slo_step {
    SLO_STEP_NONE,     /* Nothing. */
    SLO_STEP_AVOIDED,  /* A provider: others of its chains are asked first. */
    SLO_STEP_EMBEDDED, /* An agent: its new calls go without providers. */
    SLO_STEP_REFUSING, /* An agent: its new calls are refused. */
    SLO_STEPS
};

enum delivery_state { DELIVERY_WAITING, DELIVERY_DONE, DELIVERY_DEAD, DELIVERY_STATES };

/* What became of a caller in a queue; all but QUEUE_JOINED and QUEUE_BACK end the passage. */
enum queue_what {
    QUEUE_JOINED,
    QUEUE_BACK,       /* Whom an operator had taken waits on: the answer was none. */
    QUEUE_ANSWERED,   /* An operator accepted. */
    QUEUE_ABANDONED,  /* Hung up. */
    QUEUE_OVERFLOWED, /* Never entered, or waited too long: `why` says it. */
    QUEUE_LEFT,       /* By their own wish, or with the conversation. */
    QUEUE_WHATS
};

/* What became of one way of supervising a call. */
enum supervise_what {
    SUPERVISE_WANTED,  /* The telephone rings, or its call is being set up. */
    SUPERVISE_REFUSED, /* It came to nothing: `why`. */
    SUPERVISE_BEGAN,
    SUPERVISE_OVER,
    SUPERVISE_WHATS
};

enum trunk_registration {
    REGISTRATION_NONE, /* Not wanted. */
    REGISTRATION_TRYING,
    REGISTRATION_DONE,
    REGISTRATION_FAILED,
    REGISTRATIONS
};

struct command {
    enum command_kind kind;
    uint32_t call;
    uint32_t leg;
    union {
        struct {
            enum timer_kind kind;
            uint32_t serial;
            uint64_t at_ms;
        } timer;
        struct {
            uint32_t slot;
        } plan;
        struct {                /* SIP_* */
            uint32_t dialog;    /* SIP_DIAL: 0. */
            uint32_t request;   /* SIP_REPLY */
            uint16_t status;    /* SIP_RING SIP_REJECT SIP_REPLY; SIP_HANG_UP: Q.850, 0: 16; from 200
                                   on: of SIP. */
            bool reliable;      /* SIP_RING */
            struct text phrase; /* Reason phrase; SIP_HANG_UP: words for the Reason header. */
            struct text sdp;
            uint32_t retry_after_s;     /* 0: no header. */
            uint32_t session_expires_s; /* 0: no header. SIP_REJECT 422: Min-SE in min_se_s. */
            uint32_t min_se_s;
            enum session_refresher refresher;
            struct text uri, from; /* SIP_DIAL */
            struct text trunk;     /* SIP_DIAL: its name, a way by DNS and credentials come with it;
                                      `uri` may then be a number alone. Empty: `uri` is numeric. */
            struct text route;     /* SIP_DIAL: "sip:192.0.2.7:5060;transport=udp", for a telephone
                                      behind NAT: sent there, whatever the URI says. */
            struct text user;      /* SIP_DIAL: whose telephone it is; empty: nobody's. */
            struct text headers;   /* SIP_DIAL: X-* lines to add. */
            struct text referred_by; /* SIP_DIAL SIP_REFER: a whole value, or empty. */
            struct text replaces;    /* SIP_DIAL: Replaces' value; empty: none. */
            uint8_t hops;            /* SIP_DIAL: Max-Forwards; 0: 70. */
            bool final;              /* SIP_NOTIFY */
            char key;                /* SIP_SEND_KEY */
        } sip;
        struct {                /* MEDIA_OPEN MEDIA_UPDATE */
            struct text remote; /* "192.0.2.7:4000"; IP literals only. */
            enum codec codec;
            uint8_t payload_type;
            uint8_t event_type;  /* telephone-event both ways; 0: none. */
            uint32_t event_rate; /* Its clock: 8,000 or 48,000; 0: 8,000. */
            uint8_t noise_type;  /* Comfort noise (RFC 3389) instead of silence; 0: none. */
            uint32_t bitrate;    /* Opus: at most, bits a second; 0: ours. */
            bool fec, cbr, dtx;  /* Opus: what the other side asks of us (RFC 7587 6.1). */
            enum sdp_way { WAY_BOTH, WAY_SEND, WAY_RECEIVE, WAY_NONE } way; /* Seen from us. */
            uint64_t seed;        /* MEDIA_OPEN: SSRC, first sequence number and timestamp. */
            uint32_t no_audio_ms; /* MEDIA_SILENT after this; 0: never. */
            bool voip_metrics;    /* Reports say how it sounds to us (RFC 3611 4.7). */
            bool capture;
            struct text name; /* MEDIA_OPEN: the call's reference, names the capture file. */
            enum srtp_suite suite;
            uint64_t key_in, key_own; /* Names of the keys in base/vault.h: theirs, ours. */
        } media;
        struct {
            uint32_t utterance, clip;
            bool loop;
        } play;
        struct { /* MEDIA_BRIDGE MEDIA_UNBRIDGE */
            uint32_t other;
            bool mask_keys; /* telephone-events are not passed on. */
        } bridge;
        struct { /* MEDIA_HEAR */
            uint32_t other; /* Whose sound. One that is bridged with the leg is heard once. */
            bool on;
            bool played;     /* Not what comes in on it, but what it is played: the agent's voice. */
            int32_t gain_db; /* -40 to 12; 0: as it came. Again with another: it changes. */
        } hear;
        struct { /* CALL_TELL */
            uint32_t token;
            struct text ref; /* Of the call placed; or of the first one with this key. */
            bool known;
            struct text why; /* Not empty: refused. */
        } told;
        struct {
            uint32_t ring, epoch;
        } tap;
        struct {
            enum capture_act act;
            struct text name; /* CAPTURE_START: of the file, without what the format adds. */
        } capture;
        struct { /* STORE_CAPTURE STORE_CAPTURED */
            struct text ref;
            uint64_t wall_ms;
            uint32_t number; /* Of the call's captures, from 1. */
            struct text name, file;
            enum capture_state state;
            uint64_t bytes;
        } captured;
        struct {
            struct text keys;
        } keys;
        struct {
            uint32_t clip;
        } clip;
        struct { /* SPEECH_LISTEN SPEECH_EXPECT */
            uint32_t ring, epoch;
            uint32_t plan, agent; /* Plan slot and agent index: whose language model. */
            enum expect expect;
            int32_t provider;     /* Who recognises: of the plan; -1: the embedded one. */
            bool replay;          /* A new provider gets what came since the last final, faster
                                     than real time: the limb keeps the last 15 s. */
            struct text language; /* BCP 47; empty: the agent's. */
        } listen;
        struct {
            uint32_t turn;
        } finish;
        struct {
            uint32_t utterance;
            bool wide;        /* The leg can be sent 16 kHz. */
            int32_t provider; /* Who speaks: of the plan; -1: the embedded voices. */
            uint32_t plan;    /* Its slot. */
            struct text voice, text, language;
        } say;
        struct {
            uint32_t turn, plan, agent;
            struct text text;             /* What the caller said. */
            uint16_t confidence_permille; /* The recogniser's. */
            struct text asked;            /* The agent's last words, for context. */
        } understand;
        struct { /* MIND_THINK */
            uint32_t turn, plan, agent;
            int32_t provider;     /* Never -1. */
            struct text text;     /* What the caller said: the last of the dialogue as it is asked.
                                     It joins the dialogue for good by MIND_NOTE. */
            bool noted;           /* It has joined: the dialogue stands as it is, perhaps with what
                                     the agent has said since. Another model failed. */
            struct text facts;    /* "key=value\n" lines: what is known of the call. */
            struct text language; /* Of the answer; empty: the agent's. */
            uint32_t session;     /* Of a whole conversation: the connection that it hears by. */
            bool speculative;     /* It may be thrown away: no MIND_TOOL before the same `turn` is
                                     asked again, without this and without text, which makes it
                                     certain. */
        } think;
        struct { /* MIND_RESULT */
            uint32_t turn, number;
            enum tool_outcome outcome;
            struct text text;
        } result;
        struct { /* MIND_NOTE */
            uint32_t turn;
            enum speaker speaker;
            struct text text;    /* Agent: what was heard of it. */
            struct text unheard; /* Agent: what an interruption cut off. */
            bool key;            /* Caller: not said, but pressed. */
            uint32_t clip;       /* Agent: the model's own voice (MIND_SOUNDS); else 0. */
            uint32_t heard_ms;   /* Of that clip; 0: nothing of it was heard. */
        } note;
        struct { /* TOOL_CALL */
            uint32_t turn, number, attempt; /* attempt: from 1. */
            uint32_t plan, agent, tool;     /* Of the agent's tools. */
            struct text name;               /* As the model called it: "crm__find_customer". */
            struct text arguments;
            struct text key; /* Idempotency: one a call of a tool, whatever the attempt. */
        } tool;
        struct { /* STORE_TOOL */
            struct text ref;
            uint64_t wall_ms;
            uint32_t turn, number, attempts, ms;
            struct text agent, name, arguments, key;
            enum tool_state state;
            enum tool_outcome outcome;
            uint16_t status;
            struct text text;
        } tool_account;
        struct { /* CALL_PLACE: as event->request. */
            uint32_t callback;
            struct text number, trunk, agent, from, key;
        } place;
        struct { /* STORE_TASK_STATE: all of the call's of this kind. */
            struct text ref;
            uint64_t wall_ms;
            enum task_kind kind;
            enum task_state state;
        } task_state;
        struct { /* STORE_TASK */
            struct text ref;
            uint64_t wall_ms;
            uint32_t turn, number; /* With `ref` its name: of the tool's call, or turn 0. */
            enum task_kind kind;
            enum task_state state; /* Written again with each change. */
            struct text party; /* Whom to call back, or who left the message. */
            struct text due;   /* When, as the caller said it, or RFC 3339. */
            struct text text; /* What was said, or what it is about. */
            struct text queue, agent, intent, summary;
            struct text file;     /* The capture of the message. */
            uint32_t length_ms;   /* Of the message. */
            uint32_t attempts;    /* Callbacks: so far, as are the rest. Times are wall clock. */
            uint64_t from_ms, until_ms; /* Promised. */
            uint64_t next_ms;           /* The next attempt. */
            struct text why;            /* It was discarded, cancelled, put off... */
            uint64_t place_ms;          /* In the queue's order, */
            uint32_t priority;          /* with this one. */
            bool queued;                /* It stands there now. */
            struct text attempt;        /* The reference of the call in which it stands or is made, where
                                           an operator is first. */
        } task;
        struct { /* STORE_PROVIDER */
            struct text provider;
            uint64_t wall_ms;
            enum trunk_health health;
            uint32_t ms; /* To its first word, lately. */
            struct text reason;
        } provider;
        struct { /* STORE_OPERATOR */
            struct text name;
            uint64_t wall_ms;
            enum operator_state state, was;
            enum operator_said said;
            bool aside;
            bool gone; /* Not in the configuration any more. */
            enum operator_why why;
            struct text ref; /* The call that it is about; empty: none. */
        } duty;
        struct {             /* STORE_OFFER; what became of it: STORE_TRANSFER, "warm". */
            struct text ref;
            uint64_t wall_ms;
            struct text name, label, place; /* place: where they are rung. */
            struct text queue;
            struct text caller, intent, statement, summary, entities, given;
            struct text transferred_from, reason;
            enum sentiment sentiment;
            struct text brief; /* As it will be spoken; empty: it is not. */
        } offer;
        struct { /* STORE_SUPERVISION */
            struct text ref;
            uint64_t wall_ms;
            uint32_t number; /* Of the call's, from 1; written again with each change. */
            struct text name, telephone;      /* The supervisor's. */
            struct text operator_name, agent; /* Who had the call: one of both. */
            enum supervise_mode mode;
            enum supervise_what what;
            uint64_t from_ms, until_ms; /* Wall clock; 0: not yet. */
            enum plan_tell caller_told, operator_told;
            struct text why;
        } supervision;
        struct { /* STORE_SLO; of STORE_SLO_COUNT without step, was and burn. */
            struct text name; /* Of the agent, or the provider. */
            uint64_t wall_ms;
            enum slo_kind kind;
            enum slo_step step, was;
            enum slo_measure measure;
            uint32_t turns, late;     /* In the last five minutes, as far as they count; _COUNT: more. */
            uint32_t burn_hundredths; /* Of them. */
        } slo;
        struct { /* STORE_QUEUE */
            struct text ref;
            uint64_t wall_ms;
            uint32_t number; /* Of the call's passages, from 1. */
            struct text queue;
            enum queue_what what;
            uint32_t priority;
            uint64_t place_ms; /* QUEUE_JOINED: its time in the order, on the wall. */
            uint32_t position; /* QUEUE_JOINED: on entering; 1 is the next. */
            uint32_t waited_ms;
            bool told; /* QUEUE_JOINED: the wait could be foretold. */
            uint32_t p50_ms, p90_ms;
            struct text operator_name; /* QUEUE_ANSWERED */
            struct text why;           /* In words. */
        } queue;
        struct {             /* STORE_CALL_OPENED: `ref` names the call for ever. */
            struct text ref; /* Also in each STORE_* below: the store needs no table of ids. */
            uint64_t wall_ms;
            struct text caller, called, trunk, source, sip_call_id, agent;
            struct text asserted, diversion, user_to_user, headers;
            enum direction direction;
            struct text key; /* Idempotency; empty: none. */
            enum transport transport;
        } opened;
        struct {
            struct text ref;
            uint64_t wall_ms;
            enum codec codec;
            struct text agent;
            enum srtp_suite suite;
        } answered;
        struct { /* STORE_TURN */
            struct text ref;
            uint64_t wall_ms;
            uint32_t turn;
            enum speaker speaker;
            struct text agent;
            struct text text;    /* Agent: what was really heard. */
            struct text unheard; /* Agent: what an interruption cut off. */
            struct text intent;  /* Caller only, as are the rest. */
            uint16_t confidence_permille, word_confidence_permille;
            enum sentiment sentiment;
            struct text entities;
        } turn;
        struct {
            struct text ref;
            uint64_t wall_ms;
            char key;
            enum key_source source;
            struct text meaning;
        } key;
        struct {
            struct text ref;
            uint64_t wall_ms;
            struct text from, to, intent, reason, statement, summary, entities;
            enum sentiment sentiment;
        } handover;
        struct { /* STORE_LEG: times are wall_ms; 0: not yet. */
            struct text ref;
            uint32_t number; /* 1 is the first leg of the call. */
            uint64_t started_ms, answered_ms, ended_ms;
            enum direction direction;
            struct text role;  /* "callee", "forward", "transfer", "referred", "replaces" */
            struct text party; /* The number dialled, or who came. */
            struct text trunk;
            uint16_t status; /* Of a refusal. */
            struct text reason;
            enum codec codec;
            uint32_t received, lost, late, jitter_us, concealed, sent, strangers;
            uint32_t forged, replayed, round_trip_us, remote_lost_permille;
            uint32_t burst_permille, burst_ms, gap_permille, gap_ms, r_tenths, mos_hundredths;
            uint32_t remote_late_permille, remote_r_tenths, remote_mos_hundredths;
        } leg_account;
        struct { /* STORE_TRANSFER */
            struct text ref;
            uint64_t wall_ms;
            struct text how; /* docs/account.md lists them. */
            struct text target;
            bool done;
            uint16_t status;
            struct text detail;
        } transfer;
        struct {             /* STORE_LEDGER: milliseconds after speech_to_ms unless said; */
            struct text ref; /* -1: did not happen in this turn. */
            uint64_t wall_ms;
            uint32_t turn;
            int32_t speech_ms;        /* Length of the caller's speech. */
            int32_t first_partial_ms; /* After the first speech packet in. */
            int32_t end_of_turn_ms;
            int32_t final_text_ms;
            int32_t understood_ms;
            int32_t first_token_ms;
            int32_t first_speech_ms; /* The voice's first byte. */
            int32_t silence_cut_ms;  /* A length: leading silence removed. */
            int32_t audible_ms;      /* Round trip: the first audible agent sample sent. */
            int32_t heard_ms;        /* Length of the reply really heard; */
            bool interrupted;        /* before the caller spoke again. */
            int32_t answer_ms;       /* The first audible sample that is no filler. */
            struct text heard_by, thought_by, spoken_by; /* Providers; "embedded". */
            uint32_t tokens_in, tokens_out;
            uint32_t thrown_away; /* Speculative answers of this turn that were begun for nothing. */
            int32_t saved_ms;     /* How much earlier than the certain end the answer was begun. */
        } ledger;
        struct { /* LOOKUP_ASKED */
            uint32_t plan;
            struct text caller, called;
        } lookup;
        struct { /* STORE_LOOKUP */
            struct text ref;
            uint64_t wall_ms;
            enum tool_outcome outcome;
            uint16_t status;
            uint32_t ms;
            bool cached;
            struct text facts, why;
        } lookup_account;
        struct { /* STORE_HOLD */
            struct text ref;
            uint64_t wall_ms;
            uint32_t number; /* Of whose leg, and */
            struct text role;
            bool holds;
        } held;
        struct { /* STORE_DELIVERY */
            struct text id, endpoint;
            uint64_t wall_ms, due_ms;
            enum delivery_state state;
            uint32_t attempts;
            uint16_t status; /* 0: there was no answer. */
            bool gone;       /* 410: the endpoint is turned off. */
            struct text why;
        } delivery;
        struct { /* SIP_REGISTERED */
            uint32_t request;
            uint16_t status;
            struct text contacts;   /* All that are bound now: "EXPIRES_S URI\n" lines. */
            uint32_t min_expires_s; /* With 423. */
        } registered;
        struct { /* SIP_WATCH */
            uint32_t place, serial; /* From 0, below MAX_BINDINGS; a new serial: it is another. */
            struct text contact, source;
            enum transport transport;
            uint64_t expires_ms; /* Wall clock; 0: not any more. */
            uint32_t every_ms;   /* 0: neither kept open nor looked after. */
        } watch;
        struct { /* STORE_PHONE */
            struct text user, contact, source, sip_call_id;
            enum transport transport;
            uint64_t expires_ms; /* Wall clock; 0: it is gone. */
            uint32_t cseq;
            bool silent; /* It did answer, and does not any more. */
        } phone;
        struct { /* STORE_TRUNK */
            struct text trunk;
            uint64_t wall_ms;
            enum trunk_health health;
            enum trunk_registration registration;
            uint16_t status;    /* Of the last answer that changed it. */
            struct text reason; /* In words. */
            uint32_t round_trip_ms;
        } trunk;
        struct { /* STORE_CALL_CLOSED */
            struct text ref;
            uint64_t wall_ms;
            enum cause cause;
            uint16_t status;    /* SIP status of a rejection; 0 for answered calls. */
            struct text detail; /* In words. */
            struct text agent;  /* Who had the call at the end. */
            struct text intent; /* The last understood. */
            enum sentiment sentiment;
            uint32_t ring_ms, talk_ms;
            uint32_t turns, keys, handovers, interruptions, transfers;
            bool keys_only; /* No recogniser was free. */
            uint32_t leg_number; /* Of the leg at the end, whose figures follow. */
            uint32_t received, lost, late, jitter_us, concealed, sent, strangers;
            uint32_t forged, replayed, echo_ms, erle_db;
            uint32_t round_trip_us, remote_lost_permille; /* By RTCP; 0: not known. */
            uint32_t burst_permille, burst_ms, gap_permille, gap_ms, r_tenths, mos_hundredths;
            uint32_t remote_late_permille, remote_r_tenths, remote_mos_hundredths;
        } closed;
    };
};

enum limb { LIMB_CORE, LIMB_SIP, LIMB_MEDIA, LIMB_SPEECH, LIMB_MIND, LIMB_STORE };

/* Who carries it out. CLIP_DROP is the speech limb's. */
enum limb command_limb(enum command_kind kind);

extern const struct shape command_shapes[COMMAND_KINDS];

MUST_USE size_t command_pack(const struct command *command, uint8_t *out, size_t size);
MUST_USE bool command_unpack(const uint8_t *bytes, size_t size, struct command *out);
void command_print(const struct command *command, struct text_buffer *out);
bool command_equal(const struct command *a, const struct command *b);
MUST_USE enum mailbox_result command_post(struct mailbox *mailbox, const struct command *command);

/* The words used in CDRs, prints and JSON. */
extern const char *const cause_names[CAUSE_KINDS];
extern const char *const trunk_health_names[TRUNK_HEALTHS];
extern const char *const trunk_registration_names[REGISTRATIONS];
extern const char *const tool_state_names[TOOL_STATES];
extern const char *const delivery_state_names[DELIVERY_STATES];
extern const char *const hook_event_names[HOOK_EVENTS];
extern const char *const queue_what_names[QUEUE_WHATS];
extern const char *const queue_wish_names[QUEUE_WISHES]; /* WISH_NONE: "". */
extern const char *const supervise_what_names[SUPERVISE_WHATS];
extern const char *const plan_tell_names[TELLS];
extern const char *const slo_step_names[SLO_STEPS];
extern const char *const slo_kind_names[SLO_KINDS];
extern const char *const slo_measure_names[SLO_MEASURES];
extern const char *const slo_span_names[SLO_SPANS];
extern const char *const codec_names[CODEC_KINDS];
extern const char *const speaker_names[SPEAKERS];
extern const char *const direction_names[2];

#endif
