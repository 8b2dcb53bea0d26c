// SPDX-License-Identifier: Apache-2.0
/* media.h - the real-time sound limb: RTP endpoints, jitter buffers, playout, voice gate, keys.
 *
 * N threads, each owning the endpoints of the legs whose slot modulo N is its number, for life. All
 * sockets are bound when the limb opens (leg slot n: rtp_first_port + 2n for RTP, + 1 for RTCP), so
 * that a call can never fail for want of a port. Every 20 ms a thread takes its commands, receives,
 * plays and reports; the tick neither blocks nor allocates nor logs: it counts. Events that do not
 * fit into `events` wait in a bounded list of the thread's own; voice edges are the first to be
 * lost. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "base/vault.h"

/* What a capture is at its end. */
enum capture_format { CAPTURE_WAV, CAPTURE_OPUS, CAPTURE_RAW };

struct media_options {
    const char *address; /* To bind: an IP literal, "127.0.0.1". */
    uint16_t first_port; /* Even. first_port + 2 * legs must lie outside the ephemeral range. */
    uint32_t legs;       /* Endpoints: slots 0 .. legs - 1. */
    uint32_t threads;    /* 1-16 */
    enum capture_format capture_format;
    const char *capture_dir; /* NULL: captures asked for are refused and counted. */
    bool plain;              /* Packets by plain system calls even where io_uring can be had. */
    bool circles;            /* Legs may be put through to each other: for tests. */
    struct ring_pool *rings;
    struct clip_table *clips;
    uint32_t reflect_ms;       /* For tests, of one leg: what it hears goes back after this, */
    float reflect_gain;        /* so loud; 0: not. */
    uint32_t opus_complexity;  /* Of what is said, 0 to 10. */
    bool hushes;               /* No silence is sent while an answer is awaited, see hush.h. */
    uint32_t echo_tail;        /* Samples of an echo that is taken out; 0: none is looked for. */
    const struct vault *vault; /* Keys of encrypted legs. NULL: those neither send nor hear. */
};

struct media;

/* Checks the port range against the kernel's ephemeral range, binds, starts the threads. 0, or
 * -errno with reason and cure in why. */
MUST_USE int media_open(struct media **out, const struct media_options *options,
                        struct mailbox *events, char *why, uint32_t why_size);
void media_close(struct media *media);

/* Where the MEDIA_* commands of this leg go. */
struct mailbox *media_mailbox(struct media *media, uint32_t leg);

/* Captures on their way to their last form. */
struct capture_figures {
    uint64_t finished, failed, delayed; /* delayed: times that the disk was full or failed. */
    uint32_t waiting, percent;          /* percent of `current`; empty: none. */
    char current[MAX_NAME];
};

struct media_figures {
    uint64_t ticks, late_ticks, worst_late_us; /* Late: begun more than 5 ms after its time. */
    uint64_t received, sent, strangers, malformed, send_failed;
    uint64_t events_lost, capture_lost;
    uint64_t echoes_refused;  /* Lines with an echo and no canceller free. */
    uint64_t echoes_put_off;  /* Comparisons and frames of it that a beat had no time for. */
    uint64_t hearing_refused; /* MEDIA_HEAR of a leg that is not there, or of one too many. */
    uint64_t keys_missing;    /* Descriptions of encrypted legs without a key. */
    uint32_t endpoints;
    uint32_t threads;
    uint32_t batched; /* Threads that send and receive by io_uring. */
    struct capture_figures captures;
};
void media_figures(struct media *media, struct media_figures *out);

#endif
