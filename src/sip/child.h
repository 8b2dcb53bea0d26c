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

struct child {
    pid_t pid;
    int fd;               /* Ours of the socket pair. */
    struct in_hand *page; /* Shared with the worker. */
    char suspect[64];     /* Whose message ended the last worker; empty: nobody's. */
    uint64_t suspect_hash;
};

/* Starts `program sip-worker FD`. 0 or -errno. */
MUST_USE int child_start(struct child *child, const char *program);

/* Ends it if it still lives, reaps it and says how it ended ("signal 6"). A worker that crashed, or
 * was hung, with a message in hand leaves a suspect. */
void child_end(struct child *child, bool hung, char *how, size_t how_size);

const char *child_suspect(const struct child *child);
bool child_writable(const struct child *child, int timeout_ms);
bool child_gone(struct child *child, int timeout_ms); /* It closed its end. */

#endif
