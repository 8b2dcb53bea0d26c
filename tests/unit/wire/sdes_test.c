// SPDX-License-Identifier: Apache-2.0
/* sdes_test.c - a=crypto lines: what is taken, what is refused, and that no key stays behind. */
#include "wire/sdes.h"

#include <string.h>

#include "check.h"

#define KEY30 "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"

static bool reads(const char *value)
{
    struct sdes line;
    return sdes_read(text_of(value), &line);
}

static void lines_of_real_telephones_are_read(void)
{
    struct sdes line;

    CHECK(sdes_read(TEXT("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^31"), &line));
    CHECK(line.tag == 1 && line.suite == SUITE_AES_CM_128_HMAC_SHA1_80 && line.name == 0);
    CHECK(text_equal(line.key, TEXT(KEY30)));
    CHECK(reads("2 aes_cm_128_hmac_sha1_32  inline:" KEY30));
    CHECK(reads("3 AES_256_CM_HMAC_SHA1_80 INLINE:" KEY30 "|1048576"));
    CHECK(reads("4 AEAD_AES_256_GCM inline:" KEY30 " WSH=128"));
    CHECK(sdes_read(TEXT("7 AEAD_AES_128_GCM vault:18446744073709551615"), &line));
    CHECK(line.name == UINT64_MAX && line.key.size == 0);
}

static void what_would_weaken_or_change_a_call_is_refused(void)
{
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^31|1:1")); /* An MKI. */
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|1:1"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 ";inline:" KEY30));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^10"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNENCRYPTED_SRTP"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNAUTHENTICATED_SRTP"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNENCRYPTED_SRTCP"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " KDR=1"));
    CHECK(!reads("1 F8_128_HMAC_SHA1_80 inline:" KEY30) && !reads("1 none vault:1"));
    CHECK(!reads("x AES_CM_128_HMAC_SHA1_80 inline:" KEY30) && !reads("") && !reads("1"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 vault:0") && !reads("1 AES_CM_128_HMAC_SHA1_80 x:1"));
    CHECK(!reads("1 AES_CM_128_HMAC_SHA1_80 inline:"));
}

static void a_key_has_exactly_its_length(void)
{
    uint8_t key[30], longer[46];

    CHECK(sdes_key(TEXT(KEY30), key, 30) &&
          memcmp(key, "wDfvg&T+)xG7@fb5jU,RaA}\\|p0%*#", 30) == 0);
    CHECK(!sdes_key(TEXT(KEY30), longer, 46) && !sdes_key(TEXT(KEY30), key, 28));
    CHECK(sdes_key(TEXT("AAECAw=="), key, 4) && key[3] == 3);
    CHECK(!sdes_key(TEXT("AAE!Aw=="), key, 4) && !sdes_key(TEXT("AA==AECAw"), key, 4));
}

struct box {
    uint8_t key[46];
    uint32_t size, kept;
};

static uint64_t keep(void *context, const uint8_t *key, uint32_t size)
{
    struct box *box = context;

    memcpy(box->key, key, size);
    box->size = size;
    return 100 + box->kept++;
}

static bool give(void *context, uint64_t name, enum srtp_suite suite, uint8_t *key, uint32_t size)
{
    const struct box *box = context;

    if (name != 100 || suite != SUITE_AES_CM_128_HMAC_SHA1_80 || size != box->size)
        return false;
    memcpy(key, box->key, size);
    return true;
}

static const char offer[] =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nk=clear:secret\r\nm=audio 4000 RTP/SAVP 0\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^31\r\n"
    "a = x\r\na= Crypto : 2 AES_CM_128_HMAC_SHA1_32 inline:" KEY30 "\r\n"
    "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " KDR=2\r\n"
    "a=crypto:4 AES_CM_128_HMAC_SHA1_80 vault:7\r\n"
    "a=x-crypto:1 AES inline:" KEY30 "\na=sendrecv\r\n";

static void no_key_stays_in_a_description_and_no_stranger_names_one(void)
{
    char storage[4096], back[4096];
    struct text_buffer hidden, shown;
    struct box box = {.kept = 0};

    CHECK(sdes_has_keys(text_of(offer)));
    text_buffer_init(&hidden, storage, sizeof storage);
    sdes_hide(text_of(offer), keep, &box, &hidden);
    CHECK(text_equal(text_view(&hidden),
                     TEXT("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 4000 RTP/SAVP 0\r\n"
                          "a=crypto:1 AES_CM_128_HMAC_SHA1_80 vault:100\r\n"
                          "a = x\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 vault:101\r\n"
                          "a=sendrecv\r\n")));
    text_buffer_init(&shown, back, sizeof back);
    sdes_show(text_view(&hidden), give, &box, &shown);
    CHECK(text_find(text_view(&shown),
                    TEXT("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\na = x")) > 0);
    CHECK(text_find(text_view(&shown), TEXT("SHA1_32")) < 0); /* Its name had no key. */
    CHECK(!sdes_has_keys(TEXT("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n")));
}

int main(void)
{
    RUN(lines_of_real_telephones_are_read);
    RUN(what_would_weaken_or_change_a_call_is_refused);
    RUN(a_key_has_exactly_its_length);
    RUN(no_key_stays_in_a_description_and_no_stranger_names_one);
    return 0;
}
