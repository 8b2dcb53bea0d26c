// SPDX-License-Identifier: Apache-2.0
/* members.h - strings and numbers of JSON that a stranger sent, and ours to be sent, as texts.
 *
 * Everything tolerates that the object is NULL or something else, or that the member is missing or
 * of another type: vendors leave members out, and send null. Pure; views live as long as the
 * JSON. */
#ifndef VENDOR_MEMBERS_H
#define VENDOR_MEMBERS_H

#include <jansson.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* The member as a text; empty when it is no string. */
struct text members_text(const json_t *object, const char *key);

/* The member as a number of 0 or more; `otherwise` when it is none. */
uint32_t members_number(const json_t *object, const char *key, uint32_t otherwise);

/* A new JSON string; in one that is not UTF-8, or holds a zero byte, all
 * that is not ASCII becomes '?'. NULL when memory is out. */
MUST_USE json_t *members_string(struct text t);

/* Reads one JSON value, at most `most` bytes. NULL when it is none. */
MUST_USE json_t *members_read(struct text t, uint32_t most);

/* Puts value (a reference is taken) as compact JSON into out. Returns the size, or 0 when it does
 * not fit or memory is out. NULL for value is memory that is out. */
MUST_USE uint32_t members_write(json_t *value, char *out, uint32_t size);

#endif
