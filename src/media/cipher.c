// SPDX-License-Identifier: Apache-2.0
/* cipher.c - keys into libsrtp's sessions, packets through them. */
#include "media/cipher.h"

#include <errno.h>
#include <srtp2/srtp.h>
#include <string.h>

#include "media/cipher_kinds.h"

enum { WINDOW = 1024, RTP_SHORTEST = 12, RTCP_SHORTEST = 8 };

int cipher_open_library(void)
{
    return srtp_init() == srtp_err_status_ok ? cipher_replace_kinds() : -EIO;
}

void cipher_close_library(void)
{
    (void)srtp_shutdown();
}

static void write_policy(enum srtp_suite suite, srtp_policy_t *out)
{
    static void (*const of_rtp[SUITES])(srtp_crypto_policy_t *) = {
        [SUITE_AES_CM_128_HMAC_SHA1_80] = srtp_crypto_policy_set_rtp_default,
        [SUITE_AES_CM_128_HMAC_SHA1_32] = srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
        [SUITE_AES_256_CM_HMAC_SHA1_80] = srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
        [SUITE_AEAD_AES_128_GCM] = srtp_crypto_policy_set_aes_gcm_128_16_auth,
        [SUITE_AEAD_AES_256_GCM] = srtp_crypto_policy_set_aes_gcm_256_16_auth,
    };

    of_rtp[suite](&out->rtp);
    if (suite == SUITE_AES_CM_128_HMAC_SHA1_32) /* The short tag is for sound only (6.2.2). */
        srtp_crypto_policy_set_rtcp_default(&out->rtcp);
    else
        of_rtp[suite](&out->rtcp);
}

static struct srtp_ctx_t_ *session(enum srtp_suite suite, uint8_t *key, srtp_ssrc_type_t way)
{
    srtp_policy_t policy = {.ssrc = {.type = way}, .key = key, .window_size = WINDOW};
    srtp_t made = NULL;

    write_policy(suite, &policy);
    return srtp_create(&made, &policy) == srtp_err_status_ok ? made : NULL;
}

static void end(struct srtp_ctx_t_ **session)
{
    if (*session)
        (void)srtp_dealloc(*session);
    *session = NULL;
}

void cipher_release(struct cipher *cipher)
{
    end(&cipher->in);
    end(&cipher->out);
    cipher->suite = SUITE_NONE;
}

bool cipher_set(struct cipher *cipher, const struct vault *vault, enum srtp_suite suite,
                uint64_t key_in, uint64_t key_own)
{
    bool anew = cipher->suite != suite;
    uint32_t size = suite_key_bytes(suite);
    uint8_t key[SUITE_KEY_MOST];

    if (anew)
        cipher_release(cipher);
    cipher->suite = suite;
    if (suite == SUITE_NONE || !vault)
        return suite == SUITE_NONE;
    if (!cipher->in || cipher->key_in != key_in) {
        end(&cipher->in);
        cipher->source_count = cipher->source_next = 0;
        if (vault_get(vault, key_in, key, size))
            cipher->in = session(suite, key, ssrc_any_inbound);
    }
    if (!cipher->out || cipher->key_own != key_own) {
        end(&cipher->out);
        if (vault_own(vault, key_own, suite, key, size))
            cipher->out = session(suite, key, ssrc_any_outbound);
    }
    explicit_bzero(key, sizeof(key));
    cipher->key_in = key_in;
    cipher->key_own = key_own;
    return cipher->in && cipher->out;
}

/* Each SSRC has a stream in the library's session: without a bound, a caller with a key could fill
 * the memory. */
static void note_source(struct cipher *cipher, const uint8_t *at)
{
    uint32_t ssrc;

    memcpy(&ssrc, at, sizeof(ssrc));
    for (uint32_t i = 0; i < cipher->source_count; i++) {
        if (cipher->sources[i] == ssrc)
            return;
    }
    if (cipher->source_count == CIPHER_SOURCES)
        (void)srtp_remove_stream(cipher->in, cipher->sources[cipher->source_next]);
    else
        cipher->source_count++;
    cipher->sources[cipher->source_next] = ssrc;
    cipher->source_next = (uint8_t)((cipher->source_next + 1) % CIPHER_SOURCES);
}

/* Reports that were never encrypted: their lengths (RFC 3550 6.1) end where the packet ends, and a
 * sealed one has a trailer. Some telephones say their RTCP good-bye in the clear, having let their
 * key go first: it is dropped like the rest, and is no forgery. */
static bool is_plain_report(const uint8_t *packet, uint32_t size)
{
    uint32_t at = 0;

    while (at + 4 <= size && packet[at] >> 6 == 2)
        at += 4 + 4 * (256u * packet[at + 2] + packet[at + 3]);
    return at == size;
}

uint32_t cipher_open(struct cipher *cipher, const uint8_t *packet, uint32_t size, bool rtcp,
                     uint8_t *out)
{
    int opened = (int)size;
    srtp_err_status_t status;

    if (!cipher->in || size < (rtcp ? RTCP_SHORTEST : RTP_SHORTEST))
        return 0;
    memcpy(out, packet, size);
    status = rtcp ? srtp_unprotect_rtcp(cipher->in, out, &opened)
                  : srtp_unprotect(cipher->in, out, &opened);
    if (status == srtp_err_status_ok) {
        note_source(cipher, out + (rtcp ? 4 : 8));
        return opened > 0 ? (uint32_t)opened : 0;
    }
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        cipher->replayed++;
    else if (!rtcp || !is_plain_report(packet, size))
        cipher->forged++;
    return 0;
}

uint32_t cipher_seal(struct cipher *cipher, uint8_t *packet, uint32_t size, bool rtcp)
{
    int sealed = (int)size;

    if (!cipher->out)
        return 0;
    if ((rtcp ? srtp_protect_rtcp(cipher->out, packet, &sealed)
              : srtp_protect(cipher->out, packet, &sealed)) != srtp_err_status_ok)
        return 0;
    return (uint32_t)sealed;
}
