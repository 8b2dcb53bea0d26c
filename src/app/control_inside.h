// SPDX-License-Identifier: Apache-2.0
/* control_inside.h - what control.c (sockets) and control_answer.c (questions) share.
 *
 * Owned by control's thread. A client's place is reused; -1 as its fd says that it is gone, and
 * telling it is nothing. */
#ifndef APP_CONTROL_INSIDE_H
#define APP_CONTROL_INSIDE_H

#include <jansson.h>
#include <pthread.h>
#include <sys/un.h>

#include "app/control.h"
#include "app/live.h"

struct client {
    int fd; /* -1: free. */
    bool follows;
    uint64_t heard_ms;
    uint32_t dial; /* Token of a CALL_REQUESTED that is not answered yet; 0: none. */
    char line[CONTROL_LINE];
    uint32_t size;
};

struct control {
    struct control_options options;
    const json_t *question; /* That is being answered. */
    pthread_t thread;
    int listener, stop_pipe[2];
    struct client clients[CONTROL_CLIENTS];
    struct live *live;
    uint32_t tokens;
    uint64_t followers_lost, asked_ms;
    uint32_t asked; /* Reloads and stops in the second since asked_ms. */
    uint8_t message[MAX_PACKED + 1];
};

/* One object, as a line; takes the reference. A client that does not read is closed. */
void control_tell(struct control *control, struct client *client, json_t *object);

/* Answers one line: a question of control.h. What cannot be answered is told as {"error": ...}. */
void control_answer(struct control *control, struct client *client, const char *line);
/* The core's answer to a client who asked to dial; nothing when that client is gone. */
void control_answer_dialed(struct control *control, const struct command *command);

/* An address of a socket, and a connection to it; -errno. */
int control_address(const char *path, struct sockaddr_un *out);
int control_connect(const char *path);

#endif
