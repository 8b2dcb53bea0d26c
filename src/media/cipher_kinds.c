// SPDX-License-Identifier: Apache-2.0
/* cipher_kinds.c - the shapes that libsrtp wants its ciphers in.
 *
 * SHA1_Update() and its kin are deprecated for what keeps its state in the caller's memory; that is
 * what is wanted here: copying a state that has the key in it allocates nothing. */
#define OPENSSL_API_COMPAT 10101

#include "media/cipher_kinds.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>
#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

#include "media/cipher_gcm.h"

enum {
    BLOCK = 16,
    SALT = 14,
    KEY_128 = 16 + SALT,
    KEY_256 = 32 + SALT,
    SHA1_BYTES = 20,
    SHA1_BLOCK = 64
};

/* ---- AES in counter mode ---- */

struct counter_mode {
    srtp_cipher_t head;
    EVP_CIPHER_CTX *context;
    uint8_t offset[BLOCK]; /* The salt, and two zeros to count in. */
};

static const srtp_cipher_type_t counter_128, counter_256;

static srtp_err_status_t counter_free(srtp_cipher_pointer_t cipher)
{
    struct counter_mode *mode = cipher->state;

    EVP_CIPHER_CTX_free(mode->context);
    explicit_bzero(mode, sizeof *mode);
    free(mode);
    return srtp_err_status_ok;
}

static srtp_err_status_t counter_new(srtp_cipher_pointer_t *out, int key_bytes, int tag_bytes)
{
    struct counter_mode *mode;

    (void)tag_bytes;
    if (key_bytes != KEY_128 && key_bytes != KEY_256)
        return srtp_err_status_bad_param;
    mode = calloc(1, sizeof *mode);
    if (!mode)
        return srtp_err_status_alloc_fail;
    mode->head =
        (srtp_cipher_t){.type = key_bytes == KEY_128 ? &counter_128 : &counter_256,
                        .state = mode,
                        .key_len = key_bytes,
                        .algorithm = key_bytes == KEY_128 ? SRTP_AES_ICM_128 : SRTP_AES_ICM_256};
    mode->context = EVP_CIPHER_CTX_new();
    if (!mode->context) {
        free(mode);
        return srtp_err_status_alloc_fail;
    }
    *out = &mode->head;
    return srtp_err_status_ok;
}

static srtp_err_status_t counter_key(void *state, const uint8_t *key)
{
    struct counter_mode *mode = state;
    const EVP_CIPHER *kind = mode->head.key_len == KEY_128 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();

    memset(mode->offset, 0, sizeof mode->offset);
    memcpy(mode->offset, key + mode->head.key_len - SALT, SALT);
    return EVP_EncryptInit_ex(mode->context, kind, NULL, key, NULL) == 1
               ? srtp_err_status_ok
               : srtp_err_status_init_fail;
}

static srtp_err_status_t counter_begin(void *state, uint8_t *packet, srtp_cipher_direction_t way)
{
    struct counter_mode *mode = state;
    uint8_t counter[BLOCK];

    (void)way;
    for (int i = 0; i < BLOCK; i++)
        counter[i] = mode->offset[i] ^ packet[i];
    return EVP_EncryptInit_ex(mode->context, NULL, NULL, NULL, counter) == 1
               ? srtp_err_status_ok
               : srtp_err_status_cipher_fail;
}

static srtp_err_status_t counter_apply(void *state, uint8_t *bytes, unsigned int *size)
{
    struct counter_mode *mode = state;
    int done = 0;

    if (EVP_EncryptUpdate(mode->context, bytes, &done, bytes, (int)*size) != 1)
        return srtp_err_status_cipher_fail;
    *size = (unsigned int)done;
    return srtp_err_status_ok;
}

