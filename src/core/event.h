// SPDX-License-Identifier: Apache-2.0
/* event.h - every fact that can reach the core. Limbs make them, core_step() takes them.
 *
 * Ids: a call and a leg are slot + generation, given by the core, 0 is none; a late event for one
 * that is gone is dropped there. A dialog is given by the sip limb, also slot + generation, and is
 * known to the core from SIP_INVITE (or SIP_DIALED) until SIP_RELEASED. Texts view memory that
 * lives for the step only. `at_ms` is the monotonic time at which the thing happened, by the limb;
 * `now_ms` and `wall_ms` are stamped by the core's thread, once a batch. */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "base/record.h"
#include "base/sentiment.h"
#include "base/text.h"
#include "core/slo.h"

enum event_kind {
    EVENT_NONE,
    /* app */
    PLAN_LOADED, /* A plan is in its slot and every limb is ready for it. New calls use it. */
    TIMER_FIRED,
    CALL_REQUESTED, /* A person or a program wants us to call somebody. CALL_TELL answers. */
    SERVER_DRAIN, /* The first: take no new calls, those up go on. Each later one ends one call. */
    TASK_ASKED,    /* Somebody at the control socket has heard a message, or cancels a callback. */
    CAPTURE_ASKED, /* Somebody at the control socket wants a call's capture begun, paused, masked... */
    OPERATOR_ASKED, /* An operator, or somebody for them, says what they want: available, break... */
    SUPERVISE_ASKED, /* Somebody at the control socket wants a call supervised, or not any more. */
    LIMB_LOST,    /* The signalling process died; dialogs are being rebuilt. Informative. */
    /* sip */
    SIP_TRUNK,    /* What a trunk's registration or probe came to. */
    SIP_AWAY,     /* Calls that signalling turned away by itself, of one reason and one second. */
    SIP_REGISTER, /* A telephone registers, having proved who it is. Answer with SIP_REGISTERED. */
    SIP_PHONE,    /* A telephone that is watched answers no more, or does again. */
    SIP_INVITE,   /* A new call. Answer with SIP_RING, SIP_ANSWER or SIP_REJECT. */
    SIP_PRACKED,  /* A reliable provisional response (RFC 3262) arrived; may carry an SDP answer. */
    SIP_CANCELLED, /* The caller gave up before the answer. The limb has sent 487. */
    SIP_ACKED,     /* Our 200 to INVITE or re-INVITE was acknowledged; may carry an SDP answer. */
    SIP_REINVITED, /* Re-INVITE or UPDATE in the dialog. Answer with SIP_REPLY. */
    SIP_REFRESHED, /* Our SIP_REFRESH was answered. */
    SIP_KEY,       /* A key by INFO (application/dtmf-relay or application/dtmf). */
    SIP_BYE,       /* The other side hung up. The limb has sent 200. */
    SIP_FAILED,    /* The dialog is dead: no ACK, no answer, 481, connection lost. */
    SIP_DIALED,    /* SIP_DIAL got its dialog. */
    SIP_PROGRESS,  /* 18x to our INVITE; may carry SDP. */
    SIP_ANSWERED,  /* 200 to our INVITE; the limb has sent ACK. */
    SIP_REFUSED,   /* 3xx-6xx to our INVITE, or no answer at all (408). */
    SIP_AGREED,    /* Our SIP_REINVITE was answered: 2xx with SDP, or a refusal (491: glare). */
    SIP_REFERRED,  /* REFER in the dialog: call somebody else (RFC 3515). Answer with SIP_REPLY. */
    SIP_REFER_ANSWERED, /* Our SIP_REFER was answered; `final`: no NOTIFY will follow. */
    SIP_NOTIFIED,  /* What became of our SIP_REFER; `final`: nothing more will be told. */
    SIP_RELEASED,  /* The limb holds nothing of the dialog any more. Always the last of a dialog. */
    /* media */
    MEDIA_VOICE,   /* The cheap gate opened (voiced) or closed. */
    MEDIA_KEY,     /* A key by telephone-event or in-band; reported once each, at its start. */
    MEDIA_AUDIBLE, /* The first audible sample of an utterance was sent. */
    MEDIA_PLAYED,  /* An utterance ended: finished, or flushed at heard_ms. */
    MEDIA_SILENT,  /* No packet came for no_audio_ms (silent), or they come again. */
    MEDIA_LATE,    /* A thread does not keep time: each second while that is so. */
    MEDIA_CLOSED,  /* The endpoint is closed; no ring is written any more. Always the last of a leg.
                    */
    MEDIA_CAPTURED, /* A capture's file is finished or given up; perhaps long after its call. */
    /* speech */
    SPEECH_LISTENING, /* The recogniser is ready for this leg. */
    SPEECH_VERDICT,   /* The careful voice detector's opinion of what the gate let through. */
    SPEECH_PARTIAL,
    SPEECH_FINAL,   /* Answers SPEECH_FINISH; empty text: no words. */
    SPEECH_READY,   /* An utterance can be played from its clip (it may still be being written). */
    SPEECH_FAILED,  /* An utterance could not be spoken, or the recogniser is gone. */
    SPEECH_STOPPED, /* Answers SPEECH_STOP: the ring is read no more. */
    SPEECH_TURN,    /* A provider's own opinion of the caller's turn. */
    SPEECH_SESSION, /* Who hears now can be asked for answers too, until it fails. */
    /* mind */
    MIND_UNDERSTOOD,
    MIND_SAYS,   /* A clause of the model's answer, ready to be spoken; or what its voice says. */
    MIND_SOUNDS, /* The model answers in its own voice: a clip, with one reference, that is still
                    being written. What it says in it follows by MIND_SAYS. */
    MIND_WRITES, /* It says nothing because it writes what a tool is to be called with; now and then. */
    MIND_TOOL,   /* The model wants a tool called. Answer with MIND_RESULT. */
    MIND_DONE,   /* The model has said and asked for all of this round; after tools another follows
                    their results. */
    MIND_FAILED, /* It will say nothing more. */
    TOOL_DONE,   /* What became of a TOOL_CALL; exactly one. */
    LOOKUP_DONE, /* What became of a LOOKUP_ASKED, within its budget; exactly one. */
    /* Whoever probes or keeps connections; what happens in a call is told by that call's events. */
    PROVIDER_FACT,
    /* store */
    STORE_OPENED, /* The call's record is durable: it may be answered. */
    STORE_FAILED, /* It could not be written. */
    STORE_KNOWN,  /* A call with this key was asked for before; `why` is its reference. */
    STORE_BOUND,  /* The STORE_PHONE with this `call`, a request, and all before it are durable. */
    STORE_PHONE_KNOWN, /* A telephone of an earlier run, at the start. */
    STORE_TASK_KNOWN, /* A callback that is open, at the start, or after STORE_TASKS_WANTED. */
    STORE_TASKS_TOLD, /* All of them were, as far as there is room. */
    STORE_OPERATOR_KNOWN, /* What an operator wanted in an earlier run, at the start. */
    STORE_SLO_KNOWN, /* Turns of an earlier run that still count, at the start. */
    STORE_NOTED, /* The STORE_TOOL of this turn and number, or the STORE_TASK of turn 0, and all
                    before it, is durable. */
    EVENT_KINDS
};

