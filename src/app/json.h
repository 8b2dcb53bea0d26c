// SPDX-License-Identifier: Apache-2.0
/* json.h - a command of the core as a JSON object, by its table of fields.
 *
 * {"event": "turn", "call": 65536, "ref": "...", ...}: fields that are 0 or empty are left out.
 * Text that is not UTF-8 has its bad bytes replaced. */
#ifndef APP_JSON_H
#define APP_JSON_H

#include <jansson.h>

#include "base/attr.h"
#include "core/command.h"

/* A new reference; NULL when memory is out. */
json_t *json_of_command(const struct command *command);

/* The other way: what the live view told. Texts of *out view the object. False for what is no
 * command, or has a member of another kind than the table says; what is left out is 0 or empty. */
MUST_USE bool json_to_command(const json_t *object, struct command *out);

/* The member as a string or number; "" or 0 when it is not there. */
const char *json_word(const json_t *object, const char *key);
int64_t json_count(const json_t *object, const char *key);

#endif
