// SPDX-License-Identifier: Apache-2.0
/* webtool.h - a tool's call as an HTTP request: its address with the arguments in it, its body.
 *
 * {name} in the address is replaced by that argument, percent-encoded (RFC 3986 2.3: all but
 * unreserved characters), so an argument cannot leave its place: not the host, not the segment. One
 * that is empty, "." or ".." is refused, for as a segment it would be another address (5.2.4). With
 * GET and DELETE the other arguments are the query's; with the rest they are a JSON body. Pure. */
#ifndef VENDOR_WEBTOOL_H
#define VENDOR_WEBTOOL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

/* Whether an address can be a template: http: or https:, and nothing replaced before the path. */
MUST_USE bool webtool_sound(struct text address);

/* False, with words for the model in why: an argument is missing or unfit, or it is too long.
 * body is left empty where there is none. */
MUST_USE bool webtool_write(struct text address, struct text method, const json_t *arguments,
                            struct text_buffer *url, struct text_buffer *body,
                            struct text_buffer *why);

#endif
