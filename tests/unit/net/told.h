// SPDX-License-Identifier: Apache-2.0
/* told.h - a socket's sink whose news a test can wait for. */
#ifndef TEST_NET_TOLD_H
#define TEST_NET_TOLD_H

#include "lab.h"
#include "net/socket.h"

/* What a socket heard, under a lock: callbacks come on the net thread. */
struct told {
    struct heard at; /* Its lock, and gones. */
    uint32_t opens, warm, texts, binaries, closes;
    char text[256]; /* All of them, one behind the other. */
    uint32_t text_size;
    uint64_t binary_bytes;
    struct socket_closed closed;
    char why[256];
    struct net *cancels; /* Where the first text cancels the socket, from within. */
    uint32_t id;
};

static inline void told_open(void *context, const struct socket_opened *opened)
{
    struct told *told = context;

    pthread_mutex_lock(&told->at.lock);
    told->warm = opened->warm;
    heard_more(&told->at, &told->opens);
}

static inline void told_text(void *context, const char *text, size_t size)
{
    struct told *told = context;

    pthread_mutex_lock(&told->at.lock);
    for (size_t i = 0; i < size && told->text_size < sizeof(told->text) - 1; i++)
        told->text[told->text_size++] = text[i];
    if (told->cancels)
        socket_cancel(told->cancels, told->id);
    heard_more(&told->at, &told->texts);
}

static inline void told_binary(void *context, const uint8_t *bytes, size_t size)
{
    struct told *told = context;

    (void)bytes;
    pthread_mutex_lock(&told->at.lock);
    told->binary_bytes += size;
    heard_more(&told->at, &told->binaries);
}

static inline void told_closed(void *context, const struct socket_closed *closed)
{
    struct told *told = context;

    pthread_mutex_lock(&told->at.lock);
    told->closed = *closed;
    text_copy(told->why, sizeof(told->why), text_of(closed->why));
    heard_more(&told->at, &told->closes);
}

static inline void told_gone(void *context)
{
    struct told *told = context;

    pthread_mutex_lock(&told->at.lock);
    heard_more(&told->at, &told->at.gones);
}

static const struct socket_sink told_sink = {.on_open = told_open,
                                             .on_text = told_text,
                                             .on_binary = told_binary,
                                             .on_closed = told_closed,
                                             .on_gone = told_gone};

#endif
