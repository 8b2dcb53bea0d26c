// SPDX-License-Identifier: Apache-2.0
/* say.h - written words made speakable: sentence by sentence, with numbers and addresses spelled
 * out.
 *
 * Invoices, accounts and telephone numbers are read digit by digit, "$12.50" as dollars and cents,
 * an e-mail address with "at" and "dot". Other numbers are left to the voice. Pure. */
#ifndef SPEECH_SAY_H
#define SPEECH_SAY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

/* Takes the next sentence off *rest and appends it to *out, terminated by a NUL that is not
 * counted. Long first clauses are split off, so that the first sound comes early. False at the end.
 */
MUST_USE bool say_next(struct text *rest, struct text_buffer *out);

/* Appends a whole text, spelled out. */
void say_spell(struct text words, struct text_buffer *out);

/* Appends a cardinal number below a thousand millions in words; larger ones digit by digit. */
void say_cardinal(uint64_t number, struct text_buffer *out);

/* Appends "four five one two". Characters that are no digits are passed over. */
void say_digits(struct text digits, struct text_buffer *out);

#endif
