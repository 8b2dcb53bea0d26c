// SPDX-License-Identifier: Apache-2.0
/* turns.c - how fast a conversation turns, heard from the caller's side, one call at a time:
 *
 *   turns barge  HOST:PORT NUMBER RTP_PORT CLIP.wav...
 *   turns answer HOST:PORT NUMBER RTP_PORT CLIP.wav...
 *   turns label  HOST:PORT NUMBER RTP_PORT CLIP.wav...
 *
 * barge: the agent speaks, the caller speaks into it. From the first audible frame sent to the last
 * packet of the agent's that was not silent and was followed by a quarter second without one. The
 * moment is chosen while the agent sounds; when its words pause just then, it is tried again.
 * answer: the agent has finished, the caller says the clip. From the last audible frame sent to the
 * first audible packet of the agent's after it. What came while the caller still spoke is an error.
 *
 * label: as barge, then the agent is let speak to its end, so that the account has what it made of
 * it. Prints a line for each call, tabs between: clip, Call-ID, milliseconds to the last packet
 * before the break, and from the onset to the first packet after it (0: none in 1.5 s);
 * tests/bench/interruptions.py makes figures of them.
 *
 * A call for each clip, all 8 kHz. A turn without a result counts as slower than all others. Prints
 * a line for each turn on standard error and a row of a Markdown table. Exit 1 over the bounds. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "phone.h"
#include "wire/wav.h"

enum {
    AUDIBLE = 184,     /* -45 dBFS over a frame: where speech begins and ends. */
    SILENT = 33,       /* -60 dBFS: under it a packet holds no sound. */
    CLIP_FRAMES = 500, /* Ten seconds. */
    TURNS = 512,
    PATIENCE_MS = 15000, /* For the agent to begin, and for it to finish. */
    STILL_MS = 700,      /* Then it has finished. */
    BROKEN_OFF_MS = 250,
    WATCH_MS = 1500, /* After an interruption. */
    ANSWER_MS = 5000,
    TRIES = 4,
    NO_RESULT = 1000000
};

enum outcome { TURN_MEASURED, TURN_NOTHING, TURN_EARLY, TURN_PAUSED, TURN_NO_CALL };
static const char *const outcome_words[] = {"", "nothing came", "the agent spoke first",
                                            "the agent paused just then", "no call"};

enum what { BARGE, ANSWER, LABEL };

struct turn {
    double ms, resumed_ms;
    enum outcome outcome;
    bool resumed; /* It spoke on while it was being watched. */
};

static struct clip {
    int16_t frames[CLIP_FRAMES][FRAME_SAMPLES];
    uint32_t first, last; /* Audible frames. */
} clip;
static int16_t quiet[FRAME_SAMPLES]; /* What a line sounds like while nobody speaks. */
static struct phone phone;

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "turns: %s: %s\n", what, why);
    exit(2);
}

static void read_clip(const char *path)
{
    static uint8_t bytes[44 + 2 * 1000000];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    uint32_t frames = 0;
    struct wav wav;

    if (file)
        fclose(file);
    if (!wav_read(bytes, size, &wav) || wav.sample_rate != SAMPLE_RATE)
        fail(path, "no sound of 8 kHz");
    memset(&clip, 0, sizeof clip);
    clip.first = CLIP_FRAMES;
    while (frames < CLIP_FRAMES && wav_samples(&wav, 0, frames * FRAME_SAMPLES, clip.frames[frames],
                                               FRAME_SAMPLES) == FRAME_SAMPLES) {
        if (phone_level(clip.frames[frames], FRAME_SAMPLES) >= AUDIBLE) {
            clip.first = clip.first == CLIP_FRAMES ? frames : clip.first;
            clip.last = frames;
        }
        frames++;
    }
    if (clip.first == CLIP_FRAMES)
        fail(path, "nothing audible");
}

/* Sends quiet until the agent has been audible for so long. */
static bool agent_begins(uint64_t for_ms)
{
    uint64_t give_up_ms = clock_ms() + PATIENCE_MS, began_ns = 0;
    struct heard heard = {0};

    while (clock_ms() < give_up_ms) {
        bool sounding = false;
        phone_send(&phone, quiet);
        while (phone_receive(&phone, &heard)) {
            sounding = heard.level >= AUDIBLE;
            if (sounding && began_ns == 0)
                began_ns = heard.at_ns;
        }
        if (sounding && heard.at_ns - began_ns >= for_ms * 1000000)
            return true;
    }
    return false;
}

static bool agent_finishes(void)
{
    uint64_t give_up_ms = clock_ms() + PATIENCE_MS, audible_ns = clock_ns();
    struct heard heard;

    while (clock_ms() < give_up_ms) {
        phone_send(&phone, quiet);
        while (phone_receive(&phone, &heard)) {
            if (heard.level >= AUDIBLE)
                audible_ns = heard.at_ns;
        }
        if (clock_ns() - audible_ns >= STILL_MS * 1000000ull)
            return true;
    }
    return false;
}

static double ms_between(uint64_t from_ns, uint64_t to_ns)
{
    return ((double)to_ns - (double)from_ns) / 1e6;
}

static struct turn interrupt_agent(uint32_t index)
{
    uint64_t spoke_ns = 0, sounded_ns = 0;
    struct turn turn = {.outcome = TURN_NO_CALL};
    struct heard heard;

