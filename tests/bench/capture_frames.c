// SPDX-License-Identifier: Apache-2.0
/* capture_frames.c - what capturing costs by itself: the media thread's part and the recorder's.
 *
 * capture_frames LEGS SECONDS DIR: so many legs put a frame each 20 ms, dealt out over four beats
 * as in the server, with their own memory touched between; processor time a call and second of both
 * threads, on the core that the program is given. A second passes before it is counted. Files stay
 * in DIR: an ext4 that has just deleted some is slow in making others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "media/capture.h"

enum { BEATS = 4, BEAT_NS = 5000000, TICKS = 50, WARM = 60, OWN = 4096, MOST = 8192 };

static struct capture captures[MOST];
static uint8_t own[MOST][OWN];

static double used_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void begin(struct recorder *recorder, uint32_t legs)
{
    char name[32];

    for (uint32_t i = 0; i < legs; i++) {
        snprintf(name, sizeof name, "%d-%u", (int)getpid(), i);
        capture_start(&captures[i], recorder, 0, i, CODEC_PCMU, text_of(name));
    }
}

/* The time that went into putting. */
static double beat(uint32_t from, uint32_t to, uint32_t tick)
{
    static volatile uint32_t sum;
    uint8_t sent[FRAME_SAMPLES];
    double before;

    memset(sent, (int)tick, sizeof sent);
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < OWN; k += 64)
            sum += own[i][k];
        memset(captures[i].heard, (int)tick, FRAME_SAMPLES);
    }
    before = used_us(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t i = from; i < to; i++) {
        if (tick >= i % TICKS) /* They do not begin together. */
            capture_put(&captures[i], sent);
    }
    return used_us(CLOCK_THREAD_CPUTIME_ID) - before;
}

int main(int argc, char **argv)
{
    uint32_t legs = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
    uint32_t ticks = argc > 2 ? (uint32_t)atoi(argv[2]) * TICKS : 0, lost = 0;
    double putting = 0, all = 0, mine = 0, calls = ticks / (double)TICKS * legs;
    struct recorder *recorder;
    uint64_t next_ns = clock_ns();
    char why[256];

    if (argc < 4 || legs == 0 || legs > MOST || ticks == 0 ||
        recorder_open(&recorder, argv[3], legs, 1, NULL, why, sizeof why)) {
        fprintf(stderr, "capture_frames LEGS SECONDS DIR\n");
        return 2;
    }
    begin(recorder, legs);
    for (uint32_t t = 0; t < WARM + ticks; t++) {
        if (t == WARM) {
            putting = 0;
            all = -used_us(CLOCK_PROCESS_CPUTIME_ID);
            mine = -used_us(CLOCK_THREAD_CPUTIME_ID);
        }
        lost += recorder_collect(recorder, 0);
        for (uint32_t b = 0; b < BEATS; b++) {
            putting += beat(b * legs / BEATS, (b + 1) * legs / BEATS, t);
            clock_sleep_until_ns(next_ns += BEAT_NS);
        }
    }
    all += used_us(CLOCK_PROCESS_CPUTIME_ID);
    mine += used_us(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t i = 0; i < legs; i++) {
        lost += capture_lost(&captures[i]);
        while (!capture_stop(&captures[i]))
            usleep(1000);
    }
    recorder_close(recorder);
    printf("%u calls: %.1f us a call and second in the media thread, %.1f in the recorder's; %u "
           "frames lost\n",
           legs, putting / calls, (all - mine) / calls, lost);
    return 0;
}
