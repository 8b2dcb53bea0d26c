// SPDX-License-Identifier: Apache-2.0
/* centre.h - a simulated contact centre: callers who arrive by chance, wait as long as their patience
 * lasts, ask for a callback or leave a message; operators who answer, decline, let it ring and go on
 * breaks; all through the real core (core_step), on a virtual clock, from one seed.
 *
 * centre_world.c is the clock, and the restarts: snapshots (core_save, core_load), and crashes after
 * which only the account's rows are left. centre_limbs.c carries commands out, centre_store.c is the
 * account, centre_people.c are callers and operators, centre_check.c and centre_ends.c know from the
 * account's rows alone who waits where and what became of all, and end the run when a promise is broken: somebody is served out of order, offered twice at once, lost,
 * forgotten, told a wrong position; an operator has two calls; a callback is made twice. */
#ifndef SIM_CENTRE_H
#define SIM_CENTRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/random.h"
#include "base/wheel.h"
#include "core/core.h"
#include "core/slots.h"

#define CENTRE_WALL_MS UINT64_C(1800000000000) /* When the clock begins. */

enum {
    CENTRE_CALLS = 1024,
    CENTRE_SPARE = 1024,
    CENTRE_LEGS = CENTRE_CALLS + CENTRE_SPARE,
    CENTRE_OPERATORS = 200,
    CENTRE_QUEUES = 6,
    CENTRE_PLAYED = 8, /* Utterances waiting for a leg. */
    CENTRE_BUT = CENTRE_OPERATORS,
};

struct centre_setup {
    uint32_t operators, callers, queues;
    uint32_t calls; /* At once, at most. */
    /* Means, in milliseconds. */
    double between_ms, handle_ms, patience_ms;
    bool theory;       /* One queue, nobody declines, nothing takes time but talking. */
    bool day;          /* Traffic that rises and falls. */
    uint32_t vips;     /* Per thousand; 0: fifty. */
    uint32_t crashes, snapshots;
    uint32_t lost, late, failing; /* Per thousand. */
    uint32_t check_every;         /* Steps between two looks at everything. */
};

/* What became of a caller. */
enum centre_end {
    END_OPEN,
    END_SERVED,
    END_ABANDONED,
    END_PROMISED, /* A callback. */
    END_MESSAGE,
    END_TOLD,    /* That nobody can come. */
    END_CRASHED, /* The server was killed under the call. */
    ENDS
};

struct centre_figures {
    uint64_t callers, ends[ENDS], steps, commands;
    uint64_t offers, declined, missed, failed, withdrawn;
    uint64_t by_operators; /* Callbacks in which an operator was first and the caller answered. */
    uint64_t promises, owed, kept, given_up, cancelled, crashes, snapshots, most_waiting, most_calls;
    struct centre_told {
        uint64_t all, p50, p90; /* Came through, no later than that; gone later than p90 counts. */
        double p50_ms, p90_ms, waited_ms; /* Sums. */
    } told[2];                            /* All operators were busy; somebody was free. */
    uint64_t orders, positions;           /* Comparisons made. */
    double hours;
    /* Theory: of all who entered, after the first tenth. */
    uint64_t entered, abandoned;
    double waited_ms, handled_ms, patience_ms, first_ms, span_ms;
    uint64_t handled;
};

struct caller {
    uint32_t call, leg;
    enum centre_end end;
    bool waiting, taken, promised, message, said_bye, counted;
    uint8_t queue, priority, offers; /* offers: operators being rung. */
    uint8_t presses, passage;
    uint32_t serial; /* Of the passage, so that an old thought is recognised. */
    uint64_t joined_ms, again_ms;
    uint64_t but[(CENTRE_BUT + 63) / 64];
    double patience_ms, handle_ms;
    bool told, met_free;
    uint32_t p50_ms, p90_ms;
    uint64_t left_ms;      /* The queue, last. */
    uint32_t promise;      /* No caller: a promise that stands in a queue; its task + 1. */
    uint64_t forgotten_ms; /* Since then an operator is free for them. */
    char number[16], ref[24];
};

struct person { /* An operator. */
    enum operator_state state; /* As the account says. */
    enum operator_said said;
    bool aside;
    uint32_t asked_by; /* Caller + 1 that they are rung for, as the account says. */
    uint32_t talks;    /* Legs joined with a caller. */
};

struct line { /* A leg's limbs. */
    uint32_t leg, call, dialog;
    int16_t person; /* -1: a caller's. */
    bool hung_up, joined, callee;
    uint32_t played[CENTRE_PLAYED], count, serial;
    bool paused, loop;
};

struct task {
    char ref[24], party[32], queue[64], agent[64];
    uint32_t turn, number, attempts, reached;
    uint64_t promised_ms, from_ms, until_ms, next_ms, place_ms;
    uint32_t priority, stand_in, held; /* Callers + 1: in the queue for it; on the line when it was made. */
    char attempt[24]; /* The call in which it stands, or is made. */
    uint64_t answered_ms; /* When that was; 0: not. */
    enum task_state state;
};

struct account { /* A call with a key. */
    char key[80], ref[24];
    bool answered;
};

