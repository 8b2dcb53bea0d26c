// SPDX-License-Identifier: Apache-2.0
/* finisher.c - names by mailbox or from the directory, one at a time. */
#include "media/finisher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"
#include "media/tape.h"

enum { QUEUE_BYTES = 1 << 20, PATH = 4096, ANSWER_MS = 200, NICEST = 19 };

enum note_kind { NOTE_TAPE, NOTE_SEARCH, NOTE_ASK, NOTE_QUIT };

struct note {
    enum note_kind kind;
    char name[MAX_NAME];
};

struct finisher {
    const char *directory;
    enum capture_format format;
    struct mailbox *events, *queue, *asks, *answers;
    pthread_t thread;
    bool overflowed; /* finisher_put()'s. */
    bool quit, complained;
    uint64_t search_ms; /* 0: the directory need not be looked through. */
    struct capture_figures figures, last;
};

/* ---- Told and asked ---- */

static void take_asks(struct finisher *finisher)
{
    struct note note;

    while (mailbox_take(finisher->asks, &note, sizeof note) == sizeof note) {
        if (note.kind == NOTE_QUIT)
            finisher->quit = true;
        else if (mailbox_post(finisher->answers, &finisher->figures, sizeof finisher->figures) !=
                 MAILBOX_OK)
            continue; /* Asked again and again, nobody takes the answers. */
    }
}

static bool go_on(void *context, uint32_t percent)
{
    struct finisher *finisher = context;

    finisher->figures.percent = percent;
    take_asks(finisher);
    return !finisher->quit;
}

static void tell(struct finisher *finisher, const char *name, const char *file,
                 enum capture_state state, uint64_t bytes)
{
    struct event event = {.kind = MEDIA_CAPTURED, .at_ms = clock_ms()};

    event.captured.name = text_of(name);
    event.captured.file = text_of(file);
    event.captured.state = state;
    event.captured.bytes = bytes;
    for (int i = 0; i < 1000 && event_post(finisher->events, &event) != MAILBOX_OK; i++)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

/* ---- One file ---- */

/* True when nobody records into it. One without a byte may be locked in a moment: it is left. */
static bool is_free(const struct finisher *finisher, const char *name)
{
    char path[PATH];
    struct stat status;
    int fd;
    bool good;

    snprintf(path, sizeof path, "%s/%s.au", finisher->directory, name);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT;
    good = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &status) == 0 && status.st_size > 0;
    close(fd);
    return good;
}

static void later(struct finisher *finisher, const char *name)
{
    finisher->search_ms = clock_ms() + FINISHER_AGAIN_MS;
    finisher->figures.delayed++;
    if (!finisher->complained)
        log_line(LOG_ERROR, "media",
                 "capture: cannot finish %s in %s: %s; it stays as it is and is tried again (told "
                 "once)",
                 name, finisher->directory, strerror(errno));
    finisher->complained = true;
}

static void finish(struct finisher *finisher, const char *name)
{
    struct tape tape = {.directory = finisher->directory,
                        .name = name,
                        .format = finisher->format,
                        .go_on = go_on,
                        .context = finisher};
    char raw[TAPE_FILE];

    if (!is_free(finisher, name))
        return;
    snprintf(raw, sizeof raw, "%s.au", name);
    if (finisher->format == CAPTURE_RAW) {
        finisher->figures.finished++;
        tell(finisher, name, raw, CAPTURE_FINISHED, 0);
        return;
    }
    snprintf(finisher->figures.current, sizeof finisher->figures.current, "%s", name);
    switch (tape_finish(&tape)) {
    case TAPE_DONE:
        finisher->figures.finished++;
        finisher->complained = false;
        tell(finisher, name, tape.file, CAPTURE_FINISHED, tape.bytes);
        break;
    case TAPE_BAD:
        finisher->figures.failed++;
        tell(finisher, name, raw, CAPTURE_FAILED, 0);
        break;
    case TAPE_LATER:
        later(finisher, name);
        break;
    case TAPE_STOPPED:
        break;
    }
    finisher->figures.current[0] = 0;
    finisher->figures.percent = 0;
}

/* ---- The thread ---- */

static int is_capture(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    return entry->d_name[0] != '.' && size > 3 && size - 3 < MAX_NAME &&
           strcmp(entry->d_name + size - 3, ".au") == 0;
}

