// SPDX-License-Identifier: Apache-2.0
/* control.c - sockets and questions; the answers are made in live.c. */
#include "app/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/banned.h"
#include "app/json.h"
#include "app/live.h"
#include "app/loop.h"
#include "app/show.h"
#include "base/clock.h"
#include "base/log.h"

struct client {
    int fd; /* -1: free. */
    bool follows;
    uint64_t heard_ms;
    uint32_t dial; /* Token of a CALL_REQUESTED that is not answered yet; 0: none. */
    char line[CONTROL_LINE];
    uint32_t size;
};

enum { ASKED_MOST = 4 }; /* Reloads and stops a second: the main thread's messages must fit too. */

struct control {
    struct control_options options;
    const json_t *question; /* That is being answered. */
    pthread_t thread;
    int listener, stop_pipe[2];
    struct client clients[CONTROL_CLIENTS];
    struct live *live;
    uint32_t tokens;
    uint64_t followers_lost, asked_ms;
    uint32_t asked; /* In the second since asked_ms. */
    uint8_t message[MAX_PACKED + 1];
};

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

static void tell_json(struct control *control, struct client *client, json_t *object)
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

static void tell_keeper(struct control *control, struct client *client, enum keeper_kind kind)
{
    struct keeper_message message = {.kind = kind};
    uint64_t now_ms = clock_ms();
    bool good;

    if (now_ms - control->asked_ms >= 1000) {
        control->asked_ms = now_ms;
        control->asked = 0;
    }
    good = control->asked++ < ASKED_MOST &&
           mailbox_post(control->options.keeper, &message, sizeof(message)) == MAILBOX_OK;

    tell_json(control, client, json_pack("{s:b}", "done", good));
}

/* {"ask": "capture", "call": REF, "act": "pause"}: the core decides whether it makes sense now. */
static void answer_capture(struct control *control, struct client *client, const json_t *question)
{
    const char *ref = json_word(question, "call"), *act = json_word(question, "act");
    struct event event = {.kind = CAPTURE_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < CAPTURE_ACTS && strcmp(act, capture_act_names[found]) != 0)
        found++;
    event.capture.ref = text_of(ref);
    event.capture.act = (enum capture_act)found;
    if (found == CAPTURE_ACTS)
        tell_json(control, client,
                  json_pack("{s:s}", "error", "start, pause, resume, stop, mask or unmask"));
    else if (!live_has(control->live, ref))
        tell_json(control, client, json_pack("{s:s}", "error", "no such call is up"));
    else if (event_post(control->options.events, &event) != MAILBOX_OK)
        tell_json(control, client, json_pack("{s:s}", "error", "the server is too busy"));
    else
        tell_json(control, client, json_pack("{s:b}", "done", 1));
}

/* {"ask": "dial", "number": "+1...", "trunk": ..., "agent", "from", "headers", "key"}: answered when
 * the account is durable, or a call with the key is known. */
static void answer_dial(struct control *control, struct client *client)
{
    const json_t *question = control->question;
    struct event event = {.kind = CALL_REQUESTED, .at_ms = clock_ms()};

    if (++control->tokens == 0)
        control->tokens = 1;
    event.request.token = client->dial = control->tokens;
    event.request.number = text_of(json_word(question, "number"));
    event.request.trunk = text_of(json_word(question, "trunk"));
    event.request.agent = text_of(json_word(question, "agent"));
    event.request.from = text_of(json_word(question, "from"));
    event.request.headers = text_of(json_word(question, "headers"));
    event.request.key = text_of(json_word(question, "key"));
    if (getrandom(&event.request.seed, sizeof(event.request.seed), 0) !=
        sizeof(event.request.seed))
        event.request.seed = clock_ns();
    if (event_post(control->options.events, &event) == MAILBOX_OK)
        return;
    client->dial = 0;
    tell_json(control, client, json_pack("{s:s}", "error", "the server is too busy"));
}

