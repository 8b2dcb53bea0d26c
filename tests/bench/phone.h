// SPDX-License-Identifier: Apache-2.0
/* phone.h - one plain telephone for measuring turns: dials over UDP, sends a frame every 20 ms, and
 * says of each packet that comes when it came and how loud it is.
 *
 * Order: phone_dial(), then once a frame phone_send() and phone_receive() until the frame's end,
 * phone_hang_up(). One call at a time, one thread. Times are nanoseconds of the monotonic clock;
 * those of arrival are the kernel's. */
#ifndef BENCH_PHONE_H
#define BENCH_PHONE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"

struct phone {
    struct sockaddr_in server, media, own;
    int sip, rtp, rtcp;
    uint32_t number; /* Of the call: makes its Call-ID. */
    uint16_t sequence;
    uint32_t timestamp;
    uint64_t next_ns;                        /* When the next frame is due. */
    char called[128], to[160], contact[160]; /* URI, its tag as ";tag=...", where requests go. */
};

struct heard {
    uint64_t at_ns;
    int32_t level; /* Root mean square of the packet's samples. */
};

/* Binds ports; sound on rtp_port and the one after it. 0 or -errno. */
MUST_USE int phone_open(struct phone *phone, struct sockaddr_in server, uint16_t rtp_port);

/* Dials and waits for the 200, at most five seconds. False when it did not come. */
MUST_USE bool phone_dial(struct phone *phone, const char *number);

/* Sends one frame when it is due and returns the time at which it was sent. */
uint64_t phone_send(struct phone *phone, const int16_t frame[FRAME_SAMPLES]);

/* The next packet of the other side's before the next frame is due; false when there was none. */
bool phone_receive(struct phone *phone, struct heard *out);

void phone_hang_up(struct phone *phone);

int32_t phone_level(const int16_t *samples, uint32_t count);

#endif
