// SPDX-License-Identifier: Apache-2.0
/* sip.h - the signalling limb: dialogs over UDP and TCP, on sofia-sip's transaction layer (nta).
 *
 * The SIP library runs in a process of its own (the same program, started again with `sip-worker`),
 * because a failed assertion in its parser must not end anybody's call. The thread opened here
 * keeps that process: it relays commands and events over a socket pair, remembers the last written
 * form of each dialog, and when the process dies or hangs it starts another and gives it the
 * dialogs back. Sound never notices. Protocol is dealt with here (400, 405, 420, 481, 482,
 * retransmission, rport); everything else is the core's. Order: sip_open() before the core's loop,
 * sip_close() after it. Threads: one of its own. Events are posted to `events`; when that is full,
 * new INVITEs are answered 503 and other events wait in order. */
#ifndef SIP_SIP_H
#define SIP_SIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "base/vault.h"
#include "core/plan.h"

enum { SIP_LISTENERS = 8 };

struct sip_options {
    const char *listeners[SIP_LISTENERS]; /* "udp:127.0.0.1:5060", "tcp:[::1]:5060" */
    uint32_t listener_count;
    const char *program;    /* Path of the executable to start as worker. */
    const char *user_agent; /* Server and User-Agent headers. */
    uint32_t max_dialogs; /* Over it the limb itself answers 503: the core never sees the INVITE. */
    uint32_t retry_after_s;  /* In that 503. */
    const struct plan *plan; /* Whose trunks and users are known from the start; NULL: none. */
    struct vault
        *vault; /* Where the keys of encrypted sound go. NULL: descriptions pass as they are. */
};

struct sip;

/* Binds the listeners. 0, or -errno with the reason in why (at least 256 bytes): port taken, bad
 * address. */
MUST_USE int sip_open(struct sip **out, const struct sip_options *options, struct mailbox *events,
                      char *why, uint32_t why_size);
void sip_close(struct sip *sip);

/* Takes over the trunks, users and passwords of a newer plan. 0 or -errno: the old stay. */
MUST_USE int sip_prepare(struct sip *sip, const struct plan *plan);

/* Where SIP_* commands go. */
struct mailbox *sip_mailbox(struct sip *sip);

struct sip_figures {
    uint32_t dialogs, restarts, worker_pid;
    uint64_t messages_in, refused_early, malformed;
};
/* Asks the limb's thread and waits for its answer, well under a millisecond; one caller at a time.
 */
void sip_figures(struct sip *sip, struct sip_figures *out);

/* The whole worker process; `fd` is the socket to the keeper. Returns the exit code. Called by
 * main() for the hidden command `sip-worker`. */
int sip_worker_main(int fd);

#endif
