// SPDX-License-Identifier: Apache-2.0
/* state_talk.h - what the core remembers of a conversation. Private to core/, part of core/state.h.
 */
#ifndef CORE_STATE_TALK_H
#define CORE_STATE_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/command.h"
#include "core/event.h"
#include "core/plan.h"

enum {
    SAYINGS = 12,      /* Utterances of one reply, of those not said yet. */
    SAYINGS_AHEAD = 4, /* Given to the voice at once: an interruption wastes no more. */
    REPLY_TEXT = 3072, /* Their texts, bytes: over three minutes. A model that is ahead by more
                          is stopped. */
    TOOLS_OPEN = 4,    /* Of one call, at once. */
    TOOL_TEXT = 3072,  /* Their names and arguments, bytes. */
    QUIET_MS = 1500,   /* Silence of ours until a filler: no two seconds are unexplained. */
    FILLER_PATIENCE_MS = 350, /* A filler that does not come is said by the embedded voice. */
    SHORT_TEXT = 256,         /* Summaries and reasons. */
    STATEMENT = 512,          /* What the caller said, as kept for the context. */
    SPEAK_MS = 5000,          /* The voice's time to begin. */
    KEY_REPEAT_MS = 250,      /* The same key from two sources within this is one key. */
    SHORT_SOUND_MS = 250,     /* A voiced sound shorter than this alone does not take the floor. */
    HANDOVERS = 20,           /* A call that goes round more often ends in the fallback. */
    SPOKEN_BY_NOBODY = -2
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
    TALK_PARTING,     /* Nobody comes: the caller hears a sound, or leaves a message. */
    TALK_STATES
};

/* What follows when the agent has said its piece. */
enum after {
    AFTER_LISTEN,
    AFTER_HANG_UP,
    AFTER_TRANSFER,
    AFTER_QUEUE,
    AFTER_UNAVAILABLE,
    AFTER_VOICEMAIL,
    AFTER_CALLBACK
};

/* Absolute times of one turn; 0: did not happen. */
struct turn_times {
    uint64_t speech_from_ms, speech_to_ms, first_partial_ms, end_of_turn_ms, final_ms,
        understood_ms, first_token_ms, first_speech_ms, audible_ms, answer_ms;
    uint32_t cut_ms;
};

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
    bool own;            /* A model speaks it by itself: its text comes while it is heard. */
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
    uint32_t session;    /* Of a whole conversation that is asked. */
    uint8_t asked_tools; /* In its present round. */
    uint8_t rounds;
    uint64_t words;                 /* Digest of the caller's words that it answers. */
    uint64_t asked_ms, deadline_ms; /* Of the round; of the turn. */
    uint32_t tokens_in, tokens_out; /* Of the turn, as are: */
    uint32_t thrown_away;           /* Speculations. */
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
    bool let_go; /* The answer that it was for is not wanted any more. */
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
    enum unavailable after_why; /* Of AFTER_UNAVAILABLE. */
    bool nobody;      /* The words before one of the last three are said. */
    bool give;        /* The words before a transfer are said: it begins. */
    bool over;        /* The conversation is at its end, for after_cause. */
    bool final_words; /* The agent's good-bye: the caller's voice does not stop it. */
    bool keys_only;
    bool remembered; /* It is over, and the dialogue is kept for whom it may go on with. */
    bool at_home;   /* Without providers from its beginning on: they are too slow. */
    bool listening; /* A recogniser is at work (or on its way) for us. */
    bool voiced;    /* The gate is open. */
    bool echo;      /* The caller's line sends back what the agent says. */
    bool more;      /* The caller spoke on while the final was awaited. */
    bool clarified; /* The one clarifying question was asked. */
    bool held;      /* The agent is paused in mid-speech while the caller has the floor. */
    bool unbegun;   /* Held, but nothing of it was heard: media is not paused. */
    bool on_hold;   /* By the other side: it hears nothing. */
    bool firm;      /* A no or a stop was among the partial words that stopped the agent. */
    bool glance;    /* The final awaited is of a short sound during the agent's words. */
    uint8_t failed_turns;
    uint8_t failed_tools; /* In the conversation, */
    uint8_t unhappy;      /* and turns in a row of a caller who is: core/escalation.h. */
    bool felt;            /* The last of those turns in which it was judged, */
    uint32_t felt_in;     /* this one, is among them. */
    enum sentiment mood;  /* Of the turn `felt_in`, where a model answers. */
    uint8_t unspoken; /* Utterances in a row that no voice could speak. */
    uint8_t silences;
    int8_t verdict; /* 1 speech, 0 not, -1 not known, of the present voice. */
    int16_t agent, first_agent;
    int16_t transfer_intent; /* Of AFTER_TRANSFER. */
    int16_t pending_intent;  /* Awaiting a yes to WORDS_CONFIRM; -1. */
    enum expect expect;
    uint32_t turn;       /* Caller turns and keys so far; 0 is the greeting. */
    uint32_t finishes;   /* Serial of the SPEECH_FINISH or MIND_UNDERSTAND awaited. */
    uint32_t utterances; /* Serial of the last SPEECH_SAY. */
    uint64_t voice_from_ms, voice_to_ms;
    bool owed;         /* An answer led to no words yet: another's are to follow at once. */
    uint64_t quiet_ms; /* Since then the agent owes the caller a word. */
    char last_key;
    uint64_t last_key_ms;
    enum key_source last_key_source;
    uint16_t word_confidence; /* Of the final being understood. */
    uint16_t sound;           /* Its event's `listening`. */
    char prefix[STATEMENT];   /* Words of a turn that turned out not to be over. */
    char partial[STATEMENT];
    char heard[STATEMENT]; /* The final being understood. */
    char last_reply[MAX_UTTERANCE];
    struct turn_times times; /* Of the turn under way. */
    struct thought thought;
    struct tool_run tools[TOOLS_OPEN];
    uint16_t tool_text_size;
    char tool_text[TOOL_TEXT];
    int16_t hearer;          /* Who recognises; -1: embedded. */
    bool hearing;            /* Somebody does. */
    uint32_t session; /* By which it can be asked too; 0: it only hears. */
    bool stands_in;          /* The embedded recogniser, for a provider: has a place of its own. */
    uint8_t hearer_at, deaf; /* Its position in the agent's chain; those that failed, a bit each. */
    struct reply reply, leaving; /* Being said; interrupted, and awaiting word of what was heard. */
    struct context context;
    uint32_t turns, keys, handovers, interruptions;
};

#endif
