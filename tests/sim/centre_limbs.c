// SPDX-License-Identifier: Apache-2.0
/* centre_limbs.c - a small model of each limb but the account. */
#include <string.h>

#include "centre.h"

enum { DIALOG_SLOTS = 2 * MAX_CALLS };

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
                          "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

static uint32_t new_dialog(void)
{
    centre.dialogs++;
    return (1 + centre.dialogs / DIALOG_SLOTS) << 16 | centre.dialogs % DIALOG_SLOTS;
}

static struct line *line_of(uint32_t leg)
{
    return &centre.lines[slot_of(leg)];
}

/* ---- Signalling ---- */

void centre_hang_up(struct line *line)
{
    if (line->hung_up)
        return;
    line->hung_up = true;
    centre_happen((struct event){.kind = SIP_BYE, .sip.dialog = line->dialog}, 0);
    centre_may_happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 40);
}

static void dial(const struct command *command)
{
    struct line *line = line_of(command->leg);
    struct text uri = command->sip.uri;
    struct text whose = command->sip.user.size ? command->sip.user
                        : text_starts(uri, TEXT("sip:op")) ? text_part(uri, 4, uri.size)
                                                           : TEXT_EMPTY;

    *line = (struct line){.leg = command->leg,
                          .call = command->call,
                          .dialog = new_dialog(),
                          .person = whose.size ? centre_person_of(text_next(&whose, '@')) : -1};
    line->callee = line->person < 0;
    centre_happen((struct event){.kind = SIP_DIALED,
                                 .call = command->call,
                                 .leg = command->leg,
                                 .sip.dialog = line->dialog},
                  1);
    if (line->callee)
        centre_think(THOUGHT_ANSWER, command->leg, centre_chance(700), centre_between(2000, 20000));
    else
        centre_rung(line);
}

static void refuse(struct line *line, uint16_t status)
{
    line->hung_up = true;
    centre_happen((struct event){.kind = SIP_REFUSED, .sip = {.dialog = line->dialog, .status = status}},
                  0);
    centre_may_happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 1);
}

void centre_telephone(const struct happening *thought)
{
    struct line *line = line_of(thought->who);

    if (line->leg != thought->who || line->hung_up)
        return;
    if (thought->thought == THOUGHT_KEY) {
        struct event key = {.kind = MEDIA_KEY, .leg = line->leg};
        key.key.key = (char)thought->serial;
        if (thought->serial)
            centre_happen(key, 0);
        else
            centre_hang_up(line);
        return;
    }
    if (thought->serial == 0) {
        refuse(line, line->callee ? 480 : 486);
        return;
    }
    struct event answer = {.kind = SIP_ANSWERED};
    answer.sip.dialog = line->dialog;
    answer.sip.status = 200;
    answer.sip.sdp = text_of(sdp);
    centre_happen(answer, 0);
    if (line->callee)
        centre_think(THOUGHT_HANG_UP, line->leg, 0, centre_between(15000, 60000));
}

static void do_sip(const struct command *command)
{
    struct event event = {.kind = SIP_RELEASED, .sip.dialog = command->sip.dialog};
    struct line *line = line_of(command->leg);

    switch ((int)command->kind) {
    case SIP_ANSWER:
        *line = (struct line){.leg = command->leg,
                              .call = command->call,
                              .dialog = command->sip.dialog,
                              .person = -1};
        event.kind = SIP_ACKED;
        event.sip.sdp = text_of(sdp);
        centre_happen(event, centre_between(10, 100));
        break;
    case SIP_DIAL:
        dial(command);
        break;
    case SIP_REINVITE:
        event.kind = SIP_AGREED;
        event.sip.status = 200;
        event.sip.sdp = text_of(sdp);
        centre_happen(event, 30);
        break;
    case SIP_REFRESH:
        event.kind = SIP_REFRESHED;
        event.sip.status = 200;
        centre_happen(event, 30);
        break;
    case SIP_REPLY:
        event.kind = SIP_ACKED;
        centre_happen(event, 30);
        break;
    case SIP_HANG_UP:
        if (line->leg == command->leg)
            line->hung_up = true;
        centre_may_happen(event, 30);
        break;
    case SIP_REJECT:
        centre_happen(event, 30);
        break;
    default:
        break;
    }
}

/* ---- Sound ---- */

static void play_next(struct line *line)
{
    if (line->count > 0 && !line->paused && !line->loop)
        centre_think(THOUGHT_PLAYED, line->leg, ++line->serial,
                     centre.setup->theory ? 0 : centre_between(500, 4000));
}

static void played(struct line *line, bool finished)
{
    struct event event = {.kind = MEDIA_PLAYED, .leg = line->leg};

    event.played.utterance = line->played[0];
    event.played.heard_ms = event.played.total_ms = 1000;
    event.played.finished = finished;
    line->count--;
    memmove(line->played, line->played + 1, line->count * sizeof(line->played[0]));
    centre_happen(event, 0);
}

void centre_played(uint32_t leg, uint32_t serial)
{
    struct line *line = line_of(leg);

    if (line->leg != leg || line->serial != serial || line->count == 0)
        return;
    played(line, true);
    play_next(line);
}

static void flush(struct line *line)
{
    line->paused = line->loop = false;
    line->serial++;
    while (line->count > 0)
        played(line, false);
}

