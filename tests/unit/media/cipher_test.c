// SPDX-License-Identifier: Apache-2.0
/* cipher_test.c - two ends with each other's keys, and those who have none. */
#include "media/cipher.h"

#include <srtp2/srtp.h>
#include <string.h>

#include "check.h"
#include "media/cipher_kinds.h"

enum { RTP = 172, RTCP = 28, ROOM = 256, SERIAL = 1 << 14 };

static struct vault *vault;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static uint64_t allocations;

/* In place of the C library's, for the libraries too. */
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
#else
static const uint64_t allocations = 0; /* Theirs cannot be replaced. */
#endif

static void write_packet(uint8_t out[ROOM], uint16_t sequence, uint32_t ssrc)
{
    memset(out, 0x5a, RTP);
    out[0] = 0x80;
    out[1] = 0;
    out[2] = (uint8_t)(sequence >> 8);
    out[3] = (uint8_t)sequence;
    memcpy(out + 8, &ssrc, 4);
}

static void write_report(uint8_t out[ROOM], uint32_t ssrc)
{
    memset(out, 0x5a, RTCP);
    out[0] = 0x80;
    out[1] = 201;
    out[2] = 0;
    out[3] = RTCP / 4 - 1;
    memcpy(out + 4, &ssrc, 4);
}

/* Two ends: what one calls its own, the other was told. */
static void pair(enum srtp_suite suite, struct cipher *a, struct cipher *b, uint32_t owner)
{
    uint8_t key[SUITE_KEY_MOST];
    uint32_t size = suite_key_bytes(suite);

    CHECK(vault_own(vault, owner, suite, key, size));
    uint64_t of_a = vault_put(vault, SERIAL + owner, key, size);
    CHECK(vault_own(vault, owner + 1000, suite, key, size));
    uint64_t of_b = vault_put(vault, SERIAL + owner, key, size);
    *a = *b = (struct cipher){.suite = SUITE_NONE};
    CHECK(cipher_set(a, vault, suite, of_b, owner));
    CHECK(cipher_set(b, vault, suite, of_a, owner + 1000));
}

static void each_suite_carries_sound_and_reports_both_ways(void)
{
    for (enum srtp_suite suite = SUITE_NONE + 1; suite < SUITES; suite++) {
        struct cipher ends[2];
        uint8_t packet[ROOM], sealed[ROOM], out[ROOM];
        pair(suite, &ends[0], &ends[1], 10 + suite);
        for (uint16_t i = 0; i < 100; i++) {
            struct cipher *from = &ends[i % 2], *to = &ends[(i + 1) % 2];
            bool rtcp = i >= 96;
            uint32_t size = rtcp ? RTCP : RTP;
            write_packet(packet, i, 7);
            if (rtcp)
                write_report(packet, 7);
            memcpy(sealed, packet, size);
            uint32_t longer = cipher_seal(from, sealed, size, rtcp);
            CHECK(longer > size && longer <= size + CIPHER_TRAILER);
            CHECK(memcmp(sealed + 12, packet + 12, 16) != 0);
            CHECK(cipher_open(to, sealed, longer, rtcp, out) == size);
            CHECK(memcmp(out, packet, size) == 0);
        }
        CHECK(ends[0].forged + ends[1].forged + ends[0].replayed + ends[1].replayed == 0);
        cipher_release(&ends[0]);
        cipher_release(&ends[1]);
    }
}

static void nothing_is_allocated_within_a_packet(void)
{
    for (enum srtp_suite suite = SUITE_NONE + 1; suite < SUITES; suite++) {
        struct cipher from, to;
        uint8_t packet[ROOM], out[ROOM];
        uint64_t before = 0;
        pair(suite, &from, &to, 600 + suite);
        for (uint16_t i = 0; i < 100; i++) {
            if (i == 1) /* The first makes the stream. */
                before = allocations;
            write_packet(packet, i, 7);
            CHECK(cipher_open(&to, packet, cipher_seal(&from, packet, RTP, false), false, out));
            write_report(packet, 7);
            CHECK(cipher_open(&to, packet, cipher_seal(&from, packet, RTCP, true), true, out));
        }
        CHECK(allocations == before);
        cipher_release(&from);
        cipher_release(&to);
    }
}

/* ---- The library's own ciphers, as it was built, against those put in their place ---- */

enum { OURS, THEIRS, SIDES };

/* Two suites, what is sent and what comes, of both: THEIRS made before anything was replaced. */
static srtp_t sessions[2][SIDES][2];

