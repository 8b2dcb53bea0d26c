// SPDX-License-Identifier: Apache-2.0
/* plan.h - what the server was told to do: voice agents, routes, trunks, manners. Plain data.
 *
 * Made by app/ from the configuration and the agents' files, checked there, and never changed
 * after. A plan lives in one of MAX_PLANS slots from PLAN_LOADED until the core's PLAN_DROP: calls
 * keep the plan that they started with. The core, the recogniser (language models) and the
 * classifier read it; nobody writes. All texts and arrays live as long as the plan. Indices are
 * checked by the maker: an agent index is below agent_count, an intent index below its agent's
 * intent_count; -1 is none. */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/event.h"

/* Situations in which an agent needs words. app/ fills in good English defaults for those that the
 * agent's file leaves out, and warns when the agent speaks another language. Words are templates: {name} is replaced by what the call knows (caller,
 * intent, statement, sentiment, summary, transferred_from, reason, agent, choices, key, and each
 * entity), and a part in [square brackets] is left out whole when a name inside it is unknown. */
enum words {
    WORDS_CLARIFY,       /* The intent is unclear: name the {choices}. Once a conversation. */
    WORDS_CONFIRM,       /* Confidence between unclear and sure: "Is this about {intent}?" */
    WORDS_NOT_HEARD,     /* Speech came, no words were recognised. */
    WORDS_SILENCE,       /* Nothing came: ask again. */
    WORDS_SILENCE_KEYS,  /* Nothing came again: offer the keys. */
    WORDS_SILENCE_CLOSE, /* And again: close politely. The call then ends. */
    WORDS_UNKNOWN_KEY,   /* "I didn't recognize that." {key} is known. */
    WORDS_KEYS_ONLY,     /* No recogniser is free: say so, offer the keys. */
    WORDS_HANDOVER,      /* Before another agent speaks: "Let me connect you with {agent}." */
    WORDS_ESCALATE,      /* The caller asks for a person. */
    WORDS_ESCALATE_FRUSTRATED,
    WORDS_FILLER,  /* Understanding takes longer than FILLER_AFTER_MS. */
    WORDS_GOODBYE, /* The caller said good-bye. The call then ends. */
    WORDS_START_OVER,
    WORDS_NOTHING_TO_REPEAT, /* "Repeat that" before anything was said. */
    WORDS_APOLOGY,           /* Something of ours failed; before the fallback. */
    WORDS_TRANSFER,          /* Before a transfer; only when the intent says nothing itself. */
    WORDS_TRANSFER_FAILED,   /* Nobody took the transferred call. */
    WORDS_TOOL,        /* While a tool works. */
    WORDS_BRIEF,     /* To an operator who is offered a caller, before the key. */
    WORDS_INTRODUCE, /* To both when they are joined; empty: nothing. {agent} is the operator. */
    WORDS_TOOL_FAILED, /* It did not, and the model says nothing of it. */
    WORDS_COUNT
};

/* Why nobody can come to the caller (core/unavailable.h). */
enum unavailable {
    UNAVAILABLE_AGENT,    /* No person takes the call. */
    UNAVAILABLE_CAPACITY, /* There are people, and too many callers. */
    UNAVAILABLE_OUTAGE,   /* What the conversation needs has failed. */
    UNAVAILABLES
};

/* What the caller is given then. */
enum plan_path {
    PATH_VOICEMAIL,
    PATH_CALLBACK,
    PATH_HOLD, /* Goes on waiting; without a queue, with the agent. */
    PATH_GOODBYE,
    PATHS
};

/* What an agent says when nobody can come, and when a promise is kept: templates, as WORDS_*, which
 * also know {number}. app/ fills in English, German, Spanish or French, by the agent's language. */
