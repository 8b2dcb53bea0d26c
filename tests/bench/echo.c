// SPDX-License-Identifier: Apache-2.0
/* echo.c - the raw limit that media_tick is compared with: packets sent back as they come.
 *
 * echo uring|plain|connected [CALLS [SECONDS]] : a child process on the second core sends each of
 * CALLS sockets a packet of 172 bytes every 20 ms, a quarter of them every 5 ms. This one, on the
 * first core, sends them back from the socket that they came to, and reads their time of arrival:
 * with the standing requests of media/uring.h, or with recvmmsg 8 deep and sendto, the sockets
 * connected or not. Told is the processor time of a packet pair, and the calls a core would be
 * full with. Exit 1 without a verdict when the machine had no time for us: then packets came in
 * heaps, which are cheaper, or not at all. */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "media/uring.h"

enum { FIRST_PORT = 16384, PHONES_PORT = 16384, SIZE = 172, BATCH = 64, DEPTH = 8, BEATS = 200 };

static const char SERVER[] = "127.0.25.1", PHONES[] = "127.0.25.2";
static uint32_t calls;
static int *fds;

static struct sockaddr_in address_of(const char *ip, uint32_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    inet_pton(AF_INET, ip, &address.sin_addr);
    return address;
}

static int open_socket(const char *ip, uint32_t port, int bytes)
{
    struct sockaddr_in here = address_of(ip, port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("echo: bind");
        exit(1);
    }
    return fd;
}

static void stay_on(int core)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(core, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

static void send_round(int fd, uint32_t from, uint32_t to)
{
    static uint8_t bytes[SIZE];
    struct iovec vector = {bytes, SIZE};
    struct sockaddr_in names[BATCH];

    for (uint32_t i = from; i < to;) {
        struct mmsghdr headers[BATCH] = {0};
        uint32_t n = 0;
        for (; n < BATCH && i < to; n++, i++) {
            names[n] = address_of(SERVER, FIRST_PORT + 2 * i);
            headers[n].msg_hdr = (struct msghdr){.msg_name = &names[n],
                                                 .msg_namelen = sizeof names[n],
                                                 .msg_iov = &vector,
                                                 .msg_iovlen = 1};
        }
        for (int sent = 0, got = 0; sent < (int)n && got >= 0; sent += got)
            got = sendmmsg(fd, headers + sent, n - (uint32_t)sent, 0);
    }
}

static void drain(int fd)
{
    static uint8_t bytes[BATCH][SIZE];
    struct iovec vectors[BATCH];
    struct mmsghdr headers[BATCH] = {0};

    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){bytes[i], SIZE};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    while (recvmmsg(fd, headers, BATCH, MSG_DONTWAIT, NULL) == BATCH)
        continue;
}

static void be_phones(void)
{
    int fd = open_socket(PHONES, PHONES_PORT, 8 << 20);
    uint64_t next_ns = clock_ns();

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (uint32_t beat = 0;; beat++) {
        send_round(fd, calls * (beat % 4) / 4, calls * (beat % 4 + 1) / 4);
        drain(fd);
        next_ns += 5000000;
        clock_sleep_until_ns(next_ns);
    }
}

/* Returns how many came. */
static uint64_t echo_by_uring(struct uring *uring)
{
    struct uring_got got;
    uint64_t count = 0;

    while (uring_collect(uring)) {
        while (uring_next(uring, &got)) {
            if (got.kind == URING_ENDED)
                uring_listen(uring, fds[got.leg], URING_SOUND, got.leg);
            if (got.kind != URING_PACKET_CAME)
                continue;
            memcpy(uring_packet(uring), got.bytes, got.size);
            uring_send(uring, fds[got.leg], URING_SOUND, got.leg, got.size, got.name,
                       sizeof(struct sockaddr_in));
            count++;
        }
    }
    uring_flush(uring);
    return count;
}