static void make_sessions(int side)
{
    static uint8_t key[SUITE_KEY_MOST] = "0123456789abcdefghijklmnopqrstuvwxyz";

    for (int suite = 0; suite < 2; suite++) {
        for (int way = 0; way < 2; way++) {
            srtp_policy_t policy = {.ssrc = {.type = way ? ssrc_any_inbound : ssrc_any_outbound},
                                    .key = key,
                                    .window_size = 128};
            void (*write)(srtp_crypto_policy_t *) =
                suite ? srtp_crypto_policy_set_aes_gcm_256_16_auth
                      : srtp_crypto_policy_set_aes_gcm_128_16_auth;
            write(&policy.rtp);
            write(&policy.rtcp);
            CHECK(srtp_create(&sessions[suite][side][way], &policy) == srtp_err_status_ok);
        }
    }
}

/* Sealed by both to the same bytes, opened by the other; a second time, and changed, by neither. */
static void compare(srtp_t both[SIDES][2], const uint8_t *packet, int size, bool rtcp)
{
    uint8_t sealed[SIDES][ROOM], out[ROOM];
    int sizes[SIDES], opened;

    for (int side = 0; side < SIDES; side++) {
        memcpy(sealed[side], packet, (size_t)size);
        sizes[side] = size;
        CHECK((rtcp ? srtp_protect_rtcp(both[side][0], sealed[side], &sizes[side])
                    : srtp_protect(both[side][0], sealed[side], &sizes[side])) ==
              srtp_err_status_ok);
    }
    CHECK(sizes[OURS] == sizes[THEIRS] && sizes[OURS] > size);
    CHECK(memcmp(sealed[OURS], sealed[THEIRS], (size_t)sizes[OURS]) == 0);
    for (int side = 0; side < SIDES; side++) {
        for (int time = 0; time < 3; time++) { /* Changed, as it is, again. */
            memcpy(out, sealed[!side], (size_t)sizes[!side]);
            out[size - 3] ^= time == 0;
            opened = sizes[!side];
            srtp_err_status_t status = rtcp ? srtp_unprotect_rtcp(both[side][1], out, &opened)
                                            : srtp_unprotect(both[side][1], out, &opened);
            CHECK(status == (time == 0   ? srtp_err_status_auth_fail
                             : time == 1 ? srtp_err_status_ok
                                         : srtp_err_status_replay_fail));
            CHECK(time != 1 || (opened == size && memcmp(out, packet, (size_t)size) == 0));
        }
    }
}

static void gcm_is_what_the_library_makes_past_a_rollover_with_reports_and_repeats(void)
{
    uint8_t packet[ROOM];

    make_sessions(OURS);
    for (int suite = 0; suite < 2; suite++) {
        for (uint32_t i = 0; i < 2000; i++) { /* The sequence comes round at 1,000. */
            write_packet(packet, (uint16_t)(0x10000 - 1000 + i), 7);
            memset(packet + 12, (int)i, RTP - 12);
            compare(sessions[suite], packet, i % 7 ? RTP : 12 + 3 + (int)i % 150, false);
            if (i % 50)
                continue;
            write_report(packet, 7);
            compare(sessions[suite], packet, RTCP, true);
        }
        for (int side = 0; side < SIDES; side++) {
            srtp_dealloc(sessions[suite][side][0]);
            srtp_dealloc(sessions[suite][side][1]);
        }
    }
}

static void forged_and_repeated_packets_are_dropped_and_counted(void)
{
    struct cipher a, b;
    uint8_t sealed[ROOM], out[ROOM];

    pair(SUITE_AES_CM_128_HMAC_SHA1_80, &a, &b, 50);
    write_packet(sealed, 1, 7);
    uint32_t size = cipher_seal(&a, sealed, RTP, false);
    CHECK(cipher_open(&b, sealed, size, false, out) == RTP);
    CHECK(cipher_open(&b, sealed, size, false, out) == 0 && b.replayed == 1);
    write_packet(sealed, 2, 7);
    CHECK(cipher_open(&b, sealed, RTP, false, out) == 0 && b.forged == 1); /* Plain. */
    size = cipher_seal(&a, sealed, RTP, false);
    sealed[40] ^= 1;
    CHECK(cipher_open(&b, sealed, size, false, out) == 0 && b.forged == 2);
    sealed[40] ^= 1;
    for (uint32_t cut = 0; cut < size; cut++)
        CHECK(cipher_open(&b, sealed, cut, false, out) == 0);
    CHECK(cipher_open(&b, sealed, size, false, out) == RTP);
    cipher_release(&a);
    cipher_release(&b);
}

