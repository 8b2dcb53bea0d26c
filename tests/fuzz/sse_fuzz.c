// SPDX-License-Identifier: Apache-2.0
/* sse_fuzz.c - any bytes as an event stream, whole and in pieces as long as the first byte says:
 * the messages are the same, and within the bounds. */
#include "vendor/sse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct sum {
    uint64_t hash;
    uint32_t count;
};

static void take(void *context, struct text name, struct text data)
{
    struct sum *sum = context;

    assert(name.size > 0 && name.size <= SSE_NAME && data.size < 256);
    for (uint32_t i = 0; i < data.size; i++) {
        assert(data.data[i] != '\r');
        sum->hash = (sum->hash ^ (unsigned char)data.data[i]) * 1099511628211u;
    }
    sum->hash = (sum->hash ^ (unsigned char)name.data[0]) * 1099511628211u;
    sum->count++;
}

static bool read_all(const uint8_t *bytes, size_t size, size_t step, struct sum *sum)
{
    char storage[256];
    struct sse sse;
    bool sound = true;

    sse_init(&sse, storage, sizeof storage, take, sum);
    for (size_t i = 0; i < size; i += step)
        sound = sse_put(&sse, bytes + i, size - i < step ? size - i : step);
    return sound;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct sum whole = {0}, pieces = {0};

    if (size < 2)
        return 0;
    assert(read_all(bytes + 1, size - 1, size, &whole) ==
           read_all(bytes + 1, size - 1, 1u + bytes[0] % 32u, &pieces));
    assert(whole.hash == pieces.hash && whole.count == pieces.count);
    return 0;
}
