// SPDX-License-Identifier: Apache-2.0
/* caller.c - one leg on the limbs; events are taken by whoever waits. */
#include "app/caller.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clip.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "base/ring.h"
#include "core/codec.h"
#include "core/command.h"
#include "core/event.h"
#include "media/media.h"
#include "sip/sip.h"
#include "speech/speech.h"
#include "wire/sdp.h"

enum {
    LEG = 1 << 16,      /* Slot 0, generation 1. */
    FIRST_PORT = 15000, /* Below every kernel's ephemeral range, beside the server's default. */
    FIRST_SIP_PORT = 15900,
    PORTS_TRIED = 100,
    CLIPS = 64,
    EVENTS_BYTES = 1 << 20,
    EVENT_TYPE = 101,
    KEY_MS = 160, /* One key and the pause after it. */
    ANSWER_MS = 20000,
    RELEASE_MS = 1000,
    SPEECH_GAP_MS = 400 /* A pause within a sentence is not the end of speaking. */
};

struct caller {
    struct caller_options options;
    struct mailbox *events;
    struct ring_pool *rings;
    struct clip_table *clips;
    struct media *media;
    struct sip *sip;
    uint16_t rtp_port, sip_port;
    uint32_t dialog, utterance, played;
    uint32_t murmur;  /* A clip; 0: none. */
    enum codec codec; /* Agreed. */
    enum caller_state state;
    char end[256];
    uint64_t began_ms, acted_ms;
    bool voiced;                 /* The other side speaks now. */
    uint64_t voice_ms, quiet_ms; /* Since when; until when. */
    uint64_t speaking_ms;        /* When the present stretch of speech began. */
};