/* Why signalling turned calls away before the core heard of them: with 503 each. */
enum away {
    AWAY_RATE,    /* Their trunk's calls a second. */
    AWAY_BEHIND,  /* It was behind with what it had to read, or its reader was. */
    AWAY_DIALOGS, /* No dialog was free. */
    AWAYS
};

/* What signalling saw of a trunk. */
enum trunk_fact {
    TRUNK_REGISTERED,
    TRUNK_NOT_REGISTERED, /* Refused, or not answered; it is tried again. */
    TRUNK_ALIVE,          /* It answered an OPTIONS. */
    TRUNK_DEAD,           /* It did not. */
    TRUNK_FACTS
};

/* What a provider that hears turns says of them. */
enum turn_fact {
    TURN_EAGER_END, /* Probably over: its words may be thought about. */
    TURN_RESUMED,   /* It was not. */
    TURN_END,
    TURN_COMMITTED, /* Of a whole conversation: all of the turn that SPEECH_FINISH ended is there,
                       it may be answered before its words are known. */
    TURN_FACTS
};

enum tool_outcome {
    TOOL_OK,
    TOOL_REFUSED,     /* It answered, and said no: trying again is no use. */
    TOOL_TIMED_OUT,   /* Whether it acted is not known. */
    TOOL_UNREACHABLE, /* Nothing was done. */
    TOOL_OUTCOMES
};

