// SPDX-License-Identifier: Apache-2.0
/* sdes_fuzz.c - any bytes as a description with keys: hidden, nothing of a key is left; shown
 * again, it has those that were kept. */
#include "wire/sdes.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t keep(void *context, const uint8_t *key, uint32_t size)
{
    uint32_t *kept = context;

    assert(size >= 28 && size <= SUITE_KEY_MOST && key);
    return ++*kept;
}

static bool give(void *context, uint64_t name, enum srtp_suite suite, uint8_t *key, uint32_t size)
{
    const uint32_t *kept = context;

    assert(name > 0 && name <= *kept && size == suite_key_bytes(suite));
    for (uint32_t i = 0; i < size; i++)
        key[i] = (uint8_t)i;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char storage[8192], back[32768];
    struct text_buffer hidden, shown;
    uint32_t kept = 0;

    if (size > 4096)
        return 0;
    text_buffer_init(&hidden, storage, sizeof storage);
    sdes_hide((struct text){(const char *)bytes, (uint32_t)size}, keep, &kept, &hidden);
    assert(!hidden.cut && text_find_nocase(text_view(&hidden), TEXT("inline:")) < 0);
    text_buffer_init(&shown, back, sizeof back);
    sdes_show(text_view(&hidden), give, &kept, &shown);
    assert(!shown.cut);
    return 0;
}
