// SPDX-License-Identifier: Apache-2.0
/* fill_fuzz.c - three lines: a pattern (or a path), a JSON pattern, values. Nothing is written past
 * its room, an address keeps its fixed part, and what is found belongs to the values. */
#include "vendor/fill.h"

#include <assert.h>
#include <stdint.h>

#include "vendor/members.h"
#include "vendor/pick.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char storage[512];
    struct text rest = {(const char *)bytes, (uint32_t)size}, pattern;
    struct text_buffer out;
    json_t *body, *values, *filled, *all;

    if (size > 4000)
        return 0;
    pattern = text_next(&rest, '\n');
    body = members_read(text_next(&rest, '\n'), 4096);
    values = members_read(rest, 4096);
    (void)!fill_sound(pattern);
    text_buffer_init(&out, storage, sizeof storage);
    if (fill_text(pattern, values, FILL_URL, &out)) {
        int32_t brace = text_find(pattern, TEXT("{"));
        assert(text_starts(text_view(&out),
                           text_part(pattern, 0, brace < 0 ? pattern.size : (uint32_t)brace)));
    }
    all = pick_all(values, pattern);
    assert(json_array_size(all) <= PICK_MOST);
    assert((json_array_size(all) > 0) == (pick_one(values, pattern) != NULL));
    filled = fill_json(body, values);
    json_decref(filled);
    json_decref(all);
    json_decref(body);
    json_decref(values);
    return 0;
}
