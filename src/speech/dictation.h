// SPDX-License-Identifier: Apache-2.0
/* dictation.h - a provider being sent sound and giving words: one WebSocket, or one HTTP request.
 *
 * The owner, a listening thread, opens, sends and closes; what comes is read on the net thread and
 * posted to the owner's mailbox as news, which wakes it. Nothing is shared: what the net thread
 * needs is its own until the connection is gone. News of a stream that was closed may still come:
 * its serial tells. Keys are given to net alone. */
#ifndef SPEECH_DICTATION_H
#define SPEECH_DICTATION_H

#include "base/clip.h"
#include "base/mailbox.h"
#include "net/socket.h"
#include "speech/hearers.h"
#include "speech/kept.h"
#include "speech/note.h"

enum { DICTATION_ANSWER = 1 << 16 }; /* Bytes of an HTTP answer that are read. */

enum dictation_what {
    DICTATION_OPENED,
    DICTATION_SAID,
    DICTATION_CLOSED, /* Also when whoever asks it for answers has ended it (socket_cancel). */
    DICTATION_GONE /* Nothing of it is left on the net thread: the last. */
};

/* A note of its own, as long as its text. */
struct dictation_news {
    uint8_t mark; /* NOTE_MARK */
    uint8_t kind; /* NOTE_HEARD */
    uint8_t what; /* enum dictation_what */
    uint8_t said; /* DICTATION_SAID: enum stt_news_kind */
    bool last, over;
    bool opened, orderly; /* DICTATION_CLOSED: it had been open; by the protocol, not lost. */
    uint16_t confidence_permille;
    uint16_t status; /* DICTATION_CLOSED, STT_FAILED: as of HTTP; 0: none. */
    uint32_t leg, serial;
    uint32_t ms; /* DICTATION_OPENED: it took. */
    uint32_t to_ms;
    uint32_t retry_after_s;
    uint32_t size;
    char text[MAX_UTTERANCE]; /* Words, or why. Not terminated. */
};

static inline bool dictation_is_news(const uint8_t *message, size_t size)
{
    return size >= offsetof(struct dictation_news, text) && message[0] == NOTE_MARK &&
           message[1] == NOTE_HEARD;
}

struct dictation {
    struct net *net;
    const struct stt_vendor *vendor;
    uint32_t id; /* Of net; 0: not open. */
    uint32_t rate;
};

/* Whose it is, and how the sound will come. */
struct dictation_wish {
    struct net *net;
    const struct hearer *hearer;
    struct text language; /* Where the provider has none of its own. */
    uint32_t rate;        /* stt_rate() */
    struct mailbox *mail;
    uint32_t *errands; /* The owner's: one more for each that was begun, and not GONE. */
    uint32_t call, leg, serial;
    /* For a vendor that answers too (speech/answering.h). */
    struct clip_table *clips;
    struct mailbox *answers;
    bool wide;
};

/* Begins to connect a socket, and says its first message; an HTTP provider has nothing to open. 0,
 * -EBUSY: as many as may be, -EINVAL: not to be asked like this, -ENOMEM. */
MUST_USE int dictation_open(struct dictation *stream, const struct dictation_wish *wish);

/* At most STT_PIECE samples. False: not now, its queue is full; a stream that is gone says so. */
MUST_USE bool dictation_send(struct dictation *stream, const uint8_t *ulaw, uint32_t count);
MUST_USE bool dictation_say(struct dictation *stream, const char *message);

/* HTTP: asks for the words of this sound. As dictation_open(). */
MUST_USE int dictation_ask(struct dictation *stream, const struct dictation_wish *wish,
                           const struct kept *kept, uint64_t from, uint64_t to);

/* Its news are nothing any more. Politely: with the vendor's word for it. */
void dictation_close(struct dictation *stream, bool politely);

#endif
