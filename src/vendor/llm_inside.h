// SPDX-License-Identifier: Apache-2.0
/* llm_inside.h - what the rows of llm.h share: how to give news, and the tool calls being written.
 */
#ifndef VENDOR_LLM_INSIDE_H
#define VENDOR_LLM_INSIDE_H

#include <jansson.h>

#include "vendor/llm.h"

struct llm_vendor {
    const char *kind;
    const char *url;
    const char *path;
    void (*headers)(struct text key, struct text_buffer *out);
    json_t *(*body)(const struct llm_request *request); /* NULL: not JSON, or no memory. */
    void (*read)(struct llm_reader *reader, const json_t *message);
    const char *last; /* Data that ends the stream and is no JSON; NULL: none. */
};

extern const struct llm_vendor llm_chat, llm_anthropic;

void llm_say(struct llm_reader *reader, struct text words);
void llm_count(struct llm_reader *reader, uint32_t tokens_in, uint32_t tokens_out);
void llm_stop(struct llm_reader *reader, enum llm_stop stop); /* Ends open calls first. */
void llm_fail(struct llm_reader *reader, uint16_t status, struct text words);

/* Begins a call: NULL when there were too many. The id may be empty: it gets one. */
struct llm_call *llm_call_begin(struct llm_reader *reader, uint32_t index, struct text id,
                                struct text name);
/* The open call of that index, or NULL. */
struct llm_call *llm_call_find(struct llm_reader *reader, uint32_t index);
void llm_call_add(struct llm_call *call, struct text arguments);
void llm_call_end(struct llm_reader *reader, struct llm_call *call);

/* The tools' or the answer's schema as JSON; an empty object's for an empty text. NULL: no JSON. */
json_t *llm_schema(struct text schema);

/* Words of {"error": {"message": ...}} and its variants; empty: none. */
struct text llm_error_words(const json_t *message);

#endif
