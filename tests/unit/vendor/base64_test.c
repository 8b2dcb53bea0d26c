// SPDX-License-Identifier: Apache-2.0
#include "vendor/base64.h"

#include <string.h>

#include "check.h"

static bool decodes(const char *coded, const char *plain)
{
    uint8_t out[16];
    size_t size = 99;

    return base64_decode(text_of(coded), out, sizeof(out), &size) && size == strlen(plain) &&
           memcmp(out, plain, size) == 0;
}

/* RFC 4648 section 10. */
static void the_vectors_of_the_rfc_are_coded_and_decoded(void)
{
    static const struct {
        const char *plain, *coded;
    } vectors[] = {{"", ""},
                   {"f", "Zg=="},
                   {"fo", "Zm8="},
                   {"foo", "Zm9v"},
                   {"foob", "Zm9vYg=="},
                   {"fooba", "Zm9vYmE="},
                   {"foobar", "Zm9vYmFy"}};

    for (uint32_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        size_t size = strlen(vectors[i].plain);
        char coded[16] = "";
        base64_encode((const uint8_t *)vectors[i].plain, size, coded);
        CHECK(base64_size(size) == strlen(vectors[i].coded));
        CHECK(memcmp(coded, vectors[i].coded, base64_size(size)) == 0);
        CHECK(decodes(vectors[i].coded, vectors[i].plain));
    }
    CHECK(decodes("Zg", "f") && decodes("Zm8", "fo"));
}

static void what_is_not_base64_or_has_no_room_is_refused(void)
{
    uint8_t out[2];
    size_t size = 7;

    CHECK(!decodes("Z", "") && !decodes("Zg=a", "f") && !decodes("Zm9*", "") &&
          !decodes("====", ""));
    CHECK(!base64_decode(TEXT("Zm9v"), out, sizeof(out), &size) && size == 7);
}

int main(void)
{
    RUN(the_vectors_of_the_rfc_are_coded_and_decoded);
    RUN(what_is_not_base64_or_has_no_room_is_refused);
    return 0;
}
