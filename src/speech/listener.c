// SPDX-License-Identifier: Apache-2.0
/* listener.c - the thread: commands first, then every ear's ring. */
#include "speech/listener.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/urgency.h"
#include "core/command.h"
#include "speech/ear.h"
#include "speech/note.h"
#include "speech/dictation.h"

enum {
    MAIL_BYTES = 1 << 20, /* Half a second of what providers say to 500 legs. */
    SLOTS = 1 << 16,      /* Of legs' ids: the low half. */
    MAIL_EVERY = 8        /* Legs heard before the next look for mail: at worst 1 ms. */
};

struct model {
    char model[SPEECH_PATH], dictionary[SPEECH_PATH]; /* Empty: not known. */
};

struct listener {
    struct listener_options options;
    struct mailbox *mail;
    pthread_t thread;
    bool ending;
    uint32_t listening;
    struct judge *judge;
    struct model models[MAX_PLANS][MAX_AGENTS];
    struct hearers *hearers[MAX_PLANS];
    struct ear **ears; /* The first `listening` are in use, those up to `made` free. */
    uint32_t made;
    struct ear *of[SLOTS]; /* Whose leg has this slot, or had. */
    uint32_t errands;      /* Connections that are not gone yet. */
};

static struct ear *find_ear(struct listener *listener, uint32_t leg)
{
    struct ear *ear = listener->of[leg % SLOTS];

    return ear && leg != 0 && ear->leg == leg ? ear : NULL;
}

static struct ear *make_ear(struct listener *listener)
{
    struct ear *ear = calloc(1, sizeof(*ear));

    if (!ear)
        return NULL;
    ear->events = listener->options.events;
    ear->judge = listener->judge;
    listener->ears[listener->made++] = ear;
    return ear;
}

/* A free place; best one whose recogniser has this model loaded, and for a provider's leg (no
 * model) one without a recogniser. */
static struct ear *free_ear(struct listener *listener, const struct model *model)
{
    struct ear *best = NULL;

    for (uint32_t i = listener->listening; i < listener->made; i++) {
        struct ear *ear = listener->ears[i];
        bool fits = model ? ear->own && ear->task.model == model->model : !ear->own;
        if (!best || fits)
            best = ear;
    }
    if (!best && listener->made < listener->options.legs)
        best = make_ear(listener);
    return best;
}

/* Where the place lies among the others, now that it is in use, or is not. */
static void move(struct listener *listener, struct ear *ear, uint32_t to)
{
    for (uint32_t i = 0; i < listener->made; i++) {
        if (listener->ears[i] == ear) {
            listener->ears[i] = listener->ears[to];
            listener->ears[to] = ear;
            return;
        }
    }
}

static void post_plain(struct listener *listener, enum event_kind kind,
                       const struct command *command, const char *why)
{
    struct event event = {.kind = kind, .call = command->call, .leg = command->leg};

    if (kind == SPEECH_FAILED) {
        event.speech.why = text_of(why);
        event.speech.provider = command->listen.provider;
    }
    note_post_event(listener->options.events, &event);
}

static const struct model *find_model(struct listener *listener, const struct command *command)
{
    if (command->listen.plan >= MAX_PLANS || command->listen.agent >= MAX_AGENTS)
        return NULL;
    const struct model *model = &listener->models[command->listen.plan][command->listen.agent];
    return model->model[0] ? model : NULL;
}

static struct hearer *find_hearer(struct listener *listener, const struct command *command)
{
    if (command->listen.plan >= MAX_PLANS)
        return NULL;
    return hearers_find(listener->hearers[command->listen.plan], command->listen.provider);
}

static int expect(struct listener *listener, struct ear *ear, const struct command *command)
{
    const struct model *model = find_model(listener, command);

    if (!model && command->listen.provider == PROVIDER_EMBEDDED)
        return -ENOENT;
    return ear_expect(ear, (struct recogniser_task){.expect = command->listen.expect,
                                                    .model = model ? model->model : "",
                                                    .dictionary = model ? model->dictionary : ""});
}

/* What the place needs to be listened to by them. 0 or -errno. */
static int equip(struct listener *listener, struct ear *ear, const struct command *command)
{
    const struct recogniser_source *source = listener->options.source;
    struct relay_options relay = {.net = listener->options.net,
                                  .mail = listener->mail,
                                  .errands = &listener->errands,
                                  .clips = listener->options.clips,
                                  .answers = listener->options.answers,
                                  .call = command->call,
                                  .leg = command->leg};

    if (command->listen.provider != PROVIDER_EMBEDDED)
        return ear->net ? 0 : recogniser_net_open(&ear->net, &relay);
    return ear->own ? 0 : source->open(source, &ear->own);
}

