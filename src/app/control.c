// SPDX-License-Identifier: Apache-2.0
/* control.c - the server's side of the socket: who is connected, who follows, who is silent. */
#include "app/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control_inside.h"
#include "app/json.h"
#include "app/loop.h"
#include "app/show.h"
#include "base/clock.h"
#include "base/log.h"

static void close_client(struct client *client)
{
    close(client->fd);
    *client = (struct client){.fd = -1};
}

/* One line to a client; one that does not read is closed. */
static void tell(struct control *control, struct client *client, const char *line)
{
    size_t size = strlen(line);

    if (client->fd < 0)
        return;
    if (send(client->fd, line, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size)
        return;
    control->followers_lost++;
    close_client(client);
}

void control_tell(struct control *control, struct client *client, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT);
    char *whole = line ? malloc(strlen(line) + 2) : NULL;

    if (whole) {
        sprintf(whole, "%s\n", line);
        tell(control, client, whole);
    }
    free(whole);
    free(line);
    json_decref(object);
}

static void read_client(struct control *control, struct client *client)
{
    ssize_t size = recv(client->fd, client->line + client->size,
                        sizeof(client->line) - 1 - client->size, MSG_DONTWAIT);
    char *end;

    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        close_client(client);
        return;
    }
    client->heard_ms = clock_ms();
    client->size += (uint32_t)size;
    client->line[client->size] = 0;
    while (client->fd >= 0 && (end = memchr(client->line, '\n', client->size))) {
        *end = 0;
        control_answer(control, client, client->line);
        client->size = client->fd < 0 ? 0 : client->size - (uint32_t)(end + 1 - client->line);
        memmove(client->line, end + 1, client->size);
    }
    if (client->fd >= 0 && client->size == sizeof(client->line) - 1)
        close_client(client); /* A line longer than any question. */
}

static void accept_client(struct control *control)
{
    int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int room = 4 << 20;

    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd < 0) {
            control->clients[i] = (struct client){.fd = fd, .heard_ms = clock_ms()};
            return;
        }
    }
    close(fd);
}

static void take_command(struct control *control, size_t size)
{
    struct command command;
    json_t *object;
    bool follows = control->options.show;

    if (!command_unpack(control->message + 1, size - 1, &command))
        return;
    if (command.kind == CALL_TELL) {
        if (command.told.known)
            live_take(control->live, &command);
        control_answer_dialed(control, &command);
        return;
    }
    live_take(control->live, &command);
    for (int i = 0; i < CONTROL_CLIENTS; i++)
        follows |= control->clients[i].fd >= 0 && control->clients[i].follows;
    if (!follows)
        return; /* Words for nobody, thousands of times a second. */
    object = json_of_command(&command);
    if (control->options.show)
        show_event(object, isatty(STDOUT_FILENO), stdout);
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0 && control->clients[i].follows)
            control_tell(control, &control->clients[i], json_incref(object));
    }
    json_decref(object);
}

static void take_views(struct control *control)
{
    size_t size;

    while ((size = mailbox_take(control->options.view, control->message,
                                sizeof(control->message))) > 0) {
        if (control->message[0] == VIEW_COMMAND)
            take_command(control, size);
        else if (control->message[0] == VIEW_QUEUE && size == 1 + sizeof(struct queue_row))
            live_queue_row(control->live, control->message + 1);
        else if (control->message[0] == VIEW_SLO && size == 1 + sizeof(struct slo_row))
            live_slo_row(control->live, control->message + 1);
        else if (control->message[0] == VIEW_PROVIDER && size == 1 + sizeof(struct provider_row))
            live_provider_row(control->live, control->message + 1);
        else if (control->message[0] == VIEW_CHAIN && size == 1 + sizeof(struct chain_row))
            live_chain_row(control->live, control->message + 1);
        else if (size == 1 + sizeof(struct loop_figures))
            live_figures(control->live, control->message + 1);
    }
}

