// SPDX-License-Identifier: Apache-2.0
/* lines.h - our lines to trunks: kept registered (RFC 3261 10.2) and probed with OPTIONS.
 *
 * A registration is refreshed at four fifths of the time granted. What fails is tried at the
 * trunk's next server at once, then again after 2 s, 4 s, ... 5 min, each with chance added so that
 * a thousand servers do not come back in the same second; a refused password waits a minute at
 * least. 423 is obeyed, Retry-After too. Each change is told (SIP_TRUNK). Registrations end with
 * the process, if it is asked to go (lines_leave). Worker's thread only. */
#ifndef SIP_LINES_H
#define SIP_LINES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LINES_LEAVE_MS = 400, /* For answers to our good-byes. */
    LINES_PROBE_MS = 4000 /* An OPTIONS without an answer for so long has none. */
};

/* The accounts have changed: lines that are the same go on. Of those whose trunk is gone or is
 * another by now, each registration is ended, unless somebody still registers there as the same
 * user; their answer is awaited in the background. */
void lines_changed(uint64_t now_ms);

/* What is due now. Once each turn of the loop. */
void lines_turn(uint64_t now_ms);

/* Ends all registrations. */
void lines_leave(uint64_t now_ms);

/* No answer to a good-bye is awaited any more. */
bool lines_left(uint64_t now_ms);

#endif
