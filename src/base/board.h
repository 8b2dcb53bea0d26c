// SPDX-License-Identifier: Apache-2.0
/* board.h - the newest figures of a thread, for whoever wants to read them: one writes, any read.
 *
 * Whole: a reader sees one writing, never parts of two. Cost: a short critical section and a copy.
 */
#ifndef BASE_BOARD_H
#define BASE_BOARD_H

#include <stddef.h>

#include "base/attr.h"

struct board;

/* Of `size` bytes, zero at first. 0 or -ENOMEM. */
MUST_USE int board_open(struct board **out, size_t size);
void board_close(struct board *board); /* NULL is nothing. */
void board_write(struct board *board, const void *bytes);
void board_read(struct board *board, void *bytes);

#endif
