// SPDX-License-Identifier: Apache-2.0
/* webtool_fuzz.c - three lines: an address, arguments, their schema. No argument leaves its place:
 * the address written begins with the template's host and holds nothing that a URL may not. */
#include "vendor/webtool.h"

#include <assert.h>

#include "vendor/jsonschema.h"
#include "vendor/members.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_address(struct text address, struct text url)
{
    int32_t brace = text_find(address, TEXT("{"));
    uint32_t fixed = brace < 0 ? address.size : (uint32_t)brace;

    assert(text_starts(url, text_part(address, 0, fixed)));
    for (uint32_t i = fixed; i < url.size; i++)
        assert(text_find(address, text_part(url, i, 1)) >= 0 || (unsigned char)url.data[i] > 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char urls[4096], bodies[4096], words[4096];
    struct text rest = {(const char *)bytes, (uint32_t)size}, address;
    struct text_buffer url, body, why;
    json_t *arguments, *schema;

    if (size > 4000)
        return 0;
    address = text_next(&rest, '\n');
    arguments = members_read(text_next(&rest, '\n'), 4096);
    schema = members_read(rest, 4096);
    for (uint32_t i = 0; i < 2 && webtool_sound(address); i++) {
        text_buffer_init(&url, urls, sizeof urls);
        text_buffer_init(&body, bodies, sizeof bodies);
        text_buffer_init(&why, words, sizeof words);
        if (webtool_write(address, i ? TEXT("GET") : TEXT("POST"), arguments, &url, &body, &why))
            check_address(address, text_view(&url));
    }
    text_buffer_init(&why, words, sizeof words);
    if (arguments && schema && !jsonschema_fits(arguments, schema, &why))
        assert(why.size > 0);
    json_decref(arguments);
    json_decref(schema);
    return 0;
}
