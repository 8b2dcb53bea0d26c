// SPDX-License-Identifier: Apache-2.0
/* digest_fuzz.c - any bytes as a challenge and as credentials; what is read is written and read the
 * same. */
#include "wire/digest.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char out[2 * DIGEST_VALUE];
    struct text value = {(const char *)bytes, (uint32_t)size};
    struct digest_challenge challenge, challenge_again;
    struct digest_credentials credentials, credentials_again;

    if (digest_read_challenge(value, &challenge) &&
        digest_write_challenge(&challenge, out, sizeof(out))) {
        assert(digest_read_challenge(text_of(out), &challenge_again));
        assert(text_equal(challenge.realm, challenge_again.realm));
        assert(text_equal(challenge.nonce, challenge_again.nonce));
    }
    if (digest_read_credentials(value, &credentials) &&
        digest_write_credentials(&credentials, out, sizeof(out))) {
        assert(digest_read_credentials(text_of(out), &credentials_again));
        assert(text_equal(credentials.response, credentials_again.response));
        assert(credentials.nc == credentials_again.nc);
    }
    return 0;
}