/* {"ask": "task", "call": REF, "state": "cancelled"}: of the call's callbacks. */
static void answer_task(struct control *control, struct client *client)
{
    const json_t *question = control->question;
    struct event event = {.kind = TASK_ASKED, .at_ms = clock_ms()};
    const char *ref = json_word(question, "call"), *state = json_word(question, "state");

    event.asked.ref = text_of(ref);
    event.asked.kind = TASK_CALLBACK;
    event.asked.state = strcmp(state, "done") == 0 ? TASK_DONE : TASK_CANCELLED;
    if (!*ref || (strcmp(state, "done") != 0 && strcmp(state, "cancelled") != 0))
        tell_json(control, client, json_pack("{s:s}", "error", "name a call, and cancelled or done"));
    else if (event_post(control->options.events, &event) != MAILBOX_OK)
        tell_json(control, client, json_pack("{s:s}", "error", "the server is too busy"));
    else
        tell_json(control, client, json_pack("{s:b}", "done", 1));
}

static void tell_dialed(struct control *control, const struct command *command)
{
    if (command->told.token == 0) /* The core's own wish. */
        return;
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];
        if (client->fd < 0 || client->dial != command->told.token)
            continue;
        client->dial = 0;
        if (command->told.why.size)
            tell_json(control, client,
                      json_pack("{s:s%}", "error", command->told.why.data,
                                (size_t)command->told.why.size));
        else
            tell_json(control, client,
                      json_pack("{s:s%, s:b}", "ref", command->told.ref.data,
                                (size_t)command->told.ref.size, "known", command->told.known));
    }
}

static void answer_calls(struct control *control, struct client *client)
{
    json_t *calls = live_calls(control->live, clock_wall_ms());
    struct limbs *limbs = control->options.limbs;

    if (limbs && limbs->media)
        json_object_set_new(calls, "media", live_media(limbs));
    tell_json(control, client, calls);
}

static void answer_trunks(struct control *control, struct client *client)
{
    tell_json(control, client, live_trunks(control->live));
}

static void answer_slo(struct control *control, struct client *client)
{
    tell_json(control, client, live_slo(control->live));
}

static void answer_queues(struct control *control, struct client *client)
{
    tell_json(control, client, live_queues(control->live));
}

static void answer_phones(struct control *control, struct client *client)
{
    tell_json(control, client, live_phones(control->live, clock_wall_ms()));
}

static void answer_operators(struct control *control, struct client *client)
{
    tell_json(control, client, live_operators(control->live));
}

/* {"ask": "operator", "operator": NAME, "said": "break"}: the state that follows is in the table of
 * operators when the core has taken it. */
static void answer_operator(struct control *control, struct client *client)
{
    const char *name = json_word(control->question, "operator"),
               *said = json_word(control->question, "said");
    struct event event = {.kind = OPERATOR_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < OPERATOR_SAIDS && strcmp(said, operator_said_names[found]) != 0)
        found++;
    event.wish.name = text_of(name);
    event.wish.said = (enum operator_said)found;
    if (found == OPERATOR_SAIDS)
        tell_json(control, client, json_pack("{s:s}", "error", "available, break or offline"));
    else if (!live_has_operator(control->live, name))
        tell_json(control, client, json_pack("{s:s}", "error", "there is no such operator"));
    else if (event_post(control->options.events, &event) != MAILBOX_OK)
        tell_json(control, client, json_pack("{s:s}", "error", "the server is too busy"));
    else
        tell_json(control, client, json_pack("{s:b}", "done", 1));
}

/* {"ask": "supervise", "call": REF, "with": USER, "mode": "listen"}: what comes of it is in `calls`
 * under the call's "supervision". */
static void answer_supervise(struct control *control, struct client *client)
{
    const char *mode = json_word(control->question, "mode");
    struct event event = {.kind = SUPERVISE_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < SUPERVISE_MODES && strcmp(mode, supervise_mode_names[found]) != 0)
        found++;
    event.supervise.ref = text_of(json_word(control->question, "call"));
    event.supervise.user = text_of(json_word(control->question, "with"));
    event.supervise.mode = (enum supervise_mode)found;
    if (found == SUPERVISE_MODES)
        tell_json(control, client,
                  json_pack("{s:s}", "error", "listen, whisper, barge-in, take-over or end"));
    else if (!live_has(control->live, json_word(control->question, "call")))
        tell_json(control, client, json_pack("{s:s}", "error", "there is no such call"));
    else if (event_post(control->options.events, &event) != MAILBOX_OK)
        tell_json(control, client, json_pack("{s:s}", "error", "the server is too busy"));
    else
        tell_json(control, client, json_pack("{s:b}", "done", 1));
}

