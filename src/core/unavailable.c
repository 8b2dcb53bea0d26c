// SPDX-License-Identifier: Apache-2.0
/* unavailable.c - from a cause to its path. */
#include "core/unavailable.h"

#include "core/parting.h"
#include "core/phrase.h"
#include "core/promise.h"
#include "core/turn.h"
#include "core/voicemail.h"
#include "core/waiting.h"

static const struct plan_unavailable *of(const struct step *step, const struct call *call)
{
    return &call_plan(step->core, call)->unavailable;
}

static void hold(struct step *step, struct call *call)
{
    parting_leave(step, call);
    if (waiting_keeps(call)) {
        waiting_hold(step, call);
        return;
    }
    parting_listen(step, call, EXPECT_FREE, 0);
}

static void take(struct step *step, struct call *call, enum plan_path path)
{
    call->parting.asked = 0;
    switch (path) {
    case PATH_VOICEMAIL:
        voicemail_invite(step, call);
        return;
    case PATH_CALLBACK:
        promise_ask(step, call);
        return;
    case PATH_HOLD:
        hold(step, call);
        return;
    case PATH_GOODBYE:
    case PATHS:
        parting_goodbye(step, call, CAUSE_FALLBACK);
        return;
    }
}

bool unavailable_begin(struct step *step, struct call *call, enum unavailable why,
                       struct text queue)
{
    static const enum parting_words words[UNAVAILABLES] = {
        [UNAVAILABLE_AGENT] = PARTING_NO_AGENT,
        [UNAVAILABLE_CAPACITY] = PARTING_CAPACITY,
        [UNAVAILABLE_OUTAGE] = PARTING_OUTAGE};
    struct parting *parting = &call->parting;
    struct text file = of(step, call)->outage_file;

    if (!parting_enter(step, call))
        return false;
    parting->why = why;
    parting->told = true;
    parting->asked = 0;
    text_copy(parting->queue, sizeof(parting->queue), queue);
    if (why == UNAVAILABLE_OUTAGE)
        call->talk.at_home = true; /* No provider is asked any more. */
    if (why == UNAVAILABLE_OUTAGE && file.size)
        parting_sound(step, call, file, PARTING_TELLING);
    else
        parting_say(step, call, words[why],
                    why == UNAVAILABLE_CAPACITY ? PARTING_OFFERING : PARTING_TELLING);
    return true;
}

struct text unavailable_cause(const struct call *call)
{
    static const struct text causes[UNAVAILABLES] = {
        [UNAVAILABLE_AGENT] = TEXT_INIT("agent unavailable"),
        [UNAVAILABLE_CAPACITY] = TEXT_INIT("capacity exceeded"),
        [UNAVAILABLE_OUTAGE] = TEXT_INIT("provider outage")};

    return call->parting.told ? causes[call->parting.why] : TEXT_EMPTY;
}

void unavailable_told(struct step *step, struct call *call)
{
    take(step, call, of(step, call)->paths[call->parting.why]);
}

void unavailable_offered(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_FREE, of(step, call)->offer_ms);
}

void unavailable_key(struct step *step, struct call *call, char key)
{
    if (key == '1')
        take(step, call, PATH_CALLBACK);
    else if (key == '2')
        take(step, call, PATH_HOLD);
    else
        parting_say(step, call, PARTING_CAPACITY, PARTING_OFFERING);
}

void unavailable_words(struct step *step, struct call *call, struct text words)
{
    struct phrases by = turn_phrases(call_agent(step->core, call), &call->talk);

    switch (phrase_wish(&by, words)) {
    case PHRASE_CALLBACK:
        take(step, call, PATH_CALLBACK);
        return;
    case PHRASE_HOLD:
        take(step, call, PATH_HOLD);
        return;
    case PHRASE_VOICEMAIL:
        take(step, call, PATH_VOICEMAIL);
        return;
    case PHRASE_ANOTHER_NUMBER:
    case PHRASE_NO_WISH:
        break;
    }
    if (call->parting.asked++ == 0)
        parting_say(step, call, PARTING_CAPACITY, PARTING_OFFERING);
    else
        unavailable_unanswered(step, call);
}

void unavailable_unanswered(struct step *step, struct call *call)
{
    take(step, call, of(step, call)->paths[UNAVAILABLE_CAPACITY]);
}
