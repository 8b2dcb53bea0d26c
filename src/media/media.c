// SPDX-License-Identifier: Apache-2.0
/* media.c - the limb: ports, recorder and threads, opened in that order and closed in the other. */
#include "media/media.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/capture.h"
#include "media/finisher.h"
#include "media/recorder.h"
#include "media/thread.h"

enum {
    SPARE_FILES = 256, /* Of the rest of the process. */
    ANSWER_MS = 200    /* A thread answers within a beat; one that does not is counted as it was. */
};

struct media {
    struct ports ports;
    struct recorder *recorder;
    struct finisher *finisher;
    struct mailbox *answers;
    uint32_t thread_count, started;
    struct media_thread *threads[CAPTURE_THREADS_MOST];
    struct media_figures last[CAPTURE_THREADS_MOST];
};

/* spandsp makes its tables at the first use, without a lock: that must be here and not in a tick.
 */
static void make_tables(void)
{
    struct keys keys;
    struct keysend keysend;

    keys_init(&keys, false);
    keysend_init(&keysend);
}

static int open_threads(struct media *media, const struct media_options *options,
                        struct mailbox *events)
{
    for (uint32_t i = 0; i < options->threads; i++) {
        struct media_thread_options of = {.number = i,
                                          .threads = options->threads,
                                          .legs = options->legs,
                                          .ports = &media->ports,
                                          .clips = options->clips,
                                          .rings = options->rings,
                                          .recorder = media->recorder,
                                          .vault = options->vault,
                                          .opus_complexity = options->opus_complexity,
                                          .hushes = options->hushes,
                                          .echo_tail = options->echo_tail,
                                          .reflect_ms = options->reflect_ms,
                                          .reflect_gain = options->reflect_gain,
                                          .plain = options->plain,
                                          .events = events,
                                          .answers = media->answers};
        int error = thread_open(&media->threads[i], &of);
        if (error)
            return error;
        media->thread_count++;
    }
    for (uint32_t i = 0; i < media->thread_count; i++) {
        int error = thread_start(media->threads[i]);
        if (error)
            return error;
        media->started++;
    }
    return 0;
}

static int open_captures(struct media *media, const struct media_options *options,
                         struct mailbox *events, char *why, uint32_t why_size)
{
    int error =
        finisher_open(&media->finisher, options->capture_dir, options->capture_format, events);

    if (error)
        return error;
    return recorder_open(&media->recorder, options->capture_dir, options->legs, options->threads,
                         media->finisher, why, why_size);
}

int media_open(struct media **out, const struct media_options *options, struct mailbox *events,
               char *why, uint32_t why_size)
{
    struct media *media;
    uint32_t files = SPARE_FILES;
    int error;

    assert(options->legs > 0 && options->legs <= MAX_CALLS + MAX_SPARE_LEGS);
    assert(options->threads > 0 && options->threads <= CAPTURE_THREADS_MOST);
    if (why_size > 0)
        why[0] = '\0';
    media = calloc(1, sizeof *media);
    if (!media)
        return -ENOMEM;
    make_tables();
    error = cipher_open_library();
    if (error) {
        free(media);
        return error;
    }
    if (options->capture_dir)
        files += options->legs;
    error = ports_open(&media->ports, options->address, options->first_port, options->legs, files,
                       why, why_size);
    if (options->circles)
        media->ports.own = (struct own){0};
    if (error == 0 && options->capture_dir)
        error = open_captures(media, options, events, why, why_size);
    if (error == 0)
        error = mailbox_open(&media->answers, "media answers", 16384);
    if (error == 0)
        error = open_threads(media, options, events);
    if (error) {
        if (why_size > 0 && why[0] == '\0')
            snprintf(why, why_size, "media: %s", strerror(-error));
        media_close(media);
        return error;
    }
    *out = media;
    return 0;
}

void media_close(struct media *media)
{
    if (!media)
        return;
    for (uint32_t i = 0; i < media->started; i++)
        thread_stop(media->threads[i]);
    recorder_close(media->recorder);
    finisher_close(media->finisher);
    for (uint32_t i = 0; i < media->thread_count; i++)
        thread_close(media->threads[i]);
    mailbox_close(media->answers);
    ports_close(&media->ports);
    cipher_close_library();
    free(media);
}

struct mailbox *media_mailbox(struct media *media, uint32_t leg)
{
    return thread_mailbox(media->threads[(leg & 0xffff) % media->thread_count]);
}

static void add(struct media_figures *sum, const struct media_figures *one)
{
    sum->ticks += one->ticks;
    sum->late_ticks += one->late_ticks;
    if (one->worst_late_us > sum->worst_late_us)
        sum->worst_late_us = one->worst_late_us;
    sum->received += one->received;
    sum->sent += one->sent;
    sum->strangers += one->strangers;
    sum->malformed += one->malformed;
    sum->send_failed += one->send_failed;
    sum->events_lost += one->events_lost;
    sum->capture_lost += one->capture_lost;
    sum->echoes_refused += one->echoes_refused;
    sum->echoes_put_off += one->echoes_put_off;
    sum->hearing_refused += one->hearing_refused;
    sum->keys_missing += one->keys_missing;
    sum->endpoints += one->endpoints;
    sum->batched += one->batched;
}

void media_figures(struct media *media, struct media_figures *out)
{
    struct thread_answer answer;
    uint32_t asked = 0;

    for (uint32_t i = 0; i < media->thread_count; i++)
        asked += thread_ask(media->threads[i]);
    while (asked > 0 && mailbox_wait(media->answers, ANSWER_MS)) {
        while (mailbox_take(media->answers, &answer, sizeof answer) > 0) {
            media->last[answer.number] = answer.figures;
            asked -= asked > 0;
        }
    }
    *out = (struct media_figures){.threads = media->thread_count};
    for (uint32_t i = 0; i < media->thread_count; i++)
        add(out, &media->last[i]);
    if (media->finisher)
        finisher_figures(media->finisher, &out->captures);
}