static const char *begin(struct listener *listener, struct ear *ear, const struct command *command)
{
    bool embedded = command->listen.provider == PROVIDER_EMBEDDED;
    struct hearer *hearer = embedded ? NULL : find_hearer(listener, command);

    if (!embedded && !hearer)
        return "no such provider listens";
    if (equip(listener, ear, command) < 0)
        return embedded ? "no recogniser can be opened" : "no memory";
    ear_listen(ear, command->listen.provider, hearer, command->listen.language,
               command->listen.replay);
    return expect(listener, ear, command) < 0 ? "the recogniser cannot load its model" : NULL;
}

static void on_listen(struct listener *listener, const struct command *command)
{
    bool embedded = command->listen.provider == PROVIDER_EMBEDDED;
    const struct model *model = embedded ? find_model(listener, command) : NULL;
    struct ear *ear = model || !embedded ? free_ear(listener, model) : NULL;

    if (!ear || command->leg == 0 ||
        command->listen.ring >= ring_pool_count(listener->options.rings)) {
        post_plain(listener, SPEECH_FAILED, command, "no place or no model to listen with");
        return;
    }
    ear_open(ear, command->call, command->leg, command->listen.ring, command->listen.epoch);
    const char *why = begin(listener, ear, command);
    if (why) {
        ear_close(ear);
        post_plain(listener, SPEECH_FAILED, command, why);
        return;
    }
    listener->of[command->leg % SLOTS] = ear;
    move(listener, ear, listener->listening++);
    post_plain(listener, SPEECH_LISTENING, command, NULL);
}

/* Another answer is expected, or another provider. */
static void on_expect(struct listener *listener, struct ear *ear, const struct command *command)
{
    const char *why = NULL;

    if (command->listen.provider != ear->provider || command->listen.replay)
        why = begin(listener, ear, command);
    else if (expect(listener, ear, command) < 0)
        why = "the recogniser cannot load its model";
    if (why)
        post_plain(listener, SPEECH_FAILED, command, why);
    ear_news(ear);
}

static void hear(struct listener *listener, struct ear *ear)
{
    struct audio_frame frame;

    /* Bounded, should decoding be slower than the sound comes. */
    for (uint32_t i = 0; i < RING_FRAMES; i++) {
        if (!ring_take(listener->options.rings, ear->ring, ear->epoch, &frame))
            break;
        ear_frame(ear, &frame);
    }
    ear_news(ear);
}

static void on_stop(struct listener *listener, struct ear *ear, const struct command *command)
{
    if (ear) {
        ear_close(ear);
        move(listener, ear, --listener->listening);
    }
    post_plain(listener, SPEECH_STOPPED, command, NULL);
}

static void on_command(struct listener *listener, const struct command *command)
{
    struct ear *ear = find_ear(listener, command->leg);

    if (command->kind == SPEECH_LISTEN) {
        if (ear)
            on_expect(listener, ear, command);
        else
            on_listen(listener, command);
    } else if (command->kind == SPEECH_STOP) {
        on_stop(listener, ear, command);
    } else if (!ear) {
        return; /* Late: the leg has stopped. */
    } else if (command->kind == SPEECH_EXPECT) {
        on_expect(listener, ear, command);
    } else if (command->kind == SPEECH_FINISH) {
        hear(listener, ear);
        ear_finish(ear, command->finish.turn);
    } else if (command->kind == SPEECH_FORGET) {
        hear(listener, ear);
        ear_forget(ear);
    }
}

static void post_figures(struct listener *listener, uint32_t round)
{
    struct note note = {.figures = {.thread = listener->options.number,
                                    .round = round,
                                    .listening = listener->listening}};

    for (uint32_t i = 0; i < listener->made; i++) {
        note.figures.utterances += listener->ears[i]->utterances;
        note.figures.finals += listener->ears[i]->finals;
    }
    if (listener->options.number == 1) { /* Rings are counted once. */
        for (uint32_t i = 0; i < ring_pool_count(listener->options.rings); i++)
            note.figures.frames_dropped += ring_dropped(listener->options.rings, i);
    }
    note_post(listener->options.figures, &note, NOTE_FIGURES);
}

static void on_note(struct listener *listener, const struct note *note)
{
    switch ((enum note_kind)note->kind) {
    case NOTE_END:
        listener->ending = true;
        break;
    case NOTE_FIGURES:
        post_figures(listener, note->round);
        break;
    case NOTE_MODEL: {
        struct model *model = &listener->models[note->model.plan][note->model.agent];
        memcpy(model->model, note->model.model, sizeof(model->model));
        memcpy(model->dictionary, note->model.dictionary, sizeof(model->dictionary));
        break;
    }
    case NOTE_FORGET:
        memset(listener->models[note->plan], 0, sizeof(listener->models[0]));
        hearers_drop(listener->hearers[note->plan]);
        listener->hearers[note->plan] = NULL;
        break;
    case NOTE_HEARERS:
        hearers_drop(listener->hearers[note->hearers.plan]);
        listener->hearers[note->hearers.plan] = note->hearers.hearers;
        break;
    case NOTE_HEARD:
        break;
    case NOTE_VOICES: /* The door's. */
    case NOTE_VOICED:
        break;
    }
}