enum parting_words {
    PARTING_NO_AGENT,
    PARTING_CAPACITY, /* Names the choice: 1 or "callback", 2 or "hold". */
    PARTING_OUTAGE,
    PARTING_INVITE, /* To speak after the beep. */
    PARTING_REVIEW, /* 1 sends, 2 records again. */
    PARTING_SENT,
    PARTING_NOTHING,  /* No message was heard. */
    PARTING_NOT_KEPT, /* It could not be written down. */
    PARTING_NUMBER,   /* Is {number} where we shall call? */
    PARTING_ANOTHER,  /* Then which? */
    PARTING_READ,     /* Is {number} right? */
    PARTING_PROMISED,
    PARTING_NOT_PROMISED,
    PARTING_OWED,  /* The caller rings before we have called. */
    PARTING_CALLS, /* The first words of the callback. */
    PARTINGS
};

/* What the caller is expected to say, for the recogniser's language model. */
/* Who of two who are joined is written down. */
enum overhear { OVERHEAR_NOBODY, OVERHEAR_CALLER, OVERHEAR_BOTH };

enum expect { EXPECT_FREE, EXPECT_YES_NO, EXPECT_DIGITS };

enum intent_then {
    THEN_LISTEN,   /* Say the words, then listen for more. */
    THEN_HANDOVER, /* Say the words, then the agent `to` takes over. */
    THEN_END,      /* Say the words, then hang up. */
    THEN_TRANSFER, /* Say the words, then give the caller to `transfer`. */
    THEN_VOICEMAIL, /* Say the words, then let the caller leave a message. */
    THEN_CALLBACK,  /* Say the words, then promise a callback. */
    THEN_QUEUE      /* Say the words, then the caller waits in `queue`. */
};

struct plan_intent {
    struct text name;        /* "billing" */
    struct text label;       /* As spoken in choices: "billing questions". Default: the name. */
    struct text description; /* For people and for models. */
    const struct text *examples;
    uint32_t example_count;
    struct text say; /* Template; empty: the agent's WORDS_HANDOVER, or nothing. */
    enum intent_then then;
    int16_t to;         /* Agent for THEN_HANDOVER. */
    struct text transfer; /* THEN_TRANSFER: a number or a sip: URI. */
    int16_t queue;        /* THEN_QUEUE; else -1. */
    bool plain;           /* THEN_QUEUE: an operator who answers is joined at once, without a brief. */
    int8_t priority;      /* THEN_QUEUE: 0 to 9; -1: the caller's, or the queue's. */
    bool escalation;    /* Speaks WORDS_ESCALATE..., and outranks others when both are heard. */
    bool choice;        /* Named among the {choices} of a clarifying question. */
    enum expect expect; /* What the caller answers after `say`. */
};

struct plan_key {
    char key;       /* '0'-'9' '*' '#' 'A'-'D' */
    int16_t intent; /* The key means this intent, at confidence 1. */
};

/* Whose words on the wire a provider speaks. The embedded recogniser, voices and classifier are
 * none of these: they are provider -1, and stand at the end of each chain. */
enum provider_kind {
    PROVIDER_DEEPGRAM,      /* Listens: /v1/listen, live. */
    PROVIDER_DEEPGRAM_FLUX, /* Listens: /v2/listen, with turns of its own. */
    PROVIDER_OPENAI_REALTIME_STT,
    PROVIDER_WHISPER, /* /v1/audio/transcriptions; segments by our end of turn. */
    PROVIDER_VOSK,
    PROVIDER_OPENAI_SPEECH, /* Speaks: /v1/audio/speech, streamed. */
    PROVIDER_ELEVENLABS,
    PROVIDER_DEEPGRAM_AURA,
    PROVIDER_CARTESIA,
    PROVIDER_CHAT, /* Thinks: /v1/chat/completions, whoever serves it. */
    PROVIDER_ANTHROPIC,
    PROVIDER_OPENAI_REALTIME, /* The whole conversation: speech in, speech out. */
    PROVIDER_KINDS
};

enum provider_role { ROLE_LISTENS, ROLE_SPEAKS, ROLE_THINKS, ROLE_CONVERSES };

