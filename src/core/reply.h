// SPDX-License-Identifier: Apache-2.0
/* reply.h - what the agent says: from words to what the caller really heard of them.
 *
 * A reply is utterances (core/saying.h) played in order; a model's grows while it is spoken. When
 * the last is over, the event that ended it returns true. An interrupted reply moves aside
 * (leaving) until media has said what was heard, so that the next one can begin at once. Each
 * utterance that was heard at all is written to the account with the words heard and the words cut
 * off. The times of the caller's turn go with the first utterance that answers it. */
#ifndef CORE_REPLY_H
#define CORE_REPLY_H

#include "core/state.h"

/* Adds an utterance to the reply, beginning one if none is live. Words are rendered as a template.
 */
void reply_say(struct step *step, struct call *call, int16_t agent, struct text words);
/* The same with one of the present agent's situations. */
void reply_words(struct step *step, struct call *call, enum words words);
/* The same, with the key that {key} names. */
void reply_words_key(struct step *step, struct call *call, enum words words, char key);
/* Words of the queue that the caller waits in, or would: what its names stand for. */
struct reply_queue {
    struct text queue, position, wait, offers;
};
void reply_queue(struct step *step, struct call *call, struct text words,
                 const struct reply_queue *names);
/* "Let me connect you with {agent}": the label of the agent to come. */
void reply_handover(struct step *step, struct call *call, struct text label);
void reply_repeat(struct step *step, struct call *call);
/* A clause of a model's, as it is. False: the reply is full, it can hear no more of it. */
bool reply_clause(struct step *step, struct call *call, struct text words);
/* A model speaks by itself, in this clip, whose reference is taken over; and what it says in it.
 * False: the reply is full, the clip is still the caller's. */
MUST_USE bool reply_sound(struct step *step, struct call *call, uint32_t clip, int16_t provider);
MUST_USE bool reply_spoken(struct step *step, struct call *call, uint32_t clip, struct text words);
/* Explains a silence, before all that is not made yet; by the embedded voice when it is the agent's
 * own that is late. */
void reply_filler(struct step *step, struct call *call, struct text words, bool embedded);

/* True when one is on its way, or is heard: one that its voice keeps waiting is now said by the
 * embedded one. */
bool reply_filler_waits(struct step *step, struct call *call);

/* The reply answers the caller's turn that is over: its ledger will be written. */
void reply_time(struct call *call);
/* All of it is over. */
void reply_close(struct step *step, struct call *call, struct reply *reply);

/* Ends the reply where it is: nothing more of it will be heard. */
void reply_stop(struct step *step, struct call *call, bool by_caller);

/* Hands what is ready to media, unless the agent is paused; sets the timer that watches over it. */
void reply_push(struct step *step, struct call *call);

/* Events. reply_ready() drops the clip when nobody waits for it. True: the reply is over. */
void reply_ready(struct step *step, struct call *call);
MUST_USE bool reply_failed(struct step *step, struct call *call);
void reply_audible(struct step *step, struct call *call);
MUST_USE bool reply_played(struct step *step, struct call *call);
/* The voice or the playout did not come to an end in time: takes the utterance in front as over. */
MUST_USE bool reply_overdue(struct step *step, struct call *call);

/* At the end of the call: writes what is known of both replies, drops clips. */
void reply_end(struct step *step, struct call *call);

/* True when something of the reply has been given to media and is not over. */
bool reply_sounding(const struct reply *reply);

#endif
