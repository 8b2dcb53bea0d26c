// SPDX-License-Identifier: Apache-2.0
/* thread.h - one media thread: its endpoints, its 5 ms beat, its mailbox.
 *
 * Endpoints are swept every 20 ms, a quarter of them at each beat: the work and its bursts of
 * packets are spread. Between beats the thread sleeps on its mailbox, so that a command acts at
 * once: a pause silences the very next packet. A beat begun more than 5 ms late is counted; after
 * 100 ms of standing still the missed beats are skipped, not made up for. Order: open, start; ask,
 * any time; stop, close. */
#ifndef MEDIA_THREAD_H
#define MEDIA_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/endpoint.h"

enum { THREAD_PHASES = 4 };

struct media_thread;

struct media_thread_options {
    uint32_t number, threads,
        legs; /* Owns the leg slots whose remainder by `threads` is `number`. */
    const struct ports *ports;
    struct clip_table *clips;
    struct ring_pool *rings;
    struct recorder *recorder;
    const struct vault *vault;
    uint32_t reflect_ms;      /* For tests: what the leg hears goes back after this, */
    float reflect_gain;       /* so loud; 0: not. */
    uint32_t echo_tail;       /* Samples; 0: echoes are not looked for. */
    uint32_t opus_complexity; /* 0 to 10. */
    bool hushes;              /* See hush.h. */
    bool plain;               /* No io_uring. */
    struct mailbox *events;
    struct mailbox *answers; /* Where figures asked for are posted: a struct thread_answer. */
};

struct thread_answer {
    uint32_t number;
    struct media_figures figures;
};

MUST_USE int thread_open(struct media_thread **out, const struct media_thread_options *options);
void thread_close(struct media_thread *thread);
MUST_USE int thread_start(struct media_thread *thread);
void thread_stop(struct media_thread *thread); /* Waits for it. */

struct mailbox *thread_mailbox(struct media_thread *thread);

/* Asks for a thread_answer. False when the mailbox is full now. */
MUST_USE bool thread_ask(struct media_thread *thread);

/* One beat at this time, in the caller's thread instead of a started one: for tests and benches. */
void thread_beat(struct media_thread *thread, uint64_t now_ns);

#endif
