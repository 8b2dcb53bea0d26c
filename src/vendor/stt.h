// SPDX-License-Identifier: Apache-2.0
/* stt.h - what vendors of recognisers want to be sent, and what their bytes mean.
 *
 * One row a vendor: where a stream is opened and with which key, its first message, the form of
 * sound, the words that keep it open, end an utterance or drop it, and what each message says.
 * Order, over a WebSocket: stt_find(), stt_open(), stt_frame() for each piece of sound, row->finish
 * at the end of an utterance; stt_read() on each message, stt_hear() on what it read. Over HTTP:
 * stt_open(), stt_form_head(), WAV, stt_form_tail(), stt_read_answer(). Pure but for what jansson
 * allocates meanwhile; any thread; what comes is bounded and hostile. Cost: a message 10-50 us.
 *
 * Written from the vendors' public documents, as of November 2026:
 *   Deepgram, API reference, "Live Audio" (/v1/listen) and "Turn-based Audio (Flux)" (/v2/listen);
 *     documentation, "Finalize", "Audio Keep Alive", "Close Stream", "Understanding the Flux State
 *     Machine", "Force End Turn", "STT Troubleshooting WebSocket, NET, and DATA Errors"
 *   OpenAI, guide "Realtime transcription"; API reference, "Realtime: client events, server
 * events", "Audio: Create transcription"; of whole conversations vendor/realtime.h names them
 *   Vosk, vosk-server: README and websocket/asr_server.py, the protocol's only description */
#ifndef VENDOR_STT_H
#define VENDOR_STT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/text.h"

enum {
    STT_URL = 4000, /* Key terms travel in it. */
    STT_KEY = 512,
    STT_BEGIN = 4096,
    STT_MESSAGE = 1 << 18, /* The longest that is read; a minute of words has 30 KB. */
    STT_WORDS = 128,       /* Of one message, with their times; the rest is in the text alone. */
    STT_WHY = 160,
    STT_PIECE = 1600, /* Samples that one stt_frame() takes: 200 ms at 8 kHz. */
    STT_FRAME = 5120, /* Bytes that it makes at most. */
    STT_FORM = 4096,  /* Bytes of a form before its sound, with the WAV header. */
    STT_BOUNDARY = 40
};

enum stt_way {
    STT_SOCKET,
    STT_REQUEST /* One HTTP request an utterance, when it is over. */
};

enum stt_coding { STT_ULAW, STT_LINEAR /* 16 bits, little endian. */ };

/* What the configuration says of a provider. */
struct stt_ask {
    struct text url;             /* Empty: the row's. */
    struct text key;             /* Empty: none is sent. */
    struct text model, language; /* Empty: the row's, or the vendor's own choice. */
    /* "name=value\n" lines, into the query, the session or the form as they are; without a value:
     * what the row would say itself is left out. */
    struct text options;
    uint32_t rate; /* Of the sound: stt_rate(). */
    /* Of a whole conversation: how it speaks, and whether 16 kHz can be heard. */
    struct text voice;
    bool wide;
};

struct stt_opening {
    char url[STT_URL];
    char authorization[STT_KEY]; /* SECRET: the value of that header; empty: none. */
    char begin[STT_BEGIN];       /* The first message, text; empty: none. */
};

enum stt_news_kind {
    STT_NOTHING,        /* Of no interest, or not understood. */
    STT_INTERIM,        /* The words since those that are settled; they may change. */
    STT_DELTA,          /* More of them, joined as they are. */
    STT_SETTLED,        /* They will not change. */
    STT_SPEECH_STARTED, /* Somebody speaks; words may be with it. */
    STT_EAGER_END,      /* The turn is probably over; all its words. */
    STT_RESUMED,        /* It was not. */
    STT_END_OF_TURN,    /* It is; all its words, settled. */
    STT_COMMITTED,      /* All sound until finish is there: its words may be answered already. */
    STT_FAILED,
    STT_NEWS_KINDS
};

struct stt_word {
    uint16_t at, size; /* Of the news' text. */
    uint16_t confidence_permille;
    uint32_t from_ms, to_ms; /* Of the stream's sound; 0: not told. */
};

struct stt_news {
    enum stt_news_kind kind;
    bool last;                    /* STT_SETTLED, STT_END_OF_TURN: answers row->finish. */
    uint16_t confidence_permille; /* 0: not told. */
    uint32_t to_ms;               /* The stream's sound that is understood so far; 0: not told. */
    uint32_t size;                /* Of text: as the vendor writes it, terminated. */
    char text[MAX_UTTERANCE];
    uint32_t word_count;
    struct stt_word words[STT_WORDS];
    /* STT_FAILED */
    bool over;       /* Nothing more comes of this stream. */
    uint16_t status; /* As of HTTP: 401, 429...; 0: none. */
    char why[STT_WHY];
};

