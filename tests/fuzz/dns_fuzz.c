// SPDX-License-Identifier: Apache-2.0
/* dns_fuzz.c - any bytes as a name server's answer. */
#include <stdlib.h>
#include <string.h>

#include "sip/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1); /* One byte too far is seen. */

    if (!exact)
        return 0;
    memcpy(exact, bytes, size);
    (void)dns_ttl_s(exact, (uint32_t)size);
    free(exact);
    return 0;
}
