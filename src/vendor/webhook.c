// SPDX-License-Identifier: Apache-2.0
/* webhook.c - HMAC-SHA256 over three parts, and a few decisions. */
#include "vendor/webhook.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "vendor/base64.h"

enum { DIGEST = 32, NUMBER = 21, LONGEST_ASKED_S = 86400 };

bool webhook_key(struct text secret, uint8_t key[WEBHOOK_KEY_MOST], size_t *size)
{
    const struct text prefix = TEXT("whsec_");
    uint8_t bytes[WEBHOOK_KEY_MOST];
    size_t got = 0;
    bool good =
        text_starts(secret, prefix) &&
        base64_decode(text_part(secret, prefix.size, secret.size), bytes, sizeof bytes, &got) &&
        got >= WEBHOOK_KEY_LEAST;

    if (good) {
        memcpy(key, bytes, got);
        *size = got;
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    return good;
}

static bool add(EVP_MAC_CTX *mac, struct text part)
{
    return EVP_MAC_update(mac, (const unsigned char *)part.data, part.size) == 1;
}

static bool digest(const uint8_t *key, size_t key_size, struct text id, struct text timestamp,
                   struct text body, uint8_t out[DIGEST])
{
    char sha256[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    size_t size = 0;
    bool good = mac && EVP_MAC_init(mac, key, key_size, params) == 1 && add(mac, id) &&
                add(mac, TEXT(".")) && add(mac, timestamp) && add(mac, TEXT(".")) &&
                add(mac, body) && EVP_MAC_final(mac, out, &size, DIGEST) == 1 && size == DIGEST;

    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(hmac);
    return good;
}

bool webhook_sign(struct text secret, struct text id, uint64_t timestamp_s, struct text body,
                  struct text_buffer *out)
{
    uint8_t key[WEBHOOK_KEY_MOST], sum[DIGEST];
    char number[NUMBER], coded[WEBHOOK_SIGNATURE - 3];
    struct text_buffer timestamp;
    size_t size = 0;
    bool good;

    if (!webhook_key(secret, key, &size) ||
        out->capacity - out->size < WEBHOOK_SIGNATURE + (out->size > 0))
        return false;
    text_buffer_init(&timestamp, number, sizeof number);
    text_append_number(&timestamp, timestamp_s);
    good = digest(key, size, id, text_view(&timestamp), body, sum);
    OPENSSL_cleanse(key, sizeof key);
    if (!good)
        return false;
    base64_encode(sum, sizeof sum, coded);
    if (out->size > 0)
        text_append_char(out, ' ');
    text_append(out, TEXT("v1,"));
    text_append(out, (struct text){coded, sizeof coded});
    return true;
}

enum webhook_end webhook_end_of(uint32_t status)
{
    if (status >= 200 && status < 300)
        return WEBHOOK_DELIVERED;
    return status == 410 ? WEBHOOK_GONE : WEBHOOK_RETRY;
}

uint64_t webhook_rest_ms(const uint32_t *rests_ms, uint32_t count, uint32_t attempts_done,
                         uint64_t asked_s, uint64_t chance)
{
    uint32_t at = attempts_done > 0 ? attempts_done - 1 : 0;
    uint64_t rest_ms = count == 0 ? 0 : rests_ms[at < count ? at : count - 1];
    uint64_t asked_ms = (asked_s < LONGEST_ASKED_S ? asked_s : LONGEST_ASKED_S) * 1000;

    if (rest_ms < asked_ms)
        rest_ms = asked_ms;
    return rest_ms + chance % (rest_ms / 5 + 1);
}