static inline enum provider_role provider_role(enum provider_kind kind)
{
    return kind <= PROVIDER_VOSK        ? ROLE_LISTENS
           : kind <= PROVIDER_CARTESIA  ? ROLE_SPEAKS
           : kind <= PROVIDER_ANTHROPIC ? ROLE_THINKS
                                        : ROLE_CONVERSES;
}

enum { PROVIDER_EMBEDDED = -1 };

struct plan_pair {
    struct text name, value;
};

struct plan_provider {
    struct text name;
    enum provider_kind kind;
    struct text url; /* https: or wss: base, without a slash at its end; the vendor's by default. */
    struct text key; /* SECRET: read by the limbs only; empty in a replay. */
    struct text model, voice;
    struct text language;            /* BCP 47; empty: the agent's. */
    const struct plan_pair *options; /* The vendor's own, as its documents name them. */
    uint8_t option_count;
    uint16_t max_sessions; /* At once; 0: no limit. Over it the next of the chain is taken. */
    uint16_t warm;         /* Sockets to it kept open ahead, of each language; it listens. */
    uint32_t soft_ms;      /* Its first word (final text, first token, first sound) is late: */
    uint32_t hard_ms;      /* the caller is told; and is not waited for any more. */
};

/* Providers in the order in which they are tried. */
struct plan_chain {
    int16_t items[MAX_CONVERSE + MAX_CHAIN]; /* Of plan.providers. */
    uint8_t count;
};

enum tool_kind {
    TOOL_HTTP, /* Calls of these two leave the core (TOOL_CALL); the others never do. */
    TOOL_MCP,  /* A server of many tools: the model calls them NAME__TOOL. */
    TOOL_TRANSFER,
    TOOL_HAND_OVER,
    TOOL_HANG_UP,
    TOOL_SEND_KEYS,
    TOOL_SET_CONTEXT,
    TOOL_TAKE_MESSAGE,
    TOOL_SCHEDULE_CALLBACK,
    TOOL_QUEUE,
    TOOL_KINDS
};

struct plan_tool {
    struct text name; /* As the model calls it: letters, digits, '_', '-'. */
    enum tool_kind kind;
    struct text description; /* For the model. */
    struct text arguments;   /* JSON schema of an object; empty: none. */
    struct text url;         /* TOOL_HTTP: {name} is replaced by the argument, percent-encoded. */
    struct text method;      /* "GET", "POST" ... */
    const struct plan_pair *headers;
    uint8_t header_count;
    struct text token;        /* SECRET: Authorization: Bearer; empty: none. */
    struct text token_header; /* The header that has it alone instead. */
    uint32_t timeout_ms; /* Of one try. */
    uint8_t retries;     /* After the first try. */
    struct text body;    /* JSON pattern (vendor/fill.h) over the arguments; empty: they are it. */
    struct text result;  /* Path (vendor/pick.h) of what the model gets of the answer; empty: all. */
    bool acts;           /* Changes something: carries its idempotency key, and is written down
                            before it is called. */
    struct text filler;  /* Said while it works; empty: WORDS_TOOL. */
};

/* What callers say that is understood without a classifier: core/phrase.h. */
enum plan_order {
    ORDER_REPEAT,
    ORDER_START_OVER,
    ORDER_GOODBYE,
    ORDER_YES,
    ORDER_NO,
    ORDER_LISTENING, /* "Mm-hm": no wish to take the floor. */
    ORDERS
};

struct plan_phrases {
    const struct text *items;
    uint32_t count;
};

enum fallback_kind { FALLBACK_GOODBYE, FALLBACK_MESSAGE, FALLBACK_AGENT };

struct plan_fallback {
    enum fallback_kind kind;
    struct text say; /* Template, spoken first. */
    int16_t to;      /* FALLBACK_AGENT. */
};

/* When the caller is led to people without having asked for it: after so many; 0: never. */
struct plan_escalation {
    int16_t queue; /* Of the plan; read only when one of these is not 0. */
    uint8_t failed_turns;   /* In a row. */
    uint8_t tool_failures;  /* In the conversation. */
    uint8_t negative_turns; /* In a row. */
};

