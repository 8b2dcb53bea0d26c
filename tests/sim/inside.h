// SPDX-License-Identifier: Apache-2.0
/* inside.h - what the parts of the simulated world share: its state, and how something comes to
 * happen.
 *
 * world.c is the clock: what happens next, and the checks. callers.c are the people and their
 * telephones, limbs.c carries commands out, vendors.c are the providers. None of them waits: each
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
    SPARE = 32,
    UTTERANCES = 64,
    CLIPS = 1 << 14,
    DIALOG_SLOTS = 2 * MAX_CALLS
};

struct happening {
    uint64_t at_ms, order;
    struct event event;
    bool internal; /* A caller's next idea, not an event. */
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

/* What telephones offer. */
extern const char sdp_offer[];

/* ---- limbs.c ---- */

void carry_out(const struct command *command);

/* The agent's turn: it is to be heard, or to explain itself. */
void owe(struct line *line);
/* The first of what waits to be played has been, or was dropped; the next. */
void dequeue(struct line *line);
void play_next(struct line *line);

#endif
