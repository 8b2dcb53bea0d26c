// SPDX-License-Identifier: Apache-2.0
/* sipfrag.c - one line of it is all that matters. */
#include "wire/sipfrag.h"

bool sipfrag_read(struct text body, struct sipfrag *out)
{
    struct text line = TEXT_EMPTY;
    uint64_t status;

    while (body.data && text_empty(line))
        line = text_trim(text_next(&body, '\n'));
    if (!text_starts_nocase(line, TEXT("SIP/2.0 ")))
        return false;
    line = text_part(line, 8, line.size);
    if (!text_number(text_next(&line, ' '), &status) || status < 100 || status > 699)
        return false;
    *out = (struct sipfrag){.status = (uint16_t)status, .phrase = text_trim(line)};
    return true;
}
