// SPDX-License-Identifier: Apache-2.0
/* ear.h - one leg being listened to: from frames to partials and finals. Owned by its listener.
 *
 * Order: ear_open(), ear_listen(), ear_expect(), ear_frame() for each frame and ear_news() after
 * each batch, ear_finish() or ear_forget() when told, ear_close(). An embedded recogniser stays
 * with the place: it is lent to the ear and outlives it. One over a network (`net`) is the ear's
 * own; it may be asked for a final while others are awaited. */
#ifndef SPEECH_EAR_H
#define SPEECH_EAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/half.h"
#include "base/ring.h"
#include "speech/judge.h"
#include "speech/listener.h"
#include "speech/listening.h"
#include "speech/recogniser.h"
#include "speech/recogniser_net.h"
#include "speech/verdict.h"

enum { EAR_ASKED = RELAY_MARKS };

/* An utterance whose final is awaited. */
struct ear_asked {
    uint32_t turn;
    uint64_t from_ms, to_ms;
    uint16_t listening; /* As in SPEECH_FINAL. */
};

struct ear {
    /* Of the place: */
    struct recogniser *own; /* NULL until first needed. */
    struct mailbox *events;
    struct judge *judge; /* The listener's; NULL: no verdicts. */
    uint64_t utterances, finals;

    /* Of the leg: */
    uint32_t call, leg, ring, epoch; /* leg 0: a free place. */
    struct recogniser_net *net;      /* NULL: no provider ever listened to this leg. */
    struct recogniser *recogniser;   /* The one in use: own, or net's. */
    int32_t provider;                /* Of the plan; -1: the embedded one. */
    struct hearing hearing;
    struct verdict verdict;
    struct recogniser_task task, next_task; /* Paths borrowed from the listener's models. */
    bool task_changed;

    struct half_down narrowing;                /* Of a wideband caller, for the judge. */
    uint32_t before_at, before_count;

    bool open;           /* An utterance is. */
    bool finishing;      /* Its final has been asked for. */
    uint32_t turn;       /* Of partials. */
    uint32_t final_turn; /* Of the final asked for. */
    uint32_t frames;     /* Decoded in this utterance. */
    uint32_t silence;    /* Frames since the last voiced one. */
    uint32_t since_poll; /* Frames. */
    uint64_t from_ms, to_ms;
    struct ear_asked asked[EAR_ASKED]; /* Of `net`, in order. */
    uint32_t asked_count;
    struct {
        uint64_t at_ms;
        uint32_t flags, rate;
        int16_t samples[FRAME_SAMPLES];
    } before[LISTEN_PREROLL]; /* The latest frames, round and round; */
    int16_t before_wide[LISTEN_PREROLL][FRAME_SAMPLES]; /* of wideband callers, the rest of them. */
    struct listening listening; /* The beginning of the utterance; made anew with each. */
};

/* Takes the place for a leg. */
void ear_open(struct ear *ear, uint32_t call, uint32_t leg, uint32_t ring, uint32_t epoch);

/* Who recognises from now on: a provider, by `net`, or with hearer NULL the embedded one, `own`. A
 * leg that a provider has listened to goes on through `net`, with what it keeps. */
void ear_listen(struct ear *ear, int32_t provider, struct hearer *hearer, struct text language,
                bool replay);

/* The task from the next utterance on; at once when none is open. 0, or -errno when the recogniser
 * cannot. The paths must live until the next task. */
MUST_USE int ear_expect(struct ear *ear, struct recogniser_task task);

void ear_frame(struct ear *ear, const struct audio_frame *frame);

/* Every LISTEN_EVERY_MS. */
void ear_tick(struct ear *ear, uint64_t now_ms);

/* Posts what the recogniser has to say. */
void ear_news(struct ear *ear);

/* The turn is over: its final is posted now, or by ear_news() when a network has it. */
void ear_finish(struct ear *ear, uint32_t turn);
void ear_forget(struct ear *ear);

/* Frees the place; the embedded recogniser stays in it. */
void ear_close(struct ear *ear);

#endif
