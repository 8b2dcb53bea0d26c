// SPDX-License-Identifier: Apache-2.0
/* load_witness.h - what an Offhook server and this machine count while a load test runs.
 *
 * Both are asked and not touched: the server by its control socket, the machine by /proc. What
 * cannot be asked is marked as not known. */
#ifndef APP_LOAD_WITNESS_H
#define APP_LOAD_WITNESS_H

#include "load/limit.h"

struct load_witness {
    const char *control; /* The server's socket; NULL: it is no Offhook, or not on this machine. */
};

/* As find_witness.look: `context` is a struct load_witness. */
void load_witness_look(void *context, struct limit_evidence *out);

#endif
