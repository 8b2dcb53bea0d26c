// SPDX-License-Identifier: Apache-2.0
/* standin_ear.c - a recogniser over a WebSocket: words come while sound is voiced. */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "standin.h"

enum {
    LOUD = 0x2f, /* Mu-law: of -40 dBFS and more. The lower, the louder. */
    SAMPLES_A_MS = 8,
    MOST_MESSAGE = 1 << 16
};

/* What is heard is one of these, word by word; none ends like an unfinished sentence. */
static const char *const sentences[] = {
    "i would like to know when my parcel arrives", "please tell me the balance of my account",
    "my internet is down since this morning",      "i want to change my appointment to monday",
    "the heating in my flat does not work",        "can you send me the invoice again please"};

static ssize_t on_receive(wslay_event_context_ptr frames, uint8_t *bytes, size_t size, int flags,
                          void *context)
{
    struct link *link = context;
    ssize_t got = recv(link->fd, bytes, size, 0);

    (void)flags;
    if (got > 0)
        return got;
    if (got == 0 || errno != EAGAIN)
        link->broken = true;
    wslay_event_set_error(frames, link->broken ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr frames, const uint8_t *bytes, size_t size, int flags,
                       void *context)
{
    (void)frames;
    (void)flags;
    standin_write(context, bytes, size);
    return (ssize_t)size;
}

static void say(struct link *link, bool final)
{
    const char *words = sentences[link->utterance % (sizeof(sentences) / sizeof(*sentences))];
    size_t size = link->voiced_ms == 0 ? 0 : strlen(words);
    char text[512];

    if (!final) { /* Whole words. */
        size = link->voiced_ms / LETTER_MS < size ? link->voiced_ms / LETTER_MS : size;
        while (size > 0 && words[size] && words[size] != ' ')
            size--;
    }
    int length = snprintf(
        text, sizeof(text),
        "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":%.3f,\"start\":%.3f,"
        "\"is_final\":%s,\"speech_final\":false,\"from_finalize\":%s,\"channel\":{\"alternatives\":"
        "[{\"transcript\":\"%.*s\",\"confidence\":0.98,\"words\":[]}]}}",
        link->heard_ms / 1000.0, (double)(link->sound_ms - link->heard_ms) / 1000.0,
        final ? "true" : "false", final ? "true" : "false", (int)size, words);
    wslay_event_queue_msg(link->frames, &(struct wslay_event_msg){.opcode = WSLAY_TEXT_FRAME,
                                                                  .msg = (uint8_t *)text,
                                                                  .msg_length = (size_t)length});
    wslay_event_send(link->frames);
}

static void hear_sound(struct link *link, const uint8_t *ulaw, size_t count)
{
    uint32_t loud = 0;

    for (size_t i = 0; i < count; i++)
        loud += (ulaw[i] & 0x7f) < LOUD;
    link->heard_ms += (uint32_t)count / SAMPLES_A_MS;
    link->sound_ms += count / SAMPLES_A_MS;
    if (loud > count / 20)
        link->voiced_ms += (uint32_t)count / SAMPLES_A_MS;
    if (link->voiced_ms >= link->told_ms + PARTIAL_MS) {
        link->told_ms = link->voiced_ms;
        say(link, false);
    }
}

/* Each Finalize has its answer. */
static void ask_final(struct link *link)
{
    if (link->finals == STANDIN_FINALS) {
        link->broken = true;
        return;
    }
    link->finals_ns[link->finals++] = clock_ns() + FINAL_MS * 1000000ull;
    if (link->finals == 1)
        standin_wait(link, DEED_FINAL, link->finals_ns[0]);
}

static void on_message(wslay_event_context_ptr frames,
                       const struct wslay_event_on_msg_recv_arg *message, void *context)
{
    struct link *link = context;
    const char *text = (const char *)message->msg;

    (void)frames;
    if (message->opcode == WSLAY_BINARY_FRAME)
        hear_sound(link, message->msg, message->msg_length);
    else if (message->opcode == WSLAY_TEXT_FRAME &&
             memmem(text, message->msg_length, "\"Finalize\"", 10))
        ask_final(link);
}

bool ear_begin(struct link *link, const char *key, size_t key_size)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_receive, .send_callback = on_send, .on_msg_recv_callback = on_message};
    char text[128], answer[256];
    unsigned char hash[SHA_DIGEST_LENGTH], accept[64];
    int size = snprintf(text, sizeof(text), "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                        (int)key_size, key);

    SHA1((unsigned char *)text, (size_t)size, hash);
    EVP_EncodeBlock(accept, hash, SHA_DIGEST_LENGTH);
    size = snprintf(answer, sizeof(answer),
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                    (char *)accept);
    standin_write(link, answer, (size_t)size);
    free(link->in);
    link->in = NULL;
    link->in_size = 0;
    link->utterance = standin_serial();
    if (wslay_event_context_server_init(&link->frames, &callbacks, link) != 0)
        return false;
    wslay_event_config_set_max_recv_msg_length(link->frames, MOST_MESSAGE);
    return true;
}

bool ear_take(struct link *link)
{
    return wslay_event_recv(link->frames) == 0 && wslay_event_send(link->frames) == 0 &&
           !link->broken && wslay_event_get_close_received(link->frames) == 0;
}

void ear_go_on(struct link *link)
{
    memmove(link->finals_ns, link->finals_ns + 1, --link->finals * sizeof(link->finals_ns[0]));
    standin_wait(link, link->finals > 0 ? DEED_FINAL : DEED_NONE, link->finals_ns[0]);
    say(link, true);
    link->heard_ms = link->voiced_ms = link->told_ms = 0;
    link->utterance++;
}

void ear_end(struct link *link)
{
    if (link->frames)
        wslay_event_context_free(link->frames);
}
