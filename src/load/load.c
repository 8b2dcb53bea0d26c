// SPDX-License-Identifier: Apache-2.0
/* load.c - what is asked for when nothing is said, and whom one may load. */
#include "load/load.h"

#include <string.h>

#include "base/address.h"

const char *const load_transport_names[] = {
    [LOAD_UDP] = "udp", [LOAD_TCP] = "tcp", [LOAD_TLS] = "tls"};

struct load_options load_options_default(void)
{
    return (struct load_options){
        .number = "1000",
        .host = "127.0.0.1",
        .target.v4 = {.sin_family = AF_INET, .sin_port = htons(5060)},
        .calls = 10,
        .length_ms = 30000,
        .media = true,
        .codec = "pcmu",
        .barge_percent = 20,
        .key_percent = 10,
        .seed = 1,
        .threads = 1,
        .stop_fd = -1,
    };
}

bool load_may_reach(const union place *target)
{
    static const char *const own[] = {"127.0.0.0/8",    "10.0.0.0/8",     "172.16.0.0/12",
                                      "192.168.0.0/16", "169.254.0.0/16", "::1",
                                      "fc00::/7",       "fe80::/10"};
    uint8_t address[16], range[16], bits;

    place_address(target, address);
    for (uint32_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (address_read_range(text_of(own[i]), range, &bits) && address_in(address, range, bits))
            return true;
    }
    return false;
}
