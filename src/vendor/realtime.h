// SPDX-License-Identifier: Apache-2.0
/* realtime.h - a whole conversation over one connection: what is said to OpenAI's Realtime API
 * beside the caller's sound, and what its answers mean.
 *
 * The sound and the caller's words travel as with any recogniser: row "openai-realtime" of stt.h,
 * which opens the session. Here is what a model does: it is told of what it did not hear itself
 * (items), asked to answer, given results, told to stop, and told what the caller heard of it. One
 * row only, so functions and no table. What is asked has a number, which comes back with what is
 * answered (`metadata`), and with an error (`event_id`). Pure but for what jansson allocates
 * meanwhile; any thread; what comes is bounded and hostile. Cost: a message of sound 30 us.
 *
 * Written from OpenAI's public documents, as of November 2026: guides "Realtime conversations",
 * "Voice activity detection", "Realtime API with WebSocket"; API reference, "Realtime: client events"
 * (session.update, conversation.item.create, .truncate, .delete, response.create, .cancel) and
 * "Realtime: server events" (response.created, response.output_audio.delta,
 * response.output_audio_transcript.delta, response.output_item.done, response.done, error). The
 * names that sound and words had before (response.audio.delta, response.audio_transcript.delta) are
 * understood too: servers that speak the protocol of 2024 are about. */
#ifndef VENDOR_REALTIME_H
#define VENDOR_REALTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "vendor/llm.h"
#include "vendor/stt.h"

enum {
    REALTIME_ID = 64,    /* Of an item or a response; longer ones are none. */
    REALTIME_TEXT = 2048 /* Words, arguments, or why. */
};

enum realtime_news_kind {
    REALTIME_NOTHING, /* Not understood, or of the caller's sound and words. */
    REALTIME_ALIVE,   /* Of no interest, but it shows that the server goes on. */
    REALTIME_WRITING, /* The arguments of a tool are being written. */
    REALTIME_BEGUN,   /* An answer to what was asked with `number`. */
    REALTIME_SOUND,   /* Of `item`. */
    REALTIME_WORDS,   /* What is said in it, joined as they are. */
    REALTIME_CALL,    /* A tool is to be called: id, name, and arguments as text. */
    REALTIME_OVER,    /* The answer is whole, or as long as it may be. */
    REALTIME_STOPPED, /* It was cancelled. */
    REALTIME_FAILED,  /* It will not go on; of an error: it was not begun. */
    REALTIME_NEWS_KINDS
};

struct realtime_news {
    enum realtime_news_kind kind;
    uint32_t number;             /* BEGUN OVER STOPPED FAILED: as asked; 0: not told. */
    char response[REALTIME_ID];  /* Empty: not told. */
    char item[REALTIME_ID];      /* SOUND WORDS */
    uint32_t sound_size;         /* SOUND: bytes. */
    bool broken;                 /* CALL: the arguments are no JSON object, and empty. */
    uint32_t tokens_in, tokens_out; /* OVER */
    uint16_t status;             /* FAILED: as of HTTP; 0: none. */
    uint16_t id_size, name_size, size;
    char id[LLM_ID], name[MAX_NAME], text[REALTIME_TEXT];
};

/* One message. Sound goes to `sound`, which has room for as many bytes as the message. */
void realtime_read(const char *bytes, size_t size, uint8_t *sound, struct realtime_news *out);

/* ---- What is said to it: each returns the size of a message, or 0 when it does not fit. ---- */

/* Who it is and what it can do, from now on. */
MUST_USE uint32_t realtime_write_session(struct text instructions, const struct llm_tool *tools,
                                         uint32_t tool_count, uint32_t max_tokens, char *out,
                                         uint32_t size);

/* Something that was said, called or answered, as a new item. after: the id of the one it follows,
 * "root": it is the first of all, empty: the last. id: ours; empty: the server gives one. */
MUST_USE uint32_t realtime_write_item(const struct llm_message *message, struct text id,
                                      struct text after, char *out, uint32_t size);

MUST_USE uint32_t realtime_write_ask(uint32_t number, char *out, uint32_t size);
MUST_USE uint32_t realtime_write_cancel(char *out, uint32_t size);

/* Of this item so much was heard; 0: nothing, it goes. */
MUST_USE uint32_t realtime_write_heard(struct text item, uint32_t heard_ms, char *out,
                                       uint32_t size);

/* Whether an error answers one of the above, and so says nothing of the session. */
bool realtime_is_ours(struct text event_id);

/* ---- From the connection's owner to whoever asks ---- */

/* A piece of an answer. As long as its bytes: id, name and text behind one another. */
enum realtime_note_kind {
    REALTIME_NOTE_SOUND, /* Its sound begins, in this clip, which carries one reference. */
    REALTIME_NOTE_WORDS, /* Of this clip. */
    REALTIME_NOTE_CALL,
    REALTIME_NOTE_ALIVE,   /* It goes on. */
    REALTIME_NOTE_WRITING, /* And writes the arguments of a tool: nothing is heard meanwhile. */
    REALTIME_NOTE_OVER,
    REALTIME_NOTE_FAILED /* text: why. */
};

struct realtime_note {
    uint32_t call, session; /* Whose connection; SPEECH_SESSION has the same number. */
    uint32_t number;        /* As asked; 0: not told. */
    enum realtime_note_kind kind;
    uint32_t clip;
    uint32_t tokens_in, tokens_out;
    uint16_t status;
    bool broken;
    uint16_t id_size, name_size, size; /* SOUND: the id is the item's. */
    char bytes[LLM_ID + MAX_NAME + REALTIME_TEXT];
};

#endif
