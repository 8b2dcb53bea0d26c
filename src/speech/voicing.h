// SPDX-License-Identifier: Apache-2.0
/* voicing.h - one utterance that a voice over the network speaks: its request, and its sound on the
 * way into a clip.
 *
 * Made and freed by the speaker (speech/voices.h); from voicing_start() until NOTE_VOICED with
 * `gone` it is the net thread's, but for what is marked as the speaker's. On the net thread:
 * SPEECH_READY is posted at the first audible sound, and SPEECH_FAILED when it fails, before or
 * after that; of words spoken ahead PROVIDER_FACT tells, with the time to the sound. The clip is
 * finished in any case, with what came of it. Then NOTE_VOICED, once when the utterance is over
 * (not when it was cancelled) and once when nothing of it is left on the net thread. Memory: 20 KB,
 * and a resampler of 3 KB where the vendor's rate is not the caller's. */
#ifndef SPEECH_VOICING_H
#define SPEECH_VOICING_H

#include "base/lease.h"
#include "base/mailbox.h"
#include "core/event.h"
#include "net/http.h"
#include "net/socket.h"
#include "speech/pour.h"
#include "vendor/tts.h"

enum voicing_state {
    VOICING_ASKED,    /* No audible sound yet. */
    VOICING_SOUNDING, /* SPEECH_READY is posted. */
    VOICING_WHOLE,
    VOICING_FAILED
};

enum { VOICING_BODY = 1024, VOICING_WHY = 256 };

struct voicing {
    /* Set by the speaker before the start, and not changed. */
    const struct tts_vendor *vendor;
    struct tts_ask ask; /* Its texts live as long as the voicing. */
    struct clip_table *clips;
    struct mailbox *events, *door;
    struct lease_table *leases;
    uint32_t lease; /* Who retires it ends the utterance: the net thread, or the speaker. */
    uint32_t call, leg, utterance; /* All 0: a prompt made in advance. */
    uint32_t plan, provider, clip;
    uint32_t soft_ms, hard_ms, warm;
    const char *name; /* The provider's, for people. */

    /* The speaker's. */
    struct voicing *next;
    struct voices_plan *keeps; /* What it holds of the configuration. */
    uint32_t id;               /* Of net. */
    bool cancelled;            /* Or given up. */
    uint32_t seen;             /* Samples in the clip when it was last looked at, */
    uint64_t progress_ms;      /* and when there were less. */
    uint32_t texts_size;
    char texts[2 * MAX_UTTERANCE + 2 * MAX_NAME]; /* What `ask` views. */

    /* The net thread's. */
    enum voicing_state state;
    uint64_t asked_ms;
    uint32_t first_ms; /* To the first audible sound. */
    uint16_t status;
    uint32_t retry_s; /* It wants to be left alone for so long; 0: it did not say. */
    uint32_t body_size; /* Of an answer that is no sound. */
    char body[VOICING_BODY];
    struct pour pour; /* Last: most of its memory is not touched where nobody pauses. */
};

/* Begins the request; on the speaker's thread. What it says when that is not possible: NET_FULL,
 * NET_BAD_REQUEST; then the voicing is still the speaker's. */
MUST_USE enum net_result voicing_start(struct voicing *voicing, struct net *net,
                                       struct tts_request *scratch);

/* On the speaker's thread, when it retired the lease: ends it on the wire, by the vendor's own word
 * where it has one. */
void voicing_cancel(struct voicing *voicing, struct net *net, struct tts_request *scratch);

/* The same without a word to the vendor: the utterance is over. */
void voicing_leave(struct voicing *voicing, struct net *net);

/* On the speaker's thread, when it retired the lease: ends it at once, and tells that it failed. */
void voicing_give_up(struct voicing *voicing, struct net *net, const char *why);

/* Fills an array of `room` headers from "Name: value\n" lines. */
uint32_t voicing_headers(const char *lines, struct net_header *out, uint32_t room);

#endif
