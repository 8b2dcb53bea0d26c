// SPDX-License-Identifier: Apache-2.0
/* listener.c - the thread: commands first, then every ear's ring. */
#include "speech/listener.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/command.h"
#include "speech/ear.h"
#include "speech/note.h"

enum { MAIL_BYTES = 1 << 18 };

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
    struct ear ears[MAX_RECOGNISERS];
};

static struct ear *find_ear(struct listener *listener, uint32_t leg)
{
    for (uint32_t i = 0; i < listener->options.legs; i++) {
        if (leg != 0 && listener->ears[i].leg == leg)
            return &listener->ears[i];
    }
    return NULL;
}

/* A free place, best one whose recogniser has this model loaded. */
static struct ear *free_ear(struct listener *listener, const struct model *model)
{
    struct ear *best = NULL;

    for (uint32_t i = 0; i < listener->options.legs; i++) {
        struct ear *ear = &listener->ears[i];
        if (ear->leg != 0)
            continue;
        if (!best || (ear->recogniser && ear->task.model == model->model))
            best = ear;
    }
    return best;
}

static void post_plain(struct listener *listener, enum event_kind kind,
                       const struct command *command, const char *why)
{
    struct event event = {.kind = kind, .call = command->call, .leg = command->leg};

    if (kind == SPEECH_FAILED)
        event.speech.why = text_of(why);
    note_post_event(listener->options.events, &event);
}

static const struct model *find_model(struct listener *listener, const struct command *command)
{
    if (command->listen.plan >= MAX_PLANS || command->listen.agent >= MAX_AGENTS)
        return NULL;
    const struct model *model = &listener->models[command->listen.plan][command->listen.agent];
    return model->model[0] ? model : NULL;
}

static int expect(struct listener *listener, struct ear *ear, const struct command *command)
{
    const struct model *model = find_model(listener, command);

    if (!model)
        return -ENOENT;
    return ear_expect(ear, (struct recogniser_task){.expect = command->listen.expect,
                                                    .model = model->model,
                                                    .dictionary = model->dictionary});
}

static void on_listen(struct listener *listener, const struct command *command)
{
    const struct recogniser_source *source = listener->options.source;
    const struct model *model = find_model(listener, command);
    struct ear *ear = model ? free_ear(listener, model) : NULL;

    if (!ear || command->leg == 0 ||
        command->listen.ring >= ring_pool_count(listener->options.rings)) {
        post_plain(listener, SPEECH_FAILED, command, "no place or no model to listen with");
        return;
    }
    if (!ear->recogniser && source->open(source, &ear->recogniser) < 0)
        ear->recogniser = NULL;
    if (ear->recogniser)
        ear_open(ear, command->call, command->leg, command->listen.ring, command->listen.epoch);
    if (!ear->recogniser || expect(listener, ear, command) < 0) {
        ear->leg = 0;
        post_plain(listener, SPEECH_FAILED, command, "the recogniser cannot load its model");
        return;
    }
    listener->listening++;
    post_plain(listener, SPEECH_LISTENING, command, NULL);
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
        listener->listening--;
    }
    post_plain(listener, SPEECH_STOPPED, command, NULL);
}

static void on_command(struct listener *listener, const struct command *command)
{
    struct ear *ear = find_ear(listener, command->leg);

    if (command->kind == SPEECH_LISTEN) {
        if (ear) /* The core never does; the leg would have two places. */
            post_plain(listener, SPEECH_FAILED, command, "the leg is being listened to already");
        else
            on_listen(listener, command);
    } else if (command->kind == SPEECH_STOP) {
        on_stop(listener, ear, command);
    } else if (!ear) {
        return; /* Late: the leg has stopped. */
    } else if (command->kind == SPEECH_EXPECT) {
        if (expect(listener, ear, command) < 0)
            post_plain(listener, SPEECH_FAILED, command, "the recogniser cannot load its model");
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

    for (uint32_t i = 0; i < listener->options.legs; i++) {
        note.figures.utterances += listener->ears[i].utterances;
        note.figures.finals += listener->ears[i].finals;
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
        break;
    case NOTE_VOICES: /* The door's. */
    case NOTE_VOICED:
        break;
    }
}

static void take_mail(struct listener *listener)
{
    uint8_t message[MAX_PACKED];
    struct command command;
    struct note note;
    size_t size;

    while ((size = mailbox_take(listener->mail, message, sizeof(message))) > 0) {
        if (note_is(message, size)) {
            memcpy(&note, message, sizeof(note));
            on_note(listener, &note);
        } else if (command_unpack(message, size, &command)) {
            on_command(listener, &command);
        }
    }
}

static void *run(void *context)
{
    struct listener *listener = context;

    pthread_setname_np(pthread_self(), "listener");
    while (!listener->ending) {
        mailbox_wait(listener->mail, listener->listening > 0 ? LISTEN_EVERY_MS : -1);
        take_mail(listener);
        for (uint32_t i = 0; i < listener->options.legs && !listener->ending; i++) {
            if (listener->ears[i].leg != 0)
                hear(listener, &listener->ears[i]);
        }
    }
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
    result = judge_open(&listener->judge, options->detector, options->runtime);
    if (result < 0)
        goto out;
    for (uint32_t i = 0; i < MAX_RECOGNISERS; i++) {
        listener->ears[i].events = options->events;
        listener->ears[i].judge = listener->judge;
    }
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
    for (uint32_t i = 0; i < listener->options.legs; i++) {
        if (listener->ears[i].recogniser)
            listener->ears[i].recogniser->kind->close(listener->ears[i].recogniser);
        judge_release(listener->judge, &listener->ears[i].hearing);
    }
    judge_close(listener->judge);
    mailbox_close(listener->mail);
    free(listener);
}

struct mailbox *listener_mailbox(struct listener *listener)
{
    return listener->mail;
}
