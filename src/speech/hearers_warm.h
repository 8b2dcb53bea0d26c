// SPDX-License-Identifier: Apache-2.0
/* hearers_warm.h - sockets to a plan's recognisers, open before a call needs one.
 *
 * A pool (net/warm.h) a provider and URL: the language travels in some vendors' URLs, so each
 * language of the agents that name the provider has one, up to HEARERS_LANGUAGES. For the sound of
 * telephones, 8 kHz; a wideband caller's URL is another for some vendors, and is opened as it is
 * needed. What a session is told first comes when it is taken, so nothing is agreed ahead but what
 * the URL says. Vendors that end idle streams have theirs renewed in time. Made by any thread, one a
 * plan; the ids are copied into what listeners hold, and are nothing once the pool is gone. */
#ifndef SPEECH_HEARERS_WARM_H
#define SPEECH_HEARERS_WARM_H

#include "speech/hearers.h"

struct net;
struct hearers_warm;

/* Begins to open them. NULL: there are none to open, or no memory. */
struct hearers_warm *hearers_warm_new(const struct plan *plan, struct net *net);
void hearers_warm_free(struct hearers_warm *warm, struct net *net); /* NULL is nothing. */

/* Lets these take from the pools. */
void hearers_warm_tell(const struct hearers_warm *warm, struct hearers *hearers);

/* The pool for this URL; 0: none. */
uint32_t hearers_warm_find(const struct hearer *hearer, struct text url);

#endif
