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
#include "sip/kept.h"
#include "sip/secret.h"
#include "sip/sip.h"

/* What sip_close() and sip_figures() ask, in a mailbox of its own: commands may have to wait. */
enum note { NOTE_STOP = 1, NOTE_FIGURES = 2, NOTE_ACCOUNTS = 3 };

struct sip {
    struct sip_options options;
    char *program, *user_agent, *listeners;
    struct mailbox *events, *commands, *notes, *replies, *accounts;
    pthread_t thread;

    /* The keeper's thread only. */
    struct child child;
    struct outbox outbox;
    struct kept kept;
    struct forms forms;
    struct figures figures;
    struct secret secret;
    uint32_t serial, restarts;
    uint64_t pinged_ms, ponged_ms, started_ms, restart_ms;
    uint32_t backoff_ms;
    bool up;   /* The worker has bound its listeners. */
    bool told; /* sip_open() has its answer. */
    bool stop, alive, jammed;
    char why[256];
    uint8_t packet[PACKET_SIZE], event[MAX_PACKED], command[MAX_PACKED];
};

/* The thread; its argument is the struct sip. Runs until NOTE_STOP. */
void *keeper_run(void *argument);

#endif
