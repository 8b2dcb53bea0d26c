// SPDX-License-Identifier: Apache-2.0
/* secrecy_test.c - when sound is encrypted, when it is not, and when there is no call. */
#include <string.h>

#include "check.h"
#include "core/offer.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define CRYPTO "a=crypto:4 AES_CM_128_HMAC_SHA1_80 vault:77\r\n"
#define PLAIN HEAD "m=audio 4000 RTP/AVP 0\r\n"
#define BEST HEAD "m=audio 4000 RTP/AVP 0\r\n" CRYPTO
#define SECURE HEAD "m=audio 4000 RTP/SAVP 0\r\n" CRYPTO
#define FEEDBACK HEAD "m=audio 4000 RTP/SAVPF 0\r\n" CRYPTO
#define UNUSABLE HEAD "m=audio 4000 RTP/SAVP 0\r\n"
#define EITHER HEAD "m=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/SAVP 0\r\n" CRYPTO

static char storage[MAX_SDP];
static struct text_buffer written;

static struct leg leg_of(enum srtp_mode mode)
{
    return (struct leg){.id = 5, .sdp_id = 9, .local = "203.0.113.1", .srtp = mode};
}

static enum offer_result accept(struct leg *leg, const char *sdp)
{
    text_buffer_init(&written, storage, sizeof storage);
    return offer_accept(leg, text_of(sdp), 20000, &written);
}

static bool says(const char *words)
{
    return text_find(text_view(&written), text_of(words)) >= 0;
}

static void each_mode_takes_what_it_may_and_refuses_the_rest_by_name(void)
{
    static const struct {
        const char *sdp;
        enum offer_result off, optional, required;
        bool encrypted;
    } rows[] = {{PLAIN, OFFER_AGREED, OFFER_AGREED, OFFER_PLAIN, false},
                {BEST, OFFER_AGREED, OFFER_AGREED, OFFER_AGREED, true},
                {SECURE, OFFER_ENCRYPTED, OFFER_AGREED, OFFER_AGREED, true},
                {FEEDBACK, OFFER_ENCRYPTED, OFFER_AGREED, OFFER_AGREED, true},
                {UNUSABLE, OFFER_NO_CODEC, OFFER_NO_CODEC, OFFER_NO_CODEC, false},
                {EITHER, OFFER_AGREED, OFFER_AGREED, OFFER_AGREED, true}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct leg off = leg_of(SRTP_OFF), optional = leg_of(SRTP_OPTIONAL);
        struct leg required = leg_of(SRTP_REQUIRED);
        CHECK(accept(&off, rows[i].sdp) == rows[i].off && off.suite == SUITE_NONE);
        CHECK(rows[i].off != OFFER_AGREED || !says("crypto"));
        CHECK(accept(&optional, rows[i].sdp) == rows[i].optional);
        CHECK((optional.suite != SUITE_NONE) == rows[i].encrypted);
        CHECK(accept(&required, rows[i].sdp) == rows[i].required);
        CHECK((required.suite != SUITE_NONE) == rows[i].encrypted);
    }
}

static void the_answer_repeats_tag_and_profile_and_names_a_key_of_ours(void)
{
    struct leg leg = leg_of(SRTP_OPTIONAL), other = leg_of(SRTP_OPTIONAL);

    CHECK(accept(&leg, SECURE) == OFFER_AGREED && says("m=audio 20000 RTP/SAVP 0"));
    CHECK(says("a=crypto:4 AES_CM_128_HMAC_SHA1_80 vault:") && !says("vault:77\r\n"));
    CHECK(leg.key_in == 77 && leg.key_own != 0 && leg.key_own != 77);
    other.id = 6;
    CHECK(accept(&other, EITHER) == OFFER_AGREED && says("m=audio 0 RTP/AVP 0\r\nm=audio 20000 "));
    CHECK(other.key_own != leg.key_own);
}

static void what_is_encrypted_stays_so_and_takes_new_keys(void)
{
    struct leg leg = leg_of(SRTP_OPTIONAL);

    CHECK(accept(&leg, BEST) == OFFER_AGREED && leg.suite != SUITE_NONE);
    uint64_t ours = leg.key_own;
    CHECK(accept(&leg, PLAIN) == OFFER_PLAIN && leg.suite != SUITE_NONE);
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\n"
                            "a=crypto:1 AEAD_AES_128_GCM vault:78\r\n") == OFFER_AGREED);
    CHECK(leg.suite == SUITE_AEAD_AES_128_GCM && leg.key_in == 78 && leg.key_own == ours);
    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written); /* A session refresh of ours. */
    CHECK(says("m=audio 20000 RTP/AVP 0") && says("AEAD_AES_128_GCM") && !says("HMAC"));
}

static void our_offers_say_what_the_trunk_wants_and_take_only_their_own_lines(void)
{
    struct leg leg = leg_of(SRTP_REQUIRED);

    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written);
    CHECK(says("RTP/SAVP 0 8") && says("a=crypto:1 AES_CM_128_HMAC_SHA1_80 vault:") &&
          says("a=crypto:5 AEAD_AES_256_GCM vault:"));
    CHECK(offer_answered(&leg, TEXT(SECURE)) == OFFER_NO_CODEC); /* Tag 4 is another suite. */
    CHECK(offer_answered(&leg, TEXT(PLAIN)) == OFFER_PLAIN);
    CHECK(offer_answered(&leg, TEXT(HEAD "m=audio 4000 RTP/SAVP 0\r\n"
                                         "a=crypto:4 AEAD_AES_128_GCM vault:5\r\n")) ==
          OFFER_AGREED);
    CHECK(leg.suite == SUITE_AEAD_AES_128_GCM && leg.key_in == 5);
    leg = leg_of(SRTP_OPTIONAL);
    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written);
    CHECK(says("RTP/AVP 0 8") && says("a=crypto:2 "));
    CHECK(offer_answered(&leg, TEXT(PLAIN)) == OFFER_AGREED && leg.suite == SUITE_NONE);
    leg = leg_of(SRTP_OFF);
    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written);
    CHECK(says("RTP/AVP 0 8") && !says("crypto"));
}

int main(void)
{
    RUN(each_mode_takes_what_it_may_and_refuses_the_rest_by_name);
    RUN(the_answer_repeats_tag_and_profile_and_names_a_key_of_ours);
    RUN(what_is_encrypted_stays_so_and_takes_new_keys);
    RUN(our_offers_say_what_the_trunk_wants_and_take_only_their_own_lines);
    return 0;
}
