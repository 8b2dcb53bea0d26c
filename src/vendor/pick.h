// SPDX-License-Identifier: Apache-2.0
/* pick.h - values in others' JSON by simple paths.
 *
 * Of JSONPath (RFC 9535): names and indices, `$.contact.phones[0]`, `$['first name']`, and
 * wildcards,
 * `$.data.*[*].start`; `$` may be left out. No filters, slices or recursion. Pure. */
#ifndef VENDOR_PICK_H
#define VENDOR_PICK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { PICK_PATH = 256, PICK_MOST = 256 /* Values found by one path; the rest is left out. */ };

/* Whether it is a path. */
MUST_USE bool pick_sound(struct text path);

/* The first value there, which belongs to `from`; NULL: none, or no path. */
const json_t *pick_one(const json_t *from, struct text path);

/* All of them, as a new list of at most PICK_MOST; empty: none. NULL: no memory. */
MUST_USE json_t *pick_all(const json_t *from, struct text path);

/* A value as text: a string as it is, numbers and true or false as JSON writes them. False: it is
 * null, an object, a list or empty. */
MUST_USE bool pick_text(const json_t *value, struct text_buffer *out);

#endif
