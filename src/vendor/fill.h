// SPDX-License-Identifier: Apache-2.0
/* fill.h - templates of requests: values of an event put into an address, a header or a JSON body.
 *
 * "{call.ref}" is replaced by the value at that path (vendor/pick.h). "{call.direction|in=INBOUND|
 * out=OUTBOUND}" by what its value stands for there, which is nothing for any other; "{n|text}" by
 * a number as a string. A brace that begins no such thing stays as it is. Pure. */
#ifndef VENDOR_FILL_H
#define VENDOR_FILL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum fill_into {
    FILL_PLAIN,
    FILL_URL /* Percent-encoded (RFC 3986 2.3): a value cannot leave its place. */
};

/* False: a value is missing, or there is no room. With FILL_URL "." and ".." are missing too. */
MUST_USE bool fill_text(struct text pattern, const json_t *values, enum fill_into into,
                        struct text_buffer *out);

/* A JSON pattern with its strings filled in. A string that is one "{...}" and nothing else takes
 * the value with its type. A member whose value is missing is left out, and an entry of a list in
 * which anything is missing is left out whole. NULL: all of it is missing, or no memory. */
MUST_USE json_t *fill_json(const json_t *pattern, const json_t *values);

/* Whether each "{...}" of it is well formed. */
MUST_USE bool fill_sound(struct text pattern);

#endif
