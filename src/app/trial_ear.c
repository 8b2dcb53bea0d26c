// SPDX-License-Identifier: Apache-2.0
/* trial_ear.c - the limb's door and a ring, as the core and media use them. */
#include "app/trial_ear.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clip.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "core/command.h"
#include "core/event.h"
#include "net/net.h"
#include "net/socket.h"
#include "speech/speech.h"
#include "vendor/realtime.h"

enum {
    LEG = 1,
    RING = 1,
    EPOCH = 1,
    CLIPS = 64,
    RINGS = 4,
    MAIL_BYTES = 1 << 18,
    LIMIT_MS = 30000,
    AFTER_MS = 300 /* Of silence, before the turn is over: as manners have it. */
};

struct ear {
    struct net *net;
    struct clip_table *clips;
    struct ring_pool *rings;
    struct mailbox *events, *answers;
    uint32_t session; /* Of one that converses. */
    struct speech *speech;
    struct plan plan; /* Without agents: nothing is to be spoken ahead, or to be modelled. */
    char cache[sizeof("/tmp/offhook-trial-XXXXXX")];
};

static int open_ear(struct ear *ear, const struct plan *plan, const char *ca_file, char *why,
                    uint32_t why_size)
{
    struct net_options options = {.ca_file = ca_file};
    int result;

    *ear = (struct ear){.plan = *plan, .cache = "/tmp/offhook-trial-XXXXXX"};
    ear->plan.agent_count = 0;
    result = mkdtemp(ear->cache) ? net_open(&ear->net, &options, why, why_size) : -errno;
    if (result == 0)
        result = clip_table_open(&ear->clips, CLIPS);
    if (result == 0)
        result = ring_pool_open(&ear->rings, RINGS, RINGS);
    if (result == 0)
        result = mailbox_open(&ear->events, "trial ear", MAIL_BYTES);
    if (result == 0)
        result = mailbox_open(&ear->answers, "trial answers", MAIL_BYTES);
    struct speech_options speech = {.places = 1,
                                    .workers = 1,
                                    .cache_dir = ear->cache,
                                    .rings = ear->rings,
                                    .clips = ear->clips,
                                    .net = ear->net,
                                    .answers = ear->answers};
    if (result == 0)
        result = speech_open(&ear->speech, &speech, ear->events, why, why_size);
    if (result == 0)
        result = speech_prepare(ear->speech, 0, &ear->plan, why, why_size);
    return result;
}

static void close_ear(struct ear *ear)
{
    if (ear->speech)
        speech_close(ear->speech);
    net_close(ear->net);
    if (ear->events)
        mailbox_close(ear->events);
    if (ear->answers)
        mailbox_close(ear->answers);
    if (ear->rings)
        ring_pool_close(ear->rings);
    if (ear->clips)
        clip_table_close(ear->clips);
    rmdir(ear->cache);
}

static void order(struct ear *ear, struct command command)
{
    command.leg = LEG;
    if (command_post(speech_mailbox(ear->speech, LEG), &command) != MAILBOX_OK)
        return; /* Then no answer comes, which is told. */
}

/* One event, if there is one by then; its texts view `bytes`. */
static bool next_event(struct ear *ear, uint64_t until_ms, uint8_t bytes[MAX_PACKED],
                       struct event *out)
{
    uint64_t now_ms = clock_ms();
    size_t size = mailbox_take(ear->events, bytes, MAX_PACKED);

    if (size == 0 && now_ms < until_ms) {
        mailbox_wait(ear->events, (int)(until_ms - now_ms));
        size = mailbox_take(ear->events, bytes, MAX_PACKED);
    }
    if (size == 0 || !event_unpack(bytes, size, out))
        return false;
    if (out->kind == SPEECH_SESSION)
        ear->session = out->session.session;
    return true;
}

/* What came. True: it is over, well or not. */
static bool take(const struct event *event, uint64_t began_ms, uint64_t ended_ms,
                 struct trial_result *out)
{
    if (event->kind == SPEECH_PARTIAL && out->first_ms == 0)
        out->first_ms = (uint32_t)(event->at_ms > began_ms ? event->at_ms - began_ms : 1);
    if (event->kind == SPEECH_FAILED)
        text_copy(out->why, sizeof(out->why), event->speech.why);
    if (event->kind == SPEECH_FINAL) {
        out->good = event->heard.text.size > 0;
        out->total_ms = (uint32_t)(event->at_ms > ended_ms ? event->at_ms - ended_ms : 0);
        text_copy(out->text, sizeof(out->text), event->heard.text);
        text_copy(out->why, sizeof(out->why), out->good ? TEXT_EMPTY : TEXT("it heard no words"));
    }
    return event->kind == SPEECH_FAILED || event->kind == SPEECH_FINAL;
}

static void put(struct ear *ear, const int16_t *samples, uint64_t at_ns)
{
    struct audio_frame frame = {.epoch = EPOCH, .rate = SAMPLE_RATE};

    clock_sleep_until_ns(at_ns);
    frame.at_ms = clock_ms();
    if (samples) {
        frame.flags = AUDIO_VOICED;
        memcpy(frame.samples, samples, FRAME_SAMPLES * sizeof(samples[0]));
    }
    ring_put(ear->rings, RING, &frame);
}

