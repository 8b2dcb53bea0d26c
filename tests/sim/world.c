// SPDX-License-Identifier: Apache-2.0
/* world.c - a heap of things to happen, and a small model of each limb. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/wheel.h"
#include "core/slots.h"
#include "example_models.h"
#include "vendors.h"

enum {
    UNEXPLAINED_MS = 2000,
    SLUGGISH_MS = 300000,
    PENDING = 1 << 16,
    CALLS = 128,
    SPARE = 32,
    UTTERANCES = 64,
    CLIPS = 1 << 14,
    DIALOG_SLOTS = 2 * MAX_CALLS
};

static const char sdp_offer[] =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
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
static const char *const intents[] = {"billing", "technical", "escalation",
                                      "hours",   "general",   "pay",
                                      "done",    "back",      "no such intent", "give"};

struct happening {
    uint64_t at_ms, order;
    struct event event;
    bool internal; /* A caller's next idea, not an event. */
};

/* One leg's limbs. */
struct line {
    uint32_t leg, dialog, call;
    bool open, hung_up, rejected, released, listening, paused, voiced, said_bye;
    uint32_t queue[UTTERANCES], clips[UTTERANCES];
    uint32_t queued,
        serial; /* serial: invalidates the end of a playout that was paused or flushed. */
    uint64_t playing_from_ms;
    uint32_t heard_ms, length_ms;
    const char *words;
    bool opened, closed, loop;
    uint32_t bridged; /* Leg; 0: none. */
    int32_t hearer;
    uint64_t owed_ms; /* Since then the agent owes the caller a sound; 0: it does not. */
};

static struct {
    struct random random;
    const struct world_faults *faults;
    struct world_figures *figures;
    uint64_t now_ms, order;
    struct happening *heap;
    uint32_t count;
    struct wheel *wheel;
    struct core *core;
    struct commands commands;
    struct line lines[2 * MAX_CALLS];
    uint8_t clips[CLIPS]; /* References the world is owed. */
    uint32_t next_clip, clips_out;
    uint32_t dialogs, open_accounts, invited;
    bool broken;
} w;

static bool chance(uint32_t permille)
{
    return random_below(&w.random, 1000) < permille;
}

static uint32_t between(uint32_t low, uint32_t high)
{
    return low + random_below(&w.random, high - low + 1);
}

static void broken(const char *format, ...) PRINTF_LIKE(1, 2);
static void broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "at %llu ms: ", (unsigned long long)w.now_ms);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    w.broken = true;
}

/* ---- The heap ---- */

