// SPDX-License-Identifier: Apache-2.0
/* sse.h - server-sent events: the messages of a stream, whatever the pieces in which it comes.
 *
 * HTML Living Standard 9.2.5 and 9.2.6 ("Parsing an event stream", "Interpreting an event stream"):
 * lines end with CR, LF or both; a message ends with an empty line; comments (":") keep
 * connections open; a message without data is none; one that the stream's end cuts off is dropped.
 * `id` and `retry` are for those who connect again, and ignored. Pure; bounded by the storage
 * that the owner gives. */
#ifndef VENDOR_SSE_H
#define VENDOR_SSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { SSE_NAME = 48 }; /* Of an event's name; the rest is cut. */

/* Leave the members to sse.c. */
struct sse {
    void (*take)(void *context, struct text name, struct text data);
    void *context;
    char *storage; /* The message's data so far, and behind it the line that is being read. */
    uint32_t capacity, data_size, line_size, name_size;
    bool any_data, after_cr, begun, overflow;
    char name[SSE_NAME];
};

/* take() gets each message: its name ("message" when it has none) and its data, lines joined by LF;
 * both live until it returns. A message with what frames it must fit into the storage. */
void sse_init(struct sse *sse, char *storage, uint32_t capacity,
              void (*take)(void *context, struct text name, struct text data), void *context);

/* More of the stream. False, from then on, when a message was longer than the storage. */
MUST_USE bool sse_put(struct sse *sse, const void *bytes, size_t size);

#endif
