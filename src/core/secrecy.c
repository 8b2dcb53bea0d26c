// SPDX-License-Identifier: Apache-2.0
/* secrecy.c - profiles and suites, a table each. */
#include "core/secrecy.h"

#include "base/random.h"

enum { PROFILE_AVP, PROFILE_AVPF, PROFILE_SAVP, PROFILE_SAVPF, PROFILES };

static const char *const profiles[PROFILES] = {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"};

/* In our offers: what everybody has comes first. The tag is the suite's number. */
static const enum srtp_suite offered[] = {SUITE_AES_CM_128_HMAC_SHA1_80, SUITE_AEAD_AES_128_GCM,
                                          SUITE_AES_256_CM_HMAC_SHA1_80, SUITE_AEAD_AES_256_GCM,
                                          SUITE_AES_CM_128_HMAC_SHA1_32};
enum { OFFERED = sizeof(offered) / sizeof(offered[0]) };

static bool has_key(const struct sdp_media *media, bool answer, struct sdp_crypto *out)
{
    for (uint8_t i = 0; i < media->crypto_count; i++) {
        *out = media->crypto[i];
        if (!answer || out->tag == (uint32_t)out->suite)
            return true;
    }
    return false;
}

bool secrecy_fits(const struct sdp_media *media, bool encrypted, bool answer, struct secrecy *out)
{
    *out = (struct secrecy){.crypto.suite = SUITE_NONE};
    while (out->profile < PROFILES &&
           !text_equal_nocase(media->protocol, text_of(profiles[out->profile])))
        out->profile++;
    if (out->profile == PROFILES)
        return false;
    return encrypted ? has_key(media, answer, &out->crypto) : out->profile < PROFILE_SAVP;
}

bool secrecy_may_encrypt(const struct leg *leg)
{
    return leg->srtp != SRTP_OFF;
}

bool secrecy_may_be_plain(const struct leg *leg)
{
    return leg->srtp != SRTP_REQUIRED && leg->suite == SUITE_NONE;
}

/* The name of our key: no other leg has it, since none has the same id at the same time. */
static uint64_t own_key(const struct leg *leg)
{
    struct random random = {.state = leg->sdp_id << 32 ^ leg->id};

    return random_next(&random) | 1; /* Never 0, which names nothing. */
}

void secrecy_own(struct leg *leg)
{
    leg->key_own = leg->suite == SUITE_NONE ? 0 : own_key(leg);
}

void secrecy_adopt(struct leg *leg, const struct secrecy *agreed)
{
    leg->profile = agreed->profile;
    leg->suite = agreed->crypto.suite;
    leg->crypto_tag = agreed->crypto.tag;
    leg->key_in = agreed->crypto.name;
    secrecy_own(leg);
}

static void add(const struct leg *leg, struct sdp_local *local, uint32_t tag, enum srtp_suite suite)
{
    local->crypto[local->crypto_count++] =
        (struct sdp_crypto){.tag = tag, .suite = suite, .name = own_key(leg)};
}

void secrecy_answer(const struct leg *leg, struct sdp_local *local)
{
    if (leg->suite != SUITE_NONE)
        add(leg, local, leg->crypto_tag, leg->suite);
}

void secrecy_offer(const struct leg *leg, struct sdp_local *local)
{
    if (leg->remote[0]) {
        local->protocol = text_of(profiles[leg->profile]);
        if (leg->suite != SUITE_NONE)
            add(leg, local, (uint32_t)leg->suite, leg->suite);
        return;
    }
    local->protocol = text_of(profiles[leg->srtp == SRTP_REQUIRED ? PROFILE_SAVP : PROFILE_AVP]);
    for (uint32_t i = 0; leg->srtp != SRTP_OFF && i < OFFERED; i++)
        add(leg, local, (uint32_t)offered[i], offered[i]);
}
