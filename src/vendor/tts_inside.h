// SPDX-License-Identifier: Apache-2.0
/* tts_inside.h - what the rows of tts.h share. */
#ifndef VENDOR_TTS_INSIDE_H
#define VENDOR_TTS_INSIDE_H

#include <jansson.h>

#include "vendor/members.h"
#include "vendor/tts.h"

/* The first that is not empty. */
struct text tts_either(struct text a, const char *b);

/* The value of an option, or an empty view. */
struct text tts_option(struct text options, struct text name);

/* "de" of "de-CH": what vendors take (ISO 639-1). */
struct text tts_language(struct text tag);

/* Percent-encoded (RFC 3986 2.1), for a path or a query. */
void tts_escape(struct text_buffer *out, struct text t);

/* `rate` and `format` of the options over the row's own choice. */
struct tts_form tts_form_with(const struct tts_ask *ask, struct tts_form form);

/* The URL of the ask or of the row, without its last slashes, ready for a path. */
void tts_begin_url(struct text_buffer *out, const struct tts_vendor *vendor,
                   const struct tts_ask *ask, char storage[TTS_URL]);

/* One more header, `before` the value; nothing when the value is empty. False when the value is not
 * one line of visible characters, or does not fit. */
MUST_USE bool tts_header(struct text_buffer *out, struct text name, struct text before,
                         struct text value);

/* Sets what options say, other than format and rate. False: no memory, or a name of over 64 bytes.
 */
MUST_USE bool tts_set_options(json_t *object, struct text options);

/* Dumps and drops the object. False when it is NULL or too long. */
MUST_USE bool tts_dump(json_t *object, struct tts_request *out);

/* Copies in one line, visible characters only, a star in the place of the key. */
void tts_say_why(char out[TTS_WHY], struct text why, struct text key);

#endif
