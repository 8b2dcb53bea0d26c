// SPDX-License-Identifier: Apache-2.0
/* sipfrag_fuzz.c - any bytes as what a NOTIFY says of a REFER. */
#include "wire/sipfrag.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text body = {(const char *)bytes, (uint32_t)size};
    struct sipfrag news = {.status = 0};

    if (size > 100000)
        return 0;
    if (!sipfrag_read(body, &news)) {
        assert(news.status == 0);
        return 0;
    }
    assert(news.status >= 100 && news.status <= 699);
    if (news.phrase.size > 0)
        assert(news.phrase.data >= body.data &&
               news.phrase.data + news.phrase.size <= body.data + size);
    return 0;
}
