// SPDX-License-Identifier: Apache-2.0
/* wheel.h - many timers, each named by the owner's key; one owner, no thread.
 *
 * A heap over storage of the owner's, with an index by timer number, so that setting again and
 * cancelling cost O(log n). Equal times fire in the order in which they were set. Pure: the time is
 * given. */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct wheel;

/* Bytes of memory for timers numbered 0 .. count - 1. */
size_t wheel_size(uint32_t count);
struct wheel *wheel_init(void *memory, uint32_t count);

/* Sets timer `number`, replacing what it was set to. `key` comes back when it fires. */
void wheel_set(struct wheel *wheel, uint32_t number, uint64_t at_ms, uint64_t key);
void wheel_cancel(struct wheel *wheel, uint32_t number);

/* The earliest time set, or UINT64_MAX. */
uint64_t wheel_next_ms(const struct wheel *wheel);

/* Takes one timer due at now_ms, earliest first. False when none is due. */
MUST_USE bool wheel_take(struct wheel *wheel, uint64_t now_ms, uint32_t *number, uint64_t *key);

#endif
