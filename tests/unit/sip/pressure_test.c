// SPDX-License-Identifier: Apache-2.0
/* pressure_test.c - bursts pass; a queue that stays, or one too long, is pressure until it is gone.
 */
#include "sip/pressure.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static void a_burst_is_no_pressure(void)
{
    struct pressure pressure = {0};

    CHECK(!pressure_step(&pressure, 0, 1000));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 1001));
    CHECK(!pressure_step(&pressure, PRESSURE_MOST, 1000 + PRESSURE_MS - 1));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM, 1000 + PRESSURE_MS));
    CHECK(!pressure_step(&pressure, PRESSURE_MOST, 1000 + 2 * PRESSURE_MS - 1));
}

static void a_queue_that_stays_is_pressure_until_few_wait(void)
{
    struct pressure pressure = {0};

    CHECK(!pressure_step(&pressure, 0, 1000));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 2000)); /* After a sleep it is new. */
    CHECK(pressure_step(&pressure, PRESSURE_CALM + 1, 2000 + PRESSURE_MS));
    CHECK(pressure_step(&pressure, PRESSURE_CALM + 1, 5000));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM, 5001));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 5002)); /* It begins anew. */
}

static void who_was_behind_a_moment_ago_has_less_patience(void)
{
    struct pressure pressure = {0};

    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 1000));
    CHECK(pressure_step(&pressure, PRESSURE_CALM + 1, 1000 + PRESSURE_MS));
    CHECK(!pressure_step(&pressure, 0, 1999));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 2000));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1, 2000 + PRESSURE_AGAIN_MS - 1));
    CHECK(pressure_step(&pressure, PRESSURE_CALM + 1, 2000 + PRESSURE_AGAIN_MS));
    CHECK(!pressure_step(&pressure, 0, 2000 + PRESSURE_AGAIN_MS + PRESSURE_RECENT_MS));
    CHECK(!pressure_step(&pressure, PRESSURE_CALM + 1,
                         2000 + 2 * PRESSURE_AGAIN_MS + PRESSURE_RECENT_MS));
}

static void a_long_queue_is_pressure_at_once(void)
{
    struct pressure pressure = {0};

    CHECK(!pressure_step(&pressure, 0, 1000));
    CHECK(pressure_step(&pressure, PRESSURE_MOST + 1, 1001));
    CHECK(pressure_step(&pressure, PRESSURE_MOST, 1002));
    CHECK(!pressure_step(&pressure, 0, 1003));
}

static int bound_socket(struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
    socklen_t size = sizeof(*address);

    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)address, sizeof(*address)) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)address, &size) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) == 0);
    return fd;
}

/* Real datagrams in a real socket that nobody reads, then read. The kernel may hold fewer than we
 * send where its limit is low; it holds more than is calm. */
static void what_waits_in_a_bound_socket_is_seen(void)
{
    struct sockaddr_in address;
    int fd = bound_socket(&address);
    uint8_t bytes[1000] = {0};

    pressure_open();
    pressure_look(1000);
    CHECK(!pressure_is_high());
    for (int i = 0; i < 1000; i++)
        (void)sendto(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&address, sizeof(address));
    pressure_look(1000 + PRESSURE_MS);
    CHECK(pressure_is_high());
    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
    pressure_look(1001 + PRESSURE_MS);
    CHECK(!pressure_is_high());
    close(fd);
}

int main(void)
{
    RUN(a_burst_is_no_pressure);
    RUN(a_queue_that_stays_is_pressure_until_few_wait);
    RUN(who_was_behind_a_moment_ago_has_less_patience);
    RUN(a_long_queue_is_pressure_at_once);
    RUN(what_waits_in_a_bound_socket_is_seen);
    return 0;
}