static bool sooner(const struct happening *a, const struct happening *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void push(struct happening happening)
{
    uint32_t i = w.count++;

    if (w.count >= PENDING) {
        broken("too much is going to happen");
        w.count--;
        return;
    }
    happening.order = w.order++;
    for (; i > 0 && sooner(&happening, &w.heap[(i - 1) / 2]); i = (i - 1) / 2)
        w.heap[i] = w.heap[(i - 1) / 2];
    w.heap[i] = happening;
}

static struct happening pop(void)
{
    struct happening top = w.heap[0], last = w.heap[--w.count];
    uint32_t i = 0, child;

    while ((child = 2 * i + 1) < w.count) {
        if (child + 1 < w.count && sooner(&w.heap[child + 1], &w.heap[child]))
            child++;
        if (!sooner(&w.heap[child], &last))
            break;
        w.heap[i] = w.heap[child];
        i = child;
    }
    w.heap[i] = last;
    return top;
}

static void happen(struct event event, uint32_t delay_ms)
{
    if (chance(w.faults->late))
        delay_ms += between(0, 3000);
    event.at_ms = w.now_ms + delay_ms;
    push((struct happening){.at_ms = event.at_ms, .event = event});
}

/* Of events that a limb may lose. */
static void may_happen(struct event event, uint32_t delay_ms)
{
    if (!chance(w.faults->lost))
        happen(event, delay_ms);
}

static struct line *line_of(uint32_t leg)
{
    return &w.lines[slot_of(leg)];
}

/* ---- Callers ---- */

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
static void request(void)
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

static void invite(void)
{
    static char call_id[32];
    struct event event = {.kind = SIP_INVITE};

    w.invited++;
    event.invite.dialog = new_dialog();
    event.invite.seed = random_next(&w.random);
    event.invite.source = chance(10) ? TEXT("198.51.100.1:5060") : TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = TEXT("+14155550123");
    event.invite.to = chance(20) ? TEXT("999") : chance(100) ? TEXT("20")
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

static void have_idea(struct line *line)
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

/* ---- Limbs ---- */

static void expect_line(const struct command *command, struct line *line)
{
    if (line->leg != command->leg || !line->opened)
        broken("a command for a leg that has no media");
    if (line->closed)
        broken("sound after hang-up: %s", command_shapes[command->kind].name);
}

static void give_back(uint32_t clip)
{
    if (clip >= CLIPS || w.clips[clip] == 0)
        broken("clip %u was given back twice", clip);
    else
        w.clips[clip]--;
    w.clips_out--;
}

/* ---- What the caller hears, or does not ---- */

/* The turn is over: the agent is to be heard, or to explain itself. */
static void owe(struct line *line)
{
    if (line->owed_ms == 0 && !line->voiced && (line->queued == 0 || line->paused))
        line->owed_ms = w.now_ms;
}

static void paid(struct line *line)
{
    uint64_t ms = line->owed_ms ? w.now_ms - line->owed_ms : 0;

    line->owed_ms = 0;
    if (ms > w.figures->longest_silence_ms)
        w.figures->longest_silence_ms = ms;
    if (w.faults->models && w.faults->lost == 0 && ms > UNEXPLAINED_MS)
        broken("the caller of leg %u heard nothing for %llu ms", line->leg,
               (unsigned long long)ms);
}

static void play_next(struct line *line)
{
    if (line->queued == 0 || line->paused)
        return;
    paid(line);
    struct event audible = {.kind = MEDIA_AUDIBLE, .leg = line->leg};
    audible.played.utterance = line->queue[0];
    may_happen(audible, 20);
    line->playing_from_ms = w.now_ms;
    if (line->heard_ms == 0)
        line->length_ms = between(300, 5000);
    struct event over = {.kind = MEDIA_PLAYED, .leg = line->leg};
    over.played.utterance = line->queue[0];
    over.played.heard_ms = over.played.total_ms = line->length_ms;
    over.played.finished = true;
    if (line->loop)
        return; /* Music has no end. */
    over.call = ++line->serial; /* The world's own: see arrive(). */
    push((struct happening){.at_ms = w.now_ms + line->length_ms - line->heard_ms, .event = over});
}

static void dequeue(struct line *line)
{
    give_back(line->clips[0]);
    line->queued--;
    memmove(line->queue, line->queue + 1, line->queued * sizeof(line->queue[0]));
    memmove(line->clips, line->clips + 1, line->queued * sizeof(line->clips[0]));
    line->heard_ms = 0;
}

static void flush(struct line *line)
{
    if (line->queued > 0 && !line->paused)
        line->heard_ms += (uint32_t)(w.now_ms - line->playing_from_ms);
    line->paused = line->loop = false;
    line->serial++;
    while (line->queued > 0) {
        struct event event = {.kind = MEDIA_PLAYED, .leg = line->leg};
        event.played.utterance = line->queue[0];
        event.played.heard_ms = line->heard_ms;
        event.played.total_ms = line->length_ms;
        may_happen(event, between(0, 20));
        dequeue(line);
    }
}

static void do_media(const struct command *command)
{
    struct line *line = line_of(command->leg);

    if (command->kind == MEDIA_OPEN) {
        if (line->opened && !line->closed)
            broken("a leg was opened twice");
        uint32_t dialog = line->leg == command->leg ? line->dialog : 0;
        *line = (struct line){
            .leg = command->leg, .dialog = dialog, .open = true, .opened = true, .words = ""};
        return;
    }
    expect_line(command, line);
    if (command->kind == MEDIA_PLAY) {
        if (line->queued == UTTERANCES) {
            broken("the playout queue grows without end");
            return;
        }
        if (line->queued == 0)
            line->paused = false;
        line->loop = line->loop || command->play.loop;
        line->queue[line->queued] = command->play.utterance;
        line->clips[line->queued] = command->play.clip;
        if (line->queued++ == 0)
            play_next(line);
    } else if (command->kind == MEDIA_PAUSE && !line->paused) {
        if (line->queued > 0)
            line->heard_ms += (uint32_t)(w.now_ms - line->playing_from_ms);
        line->paused = true;
        line->serial++;
    } else if (command->kind == MEDIA_RESUME && line->paused) {
        line->paused = false;
        play_next(line);
    } else if (command->kind == MEDIA_FLUSH) {
        flush(line);
    } else if (command->kind == MEDIA_BRIDGE) {
        struct line *other = line_of(command->bridge.other);
        if (!other->opened || other->closed || other->leg != command->bridge.other || line->bridged)
            broken("a bridge to a leg that has no media");
        if (slot_of(command->leg) % 2 != slot_of(command->bridge.other) % 2)
            broken("a bridge over two threads");
        line->bridged = command->bridge.other;
        w.figures->bridges++;
    } else if (command->kind == MEDIA_CLOSE) {
        flush(line);
        line->open = false;
        line->closed = true;
        may_happen((struct event){.kind = MEDIA_CLOSED, .leg = command->leg}, between(1, 25));
    }
}

static uint32_t limb_delay(uint32_t low, uint32_t high)
{
    return chance(w.faults->slow) ? between(1000, 6000) : between(low, high);
}

static struct vendors vendors;

static void say(const struct command *command)
{
    struct event event = {.kind = SPEECH_READY, .leg = command->leg};
    uint32_t ready_ms = 0, dies_ms;

    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    if (command->say.provider >= 0) {
        ready_ms = vendors_say(&vendors, command, &dies_ms);
        if (ready_ms == 0)
            return;
    }
    if (chance(w.faults->failing)) {
        event.kind = SPEECH_FAILED;
        happen(event, 30);
        return;
    }
    if (chance(w.faults->lost))
        return;
    w.next_clip = w.next_clip % (CLIPS - 1) + 1;
    event.speech.clip = w.next_clip;
    w.clips[w.next_clip]++;
    w.clips_out++;
    happen(event, ready_ms ? ready_ms : limb_delay(0, 60));
}

static void do_speech(const struct command *command)
{
    struct line *line = line_of(command->leg);

    switch ((int)command->kind) {
    case SPEECH_LISTEN:
        line->listening = true;
        line->hearer = command->listen.provider;
        if (line->hearer >= 0)
            vendors_listen(&vendors, command);
        if (chance(w.faults->failing))
            happen((struct event){.kind = SPEECH_FAILED,
                                  .leg = command->leg,
                                  .speech.provider = command->listen.provider},
                   2000);
        break;
    case SPEECH_EXPECT:
        line->hearer = command->listen.provider;
        break;
    case SPEECH_STOP:
        may_happen((struct event){.kind = SPEECH_STOPPED, .leg = command->leg}, 20);
        break;
    case SPEECH_SAY:
        say(command);
        break;
    case SPEECH_FINISH: {
        struct event event = {.kind = SPEECH_FINAL, .leg = command->leg};
        uint32_t final_ms = line->hearer >= 0 ? vendors_final_ms(&vendors) : limb_delay(10, 150);
        owe(line);
        if (final_ms == 0)
            break; /* The next one hears the same words again. */
        event.heard.turn = command->finish.turn;
        event.heard.text = text_of(line->words ? line->words : "");
        event.heard.confidence_permille = (uint16_t)between(100, 1000);
        if (final_ms < 1000)
            line->words = "";
        may_happen(event, final_ms);
        break;
    }
    default:
        break;
    }
}

static void understand(const struct command *command)
{
    struct event event = {.kind = MIND_UNDERSTOOD, .call = command->call, .leg = command->leg};

    event.understood.turn = command->understand.turn;
    event.understood.intent = text_of(intents[random_below(&w.random, 10)]);
    event.understood.confidence_permille = (uint16_t)between(0, 1000);
    event.understood.sentiment = (enum sentiment)random_below(&w.random, 4);
    event.understood.entities = chance(300) ? TEXT("invoice=4512\nproduct=router\n") : TEXT_EMPTY;
    if (chance(w.faults->malformed)) {
        event.understood.confidence_permille = 60000;
        event.understood.entities = TEXT("=\n==\nno equals sign\n\n\n=x");
    }
    may_happen(event, limb_delay(1, 40));
}

/* A callee: rings or not, answers, refuses, or lets it ring. */
static void callee(const struct command *command)
{
    struct event event = {
        .kind = SIP_DIALED, .call = command->call, .leg = command->leg, .sip.dialog = new_dialog()};
    struct line *line = line_of(command->leg);
    uint32_t answer_ms = between(200, 40000), what = random_below(&w.random, 100);

    if (chance(w.faults->failing / 4)) { /* The signalling restarted before it had a dialog. */
        event.kind = SIP_REFUSED;
        event.sip = (struct event){.sip.status = 503}.sip;
        happen(event, 20);
        return;
    }
    if (!line->opened || line->closed)
        *line = (struct line){.leg = command->leg};
    line->leg = command->leg;
    line->dialog = event.sip.dialog;
    push((struct happening){.at_ms = w.now_ms + 1, .event = event});
    event.kind = SIP_PROGRESS;
    event.sip.status = chance(300) ? 183 : 180;
    event.sip.sdp = event.sip.status == 183 ? text_of(sdp_offer) : TEXT_EMPTY;
    if (chance(700))
        happen(event, between(50, 150));
    if (what < 15)
        return; /* It rings for ever: our CANCEL is answered. */
    event.kind = what < 70 ? SIP_ANSWERED : SIP_REFUSED;
    event.sip.status = what < 70   ? 200
                       : what < 80 ? 486
                       : what < 90 ? 503
                       : what < 95 ? 422
                                   : 404;
    event.sip.sdp = what < 68 ? text_of(sdp_offer) : what < 70 ? text_of(sdp_video) : TEXT_EMPTY;
    push((struct happening){.at_ms = w.now_ms + answer_ms, .event = event});
    if (event.kind == SIP_REFUSED)
        push((struct happening){
            .at_ms = w.now_ms + answer_ms,
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

static void do_sip(const struct command *command)
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
        event.sip.status = chance(100) ? 408 : 200;
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

static void do_store(const struct command *command)
{
    switch ((int)command->kind) {
    case STORE_CALL_OPENED:
        w.open_accounts++;
        w.figures->calls++;
        if (command->opened.key.size && chance(500)) {
            w.open_accounts--;
            w.figures->calls--;
            happen((struct event){.kind = STORE_KNOWN, .call = command->call}, 3);
            break;
        }
        if (command->call)
            may_happen(
                (struct event){.kind = chance(w.faults->failing) ? STORE_FAILED : STORE_OPENED,
                               .call = command->call,
                               .leg = command->leg},
                between(1, 6));
        break;
    case STORE_CALL_ANSWERED:
        w.figures->answered++;
        break;
    case STORE_TURN:
        w.figures->turns++;
        break;
    case STORE_TOOL:
        if (command->tool_account.state == TOOL_STATE_ASKED) {
            struct event event = {
                .kind = STORE_NOTED, .call = command->call, .leg = command->leg};
            event.noted.turn = command->tool_account.turn;
            event.noted.number = command->tool_account.number;
            may_happen(event, between(1, 6));
            w.figures->tools++;
        }
        break;
    case STORE_KEY:
        w.figures->keys++;
        break;
    case STORE_TRANSFER:
        w.figures->transfers += command->transfer.done;
        break;
    case STORE_HANDOVER:
        w.figures->handovers++;
        break;
    case STORE_LEDGER:
        w.figures->ledgers++;
        break;
    case STORE_SLO:
        if (command->slo.step == command->slo.was)
            broken("a step against lateness that is none");
        if (command->slo.step > command->slo.was)
            w.figures->slo_steps[command->slo.step]++;
        else
            w.figures->slo_back++;
        break;
    case STORE_CALL_CLOSED:
        if (w.open_accounts-- == 0)
            broken("an account was closed twice");
        w.figures->causes[command->closed.cause]++;
        w.figures->interruptions += command->closed.interruptions;
        w.figures->keys_only += command->closed.keys_only;
        break;
    default:
        break;
    }
}

static void carry_out(const struct command *command)
{
    uint32_t timer = slot_of(command->call) * TIMER_KINDS + command->timer.kind;

    switch (command_limb(command->kind)) {
    case LIMB_CORE:
        if (command->kind == TIMER_SET &&
            (command->timer.kind == TIMER_SILENCE || command->timer.kind == TIMER_TURN))
            line_of(command->leg)->owed_ms = 0; /* It is the caller's turn. */
        if (command->kind == TIMER_SET)
            wheel_set(w.wheel, timer, command->timer.at_ms,
                      (uint64_t)command->call << 32 | command->timer.serial);
        else if (command->kind == TIMER_CANCEL)
            wheel_cancel(w.wheel, timer);
        break;
    case LIMB_SIP:
        do_sip(command);
        break;
    case LIMB_MEDIA:
        do_media(command);
        break;
    case LIMB_SPEECH:
        if (command->kind == CLIP_DROP)
            give_back(command->clip.clip);
        else
            do_speech(command);
        break;
    case LIMB_MIND:
        if (command->kind == MIND_UNDERSTAND)
            understand(command);
        else
            vendors_mind(&vendors, command);
        w.figures->thoughts += command->kind == MIND_THINK;
        break;
    case LIMB_STORE:
        do_store(command);
        break;
    }
}

/* ---- Time ---- */

static void digest(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        w.figures->digest = (w.figures->digest ^ (uint8_t)t.data[i]) * 1099511628211u;
}

static void step(struct event *event)
{
    static char line[1 << 15];
    struct text_buffer buffer;

    event->now_ms = w.now_ms;
    event->wall_ms = 1800000000000 + w.now_ms;
    if (event->at_ms == 0)
        event->at_ms = w.now_ms;
    core_step(w.core, event, &w.commands);
    w.figures->steps++;
    w.figures->commands += w.commands.count;
    text_buffer_init(&buffer, line, sizeof(line));
    event_print(event, &buffer);
    for (uint32_t i = 0; i < w.commands.count; i++) {
        text_append(&buffer, TEXT("\n      "));
        command_print(&w.commands.items[i], &buffer);
        carry_out(&w.commands.items[i]);
    }
    if (getenv("SIM_TRACE")) /* To find out how a promise was broken. */
        fprintf(stderr, "%llu %.*s\n", (unsigned long long)w.now_ms, (int)buffer.size, line);
    digest(text_view(&buffer));
    text_buffer_init(&buffer, line, sizeof(line) - 1);
    if (!core_check(w.core, &buffer)) {
        line[buffer.size] = 0;
        broken("%s (after event %d)", line, (int)event->kind);
    }
}

static void arrive(struct happening *happening)
{
    struct event *event = &happening->event;
    struct line *line = line_of(event->leg);

    if (happening->internal) {
        if (line->leg == event->leg && line->dialog == event->sip.dialog)
            have_idea(line);
        return;
    }
    if (event->kind == MEDIA_VOICE && line->leg == event->leg) {
        line->voiced = event->voice.voiced;
        line->owed_ms = 0; /* The caller speaks. */
    }
    if (event->kind == MEDIA_KEY && line->leg == event->leg && line->owed_ms)
        line->owed_ms = w.now_ms; /* A turn of its own. */
    if (event->kind == MEDIA_PLAYED && event->played.finished) {
        if (line->leg != event->leg || event->call != line->serial || line->queued == 0)
            return; /* It was paused or flushed before its end. */
        event->call = 0;
        dequeue(line);
        play_next(line);
        if (chance(w.faults->lost))
            return;
    }
    bool ended = event->kind == MEDIA_PLAYED && line->leg == event->leg;
    step(event);
    for (uint32_t i = 0; ended && i < w.commands.count; i++)
        if (w.commands.items[i].kind == TIMER_SET &&
            w.commands.items[i].timer.kind == TIMER_FILLER)
            owe(line); /* It thinks on. */
}

/* The next thing to happen: a timer or an event, the earlier first. */
static bool advance(void)
{
    uint64_t timer_ms = wheel_next_ms(w.wheel);
    uint32_t number;
    uint64_t key;

    if (w.count == 0 && timer_ms == UINT64_MAX)
        return false;
    if (w.count > 0 && w.heap[0].at_ms <= timer_ms) {
        struct happening next = pop();
        w.now_ms = next.at_ms > w.now_ms ? next.at_ms : w.now_ms;
        arrive(&next);
        return true;
    }
    w.now_ms = timer_ms > w.now_ms ? timer_ms : w.now_ms;
    if (wheel_take(w.wheel, w.now_ms, &number, &key)) {
        struct event event = {.kind = TIMER_FIRED, .call = (uint32_t)(key >> 32)};
        event.timer.kind = (enum timer_kind)(number % TIMER_KINDS);
        event.timer.serial = (uint32_t)key;
        step(&event);
    }
    return true;
}

static void check_end(void)
{
    struct core_figures figures;

    core_figures(w.core, &figures);
    w.figures->most_calls = figures.calls_high;
    if (figures.spare_legs != 0)
        broken("%u second legs were never given back", figures.spare_legs);
    if (figures.calls != 0)
        broken("%u calls never ended", figures.calls);
    if (w.open_accounts != 0)
        broken("%u accounts were never closed", w.open_accounts);
    if (w.clips_out != 0)
        broken("%u clips were never given back", w.clips_out);
    for (uint32_t i = 0; i < 2 * MAX_CALLS; i++)
        if (w.lines[i].opened && !w.lines[i].closed)
            broken("a leg was never released");
}

/* With models: the technician stays as it is, so that hand-overs go between both kinds. */
static const struct plan *plan_for(const struct world_faults *faults)
{
    static struct plan_agent agents[3];
    static struct plan plan;

    if (!faults->models)
        return &example_plan;
    plan = example_plan;
    example_with_models(&plan, agents);
    agents[TECHNICAL] = example_agents[TECHNICAL];
    for (int i = DESK; i <= BILLING; i++) {
        agents[i].listen = (struct plan_chain){{EXAMPLE_EARS, EXAMPLE_EARS_TOO}, 2};
        agents[i].speak = (struct plan_chain){{EXAMPLE_VOICE, EXAMPLE_VOICE_TOO}, 2};
    }
    if (faults->sluggish)
        plan.slo = (struct plan_slo){.first_partial_ms = 2000,
                                     .round_trip_ms = 1500,
                                     .share_permille = 950,
                                     .burn_hundredths = 400,
                                     .act = SLO_REFUSE};
    return &plan;
}

bool world_run(uint64_t seed, uint32_t calls, const struct world_faults *faults,
               struct world_figures *out)
{
    memset(&w, 0, sizeof(w));
    *out = (struct world_figures){.digest = 14695981039346656037u};
    w.random.state = seed;
    w.faults = faults;
    w.figures = out;
    w.heap = calloc(PENDING, sizeof(*w.heap));
    w.wheel = wheel_init(calloc(1, wheel_size(CALLS * TIMER_KINDS)), CALLS * TIMER_KINDS);
    w.core = core_init(calloc(1, core_size(CALLS, SPARE)), CALLS, SPARE);
    w.now_ms = 1000;
    core_set_plan(w.core, 0, plan_for(faults));
    vendors = (struct vendors){.random = &w.random, .faults = faults->vendors, .happen = happen};
    struct event loaded = {.kind = PLAN_LOADED, .plan.slot = 0, .plan.serial = 1};
    step(&loaded);
    uint64_t next_call_ms = w.now_ms;
    while (!w.broken) {
        vendors.sluggish = faults->sluggish && w.now_ms < SLUGGISH_MS;
        uint64_t next_ms = w.count ? w.heap[0].at_ms : UINT64_MAX;
        if (w.invited < calls && next_call_ms <= next_ms &&
            next_call_ms <= wheel_next_ms(w.wheel)) {
            w.now_ms = next_call_ms > w.now_ms ? next_call_ms : w.now_ms;
            next_call_ms += between(10, 900);
            if (chance(200))
                request();
            else
                invite();
        } else if (!advance()) {
            break;
        }
    }
    if (!w.broken)
        check_end();
    free(w.heap);
    free(w.wheel);
    free(w.core);
    return !w.broken;
}
