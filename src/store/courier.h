// SPDX-License-Identifier: Apache-2.0
/* courier.h - tells others of what happened, by HTTP, until they have heard it.
 *
 * Order: open, prepare with each plan, stop before net closes, close when nobody wakes it any more.
 * One thread of its own; it reads the database beside the store's thread, and what comes of an
 * attempt goes back to that as STORE_DELIVERY: one writer.
 *
 * At least once, with one id: a row is 'waiting' until the receiver's 2xx is durable, so after kill
 * -9 it may be sent once more, under the same webhook-id. Each endpoint has a window of its own
 * (four at once, one after five failures in a row): one that is dead holds up nobody. Of one call
 * an event waits for those before it, through their first two attempts. Bounds: rows and their ages
 * in courier_trim.c; memory 64 requests of 256 KiB. */
#ifndef STORE_COURIER_H
#define STORE_COURIER_H

#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/plan.h"

struct net;
struct courier;

/* 0, or -errno with the reason in why. */
MUST_USE int courier_open(struct courier **out, const char *dir, struct mailbox *store,
                          struct net *net, char *why, uint32_t why_size);
/* Breaks off what is under way: it is due again at the next start. NULL is nothing, for both. */
void courier_stop(struct courier *courier);
void courier_close(struct courier *courier);

/* Who is told from now on; the plan is copied. Any one thread. False: no memory. */
MUST_USE bool courier_prepare(struct courier *courier, const struct plan *plan);

/* The database has changed. Any thread; never waits. */
void courier_wake(struct courier *courier);

#endif