/* RFC 3711 B.2 and RFC 6188 7.3: the key stream of a packet of zeros. */
static const uint8_t key_128[KEY_128] = {
    0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f,
    0x3c, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
static const uint8_t stream_128[2 * BLOCK] = {
    0xe0, 0x3e, 0xad, 0x09, 0x35, 0xc9, 0x5e, 0x80, 0xe1, 0x66, 0xb1, 0x6d, 0xd9, 0x2b, 0x4e, 0xb4,
    0xd2, 0x35, 0x13, 0x16, 0x2b, 0x02, 0xd0, 0xf7, 0x2a, 0x43, 0xa2, 0xfe, 0x4a, 0x5f, 0x97, 0xab};
static const uint8_t key_256[KEY_256] = {
    0x57, 0xf8, 0x2f, 0xe3, 0x61, 0x3f, 0xd1, 0x70, 0xa8, 0x5e, 0xc9, 0x3c, 0x40, 0xb1, 0xf0, 0x92,
    0x2e, 0xc4, 0xcb, 0x0d, 0xc0, 0x25, 0xb5, 0x82, 0x72, 0x14, 0x7c, 0xc4, 0x38, 0x94, 0x4a, 0x98,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
static const uint8_t stream_256[2 * BLOCK] = {
    0x92, 0xbd, 0xd2, 0x8a, 0x93, 0xc3, 0xf5, 0x25, 0x11, 0xc6, 0x77, 0xd0, 0x8b, 0x55, 0x15, 0xa4,
    0x9d, 0xa7, 0x1b, 0x23, 0x78, 0xa8, 0x54, 0xf6, 0x70, 0x50, 0x75, 0x6d, 0xed, 0x16, 0x5b, 0xac};
static const uint8_t zeros[2 * BLOCK];
static uint8_t first_packet[BLOCK]; /* The library wants to be able to write it. */

static const srtp_cipher_test_case_t test_128 = {.key_length_octets = KEY_128,
                                                 .key = key_128,
                                                 .idx = first_packet,
                                                 .plaintext_length_octets = sizeof zeros,
                                                 .plaintext = zeros,
                                                 .ciphertext_length_octets = sizeof stream_128,
                                                 .ciphertext = stream_128};
static const srtp_cipher_test_case_t test_256 = {.key_length_octets = KEY_256,
                                                 .key = key_256,
                                                 .idx = first_packet,
                                                 .plaintext_length_octets = sizeof zeros,
                                                 .plaintext = zeros,
                                                 .ciphertext_length_octets = sizeof stream_256,
                                                 .ciphertext = stream_256};

static const srtp_cipher_type_t counter_128 = {.alloc = counter_new,
                                               .dealloc = counter_free,
                                               .init = counter_key,
                                               .encrypt = counter_apply,
                                               .decrypt = counter_apply,
                                               .set_iv = counter_begin,
                                               .description = "AES-128 counter mode of OpenSSL",
                                               .test_data = &test_128,
                                               .id = SRTP_AES_ICM_128};
static const srtp_cipher_type_t counter_256 = {.alloc = counter_new,
                                               .dealloc = counter_free,
                                               .init = counter_key,
                                               .encrypt = counter_apply,
                                               .decrypt = counter_apply,
                                               .set_iv = counter_begin,
                                               .description = "AES-256 counter mode of OpenSSL",
                                               .test_data = &test_256,
                                               .id = SRTP_AES_ICM_256};

/* ---- HMAC-SHA1 (RFC 2104) ---- */

struct hmac {
    srtp_auth_t head;
    SHA_CTX inner, outer; /* With the key in them. */
    SHA_CTX now;
};

static const srtp_auth_type_t hmac_sha1;

static srtp_err_status_t hmac_free(srtp_auth_pointer_t auth)
{
    struct hmac *hmac = auth->state;

    explicit_bzero(hmac, sizeof *hmac);
    free(hmac);
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_new(srtp_auth_pointer_t *out, int key_bytes, int tag_bytes)
{
    struct hmac *hmac;

    if (key_bytes < 0 || key_bytes > SHA1_BYTES || tag_bytes < 0 || tag_bytes > SHA1_BYTES)
        return srtp_err_status_bad_param;
    hmac = calloc(1, sizeof *hmac);
    if (!hmac)
        return srtp_err_status_alloc_fail;
    hmac->head = (srtp_auth_t){
        .type = &hmac_sha1, .state = hmac, .out_len = tag_bytes, .key_len = key_bytes};
    *out = &hmac->head;
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_start(void *state)
{
    struct hmac *hmac = state;

    hmac->now = hmac->inner;
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_key(void *state, const uint8_t *key, int key_bytes)
{
    struct hmac *hmac = state;
    uint8_t inner[SHA1_BLOCK] = {0}, outer[SHA1_BLOCK];

    memcpy(inner, key, (size_t)key_bytes);
    for (int i = 0; i < SHA1_BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    SHA1_Init(&hmac->inner);
    SHA1_Update(&hmac->inner, inner, sizeof inner);
    SHA1_Init(&hmac->outer);
    SHA1_Update(&hmac->outer, outer, sizeof outer);
    explicit_bzero(inner, sizeof inner);
    explicit_bzero(outer, sizeof outer);
    return hmac_start(hmac);
}

static srtp_err_status_t hmac_update(void *state, const uint8_t *bytes, int size)
{
    struct hmac *hmac = state;

    SHA1_Update(&hmac->now, bytes, (size_t)size);
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_compute(void *state, const uint8_t *bytes, int size, int tag_bytes,
                                      uint8_t *tag)
{
    struct hmac *hmac = state;
    uint8_t digest[SHA1_BYTES];

    if (tag_bytes < 0 || tag_bytes > SHA1_BYTES)
        return srtp_err_status_bad_param;
    SHA1_Update(&hmac->now, bytes, (size_t)size);
    SHA1_Final(digest, &hmac->now);
    hmac->now = hmac->outer;
    SHA1_Update(&hmac->now, digest, sizeof digest);
    SHA1_Final(digest, &hmac->now);
    memcpy(tag, digest, (size_t)tag_bytes);
    return srtp_err_status_ok;
}

/* RFC 2202 3, the first. */
static const uint8_t hmac_test_key[SHA1_BYTES] = {0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                                                  0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                                                  0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b};
static const uint8_t hmac_test_data[] = {'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
static const uint8_t hmac_test_tag[SHA1_BYTES] = {0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72,
                                                  0x64, 0xe2, 0x8b, 0xc0, 0xb6, 0xfb, 0x37,
                                                  0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00};
static const srtp_auth_test_case_t hmac_test = {.key_length_octets = SHA1_BYTES,
                                                .key = hmac_test_key,
                                                .data_length_octets = sizeof hmac_test_data,
                                                .data = hmac_test_data,
                                                .tag_length_octets = SHA1_BYTES,
                                                .tag = hmac_test_tag};

static const srtp_auth_type_t hmac_sha1 = {.alloc = hmac_new,
                                           .dealloc = hmac_free,
                                           .init = hmac_key,
                                           .compute = hmac_compute,
                                           .update = hmac_update,
                                           .start = hmac_start,
                                           .description = "HMAC-SHA1 of OpenSSL",
                                           .test_data = &hmac_test,
                                           .id = SRTP_HMAC_SHA1};

int cipher_replace_kinds(void)
{
    return srtp_replace_cipher_type(&counter_128, SRTP_AES_ICM_128) == srtp_err_status_ok &&
                   srtp_replace_cipher_type(&counter_256, SRTP_AES_ICM_256) == srtp_err_status_ok &&
                   srtp_replace_auth_type(&hmac_sha1, SRTP_HMAC_SHA1) == srtp_err_status_ok
               ? cipher_replace_gcm()
               : -EIO;
}
