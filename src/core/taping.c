// SPDX-License-Identifier: Apache-2.0
/* taping.c - one state of three bits a leg. */
#include "core/taping.h"

#include "core/places.h"
#include "core/supervise.h"

static struct text name_of(struct step *step, const struct call *call, const struct leg *leg)
{
    uint32_t number = leg->tapes;
    struct text_buffer name = step_text(step);

    text_append(&name, text_of(call->ref));
    if (leg->number > 1) { /* The second leg's: "REF-leg2". */
        text_append(&name, TEXT("-leg"));
        text_append_number(&name, leg->number);
    }
    if (leg->tape_message)
        text_append(&name, TEXT("-message"));
    if (number > 1) {
        text_append_char(&name, '-');
        text_append_number(&name, number);
    }
    return step_text_take(step, &name);
}

static enum capture_state state_of(const struct leg *leg)
{
    if (!leg->taping)
        return CAPTURE_ENDED;
    return leg->tape_masked   ? CAPTURE_MASKED
           : leg->tape_paused ? CAPTURE_PAUSED
                              : CAPTURE_RECORDING;
}

static void account(struct step *step, const struct call *call, const struct leg *leg)
{
    struct text name = name_of(step, call, leg);
    struct command *command = step_emit(step, STORE_CAPTURE, call);

    command->captured.ref = step_text_copy(step, text_of(call->ref));
    command->captured.wall_ms = step->event->wall_ms;
    command->captured.number = leg->tapes;
    command->captured.name = name;
    command->captured.state = state_of(leg);
}

static void begin(struct leg *leg)
{
    leg->taping = true;
    leg->tape_paused = leg->tape_masked = false;
    leg->tapes++;
}

void taping_open(struct step *step, struct call *call, struct leg *leg, bool capture,
                 struct command *open)
{
    open->media.capture = capture;
    if (!capture)
        return;
    begin(leg);
    open->media.name = name_of(step, call, leg);
    account(step, call, leg);
}

/* False: it makes no sense now. */
static bool change(struct leg *leg, enum capture_act act)
{
    struct leg before = *leg;

    if ((act == CAPTURE_START) == leg->taping)
        return false;
    switch (act) {
    case CAPTURE_START:
        begin(leg);
        return true;
    case CAPTURE_STOP:
        leg->taping = false;
        return true;
    case CAPTURE_PAUSE:
    case CAPTURE_RESUME:
        leg->tape_paused = act == CAPTURE_PAUSE;
        return leg->tape_paused != before.tape_paused;
    case CAPTURE_MASK:
    case CAPTURE_UNMASK:
        leg->tape_masked = act == CAPTURE_MASK;
        return leg->tape_masked != before.tape_masked;
    case CAPTURE_ACTS:
        break;
    }
    return false;
}

/* False: it makes no sense now. */
static bool order(struct step *step, struct call *call, struct leg *leg, enum capture_act act)
{
    if (!change(leg, act))
        return false;
    struct text name = name_of(step, call, leg);
    struct command *command = step_emit(step, MEDIA_CAPTURE, call);
    command->capture.act = act;
    command->capture.name = name;
    account(step, call, leg);
    supervise_follow(step, call); /* What is masked nobody hears. */
    return true;
}

void taping_asked(struct step *step)
{
    struct call *call = places_call_named(step->core, step->event->capture.ref);
    struct leg *leg = call ? core_leg(step->core, call->leg) : NULL;
    enum capture_act act = step->event->capture.act;

    if (!leg || !leg->media_open || call->state == CALL_ENDING || call->state == CALL_CLOSED ||
        !order(step, call, leg, act))
        step->core->figures.stale_events++;
}

void taping_message(struct step *step, struct call *call, bool begins)
{
    struct leg *leg = core_leg(step->core, call->leg);

    if (!leg->media_open || leg->media_closed)
        return;
    if (begins)
        call->parting.taped = leg->taping && !leg->tape_paused && !leg->tape_masked;
    (void)order(step, call, leg, CAPTURE_STOP);
    leg->tape_message = begins;
    if (begins || call->parting.taped)
        (void)order(step, call, leg, CAPTURE_START);
    if (begins)
        text_copy(call->parting.tape, sizeof(call->parting.tape), name_of(step, call, leg));
}

void taping_closed(struct step *step, struct call *call, struct leg *leg)
{
    if (!leg->taping)
        return;
    leg->taping = false;
    account(step, call, leg);
}

void taping_finished(struct step *step)
{
    const struct event *event = step->event;
    struct command *command = step_emit(step, STORE_CAPTURED, NULL);

    command->captured.wall_ms = event->wall_ms;
    command->captured.name = event->captured.name;
    command->captured.file = event->captured.file;
    command->captured.state = event->captured.state;
    command->captured.bytes = event->captured.bytes;
}

char taping_key(const struct leg *leg, char key)
{
    return leg->taping && leg->tape_masked ? 'x' : key;
}