static uint64_t echo_plainly(int fd, bool connected)
{
    static uint8_t bytes[DEPTH][1500], controls[DEPTH][64];
    struct sockaddr_in names[DEPTH];
    struct iovec vectors[DEPTH];
    struct mmsghdr headers[DEPTH];

    for (int i = 0; i < DEPTH; i++) {
        vectors[i] = (struct iovec){bytes[i], sizeof bytes[i]};
        headers[i].msg_hdr = (struct msghdr){.msg_name = &names[i],
                                             .msg_namelen = sizeof names[i],
                                             .msg_iov = &vectors[i],
                                             .msg_iovlen = 1,
                                             .msg_control = controls[i],
                                             .msg_controllen = sizeof controls[i]};
    }
    int got = recvmmsg(fd, headers, DEPTH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++)
        (void)!sendto(fd, bytes[i], headers[i].msg_len, MSG_DONTWAIT,
                      connected ? NULL : (struct sockaddr *)&names[i],
                      connected ? 0 : sizeof names[i]);
    return got > 0 ? (uint64_t)got : 0;
}

static uint64_t echo_beat(struct uring *uring, bool connected, uint32_t beat)
{
    uint32_t part = (beat + 2) % 4;
    uint64_t count = 0;

    if (uring)
        return echo_by_uring(uring);
    for (uint32_t i = calls * part / 4; i < calls * (part + 1) / 4; i++)
        count += echo_plainly(fds[i], connected);
    return count;
}

static struct uring *open_sockets(bool by_uring, bool connected)
{
    struct sockaddr_in phones = address_of(PHONES, PHONES_PORT);
    struct rlimit files = {65536, 65536};
    struct uring *uring = NULL;

    setrlimit(RLIMIT_NOFILE, &files);
    fds = calloc(calls, sizeof *fds);
    if (by_uring && uring_open(&uring, calls) != 0) {
        fprintf(stderr, "echo: io_uring cannot be had here\n");
        exit(1);
    }
    for (uint32_t i = 0; fds && i < calls; i++) {
        fds[i] = open_socket(SERVER, FIRST_PORT + 2 * i, 32768);
        if (connected && connect(fds[i], (struct sockaddr *)&phones, sizeof phones) != 0)
            exit(1);
    }
    return uring;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "uring";
    bool connected = strcmp(how, "connected") == 0;
    uint32_t seconds = argc > 3 ? (uint32_t)atoi(argv[3]) : 5;
    uint64_t next_ns, count = 0, began_ns = 0;
    struct timespec spent;

    calls = argc > 2 ? (uint32_t)atoi(argv[2]) : 1000;
    pid_t child = fork();
    stay_on(child == 0);
    if (child == 0)
        be_phones();
    struct uring *uring = open_sockets(strcmp(how, "uring") == 0, connected);
    for (uint32_t i = 0; uring && i < calls; i++)
        uring_listen(uring, fds[i], URING_SOUND, i);
    next_ns = clock_ns();
    for (uint32_t beat = 0; beat < (seconds + 1) * BEATS; beat++) {
        if (beat == BEATS) { /* The first second is not counted. */
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
            began_ns = (uint64_t)spent.tv_sec * 1000000000 + (uint64_t)spent.tv_nsec;
            count = 0;
        }
        count += echo_beat(uring, connected, beat);
        next_ns += 5000000;
        clock_sleep_until_ns(next_ns);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    uint64_t ended_ns = (uint64_t)spent.tv_sec * 1000000000 + (uint64_t)spent.tv_nsec;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    double pair_us = (double)(ended_ns - began_ns) / 1e3 / (double)count;
    double part = (double)count / (calls * 50.0 * seconds);
    bool paced = part > 0.98 && part < 1.02;

    printf("%s, %u calls, %u s: %.2f us a packet pair, %.0f calls a core", how, calls, seconds,
           pair_us, 20000 / pair_us);
    if (paced)
        printf("\n");
    else
        printf("; no verdict: %.0f %% of the packets came\n", part * 100);
    if (uring)
        uring_stop(uring);
    return paced ? 0 : 1;
}
