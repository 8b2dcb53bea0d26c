// SPDX-License-Identifier: Apache-2.0
/* suite.h - conversations written down: what a caller does, and what must come of it. Plain data.
 *
 * Read by app/ from a suite's YAML (docs/evaluation.md), never changed after; texts and arrays live
 * as long as the reading. A turn is one act of the caller's and what is expected when the agent has
 * done with it: it listens again, it waits for somebody, or the call is over. */
#ifndef EVAL_SUITE_H
#define EVAL_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
    SUITE_CONVERSATIONS = 1000,
    SUITE_TURNS = 100,     /* Of one conversation. */
    SUITE_HOLD_MS = 800,   /* The agent is interrupted after so much of its words. */
    SUITE_CONFIDENCE = 800 /* A good line: 500 is where half of the words are right. */
};

enum suite_act {
    ACT_NONE, /* Only expects: the greeting, or what silence leads to. */
    ACT_SAY,
    ACT_INTERRUPT, /* The same, into the agent's words. */
    ACT_PRESS,
    ACT_WAIT,
    ACT_HANG_UP
};

/* What a part of the house does when it fails. */
enum suite_failing {
    FAILING_NOT,
    FAILING_REFUSES, /* At once. */
    FAILING_DIES,    /* After it has begun. */
    FAILING_STALLS,  /* Nothing ever comes. */
    FAILINGS
};

/* What an operator does whose telephone rings. */
enum suite_manner {
    MANNER_AWAY, /* Not on duty: it does not ring. */
    MANNER_ACCEPTS,
    MANNER_DECLINES,
    MANNER_BUSY,
    MANNER_NO_ANSWER,
    MANNERS
};

struct suite_person {
    struct text name; /* Of the configuration's `operators`. */
    enum suite_manner manner;
};

struct suite_texts {
    const struct text *items;
    uint32_t count;
};

struct suite_fault {
    struct text part; /* A provider's name; "ears", "voice", "classifier": the embedded ones. */
    enum suite_failing failing; /* From this turn on; FAILING_NOT: it is well again. */
};

/* Empty texts and counts of 0 expect nothing. Words are found as parts, letters of either case. */
struct suite_expected {
    uint32_t line;
    struct text agent, by, intent, end, transfer; /* by: who thought of the last answer. */
    struct text queue, operator_name;    /* Last entered; who took the caller. */
    struct text leaves;                  /* "message" or "callback". */
    struct suite_texts said, never_said; /* By the agent, in this turn; over all: in the call. */
    struct suite_texts called, never_called; /* Tools. */
    struct suite_texts knows;                /* "key=value": entities found so far. */
    uint32_t within_ms;                      /* Round trip of the turn. 0: any. */
    uint32_t handovers;
    bool handovers_given;
};

struct suite_turn {
    uint32_t line;
    enum suite_act act;
    struct text words; /* ACT_PRESS: keys. */
    struct text heard; /* What the recogniser makes of them; empty: the words. */
    const char *sound; /* A recording of them, for real sound; NULL: a voice says them. */
    uint16_t confidence_permille;
    uint32_t ms; /* ACT_WAIT: so long. ACT_INTERRUPT: after so much of the agent's words. */
    const struct suite_fault *faults;
    uint32_t fault_count;
    const struct suite_person *people; /* From this turn on. */
    uint32_t people_count;
    struct suite_expected expected;
};

/* What a scripted model says when the caller's words hold `when`. */
struct suite_rule {
    struct text when; /* Empty: always. The first rule that fits is taken. */
    struct suite_texts says;
    struct text tool, arguments; /* Asked for after its words; empty: none. */
    struct suite_texts then;     /* Said with the tool's result, which {result} names. */
};

struct suite_tool {
    struct text name, answers;
    enum suite_failing failing;
    uint32_t times; /* So often, then it is well; 0: always. */
};

struct suite_conversation {
    struct text name;
    uint32_t line;
    struct text called, caller;
    struct suite_texts tags;
    const struct suite_turn *turns;
    uint32_t turn_count;
    const struct suite_rule *rules;
    uint32_t rule_count;
    const struct suite_tool *tools;
    uint32_t tool_count;
    const struct suite_person *people; /* Of operators who are not named: MANNER_AWAY. */
    uint32_t people_count;
    struct suite_expected expected; /* Of the whole call. */
};

struct suite {
    struct text name;
    const char *configuration; /* The directory or file of the agents. */
    const struct suite_conversation *conversations;
    uint32_t count;
};

#endif
