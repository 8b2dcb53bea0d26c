// SPDX-License-Identifier: Apache-2.0
/* frame.h - what the keeper and its worker process say to each other: frames, many to a packet.
 *
 * A frame is a head of fixed form and bytes. Frames are gathered in an outbox and leave in packets
 * of up to PACKET_SIZE over a SOCK_SEQPACKET pair, so that a busy second costs few system calls.
 * Both ends are the same program on the same machine: heads are in host order. The keeper does not
 * trust what it reads: the worker may have been taken over by what it parses. */
#ifndef SIP_FRAME_H
#define SIP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    PACKET_SIZE = 32768, /* Above the longest frame (MAX_PACKED and a head). */
    OUTBOX_PACKETS = 128 /* 4 MB wait for a reader that is behind. */
};

enum frame_kind {
    FRAME_NONE,
    /* keeper to worker */
    FRAME_SETUP,      /* struct setup, packed. The first. */
    FRAME_RESTORE,    /* struct written, packed; one a dialog. */
    FRAME_START,      /* Bind the listeners and serve. */
    FRAME_COMMAND,    /* A packed command. */
    FRAME_REFUSE,     /* The core is full: answer the subject's INVITE 503, without a word more. */
    FRAME_QUARANTINE, /* struct quarantine. */
    FRAME_ACCOUNT,    /* struct account_form, packed: one trunk or user of a new list. */
    FRAME_ACCOUNTS,   /* A digit and the realm: the new list is whole and in force. */
    FRAME_RULES,      /* struct rules, packed: who may send how much. */
    FRAME_BAN,        /* struct ban_frame; from the worker: it has begun. */
    FRAME_UNBAN,      /* An address, 16 bytes. */
    FRAME_TLS,        /* struct tls_form, packed. */
    FRAME_PING,
    FRAME_QUIT,
    /* worker to keeper */
    FRAME_STARTED, /* Empty, or the reason why it could not. */
    FRAME_EVENT,   /* A packed event; `detail` is its kind, `subject` its dialog. */
    FRAME_WRITTEN, /* struct written, packed: replaces what was kept of `subject`. */
    FRAME_PONG,    /* struct figures. */
    FRAME_KINDS
};

struct frame {
    uint32_t size; /* Of the bytes. */
    uint16_t kind;
    uint16_t detail;
    uint32_t subject;
};

struct outbox {
    uint8_t *packets[OUTBOX_PACKETS];
    uint32_t sizes[OUTBOX_PACKETS];
    uint32_t head, count; /* The last is the one being filled. */
};

/* Appends a frame. -ENOBUFS when all packets are full or memory is out, -EMSGSIZE when it never
 * fits. */
MUST_USE int frame_put(struct outbox *outbox, struct frame frame, const void *bytes);

/* Sends what the socket takes. 0 when empty now, -EAGAIN when some is left, else why sending
 * failed. */
MUST_USE int frame_flush(struct outbox *outbox, int fd);
void outbox_release(struct outbox *outbox);

/* Cuts the next frame from a packet; *offset starts at 0. False at the end or on a frame cut short.
 */
MUST_USE bool frame_next(const uint8_t *packet, uint32_t size, uint32_t *offset,
                         struct frame *frame, const uint8_t **bytes);

#endif