static void answer_status(struct control *control, struct client *client)
{
    json_t *status = live_status(control->live, control->options.limbs);

    json_object_set_new(status, "followers_lost",
                        json_integer((json_int_t)control->followers_lost));
    tell_json(control, client, status);
}

static void answer_follow(struct control *control, struct client *client)
{
    client->follows = true;
    tell_json(control, client, json_pack("{s:b}", "following", 1));
}

static void answer_reload(struct control *control, struct client *client)
{
    tell_keeper(control, client, KEEPER_RELOAD);
}

static void answer_stop(struct control *control, struct client *client)
{
    tell_keeper(control, client, KEEPER_STOP);
}

static void answer_bans(struct control *control, struct client *client)
{
    tell_json(control, client, banned_list(control->options.limbs->sip));
}

static void answer_ban(struct control *control, struct client *client)
{
    tell_json(control, client, banned_change(control->options.limbs->sip, control->question));
}

static void answer(struct control *control, struct client *client, const char *line)
{
    static const struct {
        const char *ask;
        void (*answer)(struct control *, struct client *);
    } rows[] = {{"calls", answer_calls},   {"follow", answer_follow}, {"status", answer_status},
                {"reload", answer_reload}, {"bans", answer_bans},     {"ban", answer_ban},
                {"unban", answer_ban},     {"trunks", answer_trunks}, {"phones", answer_phones},
                {"stop", answer_stop},     {"dial", answer_dial},   {"task", answer_task},     {"slo", answer_slo},
                {"operators", answer_operators}, {"operator", answer_operator},
                {"supervise", answer_supervise},
                {"queues", answer_queues}};
    json_t *object = json_loads(line, 0, NULL);
    const char *ask = json_word(object, "ask");
    bool known = strcmp(ask, "capture") == 0;

    control->question = object;
    if (known)
        answer_capture(control, client, object);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !known; i++) {
        known = strcmp(ask, rows[i].ask) == 0;
        if (known)
            rows[i].answer(control, client);
    }
    if (!known)
        tell_json(control, client,
                  json_pack("{s:s}", "error",
                            "ask {\"ask\": \"calls\"}, follow, status, slo, queues, bans, ban, unban, reload, "
                            "stop, dial, operators, operator, supervise or capture"));
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
        answer(control, client, client->line);
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
        tell_dialed(control, &command);
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
            tell_json(control, &control->clients[i], json_incref(object));
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

static int address_of(const char *path, struct sockaddr_un *out)
{
    if (strlen(path) >= sizeof(out->sun_path))
        return -ENAMETOOLONG;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(out->sun_path, path);
    return 0;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address;
    int fd, error = address_of(path, &address);

    if (error)
        return error;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error = -errno;
    close(fd);
    return error;
}

int control_ask(const char *path, const char *question)
{
    char line[CONTROL_LINE];

    snprintf(line, sizeof(line), "{\"ask\": \"%s\"}", question);
    return control_ask_line(path, line);
}

int control_ask_line(const char *path, const char *question)
{
    int fd = connect_to(path);
    char line[CONTROL_LINE];
    int size = snprintf(line, sizeof(line), "%s\n", question);

    if (fd < 0 || send(fd, line, (size_t)size, MSG_NOSIGNAL) == size)
        return fd;
    close(fd);
    return -EPIPE;
}

/* A socket that nobody answers on is left over from a server that died. */
static int bind_listener(struct control *control, const char *path)
{
    struct sockaddr_un address;
    int other, error = address_of(path, &address);

    if (error)
        return error;
    other = connect_to(path);
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