/* What an operator does: core/roster.h. */
enum operator_state {
    OPERATOR_OFFLINE,
    OPERATOR_AVAILABLE,
    OPERATOR_RINGING,
    OPERATOR_BUSY,
    OPERATOR_WRAP_UP,
    OPERATOR_BREAK,
    OPERATOR_ASIDE, /* Let it ring too often; until they say that they are there. */
    OPERATOR_STATES
};

/* How a supervisor takes part. */
enum supervise_mode {
    SUPERVISE_LISTEN,    /* Hears all, is heard by nobody. */
    SUPERVISE_WHISPER,   /* Is heard by the operator. */
    SUPERVISE_BARGE_IN,  /* Is heard by all. */
    SUPERVISE_TAKE_OVER, /* Is there instead of the operator, or of the voice agent. */
    SUPERVISE_END,       /* SUPERVISE_ASKED: not any more. */
    SUPERVISE_MODES
};

/* What an operator wants. */
enum operator_said { SAID_AVAILABLE, SAID_BREAK, SAID_OFFLINE, OPERATOR_SAIDS };

enum task_kind { TASK_MESSAGE, TASK_CALLBACK, TASK_KINDS };
enum task_state {
    TASK_NEW,       /* A message that nobody has heard; a callback for people alone. */
    TASK_RECORDING, /* A message that is being left. */
    TASK_HEARD,     /* By whom it was for: both of these are people's to say. */
    TASK_DONE,
    TASK_DISCARDED, /* There was nothing in it. */
    TASK_WAITING,   /* A callback that is promised. */
    TASK_CALLING,   /* An attempt is under way: known before anybody is dialled. */
    TASK_KEPT,
    TASK_CANCELLED,
    TASK_GIVEN_UP, /* After its attempts: left to people. */
    TASK_STATES
};

/* Why an operator does something else now. */
enum operator_why {
    OPERATOR_BY_PLAN,  /* The configuration. */
    OPERATOR_BY_WORD,  /* They, or somebody for them, said so. */
    OPERATOR_BY_PHONE, /* A telephone of theirs is there, or not any more. */
    OPERATOR_BY_OFFER, /* A caller is offered to them, or not any more. */
    OPERATOR_BY_CALL,  /* A call began or ended. */
    OPERATOR_BY_TIME,  /* Their wrap-up is over. */
    OPERATOR_WHYS
};

enum provider_fact { PROVIDER_OK, PROVIDER_SLOW, PROVIDER_FAILED, PROVIDER_FACTS };

enum transport { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_TLS };
enum session_refresher { REFRESHER_NONE, REFRESHER_UAC, REFRESHER_UAS };
enum key_source { KEY_RTP, KEY_INBAND, KEY_INFO };

enum capture_act {
    CAPTURE_START,
    CAPTURE_PAUSE,
    CAPTURE_RESUME,
    CAPTURE_STOP,
    CAPTURE_MASK, /* Silence in the place of what must not be kept, until CAPTURE_UNMASK. */
    CAPTURE_UNMASK,
    CAPTURE_ACTS
};
enum capture_state {
    CAPTURE_RECORDING,
    CAPTURE_PAUSED,
    CAPTURE_MASKED,
    CAPTURE_ENDED,    /* Raw; to be finished in the background. */
    CAPTURE_FINISHED, /* In its last form. */
    CAPTURE_FAILED,   /* Cannot be finished; the raw file stays. */
    CAPTURE_STATES
};

/* Timers are numbered slot * TIMERS + kind, so a call has at most one of each kind. The house has
 * one, under the number that the call of slot 0 never uses. */
