// SPDX-License-Identifier: Apache-2.0
/* keeper.h - the limb's thread, seen from sip.c which opens and closes it. Private to the limb. */
#ifndef SIP_KEEPER_H
#define SIP_KEEPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/mailbox.h"
#include "sip/child.h"
#include "sip/forms.h"
#include "sip/frame.h"
#include "sip/guard.h"
#include "sip/kept.h"
#include "sip/secret.h"
#include "sip/sip.h"

/* What sip_close() and the like ask, in a mailbox of its own: commands may have to wait. The first
 * byte; what follows is its own. */
enum note {
    NOTE_STOP = 1,
    NOTE_FIGURES, /* Answered by struct sip_figures. */
    NOTE_RULES,   /* Packed rules. */
    NOTE_BANS,    /* uint32_t: the first. Answered by up to GUARD_PAGE_BANS struct sip_ban. */
    NOTE_BAN,     /* struct ban_frame */
    NOTE_UNBAN,   /* An address. */
    NOTE_TLS,     /* Packed, see certificate.h. */
    NOTE_ACCOUNTS /* New ones wait in `accounts`. */
};
enum { NOTE_SIZE = TLS_FORM + 64 };

struct sip {
    struct sip_options options;
    char *program, *hep_server, *hep_password, *user_agent, *listeners, *dns;
    struct mailbox *events, *commands, *notes, *replies, *accounts;
    pthread_t thread;

    /* The keeper's thread only. */
    struct child child;
    struct outbox outbox;
    struct kept kept;
    struct forms forms;
    struct guard guard;
    struct figures figures;
    struct secret secret;
    uint32_t serial, restarts;
    uint64_t pinged_ms, ponged_ms, started_ms, restart_ms;
    uint32_t backoff_ms;
    bool up;   /* The worker has bound its listeners. */
    bool told; /* sip_open() has its answer. */
    bool stop, alive, jammed;
    char why[256];
    uint8_t packet[PACKET_SIZE], event[MAX_PACKED], command[MAX_PACKED], note[NOTE_SIZE];
};

/* keeper.c */
void keeper_send(struct sip *sip, enum frame_kind kind, uint32_t subject, const void *bytes,
                 uint32_t size);

/* notes.c: what was asked by sip_figures() and the like; and what it takes to know a ban. */
void notes_read(struct sip *sip);
void notes_accounts(struct sip *sip); /* To the worker, which begins or shall have new ones. */
void notes_banned(struct sip *sip, const uint8_t *bytes, uint32_t size);

/* The thread; its argument is the struct sip. Runs until NOTE_STOP. */
void *keeper_run(void *argument);

#endif
