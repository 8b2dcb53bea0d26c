// SPDX-License-Identifier: Apache-2.0
/* standin.c - the loop, the order of times, and the count of what was late.
 *
 *   standin [PORT]
 *
 * Prints "ready PORT"; on SIGTERM a line of JSON with what it did and how late it was, then ends.
 */
#include "standin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/urgency.h"

enum {
    MOST_LINKS = 8192,
    EVENTS = 256,
    BINS = 20000, /* Of 50 us: a second; what is later counts as that. */
    BIN_NS = 50000
};

static const char *const deed_names[DEEDS] = {"rounds", "finals", "tokens", "sounds"};

static struct {
    int epoll, listener;
    struct link *heap[MOST_LINKS];
    uint32_t waiting, links, links_most, serial, broken;
    uint64_t late_count[DEEDS];
    uint32_t late[DEEDS][BINS]; /* DEED_NONE: how long a round of the loop took. */
} standin;

static volatile sig_atomic_t over;

static void stop(int number)
{
    (void)number;
    over = 1;
}

uint32_t standin_serial(void)
{
    return ++standin.serial;
}

/* ---- The order of times: a binary heap ---- */

static void put_at(uint32_t place, struct link *link)
{
    standin.heap[place] = link;
    link->place = place + 1;
}

static void settle(uint32_t place)
{
    struct link *link = standin.heap[place];

    while (place > 0 && standin.heap[(place - 1) / 2]->due_ns > link->due_ns) {
        put_at(place, standin.heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child + 1 < standin.waiting &&
            standin.heap[child + 1]->due_ns < standin.heap[child]->due_ns)
            child++;
        if (child >= standin.waiting || standin.heap[child]->due_ns >= link->due_ns)
            break;
        put_at(place, standin.heap[child]);
        place = child;
    }
    put_at(place, link);
}

static void leave(struct link *link)
{
    uint32_t place = link->place - 1;

    if (link->place == 0)
        return;
    link->place = 0;
    if (place != --standin.waiting) {
        put_at(place, standin.heap[standin.waiting]);
        settle(place);
    }
}

void standin_wait(struct link *link, enum deed deed, uint64_t due_ns)
{
    leave(link);
    link->deed = deed;
    link->due_ns = due_ns;
    if (deed == DEED_NONE)
        return;
    put_at(standin.waiting, link);
    settle(standin.waiting++);
}

static void note_late(enum deed deed, uint64_t ns)
{
    uint64_t bin = ns / BIN_NS;

    standin.late[deed][bin < BINS ? bin : BINS - 1]++;
    standin.late_count[deed]++;
}

/* ---- Connections ---- */

static void want_writable(struct link *link, bool wanted)
{
    struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = link};

    if (wanted != link->writable_wanted)
        epoll_ctl(standin.epoll, EPOLL_CTL_MOD, link->fd, &event);
    link->writable_wanted = wanted;
}

