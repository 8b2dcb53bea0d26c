// SPDX-License-Identifier: Apache-2.0
/* breath_fuzz.c - any bytes as a model's words, in pieces as long as the first byte says: clauses
 * are never empty, never too long, of one line, and nothing is made up. */
#include "mind/breath.h"

#include <assert.h>
#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void take(void *context, struct text clause)
{
    size_t *left = context;

    assert(clause.size > 0 && clause.size <= BREATH_MOST + 8);
    assert(clause.size <= *left);
    *left -= clause.size;
    for (uint32_t i = 0; i < clause.size; i++)
        assert((unsigned char)clause.data[i] >= 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct breath breath;
    size_t left = size, step = size > 0 ? 1u + bytes[0] % 64u : 1;

    breath_init(&breath, size > 0 && bytes[0] > 127 ? TEXT("de") : TEXT_EMPTY, take, &left);
    for (size_t i = 1; i < size; i += step)
        breath_put(&breath, (struct text){(const char *)bytes + i,
                                          (uint32_t)(size - i < step ? size - i : step)});
    breath_end(&breath);
    return 0;
}
