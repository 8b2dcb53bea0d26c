// SPDX-License-Identifier: Apache-2.0
/* callers.c - people who call and are called: they speak, press keys, hang up, hold, refer; and
 * their telephones, which answer our signalling. */
#include "inside.h"

const char sdp_offer[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
                         "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
static const char sdp_video[] =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";
static const char *const said[] = {"i have a question about my invoice",
                                   "my internet is broken",
                                   "",
                                   "mm-hm",
                                   "goodbye",
                                   "repeat that",
                                   "start over",
                                   "yes",
                                   "no",
                                   "i want to talk to a person",
                                   "when are you open",
                                   "and",
                                   "stop"};

static void idea(const struct line *line, uint32_t delay_ms)
{
    push((struct happening){.at_ms = w.now_ms + delay_ms,
                            .internal = true,
                            .event = {.leg = line->leg, .sip.dialog = line->dialog}});
}

static uint32_t new_dialog(void)
{
    w.dialogs++;
    return (1 + w.dialogs / DIALOG_SLOTS) << 16 | w.dialogs % DIALOG_SLOTS;
}

/* Somebody wants us to call. */
void request(void)
{
    struct event event = {.kind = CALL_REQUESTED};

    w.invited++;
    event.request.token = w.invited;
    event.request.seed = random_next(&w.random);
    event.request.number = TEXT("+14155550199");
    event.request.trunk = chance(500) ? TEXT("carrier") : chance(20) ? TEXT("none") : TEXT_EMPTY;
    event.request.key = chance(200) ? TEXT("key") : TEXT_EMPTY;
    happen(event, 0);
}

void invite(void)
{
    static char call_id[32];
    struct event event = {.kind = SIP_INVITE};

    w.invited++;
    event.invite.dialog = new_dialog();
    event.invite.seed = random_next(&w.random);
    event.invite.source = chance(10) ? TEXT("198.51.100.1:5060") : TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = TEXT("+14155550123");
    event.invite.to = chance(20)    ? TEXT("999")
                      : chance(100) ? TEXT("20")
                      : chance(150) ? TEXT("300")
                                    : TEXT("100");
    event.invite.sip_call_id = text_of(call_id);
    event.invite.sdp = chance(50)   ? TEXT_EMPTY
                       : chance(20) ? text_of(sdp_video)
                                    : text_of(sdp_offer);
    event.invite.reliable_required = chance(50);
    event.invite.timer_supported = chance(500);
    event.invite.session_expires_s = chance(200) ? between(10, 1800) : 0;
    happen(event, 0);
    if (chance(20))
        happen((struct event){.kind = SIP_CANCELLED, .sip.dialog = event.invite.dialog},
               between(0, 300));
}

void invite_by(struct text user, struct text to)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = new_dialog();
    event.invite.seed = random_next(&w.random);
    event.invite.source = TEXT("198.51.100.4:1024");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.user = event.invite.from = user;
    event.invite.to = to;
    event.invite.sdp = chance(50) ? TEXT_EMPTY : text_of(sdp_offer);
    happen(event, 0);
}

static void voice(struct line *line, bool on, uint32_t delay_ms)
{
    struct event event = {.kind = MEDIA_VOICE, .leg = line->leg};

    event.voice.voiced = on;
    event.voice.echo = line->leg & 1;
    event.voice.edge_ms = w.now_ms + (delay_ms > 60 ? delay_ms - 60 : 0);
    may_happen(event, delay_ms);
}

static void talk(struct line *line)
{
    uint32_t length_ms = between(60, 4000);

    line->words = said[random_below(&w.random, sizeof(said) / sizeof(said[0]))];
    voice(line, true, 60);
    voice(line, false, 60 + length_ms);
    if (chance(500)) {
        struct event event = {.kind = SPEECH_VERDICT, .leg = line->leg};
        event.verdict.speech = line->words[0] != 0;
        may_happen(event, between(100, 300));
    }
    if (line->listening && line->words[0] && length_ms > 350) {
        struct event event = {.kind = SPEECH_PARTIAL, .leg = line->leg};
        event.heard.text = text_of(line->words);
        event.heard.confidence_permille = 700;
        event.heard.speech_from_ms = w.now_ms;
        may_happen(event, 420);
    }
}