enum thought {
    THOUGHT_EVENT, /* None: an event of a limb. */
    THOUGHT_ARRIVE,
    THOUGHT_LEAVE,  /* Patience is over. */
    THOUGHT_WISH,   /* A key while waiting. */
    THOUGHT_PRESS,  /* A key after that. */
    THOUGHT_TALKED, /* All is said. */
    THOUGHT_HANG_UP,
    THOUGHT_PLAYED,
    THOUGHT_ANSWER, /* An operator's telephone, or a called caller's. */
    THOUGHT_KEY,    /* An operator has heard the brief. */
    THOUGHT_BREAK,
    THOUGHT_BACK,
    THOUGHT_CRASH,
    THOUGHT_SNAPSHOT,
};

struct happening {
    uint64_t at_ms, order;
    enum thought thought;
    uint32_t who, serial; /* A caller, an operator or a leg. */
    uint32_t life;        /* Of the server: what was on its way to a dead one is gone. */
    struct event event;
};

struct centre {
    const struct centre_setup *setup;
    struct centre_figures *figures;
    struct random random;
    struct plan *plan;
    struct core *core;
    struct commands commands;
    struct wheel *wheel;
    uint64_t now_ms, order, end_ms, spun_ms;
    uint32_t spins, life, dialogs, clips, count, arrived, open, open_tasks;
    uint32_t heap[1 << 16], free_list[1 << 16], free_count;
    struct happening *pool;
    struct caller *callers;
    uint32_t caller_count, caller_room;
    uint32_t of_call[CENTRE_CALLS]; /* Caller + 1. */
    uint32_t *waiting[CENTRE_QUEUES], waiting_count[CENTRE_QUEUES];
    struct line lines[CENTRE_LEGS];
    struct person people[CENTRE_OPERATORS];
    struct task *tasks;
    uint32_t task_count;
    struct account *accounts;
    uint32_t account_count;
    char keep[1 << 16];
    uint32_t keep_at;
    uint64_t placing_ms; /* A call for a promise is on its way, for whom an operator is free. */
    bool armed; /* A crash comes in the midst of a promise's rows. */
    bool dead;  /* It has come: what this step still writes is not written. */
    bool broken;
};

extern struct centre centre;

bool centre_run(uint64_t seed, const struct centre_setup *setup, struct centre_figures *out);
/* A promise was broken: says which, and ends the run. */
void centre_broken(const char *format, ...) PRINTF_LIKE(1, 2);

/* ---- centre_world.c ---- */
bool centre_chance(uint32_t permille);
uint32_t centre_between(uint32_t low, uint32_t high);
double centre_exponential(double mean);
void centre_think(enum thought thought, uint32_t who, uint32_t serial, double delay_ms);
void centre_happen(struct event event, double delay_ms);
void centre_may_happen(struct event event, double delay_ms); /* Late, or never. */
struct text centre_keep(struct text text);                   /* As long as an event is on its way. */

/* ---- centre_plan.c ---- */
void centre_plan_make(const struct centre_setup *setup);
bool centre_serves(uint32_t person, uint32_t queue);
const char *centre_person_name(uint32_t person);
int16_t centre_person_of(struct text name); /* -1: nobody. */
int centre_queue_of(struct text name);
enum { CENTRE_TELEPHONES = 120 }; /* Operators up to there have registered telephones. */

/* ---- centre_limbs.c ---- */
void centre_carry_out(const struct command *command);
void centre_played(uint32_t leg, uint32_t serial);
void centre_telephone(const struct happening *thought); /* THOUGHT_ANSWER, _KEY */
void centre_hang_up(struct line *line);

/* ---- centre_store.c ---- */
void centre_store(const struct command *command);
void centre_start(void); /* What the account and signalling tell a server that starts. */

/* ---- centre_people.c ---- */
void centre_thought(const struct happening *thought);
void centre_rung(struct line *line);
void centre_joined(struct caller *caller);
void centre_off(uint32_t person); /* The operator was put aside: is back some time. */
void centre_redial(void);         /* Who lost the call rings again, perhaps. */
void centre_opened(const struct command *command);

/* ---- centre_check.c ---- */
void centre_check_store(const struct command *command);
void centre_check_said(const struct command *command);
void centre_check_all(void);
struct caller *centre_caller(const struct command *command); /* NULL: a call that we placed. */
void centre_unqueue(struct caller *caller);

void centre_enqueue(struct caller *caller);

/* ---- centre_promises.c ---- */
void centre_stands(struct task *task, const struct command *command); /* STORE_TASK, of any kind. */
void centre_keeps_place(const struct caller *caller, const struct command *command);
bool centre_ready(const struct caller *caller); /* May be offered now. */
bool centre_closed(void); /* Nobody is called back now. */
bool centre_stand_in_opened(const struct command *command); /* False: it is of no promise. */
bool centre_stand_in_answered(struct text ref);
void centre_stand_in_closed(struct caller *caller);
void centre_stand_ins_lost(void);

/* ---- centre_foretold.c ---- */
/* Centres from quiet to overloaded: prints how true their forecasts were. False: not honest. */
bool centre_foretold(uint64_t seed, uint32_t seeds, uint32_t callers);

/* ---- centre_ends.c ---- */
void centre_ends_task(const struct command *command);   /* STORE_TASK */
void centre_ends_closed(const struct command *command); /* STORE_CALL_CLOSED */
void centre_check_crash(void);
void centre_check_end(void);
struct task *centre_task(struct text ref, uint32_t turn, uint32_t number);

#endif
