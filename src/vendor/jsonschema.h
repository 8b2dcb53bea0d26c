// SPDX-License-Identifier: Apache-2.0
/* jsonschema.h - does a value fit a JSON schema, as far as tools' arguments need it.
 *
 * Of JSON Schema 2020-12 ("Validation"): type, enum, const, properties, required,
 * additionalProperties: false, items, minimum, maximum, minLength, maxLength. Other words allow
 * everything, as unknown words do there: what a server means by them it checks itself. Deeper than
 * JSONSCHEMA_DEPTH nothing is checked. Pure. */
#ifndef VENDOR_JSONSCHEMA_H
#define VENDOR_JSONSCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum { JSONSCHEMA_DEPTH = 8 };

/* False: it does not, with words for the model in why ("number is missing"). A schema that is no
 * object allows everything. */
MUST_USE bool jsonschema_fits(const json_t *value, const json_t *schema, struct text_buffer *why);

#endif
