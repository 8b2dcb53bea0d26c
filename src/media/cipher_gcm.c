// SPDX-License-Identifier: Apache-2.0
/* cipher_gcm.c - the shape that libsrtp wants its AEAD ciphers in: IV, then associated data, then
 * the text in its place, then the tag; on the way in the tag is the text's end. */
#include "media/cipher_gcm.h"

#include <errno.h>
#include <openssl/evp.h>
#include <srtp2/cipher.h>
#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

enum { SALT = 12, IV = 12, TAG = 16, TAG_SHORT = 8, KEY_128 = 16 + SALT, KEY_256 = 32 + SALT };

struct gcm {
    srtp_cipher_t head;
    EVP_CIPHER_CTX *context;
    uint32_t tag_bytes;
};

static const srtp_cipher_type_t gcm_128, gcm_256;

static srtp_err_status_t gcm_free(srtp_cipher_pointer_t cipher)
{
    struct gcm *gcm = cipher->state;

    EVP_CIPHER_CTX_free(gcm->context);
    free(gcm);
    return srtp_err_status_ok;
}

static srtp_err_status_t gcm_new(srtp_cipher_pointer_t *out, int key_bytes, int tag_bytes)
{
    struct gcm *gcm;

    if ((key_bytes != KEY_128 && key_bytes != KEY_256) ||
        (tag_bytes != TAG && tag_bytes != TAG_SHORT)) /* The short: its own tests want it. */
        return srtp_err_status_bad_param;
    gcm = calloc(1, sizeof *gcm);
    if (!gcm)
        return srtp_err_status_alloc_fail;
    gcm->head =
        (srtp_cipher_t){.type = key_bytes == KEY_128 ? &gcm_128 : &gcm_256,
                        .state = gcm,
                        .key_len = key_bytes,
                        .algorithm = key_bytes == KEY_128 ? SRTP_AES_GCM_128 : SRTP_AES_GCM_256};
    gcm->tag_bytes = (uint32_t)tag_bytes;
    gcm->context = EVP_CIPHER_CTX_new();
    if (!gcm->context) {
        free(gcm);
        return srtp_err_status_alloc_fail;
    }
    *out = &gcm->head;
    return srtp_err_status_ok;
}

/* The salt behind the key is the library's: it is in each IV already (RFC 7714 8.1). */
static srtp_err_status_t gcm_key(void *state, const uint8_t *key)
{
    struct gcm *gcm = state;
    const EVP_CIPHER *kind = gcm->head.key_len == KEY_128 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();

    return EVP_CipherInit_ex(gcm->context, kind, NULL, key, NULL, 1) == 1
               ? srtp_err_status_ok
               : srtp_err_status_init_fail;
}

static srtp_err_status_t gcm_begin(void *state, uint8_t *iv, srtp_cipher_direction_t way)
{
    struct gcm *gcm = state;

    return EVP_CipherInit_ex(gcm->context, NULL, NULL, NULL, iv, way == srtp_direction_encrypt) == 1
               ? srtp_err_status_ok
               : srtp_err_status_cipher_fail;
}

static srtp_err_status_t gcm_associate(void *state, const uint8_t *bytes, uint32_t size)
{
    struct gcm *gcm = state;
    int done = 0;

    return EVP_CipherUpdate(gcm->context, NULL, &done, bytes, (int)size) == 1
               ? srtp_err_status_ok
               : srtp_err_status_cipher_fail;
}

static srtp_err_status_t gcm_seal(void *state, uint8_t *bytes, unsigned int *size)
{
    struct gcm *gcm = state;
    int done = 0;

    return EVP_EncryptUpdate(gcm->context, bytes, &done, bytes, (int)*size) == 1
               ? srtp_err_status_ok
               : srtp_err_status_cipher_fail;
}

static srtp_err_status_t gcm_tag(void *state, uint8_t *tag, uint32_t *size)
{
    struct gcm *gcm = state;
    int done = 0;

    if (EVP_EncryptFinal_ex(gcm->context, tag, &done) != 1 ||
        EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_GET_TAG, (int)gcm->tag_bytes, tag) != 1)
        return srtp_err_status_algo_fail;
    *size = gcm->tag_bytes;
    return srtp_err_status_ok;
}

static srtp_err_status_t gcm_open(void *state, uint8_t *bytes, unsigned int *size)
{
    struct gcm *gcm = state;
    int done = 0, end = 0;

    if (*size < gcm->tag_bytes)
        return srtp_err_status_bad_param;
    *size -= gcm->tag_bytes;
    if (EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_SET_TAG, (int)gcm->tag_bytes,
                            bytes + *size) != 1 ||
        EVP_DecryptUpdate(gcm->context, bytes, &done, bytes, (int)*size) != 1 ||
        EVP_DecryptFinal_ex(gcm->context, bytes + done, &end) != 1)
        return srtp_err_status_auth_fail;
    return srtp_err_status_ok;
}

