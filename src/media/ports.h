// SPDX-License-Identifier: Apache-2.0
/* ports.h - the sockets of all legs, bound before the first call: slot n has first + 2n and first +
 * 2n + 1.
 *
 * The range must lie outside the kernel's ephemeral range (or in its list of reserved ports): else
 * any program's outgoing packet could take a call's port. Non-blocking; packets carry the kernel's
 * time of arrival. Opened and closed by one thread; each socket is then used by the thread that
 * owns the leg. */
#ifndef MEDIA_PORTS_H
#define MEDIA_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "media/own.h"

struct port_pair {
    int rtp, rtcp;
};

struct ports {
    struct port_pair *pairs;
    uint32_t count;
    bool ipv6; /* The sockets' family. */
    struct own own;
};

/* True when no port of first .. last is the kernel's to give away. The texts are the contents of
 * ip_local_port_range and ip_local_reserved_ports. Pure. */
bool ports_are_ours(struct text local_range, struct text reserved, uint32_t first, uint32_t last);

/* Raises the limit of open files as far as is needed and allowed, then binds. `spare_files` is what
 * the rest of the process may need. A port that is taken is tried again for a second in all. 0, or
 * -errno with reason and cure in why, nothing left open. */
MUST_USE int ports_open(struct ports *ports, const char *address, uint16_t first, uint32_t legs,
                        uint32_t spare_files, char *why, uint32_t why_size);
void ports_close(struct ports *ports);

#endif
