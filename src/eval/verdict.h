// SPDX-License-Identifier: Apache-2.0
/* verdict.h - what came of a conversation: its transcript, its times, and what was not as expected.
 *
 * Grows with what happens; one conversation at a time. verdict_run() plays it in virtual time. Who
 * plays it elsewhere (with sound, say) tells of it: verdict_new(), then for each turn
 * verdict_begin(), verdict_note() for what the account has, verdict_judge_turn(); in the end
 * verdict_judge_call(). The same code judges both. Owner: who called verdict_run() or
 * verdict_new(); one thread; costs 16 MB of address space, of which what is used is memory. */
#ifndef EVAL_VERDICT_H
#define EVAL_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "core/command.h"
#include "core/plan.h"
#include "eval/stage.h"
#include "eval/suite.h"

enum { VERDICT_LINES = 1000, VERDICT_FAILURES = 50, VERDICT_TURNS = 200 };

#define VERDICT_GREETING                                                    \
    UINT32_MAX /* The turn of a greeting that no turn of the suite expects. \
                */

enum verdict_kind {
    LINE_CALLER,
    LINE_AGENT,
    LINE_KEY,
    LINE_HANDOVER,    /* agent: from; words: to. */
    LINE_TRANSFER,    /* words: the target. */
    LINE_NO_TRANSFER, /* words: the target, and why. */
    LINE_TOOL,        /* agent: its name; words: what it gave. */
    LINE_QUEUE,       /* agent: the queue; words: what became of the caller there. */
    LINE_LEFT,        /* agent: "message" or "callback"; words: what it says. */
    LINE_END,         /* words: the cause. */
    LINE_KINDS
};

extern const char *const verdict_kind_names[LINE_KINDS];

struct verdict_line {
    uint64_t at_ms;
    uint32_t turn; /* Of the suite, from 0; or VERDICT_GREETING. */
    enum verdict_kind kind;
    struct text agent, words, intent, entities;
    bool unheard; /* An interruption cut the words off. */
};

struct verdict_failure {
    uint32_t line; /* Of the suite's file. */
    struct text what;
};

struct verdict {
    struct text name;
    struct text with; /* Who spoke, over which noise; empty: nobody did. */
    const struct suite_conversation *conversation;
    uint32_t repetition;
    uint32_t turn;         /* The present one: an index of the suite's, or VERDICT_GREETING. */
    int32_t round_trip_ms; /* Of the present turn; -1: none. */
    struct text by;        /* Who thought of the last answer. */
    struct verdict_line lines[VERDICT_LINES];
    uint32_t line_count;
    struct verdict_failure failures[VERDICT_FAILURES];
    uint32_t failure_count;
    int32_t round_trips_ms[VERDICT_TURNS]; /* Of each answered turn. */
    uint32_t round_trip_count;
    uint32_t handovers, interruptions, tools;
    struct text agent, intent, end;   /* At the end. */
    struct text queue, operator_name; /* The last. */
    struct arena *arena;
};

/* Plays the conversation in virtual time and judges it. NULL: memory is out. Free it with
 * verdict_free(). */
MUST_USE struct verdict *verdict_run(const struct plan *plan,
                                     const struct suite_conversation *conversation,
                                     uint32_t repetition, const struct stage_mind *mind);
void verdict_free(struct verdict *verdict);

/* Of a conversation that is still to be played. NULL: memory is out. */
MUST_USE struct verdict *verdict_new(const struct suite_conversation *conversation,
                                     uint32_t repetition);
/* What is noted from here on belongs to this turn. */
void verdict_begin(struct verdict *verdict, uint32_t turn);
/* A STORE_* command; what has no place in a verdict is passed over. Copies its texts. */
void verdict_note(struct verdict *verdict, const struct stage_ledger *what);
/* Something that no expectation names went wrong in the present turn. */
void verdict_fail(struct verdict *verdict, uint32_t line, struct text why);
void verdict_judge_turn(struct verdict *verdict);
void verdict_judge_call(struct verdict *verdict);

static inline bool verdict_good(const struct verdict *verdict)
{
    return verdict->failure_count == 0;
}

#endif
