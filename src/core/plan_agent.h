// SPDX-License-Identifier: Apache-2.0
/* plan_agent.h - what voice agents say, understand and use: words, intents, providers, tools. Part of plan.h,
 * which says who makes it and how long it lives. */
#ifndef CORE_PLAN_AGENT_H
#define CORE_PLAN_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/plan_pair.h"

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
    WORDS_BRIEF_CALLBACK, /* The same of a caller who is to be called back: {wait} is how long ago. */
    WORDS_CALLING,     /* To the operator who took that: the caller is called now. */
    WORDS_NOT_REACHED, /* And could not be reached. */
    WORDS_INTRODUCE, /* To both when they are joined; empty: nothing. {agent} is the operator. */
    WORDS_TOOL_FAILED, /* It did not, and the model says nothing of it. */
    WORDS_COUNT
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
    PARTING_SLOTS,       /* {first}, or {second}? */
    PARTING_PROMISED_AT, /* At {when}. */
    PARTING_NOT_CALLED, /* That number; another one? */
    PARTING_ENOUGH,     /* The caller is owed callbacks already. */
    PARTING_NOT_PROMISED,
    PARTING_OWED,  /* The caller rings before we have called. */
    PARTING_CALLS, /* The first words of the callback. */
    PARTINGS
};

/* What the caller is expected to say, for the recogniser's language model. */
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

extern const char *const provider_kind_names[PROVIDER_KINDS];

enum provider_role { ROLE_LISTENS, ROLE_SPEAKS, ROLE_THINKS, ROLE_CONVERSES };

static inline enum provider_role provider_role(enum provider_kind kind)
{
    return kind <= PROVIDER_VOSK        ? ROLE_LISTENS
           : kind <= PROVIDER_CARTESIA  ? ROLE_SPEAKS
           : kind <= PROVIDER_ANTHROPIC ? ROLE_THINKS
                                        : ROLE_CONVERSES;
}

enum { PROVIDER_EMBEDDED = -1 };

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

#endif