struct stt_vendor {
    const char *kind; /* As in the configuration. */
    enum stt_way way;
    enum stt_coding coding;
    uint32_t most_rate;     /* 8,000 or 16,000. */
    bool base64;            /* Sound travels within JSON. */
    bool continuous;        /* Silence too: it hears the ends of turns itself. */
    bool single;            /* finish ends the stream: the next utterance needs another. */
    bool counted;           /* Each message of sound, and finish, has one answer. */
    bool converses;         /* It can answer too: vendor/realtime.h. */
    uint32_t keep_alive_ms; /* How often keep_alive is said when no sound is sent. */
    uint32_t warm_ms;       /* One that was opened ahead is renewed after this; 0: net's usual. */
    const char *keep_alive; /* Messages, text; NULL: there is none. */
    const char *finish;     /* Gives the words of all sound sent. */
    const char *forget;     /* Drops sound that is not finished; NULL: finish, and look away. */
    const char *close;
    const char *url, *model;
    bool (*open)(const struct stt_vendor *vendor, const struct stt_ask *ask,
                 struct stt_opening *out);
    void (*read)(const char *bytes, size_t size, struct stt_news *out);
};

/* By kind; NULL: no such vendor. */
const struct stt_vendor *stt_find(struct text kind);

/* In which rate sound of this rate is sent. */
uint32_t stt_rate(const struct stt_vendor *vendor, uint32_t rate);

/* False: it does not fit, or the key is not one line of visible characters. */
MUST_USE bool stt_open(const struct stt_vendor *vendor, const struct stt_ask *ask,
                       struct stt_opening *out);

/* Mu-law samples, at most STT_PIECE, as a message of STT_FRAME bytes at most; returns its size. It
 * is text when row->base64, else binary. */
uint32_t stt_frame(const struct stt_vendor *vendor, uint32_t rate, const uint8_t *ulaw,
                   uint32_t count, uint8_t *out);

/* One message. */
void stt_read(const struct stt_vendor *vendor, const char *bytes, size_t size,
              struct stt_news *out);

/* STT_REQUEST: the body is head, linear samples, tail; its type "multipart/form-data; boundary="
 * and the boundary, of at most STT_BOUNDARY letters. 0: it does not fit. */
MUST_USE uint32_t stt_form_head(const struct stt_vendor *vendor, const struct stt_ask *ask,
                                struct text boundary, uint32_t samples, char out[STT_FORM]);
MUST_USE uint32_t stt_form_tail(struct text boundary, char out[STT_FORM]);

/* The answer, of any status. */
void stt_read_answer(const struct stt_vendor *vendor, uint16_t status, const char *body,
                     size_t size, struct stt_news *out);

/* ---- From news to what an utterance has come to ---- */

enum stt_change {
    STT_SAME,
    STT_MORE,  /* There are other words than before. */
    STT_WHOLE, /* All words of the utterance that finish was said for: take them, and reset. */
    STT_TURN   /* An opinion of the turn: the news says which. */
};

/* The words of one stream that are not taken yet. Zeroed memory is the state at the beginning. */
struct stt_turn {
    uint32_t settled_size, interim_size;
    uint32_t to_ms;              /* Highest of the news. */
    uint32_t answers;            /* News that a counted vendor gave. */
    uint32_t weight, confidence; /* Of settled words: bytes, and permille times bytes. */
    bool speaking;               /* Of a continuous vendor: a turn of its own is open. */
    bool ended;                  /* And one ended since the last reset. */
    char settled[MAX_UTTERANCE], interim[MAX_UTTERANCE];
};

/* `awaited`: finish was said, and of a counted vendor, its `answers`th answer is the whole; 0: no.
 */
enum stt_change stt_hear(struct stt_turn *turn, const struct stt_vendor *vendor,
                         const struct stt_news *news, uint32_t awaited);

/* All words so far as the house writes what it heard: lower case, no punctuation between words.
 * Returns their confidence in permille; 0 when there are none. */
uint16_t stt_words(const struct stt_turn *turn, char out[MAX_UTTERANCE]);

/* The next utterance begins. What counts the stream stays. */
void stt_next(struct stt_turn *turn);

#endif
