// SPDX-License-Identifier: Apache-2.0
/* retry_fuzz.c - any bytes as a Retry-After, and as the two headers of a limit. */
#include "base/retry.h"

#include <assert.h>
#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text value = {(const char *)bytes, (uint32_t)size};

    if (size > 1000)
        return 0;
    assert(retry_after_s(value, 784111777) <= RETRY_MOST_S);
    assert(retry_limit_s(TEXT("0"), value, 784111777) <= RETRY_MOST_S);
    assert(retry_limit_s(value, TEXT("6m0s"), 784111777) <= 360);
    return 0;
}
