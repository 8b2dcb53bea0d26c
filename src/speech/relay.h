// SPDX-License-Identifier: Apache-2.0
/* relay.h - the sound that is kept, and where it goes: inside of recogniser_net.h.
 *
 * All positions count samples kept since the beginning. acked <= settled, sent <= kept.to. */
#ifndef SPEECH_RELAY_H
#define SPEECH_RELAY_H

#include "base/half.h"
#include "speech/recogniser_net.h"

enum relay_state {
    RELAY_CLOSED, /* Nobody recognises: not started, or failed. */
    RELAY_OPEN,   /* A stream is being opened, or is. */
    RELAY_ENDING, /* The stream's last utterance is awaited. */
    RELAY_HERE    /* An embedded recogniser. */
};

/* The end of an utterance, at its place in the sound. */
struct mark {
    uint64_t at;
    bool drop; /* What was before it is not wanted. */
    bool said; /* The stream was asked for its words. */
    uint32_t awaited;
    uint64_t said_ms;
};

struct recogniser_net {
    struct recogniser base;
    struct relay_options options;
    struct hearer *hearer;
    struct recogniser *here;
    enum relay_state state;
    char language[RELAY_LANGUAGE];
    struct dictation stream;
    uint32_t serial, messages; /* Of sound, on this stream. */
    uint32_t rate;             /* Of what is kept; 0: none came yet. */
    uint64_t opened_ms, sent_ms, now_ms;
    struct half_down down, narrowing;
    struct half_up up;

    struct kept kept;
    uint64_t origin; /* Position at the stream's beginning. */
    uint64_t sent;   /* Position that comes next. */
    uint64_t acked;  /* Words of all before it are known. */
    struct mark marks[RELAY_MARKS];
    uint32_t mark_count;
    struct stt_turn turn;
    uint64_t settled; /* Position that the settled words of `turn` reach. */

    bool here_begun; /* here->begin() was. */
    struct recogniser_task task;
    /* For poll(). */
    bool more, final, turned, failed;
    bool session; /* A stream was opened that can answer too. */
    enum turn_fact fact;
    struct recogniser_heard heard; /* The final. */
    char told[MAX_UTTERANCE];      /* The last partial. */
    char why[STT_WHY];
    uint32_t retry_after_s; /* As the news said that are looked at now; with `why`. */
};

/* Nobody recognises from now on; poll() says why. */
void relay_fail(struct recogniser_net *relay, const char *why);

/* A stream that begins with the sound at `sent`. */
void relay_open(struct recogniser_net *relay);

/* The first mark is answered, with the words of the turn. */
void relay_take(struct recogniser_net *relay);

/* Gives what can be given now. */
void relay_flush(struct recogniser_net *relay);

static inline uint64_t relay_position(const struct recogniser_net *relay, uint32_t stream_ms)
{
    return relay->origin + (uint64_t)stream_ms * (relay->rate / 1000);
}

#endif