static void send_media(struct caller *caller, struct command command)
{
    command.leg = LEG;
    while (command_post(media_mailbox(caller->media, LEG), &command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static void send_sip(struct caller *caller, struct command command)
{
    command.call = 1;
    command.sip.dialog = caller->dialog;
    while (command_post(sip_mailbox(caller->sip), &command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static void ended(struct caller *caller, const char *how, struct text reason)
{
    if (caller->state == CALLER_ENDED)
        return;
    caller->state = CALLER_ENDED;
    snprintf(caller->end, sizeof(caller->end), text_empty(reason) ? "%s" : "%s: " TEXT_FORMAT, how,
             TEXT_ARGS(reason));
}

/* The first codec of the answer that we know, and keys of its clock. */
static bool choose_format(struct caller *caller, const struct sdp_media *media,
                          struct command *open)
{
    const struct sdp_format *chosen = NULL;
    uint64_t fec;

    for (uint8_t i = 0; i < media->format_count && !chosen; i++) {
        if (codec_read(&media->formats[i], &caller->codec))
            chosen = &media->formats[i];
    }
    for (uint8_t i = 0; chosen && i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        if (text_equal_nocase(format->encoding, TEXT("telephone-event")) &&
            (open->media.event_type == 0 || format->clock_rate == chosen->clock_rate)) {
            open->media.event_type = format->payload_type;
            open->media.event_rate = format->clock_rate;
        }
    }
    if (!chosen)
        return false;
    open->media.codec = caller->codec;
    open->media.payload_type = chosen->payload_type;
    open->media.fec = sdp_parameter(chosen->fmtp, TEXT("useinbandfec"), &fec) && fec == 1;
    return true;
}

/* The answer says where our sound goes. */
static bool open_media_leg(struct caller *caller, struct text body)
{
    struct command open = {.kind = MEDIA_OPEN};
    char remote[128];
    struct sdp sdp;

    if (!sdp_read(body, &sdp) || sdp.media_count == 0 || sdp.media[0].port == 0)
        return false;
    snprintf(remote, sizeof(remote), TEXT_FORMAT ":%u", TEXT_ARGS(sdp.media[0].address),
             sdp.media[0].port);
    open.media.remote = text_of(remote);
    if (!choose_format(caller, &sdp.media[0], &open))
        return false;
    open.media.seed = clock_ns();
    open.media.name = TEXT("caller");
    send_media(caller, open);
    return true;
}

static void take_answered(struct caller *caller, const struct event *event)
{
    if (caller->state != CALLER_CALLING)
        return;
    caller->state = CALLER_UP;
    if (!open_media_leg(caller, event->sip.sdp)) {
        caller_hang_up(caller);
        ended(caller, "the answer has no sound we understand", TEXT_EMPTY);
    }
}

static void take_reinvited(struct caller *caller, const struct event *event)
{
    struct command reply = {.kind = SIP_REPLY,
                            .sip = {.request = event->reinvite.request,
                                    .status = text_empty(event->reinvite.sdp) ? 200 : 488}};

    send_sip(caller, reply);
}

/* A reference is not followed: the call is with whom was dialled. Who refused stays on it, and who
 * asked carries the call on to the other one itself, or tells that it cannot. */
static void take_referred(struct caller *caller, const struct event *event)
{
    struct command reply = {.kind = SIP_REPLY,
                            .sip = {.request = event->refer.request, .status = 603}};

    send_sip(caller, reply);
    printf("the other side asked us to call " TEXT_FORMAT " instead: refused (603), the call goes "
           "on as it is\n",
           TEXT_ARGS(event->refer.target));
    fflush(stdout);
}

static void take_voice(struct caller *caller, const struct event *event)
{
    caller->voiced = event->voice.voiced;
    if (!event->voice.voiced) {
        caller->quiet_ms = event->voice.edge_ms;
        return;
    }
    if (event->voice.edge_ms > caller->quiet_ms + SPEECH_GAP_MS)
        caller->speaking_ms = event->voice.edge_ms;
    caller->voice_ms = event->at_ms;
}

static void take_event(struct caller *caller, const struct event *event)
{
    switch ((int)event->kind) {
    case SIP_DIALED:
        caller->dialog = event->sip.dialog;
        break;
    case SIP_ANSWERED:
        take_answered(caller, event);
        break;
    case SIP_REINVITED:
        take_reinvited(caller, event);
        break;
    case SIP_REFERRED:
        take_referred(caller, event);
        break;
    case SIP_REFUSED:
        snprintf(caller->end, sizeof(caller->end), "%u " TEXT_FORMAT, event->sip.status,
                 TEXT_ARGS(event->sip.reason));
        caller->state = CALLER_ENDED;
        break;
    case SIP_BYE:
        ended(caller, "the other side hung up", event->sip.reason);
        break;
    case SIP_FAILED:
        ended(caller, "the connection failed", event->sip.reason);
        break;
    case SIP_RELEASED:
        ended(caller, "the call is gone", TEXT_EMPTY);
        caller->dialog = 0;
        break;
    case MEDIA_VOICE:
        take_voice(caller, event);
        break;
    case MEDIA_PLAYED:
        caller->played = event->played.utterance;
        break;
    default:
        break;
    }
}

static void take_events(struct caller *caller, int wait_ms)
{
    uint8_t bytes[MAX_PACKED];
    struct event event;
    size_t size;

    mailbox_wait(caller->events, wait_ms);
    while ((size = mailbox_take(caller->events, bytes, sizeof(bytes))) > 0) {
        if (event_unpack(bytes, size, &event))
            take_event(caller, &event);
    }
}

static int try_media(struct caller *caller, char *why, uint32_t why_size)
{
    struct media_options options = {.address = caller->options.address,
                                    .legs = 1,
                                    .threads = 1,
                                    .reflect_ms = caller->options.echo_ms,
                                    .reflect_gain = caller->options.echo_gain,
                                    .rings = caller->rings,
                                    .clips = caller->clips};
    int error = -EADDRINUSE;

    for (int i = 0; i < PORTS_TRIED && error == -EADDRINUSE; i++) {
        options.first_port = (uint16_t)(FIRST_PORT + 2 * i);
        error = media_open(&caller->media, &options, caller->events, why, why_size);
        caller->rtp_port = options.first_port;
    }
    return error;
}

static int try_sip(struct caller *caller, char *why, uint32_t why_size)
{
    static char program[PATH_MAX];
    char listener[128];
    ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
    struct sip_options options = {.listeners = {listener},
                                  .listener_count = 1,
                                  .program = program,
                                  .user_agent = "offhook-call/" OFFHOOK_VERSION,
                                  .max_dialogs = 4,
                                  .retry_after_s = 5};
    int error = size < 0 ? -errno : -EADDRINUSE;

    for (int i = 0; i < PORTS_TRIED && error == -EADDRINUSE; i++) {
        caller->sip_port = (uint16_t)(FIRST_SIP_PORT + i);
        snprintf(listener, sizeof(listener), "%s:%s:%u", caller->options.tcp ? "tcp" : "udp",
                 caller->options.address, caller->sip_port);
        error = sip_open(&caller->sip, &options, caller->events, why, why_size);
    }
    return error;
}

int caller_open(struct caller **out, const struct caller_options *options, char *why,
                uint32_t why_size)
{
    struct caller *caller = calloc(1, sizeof(*caller));
    int error;

    if (!caller)
        return -ENOMEM;
    caller->options = *options;
    error = mailbox_open(&caller->events, "caller", EVENTS_BYTES);
    if (!error)
        error = ring_pool_open(&caller->rings, 1, 1);
    if (!error)
        error = clip_table_open(&caller->clips, CLIPS);
    if (!error)
        error = try_media(caller, why, why_size);
    if (!error)
        error = try_sip(caller, why, why_size);
    if (error)
        caller_close(caller);
    else
        *out = caller;
    return error;
}

void caller_close(struct caller *caller)
{
    if (caller->sip)
        sip_close(caller->sip);
    if (caller->media)
        media_close(caller->media);
    if (caller->clips)
        clip_table_close(caller->clips);
    if (caller->rings)
        ring_pool_close(caller->rings);
    if (caller->events)
        mailbox_close(caller->events);
    free(caller);
}

/* Since the call was dialled. */
static uint64_t dialled_ms(const struct caller *caller)
{
    return clock_ms() - caller->began_ms;
}

static void add_formats(const struct caller_options *options, struct sdp_local *local)
{
    bool opus = options->any_codec || options->codec == CODEC_OPUS;

    for (enum codec codec = 0; codec < CODEC_KINDS; codec++) {
        const struct codec_form *form = &codec_forms[codec];
        if (options->any_codec || options->codec == codec)
            sdp_add_format(local, form->payload_type, form->encoding, form->clock_rate,
                           form->channels, form->fmtp);
    }
    if (options->any_codec || options->codec != CODEC_OPUS)
        sdp_add_format(local, EVENT_TYPE, "telephone-event", SAMPLE_RATE, 1, "0-15");
    if (opus)
        sdp_add_format(local, EVENT_TYPE + 1, "telephone-event", 6 * SAMPLE_RATE, 1, "0-15");
}

bool caller_dial(struct caller *caller, const char *uri, char *why, uint32_t why_size)
{
    char body[MAX_SDP], from[256];
    struct text_buffer sdp;
    struct sdp_local local = {.address = text_of(caller->options.address),
                              .port = caller->rtp_port,
                              .session_id = clock_wall_ms(),
                              .version = 1,
                              .direction = SDP_SENDRECV};
    struct command dial = {.kind = SIP_DIAL};

    text_buffer_init(&sdp, body, sizeof(body));
    add_formats(&caller->options, &local);
    sdp_write_offer(&local, &sdp);
    snprintf(from, sizeof(from), "sip:%s@%s:%u", caller->options.from, caller->options.address,
             caller->sip_port);
    dial.sip.uri = text_of(uri);
    dial.sip.from = text_of(from);
    dial.sip.sdp = text_view(&sdp);
    caller->state = CALLER_CALLING;
    caller->began_ms = caller->acted_ms = clock_ms();
    send_sip(caller, dial);
    while (caller->state == CALLER_CALLING && dialled_ms(caller) < ANSWER_MS)
        take_events(caller, 100);
    if (caller->state == CALLER_UP)
        return true;
    snprintf(why, why_size, "%s",
             caller->state == CALLER_ENDED ? caller->end : "no answer in 20 s");
    return false;
}

void caller_hang_up(struct caller *caller)
{
    uint64_t until_ms = clock_ms() + RELEASE_MS;

    if (caller->state == CALLER_IDLE)
        return;
    send_sip(caller, (struct command){.kind = SIP_HANG_UP});
    if (caller->state == CALLER_UP)
        send_media(caller, (struct command){.kind = MEDIA_CLOSE});
    ended(caller, "we hung up", TEXT_EMPTY);
    while (caller->dialog && clock_ms() < until_ms)
        take_events(caller, 50);
}

enum caller_state caller_state(const struct caller *caller)
{
    return caller->state;
}

const char *caller_end(const struct caller *caller)
{
    return caller->end;
}

bool caller_wait(struct caller *caller, uint64_t ms)
{
    uint64_t until_ms = clock_ms() + ms, now_ms;

    while (caller->state == CALLER_UP && (now_ms = clock_ms()) < until_ms)
        take_events(caller, until_ms - now_ms < 20 ? (int)(until_ms - now_ms) : 20);
    return caller->state == CALLER_UP;
}

bool caller_wait_agent(struct caller *caller, uint64_t pause_ms, uint64_t longest_ms)
{
    uint64_t until_ms = clock_ms() + longest_ms;

    while (caller->state == CALLER_UP && clock_ms() < until_ms) {
        take_events(caller, 20);
        if (!caller->voiced && caller->quiet_ms > caller->acted_ms &&
            clock_ms() >= caller->quiet_ms + pause_ms)
            return true;
    }
    return false;
}

bool caller_wait_speaking(struct caller *caller, uint64_t for_ms, uint64_t longest_ms)
{
    uint64_t until_ms = clock_ms() + longest_ms;

    while (caller->state == CALLER_UP && clock_ms() < until_ms) {
        take_events(caller, 20);
        if (caller->voiced && caller->voice_ms > caller->acted_ms &&
            clock_ms() >= caller->speaking_ms + for_ms)
            return true;
    }
    return false;
}

void caller_attend(struct caller *caller)
{
    caller->acted_ms = clock_ms();
}

uint64_t caller_stillness_ms(const struct caller *caller)
{
    uint64_t since_ms = caller->quiet_ms > caller->acted_ms ? caller->quiet_ms : caller->acted_ms;
    uint64_t now_ms = clock_ms();

    return caller->voiced || now_ms < since_ms ? 0 : now_ms - since_ms;
}

static void play_clip(struct caller *caller, uint32_t clip, bool loop)
{
    struct command play = {.kind = MEDIA_PLAY};

    clip_hold(caller->clips, clip); /* MEDIA_PLAY takes one over; ours is kept. */
    play.play.utterance = ++caller->utterance;
    play.play.clip = clip;
    play.play.loop = loop;
    send_media(caller, play);
}

/* Takes over the clip. */
static bool say_clip(struct caller *caller, uint32_t clip)
{
    uint32_t utterance;

    if (caller->murmur)
        send_media(caller, (struct command){.kind = MEDIA_FLUSH});
    play_clip(caller, clip, false);
    utterance = caller->utterance;
    if (caller->murmur)
        play_clip(caller, caller->murmur, true);
    while (caller->state == CALLER_UP && caller->played != utterance)
        take_events(caller, 20);
    clip_drop(caller->clips, clip);
    clip_reap(caller->clips);
    caller->acted_ms = clock_ms();
    return caller->state == CALLER_UP;
}

bool caller_say(struct caller *caller, struct text words)
{
    uint32_t clip;

    return speech_speak(caller->clips, text_of(caller->options.voice), codec_is_wide(caller->codec),
                        words, &clip) == 0 &&
           say_clip(caller, clip);
}

static uint32_t clip_of(struct caller *caller, const int16_t *samples, uint32_t count)
{
    uint32_t clip = clip_new(caller->clips, count);

    if (clip) {
        clip_append(caller->clips, clip, samples, count);
        clip_finish(caller->clips, clip);
    }
    return clip;
}

bool caller_play(struct caller *caller, const int16_t *samples, uint32_t count)
{
    uint32_t clip = clip_of(caller, samples, count);

    return clip && say_clip(caller, clip);
}

bool caller_murmur(struct caller *caller, const int16_t *samples, uint32_t count)
{
    if (caller->murmur) {
        send_media(caller, (struct command){.kind = MEDIA_FLUSH});
        clip_drop(caller->clips, caller->murmur);
    }
    caller->murmur = count ? clip_of(caller, samples, count) : 0;
    if (caller->murmur)
        play_clip(caller, caller->murmur, true);
    return caller->murmur || count == 0;
}

bool caller_press(struct caller *caller, struct text keys)
{
    struct command press = {.kind = MEDIA_SEND_KEYS, .keys = {.keys = keys}};

    send_media(caller, press);
    caller->acted_ms = clock_ms();
    return caller_wait(caller, (uint64_t)keys.size * KEY_MS);
}
