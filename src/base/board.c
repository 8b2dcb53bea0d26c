// SPDX-License-Identifier: Apache-2.0
/* board.c - see board.h. */
#include "base/board.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct board {
    pthread_mutex_t lock;
    size_t size;
    uint8_t bytes[];
};

int board_open(struct board **out, size_t size)
{
    struct board *board = calloc(1, sizeof(*board) + size);
    if (!board)
        return -ENOMEM;
    pthread_mutex_init(&board->lock, NULL);
    board->size = size;
    *out = board;
    return 0;
}

void board_close(struct board *board)
{
    if (!board)
        return;
    pthread_mutex_destroy(&board->lock);
    free(board);
}

void board_write(struct board *board, const void *bytes)
{
    pthread_mutex_lock(&board->lock);
    memcpy(board->bytes, bytes, board->size);
    pthread_mutex_unlock(&board->lock);
}

void board_read(struct board *board, void *bytes)
{
    pthread_mutex_lock(&board->lock);
    memcpy(bytes, board->bytes, board->size);
    pthread_mutex_unlock(&board->lock);
}