struct plan_agent {
    struct text name;     /* "front-desk" */
    struct text label;    /* As spoken: "our billing team". Default: the name. */
    struct text voice;    /* A name that the speech limb knows. */
    struct text greeting; /* Template; the first words also when a call is handed over here. */
    enum expect expect;   /* Answer expected to the greeting. */
    const struct plan_intent *intents;
    uint8_t intent_count;
    int16_t general; /* The intent for all that is not understood; always there. */
    const struct plan_key *keys;
    uint8_t key_count;
    struct text words[WORDS_COUNT];
    struct plan_fallback fallback;
    struct plan_escalation escalation;
    struct text instructions; /* The body of the file, for a model. */
    struct text language;     /* BCP 47: "en", "de-CH". */
    struct plan_phrases orders[ORDERS]; /* The agent's own, beside those of its language. */
    struct text partings[PARTINGS];
    /* All empty: recognised, spoken and understood here. Those that converse are the first of
     * `listen` and of `think`. */
    struct plan_chain listen, speak, think;
    uint32_t context_tokens;                /* The dialogue that a model is given, at most. */
    uint16_t temperature_permille;
    uint32_t max_tokens; /* Of one answer. */
    const struct plan_tool *tools;
    uint8_t tool_count;
};

/* Whom of the operators who are free a caller is offered to. */
enum plan_strategy {
    STRATEGY_LONGEST_IDLE,
    STRATEGY_ROUND_ROBIN,
    STRATEGY_SKILL_FIRST, /* The best at what the queue asks for; of these the longest idle. */
    STRATEGY_RING_ALL,
    STRATEGIES
};

enum { OPERATOR_PLACES = 5, SKILL_LEVELS = 10 };

/* A person who takes calls. */
struct plan_operator {
    struct text name;  /* "anna" */
    struct text label; /* As spoken: "Anna Keller". Default: the name. */
    struct text places[OPERATOR_PLACES]; /* Where they answer: one of `users` (each telephone that
                                            is registered rings), a number, a sip: URI. */
    uint8_t place_count;
    uint8_t levels[MAX_SKILLS]; /* Of plan.skills, 1 to SKILL_LEVELS; 0: has it not. */
    uint64_t queues;            /* Of plan.queues, a bit each. */
    uint32_t wrap_up_ms;        /* After a call, before the next one is offered. */
};

/* How those who are listened to are told. */
enum plan_tell { TELL_NOT, TELL_TONE, TELL_WORDS, TELLS };

/* Who may take part in calls of others. */
struct plan_supervisor {
    struct text name;
    const struct text *telephones, *operators, *queues, *agents; /* Names. */
    uint16_t telephone_count, operator_count, queue_count, agent_count;
    bool everything; /* Every call. */
};

enum { SUPERVISE_CODES = 4 }; /* Of the first modes of enum supervise_mode. */

struct plan_supervision {
    struct text codes[SUPERVISE_CODES]; /* Dialled by a supervisor; empty: none. */
    enum plan_tell tell_caller, tell_operator;
    uint32_t every_ms; /* A tone; 0: only at the start. */
};

struct plan_source { /* An address range: IPv4 as ::ffff:a.b.c.d. */
    uint8_t address[16];
    uint8_t prefix_bits; /* 0-128 */
};

/* What sound is sent as. The clock of RTP is not always the sound's rate: G.722 has 16,000 samples
 * a second and counts 8,000 (RFC 3551 4.5.2), Opus counts 48,000 whatever it carries (RFC
 * 7587 4.1). */
enum codec { CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS, CODEC_KINDS };

/* 16,000 samples a second. */
static inline bool codec_is_wide(enum codec codec)
{
    return codec == CODEC_G722 || codec == CODEC_OPUS;
}

/* Encrypted sound (SRTP): never; if the other side wants it; or no call without. */
enum srtp_mode { SRTP_OFF, SRTP_OPTIONAL, SRTP_REQUIRED };

