// SPDX-License-Identifier: Apache-2.0
/* hash.c - one context, used again and again; fetching an algorithm costs more than a short hash.
 */
#include "sip/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static void write_hex(const unsigned char *bytes, uint32_t size, char *out)
{
    for (uint32_t i = 0; i < size; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
}

void hash_parts(enum digest_algorithm algorithm, const struct text *parts, uint32_t count,
                char out[DIGEST_HEX])
{
    static const char *const names[DIGEST_ALGORITHMS] = {
        [DIGEST_SHA256] = "SHA2-256", [DIGEST_SHA512_256] = "SHA2-512/256", [DIGEST_MD5] = "MD5"};
    static EVP_MD *fetched[DIGEST_ALGORITHMS];
    static EVP_MD_CTX *context;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool good;

    if (!context)
        context = EVP_MD_CTX_new();
    if (!fetched[algorithm])
        fetched[algorithm] = EVP_MD_fetch(NULL, names[algorithm], NULL);
    good = context && EVP_DigestInit_ex2(context, fetched[algorithm], NULL) == 1;
    for (uint32_t i = 0; i < count && good; i++)
        good = (i == 0 || EVP_DigestUpdate(context, ":", 1) == 1) &&
               EVP_DigestUpdate(context, parts[i].data, parts[i].size) == 1;
    good = good && EVP_DigestFinal_ex(context, bytes, &size) == 1;
    assert(good && 2 * size < DIGEST_HEX); /* Memory is out, or OpenSSL was built without MD5. */
    write_hex(bytes, size, out);
    out[2 * size] = 0;
}

void hash_sign(const uint8_t key[HASH_KEY], struct text text, char out[HASH_MAC])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (!HMAC(EVP_sha256(), key, HASH_KEY, (const unsigned char *)text.data, text.size, mac, &size))
        assert(false);
    write_hex(mac, HASH_MAC / 2, out);
}
