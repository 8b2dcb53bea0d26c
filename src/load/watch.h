// SPDX-License-Identifier: Apache-2.0
/* watch.h - the server's processes on this machine: who they are, what they use; from /proc.
 *
 * Looking costs the machine a few ms: a list of processes is kept for five seconds. One thread. */
#ifndef LOAD_WATCH_H
#define LOAD_WATCH_H

#include "base/attr.h"
#include "load/load.h"

enum { WATCH_PROCESSES = 64 };

struct watch {
    int pid; /* The uppermost; 0: none. */
    char name[32];
    int pids[WATCH_PROCESSES];
    uint32_t count;
    uint64_t listed_ms;
};

/* `options->pid`, or who has the target's port open; of several processes of one program the one
 * that began the others. False, with pid 0, when there is none. */
MUST_USE bool watch_open(struct watch *watch, const struct load_options *options);

/* `with_pss` disturbs the server for a moment. False when it has gone. */
MUST_USE bool watch_look(struct watch *watch, bool with_pss, struct load_process *out);

#endif
