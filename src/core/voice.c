// SPDX-License-Identifier: Apache-2.0
/* voice.c - from the gate's edges, the detector's verdicts and the first words to who has the
 * floor. */
#include "core/voice.h"

#include <string.h>

#include "core/floor.h"
#include "core/reply.h"
#include "core/think.h"
#include "core/turn.h"
#include "core/voicemail.h"
#include "core/words.h"

/* A sound that is taken for none of a voice is waited for so long from then on: words that are said
 * alone are over by then. */
enum { DOUBT_MS = 700 };

/* The caller speaks on before an answer: what they said so far is the beginning of the turn, and
 * what is thought about it a guess, unless something was said or done about it already. */
static void interrupt_thinking(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    bool answered = talk->thought.noted && talk->thought.open;

    reply_stop(step, call, true);
    if (!answered && talk->thought.open) {
        talk->thought.speculative = true;
    } else if (!answered) {
        step_emit(step, MIND_CANCEL, call);
        talk->finishes++;
    }
    if (!answered)
        memcpy(talk->prefix, talk->heard, sizeof(talk->prefix));
    floor_hear(step, call);
    /* Its rest is kept, and a tool goes on, until there are words. */
    talk->held = talk->unbegun = answered;
}

static void voice_began(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->voice_from_ms = step->event->voice.edge_ms;
    talk->verdict = -1;
    switch (talk->state) {
    case TALK_SPEAKING:
        if (talk->final_words)
            return;
        talk->state = TALK_PAUSED;
        talk->glance = talk->firm = false;
        step_timer_cancel(step, call, TIMER_ANSWER);
        step_emit(step, MEDIA_PAUSE, call);
        step_timer_set(step, call, TIMER_BARGE_IN,
                       step->event->now_ms + call_manners(step->core, call)->barge_in_decide_ms);
        return;
    case TALK_LISTENING:
        floor_hear(step, call);
        return;
    case TALK_HEARING:
        step_timer_cancel(step, call, TIMER_TURN);
        return;
    case TALK_RECOGNISING:
        talk->more = true;
        if (talk->reply.live && !talk->held && !talk->thought.speculative)
            reply_stop(step, call, true); /* A filler. */
        return;
    case TALK_THINKING:
        interrupt_thinking(step, call);
        return;
    case TALK_PAUSED:
    case TALK_AWAY:
    case TALK_PARTING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

/* The agent waits for a sound that the careful detector takes for none of a voice, and that has made
 * no words yet. It is often wrong about voices that are raised. */
static bool is_doubtful(const struct talk *talk)
{
    return talk->state == TALK_HEARING && talk->held && talk->reply.live && talk->verdict == 0 &&
           !talk->partial[0] && !talk->prefix[0];
}

static void voice_ended(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->voice_to_ms = step->event->voice.edge_ms;
    if (is_doubtful(talk)) /* What was it? The agent need not be silent for longer than that takes. */
        words_end_turn(step, call);
    else if (talk->state == TALK_HEARING)
        floor_arm_turn(step, call);
}

void voice_edge(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->voiced == step->event->voice.voiced)
        return;
    talk->voiced = step->event->voice.voiced;
    talk->echo = step->event->voice.echo;
    if (talk->state == TALK_PARTING)
        voicemail_voice(step, call);
    if (!talk->listening)
        return;
    if (talk->voiced)
        voice_began(step, call);
    else
        voice_ended(step, call);
}

/* Decides a pause when it can be decided. */
static void weigh_claim(struct step *step, struct call *call, bool timeout)
{
    struct talk *talk = &call->talk;

    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    switch (turn_claim(talk, &by, step->event->now_ms, timeout)) {
    case CLAIM_UNKNOWN:
        return;
    case CLAIM_FLOOR:
        floor_give_way(step, call);
        return;
    case CLAIM_NOTHING:
        if (talk->verdict == 0) {
            floor_forget(step, call);
        } else { /* "Stop!" is short too: see what the words were, while speaking on. */
            talk->glance = true;
            floor_finish(step, call);
        }
        floor_resume(step, call);
        return;
    }
}

void voice_verdict(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->verdict = step->event->verdict.speech;
    if (talk->state == TALK_PAUSED) {
        weigh_claim(step, call, false);
    } else if (is_doubtful(talk) && !talk->voiced) {
        words_end_turn(step, call);
    } else if (is_doubtful(talk)) {
        step_timer_set(step, call, TIMER_BARGE_IN, step->event->now_ms + DOUBT_MS);
    } else if (talk->state == TALK_HEARING && talk->verdict == 0 && !talk->partial[0] &&
               !talk->prefix[0]) {
        floor_forget(step, call);
        if (talk->held)
            floor_resume(step, call);
        else
            floor_go_on(step, call);
    }
}

/* Partials lose such words again: "no" becomes "now it". */
static void note_firmness(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->firm || (talk->state != TALK_PAUSED && !talk->held))
        return;
    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    talk->firm = phrase_takes_floor(&by, text_of(talk->partial));
}

void voice_partial(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    const struct event *event = step->event;

    if (talk->state == TALK_NONE || talk->state == TALK_AWAY || event->heard.text.size == 0 ||
        talk->final_words)
        return;
    text_copy(talk->partial, sizeof(talk->partial), event->heard.text);
    note_firmness(step, call);
    if (talk->times.first_partial_ms == 0)
        talk->times.first_partial_ms = event->at_ms;
    switch (talk->state) {
    case TALK_PAUSED:
        weigh_claim(step, call, false);
        return;
    case TALK_HEARING:
        if (!talk->voiced)
            floor_arm_turn(step, call);
        return;
    case TALK_LISTENING: /* The voice edge was lost on the way. */
        talk->voice_from_ms = event->heard.speech_from_ms;
        talk->voice_to_ms = event->heard.speech_to_ms;
        floor_hear(step, call);
        return;
    case TALK_SPEAKING:
    case TALK_RECOGNISING:
    case TALK_THINKING:
    case TALK_AWAY:
    case TALK_PARTING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

void voice_evidence_due(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state == TALK_PAUSED)
        weigh_claim(step, call, true);
    else if (is_doubtful(talk) && talk->voiced) { /* A radio, a saw. */
        floor_forget(step, call);
        floor_resume(step, call);
    }
}
