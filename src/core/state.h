// SPDX-License-Identifier: Apache-2.0
/* state.h - what the core remembers. Private to core/; everything else sees core.h.
 *
 * Flat memory without pointers into itself: a snapshot is a copy of these structs. Plans are named
 * by slot. Texts are terminated arrays of the sizes in base/limits.h. */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/command.h"
#include "core/core.h"
#include "core/event.h"
#include "core/plan.h"
#include "core/pool.h"
#include "core/slo.h"
#include "core/slots.h"

enum {
    OWN_SDP = 1536,         /* Of ours, the longest is under 1,000; a refused medium more is 40. */
    DIAL_HEADERS = 1024,    /* X-* lines of a call that we place. */
    FAR_MS = 35000,         /* A second leg that never said anything. */
    SAYINGS = 12,           /* Utterances of one reply, of those not said yet. */
    SAYINGS_AHEAD = 4,      /* Given to the voice at once: an interruption wastes no more. */
    REPLY_TEXT = 3072,      /* Their texts, bytes: over three minutes. A model that is ahead by more
                               is stopped. */
    TOOLS_OPEN = 4,         /* Of one call, at once. */
    TOOL_TEXT = 3072,       /* Their names and arguments, bytes. */
    QUIET_MS = 1500,        /* Silence of ours until a filler: no two seconds are unexplained. */
    FILLER_PATIENCE_MS = 350, /* A filler that does not come is said by the embedded voice. */
    SHORT_TEXT = 256,       /* Summaries and reasons. */
    STATEMENT = 512,        /* What the caller said, as kept for the context. */
    REF = 24,               /* "0193a5c2e5b1-5f3a09c1" */
    SETUP_MS = 40000,       /* A call that is not up by then is given up: Timer B is 32 s. */
    STORE_WAIT_MS = 1500,   /* The account's time; then the call is answered all the same. */
    ENDING_MS = 2000,       /* Media's time to report its last figures. */
    ASKED_MS = 34000,       /* The other side's time to say that it is there: Timer F is 32 s. */
    RELEASE_MS = 40000,     /* The dialog's time to go: BYE's Timer F is 32 s. */
    SPEAK_MS = 5000,        /* The voice's time to begin. */
    KEY_REPEAT_MS = 250,    /* The same key from two sources within this is one key. */
    SHORT_SOUND_MS = 250,   /* A voiced sound shorter than this alone does not take the floor. */
    HANDOVERS = 20,         /* A call that goes round more often ends in the fallback. */
    DIALOGS = 2 * MAX_CALLS /* Calls up and dialogs still dying. */
};

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

/* What the second leg is for. */
enum link {
    LINK_NONE,
    LINK_FORWARD,   /* The caller's route leads on: rung, then bridged. */
    LINK_TRANSFER,  /* The agent gives the caller away over us: rung, then bridged. */
    LINK_REFERRING, /* No second leg: our REFER is out, the agent waits. */
    LINK_REFERRED,  /* Their REFER: rung, then the conversation goes on there. */
    LINK_REPLACES,  /* Their INVITE takes a leg's place when it is acknowledged. */
    LINK_BRIDGED
};

enum call_state {
    CALL_FREE,
    CALL_OPENING,   /* The account is being written; the caller hears nothing yet. */
    CALL_DIALING,   /* A call that we place: the callee rings. */
    CALL_FORWARDING, /* The caller's leg is not answered; the second leg rings. */
    CALL_RINGING,   /* A reliable 180 waits for its PRACK. */
    CALL_ANSWERING, /* 200 sent, ACK awaited. */
    CALL_UP,        /* A conversation. */
    CALL_BRIDGED,   /* Two people; no agent. */
    CALL_ENDING,    /* BYE sent or received; media reports its figures. */
    CALL_CLOSED,    /* The CDR is written; limbs still let go. */
    CALL_STATES
};

enum conversation_state {
    TALK_NONE,
    TALK_SPEAKING,    /* The agent has the floor; its words are being made or heard. */
    TALK_PAUSED,      /* The caller's voice paused the agent; evidence is awaited. */
    TALK_LISTENING,   /* Nobody speaks; the silence timer runs. */
    TALK_HEARING,     /* The caller has the floor. */
    TALK_RECOGNISING, /* The turn is over; the final text is awaited. */
    TALK_THINKING,    /* The classifier is at work. */
    TALK_AWAY,        /* The caller is being given to somebody else; the agent waits. */
    TALK_STATES
};

