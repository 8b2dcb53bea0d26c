// SPDX-License-Identifier: Apache-2.0
/* credentials.c - the challenges of a response, the best of them answered with OpenSSL's hashes. */
#include "load/credentials.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "wire/digest.h"

enum { INPUT = 2048 };

struct found {
    struct digest_challenge challenge;
    bool proxy;
};

static void hash(enum digest_algorithm algorithm, const struct text *parts, uint32_t count,
                 char out[DIGEST_HEX])
{
    const EVP_MD *kinds[DIGEST_ALGORITHMS] = {[DIGEST_SHA256] = EVP_sha256(),
                                              [DIGEST_SHA512_256] = EVP_sha512_256(),
                                              [DIGEST_MD5] = EVP_md5()};
    unsigned char digest[EVP_MAX_MD_SIZE];
    char storage[INPUT];
    struct text_buffer input;
    unsigned size = 0;

    text_buffer_init(&input, storage, sizeof storage);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            text_append_char(&input, ':');
        text_append(&input, parts[i]);
    }
    if (EVP_Digest(storage, input.size, digest, &size, kinds[algorithm], NULL) != 1)
        size = 0;
    assert(2 * size < DIGEST_HEX);
    out[0] = 0;
    for (unsigned i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool can_answer(const struct digest_challenge *challenge)
{
    return challenge->algorithm != DIGEST_SHA512_256 && !challenge->session &&
           (!challenge->qop_said || challenge->qop_auth);
}

static bool find(struct text headers, struct found *out)
{
    bool any = false;

    while (headers.data) {
        struct text value = text_next(&headers, '\n'), name = text_trim(text_next(&value, ':'));
        struct found one = {.proxy = text_equal_nocase(name, TEXT("Proxy-Authenticate"))};
        if (!one.proxy && !text_equal_nocase(name, TEXT("WWW-Authenticate")))
            continue;
        if (!digest_read_challenge(text_trim(value), &one.challenge) || !can_answer(&one.challenge))
            continue;
        if (!any || one.challenge.algorithm < out->challenge.algorithm)
            *out = one;
        any = true;
    }
    return any;
}

bool credentials_answer(struct text headers, const struct credentials_ask *ask,
                        struct text_buffer *out)
{
    char ha1[DIGEST_HEX], response[DIGEST_HEX], value[DIGEST_CREDENTIALS];
    struct digest_credentials credentials;
    struct found found;

    if (!find(headers, &found))
        return false;
    credentials = (struct digest_credentials){.username = text_of(ask->user),
                                              .realm = found.challenge.realm,
                                              .nonce = found.challenge.nonce,
                                              .uri = text_of(ask->uri),
                                              .opaque = found.challenge.opaque,
                                              .algorithm = found.challenge.algorithm};
    if (found.challenge.qop_auth) {
        credentials.qop = DIGEST_QOP_AUTH;
        credentials.cnonce = text_of(ask->cnonce);
        credentials.nc = 1;
        credentials.nc_text = TEXT("00000001");
    }
    digest_ha1(hash, credentials.algorithm, credentials.username, credentials.realm,
               text_of(ask->password), ha1);
    digest_response(hash, &credentials, text_of(ha1), text_of(ask->method), TEXT_EMPTY, response);
    credentials.response = text_of(response);
    if (!digest_write_credentials(&credentials, value, sizeof value))
        return false;
    text_append(out, found.proxy ? TEXT("Proxy-Authorization: ") : TEXT("Authorization: "));
    text_append(out, text_of(value));
    text_append(out, TEXT("\r\n"));
    return !out->cut;
}