    if (!agent_begins(500 + index * 137 % 1500))
        return turn;
    for (uint32_t i = 0; i < WATCH_MS / FRAME_MS; i++) {
        uint32_t frame = clip.first + i;
        uint64_t sent_ns = phone_send(&phone, frame <= clip.last ? clip.frames[frame] : quiet);
        if (i == 0)
            spoke_ns = sounded_ns = sent_ns;
        while (phone_receive(&phone, &heard)) {
            if (heard.level < SILENT || heard.at_ns <= spoke_ns)
                continue;
            if (!turn.resumed && ms_between(sounded_ns, heard.at_ns) >= BROKEN_OFF_MS) {
                turn.resumed = true;
                turn.resumed_ms = ms_between(spoke_ns, heard.at_ns);
            }
            if (!turn.resumed)
                sounded_ns = heard.at_ns;
        }
    }
    turn.ms = ms_between(spoke_ns, sounded_ns);
    turn.outcome = sounded_ns == spoke_ns                                ? TURN_PAUSED
                   : turn.ms > WATCH_MS - BROKEN_OFF_MS && !turn.resumed ? TURN_NOTHING
                                                                         : TURN_MEASURED;
    return turn;
}

static struct turn speak_and_wait(void)
{
    uint64_t ended_ns = 0;
    struct turn turn = {.outcome = TURN_NO_CALL};
    struct heard heard;

    if (!agent_begins(0) || !agent_finishes())
        return turn;
    turn.outcome = TURN_NOTHING;
    for (uint32_t i = clip.first; i <= clip.last + ANSWER_MS / FRAME_MS; i++) {
        uint64_t sent_ns = phone_send(&phone, i <= clip.last ? clip.frames[i] : quiet);
        if (i == clip.last)
            ended_ns = sent_ns;
        while (phone_receive(&phone, &heard)) {
            if (heard.level < AUDIBLE)
                continue;
            turn.outcome = ended_ns && heard.at_ns > ended_ns ? TURN_MEASURED : TURN_EARLY;
            turn.ms = turn.outcome == TURN_MEASURED ? ms_between(ended_ns, heard.at_ns) : 0;
            return turn;
        }
    }
    return turn;
}

static struct turn take_turn(enum what what, const char *number, uint32_t index)
{
    struct turn turn = {.outcome = TURN_NO_CALL};

    for (uint32_t i = 0; i < TRIES; i++) {
        if (!phone_dial(&phone, number))
            return turn;
        turn = what == ANSWER ? speak_and_wait() : interrupt_agent(index + i);
        if (what == LABEL)
            (void)!agent_finishes();
        phone_hang_up(&phone);
        if (turn.outcome != TURN_PAUSED)
            break;
    }
    return turn;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static bool report(const char *name, enum what what, double *times, uint32_t count,
                   uint32_t missing, uint32_t resumed)
{
    double p50, p95;

    qsort(times, count, sizeof *times, compare);
    p50 = times[(count - 1) / 2];
    p95 = times[(count * 95 + 99) / 100 - 1];
    printf("| %s | %u turns | p50 %.0f ms | p95 %.0f ms | longest %.0f ms | %u without a result | ",
           name, count, p50, p95, times[count - 1], missing);
    printf("%u spoke on |\n", resumed);
    return what == BARGE ? p95 <= 120 : p50 <= 700 && p95 <= 1000;
}

static struct sockaddr_in server_at(const char *value)
{
    struct text rest = text_of(value), host = text_next(&rest, ':');
    struct sockaddr_in server = {.sin_family = AF_INET};
    char name[32];
    uint64_t port;

    text_copy(name, sizeof name, host);
    if (inet_pton(AF_INET, name, &server.sin_addr) != 1 || !rest.data ||
        !text_number(rest, &port) || port > 65535)
        fail(value, "an IPv4 address and a port are wanted");
    server.sin_port = htons((uint16_t)port);
    return server;
}

int main(int argc, char **argv)
{
    static double times[TURNS];
    uint32_t count = 0, missing = 0, resumed = 0;
    const char *name = argc > 1 ? argv[1] : "";
    enum what what = strcmp(name, "barge") == 0   ? BARGE
                     : strcmp(name, "label") == 0 ? LABEL
                                                  : ANSWER;
    int error;

    if (argc < 6 || argc - 5 > TURNS || (what == ANSWER && strcmp(name, "answer") != 0))
        fail("usage", "turns barge|answer|label HOST:PORT NUMBER RTP_PORT CLIP.wav...");
    error = phone_open(&phone, server_at(argv[2]), (uint16_t)atoi(argv[4]));
    if (error)
        fail(argv[4], strerror(-error));
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        quiet[i] = i % 3 ? 8 : -16;
    for (int i = 5; i < argc; i++) {
        struct turn turn;
        read_clip(argv[i]);
        turn = take_turn(what, argv[3], count);
        if (what == LABEL) {
            printf("%s\t%x@phone\t%.0f\t%.0f\t%s\n", argv[i], phone.number, turn.ms,
                   turn.resumed_ms, outcome_words[turn.outcome]);
            fflush(stdout);
        }
        fprintf(stderr, "%7.0f ms  %s  %s%s\n", turn.ms, argv[i], outcome_words[turn.outcome],
                turn.resumed ? " (spoke on)" : "");
        missing += turn.outcome != TURN_MEASURED;
        resumed += turn.resumed;
        times[count++] = turn.outcome == TURN_MEASURED ? turn.ms : NO_RESULT;
    }
    return what == LABEL || report(name, what, times, count, missing, resumed) ? 0 : 1;
}
