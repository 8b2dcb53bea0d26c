// SPDX-License-Identifier: Apache-2.0
/* worker.h - one thread of callers: its calls, sockets and figures. Nothing is shared with the
 * others.
 *
 * The thread of load_run() reads worker_message from `out`, and posts anything to `in` to have all
 * calls ended. The worker posts its figures each second, records of calls that ended, and
 * WORKER_DONE as the last. When `out` is full a record is lost; figures and the end wait. */
#ifndef LOAD_WORKER_H
#define LOAD_WORKER_H

#include "base/mailbox.h"
#include "base/wheel.h"
#include "load/chatter.h"
#include "load/codec.h"
#include "load/credentials.h"
#include "load/flow.h"
#include "load/hearing.h"
#include "load/impair.h"
#include "load/schedule.h"
#include "load/sounds.h"
#include "load/transport.h"

enum { WORKER_RECORDS = 64, WORKER_OUT_BYTES = 8 << 20 };

enum worker_message_kind { WORKER_SECOND, WORKER_CALLS, WORKER_DONE };

struct worker_message {
    enum worker_message_kind kind;
    uint32_t second, up; /* WORKER_SECOND */
    uint32_t count;      /* WORKER_CALLS */
    double cpu_s;        /* Used by this thread so far. */
    union {
        struct load_figures figures;
        struct load_call_record records[WORKER_RECORDS];
    };
};

enum caller_phase {
    PHASE_FREE,
    PHASE_INVITING,
    PHASE_CANCELLING, /* The run is over; waits for what becomes of the INVITE. */
    PHASE_UP,
    PHASE_ENDING /* BYE was sent. */
};

/* One call. Its slot and generation make its Call-ID, so that late messages find nobody. */
struct load_call {
    enum caller_phase phase;
    uint32_t generation, next_free;
    uint32_t retry_ms; /* Gap to the next retransmission; 0: it rings, nothing to say again. */
    uint32_t cseq;
    bool challenged;                                       /* In this transaction. */
    uint64_t begun_ns, answered_ns, asked_ns, deadline_ns; /* `asked`: the BYE. */
    char to[200];      /* To with the server's tag; empty: none yet. */
    char contact[200]; /* Where requests in the dialog go; empty: as the INVITE. */
    char route[400];   /* Route lines, if the answer recorded a route. */
    char authorization[CREDENTIALS_SIZE];
    struct load_call_record record;
    struct flow_end flow;
    struct hearing hearing;
    struct chatter chatter;
};

struct worker {
    const struct load_options *options;
    const struct load_codec *codec;
    const struct sounds *sounds;
    struct chatter_manner manner;
    uint32_t index; /* Of the thread. */
    uint32_t run;   /* Makes Call-IDs of different runs different. */
    uint64_t start_ns, now_ns;
    int64_t ahead_ns; /* Wall clock minus monotonic. */
    struct schedule schedule;
    struct load_figures figures; /* Of this second. */
    uint32_t second, begun, up, busy;
    bool ending;
    uint64_t ending_ns, drain_ns;
    uint32_t capacity, free_head, drained;
    struct load_call *calls;
    struct wheel *wheel;
    struct transport *transport;
    struct flow *flow;
    struct impair impair;
    char uri[256]; /* That is called. */
    struct mailbox *in, *out;
    struct worker_message message; /* Being made: records of calls. */
};

/* Sockets and memory. 0 or -errno with why. */
MUST_USE int worker_open(struct worker **out, const struct worker *shape, char *why,
                         uint32_t why_size);
void worker_close(struct worker *worker);

/* The thread's function; the argument is the worker. */
void *worker_run(void *worker);

/* Room for a call: false when all are taken. And back. */
MUST_USE bool worker_take_slot(struct worker *worker, uint32_t *slot);
void worker_give_slot(struct worker *worker, uint32_t slot);
void worker_tell_call(struct worker *worker, const struct load_call_record *record);

#endif
