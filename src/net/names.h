// SPDX-License-Identifier: Apache-2.0
/* names.h - addresses of hosts, asked for off the loop and kept a while.
 *
 * Asked once for however many wait (libuv's threads and the system's resolver). Addresses are used
 * for 60 s; for 5 minutes they are still given while newer ones are asked for, and for an hour when
 * nobody answers, since yesterday's address is better than silence. Net thread only. */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    NAMES_ADDRESSES = 4, /* Of a host, in the resolver's order. */
    NAMES_KEPT = 128     /* Hosts; the one unused the longest leaves. */
};

struct names;

struct names_found {
    uint32_t count; /* 0: none. */
    char address[NAMES_ADDRESSES][46];
    const char *why; /* When none, in words. */
    uint16_t shares; /* The port where it spoke HTTP/2 last: wait for a connection being made. */
};

/* In storage of the one who waits; one question at a time. */
struct names_wait {
    struct names_wait *next, **link; /* link: NULL while nothing is waited for. */
    void (*on_found)(struct names_wait *wait, const struct names_found *found);
};

MUST_USE struct names *names_new(uv_loop_t *loop); /* NULL: no memory. */
void names_free(struct names *names);              /* When the loop has run out. */

/* Calls on_found once, perhaps at once. */
void names_ask(struct names *names, struct text host, struct names_wait *wait);
void names_forget(struct names_wait *wait); /* Waits no more; nothing when it did not. */
void names_note_shares(struct names *names, struct text host, uint16_t port, bool shares);
/* Ends what can be ended: waits are forgotten, and the loop runs out when the resolver has
 * answered. */
void names_stop(struct names *names);

uint64_t names_asked(const struct names *names);
uint64_t names_known(const struct names *names);

#endif