static void a_good_bye_in_the_clear_is_dropped_and_is_no_forgery(void)
{
    static const uint8_t bye[48] = {0x81, 0xcb, 0, 3, 0x58, 0x7c, 0xf4, 0x08, 4,    'A',  'd',  'j',
                                    'o',  0,    0, 0, 0x81, 0xca, 0,    7,    0x58, 0x7c, 0xf4, 8};
    uint8_t sealed[ROOM], out[ROOM];
    struct cipher a, b;

    pair(SUITE_AES_CM_128_HMAC_SHA1_80, &a, &b, 70);
    CHECK(cipher_open(&b, bye, sizeof bye, true, out) == 0 && b.forged == 0);
    memcpy(sealed, bye, sizeof bye);
    uint32_t size = cipher_seal(&a, sealed, sizeof bye, true);
    sealed[20] ^= 1;
    CHECK(cipher_open(&b, sealed, size, true, out) == 0 && b.forged == 1);
    CHECK(cipher_open(&b, bye, sizeof bye - 4, true, out) == 0 && b.forged == 2);
    cipher_release(&a);
    cipher_release(&b);
}

static void another_ssrc_is_heard_and_old_ones_are_let_go(void)
{
    struct cipher a, b;
    uint8_t sealed[ROOM], out[ROOM];

    pair(SUITE_AES_CM_128_HMAC_SHA1_80, &a, &b, 60);
    for (uint32_t ssrc = 1; ssrc <= 3 * CIPHER_SOURCES; ssrc++) {
        write_packet(sealed, (uint16_t)ssrc, ssrc);
        uint32_t size = cipher_seal(&a, sealed, RTP, false);
        CHECK(cipher_open(&b, sealed, size, false, out) == RTP);
        CHECK(b.source_count == (ssrc < CIPHER_SOURCES ? ssrc : CIPHER_SOURCES));
    }
    cipher_release(&a);
    cipher_release(&b);
}

static void new_keys_in_mid_call_and_the_same_again(void)
{
    struct cipher a, b;
    uint8_t key[30], sealed[ROOM], out[ROOM];
    const enum srtp_suite suite = SUITE_AES_CM_128_HMAC_SHA1_80;

    pair(suite, &a, &b, 70);
    write_packet(sealed, 1, 7);
    uint32_t size = cipher_seal(&a, sealed, RTP, false);
    CHECK(cipher_open(&b, sealed, size, false, out) == RTP);
    CHECK(cipher_set(&b, vault, suite, b.key_in, b.key_own)); /* A session refresh. */
    CHECK(cipher_open(&b, sealed, size, false, out) == 0 && b.replayed == 1);
    CHECK(cipher_set(&a, vault, suite, a.key_in, 71));
    CHECK(vault_own(vault, 71, suite, key, 30));
    CHECK(cipher_set(&b, vault, suite, vault_put(vault, SERIAL + 70, key, 30), b.key_own));
    write_packet(sealed, 2, 7);
    size = cipher_seal(&a, sealed, RTP, false);
    CHECK(cipher_open(&b, sealed, size, false, out) == RTP);
    cipher_release(&a);
    cipher_release(&b);
}

static void without_a_key_nothing_passes(void)
{
    struct cipher cipher = {.suite = SUITE_NONE};
    uint8_t packet[ROOM], out[ROOM];

    CHECK(!cipher_set(&cipher, vault, SUITE_AEAD_AES_128_GCM, 12345, 80));
    write_packet(packet, 1, 7);
    CHECK(cipher.suite == SUITE_AEAD_AES_128_GCM);
    CHECK(cipher_open(&cipher, packet, RTP, false, out) == 0);
    cipher_release(&cipher);
    CHECK(!cipher_set(&cipher, NULL, SUITE_AEAD_AES_128_GCM, 1, 1));
    CHECK(cipher_seal(&cipher, packet, RTP, false) == 0);
    CHECK(cipher_set(&cipher, NULL, SUITE_NONE, 0, 0));
}

int main(void)
{
    CHECK(vault_open(&vault) == 0 && srtp_init() == srtp_err_status_ok);
    make_sessions(THEIRS);
    CHECK(cipher_replace_kinds() == 0); /* cipher_open_library() in two parts. */
    RUN(each_suite_carries_sound_and_reports_both_ways);
    RUN(nothing_is_allocated_within_a_packet);
    RUN(gcm_is_what_the_library_makes_past_a_rollover_with_reports_and_repeats);
    RUN(forged_and_repeated_packets_are_dropped_and_counted);
    RUN(a_good_bye_in_the_clear_is_dropped_and_is_no_forgery);
    RUN(another_ssrc_is_heard_and_old_ones_are_let_go);
    RUN(new_keys_in_mid_call_and_the_same_again);
    RUN(without_a_key_nothing_passes);
    cipher_close_library();
    vault_close(vault);
    return 0;
}