/* What follows when the agent has said its piece. */
enum after { AFTER_LISTEN, AFTER_HANG_UP, AFTER_TRANSFER };

/* Absolute times of one turn; 0: did not happen. */
struct turn_times {
    uint64_t speech_from_ms, speech_to_ms, first_partial_ms, end_of_turn_ms, final_ms,
        understood_ms, first_token_ms, first_speech_ms, audible_ms, answer_ms;
    uint32_t cut_ms;
};

enum { SPOKEN_BY_NOBODY = -2 };

enum saying_state {
    SAYING_WAITING, /* For those before it. */
    SAYING_ASKED,
    SAYING_READY,
    SAYING_PLAYING,
    SAYING_OVER
};

struct saying {
    uint32_t utterance;
    uint16_t from, size; /* In the reply's text. */
    int16_t agent;       /* Whose voice. */
    int16_t provider;    /* Who speaks; -1: embedded. */
    uint8_t at, tried;   /* Its position in the agent's chain; those that failed, a bit each. */
    bool filler;         /* Explains a silence; is not the answer. */
    bool broken;         /* Its voice died: what was not heard is said again by another. */
    enum saying_state state;
    uint32_t clip; /* SAYING_READY: the reference that we owe to media or to CLIP_DROP. */
    uint32_t heard_ms;
    uint64_t asked_ms, asked_wall_ms;
};

/* What the agent says in answer to one turn, and the times of that turn. */
struct reply {
    bool live; /* Not all of it is over. */
    bool interrupted;
    bool timed; /* Answers a caller's spoken turn: a ledger is due. */
    uint8_t count;
    uint16_t size;
    int16_t agent;     /* Who had the call when it began. */
    int16_t spoken_by; /* Provider of the first utterance that is no filler. */
    uint32_t turn;
    uint32_t heard_ms; /* Of utterances that are over and have made room. */
    struct turn_times times;
    struct saying sayings[SAYINGS];
    char text[REPLY_TEXT];
};

/* A model at work on a turn. Several serve one turn when the first ones fail. */
struct thought {
    uint32_t serial;  /* Of the last MIND_THINK. */
    bool open;        /* More of it is to come: clauses, tools, or its end. */
    bool speculative; /* The caller may go on: it is neither heard nor in the account. */
    bool noted;       /* The caller's words are in the dialogue and in the account. */
    bool spoke;       /* The caller was given something of this turn's answer. */
    bool token;       /* Its round has begun to answer. */
    bool again;       /* It failed in the midst: another goes on when its words were heard. */
    uint8_t tried;    /* Positions of the chain, a bit each. */
    uint8_t at;
    int16_t provider;
    uint8_t asked_tools; /* In its present round. */
    uint8_t rounds;
    uint64_t words;                    /* Digest of the caller's words that it answers. */
    uint64_t asked_ms, deadline_ms;    /* Of the round; of the turn. */
    uint32_t tokens_in, tokens_out;    /* Of the turn, as are: */
    uint32_t thrown_away;              /* Speculations. */
    uint32_t saved_ms;
};

enum tool_run_state {
    RUN_FREE,
    RUN_NOTED,  /* Being written down. */
    RUN_CALLED, /* TOOL_DONE is awaited. */
    RUN_RESTS   /* Before another try. */
};

struct tool_run {
    enum tool_run_state state;
    bool let_go;  /* The answer that it was for is not wanted any more. */
    int16_t agent;
    uint8_t tool; /* Of the agent's. */
    uint8_t attempt;
    uint16_t from, name_size, size; /* Name and arguments, in tool_text. */
    uint32_t turn, number;
    uint32_t caller_turn; /* In which it was asked for: of its key. */
    uint64_t since_ms, until_ms;
};

