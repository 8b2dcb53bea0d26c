// SPDX-License-Identifier: Apache-2.0
/* suite.c - the table of suites. */
#include "base/suite.h"

#include <assert.h>

const char *const srtp_suite_names[SUITES] = {
    [SUITE_NONE] = "none",
    [SUITE_AES_CM_128_HMAC_SHA1_80] = "AES_CM_128_HMAC_SHA1_80",
    [SUITE_AES_CM_128_HMAC_SHA1_32] = "AES_CM_128_HMAC_SHA1_32",
    [SUITE_AES_256_CM_HMAC_SHA1_80] = "AES_256_CM_HMAC_SHA1_80",
    [SUITE_AEAD_AES_128_GCM] = "AEAD_AES_128_GCM",
    [SUITE_AEAD_AES_256_GCM] = "AEAD_AES_256_GCM",
};

static const uint8_t key_bytes[SUITES] = {
    [SUITE_AES_CM_128_HMAC_SHA1_80] = 30, [SUITE_AES_CM_128_HMAC_SHA1_32] = 30,
    [SUITE_AES_256_CM_HMAC_SHA1_80] = 46, [SUITE_AEAD_AES_128_GCM] = 28,
    [SUITE_AEAD_AES_256_GCM] = 44,
};

enum srtp_suite suite_of(struct text name)
{
    for (enum srtp_suite suite = SUITE_NONE + 1; suite < SUITES; suite++) {
        if (text_equal_nocase(name, text_of(srtp_suite_names[suite])))
            return suite;
    }
    return SUITE_NONE;
}

uint32_t suite_key_bytes(enum srtp_suite suite)
{
    assert((uint32_t)suite < SUITES);
    return key_bytes[suite];
}
