// SPDX-License-Identifier: Apache-2.0
/* arguments.h - what a model gives to a tool: members of one JSON object (RFC 8259), without
 * building it.
 *
 * Pure; one pass, nothing is kept. Bytes may be anything: what is not JSON has no members. */
#ifndef CORE_ARGUMENTS_H
#define CORE_ARGUMENTS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

/* Appends the value of the object's member `key`, a string with its escapes undone or a number or
 * word as it is. Control characters become spaces. False: there is none, or it is an object, an
 * array or null. What does not fit is cut. */
MUST_USE bool arguments_get(struct text json, struct text key, struct text_buffer *out);

#endif
