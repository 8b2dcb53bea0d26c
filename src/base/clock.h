// SPDX-License-Identifier: Apache-2.0
/* clock.h - the two clocks. Only limbs and the core's thread loop read them; the core is told. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

uint64_t clock_ms(void);      /* Monotonic. */
uint64_t clock_ns(void);      /* Monotonic. */
uint64_t clock_wall_us(void); /* The same as: */
uint64_t clock_wall_ms(void); /* Since 1970-01-01T00:00:00Z; may step. */

/* Sleeps until the monotonic time; returns at once when it has passed. */
void clock_sleep_until_ns(uint64_t at_ns);

/* "2026-11-21T01:33:07.042Z": 24 characters and a terminator. */
void clock_print_wall(uint64_t wall_ms, char out[25]);

#endif