static void press(struct line *line)
{
    struct event event = {.kind = MEDIA_KEY, .leg = line->leg};

    event.key.key = "0123456789*#"[random_below(&w.random, 12)];
    event.key.source = chance(500) ? KEY_RTP : KEY_INBAND;
    happen(event, 20);
    if (chance(200)) { /* The same press, heard twice. */
        struct event again = {
            .kind = SIP_KEY, .sip_key.dialog = line->dialog, .sip_key.key = event.key.key};
        happen(again, 50);
    }
}

static void hang_up(struct line *line)
{
    line->said_bye = true;
    happen((struct event){.kind = SIP_BYE, .sip.dialog = line->dialog}, 0);
    happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 40);
}

/* Another telephone takes the call over. */
static void replace(const struct line *line)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = new_dialog();
    event.invite.replaces = line->dialog;
    event.invite.seed = random_next(&w.random);
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = TEXT("+14155550155");
    event.invite.to = TEXT("100");
    event.invite.sdp = chance(100) ? text_of(sdp_video) : text_of(sdp_offer);
    happen(event, 5);
}

void have_idea(struct line *line)
{
    uint32_t what = random_below(&w.random, 100);

    if (!line->open || line->hung_up || line->said_bye)
        return;
    if (what < 45)
        talk(line);
    else if (what < 60)
        press(line);
    else if (what < 70)
        hang_up(line);
    else if (what < 75)
        happen((struct event){.kind = SIP_REINVITED,
                              .reinvite = {.dialog = line->dialog, .sdp = text_of(sdp_offer)}},
               5);
    else if (what < 78)
        happen((struct event){.kind = SIP_REFERRED,
                              .refer = {.dialog = line->dialog,
                                        .request = 9,
                                        .target = TEXT("sip:4712@192.0.2.7"),
                                        .quiet = chance(200)}},
               5);
    else if (what < 80)
        replace(line);
    else if (what < 82)
        may_happen((struct event){.kind = MEDIA_SILENT,
                                  .leg = line->leg,
                                  .silent = {.silent = true, .for_ms = 10000}},
                   0);
    else if (what < 83)
        may_happen((struct event){.kind = MEDIA_LATE, .late.permille = 200}, 0);
    else if (what < 84)
        may_happen((struct event){.kind = SIP_AWAY,
                                  .away = {.why = AWAY_BEHIND,
                                           .count = between(1, 5000),
                                           .seed = between(1, 1000000),
                                           .source = TEXT("192.0.2.7:5060")}},
                   0);
    idea(line, between(500, 9000));
}

