// SPDX-License-Identifier: Apache-2.0
/* child.h - the worker as a process: started, watched, ended. The keeper's thread only, because the
 * kernel ends the worker with the thread that started it. */
#ifndef SIP_CHILD_H
#define SIP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "sip/gate.h"

enum {
    CHILD_STILL_MS = 2000,   /* It sleeps, or is stopped: a worker at work sleeps 200 ms at most. */
    CHILD_BUSY_MS = 2000,    /* Of processor time, in one step. */
    CHILD_STARVED_MS = 20000 /* It would run, but others have the processor. */
};

/* What is known of a worker when it is looked at. */
struct pulse {
    uint32_t beats;
    bool runnable; /* Runs, waits for a processor, or for memory from a disk. */
    uint64_t cpu_ms;
};

struct child {
    pid_t pid;
    int fd;               /* Ours of the socket pair. */
    struct in_hand *page; /* Shared with the worker. */
    char suspect[64];     /* Whose message ended the last worker; empty: nobody's. */
    uint64_t suspect_hash;
    struct pulse pulse; /* At its last beat, seen at beat_ms. */
    uint64_t beat_ms;
};

/* Starts `program sip-worker FD`. 0 or -errno. */
MUST_USE int child_start(struct child *child, const char *program);

/* True when it has made no step for longer than it may. Busy is not hung: a worker with ten seconds
 * of work before it makes steps; and one that gets no processor is not to blame. To be asked every
 * half second; reads one file of /proc. */
bool child_hangs(struct child *child, uint64_t now_ms);

/* The judgement in it. Pure, but for noting the beat. */
bool child_judge(struct child *child, const struct pulse *pulse, uint64_t now_ms);

/* It is not expected to have made a step until now. */
void child_excuse(struct child *child, uint64_t now_ms);

/* Ends it if it still lives, reaps it and says how it ended ("signal 6"). A worker that crashed, or
 * was hung, with a message in hand leaves a suspect. */
void child_end(struct child *child, bool hung, char *how, size_t how_size);

const char *child_suspect(const struct child *child);
bool child_writable(const struct child *child, int timeout_ms);
bool child_gone(struct child *child, int timeout_ms); /* It closed its end. */

#endif
