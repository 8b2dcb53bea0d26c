// SPDX-License-Identifier: Apache-2.0
/* flow.h - the sound of all calls of a thread over a few sockets, in batches.
 *
 * A frame a call every 20 ms; the calls are dealt out over the milliseconds of the frame time. What
 * came belongs to the call whose server's address and port it came from: a server that uses one
 * port for many calls cannot be measured, and one that sends from another port than it named is not
 * heard (both count as strange). */
#ifndef LOAD_FLOW_H
#define LOAD_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "load/place.h"

enum {
    FLOW_SOCKETS = 4, /* More make batches smaller. */
    FLOW_PORTS = 2 * FLOW_SOCKETS
};

struct worker;
struct flow;

/* A call's end of the flow. */
struct flow_end {
    bool open, held; /* `held`: the server does not want to hear. */
    union place remote;
    uint16_t sequence;
    uint32_t timestamp, key_timestamp, ssrc;
    uint32_t sound, frame; /* What is played, without turns, */
    uint32_t listens;      /* after so many frames of quiet: nobody speaks before the greeting. */
    uint32_t place;        /* In the list of its millisecond. */
    uint32_t next;         /* Call with the same bucket, + 1. */
    void *ear;             /* Of the codec; NULL: it needs none. */
};

/* Binds `first_port` and the ports after it, 0: any. 0 or -errno. */
MUST_USE int flow_open(struct flow **out, struct worker *worker, const union place *local,
                       uint16_t first_port);
void flow_close(struct flow *flow);
/* Our port for the sound of this call. */
uint16_t flow_port(const struct flow *flow, uint32_t slot);

void flow_begin(struct worker *worker, uint32_t slot, union place remote);
/* The server moved. */
void flow_move(struct worker *worker, uint32_t slot, union place remote, bool held);
void flow_end(struct worker *worker, uint32_t slot);

/* Takes what has come; sends what is due by worker->now_ns. */
void flow_receive(struct worker *worker);
void flow_send(struct worker *worker);

#endif
