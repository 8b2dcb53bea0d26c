// SPDX-License-Identifier: Apache-2.0
/* floor.c - each change of the floor, with the timers that belong to it. */
#include "core/floor.h"

#include "core/parting.h"
#include "core/reply.h"
#include "core/think.h"
#include "core/turn.h"
#include "core/waiting.h"

void floor_speak(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    bool owed = talk->owed || talk->state == TALK_THINKING || talk->state == TALK_RECOGNISING;

    step_timer_cancel(step, call, TIMER_SILENCE);
    step_timer_cancel(step, call, TIMER_TURN);
    step_timer_cancel(step, call, TIMER_FILLER);
    talk->owed = owed && !talk->reply.live;
    if (!owed)
        talk->quiet_ms = step->event->now_ms;
    talk->state = TALK_SPEAKING;
    talk->partial[0] = 0;
    talk->prefix[0] = 0;
    talk->more = false;
    if (!talk->reply.live)
        floor_reply_over(step, call); /* Nothing could be said. */
    else
        reply_push(step, call);
}

void floor_listen(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    talk->state = TALK_LISTENING;
    talk->owed = false;
    talk->prefix[0] = 0;
    talk->partial[0] = 0;
    talk->times = (struct turn_times){0};
    step_timer_cancel(step, call, TIMER_ANSWER);
    step_timer_cancel(step, call, TIMER_TURN);
    step_timer_cancel(step, call, TIMER_FILLER);
    if (waiting_is(call))
        waiting_listen(step, call);
    else if (!talk->on_hold)
        step_timer_set(step, call, TIMER_SILENCE,
                       step->event->now_ms + call_manners(step->core, call)->silence_ms);
}

void floor_reply_over(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    switch (talk->state) {
    case TALK_SPEAKING:
    case TALK_PAUSED:
        step_timer_cancel(step, call, TIMER_ANSWER);
        step_timer_cancel(step, call, TIMER_BARGE_IN);
        if (call->parting.state) {
            parting_said(step, call);
            return;
        }
        if (talk->after == AFTER_HANG_UP) {
            talk->over = true;
            return;
        }
        if (talk->after >= AFTER_UNAVAILABLE) {
            talk->nobody = true;
            return;
        }
        if (talk->after == AFTER_TRANSFER) {
            talk->give = true;
            return;
        }
        if (talk->after == AFTER_QUEUE) {
            call->wait.wanted = true;
            return;
        }
        if (!think_goes_on(call))
            floor_listen(step, call);
        else if (talk->state == TALK_SPEAKING)
            think_wait(step, call);
        else
            floor_hear(step, call); /* The caller's voice stopped the agent's last word. */
        return;
    case TALK_HEARING: /* The last word was out when the pause came. */
        talk->held = false;
        return;
    case TALK_RECOGNISING:
        talk->held = false;
        floor_explain(step, call, QUIET_MS);
        return;
    case TALK_THINKING: /* A filler is over, and nothing came: another. */
        floor_explain(step, call, QUIET_MS);
        return;
    case TALK_LISTENING:
    case TALK_AWAY:
    case TALK_PARTING:
    case TALK_NONE:
    case TALK_STATES:
        return;
    }
}

void floor_arm_turn(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    char words[2 * STATEMENT];
    struct text_buffer buffer;

    text_buffer_init(&buffer, words, sizeof(words));
    text_append(&buffer, text_of(talk->prefix));
    text_append_char(&buffer, ' ');
    text_append(&buffer, text_of(talk->partial));
    const struct plan_manners *manners = call_manners(step->core, call);
    struct phrases by = turn_phrases(call_agent(step->core, call), talk);
    uint32_t wait_ms = turn_wait_ms(manners, &by, text_trim(text_view(&buffer)), talk->expect);
    /* A partial is often wrong in its last word. Final words are asked for early, and waited with
     * if it is they that are unfinished: the recogniser's work is done while the caller may go on.
     * But digits are heard best in one piece. */
    if (talk->partial[0] && talk->expect != EXPECT_DIGITS && wait_ms > manners->end_of_turn_ms)
        wait_ms = manners->end_of_turn_ms;
    uint64_t at_ms = talk->voice_to_ms + wait_ms;
    step_timer_set(step, call, TIMER_TURN,
                   at_ms > step->event->now_ms ? at_ms : step->event->now_ms);
}

/* The caller has the floor. */
void floor_hear(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    step_timer_cancel(step, call, TIMER_SILENCE);
    step_timer_cancel(step, call, TIMER_BARGE_IN);
    step_timer_cancel(step, call, TIMER_FILLER);
    talk->state = TALK_HEARING;
    if (talk->reply.live && !talk->held && !talk->thought.speculative)
        reply_stop(step, call, true); /* A filler. */
    talk->more = false;
    if (talk->times.speech_from_ms == 0)
        talk->times.speech_from_ms = talk->voice_from_ms;
    step_timer_set(step, call, TIMER_ANSWER,
                   step->event->now_ms + call_manners(step->core, call)->longest_turn_ms);
    if (!talk->voiced)
        floor_arm_turn(step, call);
}

void floor_give_way(struct step *step, struct call *call)
{
    call->talk.held = true;
    call->talk.unbegun = false;
    floor_hear(step, call);
}

void floor_go_on(struct step *step, struct call *call)
{
    call->talk.partial[0] = 0;
    if (think_goes_on(call)) {
        think_wait(step, call);
        return;
    }
    think_drop(step, call);
    floor_listen(step, call);
}

void floor_resume(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    step_timer_cancel(step, call, TIMER_BARGE_IN);
    step_timer_cancel(step, call, TIMER_TURN);
    if (!talk->reply.live) { /* It was said to its end meanwhile, or not begun. */
        talk->held = false;
        floor_go_on(step, call);
        return;
    }
    talk->state = TALK_SPEAKING;
    talk->held = false;
    talk->partial[0] = 0;
    talk->times = (struct turn_times){0};
    if (!talk->on_hold)
        step_emit(step, MEDIA_RESUME, call);
    reply_push(step, call);
}

void floor_explain(struct step *step, struct call *call, uint64_t soft_ms)
{
    uint64_t now_ms = step->event->now_ms, at_ms = now_ms + soft_ms;

    if (at_ms > call->talk.quiet_ms + QUIET_MS)
        at_ms = call->talk.quiet_ms + QUIET_MS;
    step_timer_set(step, call, TIMER_FILLER, at_ms > now_ms ? at_ms : now_ms);
}

void floor_forget(struct step *step, struct call *call)
{
    call->talk.partial[0] = 0;
    if (call->talk.listening)
        step_emit(step, SPEECH_FORGET, call);
}

void floor_finish(struct step *step, struct call *call)
{
    step_emit(step, SPEECH_FINISH, call)->finish.turn = ++call->talk.finishes;
}
