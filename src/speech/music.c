// SPDX-License-Identifier: Apache-2.0
/* music.c - the thread that keeps the music. */
#include "speech/music.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "core/command.h"
#include "speech/music_clip.h"
#include "speech/note.h"

enum { MAIL_BYTES = 1 << 18, PATH = 512 };

/* A path that was asked for. */
struct list {
    char path[PATH];
    uint64_t stamp, used, bytes;
    uint32_t clip; /* 0: it was not good. */
};

struct music {
    struct clip_table *clips;
    struct mailbox *mail, *events;
    pthread_t thread;
    bool ending;
    uint32_t chime, beep, count;
    uint64_t uses, bytes;
    struct list lists[MUSIC_LISTS];
};

static void complain(void *context, const char *file, const char *why)
{
    (void)context;
    log_line(LOG_WARN, "speech", "music %s: %s", file, why);
}

static void let_go(struct music *music, struct list *list)
{
    if (list->clip)
        clip_drop(music->clips, list->clip);
    music->bytes -= list->bytes;
    list->clip = 0;
    list->bytes = list->stamp = 0;
}

static struct list *longest_unused(struct music *music, const struct list *but)
{
    struct list *oldest = NULL;

    for (uint32_t i = 0; i < music->count; i++) {
        struct list *list = &music->lists[i];
        if (list != but && (!oldest || list->used < oldest->used))
            oldest = list;
    }
    return oldest;
}

static struct list *find(struct music *music, const char *path)
{
    struct list *list = NULL;

    for (uint32_t i = 0; i < music->count && !list; i++) {
        if (strcmp(music->lists[i].path, path) == 0)
            list = &music->lists[i];
    }
    if (!list && music->count < MUSIC_LISTS) {
        list = &music->lists[music->count++];
        *list = (struct list){0};
    } else if (!list) {
        list = longest_unused(music, NULL);
        let_go(music, list);
    }
    snprintf(list->path, PATH, "%s", path);
    list->used = ++music->uses;
    return list;
}

/* Who hears the old one goes on hearing it. A file that has become bad leaves the old one too. */
static void look(struct music *music, struct list *list)
{
    uint64_t stamp = music_stamp(list->path), bytes = 0;
    uint32_t clip;

    if (stamp != 0 && stamp == list->stamp)
        return;
    clip = music_clip(music->clips, list->path, complain, NULL, &bytes);
    list->stamp = stamp;
    if (clip == 0)
        return;
    let_go(music, list);
    list->stamp = stamp;
    list->clip = clip;
    list->bytes = bytes;
    music->bytes += bytes;
}

static void make_room(struct music *music, const struct list *but)
{
    for (uint32_t i = 0; i < music->count && music->bytes > MUSIC_BYTES_MOST; i++) {
        struct list *oldest = longest_unused(music, but);
        if (!oldest)
            return;
        let_go(music, oldest);
        oldest->used = ++music->uses;
    }
}

static void answer(struct music *music, const struct command *command, uint32_t clip)
{
    struct event event = {.call = command->call, .leg = command->leg};

    event.kind = clip ? SPEECH_READY : SPEECH_FAILED;
    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    event.speech.clip = clip;
    event.speech.cached = true;
    if (!clip)
        event.speech.why = TEXT("no room for its sound");
    else
        clip_hold(music->clips, clip); /* The event's reference. */
    if (!note_post_event(music->events, &event) && clip)
        clip_drop(music->clips, clip);
}

static void on_say(struct music *music, const struct command *command)
{
    char path[PATH];
    uint32_t clip = music->chime;

    text_copy(path, sizeof path, command->say.text);
    if (strcmp(path, "beep") == 0) {
        clip = music->beep;
    } else if (path[0] && strcmp(path, "chime") != 0) {
        struct list *list = find(music, path);
        if (command->leg == 0 || list->stamp == 0)
            look(music, list);
        make_room(music, list);
        clip = list->clip ? list->clip : clip;
    }
    if (command->leg != 0)
        answer(music, command, clip);
}

static void take(struct music *music, const uint8_t *message, size_t size)
{
    struct command command;
    struct note note;

    if (note_is(message, size)) {
        memcpy(&note, message, sizeof note);
        music->ending = note.kind == NOTE_END;
    } else if (command_unpack(message, size, &command) && command.kind == SPEECH_SAY) {
        on_say(music, &command);
    }
}

static void *run(void *context)
{
    struct music *music = context;
    uint8_t message[MAX_PACKED];

    pthread_setname_np(pthread_self(), "music");
    music->chime = music_chime(music->clips);
    music->beep = music_beep(music->clips);
    while (!music->ending) {
        size_t size = mailbox_take(music->mail, message, sizeof message);
        if (size > 0)
            take(music, message, size);
        else
            mailbox_wait(music->mail, -1);
    }
    return NULL;
}

int music_start(struct music **out, struct clip_table *clips, struct mailbox *events)
{
    struct music *music = calloc(1, sizeof *music);
    int error;

    if (!music)
        return -ENOMEM;
    music->clips = clips;
    music->events = events;
    error = mailbox_open(&music->mail, "music", MAIL_BYTES);
    if (error == 0)
        error = -pthread_create(&music->thread, NULL, run, music);
    if (error) {
        mailbox_close(music->mail);
        free(music);
        return error;
    }
    *out = music;
    return 0;
}

void music_stop(struct music *music)
{
    struct note note = {0};

    note_post(music->mail, &note, NOTE_END);
    pthread_join(music->thread, NULL);
    for (uint32_t i = 0; i < music->count; i++)
        let_go(music, &music->lists[i]);
    if (music->chime)
        clip_drop(music->clips, music->chime);
    if (music->beep)
        clip_drop(music->clips, music->beep);
    mailbox_close(music->mail);
    free(music);
}

struct mailbox *music_mailbox(struct music *music)
{
    return music->mail;
}

void music_prime(struct music *music, struct text path)
{
    struct command command = {.kind = SPEECH_SAY};

    command.say.text = path;
    if (command_post(music->mail, &command) != MAILBOX_OK)
        log_line(LOG_WARN, "speech", "no room to look at the music: it is when it is wanted");
}

/* ---- For who only looks ---- */

struct faults {
    struct music_fault *items;
    uint32_t count;
};

static void put_fault(struct faults *faults, const char *file, const char *why)
{
    if (faults->count == MUSIC_FAULTS_MOST)
        return;
    struct music_fault *fault = &faults->items[faults->count++];
    snprintf(fault->file, sizeof fault->file, "%s", file);
    snprintf(fault->why, sizeof fault->why, "%s", why);
}

uint32_t music_check(const char *path, struct music_fault out[MUSIC_FAULTS_MOST])
{
    struct faults faults = {.items = out};
    struct music_files files;
    char why[MUSIC_WHY];

    if (!music_files(path, &files))
        put_fault(&faults, path, "its name is too long, or there is no memory for it");
    else if (files.count == 0)
        put_fault(&faults, path, "there is no file in this folder");
    for (uint32_t i = 0; i < files.count; i++) {
        struct music_sound sound;
        if (!music_read(files.names[i], &sound, why))
            put_fault(&faults, files.names[i], why);
        else if (sound.cut)
            put_fault(&faults, files.names[i],
                      "it is longer than five minutes: the rest is left out");
        free(sound.samples);
    }
    free(files.names);
    return faults.count;
}