enum timer_kind {
    TIMER_TURN,     /* End of the caller's turn. */
    TIMER_SILENCE,  /* Nothing was said. */
    TIMER_BARGE_IN, /* Evidence for an interruption must be there by now. */
    TIMER_ANSWER,   /* The recogniser, the classifier or the voice must have answered by now. */
    TIMER_FILLER,
    TIMER_TOOL,    /* A tool's try, or the rest before the next, is over. */
    TIMER_SESSION, /* RFC 4028: refresh, or expire. */
    TIMER_CALL,    /* Set-up, longest call, close-down. */
    TIMER_AUDIO,   /* No sound from the caller. */
    TIMER_FAR,     /* The second leg: rung for long enough; a transfer's answer is overdue. */
    TIMER_FAR_SESSION,
    TIMER_OLD,   /* A leg that was left: its time to go. */
    TIMER_WAIT,  /* In a queue: an update is due, or the wait is too long. */
    TIMER_GLARE, /* After 491: our re-INVITE once more (RFC 3261 14.1). */
    TIMER_SUPERVISE, /* A supervisor's telephone has rung for long enough; or those who are listened
                        to are told again. */
    TIMER_OFFER, /* An operator's telephone has rung, or been listened to, for long enough. */
    TIMER_LOOKUP, /* The greeting has waited for what is looked up. */
    TIMER_HOUSE, /* Of no call: queues, operators and promises are looked after (core/house.h). */
    TIMER_KINDS
};

