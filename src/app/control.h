// SPDX-License-Identifier: Apache-2.0
/* control.h - the server's window: a unix socket (0600) where one JSON object a line is asked and
 * told.
 *
 * {"ask": "calls" | "follow" | "status" | "reload" | "stop"}, and {"ask": "capture", "call":
 * REF, "act": "pause"}, and {"ask": "dial", "number": NUMBER}. Its table of live calls is made from
 * the STORE_* commands that the core's loop copies into the `view` mailbox, so that looking costs
 * the core nothing; when that mailbox is full, views are lost and counted, calls are not. A
 * follower that does not read is closed, and who neither asks nor follows for CONTROL_IDLE_MS: there
 * are CONTROL_CLIENTS places only. One thread. Order: control_open() when the server is ready
 * (that a connection succeeds means so), control_close() after the loop. */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/limbs.h"
#include "base/attr.h"
#include "base/mailbox.h"

enum { CONTROL_CLIENTS = 16, CONTROL_LINE = 4096, CONTROL_IDLE_MS = 60000 };

struct control_options {
    const char *path;
    struct limbs *limbs;    /* Whose figures are told. */
    struct mailbox *view;   /* Taken here. */
    struct mailbox *events; /* Posted here: what is asked of a call. */
    struct mailbox *keeper; /* Posted here: reload, stop. */
    uint32_t max_calls;
    uint32_t idle_ms; /* Who asks nothing for so long is closed; 0: CONTROL_IDLE_MS. */
    bool show; /* Print the conversations on standard output too. */
};

struct control;

/* 0, or -errno with why: -EADDRINUSE when another server answers there. */
MUST_USE int control_open(struct control **out, const struct control_options *options, char *why,
                          uint32_t why_size);
void control_close(struct control *control);

/* The other side: connects, sends one question. The socket, or -errno. */
MUST_USE int control_ask(const char *path, const char *question);

/* The same with the whole question: {"ask": "ban", "address": "192.0.2.7"}. */
MUST_USE int control_ask_line(const char *path, const char *question);

#endif
