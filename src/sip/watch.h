// SPDX-License-Identifier: Apache-2.0
/* watch.h - OPTIONS to telephones that have registered: their way through translators of addresses is
 * kept open, and it is seen whether they are still there.
 *
 * Each is asked so often as its SIP_WATCH says, the first time after a part of that which chance
 * gives, by the way that it would be called (placing_find()). Any answer is one. One that has answered
 * before and lets WATCH_MISSES in a row go by, or whose connection is gone, is told as silent
 * (SIP_PHONE), and as there again when it answers or its connection is back. One that never answered
 * tells nothing by its silence. Worker's thread only. */
#ifndef SIP_WATCH_H
#define SIP_WATCH_H

#include "core/command.h"

enum {
    WATCH_MISSES = 3,
    WATCH_ANSWER_MS = 4000 /* An OPTIONS without an answer for so long has none. */
};

/* SIP_WATCH */
void watch_take(const struct command *command);

/* SIP_WATCH_EVERY: each is asked next after a part of the new time. */
void watch_every(const struct command *command);

/* What is due now. Once each turn of the loop. */
void watch_turn(uint64_t now_ms);

#endif
