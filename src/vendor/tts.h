// SPDX-License-Identifier: Apache-2.0
/* tts.h - what vendors of voices want to be asked, and what their bytes mean.
 *
 * One row a vendor and way: how a request is made, which form of sound is asked for, where sound,
 * its end and errors are in what comes, how a running one is cancelled. Pure: bytes in, structs
 * out; no clock, socket or state between calls; what comes from the network is bounded and hostile.
 * Order, over HTTP: tts_find(), row->form(), row->request(), then tts_sound.h on the body, or
 * tts_why() on it when the status is not 2xx; cancelled by ending the request. Over a WebSocket:
 * row->request() for the upgrade, row->say() for each utterance, row->read() on each text message;
 * binary messages are sound; row->cancel(). Any thread. Cost: a request or a message is one JSON
 * text, 10-50 us.
 *
 * Written from the vendors' public references, as of November 2026:
 *   OpenAI, API reference, "Audio: Create speech"; guide "Text to speech", "Streaming realtime
 * audio" ElevenLabs, API reference, "Text to Speech: Stream speech"; "Error messages" Deepgram, API
 * reference, "Text to Speech: Single text / Continuous text stream"; "TTS: Media output settings";
 * "Flush", "Clear", "Close"; "Errors" Cartesia, API reference, "Text to Speech (WebSocket)";
 * "Contexts"; "API conventions" */
#ifndef VENDOR_TTS_H
#define VENDOR_TTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    TTS_URL = 1024,
    TTS_HEADERS = 1024,
    TTS_BODY = 16384, /* 1 KB of words and 1 KB before them, each byte escaped, and the rest. */
    TTS_WHY = 160,
    TTS_MESSAGE = 1 << 20 /* The longest message that is read: 10 s at 44.1 kHz in base64. */
};

enum tts_way { TTS_HTTP, TTS_SOCKET };

enum tts_coding {
    TTS_PCM16, /* Little endian. */
    TTS_ULAW,
    TTS_ALAW
};

/* Of the sound that is asked for; a WAV header in what comes says otherwise. */
struct tts_form {
    enum tts_coding coding;
    uint32_t rate; /* 8,000 to 48,000 */
};

/* What the configuration says of a provider, and the words. */
struct tts_ask {
    struct text url;                    /* Empty: the row's. */
    struct text key;                    /* Empty: none is sent. */
    struct text model, voice, language; /* Empty: the row's, or the vendor's own choice. */
    /* "name=value\n" lines. `format` (pcm or wav) and `rate` are of the sound, for servers that
     * know only one; others go into the request as they are, "a.b=1" as {"a": {"b": 1}}. */
    struct text options;
    bool wide; /* For a wideband caller. */
    struct text words;
    struct text before; /* Spoken just before, for the melody; empty: nothing. */
    uint32_t context;   /* Names the utterance on a socket that carries several. */
};

struct tts_request {
    char url[TTS_URL];
    char headers[TTS_HEADERS]; /* "Name: value\n" lines. */
    char body[TTS_BODY];       /* Terminated. */
    uint32_t body_size;
};

enum tts_news_kind {
    TTS_NOTHING, /* Of no interest, or not understood. */
    TTS_SOUND,
    TTS_END, /* Of the utterance's sound. */
    TTS_FAILED
};

struct tts_news {
    enum tts_news_kind kind;
    uint32_t context; /* 0: the socket's only one. */
    size_t sound_size;
    uint16_t status; /* TTS_FAILED: as of HTTP; 0: none. */
    char why[TTS_WHY];
};

struct tts_vendor {
    const char *kind; /* As in the configuration. */
    enum tts_way way;
    bool shared; /* One socket carries several utterances at once. */
    const char *url, *model, *voice;
    struct tts_form (*form)(const struct tts_ask *ask);
    /* False: it does not fit, or the key is not one line. */
    bool (*request)(const struct tts_vendor *vendor, const struct tts_ask *ask,
                    struct tts_request *out);
    /* Only sockets: messages, into `body`. */
    bool (*say)(const struct tts_vendor *vendor, const struct tts_ask *ask,
                struct tts_request *out);
    bool (*finish)(struct tts_request *out); /* After say(); NULL: it needs none. */
    bool (*cancel)(uint32_t context, struct tts_request *out);
    bool binary; /* Sound comes in binary messages; otherwise within text. */
    /* One text message. Sound goes to `sound`, which has room for as many bytes as the message. */
    void (*read)(const char *bytes, size_t size, uint8_t *sound, struct tts_news *out);
};

/* By kind and URL (ws: and wss: are sockets); NULL: no such vendor. */
const struct tts_vendor *tts_find(struct text kind, struct text url);

/* What an answer that is no sound says, from its JSON if it has any; in one line, without the key.
 */
void tts_why(uint16_t status, const char *body, size_t size, struct text key, char out[TTS_WHY]);

/* The rows. */
extern const struct tts_vendor tts_openai, tts_elevenlabs, tts_deepgram, tts_deepgram_socket,
    tts_cartesia;

#endif
