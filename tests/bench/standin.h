// SPDX-License-Identifier: Apache-2.0
/* standin.h - what the files of the benches' stand-in share: one thread, one epoll, connections
 * that are either HTTP/1.1 or, after an upgrade, a recogniser's WebSocket.
 *
 * It recognises nothing, thinks nothing and speaks a hum: only its times are those of providers. A
 * connection has one deed under way and one time at which it goes on; how late it was then is kept,
 * and told at the end, so that a bench knows what of its figures is the stand-in's.
 * The wire is what the benches need of it: Deepgram, API reference, "Live Audio" (/v1/listen);
 * "Single text request" (/v1/speak, mu-law); OpenAI, API reference, "Create chat completion"
 * (streamed) and "Create speech" (pcm). */
#ifndef BENCH_STANDIN_H
#define BENCH_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wslay/wslay.h>

enum {
    FINAL_MS = 120,       /* After Finalize. */
    TOKEN_MS = 250,       /* The first, after the request. */
    NEXT_TOKEN_MS = 10,   /* 100 a second. */
    SOUND_MS = 120,       /* The first byte, after the request. */
    SOUND_PIECE_MS = 100, /* Of sound, sent */
    SOUND_EVERY_MS = 50,  /* so often: twice as fast as it is heard. */
    PARTIAL_MS = 160,     /* Of voiced sound between two partials, */
    LETTER_MS = 20,       /* and a letter of their words. */
    SOUND_RATE = 24000,
    STANDIN_FINALS = 8, /* At once. */
    STANDIN_IN = 1 << 14,
    STANDIN_OUT = 1 << 15
};

enum deed { DEED_NONE, DEED_FINAL, DEED_TOKENS, DEED_SOUND, DEEDS };

struct link {
    int fd;
    bool writable_wanted, broken;
    enum deed deed;
    uint64_t due_ns;
    uint32_t place; /* In the heap, + 1; 0: not in it. */
    uint32_t step;  /* Of the deed. */
    uint32_t steps;
    bool narrow; /* DEED_SOUND: mu-law, 8 kHz. */
    /* HTTP */
    uint32_t in_size;
    char *in;
    /* Sockets */
    wslay_event_context_ptr frames;
    uint32_t heard_ms, voiced_ms, told_ms; /* Of the utterance's sound. */
    uint64_t sound_ms;                     /* Of the stream. */
    uint32_t utterance;
    uint64_t finals_ns[STANDIN_FINALS]; /* When those that were asked for are due. */
    uint32_t finals;
    /* What the kernel did not take yet. */
    uint32_t out_size;
    char *out;
};

/* standin.c */
void standin_write(struct link *link, const void *bytes, size_t size);
/* The deed goes on at this time; kept in order with all others. */
void standin_wait(struct link *link, enum deed deed, uint64_t due_ns);
uint32_t standin_serial(void);

/* standin_http.c: requests as they come; true as long as the connection is good. */
bool http_take(struct link *link);
void http_go_on(struct link *link);

/* standin_ear.c */
bool ear_begin(struct link *link, const char *key, size_t key_size);
bool ear_take(struct link *link);
void ear_go_on(struct link *link);
void ear_end(struct link *link);

#endif