static void search(struct finisher *finisher)
{
    struct dirent **found = NULL;
    int count = scandir(finisher->directory, &found, is_capture, alphasort);

    finisher->search_ms = 0;
    for (int i = 0; i < count; i++) {
        char name[MAX_NAME];
        snprintf(name, sizeof name, "%.*s", (int)strlen(found[i]->d_name) - 3, found[i]->d_name);
        finisher->figures.waiting = (uint32_t)(count - i);
        take_asks(finisher);
        if (!finisher->quit && finisher->search_ms == 0)
            finish(finisher, name);
        free(found[i]);
    }
    free(found);
    finisher->figures.waiting = 0;
}

static void be_last(void)
{
    long self = syscall(SYS_gettid);

    (void)setpriority(PRIO_PROCESS, (id_t)self, NICEST);
    (void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

static void *run(void *argument)
{
    struct finisher *finisher = argument;
    struct note note;

    pthread_setname_np(pthread_self(), "finisher");
    be_last();
    if (finisher->format != CAPTURE_RAW)
        search(finisher);
    while (!finisher->quit) {
        if (mailbox_take(finisher->queue, &note, sizeof note) == sizeof note) {
            take_asks(finisher);
            if (note.kind == NOTE_SEARCH)
                finisher->search_ms = clock_ms();
            else if (note.kind == NOTE_TAPE && !finisher->quit)
                finish(finisher, note.name);
        } else if (finisher->search_ms && clock_ms() >= finisher->search_ms) {
            search(finisher);
        } else {
            take_asks(finisher);
            if (!finisher->quit)
                mailbox_wait(finisher->queue, finisher->search_ms ? 1000 : -1);
        }
    }
    return NULL;
}

static void release(struct finisher *finisher)
{
    mailbox_close(finisher->queue);
    mailbox_close(finisher->asks);
    mailbox_close(finisher->answers);
    free(finisher);
}

int finisher_open(struct finisher **out, const char *directory, enum capture_format format,
                  struct mailbox *events)
{
    struct finisher *finisher = calloc(1, sizeof *finisher);
    int error;

    if (!finisher)
        return -ENOMEM;
    *finisher = (struct finisher){.directory = directory, .format = format, .events = events};
    error = mailbox_open(&finisher->queue, "finisher", QUEUE_BYTES);
    if (!error)
        error = mailbox_open(&finisher->asks, "finisher asks", 4096);
    if (!error)
        error = mailbox_open(&finisher->answers, "finisher answers", 4096);
    if (!error)
        error = -pthread_create(&finisher->thread, NULL, run, finisher);
    if (error)
        release(finisher);
    else
        *out = finisher;
    return error;
}

/* Asks are looked for when the queue says so, or between two pieces of a file. */
static bool ask(struct finisher *finisher, enum note_kind kind)
{
    struct note note = {.kind = kind};

    if (mailbox_post(finisher->asks, &note, sizeof note) != MAILBOX_OK)
        return false;
    note.kind = NOTE_ASK;
    (void)!mailbox_post(finisher->queue, &note, sizeof note); /* Full: then it is awake. */
    return true;
}

void finisher_close(struct finisher *finisher)
{
    if (!finisher)
        return;
    while (!ask(finisher, NOTE_QUIT))
        clock_sleep_until_ns(clock_ns() + 1000000);
    pthread_join(finisher->thread, NULL);
    release(finisher);
}

void finisher_put(struct finisher *finisher, const char *name)
{
    struct note note = {.kind = NOTE_TAPE};

    snprintf(note.name, sizeof note.name, "%s", name);
    if (finisher->overflowed)
        note.kind = NOTE_SEARCH;
    finisher->overflowed = mailbox_post(finisher->queue, &note, sizeof note) != MAILBOX_OK;
}

void finisher_figures(struct finisher *finisher, struct capture_figures *out)
{
    struct mailbox_figures queue;

    if (ask(finisher, NOTE_ASK))
        mailbox_wait(finisher->answers, ANSWER_MS);
    while (mailbox_take(finisher->answers, &finisher->last, sizeof finisher->last) > 0)
        ;
    *out = finisher->last;
    mailbox_figures(finisher->queue, &queue);
    out->waiting += (uint32_t)(queue.bytes / (sizeof(struct note) + 8));
}
