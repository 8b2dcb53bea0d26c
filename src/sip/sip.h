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
#include "base/text.h"
#include "base/vault.h"
#include "core/plan.h"

enum { SIP_LISTENERS = 8 };

/* Who may send how much (sources.h says how). Trunks' addresses are never banned. */
struct sip_limits {
    uint32_t requests_per_second;    /* Of a stranger; 0: no limit. */
    uint32_t trunk_calls_per_second; /* New calls of one trunk address; over it 503; 0: no limit. */
    uint32_t failures;               /* Of a stranger in a minute, then it is banned; 0: never. */
    uint32_t ban_s, longest_ban_s;   /* The first ban, and the bound of doubling. */
    struct text trunks;              /* Ranges, one a line: "192.0.2.0/24". */
    struct text scanners;            /* Parts of User-Agents that are banned at once, one a line. */
};

struct sip_ban {
    uint8_t address[16]; /* base/address.h */
    uint32_t left_s, times;
};

enum sip_client_certificates { SIP_CLIENTS_OFF, SIP_CLIENTS_OPTIONAL, SIP_CLIENTS_REQUIRED };

struct sip_tls {
    const char *certificate, *key; /* Paths of PEM files; the chain is in the first. */
    const char *ca;                /* Of the authorities that we believe; NULL: the system's. */
    enum sip_client_certificates clients;
    bool only_13; /* Not 1.2. */
};

/* Where copies of all messages go (hep.h). */
struct sip_hep {
    const char *server; /* "udp:192.0.2.9:9060"; NULL: nowhere. */
    const char *password;
    uint32_t id; /* How it calls this server. */
    bool bodies; /* Session descriptions too, without their keys. */
};

struct sip_options {
    const char *listeners[SIP_LISTENERS]; /* "udp:127.0.0.1:5060", "tcp:[::1]:5060", "tls:..." */
    uint32_t listener_count;
    const char *program;    /* Path of the executable to start as worker. */
    const char *user_agent; /* Server and User-Agent headers. */
    const char *dns; /* Name servers for the trunks' hosts; NULL or empty: those of this machine. */
    uint32_t max_dialogs; /* Over it the limb itself answers 503: the core never sees the INVITE. */
    uint32_t retry_after_s;  /* In that 503. */
    const struct plan *plan; /* Whose trunks and users are known from the start; NULL: none. */
    struct vault
        *vault; /* Where the keys of encrypted sound go. NULL: descriptions pass as they are. */
    const struct sip_limits *limits; /* NULL: none. Read while opening. */
    struct sip_hep hep;
    const struct sip_tls *tls; /* NULL: no listener is "tls:". Read while opening. */
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
    uint64_t hep_sent, hep_dropped;
    uint64_t banned, too_fast, bans_given; /* Messages dropped; over a rate; bans. */
};
/* Asks the limb's thread and waits for its answer, well under a millisecond; one caller at a time.
 */
void sip_figures(struct sip *sip, struct sip_figures *out);

/* New limits, for what comes from now on. False when they do not fit or the limb is stopping. */
bool sip_set_limits(struct sip *sip, const struct sip_limits *limits);

/* What a certificate is worth before it is used, with the reason in why unless it is good. */
enum sip_tls_verdict { SIP_TLS_GOOD, SIP_TLS_DOUBTFUL, SIP_TLS_WRONG };
enum sip_tls_verdict sip_check_tls(const struct sip_tls *tls, char *why, uint32_t why_size);

/* A new certificate: for new connections; those that are up keep theirs. False with the reason in
 * why: the old one stays. */
bool sip_set_tls(struct sip *sip, const struct sip_tls *tls, char *why, uint32_t why_size);

/* The bans that run, from the first-th on, at most SIP_BANS; returns how many. Asks the thread and
 * waits, as sip_figures() does. */
enum { SIP_BANS = 64 };
uint32_t sip_bans(struct sip *sip, uint32_t first, struct sip_ban out[SIP_BANS]);

/* Bans an address for so long (0: as long as it is due), or ends its ban. What belongs to a trunk
 * is not banned. They take effect soon; sip_bans() shows it. */
void sip_ban(struct sip *sip, const uint8_t address[16], uint32_t for_s);
void sip_unban(struct sip *sip, const uint8_t address[16]);

/* Whether the listeners' addresses are free: 0, or -EADDRINUSE and the like with the reason in why.
 * For a start that has long work to do before sip_open(). */
MUST_USE int sip_try_listeners(const char *const *listeners, uint32_t count, char *why,
                               uint32_t why_size);

/* The whole worker process; `fd` is the socket to the keeper. Returns the exit code. Called by
 * main() for the hidden command `sip-worker`. */
int sip_worker_main(int fd);

#endif
