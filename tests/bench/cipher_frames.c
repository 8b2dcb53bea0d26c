// SPDX-License-Identifier: Apache-2.0
/* cipher_frames.c - what encryption costs a packet of 20 ms of G.711, sealed and opened.
 *
 * cipher_frames [ROUNDS] prints for each suite microseconds a packet each way, and how often memory
 * was allocated within the packets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/cipher.h"

enum { RTP = 172, ROOM = 256, LEGS = 64, SERIAL = 1 << 14 };

static uint64_t allocations;

/* In place of the C library's: the library that encrypts is a shared one and calls these too. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
__attribute__((visibility("default"))) void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void pair(const struct vault *vault, struct vault *keys, enum srtp_suite suite,
                 struct cipher *from, struct cipher *to, uint32_t owner)
{
    uint8_t key[SUITE_KEY_MOST];
    uint32_t size = suite_key_bytes(suite);

    if (!vault_own(vault, owner, suite, key, size))
        exit(1);
    uint64_t name = vault_put(keys, SERIAL + owner, key, size);
    if (!cipher_set(from, vault, suite, name, owner) || !cipher_set(to, vault, suite, name, owner))
        exit(1);
}

static void write_packet(uint8_t out[ROOM], uint32_t sequence, uint32_t ssrc)
{
    memset(out, 0x5a, RTP);
    out[0] = 0x80;
    out[1] = 0;
    out[2] = (uint8_t)(sequence >> 8);
    out[3] = (uint8_t)sequence;
    memcpy(out + 8, &ssrc, 4);
}

static void measure(struct vault *vault, enum srtp_suite suite, uint32_t rounds)
{
    static struct cipher from[LEGS], to[LEGS];
    static uint8_t packets[LEGS][ROOM], out[ROOM];
    static uint32_t sizes[LEGS];
    uint64_t within = 0;
    double sealing = 0, opening = 0;

    memset(from, 0, sizeof from);
    memset(to, 0, sizeof to);
    for (uint32_t i = 0; i < LEGS; i++)
        pair(vault, vault, suite, &from[i], &to[i], 100 * suite + i);
    for (uint32_t r = 0; r < rounds + 1; r++) { /* The first: streams begin. */
        for (uint32_t i = 0; i < LEGS; i++)
            write_packet(packets[i], r, i + 1);
        uint64_t before = allocations;
        double a = now_us();
        for (uint32_t i = 0; i < LEGS; i++)
            sizes[i] = cipher_seal(&from[i], packets[i], RTP, false);
        double b = now_us();
        for (uint32_t i = 0; i < LEGS; i++) {
            if (cipher_open(&to[i], packets[i], sizes[i], false, out) != RTP)
                exit(1);
        }
        double c = now_us();
        if (r > 0) {
            sealing += b - a;
            opening += c - b;
            within += allocations - before;
        }
    }
    printf("%-26s sealed %.2f us, opened %.2f us, %.1f allocations both ways\n",
           srtp_suite_names[suite], sealing / rounds / LEGS, opening / rounds / LEGS,
           (double)within / rounds / LEGS);
    for (uint32_t i = 0; i < LEGS; i++) {
        cipher_release(&from[i]);
        cipher_release(&to[i]);
    }
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 1 ? (uint32_t)atoi(argv[1]) : 500;
    struct vault *vault;

    if (cipher_open_library() || vault_open(&vault))
        return 1;
    for (enum srtp_suite suite = SUITE_NONE + 1; suite < SUITES; suite++)
        measure(vault, suite, rounds);
    vault_close(vault);
    cipher_close_library();
    return 0;
}
