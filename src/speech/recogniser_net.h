// SPDX-License-Identifier: Apache-2.0
/* recogniser_net.h - one leg's recogniser over a network: a provider's stream, and the next one's
 * when it dies.
 *
 * A recogniser (speech/recogniser.h) that may begin again before its final has come. Sound is kept
 * until the provider has given the words of it. When a provider failed, recogniser_net_change()
 * gives the kept sound to another, faster than real time, with the ends of utterances in their
 * places: finals come in the order in which they were asked for, and none is lost. The other may be
 * an embedded recogniser, which is fed as fast as it works.
 * Owned by a listening thread; it never waits. Order: recogniser_net_open(), _change(), then as any
 * recogniser; _news() for each note of its serial, _tick() every LISTEN_EVERY_MS, and poll() until
 * NOTHING after both. */
#ifndef SPEECH_RECOGNISER_NET_H
#define SPEECH_RECOGNISER_NET_H

#include "speech/hearers.h"
#include "speech/recogniser.h"
#include "speech/dictation.h"

enum {
    RELAY_MARKS = 8,       /* Utterances whose finals are awaited at once. */
    RELAY_LANGUAGE = 36,   /* BCP 47 (RFC 5646 4.4.1) */
    RELAY_PIECE_MS = 40,   /* Sound sent at a time. */
    RELAY_QUIET_MS = 300,  /* After this, words that are settled are not waited for. */
    RELAY_REOPEN_MS = 2000 /* Between two openings of a stream that ended by itself. */
};

struct relay_options {
    struct net *net;
    struct mailbox *mail;
    uint32_t *errands; /* As in struct dictation_wish, as are: */
    uint32_t call, leg;
    struct clip_table *clips;
    struct mailbox *answers;
};

struct recogniser_net;

/* 0 or -ENOMEM. */
MUST_USE int recogniser_net_open(struct recogniser_net **out, const struct relay_options *options);
struct recogniser *recogniser_net_base(struct recogniser_net *relay);

/* From now on this provider; NULL: `here`, an embedded recogniser, lent until the next change or
 * close. Replay: with the sound whose words have not come; otherwise what was awaited is given up.
 * Failure is told by poll(). */
/* Finals that were asked for do not come: what was kept of them is open again. */
void recogniser_net_change(struct recogniser_net *relay, struct hearer *hearer,
                           struct recogniser *here, struct text language, bool replay);

/* The rate of the caller's sound; the first time, before any is fed, a stream is opened for it. */
void recogniser_net_rate(struct recogniser_net *relay, uint32_t rate);

/* True: it wants to be fed silence too, between utterances. */
bool recogniser_net_continuous(const struct recogniser_net *relay);

/* There is sound whose words have not come. */
bool recogniser_net_holds(const struct recogniser_net *relay);

void recogniser_net_news(struct recogniser_net *relay, const struct dictation_news *news);
void recogniser_net_tick(struct recogniser_net *relay, uint64_t now_ms);

/* Why the last FAILED. */
const char *recogniser_net_why(const struct recogniser_net *relay);
/* And for how long the provider wants to be left alone; 0: it did not say. */
uint32_t recogniser_net_retry_s(const struct recogniser_net *relay);

#endif
