// SPDX-License-Identifier: Apache-2.0
/* pressure.h - whether datagrams wait for the worker: by this it turns new calls away itself.
 *
 * A worker that is behind answers late, callers send again, and calls that have hung up go on
 * costing sound until their BYE is read: being behind makes it more so. A burst is no such thing.
 * So: behind is who has had datagrams waiting all the time for PRESSURE_MS, or has very many now,
 * and is so until few wait; who was so within the second has less patience: PRESSURE_AGAIN_MS. To
 * refuse an INVITE without a transaction costs a tenth of a call. Connections are not looked at:
 * TCP makes their senders wait. Order: pressure_open() once the listeners are bound,
 * pressure_look() each turn of the loop (one system call a millisecond and socket at most).
 * Worker's thread only. */
#ifndef SIP_PRESSURE_H
#define SIP_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PRESSURE_MS = 100,
    PRESSURE_AGAIN_MS = 20,
    PRESSURE_RECENT_MS = 1000,
    /* Bytes of the kernel's memory, 2 KB for a usual INVITE. */
    PRESSURE_CALM = 256 << 10, /* About 10 ms of work. */
    PRESSURE_MOST = 3 << 19    /* About 80 ms. */
};

struct pressure {
    uint64_t since_ms; /* Seen so long that many wait; 0: few do. */
    uint64_t high_ms; /* When it was last; 0: never. */
    bool high;
};

/* What the sockets hold now, in bytes of the kernel's memory. Pure. Begin with zeros. */
bool pressure_step(struct pressure *pressure, uint32_t waiting, uint64_t now_ms);

/* Finds the datagram sockets that are bound to a port. */
void pressure_open(void);
void pressure_look(uint64_t now_ms);
bool pressure_is_high(void);
bool pressure_waits(void); /* A datagram is there now. A system call a socket. */

#endif
