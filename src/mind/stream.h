// SPDX-License-Identifier: Apache-2.0
/* stream.h - one answer of a model, under way: asked on the mind's thread, heard on the net thread.
 *
 * What comes is split into clauses there and told by notes in the owner's mailbox: clauses and tool
 * calls as they come, then one STREAM_OVER or STREAM_FAILED, unless cancelled, then STREAM_GONE. A
 * full mailbox loses notes but that last one; then the core's time limit ends the wait. Memory:
 * about 32 KB while it lasts, given back by the net thread. */
#ifndef MIND_STREAM_H
#define MIND_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "base/text.h"
#include "net/net.h"
#include "vendor/llm.h"

enum {
    STREAM_TEXT = 2048,   /* Of one note: a clause, arguments, a summary, or words of an error. */
    STREAM_BODY = 1 << 18 /* Of a request. */
};

enum stream_kind {
    STREAM_CLAUSE,
    STREAM_BEGUN, /* A tool will be called. */
    STREAM_CALL,
    STREAM_OVER, /* `whole` ones: with all that was said, as far as it fits. */
    STREAM_FAILED,
    STREAM_GONE /* The very last, also when cancelled: nothing of it is left. */
};

struct stream_note {
    uint32_t call, number; /* As in the wish. */
    enum stream_kind kind;
    uint64_t first_ms; /* Monotonic: the first token; 0: none came. */
    uint32_t tokens_in, tokens_out;
    uint16_t status;
    uint32_t retry_after_s;
    bool broken; /* STREAM_CALL: the arguments are no JSON object, and empty. */
    uint16_t id_size, name_size, size;
    char bytes[LLM_ID + MAX_NAME + STREAM_TEXT]; /* id, name and text behind one another. */
};

struct stream_wish {
    uint32_t call, number;
    const struct llm_vendor *vendor;
    struct text url, key, language;
    struct text body;
    bool whole;       /* Not split: one text at the end. */
    uint32_t hard_ms; /* For the first byte, and the longest silence. */
};

/* NET_OK with the id for http_cancel(), or why nothing was begun. */
MUST_USE enum net_result stream_start(struct net *net, struct mailbox *notes,
                                      const struct stream_wish *wish, uint32_t *http);

/* A note as it was taken from the mailbox; false: it is none. */
MUST_USE bool stream_note_sound(const struct stream_note *note, size_t size);
struct text stream_note_id(const struct stream_note *note);
struct text stream_note_name(const struct stream_note *note);
struct text stream_note_text(const struct stream_note *note);

#endif
