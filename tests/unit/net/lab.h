// SPDX-License-Identifier: Apache-2.0
/* lab.h - the scripted server as a child, and requests whose outcome a test can wait for. */
#ifndef TEST_NET_LAB_H
#define TEST_NET_LAB_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "check.h"
#include "net/http.h"

struct lab {
    pid_t pid;
    int stdin_fd;
    int port, tls_port, http2_port;
    char ca[256];
};

/* Ends with the test, however that ends: the server reads our end of the pipe. */
static inline void lab_start(struct lab *lab, const char *server)
{
    int in[2], out[2];
    struct rlimit files;

    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) ==
          0); /* A thousand connections at once, on both sides. */
    CHECK(pipe(in) == 0 && pipe(out) == 0);
    lab->pid = fork();
    CHECK(lab->pid >= 0);
    if (lab->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        execl("/usr/bin/python3", "/usr/bin/python3", server, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    lab->stdin_fd = in[1];
    FILE *said = fdopen(out[0], "r");
    CHECK(said && fscanf(said, "%d %d %d %255s", &lab->port, &lab->tls_port, &lab->http2_port,
                         lab->ca) == 4);
    fclose(said);
}

static inline void lab_stop(struct lab *lab)
{
    close(lab->stdin_fd);
    CHECK(waitpid(lab->pid, NULL, 0) == lab->pid);
}

/* What a request heard, under a lock: callbacks come on the net thread. */
struct heard {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t heads, datas, dones, gones;
    uint32_t status, body_size;
    char body[256];
    char reply[64];
    struct http_done done;
    char why[256];
};

static inline void heard_init(struct heard *heard)
{
    memset(heard, 0, sizeof(*heard));
    pthread_mutex_init(&heard->lock, NULL);
    pthread_cond_init(&heard->changed, NULL);
}

static inline void heard_wait(struct heard *heard, const uint32_t *what, uint32_t atleast)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    pthread_mutex_lock(&heard->lock);
    while (*what < atleast)
        CHECK(pthread_cond_timedwait(&heard->changed, &heard->lock, &until) == 0);
    pthread_mutex_unlock(&heard->lock);
}

static inline void heard_more(struct heard *heard, uint32_t *what)
{
    (*what)++;
    pthread_cond_broadcast(&heard->changed);
    pthread_mutex_unlock(&heard->lock);
}

static inline void heard_head(void *context, const struct http_head *head)
{
    struct heard *heard = context;

    pthread_mutex_lock(&heard->lock);
    heard->status = head->status;
    text_copy(heard->reply, sizeof(heard->reply), http_header(head, "x-reply"));
    if (!heard->reply[0])
        text_copy(heard->reply, sizeof(heard->reply), http_header(head, "Retry-After"));
    if (!heard->reply[0])
        text_copy(heard->reply, sizeof(heard->reply), http_header(head, "Location"));
    heard_more(heard, &heard->heads);
}

static inline void heard_data(void *context, const uint8_t *bytes, size_t size)
{
    struct heard *heard = context;

    pthread_mutex_lock(&heard->lock);
    for (size_t i = 0; i < size && heard->body_size < sizeof(heard->body) - 1; i++)
        heard->body[heard->body_size++] = (char)bytes[i];
    heard_more(heard, &heard->datas);
}

static inline void heard_done(void *context, const struct http_done *done)
{
    struct heard *heard = context;

    pthread_mutex_lock(&heard->lock);
    heard->done = *done;
    text_copy(heard->why, sizeof(heard->why), text_of(done->why));
    heard_more(heard, &heard->dones);
}

static inline void heard_gone(void *context)
{
    struct heard *heard = context;

    pthread_mutex_lock(&heard->lock);
    heard_more(heard, &heard->gones);
}

static const struct http_sink heard_sink = {
    .on_head = heard_head, .on_data = heard_data, .on_done = heard_done, .on_gone = heard_gone};

#endif
