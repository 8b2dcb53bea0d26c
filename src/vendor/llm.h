// SPDX-License-Identifier: Apache-2.0
/* llm.h - language models on the wire: a dialogue in, the vendor's request out; the vendor's
 * streamed answer in, news out.
 *
 * One row a wire format, chosen by the `kind` of the provider:
 *   chat       OpenAI API reference, "Create chat completion" and "The chat completion chunk
 *              object" (platform.openai.com/docs/api-reference/chat). Also spoken by vLLM,
 * llama.cpp, Ollama, Groq, OpenRouter and others; what they do otherwise is said in llm_chat.c.
 *   anthropic  Claude API documentation, "Messages", "Streaming messages", "Errors"
 *              (platform.claude.com/docs), version 2023-06-01.
 * Order: llm_vendor(); llm_url(), llm_headers() and llm_write() make a request; then either a
 * reader takes its event stream (vendor/sse.h frames it), message by message, and llm_end() when it
 * has ended, or llm_refusal() reads a response that is not 200. Pure but for what jansson allocates
 * meanwhile; nothing is kept. Bytes may be hostile: everything is bounded, and what goes on after
 * the end is ignored. Cost: about 2 us a message. */
#ifndef VENDOR_LLM_H
#define VENDOR_LLM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/text.h"

enum {
    LLM_CALLS = 4,        /* Tool calls of one answer; more are not passed on. */
    LLM_ARGUMENTS = 2048, /* Of one tool call, bytes of JSON. */
    LLM_ID = 80, /* A vendor's name of a tool call; longer ones are cut, and sent back so. */
    LLM_MESSAGE = 1 << 18, /* One message of the stream. Ours are under 1 KB. */
    LLM_WORDS = 200        /* Of an error. */
};

enum llm_role {
    LLM_USER,
    LLM_ASSISTANT,
    LLM_CALL,  /* The assistant called a tool: id, name, and the arguments as `text`. */
    LLM_RESULT /* What it came to: id of the call, and `text`. */
};

struct llm_message {
    enum llm_role role;
    struct text text, id, name;
};

struct llm_tool {
    struct text name, description;
    struct text schema; /* JSON schema of the arguments, an object's; empty: it takes none. */
};

struct llm_option { /* More of what the vendor knows, by its own name. */
    struct text name;
    struct text value; /* As JSON, or else as a text; null: it is left out. */
};

struct llm_request {
    struct text model;
    struct text system;  /* The same in all turns of a call, so that vendors may keep it. */
    struct text context; /* What changes from turn to turn; stands behind it. */
    const struct llm_message *messages;
    uint32_t message_count;
    const struct llm_tool *tools;
    uint32_t tool_count;
    struct text schema;           /* The answer shall be JSON of this schema; empty: words. */
    int32_t temperature_permille; /* -1: the model's own. */
    uint32_t max_tokens;          /* 0: the vendor's limit, or 1,024 where one must be given. */
    bool completion_tokens; /* chat: the limit is called max_completion_tokens, as OpenAI's own
                               newer models want it; others know max_tokens only. */
    const struct llm_option *options; /* They outrank all of the above. */
    uint32_t option_count;
};

enum llm_stop {
    LLM_STOP_END,
    LLM_STOP_LENGTH, /* max_tokens was reached, or the context is full. */
    LLM_STOP_TOOLS,  /* It waits for the results. */
    LLM_STOP_REFUSED,
    LLM_STOPS
};

enum llm_news_kind {
    LLM_TEXT,       /* text: some more of the words. */
    LLM_TOOL_BEGUN, /* id, name: a tool will be called; its arguments are still being written. */
    LLM_TOOL,       /* id, name, text: the arguments, a JSON object; `broken`: they are none. */
    LLM_USAGE,      /* tokens_in, tokens_out; may come more than once, the last counts. */
    LLM_STOPPED,    /* stop: no more words and tools. Usage may follow. */
    LLM_FAILED,     /* status, text: words for people. Nothing follows. */
    LLM_NEWS_KINDS
};

/* Texts live until take() returns. */
struct llm_news {
    enum llm_news_kind kind;
    struct text text, id, name;
    bool broken;
    enum llm_stop stop;
    uint32_t tokens_in, tokens_out;
    uint16_t status; /* As of HTTP: 429, 529...; 0: the stream was not one, or broke off. */
};

struct llm_call { /* A tool call that is being written. */
    bool open;
    uint32_t index; /* The vendor's. */
    uint32_t id_size, name_size, size;
    bool cut; /* Longer than LLM_ARGUMENTS. */
    char id[LLM_ID], name[MAX_NAME], arguments[LLM_ARGUMENTS];
};

enum llm_stage { LLM_READING, LLM_SAID, /* Stopped; usage may come. */ LLM_OVER };

struct llm_vendor;

/* Read `stage` freely; leave the rest to llm.c. */
struct llm_reader {
    const struct llm_vendor *vendor;
    void (*take)(void *context, const struct llm_news *news);
    void *context;
    enum llm_stage stage;
    uint32_t calls; /* Begun. */
    uint32_t tokens_in, tokens_out;
    struct llm_call call[LLM_CALLS];
};

/* NULL when there is none of that kind. */
const struct llm_vendor *llm_vendor(struct text kind);

/* Where requests go: `base` (empty: the vendor's own) and the path of the interface, unless base
 * names it already. */
void llm_url(const struct llm_vendor *vendor, struct text base, struct text_buffer *out);

/* "Name: value\n" lines. An empty key (a server of one's own) gives no credentials. */
void llm_headers(const struct llm_vendor *vendor, struct text key, struct text_buffer *out);

/* The body. 0 when it does not fit, a schema is not JSON, or memory is out. */
MUST_USE uint32_t llm_write(const struct llm_vendor *vendor, const struct llm_request *request,
                            char *out, uint32_t size);

void llm_reader_init(struct llm_reader *reader, const struct llm_vendor *vendor,
                     void (*take)(void *context, const struct llm_news *news), void *context);

/* One message of the event stream: its data, all lines of it. */
void llm_read(struct llm_reader *reader, struct text data);

/* The stream ended. LLM_FAILED is taken when that was too early. */
void llm_end(struct llm_reader *reader);

/* What a response other than 200 says: words of its body into out, for people and logs (vendors
 * do not repeat the caller's words there; keys are masked by them). */
void llm_refusal(struct text body, struct text_buffer *out);

#endif
