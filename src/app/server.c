// SPDX-License-Identifier: Apache-2.0
/* server.c - `offhook serve`: the main thread opens everything, then waits for signals and
 * messages.
 *
 * Signals are blocked in every thread and read here from a descriptor. SIGHUP reloads; SIGTERM and
 * SIGINT take no new calls and wait five seconds for those that are up, a second one does not wait.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/control.h"
#include "app/limbs.h"
#include "app/loop.h"
#include "app/plans.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/log.h"

enum {
    EVENTS_BYTES = 8 << 20, /* A second of everything at 2,000 calls a second. */
    VIEW_BYTES = 1 << 20,
    KEEPER_BYTES = 4096,
    DRAIN_MS = 4500,  /* For calls that are up to end by themselves. */
    HANG_UP_MS = 2000 /* For the last BYE to be on its way. */
};

enum phase { SERVING, DRAINING, HANGING_UP, ENDED };

/* The program that runs, also when another version has been put in its place: a worker of that one
 * would not understand us. */
static const char itself[] = "/proc/self/exe";

struct server {
    const char *path;
    bool show;
    struct mailbox *events, *view, *keeper;
    struct limbs limbs;
    struct plans plans;
    struct loop *loop;
    struct control *control;
    int signals;
    bool reload_wanted; /* Asked for once or often: one reload answers all. */
    enum phase phase;
    uint64_t phase_ends_ms;
};

static void enter(struct server *server, enum phase phase)
{
    server->phase = phase;
    if (phase == ENDED)
        return;
    log_line(LOG_INFO, "app",
             phase == DRAINING ? "stopping: no new calls; those up have 5 s"
                               : "stopping: ending the calls that are up");
    server->phase_ends_ms = clock_ms() + (phase == DRAINING ? DRAIN_MS : HANG_UP_MS);
    loop_drain(server->loop);
}

static void stop_more(struct server *server)
{
    enter(server, server->phase == SERVING    ? DRAINING
                  : server->phase == DRAINING ? HANGING_UP
                                              : ENDED);
}

static void reload(struct server *server)
{
    int slot = plans_reload(&server->plans, server->path);
    struct event event = {.kind = PLAN_LOADED, .at_ms = clock_ms()};

    if (slot < 0)
        return;
    if (!limbs_prepare(&server->limbs, (uint32_t)slot, &server->plans.slots[slot]->config->plan)) {
        log_line(LOG_ERROR, "app", "the configuration was not reloaded; the old one stays");
        plans_drop(&server->plans, (uint32_t)slot);
        return;
    }
    limbs_reload(&server->limbs, server->plans.slots[slot]->config);
    event.plan.slot = (uint32_t)slot;
    event.plan.serial = server->plans.serial;
    while (event_post(server->events, &event) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    log_line(LOG_INFO, "app", "reloaded %s: new calls use it", server->path);
}

static void take_message(struct server *server, const struct keeper_message *message)
{
    switch (message->kind) {
    case KEEPER_FORGET:
        limbs_forget(&server->limbs, message->slot);
        plans_drop(&server->plans, message->slot);
        break;
    case KEEPER_IDLE:
        if (server->phase != SERVING)
            enter(server, ENDED);
        break;
    case KEEPER_RELOAD:
        server->reload_wanted = true;
        break;
    case KEEPER_STOP:
        if (server->phase != ENDED)
            stop_more(server);
        break;
    }
}

static void take_signals(struct server *server)
{
    struct signalfd_siginfo info;

    while (read(server->signals, &info, sizeof(info)) == sizeof(info)) {
        struct keeper_message message = {.kind = info.ssi_signo == SIGHUP ? KEEPER_RELOAD
                                                                          : KEEPER_STOP};
        take_message(server, &message);
    }
}

static void serve(struct server *server)
{
    struct keeper_message message;

    while (server->phase != ENDED) {
        struct pollfd fds[] = {{.fd = server->signals, .events = POLLIN},
                               {.fd = mailbox_fd(server->keeper), .events = POLLIN}};
        uint64_t now_ms = clock_ms();
        int wait_ms = -1;
        if (server->phase != SERVING)
            wait_ms = server->phase_ends_ms > now_ms ? (int)(server->phase_ends_ms - now_ms) : 0;
        poll(fds, 2, mailbox_arm(server->keeper) ? wait_ms : 0);
        take_signals(server);
        while (server->phase != ENDED &&
               mailbox_take(server->keeper, &message, sizeof(message)) == sizeof(message))
            take_message(server, &message);
        if (server->reload_wanted && server->phase == SERVING) {
            server->reload_wanted = false;
            reload(server);
            continue; /* What came meanwhile is next, a stop above all. */
        }
        if (server->phase != SERVING && server->phase != ENDED &&
            clock_ms() >= server->phase_ends_ms)
            stop_more(server);
    }
}

static bool block_signals(struct server *server)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return server->signals >= 0;
}

