// SPDX-License-Identifier: Apache-2.0
/* thinking_inside.h - what thinking.c (calls and commands), thought.c (rounds of one thought) and
 * summing.c (the gaps) share. */
#ifndef MIND_THINKING_INSIDE_H
#define MIND_THINKING_INSIDE_H

#include "mind/dialogue.h"
#include "mind/stream.h"
#include "mind/talking.h"
#include "mind/thinking.h"
#include "mind/warming.h"

enum {
    THINKING_SYSTEM = 1 << 16 /* Bytes of the system text: an agent's file and ours. */
};

enum thought_state {
    THOUGHT_ASKED, /* A stream is under way. */
    THOUGHT_WAITS  /* It is over: for results, or to be made certain. */
};

struct wanted { /* A tool that the round called. */
    uint32_t number;
    bool answered;
    bool broken;
    uint32_t id_size, name_size, size;
    char id[LLM_ID], name[MAX_NAME], arguments[LLM_ARGUMENTS];
};

struct thought {
    enum thought_state state;
    uint32_t leg, turn, slot, agent;
    int32_t provider;
    bool speculative;
    uint32_t session;      /* Of a whole conversation; 0: a model that is sent requests. */
    uint64_t alive_ms;     /* Of a session: its last word, 0: none came of this round. */
    uint32_t stream, http; /* THOUGHT_ASKED; of a session: not used. */
    uint32_t numbers;      /* Tools called so far. */
    uint32_t count;        /* Of this round. */
    uint32_t tokens_in, tokens_out;
    uint32_t budget; /* Tokens that the dialogue may have beside the system text. */
    uint64_t first_ms;
    uint32_t text_size, facts_size, language_size;
    char text[MAX_UTTERANCE], facts[MAX_FACTS], language[MAX_NAME];
    struct wanted wanted[LLM_CALLS];
};

struct conversation {
    struct dialogue dialogue;
    struct thought *thought;
    uint32_t turn;                     /* Of the dialogue. */
    bool awaits;                       /* The note of what the caller said in it. */
    uint32_t sum, sum_http, sum_until; /* The stream that sums up; 0: none. */
    struct talking talking;
};

struct thinking {
    struct net *net;
    struct mailbox *events, *notes, *answers;
    struct clip_table *clips;
    bool talks; /* A session answers, or was told to stop: thinking_tend() finds out. */
    uint32_t streams; /* Numbers given. */
    uint32_t open;    /* Of them, not yet gone. */
    const struct plan *plans[MAX_PLANS];
    const struct toolbox *toolboxes[MAX_PLANS];
    struct warming warmings[MAX_PLANS];
    struct conversation *calls[MAX_CALLS];
    char system[THINKING_SYSTEM], context[THINKING_SYSTEM], body[STREAM_BODY];
    struct llm_message messages[DIALOGUE_MESSAGES];
};

/* The provider of a thought; NULL: it is not there (any more), or does not think. */
const struct plan_provider *thought_provider(const struct thinking *thinking,
                                             const struct thought *thought);

/* request_start(), with the wish's number given, and counted. */
enum net_result thinking_send(struct thinking *thinking, const struct plan_provider *provider,
                              struct llm_request *request, struct stream_wish *wish,
                              uint32_t *http);

/* An event of the conversation's thought, and to the core. */
struct event thought_event(const struct conversation *conversation, enum event_kind kind);
void thought_post(struct thinking *thinking, const struct event *event); /* With its clip. */
/* The thought is over. */
void thought_fail(struct thinking *thinking, struct conversation *conversation, uint16_t status,
                  uint32_t retry_after_s, struct text why);
/* System text, context, the dialogue in what they leave of the budget, and tools. */
void thought_compose(struct thinking *thinking, struct conversation *conversation,
                     struct llm_request *request);
void thought_ask_session(struct thinking *thinking, struct conversation *conversation);

/* NULL when memory is out. It asks nobody yet. */
struct thought *thought_new(const struct command *command);
void thought_stop(struct thinking *thinking, struct conversation *conversation);
/* Asks the model: a first round, or the next one. */
void thought_ask(struct thinking *thinking, struct conversation *conversation);
/* What was kept back may be told: the turn is over indeed. */
void thought_certain(struct thinking *thinking, struct conversation *conversation);
void thought_result(struct thinking *thinking, struct conversation *conversation,
                    const struct command *command);
void thought_hear(struct thinking *thinking, struct conversation *conversation,
                  const struct stream_note *note);

/* Nothing is said because a tool's arguments are being written. */
void thought_writes(struct thinking *thinking, const struct conversation *conversation);

/* The same of a session: thought_session.c. */
void thought_hear_session(struct thinking *thinking, struct conversation *conversation,
                          const struct realtime_note *note);
/* A session that fell silent in its answer, or does not end it when told to, is left. True: it must
 * be looked at again. */
MUST_USE bool thought_tend(struct thinking *thinking, struct conversation *conversation,
                           uint64_t now_ms);

/* Asks the model of the last thought to sum up, when it is time; and what it said. */
void summing_begin(struct thinking *thinking, struct conversation *conversation,
                   const struct thought *last);
void summing_hear(struct conversation *conversation, const struct stream_note *note);

#endif
