// SPDX-License-Identifier: Apache-2.0
/* limit.h - how many calls a server holds well, and what gives out first.
 *
 * limit_begin(), then again and again: try `next` calls, limit_tried() with the verdict, while
 * limit_goes_on(). The calls double while they are held well, then the gap between the last good
 * and the first bad number is halved. Machines are noisy: a number counts as bad, or as too much
 * for the generator, when two tries of it came out so and none was good. Pure: no clock, no
 * sockets; the same verdicts give the same search. At most LIMIT_TRIES tries. */
#ifndef LOAD_LIMIT_H
#define LOAD_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "load/result.h"

enum { LIMIT_TRIES = 40, LIMIT_RESOLUTION_PERCENT = 5 };

enum limit_state {
    LIMIT_CLIMBING,   /* No number was bad yet. */
    LIMIT_HALVING,    /* The limit lies between `good` and `bad`. */
    LIMIT_FOUND,      /* Within LIMIT_RESOLUTION_PERCENT. */
    LIMIT_BEYOND,     /* `most` is still held well. */
    LIMIT_OF_OURS,    /* The generator gave out first: the server holds `good` at least. */
    LIMIT_NEVER_GOOD, /* Not even one call is held well. */
    LIMIT_STOPPED     /* Out of tries. */
};

struct limit_search {
    enum limit_state state;
    uint32_t most;
    uint32_t good, bad; /* 0: none yet. */
    uint32_t next;      /* To be tried. */
    uint32_t tries;
    uint8_t bad_here, late_here; /* Tries of `next` that came out so. */
};

extern const char *const limit_state_names[]; /* "found", "never good" */

/* first: 1 .. most. */
void limit_begin(struct limit_search *search, uint32_t first, uint32_t most);
void limit_tried(struct limit_search *search, enum load_verdict verdict);
bool limit_goes_on(const struct limit_search *search);

/* ---- What gave out ---- */

enum limit_part {
    LIMIT_ADMISSION, /* The server refused on purpose: a limit in its configuration. */
    LIMIT_SIGNALLING,
    LIMIT_MEDIA_TICK,
    LIMIT_RECOGNISER,
    LIMIT_RECORDER,
    LIMIT_NETWORK,
    LIMIT_PARTS
};
extern const char *const limit_part_names[LIMIT_PARTS]; /* "signalling", "media tick" */

/* What the server and the machine say of the same time; growth from begin to end of a try. */
struct limit_evidence {
    bool server_known; /* An Offhook server told the next five. */
    uint64_t ticks, late_ticks, capture_lost, events_lost, unheard; /* unheard: frames that no
                                                                       recogniser took. */
    bool machine_known;
    uint64_t kernel_drops; /* UDP datagrams that found a full buffer, whole machine. */
};

/* How near each part is to what is allowed of it: 1 is the limit, 0 nothing seen. `usual` are the
 * figures of a try with few calls, to which times are compared. */
struct limit_strains {
    double of[LIMIT_PARTS];
};
void limit_strains(struct limit_strains *out, const struct load_figures *figures,
                   const struct load_figures *usual, const struct limit_evidence *evidence);

/* The part under the greatest strain. */
enum limit_part limit_first(const struct limit_strains *strains);

/* "503 to 12 of 400 calls": the facts behind a part's strain, in words. */
void limit_words(enum limit_part part, const struct load_figures *figures,
                 const struct limit_evidence *evidence, struct text_buffer *out);

#endif