struct plan_trunk {
    struct text name;
    const struct plan_source *sources; /* Calls from here belong to this trunk. */
    uint8_t source_count;
    uint16_t max_calls;          /* 0: only the server's limit. */
    uint8_t codecs[CODEC_KINDS]; /* enum codec, ours first: the offerer's order does not count. */
    uint8_t codec_count;         /* 0: all, in the offerer's order. */
    struct text host;     /* Where we send to: a name, or a numeric address without brackets. Empty:
                             its calls only come to us. */
    uint16_t port;        /* 0: found by DNS, or the transport's own. */
    bool transport_given; /* Else found by DNS (RFC 3263), or UDP. */
    enum transport transport;
    struct text user;     /* Names us there, and them here. */
    struct text password; /* SECRET: read by the signalling limb only; empty in a replay. */
    struct text realm;    /* The only one that gets our credentials; empty: any. */
    struct text from;     /* From of calls that we place, a user or a URI; empty: `user`. */
    bool authenticate;    /* Its calls must bring credentials of `user`. */
    bool registers;       /* REGISTER at `host`, for so long at once: */
    uint32_t expires_s;
    uint32_t probe_ms; /* OPTIONS to `host` so often; 0: never. */
    enum srtp_mode srtp;
    bool refer;  /* Its REFER and Replaces are followed. */
    bool phones; /* The trunk of all `users`: found by who they prove to be. */
};

/* The name of the trunk that a plan with users has for their calls; always the last one. */
#define PLAN_PHONES TEXT("phones")

/* What our challenges offer, the first being preferred (RFC 8760). Old clients look at the first
 * only. */
enum plan_digest { OFFER_BOTH, OFFER_MD5_FIRST, OFFER_SHA256, OFFER_MD5 };

struct plan_user { /* A telephone that may register, call and be called. */
    struct text name;
    struct text password; /* SECRET, as above. */
};

struct plan_route {
    struct text
        number; /* Exact, or a prefix with '*' at the end; "*" matches all. First match wins. */
    int16_t agent; /* -1: it is forwarded: */
    int16_t trunk; /* -1: any. */
    int16_t queue; /* The caller waits there at once, `agent` being who speaks meanwhile; -1. */
    int16_t forward_trunk;    /* -1: the plan's `outbound` list. */
    struct text forward;      /* Number or sip: URI; empty: the number that was called. */
};

/* From this moment on the clock there is so far east of UTC. */
struct plan_zone_change {
    int64_t from_s; /* UTC, since 1970. */
    int32_t offset_s;
};

struct plan_opening {
    uint8_t weekday;           /* 0: Sunday. */
    uint16_t from_min, to_min; /* Of the day; to_min above 1,440: until then on the next. */
};

struct plan_holiday {
    uint16_t year; /* 0: every. */
    uint8_t month, day;
};

struct plan_hours { /* core/hours.h */
    struct text name, time_zone;
    int32_t first_offset_s; /* Before the first change. */
    const struct plan_zone_change *changes;
    uint16_t change_count;
    const struct plan_opening *openings;
    uint16_t opening_count;
    const struct plan_holiday *holidays;
    uint16_t holiday_count;
};

/* Why somebody cannot wait, or not any longer. */
enum queue_case {
    QUEUE_WHEN_FULL,
    QUEUE_WHEN_CLOSED,
    QUEUE_WHEN_NOBODY, /* No operator is on duty. */
    QUEUE_WHEN_WAITED, /* For max_wait_ms. */
    QUEUE_CASES
};

enum overflow_kind {
    OVERFLOW_WAIT, /* Goes on waiting: not with QUEUE_WHEN_FULL. */
    OVERFLOW_QUEUE,
    OVERFLOW_VOICEMAIL,
    OVERFLOW_CALLBACK,
    OVERFLOW_AGENT,
    OVERFLOW_GOODBYE,
    OVERFLOW_CHOICE, /* A callback, or holding the place: QUEUE_WHEN_FULL and QUEUE_WHEN_WAITED. */
    OVERFLOW_KINDS
};

