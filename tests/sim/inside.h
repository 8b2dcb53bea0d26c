// SPDX-License-Identifier: Apache-2.0
/* inside.h - what the parts of the simulated world share: its state, and how something comes to
 * happen.
 *
 * world.c is the clock: what happens next, and the checks. callers.c are the people and their
 * telephones, staff.c are operators and supervisors, limbs.c carries commands out, hearing.c checks who
 * hears whom and who is offered to whom, vendors.c are the providers. None of them waits: each
 * says what is to happen and when. */
#ifndef SIM_INSIDE_H
#define SIM_INSIDE_H

#include "base/attr.h"
#include "base/random.h"
#include "base/wheel.h"
#include "core/slots.h"
#include "vendors.h"
#include "world.h"

enum {
    PENDING = 1 << 16,
    CALLS = 128,
    SPARE = 96,
    UTTERANCES = 64,
    CLIPS = 1 << 14,
    DIALOG_SLOTS = 2 * MAX_CALLS,
    EDGES = 512,
    STAFF = 8,                /* Operators. */
    HEARING_EVERY_MS = 15000, /* Who is listened to hears a tone. */
};

/* What staff.c thinks of. */
enum staff_thought { STAFF_NONE, STAFF_WISH, STAFF_KEY, STAFF_DIES };

struct happening {
    uint64_t at_ms, order;
    struct event event;
    bool internal; /* A caller's next idea, not an event. */
    enum staff_thought staff;
};

/* One leg's limbs. */
struct line {
    uint32_t leg, dialog, call;
    bool open, hung_up, rejected, released, listening, paused, voiced, said_bye;
    uint32_t queue[UTTERANCES], clips[UTTERANCES];
    uint32_t queued,
        serial; /* serial: invalidates the end of a playout that was paused or flushed. */
    uint64_t playing_from_ms;
    uint32_t heard_ms, length_ms;
    const char *words;
    bool opened, closed, loop;
    bool staff, briefed, dead; /* An operator's or a supervisor's telephone. */
    bool lost;                 /* Its sound is gone: what it is told is told to nobody. */
    uint64_t told_ms;          /* That somebody listens; 0: never. */
    uint32_t bridged; /* Leg; 0: none. */
    int32_t hearer;
    bool records;     /* A message: who pauses in it is owed nothing. */
    bool recorded;    /* The message is over, and nothing was heard since. */
    uint64_t owed_ms; /* Since then the agent owes the caller a sound; 0: it does not. */
};

/* A callback: what the account has of it. */
struct promise {
    char ref[32];
    uint32_t number;
    uint64_t durable_ms; /* 0: not yet. */
    bool over;
};
enum { PROMISES = 4096 };

struct edge { /* `to` hears `from`. */
    uint32_t to, from;
    bool played;
    uint64_t since_ms, due_ms; /* By then `from` is told. */
};

struct supervised { /* A call, as the account says. */
    uint32_t leg;
    uint32_t number; /* Of the row that is not over; 0: none. */
    enum supervise_mode mode;
    uint64_t since_ms, over_ms;
};

struct asked { /* An operator. */
    uint32_t call; /* That they are rung for; 0: none. */
    enum operator_state state;
};

struct world {
    struct promise promises[PROMISES];
    uint32_t promised;
    struct random random;
    const struct world_faults *faults;
    struct world_figures *figures;
    uint64_t now_ms, order;
    struct happening *heap;
    uint32_t count;
    struct wheel *wheel;
    struct core *core;
    struct commands commands;
    struct line lines[2 * MAX_CALLS];
    uint8_t clips[CLIPS]; /* References the world is owed. */
    uint32_t next_clip, clips_out;
    uint32_t dialogs, open_accounts, invited;
    uint32_t waiting[CALLS]; /* Number of the passage that a call is in; 0: none. */
    char refs[CALLS][32];
    uint32_t calls; /* To be made in all. */
    struct edge edges[EDGES];
    uint32_t edge_count;
    struct supervised supervised[CALLS];
    struct asked asked[STAFF];
    bool broken;
    struct vendors vendors;
};

extern struct world w;

/* A draw, `permille` of which are true. */
bool chance(uint32_t permille);
uint32_t between(uint32_t low, uint32_t high);

/* A promise was broken: says which, and ends the run. */
void broken(const char *format, ...) PRINTF_LIKE(1, 2);

/* Something happens at its time, */
void push(struct happening happening);
/* an event after a delay, or a little later, */
void happen(struct event event, uint32_t delay_ms);
/* or never: of events that a limb may lose. */
void may_happen(struct event event, uint32_t delay_ms);

struct line *line_of(uint32_t leg);

/* ---- callers.c ---- */

void invite(void);
/* Somebody wants us to call. */
void request(void);
/* A caller does something, and thinks of the next. */
void have_idea(struct line *line);
/* A telephone's answer to our signalling. */
void do_sip(const struct command *command);

/* From a telephone of this user's. */
void invite_by(struct text user, struct text to);

/* What telephones offer. */
extern const char sdp_offer[];

/* ---- staff.c ---- */

void staff_plan(uint64_t seed, struct plan *plan);
void staff_begin(void);
bool staff_is(const struct command *dial);
uint32_t staff_answers(const struct command *dial); /* After so long; 0: as anybody, or not. */
void staff_said(const struct command *say);
void staff_thought(const struct happening *happening);

/* ---- hearing.c ---- */

void hearing_set(const struct command *command); /* MEDIA_HEAR */
void hearing_forget(uint32_t leg);               /* It has no media any more. */
void hearing_said(const struct command *say);    /* Music, words */
void hearing_account(const struct command *command);
void hearing_leg(const struct command *command);
void hearing_offer(const struct command *command);
void hearing_offer_over(const struct command *command);
void hearing_duty(const struct command *command);
void hearing_check(void); /* After each step. */
void hearing_check_end(void);

/* ---- limbs.c ---- */

/* With one reference, which the world is owed. */
uint32_t new_clip(void);
/* The leg's sound is gone by itself. */
void limbs_lost(struct line *line);

void carry_out(const struct command *command);

/* The agent's turn: it is to be heard, or to explain itself. */
void owe(struct line *line);
/* The first of what waits to be played has been, or was dropped; the next. */
void dequeue(struct line *line);
void play_next(struct line *line);

#endif
