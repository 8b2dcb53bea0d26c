// SPDX-License-Identifier: Apache-2.0
/* speed.c - how fast this core is right now: the time of a fixed piece of work, in milliseconds.
 *
 * Virtual machines share their cores with others. A figure taken while this prints twice what it
 * prints at best is a figure of the neighbours. Least of five, in processor time: programs on this
 * machine that wait for the same core do not count, what the host takes away does. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { STEPS = 4000000, TRIES = 5, SIZE = 1024 };

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(void)
{
    static float table[SIZE];
    double best = 1e9;
    uint32_t x = 1;

    for (int i = 0; i < TRIES; i++) {
        double began = now_ms();
        for (int step = 0; step < STEPS; step++) {
            x = x * 1664525u + 1013904223u;
            table[x >> 22] = table[(x >> 12) % SIZE] * 0.5f + (float)(step & 7);
        }
        double took = now_ms() - began;
        best = took < best ? took : best;
    }
    printf("%.1f\n", best);
    return table[x % SIZE] < -1.0f;
}
