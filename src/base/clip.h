// SPDX-License-Identifier: Apache-2.0
/* clip.h - a stretch of speech that can be played while it is still being written.
 *
 * Linear; a clip for wideband callers has 16 kHz linear beside it, which costs memory only in such a
 * clip. G.711 is encoded as it is sent: 40 ns a frame, while its two forms kept in every clip were
 * half of the clip's memory. So are G.722 and Opus, since each of their frames depends on those before
 * it; but a clip that many hear may carry its frames of them, made once.
 * One thread appends (a speech worker); any number read. A clip has an id in the process-wide
 * table, never passed as a pointer between threads. References: clip_new() gives one to the maker;
 * each SPEECH_READY event carries one more, which ends with MEDIA_PLAY (media drops it when the
 * playout ended) or CLIP_DROP. Dropping never frees: clip_reap(), called by the speech limb, does.
 */
#ifndef BASE_CLIP_H
#define BASE_CLIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct clip_table;

/* Room for `count` clips at once. 0 or -ENOMEM. */
MUST_USE int clip_table_open(struct clip_table **out, uint32_t count);
void clip_table_close(struct clip_table *table);

/* Reserves address space for max_samples (8 kHz); memory is used as it is written. Returns the
 * clip's id with one reference, or 0 when the table is full or no memory is left. */
MUST_USE uint32_t clip_new(struct clip_table *table, uint32_t max_samples);

/* Appends linear samples. Returns false when the clip is at its maximum. */
bool clip_append(struct clip_table *table, uint32_t clip, const int16_t *samples, uint32_t count);

/* The same for a wide clip: 2 * count samples of 16 kHz; makes the 8 kHz form of them. A clip
 * takes only one of the two. */
bool clip_append_wide(struct clip_table *table, uint32_t clip, const int16_t *samples,
                      uint32_t count);

/* What came before the clip, for one that is played round and round: 2 * count samples. First. */
void clip_precede_wide(struct clip_table *table, uint32_t clip, const int16_t *samples,
                       uint32_t count);

/* The clip's frames of 20 ms in another form, each of frame_bytes. Takes `bytes` over, to be freed
 * with the clip. Once a form, before anybody else knows of the clip. */
enum clip_form { CLIP_G722, CLIP_OPUS, CLIP_FORMS };
void clip_put_form(struct clip_table *table, uint32_t clip, enum clip_form form, uint8_t *bytes,
                   uint32_t frame_bytes);

/* Nothing more will be appended. Every clip is finished once, also when synthesis failed. */
void clip_finish(struct clip_table *table, uint32_t clip);

void clip_hold(struct clip_table *table, uint32_t clip);
void clip_drop(struct clip_table *table, uint32_t clip); /* Wait-free: for the media tick too. */

/* What can be read now. Samples below `size` never change. False for an id that is not alive. */
struct clip_view {
    const int16_t *linear;
    const int16_t *wide; /* Two samples for each of `linear`; NULL: there are none. */
    const uint8_t *forms[CLIP_FORMS]; /* Whole frames; NULL: they are not there. */
    uint32_t frame_bytes[CLIP_FORMS];
    uint32_t size; /* Samples of 8 kHz. */
    bool finished;
};
MUST_USE bool clip_read(struct clip_table *table, uint32_t clip, struct clip_view *out);

/* Frees what nobody holds. Returns how many. */
uint32_t clip_reap(struct clip_table *table);

#endif