void standin_write(struct link *link, const void *bytes, size_t size)
{
    const char *at = bytes;
    ssize_t sent = 0;

    if (link->out_size == 0 && !link->broken)
        sent = send(link->fd, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        link->broken = true;
    sent = sent < 0 ? 0 : sent;
    if (link->broken || (size_t)sent == size)
        return;
    if (link->out_size + size - (size_t)sent > STANDIN_OUT) {
        link->broken = true; /* Nobody reads at the other end. */
        return;
    }
    if (!link->out)
        link->out = malloc(STANDIN_OUT);
    memcpy(link->out + link->out_size, at + sent, size - (size_t)sent);
    link->out_size += (uint32_t)(size - (size_t)sent);
    want_writable(link, true);
}

static void flush(struct link *link)
{
    ssize_t sent = send(link->fd, link->out, link->out_size, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN)
        link->broken = true;
    if (sent > 0) {
        link->out_size -= (uint32_t)sent;
        memmove(link->out, link->out + sent, link->out_size);
    }
    if (link->out_size == 0)
        want_writable(link, false);
}

static void hang_up(struct link *link)
{
    leave(link);
    ear_end(link);
    close(link->fd);
    free(link->in);
    free(link->out);
    free(link);
    standin.links--;
}

static void welcome(void)
{
    int fd, one = 1;

    while ((fd = accept4(standin.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct link *link = standin.links < MOST_LINKS ? calloc(1, sizeof(*link)) : NULL;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        if (!link || !(link->in = malloc(STANDIN_IN))) {
            free(link);
            close(fd);
            continue;
        }
        link->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        epoll_ctl(standin.epoll, EPOLL_CTL_ADD, fd, &event);
        standin.links++;
        if (standin.links > standin.links_most)
            standin.links_most = standin.links;
    }
}

static bool hear(struct link *link)
{
    if (link->frames)
        return ear_take(link);
    ssize_t got = recv(link->fd, link->in + link->in_size, STANDIN_IN - link->in_size, 0);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return false;
    link->in_size += (uint32_t)got;
    return http_take(link);
}

/* ---- The loop ---- */

static void go_on(void)
{
    uint64_t now_ns = clock_ns();

    while (standin.waiting > 0 && standin.heap[0]->due_ns <= now_ns) {
        struct link *link = standin.heap[0];
        enum deed deed = link->deed;
        note_late(deed, now_ns - link->due_ns);
        if (deed == DEED_FINAL)
            ear_go_on(link);
        else
            http_go_on(link);
        if (link->broken) {
            standin.broken++;
            hang_up(link);
        }
        now_ns = clock_ns();
    }
}

static int wait_for(struct epoll_event *events)
{
    uint64_t now_ns = clock_ns(), until_ns = now_ns + 1000000000u;
    struct timespec left = {0};

    if (standin.waiting > 0 && standin.heap[0]->due_ns < until_ns)
        until_ns = standin.heap[0]->due_ns;
    if (until_ns > now_ns)
        left = (struct timespec){(time_t)((until_ns - now_ns) / 1000000000u),
                                 (long)((until_ns - now_ns) % 1000000000u)};
    return epoll_pwait2(standin.epoll, events, EVENTS, &left, NULL);
}

static void look(const struct epoll_event *event)
{
    struct link *link = event->data.ptr;

    if (!link) {
        welcome();
        return;
    }
    if (event->events & EPOLLOUT)
        flush(link);
    bool good = !(event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || hear(link);
    standin.broken += link->broken;
    if (!good || link->broken)
        hang_up(link);
}

static void serve(void)
{
    struct epoll_event events[EVENTS];

    while (!over) {
        int count = wait_for(events);
        uint64_t woke_ns = clock_ns();
        for (int i = 0; i < count; i++)
            look(&events[i]);
        go_on();
        note_late(DEED_NONE, clock_ns() - woke_ns);
    }
}

/* ---- What is told at the end ---- */

static double late_ms(enum deed deed, double share)
{
    uint64_t rank = (uint64_t)((double)standin.late_count[deed] * share), seen = 0;

    for (uint32_t bin = 0; bin < BINS; bin++) {
        seen += standin.late[deed][bin];
        if (seen > rank)
            return (bin + 1) * (double)BIN_NS / 1e6;
    }
    return 0;
}

static void report(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    printf("{\"cpu_s\": %.2f, \"connections\": %u, \"broken\": %u",
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           standin.links_most, standin.broken);
    for (enum deed deed = DEED_NONE; deed < DEEDS; deed++)
        printf(", \"%s\": {\"count\": %llu, \"p50_ms\": %.2f, \"p95_ms\": %.2f, \"p99_ms\": %.2f}",
               deed_names[deed], (unsigned long long)standin.late_count[deed], late_ms(deed, 0.5),
               late_ms(deed, 0.95), late_ms(deed, 0.99));
    printf(", \"constants\": {\"final\": %d, \"token\": %d, \"next_token\": %d, \"sound\": %d}}\n",
           FINAL_MS, TOKEN_MS, NEXT_TOKEN_MS, SOUND_MS);
}

static bool open_listener(uint16_t port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    struct epoll_event event = {.events = EPOLLIN};
    int one = 1;

    standin.epoll = epoll_create1(EPOLL_CLOEXEC);
    standin.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(standin.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(standin.listener, (struct sockaddr *)&at, size) < 0 ||
        listen(standin.listener, 4096) < 0 ||
        epoll_ctl(standin.epoll, EPOLL_CTL_ADD, standin.listener, &event) < 0)
        return false;
    getsockname(standin.listener, (struct sockaddr *)&at, &size);
    printf("ready %u\n", ntohs(at.sin_port));
    fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    if (!open_listener(argc > 1 ? (uint16_t)atoi(argv[1]) : 0)) {
        perror("standin");
        return 1;
    }
    urgency_take(URGENCY_TURN);
    serve();
    report();
    return 0;
}
