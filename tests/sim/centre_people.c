// SPDX-License-Identifier: Apache-2.0
/* centre_people.c - callers and operators: what they do next, and when. */
#include <stdio.h>
#include <string.h>

#include "centre.h"

enum { TALKED_MS = 6000, PRESSES = 8 };

static struct line *line_of_caller(const struct caller *caller)
{
    struct line *line = &centre.lines[slot_of(caller->leg)];

    return line->leg == caller->leg ? line : NULL;
}

/* ---- Callers ---- */

/* A day has a morning and an afternoon. */
static double between_ms(void)
{
    static const double traffic[] = {0.4, 0.9, 1.3, 1.5, 1.1, 0.8, 1.2, 1.4, 0.9, 0.5};
    uint64_t hour = centre.now_ms / 3600000;

    return centre.setup->day ? centre.setup->between_ms / traffic[hour < 10 ? hour : 9]
                             : centre.setup->between_ms;
}

static uint32_t wanted_queue(void)
{
    uint32_t what = random_below(&centre.random, 100);
    uint32_t queue = what < 50 ? 0 : what < 68 ? 1 : what < 80 ? 2 : what < 92 ? 3 : what < 97 ? 4 : 5;

    return queue < centre.setup->queues ? queue : 0;
}

/* The dialog's number brings the caller back to us in STORE_CALL_OPENED, by the seed. */
static void ring(void)
{
    static const char sdp[] =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    static char called[CENTRE_QUEUES][4];
    struct event event = {.kind = SIP_INVITE};

    if (centre.caller_count == centre.caller_room) {
        centre_broken("more callers than there is room for");
        return;
    }
    struct caller *caller = &centre.callers[centre.caller_count++];
    caller->queue = (uint8_t)wanted_queue();
    caller->patience_ms = centre_exponential(centre.setup->patience_ms);
    caller->handle_ms = centre_exponential(centre.setup->handle_ms);
    snprintf(caller->number, sizeof(caller->number), "+41%s%07u", centre_chance(centre.setup->vips ? centre.setup->vips : 50) ? "99" : "44",
             centre.caller_count);
    snprintf(called[caller->queue], sizeof(called[0]), "%u", caller->queue);
    centre.dialogs++;
    event.invite.dialog =
        (1 + centre.dialogs / (2 * MAX_CALLS)) << 16 | centre.dialogs % (2 * MAX_CALLS);
    event.invite.seed = random_next(&centre.random);
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = text_of(caller->number);
    event.invite.to = text_of(called[caller->queue]);
    event.invite.sip_call_id = TEXT("call");
    event.invite.sdp = text_of(sdp);
    centre.figures->callers++;
    centre.open++;
    centre_happen(event, 0);
}

/* By number: each has its own. */
void centre_opened(const struct command *command)
{
    struct text number = command->opened.caller;
    uint64_t index = 0;

    if (number.size != 12 || !text_number(text_part(number, 5, 7), &index) || index == 0 ||
        index > centre.caller_count) {
        centre_broken("a call of nobody");
        return;
    }
    struct caller *caller = &centre.callers[index - 1];
    caller->call = command->call;
    caller->leg = command->leg;
    text_copy(caller->ref, sizeof(caller->ref), command->opened.ref);
    centre.of_call[slot_of(command->call)] = (uint32_t)index;
}

void centre_redial(void)
{
    for (uint32_t i = 0; i < centre.setup->calls / 64; i++)
        if (centre_chance(500))
            centre_think(THOUGHT_ARRIVE, 1, 0, centre_between(2000, 60000));
}

void centre_joined(struct caller *caller)
{
    uint32_t index = (uint32_t)(caller - centre.callers);

    centre_think(THOUGHT_TALKED, index, caller->serial, caller->handle_ms);
    if (centre.setup->theory && caller->counted) {
        centre.figures->handled_ms += caller->handle_ms;
        centre.figures->handled++;
    }
}

static void hang_up(struct caller *caller)
{
    struct line *line = line_of_caller(caller);

    if (caller->end != END_OPEN || !line)
        return;
    caller->said_bye = true;
    centre_hang_up(line);
}

static void press(const struct caller *caller, char key)
{
    struct event event = {.kind = MEDIA_KEY, .leg = caller->leg};

    event.key.key = key;
    centre_happen(event, 20);
}

static void voice(const struct caller *caller, bool on, uint32_t delay_ms)
{
    struct event event = {.kind = MEDIA_VOICE, .leg = caller->leg};

    event.voice.voiced = on;
    event.voice.edge_ms = centre.now_ms + delay_ms;
    centre_may_happen(event, delay_ms);
}