/* Closes who has been silent for too long. How long the next one may still be; -1: nobody waits. */
static int close_idle(struct control *control)
{
    uint64_t now_ms = clock_ms();
    uint32_t most_ms = control->options.idle_ms ? control->options.idle_ms : CONTROL_IDLE_MS;
    int next_ms = -1;

    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];
        if (client->fd < 0 || client->follows || client->dial)
            continue;
        uint64_t silent_ms = now_ms - client->heard_ms;
        if (silent_ms >= most_ms)
            close_client(client);
        else if (next_ms < 0 || (int)(most_ms - silent_ms) < next_ms)
            next_ms = (int)(most_ms - silent_ms);
    }
    return next_ms;
}

enum { FD_STOP, FD_VIEW, FD_LISTENER, FD_CLIENTS, FDS = FD_CLIENTS + CONTROL_CLIENTS };

static void *run(void *argument)
{
    struct control *control = argument;
    struct pollfd fds[FDS];

    for (;;) {
        int wait_ms = close_idle(control);
        fds[FD_STOP] = (struct pollfd){.fd = control->stop_pipe[0], .events = POLLIN};
        fds[FD_VIEW] = (struct pollfd){.fd = mailbox_fd(control->options.view), .events = POLLIN};
        fds[FD_LISTENER] = (struct pollfd){.fd = control->listener, .events = POLLIN};
        for (int i = 0; i < CONTROL_CLIENTS; i++)
            fds[FD_CLIENTS + i] = (struct pollfd){.fd = control->clients[i].fd, .events = POLLIN};
        poll(fds, FDS, mailbox_arm(control->options.view) ? wait_ms : 0);
        take_views(control);
        if (fds[FD_STOP].revents)
            return NULL;
        if (fds[FD_LISTENER].revents)
            accept_client(control);
        for (int i = 0; i < CONTROL_CLIENTS; i++) {
            if (fds[FD_CLIENTS + i].fd >= 0 && fds[FD_CLIENTS + i].revents &&
                control->clients[i].fd == fds[FD_CLIENTS + i].fd)
                read_client(control, &control->clients[i]);
        }
    }
}
/* A socket that nobody answers on is left over from a server that died. */
static int bind_listener(struct control *control, const char *path)
{
    struct sockaddr_un address;
    int other, error = control_address(path, &address);

    if (error)
        return error;
    other = control_connect(path);
    if (other >= 0) {
        close(other);
        return -EADDRINUSE;
    }
    unlink(path);
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* On Linux a socket's file gets the mode that the socket has; umask() would be all threads'. */
    if (control->listener < 0 || fchmod(control->listener, 0600) != 0 ||
        bind(control->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(control->listener, CONTROL_CLIENTS) != 0)
        error = -errno;
    return error;
}

static void release(struct control *control)
{
    for (int i = 0; i < 2; i++) {
        if (control->stop_pipe[i] >= 0)
            close(control->stop_pipe[i]);
    }
    if (control->listener >= 0)
        close(control->listener);
    if (control->live)
        live_free(control->live);
    free(control);
}

int control_open(struct control **out, const struct control_options *options, char *why,
                 uint32_t why_size)
{
    struct control *control = calloc(1, sizeof(*control));
    int error;

    if (!control)
        return -ENOMEM;
    *control = (struct control){.options = *options, .listener = -1, .stop_pipe = {-1, -1}};
    for (int i = 0; i < CONTROL_CLIENTS; i++)
        control->clients[i].fd = -1;
    control->live = live_new(options->max_calls);
    error = !control->live                         ? -ENOMEM
            : pipe2(control->stop_pipe, O_CLOEXEC) ? -errno
                                                   : bind_listener(control, options->path);
    if (error == 0)
        error = -pthread_create(&control->thread, NULL, run, control);
    if (error == 0) {
        *out = control;
        return 0;
    }
    snprintf(why, why_size,
             error == -EADDRINUSE ? "another server answers on %s: stop it, or set server.control"
                                  : "%s: %s",
             options->path, strerror(-error));
    release(control);
    return error;
}

void control_close(struct control *control)
{
    if (write(control->stop_pipe[1], "", 1) != 1)
        log_line(LOG_ERROR, "control", "cannot be told to stop");
    pthread_join(control->thread, NULL);
    unlink(control->options.path);
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0)
            close_client(&control->clients[i]);
    }
    release(control);
}