/* Says the words at the speed at which they are heard. True: it failed meanwhile. */
static bool say(struct ear *ear, const struct clip_view *view, struct trial_result *out)
{
    uint64_t began_ns = clock_ns(), began_ms = clock_ms();
    uint32_t frames = view->size / FRAME_SAMPLES, after = AFTER_MS / FRAME_MS;
    uint8_t bytes[MAX_PACKED];
    struct event event;

    for (uint32_t i = 0; i < frames + after; i++) {
        put(ear, i < frames ? view->linear + (size_t)i * FRAME_SAMPLES : NULL,
            began_ns + (uint64_t)i * FRAME_MS * 1000000);
        while (next_event(ear, 0, bytes, &event)) {
            if (take(&event, began_ms, began_ms, out))
                return true;
        }
    }
    return false;
}

/* When the words were said to their end. */
static uint64_t hear(struct ear *ear, uint32_t provider, uint32_t clip, struct trial_result *out)
{
    struct command listen = {.kind = SPEECH_LISTEN}, finish = {.kind = SPEECH_FINISH};
    uint64_t until_ms = clock_ms() + LIMIT_MS, ended_ms;
    uint8_t bytes[MAX_PACKED];
    struct clip_view view;
    struct event event;
    bool over;

    listen.listen.ring = RING;
    listen.listen.epoch = EPOCH;
    listen.listen.provider = (int32_t)provider;
    order(ear, listen);
    over = !clip_read(ear->clips, clip, &view) || say(ear, &view, out);
    ended_ms = clock_ms();
    finish.finish.turn = 1;
    if (!over)
        order(ear, finish);
    while (!over && clock_ms() < until_ms)
        over = next_event(ear, until_ms, bytes, &event) && take(&event, ended_ms, ended_ms, out);
    if (!over)
        text_copy(out->why, sizeof(out->why), TEXT("no words in time"));
    return ended_ms;
}

/* ---- One that answers ---- */

/* False: it is over, and well. */
static bool answers_on(struct ear *ear, const struct realtime_note *note, uint64_t ended_ms,
                       struct text_buffer *said, struct trial_result *out)
{
    struct text text = {note->bytes + note->id_size + note->name_size, note->size};
    struct clip_view view;

    switch (note->kind) {
    case REALTIME_NOTE_SOUND:
        if (out->first_ms == 0)
            out->first_ms = (uint32_t)(clock_ms() - ended_ms);
        break;
    case REALTIME_NOTE_WORDS:
        text_append(said, text);
        if (clip_read(ear->clips, note->clip, &view))
            out->sound_ms = view.size / (SAMPLE_RATE / 1000);
        break;
    case REALTIME_NOTE_OVER:
        out->good = out->first_ms > 0;
        text_copy(out->why, sizeof(out->why),
                  out->good ? TEXT_EMPTY : TEXT("it answered without sound"));
        return false;
    case REALTIME_NOTE_FAILED:
        text_copy(out->why, sizeof(out->why), text);
        return false;
    case REALTIME_NOTE_CALL:
    case REALTIME_NOTE_ALIVE:
    case REALTIME_NOTE_WRITING:
        break;
    }
    return true;
}

/* What it heard is known: now what it says to that. */
static void let_answer(struct ear *ear, uint64_t ended_ms, struct trial_result *out)
{
    uint64_t until_ms = clock_ms() + LIMIT_MS;
    struct realtime_note note;
    struct text_buffer said;
    char ask[256];
    uint32_t size = realtime_write_ask(1, ask, sizeof(ask));
    bool on = socket_send_text(ear->net, ear->session, (struct text){ask, size}) == SOCKET_SENT;

    out->good = false;
    out->first_ms = 0;
    text_copy(out->why, sizeof(out->why), TEXT("no answer in time"));
    text_buffer_init(&said, out->text, sizeof(out->text) - 1);
    while (on && clock_ms() < until_ms) {
        if (mailbox_take(ear->answers, &note, sizeof(note)) > 0)
            on = answers_on(ear, &note, ended_ms, &said, out);
        else
            mailbox_wait(ear->answers, 100);
    }
    out->text[said.size] = '\0';
    out->total_ms = (uint32_t)(clock_ms() - ended_ms);
}

static void try(const struct plan *plan, const char *ca_file, uint32_t provider, struct text words,
                bool answers, struct trial_result *out)
{
    struct ear ear;
    char why[TRIAL_WHY] = "";
    uint64_t ended_ms;
    uint32_t clip = 0;

    *out = (struct trial_result){.good = false};
    int result = open_ear(&ear, plan, ca_file, why, sizeof(why));
    if (result == 0)
        result = speech_speak(ear.clips, TEXT_EMPTY, false, words, &clip);
    if (result == 0) {
        ended_ms = hear(&ear, provider, clip, out);
        if (answers && out->good)
            let_answer(&ear, ended_ms, out);
    } else {
        text_copy(out->why, sizeof(out->why), text_of(why[0] ? why : strerror(-result)));
    }
    if (clip)
        clip_drop(ear.clips, clip);
    close_ear(&ear);
    if (!out->good)
        out->cure = trial_cure(text_of(out->why));
}

void trial_ear(const struct plan *plan, const char *ca_file, uint32_t provider, struct text words,
               struct trial_result *out)
{
    try(plan, ca_file, provider, words, false, out);
}

void trial_whole(const struct plan *plan, const char *ca_file, uint32_t provider,
                 struct text words, struct trial_result *out)
{
    try(plan, ca_file, provider, words, true, out);
}
