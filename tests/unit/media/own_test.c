// SPDX-License-Identifier: Apache-2.0
/* own_test.c - addresses that no packet of a call may go to or come from. */
#include "media/own.h"

#include "base/address.h"
#include "check.h"

static struct peer_address read(const char *written)
{
    struct peer_address address = {0};

    CHECK(address_read_port(text_of(written), address.ip, &address.port));
    return address;
}

static bool has(const struct own *own, const char *written)
{
    struct peer_address address = read(written);

    return own_has(own, &address);
}

static bool reach(bool ipv6, const char *written)
{
    struct peer_address address = read(written);

    return own_can_reach(ipv6, &address);
}

static void the_ports_of_the_bound_address_are_ours_and_no_others(void)
{
    struct own own;

    own_open(&own, read("192.0.2.1:1").ip, 16384, 4);
    CHECK(has(&own, "192.0.2.1:16384") && has(&own, "192.0.2.1:16387"));
    CHECK(!has(&own, "192.0.2.1:16383") && !has(&own, "192.0.2.1:16388"));
    CHECK(!has(&own, "192.0.2.2:16384")); /* Another server may have the same ports. */
    own = (struct own){0};
    CHECK(!has(&own, "192.0.2.1:1"));
}

static void ports_of_every_address_are_ours_on_loopback_too(void)
{
    struct own own;

    own_open(&own, read("0.0.0.0:1").ip, 16384, 4);
    CHECK(has(&own, "127.0.0.1:16385") && has(&own, "127.9.9.9:16385"));
    CHECK(!has(&own, "127.0.0.1:5060") && !has(&own, "192.0.2.77:16384"));
}

static void groups_everybody_and_nobody_are_no_callers(void)
{
    CHECK(reach(false, "192.0.2.1:4000") && reach(false, "127.0.0.1:1"));
    CHECK(!reach(false, "192.0.2.1:0") && !reach(false, "0.0.0.0:4000"));
    CHECK(!reach(false, "224.1.2.3:4000") && !reach(false, "255.255.255.255:4000"));
    CHECK(!reach(false, "0.0.0.1:4000") && !reach(false, "[2001:db8::1]:4000"));
    CHECK(reach(true, "[2001:db8::1]:4000") && reach(true, "192.0.2.1:4000"));
    CHECK(!reach(true, "[::]:4000") && !reach(true, "[ff02::1]:4000"));
}

int main(void)
{
    RUN(the_ports_of_the_bound_address_are_ours_and_no_others);
    RUN(ports_of_every_address_are_ours_on_loopback_too);
    RUN(groups_everybody_and_nobody_are_no_callers);
    return 0;
}
