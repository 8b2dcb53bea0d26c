// SPDX-License-Identifier: Apache-2.0
/* child.c - posix_spawn with three descriptors to keep: standard error, the socket, the shared
 * page. */
#include "sip/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

enum { CHILD_SOCKET = 3, CHILD_PAGE = 4, SOCKET_BYTES = 1 << 20 };

static int open_page(struct child *child)
{
    int fd = memfd_create("sip-in-hand", MFD_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (ftruncate(fd, sizeof(*child->page)) != 0) {
        int failure = -errno;
        close(fd);
        return failure;
    }
    child->page = mmap(NULL, sizeof(*child->page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (child->page == MAP_FAILED) {
        child->page = NULL;
        close(fd);
        return -ENOMEM;
    }
    return fd;
}

static int spawn(struct child *child, const char *program, int socket_fd, int page_fd)
{
    char number[12], *arguments[] = {NULL, NULL, number, NULL};
    char name[] = "sip-worker";
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int failure;

    snprintf(number, sizeof(number), "%d", CHILD_SOCKET);
    arguments[0] = strdup("offhook");
    arguments[1] = name;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    /* Both are first put out of the way of the numbers that they shall have. */
    posix_spawn_file_actions_adddup2(&actions, socket_fd, CHILD_SOCKET);
    posix_spawn_file_actions_adddup2(&actions, page_fd, CHILD_PAGE);
    posix_spawn_file_actions_addclosefrom_np(&actions, CHILD_PAGE + 1);
    failure = arguments[0]
                  ? posix_spawn(&child->pid, program, &actions, &attributes, arguments, environ)
                  : ENOMEM;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(arguments[0]);
    return -failure;
}

/* A descriptor at or above 10, so that dup2 onto 3 and 4 cannot tread on it. */
static int out_of_the_way(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);

    close(fd);
    return moved;
}

int child_start(struct child *child, const char *program)
{
    int pair[2], page_fd, buffer = SOCKET_BYTES, failure;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -errno;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    page_fd = open_page(child);
    if (page_fd < 0) {
        close(pair[0]);
        close(pair[1]);
        return page_fd;
    }
    pair[1] = out_of_the_way(pair[1]);
    page_fd = out_of_the_way(page_fd);
    failure = pair[1] < 0 || page_fd < 0 ? -EMFILE : spawn(child, program, pair[1], page_fd);
    close(pair[1]);
    close(page_fd);
    if (failure) {
        close(pair[0]);
        munmap(child->page, sizeof(*child->page));
        child->page = NULL;
        return failure;
    }
    child->fd = pair[0];
    child_excuse(child, clock_ms());
    return 0;
}

/* "123 (sip-worker) R 1 ...": the state, and the 14th and 15th fields, in ticks (proc(5)). */
static struct pulse take_pulse(const struct child *child)
{
    struct pulse pulse = {.beats = child->page->beats};
    unsigned long user, system;
    char path[32], line[512], state, *end;
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)child->pid);
    file = fopen(path, "re");
    if (!file)
        return pulse;
    size = fread(line, 1, sizeof(line) - 1, file);
    fclose(file);
    line[size] = '\0';
    end = strrchr(line, ')');
    if (end && sscanf(end + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &state, &user,
                      &system) == 3) {
        pulse.runnable = state == 'R' || state == 'D';
        pulse.cpu_ms = (user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
    }
    return pulse;
}

bool child_judge(struct child *child, const struct pulse *pulse, uint64_t now_ms)
{
    uint64_t still_ms = now_ms - child->beat_ms;

    if (pulse->beats != child->pulse.beats) {
        child->pulse = *pulse;
        child->beat_ms = now_ms;
        return false;
    }
    if (!pulse->runnable)
        return still_ms > CHILD_STILL_MS;
    return pulse->cpu_ms - child->pulse.cpu_ms > CHILD_BUSY_MS || still_ms > CHILD_STARVED_MS;
}

bool child_hangs(struct child *child, uint64_t now_ms)
{
    struct pulse pulse = take_pulse(child);

    return child_judge(child, &pulse, now_ms);
}

void child_excuse(struct child *child, uint64_t now_ms)
{
    child->pulse = take_pulse(child);
    child->beat_ms = now_ms;
}

static bool crashed(int status)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

    for (size_t i = 0; WIFSIGNALED(status) && i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (WTERMSIG(status) == signals[i])
            return true;
    }
    return false;
}

void child_end(struct child *child, bool hung, char *how, size_t how_size)
{
    int status = 0;

    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (hung)
        snprintf(how, how_size, "hung");
    else if (WIFSIGNALED(status))
        snprintf(how, how_size, "signal %d", WTERMSIG(status));
    else
        snprintf(how, how_size, "exit %d", WEXITSTATUS(status));
    child->suspect[0] = '\0';
    if ((hung || crashed(status)) && child->page->busy) {
        memcpy(child->suspect, child->page->address, sizeof(child->suspect));
        child->suspect[sizeof(child->suspect) - 1] = '\0';
        child->suspect_hash = child->page->hash;
    }
    munmap(child->page, sizeof(*child->page));
    close(child->fd);
    child->page = NULL;
    child->fd = -1;
    child->pid = 0;
}

const char *child_suspect(const struct child *child)
{
    return child->suspect;
}

bool child_writable(const struct child *child, int timeout_ms)
{
    struct pollfd fd = {.fd = child->fd, .events = POLLOUT};

    return poll(&fd, 1, timeout_ms) > 0 && !(fd.revents & (POLLHUP | POLLERR));
}

bool child_gone(struct child *child, int timeout_ms)
{
    struct pollfd fd = {.fd = child->fd, .events = 0};

    return poll(&fd, 1, timeout_ms) > 0 && (fd.revents & POLLHUP);
}
