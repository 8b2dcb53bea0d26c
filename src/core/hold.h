// SPDX-License-Identifier: Apache-2.0
/* hold.h - a caller who waits hears music: a re-INVITE says sendonly, a clip repeats; and back. Of
 * two who are joined the one whom the other holds hears it too, in the place of the other's sound.
 *
 * A re-INVITE that meets the other side's (491) is sent again after the time of RFC 3261 14.1, three
 * times at most: the music plays all the same. */
#ifndef CORE_HOLD_H
#define CORE_HOLD_H

#include "core/state.h"

/* The music alone: what is offered to the caller stays as it is, so that they can be heard. */
void hold_play(struct step *step, struct call *call, struct text music);
void hold_quiet(struct step *step, struct call *call);

void hold_begin(struct step *step, struct call *call);
void hold_end(struct step *step, struct call *call);

/* SPEECH_READY, SPEECH_FAILED: true when it was the music. */
MUST_USE bool hold_ready(struct step *step, struct call *call);

/* MEDIA_PLAYED: true when it was the music, which somebody flushed. */
MUST_USE bool hold_played(struct step *step, struct call *call);

/* Two are joined, or the way of sound of one of them is another: by re-INVITE, or by the answer to
 * ours. Whom the other holds hears the queue's music or media.music; who both hold, nobody. The
 * bridge stays: its sound is there again with the first packet. STORE_HOLD tells each change. */
void hold_joined(struct step *step, struct call *call);

/* Whom somebody transfers waits: one of two who were joined. */
void hold_for(struct step *step, struct call *call, const struct leg *leg);
/* A re-INVITE for sound both ways. */
void hold_offer(struct step *step, struct call *call, struct leg *leg);

void hold_agreed(struct step *step, struct call *call); /* SIP_AGREED */
void hold_again(struct step *step, struct call *call);  /* TIMER_GLARE */

#endif