/* What is known of the caller, and goes with the call from agent to agent. */
struct context {
    char caller[MAX_NAME], called[MAX_NAME];
    char intent[MAX_NAME];
    char statement[STATEMENT];
    char entities[MAX_ENTITIES]; /* "key=value\n", from what the caller said. */
    char given[MAX_ENTITIES];    /* The same, from what signalling said. */
    char summary[SHORT_TEXT];
    char transferred_from[MAX_NAME];
    char reason[SHORT_TEXT];
    enum sentiment sentiment;
};

struct talk {
    enum conversation_state state;
    enum after after;
    enum cause after_cause;
    bool give;        /* The words before a transfer are said: it begins. */
    bool over;        /* The conversation is at its end, for after_cause. */
    bool final_words; /* The agent's good-bye: the caller's voice does not stop it. */
    bool keys_only;
    bool at_home;   /* Without providers from its beginning on: they are too slow. */
    bool listening; /* A recogniser is at work (or on its way) for us. */
    bool voiced;    /* The gate is open. */
    bool echo;      /* The caller's line sends back what the agent says. */
    bool more;      /* The caller spoke on while the final was awaited. */
    bool clarified; /* The one clarifying question was asked. */
    bool held;      /* The agent is paused in mid-speech while the caller has the floor. */
    bool on_hold;   /* By the other side: it hears nothing. */
    bool glance;    /* The final awaited is of a short sound during the agent's words. */
    uint8_t failed_turns;
    uint8_t silences;
    int8_t verdict; /* 1 speech, 0 not, -1 not known, of the present voice. */
    int16_t agent, first_agent;
    int16_t transfer_intent; /* Of AFTER_TRANSFER. */
    int16_t pending_intent; /* Awaiting a yes to WORDS_CONFIRM; -1. */
    enum expect expect;
    uint32_t turn;       /* Caller turns and keys so far; 0 is the greeting. */
    uint32_t finishes;   /* Serial of the SPEECH_FINISH or MIND_UNDERSTAND awaited. */
    uint32_t utterances; /* Serial of the last SPEECH_SAY. */
    uint64_t voice_from_ms, voice_to_ms;
    uint64_t quiet_ms; /* Since then the agent owes the caller a word. */
    char last_key;
    uint64_t last_key_ms;
    enum key_source last_key_source;
    uint16_t word_confidence; /* Of the final being understood. */
    char prefix[STATEMENT];   /* Words of a turn that turned out not to be over. */
    char partial[STATEMENT];
    char heard[STATEMENT]; /* The final being understood. */
    char last_reply[MAX_UTTERANCE];
    struct turn_times times;     /* Of the turn under way. */
    struct thought thought;
    struct tool_run tools[TOOLS_OPEN];
    uint16_t tool_text_size;
    char tool_text[TOOL_TEXT];
    int16_t hearer; /* Who recognises; -1: embedded. */
    bool hearing;   /* Somebody does. */
    bool stands_in; /* The embedded recogniser, for a provider: has a place of its own. */
    uint8_t hearer_at, deaf; /* Its position in the agent's chain; those that failed, a bit each. */
    struct reply reply, leaving; /* Being said; interrupted, and awaiting word of what was heard. */
    struct context context;
    uint32_t turns, keys, handovers, interruptions;
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
    ROLES
};

struct leg {
    uint32_t id, call, dialog;
    enum leg_state state;
    enum leg_role role;
    uint8_t number; /* In the account; 1 is the first. */
    bool outgoing;
    bool dialed;   /* SIP_DIAL is out and its dialog is not known yet. */
    bool released; /* No dialog: not yet, or not any more. */
    bool held;     /* By us, in what we offer. */
    bool agreeing; /* Our re-INVITE is out. */
    int16_t trunk;
    uint16_t status; /* Of its refusal. */
    uint64_t seed, started_wall_ms, answered_wall_ms;
    char party[MAX_NAME], reason[MAX_NAME];
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
    bool asked; /* It also asks whether anybody is there: no sound comes. */
    bool taping, tape_paused, tape_masked;
    uint32_t tapes; /* Captures so far. */
    enum srtp_mode srtp;
    enum srtp_suite suite; /* Agreed; once it is, the leg does not go back to plain sound. */
    uint8_t profile;       /* RTP/AVP and its kin: see offer.c. */
    uint32_t crypto_tag;
    uint64_t key_in, key_own; /* Names in the vault. */
};

