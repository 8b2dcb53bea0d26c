// SPDX-License-Identifier: Apache-2.0
/* caller.h - a telephone in this process: dials, speaks words as sound over RTP, presses keys,
 * hears when the other side speaks. The same limbs as the server's, with one leg.
 *
 * Order: caller_open(), caller_dial(), anything, caller_hang_up(), caller_close(). One thread; the
 * waiting functions take the limbs' events meanwhile and end early when the call does. */
#ifndef APP_CALLER_H
#define APP_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "core/plan.h"

struct caller;

enum caller_state { CALLER_IDLE, CALLER_CALLING, CALLER_UP, CALLER_ENDED };

struct caller_options {
    const char *address; /* Ours: a numeric IPv4 address. */
    const char *voice;
    bool tcp;
    const char *from;
    uint32_t echo_ms; /* The caller's line sends back what it gets after this, */
    float echo_gain;  /* so loud; 0: it does not. */
    enum codec codec; /* The only one that is offered, */
    bool any_codec;   /* unless this says that all are. */
};

/* Finds free ports, starts the limbs. 0, or -errno with why. */
MUST_USE int caller_open(struct caller **out, const struct caller_options *options, char *why,
                         uint32_t why_size);
void caller_close(struct caller *caller);

/* Dials and waits for the answer. False with why (a status, "no answer"). */
MUST_USE bool caller_dial(struct caller *caller, const char *uri, char *why, uint32_t why_size);
void caller_hang_up(struct caller *caller);
enum caller_state caller_state(const struct caller *caller);
/* How it ended, in words: "the other side hung up". */
const char *caller_end(const struct caller *caller);

/* Waits; other events are taken meanwhile. False when the call ended before. */
bool caller_wait(struct caller *caller, uint64_t ms);
/* Until the other side has spoken since our last act and then been still for pause_ms. */
bool caller_wait_agent(struct caller *caller, uint64_t pause_ms, uint64_t longest_ms);
/* Until the other side has been speaking for at least this long. */
bool caller_wait_speaking(struct caller *caller, uint64_t for_ms, uint64_t longest_ms);

/* What comes from here on answers what was done before. */
void caller_attend(struct caller *caller);
/* For how long the other side has been still, at most since our last act; 0: it speaks. */
uint64_t caller_stillness_ms(const struct caller *caller);

/* Speaks, and waits until the last sample was sent. */
bool caller_say(struct caller *caller, struct text words);
/* The same with sound of 8 kHz; and what is heard of the caller whenever it says nothing, over and
 * over (count 0: nothing). False also when no memory is left. */
bool caller_play(struct caller *caller, const int16_t *samples, uint32_t count);
bool caller_murmur(struct caller *caller, const int16_t *samples, uint32_t count);
bool caller_press(struct caller *caller, struct text keys);

#endif