/* To whatever is asked: yes; something is said for who listens; then the end. */
static void go_on(struct caller *caller, uint32_t index)
{
    if (caller->end != END_OPEN || caller->waiting || caller->taken)
        return;
    if (caller->presses++ == PRESSES) {
        hang_up(caller);
        return;
    }
    if (caller->presses % 2) {
        voice(caller, true, 100);
        voice(caller, false, 4500);
    } else {
        press(caller, centre_chance(800) ? '1' : '#');
    }
    centre_think(THOUGHT_PRESS, index, caller->serial, centre_between(4000, 9000));
}

/* What is said when two talk: one of them hangs up. */
static void talked(struct caller *caller, uint32_t index)
{
    struct line *line = line_of_caller(caller);

    if (caller->end != END_OPEN || !line)
        return;
    for (uint32_t i = 0; !centre.setup->theory && centre_chance(300) && i < CENTRE_LEGS; i++) {
        struct line *other = &centre.lines[i];
        if (other->call == caller->call && other->person >= 0 && other->joined) {
            centre_hang_up(other);
            centre_think(THOUGHT_HANG_UP, caller->leg, index + 1, TALKED_MS);
            return;
        }
    }
    hang_up(caller);
}

/* ---- Operators ---- */

void centre_rung(struct line *line)
{
    bool answers = centre.setup->theory || centre_chance(930);

    if (!answers && centre_chance(500))
        return; /* Lets it ring. */
    centre_think(THOUGHT_ANSWER, line->leg, answers,
                 centre.setup->theory ? 0 : centre_between(1500, 9000));
}

static void say(uint32_t person, enum operator_said said)
{
    struct event event = {.kind = OPERATOR_ASKED};

    event.wish.name = text_of(centre_person_name(person));
    event.wish.said = said;
    centre_happen(event, 0);
}

void centre_off(uint32_t person)
{
    centre_think(THOUGHT_BACK, person, 1, centre_between(60000, 600000));
}

static bool day_is_over(void)
{
    return centre.arrived >= centre.setup->callers;
}

static void operator_thought(const struct happening *thought)
{
    if (thought->thought == THOUGHT_BACK) {
        say(thought->who, SAID_AVAILABLE);
        return;
    }
    if (day_is_over())
        return; /* Who is there stays until all are served. */
    say(thought->who, centre_chance(800) ? SAID_BREAK : SAID_OFFLINE);
    centre_think(THOUGHT_BACK, thought->who, 0, centre_exponential(900000));
    centre_think(THOUGHT_BREAK, thought->who, 0, centre_exponential(5400000));
}

/* ---- All ---- */

static void caller_thought(const struct happening *thought)
{
    struct caller *caller = &centre.callers[thought->who];

    if (caller->serial != thought->serial || caller->end != END_OPEN)
        return;
    if (thought->thought == THOUGHT_LEAVE && caller->waiting)
        hang_up(caller);
    else if (thought->thought == THOUGHT_WISH && caller->waiting)
        press(caller, centre_chance(700) ? '1' : '2');
    else if (thought->thought == THOUGHT_PRESS)
        go_on(caller, thought->who);
    else if (thought->thought == THOUGHT_TALKED)
        talked(caller, thought->who);
}

void centre_thought(const struct happening *thought)
{
    struct line *line;

    switch ((int)thought->thought) {
    case THOUGHT_ARRIVE:
        ring();
        if (thought->who == 0 && ++centre.arrived < centre.setup->callers)
            centre_think(THOUGHT_ARRIVE, 0, 0, centre_exponential(between_ms()));
        break;
    case THOUGHT_HANG_UP: /* Whoever is still there. */
        line = &centre.lines[slot_of(thought->who)];
        if (thought->serial && centre.callers[thought->serial - 1].end == END_OPEN)
            hang_up(&centre.callers[thought->serial - 1]);
        else if (!thought->serial && line->leg == thought->who)
            centre_hang_up(line);
        break;
    case THOUGHT_PLAYED:
        centre_played(thought->who, thought->serial);
        break;
    case THOUGHT_ANSWER:
    case THOUGHT_KEY:
        centre_telephone(thought);
        break;
    case THOUGHT_BREAK:
    case THOUGHT_BACK:
        operator_thought(thought);
        break;
    default:
        caller_thought(thought);
        break;
    }
}