static void on_news(struct listener *listener, const struct dictation_news *news)
{
    struct ear *ear = find_ear(listener, news->leg);

    if (news->what == DICTATION_GONE)
        listener->errands--;
    if (!ear || !ear->net || news->what == DICTATION_GONE)
        return;
    recogniser_net_news(ear->net, news);
    ear_news(ear);
}

static void take_mail(struct listener *listener)
{
    uint8_t message[MAX_PACKED];
    struct command command;
    struct dictation_news news;
    struct note note;
    size_t size;

    while ((size = mailbox_take(listener->mail, message, sizeof(message))) > 0) {
        if (dictation_is_news(message, size)) {
            memcpy(&news, message, size);
            on_news(listener, &news);
        } else if (note_is(message, size)) {
            memcpy(&note, message, sizeof(note));
            on_note(listener, &note);
        } else if (command_unpack(message, size, &command)) {
            on_command(listener, &command);
        }
    }
}

static void hear_all(struct listener *listener, uint64_t now_ms)
{
    for (uint32_t i = 0; i < listener->listening && !listener->ending; i++) {
        hear(listener, listener->ears[i]);
        ear_tick(listener->ears[i], now_ms);
        if (i % MAIL_EVERY == MAIL_EVERY - 1) /* Places may be exchanged by it: a leg's turn comes
                                                 a round later then. */
            take_mail(listener);
    }
}

/* What the net thread still has to say comes here, and here only while the mailbox is open. */
static void hang_up(struct listener *listener)
{
    uint64_t until_ms = clock_ms() + LISTEN_LEAVE_MS;

    while (listener->listening > 0)
        ear_close(listener->ears[--listener->listening]);
    while (listener->errands > 0 && clock_ms() < until_ms) {
        mailbox_wait(listener->mail, LISTEN_EVERY_MS);
        take_mail(listener);
    }
}

static void *run(void *context)
{
    struct listener *listener = context;
    uint64_t next_ms = 0;

    pthread_setname_np(pthread_self(), "listener");
    urgency_take(URGENCY_HEARING);
    while (!listener->ending) {
        uint64_t now_ms = clock_ms();
        int left_ms = next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
        mailbox_wait(listener->mail, listener->listening > 0 ? left_ms : -1);
        take_mail(listener);
        now_ms = clock_ms();
        if (now_ms < next_ms)
            continue;
        next_ms = now_ms + LISTEN_EVERY_MS;
        hear_all(listener, now_ms);
    }
    hang_up(listener);
    return NULL;
}

int listener_start(struct listener **out, const struct listener_options *options)
{
    struct listener *listener = calloc(1, sizeof(*listener));
    char name[16];
    int result;

    if (!listener)
        return -ENOMEM;
    listener->options = *options;
    listener->ears = calloc(options->legs + 1u, sizeof(*listener->ears));
    result = listener->ears ? judge_open(&listener->judge, options->detector, options->runtime)
                            : -ENOMEM;
    if (result < 0)
        goto out;
    snprintf(name, sizeof(name), "listener %u", options->number);
    /* Full: the limb's door waits for room, see note_post(). */
    result = mailbox_open(&listener->mail, name, MAIL_BYTES);
    if (result < 0)
        goto out;
    result = -pthread_create(&listener->thread, NULL, run, listener);
    if (result < 0)
        mailbox_close(listener->mail);
out:
    if (result < 0) {
        judge_close(listener->judge);
        free(listener->ears);
        free(listener);
    } else {
        *out = listener;
    }
    return result;
}

void listener_stop(struct listener *listener)
{
    struct note note = {0};

    note_post(listener->mail, &note, NOTE_END);
    pthread_join(listener->thread, NULL);
    for (uint32_t i = 0; i < listener->made; i++) {
        struct ear *ear = listener->ears[i];
        if (ear->own)
            ear->own->kind->close(ear->own);
        judge_release(listener->judge, &ear->hearing);
        free(ear);
    }
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        hearers_drop(listener->hearers[i]);
    judge_close(listener->judge);
    if (listener->errands == 0)
        mailbox_close(listener->mail);
    else /* The net thread may still write to it. */
        log_line(LOG_ERROR, "speech", "%u connections to providers do not end", listener->errands);
    free(listener->ears);
    free(listener);
}

struct mailbox *listener_mailbox(struct listener *listener)
{
    return listener->mail;
}
