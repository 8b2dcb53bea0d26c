// SPDX-License-Identifier: Apache-2.0
/* url_fuzz.c - any bytes as a URL: what is accepted can be sent in a request line as it is. */
#include "net/url.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text t = {(const char *)bytes, (uint32_t)size};
    struct url url = {.port = 7};

    if (size > 10000)
        return 0;
    if (!url_read(t, &url)) {
        assert(url.port == 7);
        return 0;
    }
    assert(url.port > 0 && url.host.size > 0 && url.host.size < 256);
    assert(url.target.size > 0 && url.target.data[0] == '/' && url.target.size < NET_URL);
    assert(url.host.data > t.data && url.host.data + url.host.size <= t.data + t.size);
    for (uint32_t i = 0; i < url.target.size; i++)
        assert(url.target.data[i] > ' ' && url.target.data[i] < 127);
    assert(text_find(url.host, TEXT("@")) < 0);
    return 0;
}
