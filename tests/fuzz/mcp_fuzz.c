// SPDX-License-Identifier: Apache-2.0
/* mcp_fuzz.c - any bytes as the answer of a server of tools, read as each kind; and back as
 * arguments. */
#include "vendor/mcp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char storage[4096], out[1 << 16];
    struct text any = {(const char *)bytes, (uint32_t)size}, cursor;
    struct text_buffer words;
    json_t *answer;

    if (size > 60000)
        return 0;
    answer = mcp_answer(any, 1);
    text_buffer_init(&words, storage, sizeof storage);
    if (answer && mcp_granted(answer, &words)) {
        (void)mcp_version(answer);
        assert(!mcp_tools(answer, &cursor) || json_is_array(mcp_tools(answer, &cursor)));
        (void)!mcp_result(answer, &words);
        (void)!mcp_call(2, cursor, answer, out, sizeof out);
    }
    json_decref(answer);
    (void)!mcp_list(3, any, out, sizeof out);
    return 0;
}
