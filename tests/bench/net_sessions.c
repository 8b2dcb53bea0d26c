// SPDX-License-Identifier: Apache-2.0
/* net_sessions.c - what a WebSocket session costs the net thread: memory held open, processor a
 * message.
 *
 *   net_sessions SERVER [sessions] [rounds] [tls]
 *
 * SERVER is tests/unit/net/server.py, which sends back what it gets. In each round every session
 * sends 20 ms of sound (640 bytes) and hears it again. Prints the growth of the resident size a
 * session, and processor time (user and system, of this process) a message sent and heard. Under
 * callgrind, the difference of two runs that differ in rounds is what a message costs in
 * instructions. */
#include "net/socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "../unit/net/told.h"

static struct lab lab;
static struct net *net;

static long resident_kb(void)
{
    char line[128];
    long kb = 0;
    FILE *file = fopen("/proc/self/status", "r");

    CHECK(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "VmRSS: %ld", &kb);
    fclose(file);
    return kb;
}

static double processor_us(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void open_all(struct told *told, uint32_t *id, uint32_t sessions, bool tls)
{
    char url[128];

    snprintf(url, sizeof(url), "%s://localhost:%d/ws/echo", tls ? "wss" : "ws",
             tls ? lab.tls_port : lab.port);
    for (uint32_t i = 0; i < sessions; i++) {
        heard_init(&told[i].at);
        struct socket_request request = {
            .url = text_of(url), .connect_ms = 120000, .idle_ms = 600000};
        CHECK(socket_start(net, &request, &told_sink, &told[i], &id[i]) == NET_OK);
    }
    for (uint32_t i = 0; i < sessions; i++)
        heard_wait(&told[i].at, &told[i].opens, 1);
}

static void echo_all(struct told *told, const uint32_t *id, uint32_t sessions, uint32_t rounds)
{
    static const uint8_t sound[640];

    for (uint32_t round = 1; round <= rounds; round++) {
        for (uint32_t i = 0; i < sessions; i++)
            CHECK(socket_send_binary(net, id[i], sound, sizeof(sound)) == SOCKET_SENT);
        for (uint32_t i = 0; i < sessions; i++)
            heard_wait(&told[i].at, &told[i].binaries, round);
    }
}

int main(int argc, char **argv)
{
    uint32_t sessions = argc > 2 ? (uint32_t)atoi(argv[2]) : 1000;
    uint32_t rounds = argc > 3 ? (uint32_t)atoi(argv[3]) : 20;
    bool tls = argc > 4 && strcmp(argv[4], "tls") == 0;
    char why[160];

    CHECK(argc > 1 && sessions > 0 && sessions <= 2000 && rounds > 0);
    struct told *told = calloc(sessions, sizeof(*told));
    uint32_t *id = calloc(sessions, sizeof(*id));
    CHECK(told && id);
    memset(told, 1, sessions * sizeof(*told)); /* Resident before it is counted. */
    memset(told, 0, sessions * sizeof(*told));
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    long before_kb = resident_kb();
    open_all(told, id, sessions, tls);
    long open_kb = resident_kb();
    double before_us = processor_us();
    echo_all(told, id, sessions, rounds);
    double us = processor_us() - before_us;
    printf("%u sessions%s: %.1f KB each open, %.1f KB after %u messages each way; %.1f us a "
           "message sent and heard\n",
           sessions, tls ? " with TLS" : "", (double)(open_kb - before_kb) / sessions,
           (double)(resident_kb() - before_kb) / sessions, rounds,
           us / (double)sessions / (double)rounds);
    net_close(net);
    lab_stop(&lab);
    free(told);
    free(id);
    return 0;
}
