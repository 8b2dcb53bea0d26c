// SPDX-License-Identifier: Apache-2.0
/* plain.h - what a model wrote, as it can be spoken: without Markdown, tags and pictures.
 *
 * Models are told to write for the telephone and write lists and bold words all the same
 * (CommonMark 0.31: emphasis, headings, lists, quotes, code, links; tables and rules of GitHub's).
 * A link is its words, an address loses its "https://". Underscores and stars within words stay:
 * addresses and sums have them. Pure. */
#ifndef MIND_PLAIN_H
#define MIND_PLAIN_H

#include "base/text.h"

/* Appends the plain form of one clause; it is never longer than what was written, but for one
 * comma. `starts_line`: the clause stands at the beginning of its line. Empty: nothing of it can
 * be spoken. */
void plain_of(struct text written, bool starts_line, struct text_buffer *out);

#endif