struct event {
    enum event_kind kind;
    uint32_t call; /* 0 where the sender cannot know it. */
    uint32_t leg;
    uint64_t now_ms, wall_ms; /* Stamped by the core's thread. */
    uint64_t at_ms;           /* Stamped by the limb. */
    union {
        struct {
            uint32_t slot, serial;
        } plan; /* PLAN_LOADED */
        struct {
            enum timer_kind kind;
            uint32_t serial;
        } timer;              /* serial: as it was set. */
        struct {              /* SIP_REGISTER */
            uint32_t request; /* Give it back in SIP_REGISTERED. */
            struct text user; /* As proved. */
            struct text aor;  /* User of the To header: whose place it is. */
            struct text
                source; /* "192.0.2.7:5060": where it is reached, whatever its Contact says. */
            enum transport transport;
            struct text contacts; /* "EXPIRES_S URI\n" lines; none: it only asks. */
            bool all;             /* Contact: * - all are to be removed. */
            struct text sip_call_id;
            uint32_t cseq;
        } registering;
        struct { /* SIP_PHONE */
            uint32_t place, serial; /* As SIP_WATCH gave them. */
            bool silent;
        } watched;
        struct { /* STORE_PHONE_KNOWN */
            struct text user, contact, source, sip_call_id;
            enum transport transport;
            uint64_t expires_ms; /* Wall clock. */
            uint32_t cseq;
        } phone;
        struct { /* OPERATOR_ASKED STORE_OPERATOR_KNOWN */
            struct text name; /* Of the operator; those that nobody has are passed over. */
            enum operator_said said;
            bool aside; /* STORE_OPERATOR_KNOWN */
        } wish;
        struct { /* STORE_SLO_KNOWN */
            struct text name;
            enum slo_kind kind;
            enum slo_measure measure;
            enum slo_span span;
            uint64_t age_ms; /* They were so long ago; to a unit of the span. */
            uint32_t turns, late;
        } counted;
        struct { /* SUPERVISE_ASKED */
            struct text ref;
            struct text user; /* The supervisor's telephone, which is rung. */
            enum supervise_mode mode;
        } supervise;
        struct {
            struct text trunk;
            enum trunk_fact fact;
            uint16_t status; /* Of the answer; 0 or 408 when there was none. */
            struct text reason;
            uint32_t expires_s;     /* TRUNK_REGISTERED: as granted. */
            uint32_t round_trip_ms; /* TRUNK_ALIVE */
        } trunk;
        struct {
            enum away why;
            uint32_t count;
            uint64_t seed;      /* Of chance, for their one reference. */
            struct text source; /* Of the first: "192.0.2.7:5060". */
        } away;                 /* SIP_AWAY */
        struct {
            uint32_t token; /* Names the request in CALL_TELL. */
            uint64_t seed;
            struct text number;  /* A number, or a sip: URI. */
            struct text trunk;   /* Its name; empty: the plan's `outbound` list. */
            struct text agent;   /* Who speaks; empty: the plan's first. */
            struct text from;    /* Our number, as the callee sees it; empty: the trunk's. */
            struct text headers; /* X-* lines. */
            struct text key;     /* Idempotency: one key is one call, for ever. Empty: none. */
            uint32_t callback;   /* Of CALL_PLACE; 0: somebody else's wish. */
        } request;               /* CALL_REQUESTED */
        struct {
            uint32_t dialog;
            uint64_t seed; /* Random, from the limb: the core's only source of chance. */
            enum transport transport;
            struct text source; /* "192.0.2.7:5060", "[2001:db8::7]:5060" */
            struct text local;  /* Our address that it came to, without port: for SDP. */
            struct text from, from_name,
                to; /* User parts, display name; decoded. `to`: Request-URI's user. */
            struct text sip_call_id;
            struct text
                user; /* Of a trunk or a telephone, proved by its password; empty: nobody. */
            struct text
                asserted; /* P-Asserted-Identity's user (RFC 3325). Trunks only may be believed. */
            struct text diversion;    /* User of the first Diversion (RFC 5806) or History-Info. */
            struct text user_to_user; /* RFC 7433 */
            struct text headers;      /* X-*: "Name: value\n" lines, at most MAX_HEADERS. */
            uint32_t replaces; /* Dialog whose place it takes (RFC 3891); 0: none. */
            uint8_t hops;      /* Max-Forwards that is left. */
            struct text sdp;          /* Empty: no offer; ours goes into the 200. */
            bool reliable_required, reliable_supported; /* 100rel */
            bool timer_supported;
            uint32_t session_expires_s, min_se_s; /* 0: not said. */
            enum session_refresher refresher;     /* As asked by the caller. */
        } invite;
        struct { /* SIP_PRACKED SIP_CANCELLED SIP_ACKED SIP_BYE SIP_FAILED SIP_DIALED
                    SIP_PROGRESS SIP_ANSWERED SIP_REFUSED SIP_REFRESHED SIP_AGREED
                    SIP_REFER_ANSWERED SIP_NOTIFIED SIP_RELEASED */
            uint32_t dialog;
            uint16_t status;    /* 180, 200, 486, 408...; 0 where there is none. */
            bool final;         /* SIP_REFER_ANSWERED SIP_NOTIFIED */
            struct text reason; /* Reason header or phrase, as it came. */
            struct text target; /* SIP_REFUSED 3xx: the first Contact's URI. */
            struct text sdp;
            uint32_t session_expires_s;
            enum session_refresher refresher; /* Of the answer: who refreshes. */
        } sip;
        struct {
            uint32_t dialog;
            uint32_t request; /* Give it back in SIP_REPLY. */
            bool update;      /* UPDATE, not re-INVITE. */
            struct text sdp;  /* Empty: re-INVITE asks for our offer; UPDATE only refreshes. */
            uint32_t session_expires_s, min_se_s;
            enum session_refresher refresher;
            bool timer_supported;
        } reinvite;
        struct {
            uint32_t dialog;
            uint32_t request;        /* Give it back in SIP_REPLY. */
            struct text target;      /* Refer-To's URI, without headers. */
            struct text replaces;    /* Its Replaces, decoded: "call-id;to-tag=x;from-tag=y". */
            uint32_t replaced;       /* The dialog of ours that is meant by it; 0: none is. */
            struct text referred_by; /* As it came, for the INVITE that follows (RFC 3892). */
            bool quiet;              /* Refer-Sub: false: wants no NOTIFY (RFC 4488). */
        } refer;
        struct {
            uint32_t dialog;
            char key;
        } sip_key;
        struct {
            struct text ref; /* The call's. */
            enum capture_act act;
        } capture;
        struct {
            struct text name; /* As MEDIA_OPEN or MEDIA_CAPTURE gave it. */
            struct text file; /* In the capture directory. */
            enum capture_state state;
            uint64_t bytes;
        } captured;
        struct {
            bool voiced;
            uint64_t edge_ms; /* First voiced sample; or last voiced sample. Earlier than at_ms. */
            int32_t level_db; /* dBFS, -90..0 */
            bool echo; /* This line is known to send back what it gets. */
        } voice;
        struct {
            char key;
            enum key_source source;
            uint16_t duration_ms;
        } key;
        struct { /* MEDIA_AUDIBLE MEDIA_PLAYED */
            uint32_t utterance;
            uint32_t heard_ms; /* Of the clip, really sent. */
            uint32_t total_ms; /* Known length of the clip; 0 when not finished. */
            bool finished;
        } played;
        struct {
            bool silent;
            uint32_t for_ms;
        } silent;
        struct {
            uint32_t thread, permille; /* Of its beats in the last second, begun over 15 ms late. */
        } late;
        struct { /* MEDIA_CLOSED: the leg's figures. */
            uint32_t received, lost, late, duplicate, strangers, sent, captured;
            uint32_t jitter_us; /* RFC 3550 6.4.1, at the end. */
            uint32_t jitter_max_us;
            uint32_t remote_lost_permille; /* From RTCP receiver reports; 0 without. */
            uint32_t round_trip_us;
            uint32_t concealed;        /* Frames. */
            uint32_t echo_ms, erle_db; /* The agent's echo: after how long (0: none); lowered by. */
            uint32_t burst_permille, burst_ms, gap_permille, gap_ms; /* wire/quality.h */
            uint32_t r_tenths, mos_hundredths;                       /* 0: not known. */
            /* How our sound is heard, by RFC 3611 reports; 0: not said. */
            uint32_t remote_late_permille, remote_r_tenths, remote_mos_hundredths;
            uint32_t forged, replayed; /* SRTP: packets that were not authentic, or came again. */
        } closed;
        struct {
            bool speech;
            uint16_t probability_permille;
            uint32_t voiced_ms;
            uint64_t last_ms;
        } verdict;
        struct {              /* SPEECH_PARTIAL SPEECH_FINAL */
            uint32_t turn;    /* As given by SPEECH_FINISH; partials: the next one. */
            struct text text; /* Lower case, no punctuation. */
            uint16_t confidence_permille;
            /* Of a final: how much it sounds like listening, or like nothing said (a cough): 1,000
             * and so many hundredths of the log odds more; 0: nobody knows. */
            uint16_t listening;
            uint64_t speech_from_ms, speech_to_ms;
        } heard;
        struct {                /* SPEECH_READY SPEECH_FAILED */
            uint32_t utterance; /* 0 in SPEECH_FAILED: the recogniser. */
            uint32_t clip;      /* Carries one reference. */
            uint32_t cut_ms;    /* Leading silence removed. */
            bool cached;
            int32_t provider; /* Who spoke, or failed; -1: the embedded one. */
            uint32_t made_ms; /* SPEECH_FAILED: of an utterance that was ready, in its clip. */
            uint32_t retry_after_s; /* SPEECH_FAILED: as in MIND_FAILED. */
            struct text why;
        } speech;
        struct {           /* SPEECH_TURN */
            uint32_t turn; /* As SPEECH_FINISH would give it: the next one. */
            enum turn_fact what;
            struct text text; /* All words of the turn so far. */
            uint16_t confidence_permille;
        } turning;
        struct { /* SPEECH_SESSION */
            uint32_t session; /* For MIND_THINK. */
            int32_t provider; /* Who hears by it. */
        } session;
        struct {
            uint32_t turn;
            struct text intent; /* Unknown names count as general. */
            uint16_t confidence_permille;
            enum sentiment sentiment;
            struct text entities; /* "key=value\n" lines; keys as in docs/agents.md. */
            struct text summary;  /* One sentence; empty: the core makes one. */
        } understood;
        struct { /* MIND_SAYS MIND_TOOL MIND_DONE MIND_FAILED: `turn` as MIND_THINK gave it. */
            uint32_t turn;
            int32_t provider;
            struct text text;        /* MIND_SAYS: at most MAX_UTTERANCE. */
            uint32_t clip;           /* MIND_SOUNDS; MIND_SAYS: the one that it is said in, 0: none. */
            uint64_t first_token_ms; /* MIND_SAYS MIND_WRITES MIND_TOOL: when the round's first token came. */
            uint32_t number;         /* MIND_TOOL: counts those of a turn from 1. */
            struct text name;        /* MIND_TOOL */
            struct text arguments;   /* MIND_TOOL: JSON, at most MAX_ARGUMENTS. */
            uint32_t tokens_in, tokens_out; /* MIND_DONE: of this round; 0: not told. */
            uint16_t status;                /* MIND_FAILED: of HTTP; 0: none came. */
            uint32_t retry_after_s;         /* MIND_FAILED: 0: not told. */
            struct text why;                /* MIND_FAILED */
        } mind;
        struct { /* TOOL_DONE */
            uint32_t turn, number, attempt;
            enum tool_outcome outcome;
            uint16_t status;  /* Of HTTP; 0: none came. */
            uint32_t retry_after_s;
            struct text text; /* For the model: at most MAX_RESULT. */
        } tool;
        struct { /* STORE_TASK_KNOWN: times are wall clock. */
            struct text ref;
            uint32_t turn, number;
            struct text party, queue, agent, intent, about;
            uint64_t promised_ms, from_ms, until_ms, next_ms;
            uint64_t place_ms; /* In the queue's order, with this priority; 0: promised_ms. */
            uint32_t priority, attempts;
            bool calling; /* An attempt was under way; its call's account */
            bool made;    /* is there, */
            bool reached; /* and says that the caller was reached. */
        } task;
        struct { /* TASK_ASKED */
            struct text ref;
            enum task_kind kind;
            enum task_state state;
        } asked;
        struct { /* LOOKUP_DONE */
            enum tool_outcome outcome;
            uint16_t status; /* Of HTTP; 0: none came. */
            uint32_t ms;
            bool cached;
            struct text facts; /* "key=value\n" lines, at most MAX_ENTITIES. */
            struct text why;   /* When there are none, in words. */
        } lookup;
        struct { /* STORE_NOTED */
            uint32_t turn, number;
        } noted;
        struct {                     /* PROVIDER_FACT */
            uint32_t plan, provider; /* Slot, and index in it. */
            enum provider_fact what;
            uint32_t ms; /* To its first word; 0: not known. */
            uint32_t retry_after_s; /* PROVIDER_FAILED: as in MIND_FAILED. */
            struct text why;
        } provider;
        struct {
            struct text why;
        } store;
    };
};