static bool read_first(struct server *server)
{
    struct config_result *result = calloc(1, sizeof(*result));

    if (!result)
        return false;
    config_read(server->path, result);
    check_print(result, stderr);
    if (result->config && plans_first(&server->plans, result))
        return true;
    fprintf(stderr, "offhook: the server does not start on this configuration\n");
    if (server->plans.first != result) {
        config_free(result);
        free(result);
    }
    return false;
}

static bool open_mailboxes(struct server *server)
{
    return mailbox_open(&server->events, "events", EVENTS_BYTES) == 0 &&
           mailbox_open(&server->view, "view", VIEW_BYTES) == 0 &&
           mailbox_open(&server->keeper, "keeper", KEEPER_BYTES) == 0;
}

static bool open_loop(struct server *server, const struct config *config)
{
    struct loop_options options = {.limbs = &server->limbs,
                                   .plans = &server->plans,
                                   .events = server->events,
                                   .keeper = server->keeper,
                                   .view = server->view,
                                   .max_calls = config->plan.max_calls,
                                   .spare_legs = config->plan.spare_legs};
    int error = loop_open(&server->loop, &options);

    if (error)
        log_line(LOG_ERROR, "app", "cannot start: %s", strerror(-error));
    return error == 0;
}

static bool open_control(struct server *server, const struct config *config)
{
    struct control_options options = {.path = config->control_socket,
                                      .limbs = &server->limbs,
                                      .view = server->view,
                                      .events = server->events,
                                      .keeper = server->keeper,
                                      .max_calls = config->plan.max_calls,
                                      .show = server->show};
    char why[512] = "";
    int error = control_open(&server->control, &options, why, sizeof(why));

    if (error)
        log_line(LOG_ERROR, "control", "cannot start: %s", why);
    return error == 0;
}

static bool open_all(struct server *server)
{
    const struct config *config = server->plans.slots[0]->config;

    return limbs_try(config) && open_mailboxes(server) &&
           limbs_open(&server->limbs, config, server->events) &&
           limbs_prepare(&server->limbs, 0, &config->plan) &&
           limbs_listen(&server->limbs, config, itself, server->events) &&
           open_loop(server, config) && open_control(server, config);
}

static void close_all(struct server *server)
{
    if (server->loop)
        loop_close(server->loop);
    if (server->control)
        control_close(server->control);
    limbs_close(&server->limbs);
    if (server->events)
        mailbox_close(server->events);
    if (server->view)
        mailbox_close(server->view);
    if (server->keeper)
        mailbox_close(server->keeper);
    plans_close(&server->plans);
    if (server->signals >= 0)
        close(server->signals);
}

int verb_serve(const struct arguments *arguments)
{
    static struct server server;
    const char *path = check_directory(arguments);
    bool good;

    if (!path)
        return EXIT_USAGE;
    server =
        (struct server){.path = path, .show = arguments_has(arguments, "--show"), .signals = -1};
    if (arguments_has(arguments, "--debug"))
        log_set_level(LOG_DEBUG);
    if (!block_signals(&server))
        return EXIT_FAILED;
    good = read_first(&server) && open_all(&server);
    if (good) {
        const struct config *config = server.plans.slots[0]->config;
        for (uint32_t i = 0; i < config->sip_listener_count; i++)
            log_line(LOG_INFO, "sip", "listening on %s", config->sip_listeners[i]);
        log_line(LOG_INFO, "app", "ready for %u calls at once", config->plan.max_calls);
        serve(&server);
    }
    close_all(&server);
    return good ? EXIT_DONE : EXIT_FAILED;
}
