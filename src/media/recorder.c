// SPDX-License-Identifier: Apache-2.0
/* recorder.c - the one thread of the limb that touches the disk.
 *
 * Free buffers are a stack of numbers for each media thread: the one used last is taken first, so
 * that only as many pages become resident as are in use at once. */
#include "media/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/g711.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "media/capture.h"
#include "media/finisher.h"
#include "wire/au.h"

enum { PATH_BYTES = 4096, SAME_NAME_MOST = 100, PAUSE_US = 10000, USUAL_LEAST = 16 };

struct pool {
    struct mailbox *returns;
    uint32_t *free;
    uint32_t count, first; /* Free now; number of the pool's first buffer. */
};

struct returned {
    uint32_t index, lost_frames;
};

struct recorder {
    const char *directory;
    struct mailbox *mailbox;
    pthread_t thread;
    uint8_t *buffers;
    size_t buffer_bytes;
    uint32_t thread_count, legs;
    struct pool pools[CAPTURE_THREADS_MOST];
    int *files;              /* By slot; -1: none. The recorder thread's own. */
    char (*names)[MAX_NAME]; /* Of the files, without their ending. */
    struct finisher *finisher;
    uint32_t open, batch; /* Files; buffers written since the last pause. */
    bool complained;
};

bool recorder_post(struct recorder *recorder, const struct recorder_message *message)
{
    size_t size =
        message->kind == RECORDER_BEGIN ? sizeof *message : offsetof(struct recorder_message, name);

    for (int i = 0; i < 4; i++) { /* Busy for 100 ns at most: another media thread is inside. */
        enum mailbox_result result = mailbox_try_post(recorder->mailbox, message, size);
        if (result != MAILBOX_BUSY)
            return result == MAILBOX_OK;
    }
    return false;
}

uint8_t *recorder_take(struct recorder *recorder, uint32_t thread, uint32_t *index)
{
    struct pool *pool = &recorder->pools[thread];

    if (pool->count == 0)
        return NULL;
    *index = pool->free[--pool->count];
    return recorder->buffers + (size_t)*index * CAPTURE_BYTES;
}

uint32_t recorder_collect(struct recorder *recorder, uint32_t thread)
{
    struct pool *pool = &recorder->pools[thread];
    struct returned back;
    uint32_t lost = 0;

    while (mailbox_try_take(pool->returns, &back, sizeof back) == sizeof back) {
        pool->free[pool->count++] = back.index;
        lost += back.lost_frames;
    }
    return lost;
}

static void complain(struct recorder *recorder, const char *what, const char *name)
{
    if (!recorder->complained)
        log_line(LOG_ERROR, "media",
                 "capture: cannot %s %s in %s: %s (told once; media figures count the rest)", what,
                 name, recorder->directory, strerror(errno));
    recorder->complained = true;
}

