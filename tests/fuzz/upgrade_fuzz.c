// SPDX-License-Identifier: Apache-2.0
/* upgrade_fuzz.c - any bytes as the answer to an upgrade: it is open only when the key was
 * answered. */
#include "net/upgrade.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text head = {(const char *)bytes, (uint32_t)size};
    struct upgrade_answer answer;

    if (size > 20000)
        return 0;
    /* The key and its answer of RFC 6455 1.3. */
    upgrade_read(head, "dGhlIHNhbXBsZSBub25jZQ==", TEXT("chat, superchat"), 784111777, &answer);
    assert(answer.retry_after_s <= 86400 && strlen(answer.why) < sizeof(answer.why));
    for (const char *c = answer.why; *c; c++)
        assert(*c >= ' ' && *c <= 126);
    switch ((int)answer.result) {
    case NET_OK:
        assert(answer.status == 101 && answer.why[0] == '\0');
        assert(text_find(head, TEXT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) > 0);
        break;
    case NET_STATUS:
        assert(answer.status >= 100 && answer.status <= 999 && answer.status != 101);
        break;
    default:
        assert(answer.result == NET_MALFORMED && answer.why[0]);
    }
    return 0;
}