/* A call that we place: what is needed to try the next trunk. */
struct dial {
    char target[128]; /* Number or sip: URI. */
    char from[MAX_NAME];
    char headers[DIAL_HEADERS];
    char referred_by[SHORT_TEXT], replaces[SHORT_TEXT];
    char key[MAX_NAME];
    int16_t only; /* Trunk index; -1: the plan's list. */
    uint8_t tried; /* Of the list. */
    uint8_t hops;
    bool quiet; /* Their REFER wants no NOTIFY. */
    uint8_t redirects; /* Followed so far. */
    bool direct;      /* `target` is an address of the trunk's, called as it is. */
    uint32_t binding; /* Serial of the telephone's place that was tried last; 0: none yet. */
    bool unreachable; /* None of its places is left, and none has answered. */
    uint32_t token;
};

/* Of one cause: refusals of this second, and of those that are only counted (core/refused.h). */
struct refused {
    uint64_t second_ms, wall_ms, seed; /* The last two of the first that is only counted. */
    uint32_t written, more;
    uint16_t status;
    char trunk[MAX_NAME], detail[MAX_NAME];
};

/* Music for whoever waits. */
struct hold {
    uint32_t utterance; /* Asked for; 0: none. */
    bool playing;
    uint32_t tries; /* Of re-INVITEs that met another. */
    uint32_t glare; /* The leg whose re-INVITE is to be repeated; 0: none. */
};

struct call {
    uint32_t id;
    uint32_t leg; /* The first; after a transfer the one that took its place. */
    uint32_t far; /* The second; 0: none. */
    uint32_t old; /* One that was left and is still letting go; 0: none. */
    enum link link;
    bool outbound;
    bool joined; /* MEDIA_BRIDGE is out. */
    uint8_t legs; /* So far, for the account. */
    enum call_state state;
    uint8_t plan;
    int16_t trunk;
    enum cause cause;
    uint16_t status;
    bool reliable; /* The INVITE requires 100rel. */
    uint32_t listener; /* The leg that the recogniser listens to; 0: none. */
    uint16_t ring; /* Index + 1; 0: none. */
    uint32_t epoch;
    char ref[REF];
    char detail[SHORT_TEXT];
    uint64_t seed, invited_ms, answered_ms, ended_ms;
    enum session_refresher session_answer; /* Who refreshes, as our 200 says. */
    uint32_t timer_serial[TIMER_KINDS];    /* Of the timer set; 0: not set. */
    char sdp[OWN_SDP];                     /* Our first description until it is sent. */
    uint16_t sdp_size;
    struct dial dial;
    struct hold hold;
    uint32_t transfers;
    struct talk talk;
};

/* What is known of a trunk; kept over reloads by its name. */
struct trunk_state {
    char name[MAX_NAME]; /* Empty: no trunk of the plan. */
    enum trunk_health health;
    enum trunk_registration registration;
    struct pool pool;
};

/* What is known of a provider; kept over reloads by its name. */
struct provider_state {
    char name[MAX_NAME]; /* Empty: free. */
    enum trunk_health health; /* As last told. */
    struct pool pool;
    uint64_t slow_until_ms;
    uint32_t ms;       /* To its first word, smoothed. */
    uint32_t sessions; /* Of calls, now. */
};

enum { PROVIDER_STATES = 2 * MAX_PROVIDERS };

/* An agent, or a provider, whose turns are counted; kept over reloads by its name. */
struct slo_subject {
    char name[MAX_NAME]; /* Empty: free. */
    enum slo_kind kind;
    enum slo_step step;
    uint64_t step_ms;  /* Since when; what was earlier does not count for the next one. */
    uint64_t left_ms;  /* When it last went a step back. */
    uint8_t returns;   /* In a row it was late again soon after: each step lasts twice as long. */
    struct slo_series series[SLO_MEASURES];
};

enum { SLO_SUBJECTS = MAX_AGENTS + MAX_PROVIDERS + 2 }; /* Of a reload's old ones, a few. */

enum { CONTACT = 192, SOURCE = 72, SIP_CALL_ID = 128, WAITING_PHONES = 64 };

