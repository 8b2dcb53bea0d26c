// SPDX-License-Identifier: Apache-2.0
/* cdr_text.h - the accounts of calls for a person to read, made of the CDR's JSON lines. */
#ifndef APP_CDR_TEXT_H
#define APP_CDR_TEXT_H

#include <stdio.h>

/* One line a call; below it what was said, pressed and handed over when the line has `account`. */
void cdr_text_print(FILE *lines, FILE *out);

#endif
