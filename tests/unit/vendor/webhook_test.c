// SPDX-License-Identifier: Apache-2.0
/* webhook_test.c - signatures that others verify, and what answers mean. */
#include "vendor/webhook.h"

#include <string.h>

#include "check.h"

/* The vector that the libraries of Standard Webhooks test themselves with. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static char bytes[256];
static struct text_buffer out;

static bool sign(const char *secret)
{
    return webhook_sign(text_of(secret), TEXT("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                        TEXT("{\"test\": 2432232314}"), &out);
}

static void the_published_vector_is_met(void)
{
    text_buffer_init(&out, bytes, sizeof bytes);
    CHECK(sign(SECRET) && text_equal(text_view(&out), TEXT(SIGNED)));
}

static void two_secrets_sign_beside_each_other(void)
{
    text_buffer_init(&out, bytes, sizeof bytes);
    CHECK(sign("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX") && sign(SECRET));
    CHECK(out.size == 2 * WEBHOOK_SIGNATURE + 1 && bytes[WEBHOOK_SIGNATURE] == ' ');
    CHECK(text_equal(text_part(text_view(&out), WEBHOOK_SIGNATURE + 1, 64), TEXT(SIGNED)));
}

static void a_signature_that_has_no_room_is_none(void)
{
    text_buffer_init(&out, bytes, WEBHOOK_SIGNATURE - 1);
    CHECK(!sign(SECRET) && out.size == 0);
    text_buffer_init(&out, bytes, 2 * WEBHOOK_SIGNATURE);
    CHECK(sign(SECRET) && !sign(SECRET));
}

static void a_secret_is_whsec_and_24_to_64_bytes(void)
{
    uint8_t key[WEBHOOK_KEY_MOST];
    char longest[128] = "whsec_";
    size_t size = 0;

    CHECK(webhook_key(TEXT(SECRET), key, &size) && size == 24 && key[0] == 0x31);
    CHECK(!webhook_key(TEXT("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), key, &size));
    CHECK(!webhook_key(TEXT("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa"), key, &size)); /* 22 bytes */
    CHECK(!webhook_key(TEXT("whsec_not base64 at all, by no means"), key, &size));
    memset(longest + 6, 'A', 86);
    CHECK(webhook_key(text_of(longest), key, &size) && size == 64);
    memset(longest + 6, 'A', 88);
    CHECK(!webhook_key(text_of(longest), key, &size));
}

static void only_2xx_is_a_delivery_and_only_410_an_end(void)
{
    CHECK(webhook_end_of(200) == WEBHOOK_DELIVERED && webhook_end_of(299) == WEBHOOK_DELIVERED);
    CHECK(webhook_end_of(0) == WEBHOOK_RETRY && webhook_end_of(302) == WEBHOOK_RETRY);
    CHECK(webhook_end_of(400) == WEBHOOK_RETRY && webhook_end_of(429) == WEBHOOK_RETRY);
    CHECK(webhook_end_of(503) == WEBHOOK_RETRY && webhook_end_of(410) == WEBHOOK_GONE);
}

static void rests_grow_with_chance_and_yield_to_who_asks_for_more(void)
{
    const uint32_t rests[] = {5000, 300000, 1800000};

    CHECK(webhook_rest_ms(rests, 3, 1, 0, 0) == 5000);
    CHECK(webhook_rest_ms(rests, 3, 1, 0, 1000) == 6000); /* A fifth at most. */
    CHECK(webhook_rest_ms(rests, 3, 1, 0, 1001) == 5000);
    CHECK(webhook_rest_ms(rests, 3, 2, 0, 0) == 300000);
    CHECK(webhook_rest_ms(rests, 3, 9, 0, 0) == 1800000);
    CHECK(webhook_rest_ms(rests, 3, 1, 120, 0) == 120000);
    CHECK(webhook_rest_ms(rests, 3, 2, 120, 0) == 300000);
    CHECK(webhook_rest_ms(rests, 3, 1, UINT64_MAX, 0) == 86400000);
    CHECK(webhook_rest_ms(rests, 0, 1, 0, 77) == 0);
}

int main(void)
{
    RUN(the_published_vector_is_met);
    RUN(two_secrets_sign_beside_each_other);
    RUN(a_signature_that_has_no_room_is_none);
    RUN(a_secret_is_whsec_and_24_to_64_bytes);
    RUN(only_2xx_is_a_delivery_and_only_410_an_end);
    RUN(rests_grow_with_chance_and_yield_to_who_asks_for_more);
    return 0;
}