static bool write_all(int file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t wrote = write(file, bytes, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

/* A name from the core is a call's reference; whatever it is, it names a file in the directory. */
static void make_path(const struct recorder *recorder, const char *name, int attempt,
                      char safe[MAX_NAME], char out[PATH_BYTES])
{
    char suffix[16] = "";
    size_t i;

    for (i = 0; name[i] && i < MAX_NAME - 5; i++) { /* The suffix fits too. */
        bool good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
                    (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '_' ||
                    (name[i] == '.' && i > 0);
        safe[i] = good ? name[i] : '_';
    }
    safe[i] = '\0';
    if (attempt > 1)
        snprintf(suffix, sizeof suffix, "-%d", attempt);
    snprintf(safe + i, MAX_NAME - i, "%s", suffix);
    snprintf(out, PATH_BYTES, "%s/%s.au", recorder->directory, safe);
}

static void end_file(struct recorder *recorder, uint32_t slot)
{
    if (recorder->files[slot] < 0)
        return;
    close(recorder->files[slot]);
    recorder->files[slot] = -1;
    recorder->open--;
    if (recorder->finisher)
        finisher_put(recorder->finisher, recorder->names[slot]);
}

static void begin_file(struct recorder *recorder, const struct recorder_message *message)
{
    int *file = &recorder->files[message->slot], attempt = 0;
    uint8_t header[AU_HEADER];
    char path[PATH_BYTES];

    end_file(recorder, message->slot);
    do {
        make_path(recorder, message->name, ++attempt, recorder->names[message->slot], path);
        *file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    } while (*file < 0 && errno == EEXIST && attempt < SAME_NAME_MOST);
    au_write_header(header, message->codec == CODEC_PCMA ? AU_PCMA : AU_PCMU, SAMPLE_RATE, 2);
    recorder->open += *file >= 0;
    if (*file >= 0)
        (void)flock(*file, LOCK_EX); /* Not to be finished yet. Who looks holds it for a moment. */
    if (*file < 0 || !write_all(*file, header, sizeof header))
        complain(recorder, "write", message->name);
}

static bool write_sound(struct recorder *recorder, const struct recorder_message *message)
{
    int file = recorder->files[message->slot];
    uint8_t silence[2 * CAPTURE_BYTES];
    uint64_t owed = message->owed;

    if (file < 0)
        return false;
    if (owed > 0)
        memset(silence, message->codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
               sizeof silence);
    while (owed > 0) {
        size_t part = owed < sizeof silence ? owed : sizeof silence;
        if (!write_all(file, silence, part))
            return false;
        owed -= part;
    }
    return write_all(file, recorder->buffers + (size_t)message->index * CAPTURE_BYTES,
                     message->size);
}

/* A disk that stood still has let many buffers be filled that are not needed again: their pages go
 * back. A fiftieth of the legs' is usual in one go. */
static void let_pages_go(struct recorder *recorder, uint32_t index)
{
    if (++recorder->batch > recorder->open / 2 + USUAL_LEAST)
        (void)madvise(recorder->buffers + (size_t)index * CAPTURE_BYTES, CAPTURE_BYTES,
                      MADV_DONTNEED);
}

static void take_sound(struct recorder *recorder, const struct recorder_message *message)
{
    struct returned back = {.index = message->index};

    if (message->size == 0 && message->owed == 0)
        return;
    if (!write_sound(recorder, message)) {
        complain(recorder, "write", "a call");
        back.lost_frames = message->size / CAPTURE_FRAME;
    }
    if (message->size > 0)
        let_pages_go(recorder, message->index);
    /* The mailbox holds a return for every buffer of the pool: it cannot be full. */
    if (message->size > 0 &&
        mailbox_post(recorder->pools[message->thread].returns, &back, sizeof back) != MAILBOX_OK)
        complain(recorder, "return a buffer of", "a call");
}

/* Who is awake is not woken: after all is done, whatever comes within the pause waits for its end.
 * Without it each buffer of each call cost the media thread a system call, and both a switch. */
static void next_message(struct recorder *recorder, struct recorder_message *message)
{
    while (mailbox_take(recorder->mailbox, message, sizeof *message) == 0) {
        usleep(PAUSE_US);
        recorder->batch = 0;
        mailbox_wait(recorder->mailbox, -1);
    }
}

static void *record(void *argument)
{
    struct recorder *recorder = argument;
    struct recorder_message message = {0};

    pthread_setname_np(pthread_self(), "recorder");
    for (;;) {
        next_message(recorder, &message);
        switch (message.kind) {
        case RECORDER_BEGIN:
            begin_file(recorder, &message);
            break;
        case RECORDER_SOUND:
            take_sound(recorder, &message);
            break;
        case RECORDER_END:
            take_sound(recorder, &message);
            end_file(recorder, message.slot);
            break;
        case RECORDER_QUIT:
            return NULL;
        }
    }
}

static void release(struct recorder *recorder)
{
    for (uint32_t i = 0; i < recorder->thread_count; i++) {
        mailbox_close(recorder->pools[i].returns);
        free(recorder->pools[i].free);
    }
    for (uint32_t i = 0; recorder->files && i < recorder->legs; i++) {
        end_file(recorder, i);
    }
    if (recorder->buffers)
        munmap(recorder->buffers, recorder->buffer_bytes);
    mailbox_close(recorder->mailbox);
    free(recorder->files);
    free(recorder->names);
    free(recorder);
}

/* A buffer a leg, and two for those on their way while the disk is slow, for a second. They
 * are memory only while they are used (let_pages_go()). */
static int make_pools(struct recorder *recorder)
{
    uint32_t each = recorder->legs / recorder->thread_count + 1;
    uint32_t count = each * 3 + 8, total = count * recorder->thread_count;
    void *memory;

    recorder->buffer_bytes = (size_t)total * CAPTURE_BYTES;
    memory = mmap(NULL, recorder->buffer_bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    recorder->buffers = memory;
    for (uint32_t i = 0; i < recorder->thread_count; i++) {
        struct pool *pool = &recorder->pools[i];
        pool->free = calloc(count, sizeof *pool->free);
        int error =
            pool->free ? mailbox_open(&pool->returns, "capture returns", count * 16) : -ENOMEM;
        if (error)
            return error;
        pool->first = i * count;
        while (pool->count < count) {
            pool->free[pool->count] = pool->first + count - 1 - pool->count;
            pool->count++;
        }
    }
    return mailbox_open(&recorder->mailbox, "recorder",
                        (size_t)(total + recorder->legs * 2) * 64 +
                            recorder->legs * sizeof(struct recorder_message));
}

int recorder_open(struct recorder **out, const char *directory, uint32_t legs, uint32_t threads,
                  struct finisher *finisher, char *why, uint32_t why_size)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    int error = -ENOMEM;

    if (!recorder)
        return -ENOMEM;
    *recorder = (struct recorder){
        .directory = directory, .legs = legs, .thread_count = threads, .finisher = finisher};
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        error = -errno;
        snprintf(why, why_size, "cannot make the capture directory %s: %s", directory,
                 strerror(errno));
        goto out;
    }
    if (access(directory, W_OK | X_OK) != 0) {
        error = -errno;
        snprintf(why, why_size, "cannot write into the capture directory %s: %s", directory,
                 strerror(errno));
        goto out;
    }
    recorder->files = malloc(legs * sizeof *recorder->files);
    if (!recorder->files)
        goto out;
    memset(recorder->files, 0xff, legs * sizeof *recorder->files);
    recorder->names = calloc(legs, sizeof *recorder->names);
    if (!recorder->names)
        goto out;
    error = make_pools(recorder);
    if (error)
        goto out;
    error = -pthread_create(&recorder->thread, NULL, record, recorder);
out:
    if (error)
        release(recorder);
    else
        *out = recorder;
    return error;
}

void recorder_close(struct recorder *recorder)
{
    struct recorder_message quit = {.kind = RECORDER_QUIT};

    if (!recorder)
        return;
    while (mailbox_post(recorder->mailbox, &quit, sizeof quit) != MAILBOX_OK)
        usleep(1000);
    pthread_join(recorder->thread, NULL);
    release(recorder);
}
