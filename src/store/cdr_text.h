// SPDX-License-Identifier: Apache-2.0
/* cdr_text.h - text from callers on its way into spreadsheets, terminals and programs. Pure. */
#ifndef STORE_CDR_TEXT_H
#define STORE_CDR_TEXT_H

#include <stdio.h>

#include "base/text.h"

/* A valid UTF-8 copy, malloc'ed: what is no UTF-8 becomes U+FFFD, and so do C1 controls (a terminal
 * obeys them). NULL when memory is out. */
MUST_USE char *store_cdr_utf8(struct text t, size_t *size);

/* One CSV cell (RFC 4180). Controls but tab and line ends become U+FFFD. A cell that a spreadsheet
 * would compute gets a leading apostrophe; a telephone number in E.164 (+ and digits only) does
 * not. */
void store_cdr_cell(struct text t, FILE *out);

#endif
