// SPDX-License-Identifier: Apache-2.0
/* recorder.h - the recorder thread: takes full buffers, writes them to the legs' files, gives them
 * back.
 *
 * What capture.c needs of it. A buffer belongs to its media thread's pool, to the leg that took it,
 * to the recorder from RECORDER_SOUND or _END until its return, then to the pool again. The mailbox
 * holds a message for every buffer and a begin for every leg: it is full only when the recorder is
 * stuck. The recorder looks every 10 ms, so that nobody who posts need wake it. */
#ifndef MEDIA_RECORDER_H
#define MEDIA_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/command.h"

struct recorder;

enum recorder_message_kind { RECORDER_BEGIN, RECORDER_SOUND, RECORDER_END, RECORDER_QUIT };

struct recorder_message {
    enum recorder_message_kind kind;
    uint32_t slot, thread;
    enum codec codec;
    uint64_t owed;        /* Bytes of silence first. */
    uint32_t index, size; /* size 0: no buffer. */
    char name[MAX_NAME];  /* RECORDER_BEGIN */
};

/* False when the mailbox is full or busy; never waits. */
bool recorder_post(struct recorder *recorder, const struct recorder_message *message);

/* A free buffer of CAPTURE_BYTES, or NULL. */
uint8_t *recorder_take(struct recorder *recorder, uint32_t thread, uint32_t *index);

#endif
