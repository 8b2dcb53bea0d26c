// SPDX-License-Identifier: Apache-2.0
/* standin_http.c - a model that streams tokens, and a voice that streams sound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "standin.h"

enum { MOST_STEPS = 200, MS = 1000000, WORD_MS = 300 };

/* The numbers make each clause another, so that no voice has it in its memory. The first ends with
 * the comma: five tokens after the first. */
static const char *const tokens[] = {"Noted",     " as",   " case", " %u", ",",       " and", " I",
                                     " will",     " see",  " to",   " it", " by day", " %u",  ".",
                                     " Anything", " else", " for",  " %u", "?"};

static const char *header(const char *head, const char *end, const char *name, size_t *size)
{
    size_t length = strlen(name);

    for (const char *line = head; line && line < end; line = strstr(line, "\r\n")) {
        line += line == head ? 0 : 2;
        if (strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        const char *value = line + length + 1;
        value += strspn(value, " ");
        *size = strcspn(value, "\r");
        return value;
    }
    return NULL;
}

static void chunk(struct link *link, const void *bytes, size_t size)
{
    char head[16];
    static char whole[STANDIN_OUT / 2];
    int length = snprintf(head, sizeof(head), "%zx\r\n", size);

    if (size + (size_t)length + 2 > sizeof(whole))
        abort();
    memcpy(whole, head, (size_t)length);
    memcpy(whole + length, bytes, size);
    memcpy(whole + length + size, "\r\n", 2);
    standin_write(link, whole, (size_t)length + size + 2);
}

static void answer(struct link *link, const char *text)
{
    standin_write(link, text, strlen(text));
}

static void begin_stream(struct link *link, const char *type)
{
    char head[160];

    snprintf(head, sizeof(head),
             "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", type);
    answer(link, head);
}

static bool asks(const char *head, const char *what)
{
    return strncmp(head, what, strlen(what)) == 0;
}

/* As long as the words take, which are the member of that name. */
static uint32_t sound_pieces(const char *body, const char *end, const char *member)
{
    const char *words = memmem(body, (size_t)(end - body), member, strlen(member));
    uint32_t count = 1, pieces;

    if (!words)
        return 1;
    for (words += strlen(member); words < end && *words != '"'; words++)
        continue;
    for (words++; words < end && *words != '"'; words++)
        count += *words == ' ';
    pieces = count * WORD_MS / SOUND_PIECE_MS;
    return pieces < MOST_STEPS ? pieces : MOST_STEPS;
}

static void begin_speech(struct link *link, const char *body, const char *end, bool narrow)
{
    link->narrow = narrow;
    link->steps = sound_pieces(body, end, narrow ? "\"text\":" : "\"input\":");
    standin_wait(link, DEED_SOUND, clock_ns() + SOUND_MS * (uint64_t)MS);
}

/* One whole request; false: nothing that is known here. */
static bool serve(struct link *link, const char *body, const char *end)
{
    const char *head = link->in;
    size_t key_size = 0;

    link->step = 0;
    if (asks(head, "GET /v1/listen")) {
        const char *key = header(head, body, "Sec-WebSocket-Key", &key_size);
        return key && ear_begin(link, key, key_size);
    }
    if (asks(head, "POST /v1/chat/completions ")) {
        link->steps = sizeof(tokens) / sizeof(*tokens) + 1;
        standin_wait(link, DEED_TOKENS, clock_ns() + TOKEN_MS * (uint64_t)MS);
    } else if (asks(head, "POST /audio/speech ") || asks(head, "POST /v1/speak?")) {
        begin_speech(link, body, end, asks(head, "POST /v1/speak?"));
    } else { /* HEAD, of connections that are kept warm. */
        answer(link, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
    return true;
}

bool http_take(struct link *link)
{
    char *end = memmem(link->in, link->in_size, "\r\n\r\n", 4);
    size_t size = 0;

    if (!end || link->deed != DEED_NONE)
        return link->in_size < STANDIN_IN;
    end[2] = '\0'; /* The head is text now. */
    const char *length = header(link->in, end, "Content-Length", &size);
    uint32_t whole = (uint32_t)(end + 4 - link->in) + (length ? (uint32_t)atoi(length) : 0);
    if (whole > STANDIN_IN)
        return false;
    if (link->in_size < whole) {
        end[2] = '\r';
        return true;
    }
    if (!serve(link, end + 4, link->in + whole))
        return false;
    if (link->in) {
        link->in_size -= whole;
        memmove(link->in, link->in + whole, link->in_size);
    }
    return true;
}

static void finish(struct link *link)
{
    answer(link, "0\r\n\r\n");
    standin_wait(link, DEED_NONE, 0);
    if (link->in_size > 0 && !http_take(link))
        link->broken = true;
}

static void say_token(struct link *link)
{
    char word[32], text[256];
    bool last = link->step == sizeof(tokens) / sizeof(*tokens);

    if (link->step == 0)
        begin_stream(link, "text/event-stream");
    if (!last) {
        const char *token = tokens[link->step];
        if (strcmp(token, " %u") == 0)
            snprintf(word, sizeof(word), " %u", standin_serial());
        else
            snprintf(word, sizeof(word), "%s", token);
    }
    int size = snprintf(text, sizeof(text),
                        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{"
                        "\"index\":0,\"delta\":{%s%s%s},\"finish_reason\":%s}]}\n\n%s",
                        last ? "" : "\"content\":\"", last ? "" : word, last ? "" : "\"",
                        last ? "\"stop\"" : "null", last ? "data: [DONE]\n\n" : "");
    chunk(link, text, (size_t)size);
}

/* A hum that begins loud, so that nothing is cut. */
static void sound_piece(struct link *link)
{
    static int16_t hum[SOUND_RATE * SOUND_PIECE_MS / 1000];
    static uint8_t ulaw[8 * SOUND_PIECE_MS];

    for (uint32_t i = 0; i < sizeof(hum) / sizeof(*hum) && hum[i] == 0; i++)
        hum[i] = i % 120 < 60 ? 6000 : -6000;
    for (uint32_t i = 0; i < sizeof(ulaw) && ulaw[i] == 0; i++)
        ulaw[i] = i % 40 < 20 ? 0x9f : 0x1f;
    if (link->step == 0)
        begin_stream(link, link->narrow ? "audio/mulaw" : "audio/pcm");
    if (link->narrow)
        chunk(link, ulaw, sizeof(ulaw));
    else
        chunk(link, hum, sizeof(hum));
}

void http_go_on(struct link *link)
{
    uint64_t every_ms = link->deed == DEED_TOKENS ? NEXT_TOKEN_MS : SOUND_EVERY_MS;

    if (link->deed == DEED_TOKENS)
        say_token(link);
    else
        sound_piece(link);
    if (++link->step >= link->steps)
        finish(link);
    else
        standin_wait(link, link->deed, link->due_ns + every_ms * MS);
}