/* The words used in prints, CDRs and JSON; see also command.h. */
extern const char *const transport_names[3];
extern const char *const session_refresher_names[3];
extern const char *const away_names[AWAYS];
extern const char *const trunk_fact_names[TRUNK_FACTS];
extern const char *const key_source_names[3];
extern const char *const turn_fact_names[TURN_FACTS];
extern const char *const tool_outcome_names[TOOL_OUTCOMES];
extern const char *const operator_state_names[OPERATOR_STATES];
extern const char *const operator_why_names[OPERATOR_WHYS];
extern const char *const operator_said_names[OPERATOR_SAIDS];
extern const char *const provider_fact_names[PROVIDER_FACTS];
extern const char *const task_kind_names[TASK_KINDS];
extern const char *const task_state_names[TASK_STATES];
extern const char *const timer_kind_names[TIMER_KINDS];
extern const char *const supervise_mode_names[SUPERVISE_MODES];
extern const char *const capture_act_names[CAPTURE_ACTS];
extern const char *const capture_state_names[CAPTURE_STATES];

/* One shape an event kind: the common fields first. */
extern const struct shape event_shapes[EVENT_KINDS];

/* Kind and fields, packed. 0 when it does not fit. */
MUST_USE size_t event_pack(const struct event *event, uint8_t *out, size_t size);
MUST_USE bool event_unpack(const uint8_t *bytes, size_t size, struct event *out);
void event_print(const struct event *event, struct text_buffer *out);
bool event_equal(const struct event *a, const struct event *b);

/* Packs and posts; the mailbox's answer. MAILBOX_FULL also when the event is over MAX_PACKED. */
MUST_USE enum mailbox_result event_post(struct mailbox *mailbox, const struct event *event);
MUST_USE enum mailbox_result event_try_post(struct mailbox *mailbox, const struct event *event);

#endif