struct plan_overflow {
    enum overflow_kind kind;
    int16_t to; /* OVERFLOW_QUEUE, OVERFLOW_AGENT; OVERFLOW_AGENT -1: back to the agent that the caller had. */
};

/* Situations in which a queue needs words: templates, as an agent's; {queue}, {position} and {wait}
 * too. Empty: those of the agent's language (core/waiting_words.h). */
enum queue_words {
    QUEUE_WORDS_ENTER,   /* The place, and how long it will take. */
    QUEUE_WORDS_UPDATE,  /* Every update_ms. */
    QUEUE_WORDS_SOON,    /* The same from position 3 on. */
    QUEUE_WORDS_NEXT,    /* At position 1. */
    QUEUE_WORDS_OFFER,   /* Which keys there are: {offers}. */
    QUEUE_WORDS_HELP,    /* The caller said something else. */
    QUEUE_WORDS_FULL,    /* One for each of enum queue_case, in its order. */
    QUEUE_WORDS_CLOSED,
    QUEUE_WORDS_NOBODY,
    QUEUE_WORDS_WAITED,
    QUEUE_WORDS_BACK,    /* The caller goes back to the agent. */
    QUEUE_WORDS_GOODBYE, /* The caller leaves, or must. */
    QUEUE_WORDS_COUNT
};

/* What a waiting caller can ask for. */
enum queue_wish { WISH_NONE, WISH_CALLBACK, WISH_VOICEMAIL, WISH_AGENT, QUEUE_WISHES };

struct plan_queue {
    struct text name, label; /* The label is as spoken: {queue}. */
    enum plan_strategy strategy;
    uint32_t skills;            /* Bits of plan.skills, that an operator needs, */
    uint8_t levels[MAX_SKILLS]; /* at this level at least. */
    uint32_t max_callers;
    uint32_t max_wait_ms; /* 0: no limit. */
    uint32_t ring_ms;     /* An operator's telephone. */
    uint8_t put_aside_after; /* So many calls in a row not taken; 0: never. */
    uint16_t level_permille; /* Of callers that are to be answered */
    uint32_t level_ms;       /* within this time. */
    int16_t hours;           /* -1: always open. */
    uint8_t priority;        /* Of its callers, 0 to 9, when nothing else says. */
    uint32_t ageing_ms;      /* Waiting for so long is worth a step of priority; 0: nothing. */
    struct text music;       /* A file; empty: the plan's. */
    uint32_t update_ms;      /* 0: no updates. */
    bool agent_helps;        /* The voice agent goes on while the caller waits. */
    struct plan_overflow overflows[QUEUE_CASES];
    char keys[QUEUE_WISHES]; /* Of each wish; 0: none. */
    struct text words[QUEUE_WORDS_COUNT];
};

struct plan_vip { /* Callers who have a priority. */
    struct text name;
    const struct text *numbers; /* Exact, or a prefix with '*' at its end. */
    uint16_t number_count;
    uint8_t priority;
};

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

struct plan_unavailable {
    bool given; /* Else what fails leads to the agent's fallback, as ever. */
    enum plan_path paths[UNAVAILABLES];
    uint32_t offer_ms;       /* The caller's time to choose. */
    struct text outage_file; /* WAV; empty: the agent's words for it. */
};

struct plan_voicemail {
    uint32_t longest_ms;
    uint32_t silence_ms; /* Ends it. */
    uint32_t least_ms;   /* Of speech: less is no message. */
    bool review;
};

struct plan_callbacks {
    int16_t agent;     /* Who calls and says why; -1: the one that the caller spoke with. */
    int16_t trunk;     /* -1: the plan's `outbound` list. */
    struct text from;  /* Our number; empty: the trunk's. */
    uint8_t attempts;
    uint32_t after_ms; /* Before the first, of "as soon as possible". */
    uint32_t again_ms; /* Before the second; each time twice as long. */
    uint32_t within_ms; /* Promised for "as soon as possible". */
    int16_t hours;      /* When people are called whose queue has none; -1: at any time. */
    uint32_t warn_ms;   /* Before the promise would break: it is told, and goes before others. */
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
