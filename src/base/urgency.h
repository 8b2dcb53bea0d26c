// SPDX-License-Identifier: Apache-2.0
/* urgency.h - which of our threads go first when there are not cores enough for all.
 *
 * Sound before all else; then the short steps of a turn, from one of which to the next a caller
 * waits (the core, the network, the limbs' doors, models); then those who hear, whose recognisers
 * work long; then everything else. Each step of a turn in 1,000 calls on two busy cores waited 50
 * to 160 ms for a core while all threads but sound's were equal. */
#ifndef BASE_URGENCY_H
#define BASE_URGENCY_H

enum urgency { URGENCY_HEARING = -6, URGENCY_TURN = -10, URGENCY_SOUND = -11 }; /* Niceness. */

/* The calling thread's, where it is allowed (CAP_SYS_NICE, or RLIMIT_NICE of 31); else nothing. */
void urgency_take(enum urgency urgency);

#endif