static void joined(struct line *near, struct line *far)
{
    near->joined = far->joined = true;
    if (far->person < 0 || centre.of_call[slot_of(near->call)] == 0) {
        centre_broken("somebody is joined with nobody");
        return;
    }
    if (centre.people[far->person].talks++ > 0)
        centre_broken("operator %d is in two calls", far->person);
    centre_joined(&centre.callers[centre.of_call[slot_of(near->call)] - 1]);
}

static void parted(struct line *line)
{
    if (line->joined && line->person >= 0)
        centre.people[line->person].talks--;
    line->joined = false;
}

static void do_media(const struct command *command)
{
    struct line *line = line_of(command->leg);

    switch ((int)command->kind) {
    case MEDIA_OPEN:
        if (line->leg != command->leg)
            *line = (struct line){.leg = command->leg, .call = command->call, .person = -1};
        break;
    case MEDIA_PLAY:
        if (line->count == CENTRE_PLAYED) {
            centre_broken("the playout queue grows without end");
            break;
        }
        line->loop = line->loop || command->play.loop;
        line->played[line->count] = command->play.utterance;
        if (line->count++ == 0)
            play_next(line);
        break;
    case MEDIA_PAUSE:
        line->paused = true;
        line->serial++;
        break;
    case MEDIA_RESUME:
        line->paused = false;
        play_next(line);
        break;
    case MEDIA_FLUSH:
        flush(line);
        break;
    case MEDIA_BRIDGE:
        joined(line, line_of(command->bridge.other));
        break;
    case MEDIA_UNBRIDGE:
        parted(line);
        parted(line_of(command->bridge.other));
        break;
    case MEDIA_CLOSE:
        flush(line);
        parted(line);
        centre_may_happen((struct event){.kind = MEDIA_CLOSED, .leg = command->leg}, 10);
        break;
    default:
        break;
    }
}

static void do_speech(const struct command *command)
{
    struct event event = {.kind = SPEECH_READY, .leg = command->leg};
    struct line *line = line_of(command->leg);

    if (command->kind == SPEECH_SAY) {
        centre_check_said(command);
        event.speech.utterance = command->say.utterance;
        event.speech.provider = command->say.provider;
        event.speech.clip = ++centre.clips;
        if (centre_chance(centre.setup->failing)) {
            event.kind = SPEECH_FAILED;
            event.speech.clip = 0;
        }
        if (line->person >= 0 && line->leg == command->leg && !line->joined)
            centre_think(THOUGHT_KEY, line->leg,
                         centre.setup->theory || centre_chance(930) ? '1'
                         : centre_chance(500)                       ? '2'
                         : centre_chance(500)                       ? 0
                                                                    : '9',
                         centre.setup->theory ? 0 : centre_between(2000, 7000));
        centre_may_happen(event, centre_between(0, 60));
    } else if (command->kind == SPEECH_STOP) {
        centre_may_happen((struct event){.kind = SPEECH_STOPPED, .leg = command->leg}, 20);
    } else if (command->kind == SPEECH_FINISH) {
        event.kind = SPEECH_FINAL;
        event.heard.turn = command->finish.turn;
        event.heard.text = TEXT("please call me");
        event.heard.confidence_permille = 900;
        centre_may_happen(event, 50);
    }
}

/* ---- All ---- */

static void place(const struct command *command)
{
    struct event event = {.kind = CALL_REQUESTED};

    event.request.token = 1;
    event.request.seed = random_next(&centre.random);
    event.request.number = centre_keep(command->place.number);
    event.request.trunk = centre_keep(command->place.trunk);
    event.request.agent = centre_keep(command->place.agent);
    event.request.from = centre_keep(command->place.from);
    event.request.key = centre_keep(command->place.key);
    event.request.callback = command->place.callback;
    centre_happen(event, 1);
    centre.placing_ms = centre.now_ms + 1;
}

/* True: the server is killed before this row; or else after it, with the others of its step. */
static bool dies(const struct command *command)
{
    bool promise = command->kind == STORE_TASK ||
                   (command->kind == STORE_CALL_ANSWERED &&
                    (!centre_caller(command) || centre_caller(command)->promise));

    if (centre.dead || !centre.armed || !promise || centre_chance(600))
        return centre.dead;
    centre.dead = true;
    return centre_chance(300);
}

void centre_carry_out(const struct command *command)
{
    uint32_t timer = slot_of(command->call) * TIMER_KINDS + command->timer.kind;

    switch (command_limb(command->kind)) {
    case LIMB_CORE:
        if (command->kind == TIMER_SET)
            wheel_set(centre.wheel, timer, command->timer.at_ms,
                      (uint64_t)command->call << 32 | command->timer.serial);
        else if (command->kind == TIMER_CANCEL)
            wheel_cancel(centre.wheel, timer);
        else if (command->kind == CALL_PLACE)
            place(command);
        break;
    case LIMB_SIP:
        do_sip(command);
        break;
    case LIMB_MEDIA:
        do_media(command);
        break;
    case LIMB_SPEECH:
        do_speech(command);
        break;
    case LIMB_MIND:
        break;
    case LIMB_STORE:
        if (!dies(command))
            centre_store(command);
        break;
    }
}