/* RFC 7714 16.1.1 and 16.2.1: the longer key begins with the shorter; each has the salt behind it,
 * which these vectors have in their IV. */
static const uint8_t key_128[KEY_128] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                         0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x51, 0x75, 0x69, 0x64,
                                         0x20, 0x70, 0x72, 0x6f, 0x20, 0x71, 0x75, 0x6f};
static const uint8_t key_256[KEY_256] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
    0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
    0x1e, 0x1f, 0x51, 0x75, 0x69, 0x64, 0x20, 0x70, 0x72, 0x6f, 0x20, 0x71, 0x75, 0x6f};
static uint8_t first_iv[IV] = {
    0x51, 0x75, 0x3c, 0x65, 0x80, 0xc2,
    0x72, 0x6f, 0x20, 0x71, 0x84, 0x14}; /* The library wants to be able to write it. */
static const uint8_t header[] = {0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41,
                                 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2};
static const uint8_t plain[] = {0x47, 0x61, 0x6c, 0x6c, 0x69, 0x61, 0x20, 0x65, 0x73, 0x74,
                                0x20, 0x6f, 0x6d, 0x6e, 0x69, 0x73, 0x20, 0x64, 0x69, 0x76,
                                0x69, 0x73, 0x61, 0x20, 0x69, 0x6e, 0x20, 0x70, 0x61, 0x72,
                                0x74, 0x65, 0x73, 0x20, 0x74, 0x72, 0x65, 0x73};
static const uint8_t sealed_128[sizeof plain + TAG] = {
    0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e,
    0x4b, 0xca, 0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a,
    0x51, 0xc7, 0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27,
    0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce};
static const uint8_t sealed_256[sizeof plain + TAG] = {
    0x32, 0xb1, 0xde, 0x78, 0xa8, 0x22, 0xfe, 0x12, 0xef, 0x9f, 0x78, 0xfa, 0x33, 0x2e,
    0x33, 0xaa, 0xb1, 0x80, 0x12, 0x38, 0x9a, 0x58, 0xe2, 0xf3, 0xb5, 0x0b, 0x2a, 0x02,
    0x76, 0xff, 0xae, 0x0f, 0x1b, 0xa6, 0x37, 0x99, 0xb8, 0x7b, 0x7a, 0xa3, 0xdb, 0x36,
    0xdf, 0xff, 0xd6, 0xb0, 0xf9, 0xbb, 0x78, 0x78, 0xd7, 0xa7, 0x6c, 0x13};

static const srtp_cipher_test_case_t test_128 = {.key_length_octets = KEY_128,
                                                 .key = key_128,
                                                 .idx = first_iv,
                                                 .plaintext_length_octets = sizeof plain,
                                                 .plaintext = plain,
                                                 .ciphertext_length_octets = sizeof sealed_128,
                                                 .ciphertext = sealed_128,
                                                 .aad_length_octets = sizeof header,
                                                 .aad = header,
                                                 .tag_length_octets = TAG};
static const srtp_cipher_test_case_t test_256 = {.key_length_octets = KEY_256,
                                                 .key = key_256,
                                                 .idx = first_iv,
                                                 .plaintext_length_octets = sizeof plain,
                                                 .plaintext = plain,
                                                 .ciphertext_length_octets = sizeof sealed_256,
                                                 .ciphertext = sealed_256,
                                                 .aad_length_octets = sizeof header,
                                                 .aad = header,
                                                 .tag_length_octets = TAG};

static const srtp_cipher_type_t gcm_128 = {.alloc = gcm_new,
                                           .dealloc = gcm_free,
                                           .init = gcm_key,
                                           .set_aad = gcm_associate,
                                           .encrypt = gcm_seal,
                                           .decrypt = gcm_open,
                                           .set_iv = gcm_begin,
                                           .get_tag = gcm_tag,
                                           .description = "AES-128 GCM of OpenSSL",
                                           .test_data = &test_128,
                                           .id = SRTP_AES_GCM_128};
static const srtp_cipher_type_t gcm_256 = {.alloc = gcm_new,
                                           .dealloc = gcm_free,
                                           .init = gcm_key,
                                           .set_aad = gcm_associate,
                                           .encrypt = gcm_seal,
                                           .decrypt = gcm_open,
                                           .set_iv = gcm_begin,
                                           .get_tag = gcm_tag,
                                           .description = "AES-256 GCM of OpenSSL",
                                           .test_data = &test_256,
                                           .id = SRTP_AES_GCM_256};

int cipher_replace_gcm(void)
{
    return srtp_replace_cipher_type(&gcm_128, SRTP_AES_GCM_128) == srtp_err_status_ok &&
                   srtp_replace_cipher_type(&gcm_256, SRTP_AES_GCM_256) == srtp_err_status_ok
               ? 0
               : -EIO;
}