/* Where a telephone is. */
struct binding {
    char user[MAX_NAME]; /* Empty: free. */
    char contact[CONTACT], source[SOURCE], sip_call_id[SIP_CALL_ID];
    enum transport transport;
    bool silent; /* It did answer, and does not any more: not called until it does. */
    uint32_t cseq;
    uint32_t serial;     /* The higher, the later it was said. */
    uint64_t expires_ms; /* Wall clock. */
};

struct core {
    uint32_t max_calls, spare_legs;
    uint32_t spare_next; /* Spare slots rest: the next one taken is from here on. */
    const struct plan *plans[MAX_PLANS];
    bool plan_live[MAX_PLANS];
    uint32_t plan_calls[MAX_PLANS];
    int8_t plan_now; /* -1: none yet; every call is refused. */
    bool draining;
    uint32_t timer_serial, epoch;
    uint64_t ring_used[MAX_RINGS / 64];
    uint32_t trunk_calls[MAX_PLANS][MAX_TRUNKS]; /* A trunk is the same in two plans by its name. */
    struct trunk_state trunks[MAX_TRUNKS];       /* In the order of plan_now's. */
    struct provider_state providers[PROVIDER_STATES];
    uint8_t provider_of[MAX_PLANS][MAX_PROVIDERS]; /* Place of a plan's in it, from 1; 0: none. */
    struct slo_subject slo[SLO_SUBJECTS];
    uint64_t slo_moved_ms; /* When a provider was avoided last: agents wait for what comes of it. */
    uint64_t slo_due_ms;   /* Who has a step is looked at again then. */
    struct binding bindings[MAX_BINDINGS];
    uint32_t binding_serial;
    struct {              /* REGISTERs whose bindings are being written. */
        uint32_t request; /* 0: free. */
        uint64_t since_ms;
        char user[MAX_NAME];
    } waiting_phones[WAITING_PHONES];
    uint64_t rate_ms, rate_filled; /* max-calls-per-second: when calls were last counted, and how
                                    * many thousandths of them have not flowed out by then. */
    struct refused refused[CAUSE_KINDS];
    uint64_t late_until_ms; /* Media does not keep time, as far as is known. */
    struct core_figures figures;
    struct slots call_slots, leg_slots;
    /* Followed in the same block by: slot links of both, legs, dialogs, calls. */
    size_t links_at, legs_at, dialogs_at, calls_at, size;
};

struct dialog_entry {
    uint32_t dialog, leg;
};

/* One step under way: what every function of the core is given. */
struct step {
    struct core *core;
    const struct event *event;
    struct commands *out;
    struct leg *leg; /* The event's; the call's first where it has none. */
};

extern const char *const leg_role_names[ROLES];

struct call *core_call(struct core *core, uint32_t id);
struct leg *core_leg(struct core *core, uint32_t id);
static inline const struct plan *call_plan(const struct core *core, const struct call *call)
{
    return core->plans[call->plan];
}

static inline const struct plan_agent *call_agent(const struct core *core, const struct call *call)
{
    assert(call->talk.agent >= 0); /* Forwarded callers have none. */
    return &call_plan(core, call)->agents[call->talk.agent];
}

static inline const struct plan_manners *call_manners(const struct core *core,
                                                      const struct call *call)
{
    return &call_plan(core, call)->manners;
}

/* Adds a command for the call's leg; the caller fills in the rest before the next emit. */
struct command *step_emit(struct step *step, enum command_kind kind, const struct call *call);
/* The same for one of its legs. */
struct command *step_emit_to(struct step *step, enum command_kind kind, const struct leg *leg);
/* A buffer at the end of the step's text room; step_text_take() keeps what was written into it. */
struct text_buffer step_text(struct step *step);
struct text step_text_take(struct step *step, const struct text_buffer *buffer);
/* A copy that stays as it is until the next step, whatever the rest of this one does to the call.
 */
struct text step_text_copy(struct step *step, struct text t);

void step_timer_set(struct step *step, struct call *call, enum timer_kind kind, uint64_t at_ms);
void step_timer_cancel(struct step *step, struct call *call, enum timer_kind kind);

#endif