/* A callee: rings or not, answers, refuses, or lets it ring. */
static void callee(const struct command *command)
{
    struct event event = {
        .kind = SIP_DIALED, .call = command->call, .leg = command->leg, .sip.dialog = new_dialog()};
    struct line *line = line_of(command->leg);
    uint32_t answer_ms = between(200, 40000), what = random_below(&w.random, 100), staff_ms;

    if (chance(w.faults->failing / 4)) { /* The signalling restarted before it had a dialog. */
        event.kind = SIP_REFUSED;
        event.sip = (struct event){.sip.status = 503}.sip;
        happen(event, 20);
        return;
    }
    if (!line->opened || line->closed)
        *line = (struct line){.leg = command->leg};
    line->leg = command->leg;
    line->call = command->call;
    line->dialog = event.sip.dialog;
    line->staff = staff_is(command);
    line->briefed = line->said_bye = line->dead = false;
    if (line->staff && (staff_ms = staff_answers(command)) != 0) {
        answer_ms = staff_ms;
        what = between(0, 99) < 95 ? 50 : 69;
    }
    push((struct happening){.at_ms = w.now_ms + 1, .event = event});
    event.kind = SIP_PROGRESS;
    event.sip.status = chance(300) ? 183 : 180;
    event.sip.sdp = event.sip.status == 183 ? text_of(sdp_offer) : TEXT_EMPTY;
    if (chance(700))
        happen(event, between(50, 150));
    if (what < 15)
        return; /* It rings for ever: our CANCEL is answered. */
    event.kind = what < 70 ? SIP_ANSWERED : SIP_REFUSED;
    event.sip.status = what < 70 ? 200 : what < 80 ? 486 : what < 90 ? 503 : what < 95 ? 422 : 404;
    event.sip.sdp = what < 68 ? text_of(sdp_offer) : what < 70 ? text_of(sdp_video) : TEXT_EMPTY;
    push((struct happening){.at_ms = w.now_ms + answer_ms, .event = event});
    if (event.kind == SIP_REFUSED)
        push((struct happening){.at_ms = w.now_ms + answer_ms,
                                .event = {.kind = SIP_RELEASED, .sip.dialog = event.sip.dialog}});
    else
        push((struct happening){.at_ms = w.now_ms + answer_ms + between(300, 3000),
                                .internal = true,
                                .event = {.leg = command->leg, .sip.dialog = event.sip.dialog}});
}

static void referee(const struct command *command)
{
    struct event event = {
        .kind = SIP_REFER_ANSWERED, .leg = command->leg, .sip.dialog = command->sip.dialog};
    uint32_t what = random_below(&w.random, 100);

    event.sip.status = what < 60 ? 202 : what < 80 ? 405 : 603;
    event.sip.final = what < 5;
    may_happen(event, 40);
    if (what >= 60)
        return;
    event.kind = SIP_NOTIFIED;
    event.sip.status = 100;
    event.sip.final = false;
    happen(event, 60);
    event.sip.status = what < 35 ? 200 : 486;
    event.sip.final = true;
    may_happen(event, between(500, 9000));
}

void do_sip(const struct command *command)
{
    uint32_t dialog = command->sip.dialog;
    struct event event = {.kind = SIP_RELEASED, .sip.dialog = dialog};

    switch ((int)command->kind) {
    case SIP_RING:
        event.kind = SIP_PRACKED;
        happen(event, 50);
        break;
    case SIP_ANSWER: {
        struct line *line = line_of(command->leg);
        line->leg = command->leg;
        line->dialog = dialog;
        if (chance(w.faults->failing)) {
            event.kind = SIP_FAILED;
            happen(event, 32000);
            event.kind = SIP_RELEASED;
            happen(event, 32001);
            break;
        }
        event.kind = SIP_ACKED;
        event.sip.sdp = text_of(sdp_offer);
        happen(event, between(10, 200));
        push((struct happening){.at_ms = w.now_ms + between(300, 3000),
                                .internal = true,
                                .event = {.leg = command->leg, .sip.dialog = dialog}});
        break;
    }
    case SIP_DIAL:
        w.figures->dials++;
        callee(command);
        break;
    case SIP_REFER:
        referee(command);
        break;
    case SIP_REINVITE:
        event.kind = SIP_AGREED;
        event.sip.status = chance(300) ? 491 : 200;
        event.sip.sdp = text_of(sdp_offer);
        may_happen(event, 40);
        break;
    case SIP_REPLY:
        event.kind = SIP_ACKED;
        happen(event, 30);
        break;
    case SIP_REFRESH:
        event.kind = SIP_REFRESHED;
        event.sip.status = chance(100) || line_of(command->leg)->dead ? 408 : 200;
        may_happen(event, 60);
        break;
    case SIP_REJECT:
    case SIP_HANG_UP:
        may_happen(event, chance(50) ? 32000 : between(10, 100));
        break;
    default:
        break;
    }
}
