// SPDX-License-Identifier: Apache-2.0
/* away.h - calls that the worker turned away by itself, told to the core once a second (SIP_AWAY).
 *
 * Each has its 503 at once; the account has one line a reason and second, so that a flood is a few
 * rows. Only who is known counts (a trunk's address, a telephone that proved its password): strangers
 * must not fill the account. What a crash takes before it is told is lost. Worker's thread only. */
#ifndef SIP_AWAY_H
#define SIP_AWAY_H

#include <stdint.h>

#include "core/event.h"

/* `source` is "192.0.2.7:5060". */
void away_count(enum away why, const char *source);

/* Each second. */
void away_tell(void);

#endif
