// SPDX-License-Identifier: Apache-2.0
/* appointment_words.h - a time of the next days as people say it ("tomorrow at 10 AM"), and which of
 * two of them is meant by somebody's words: in English, German, Spanish and French, by the language
 * of the agent who speaks; English for all others. Pure. */
#ifndef CORE_APPOINTMENT_WORDS_H
#define CORE_APPOINTMENT_WORDS_H

#include "base/text.h"

enum { APPOINTMENT_DAYS = 6 }; /* So far on a day of the week is unmistakable. */

/* What a caller chooses. */
enum appointment_choice {
    APPOINTMENT_UNCLEAR,
    APPOINTMENT_FIRST,
    APPOINTMENT_SECOND,
    APPOINTMENT_SOON /* None of them: as soon as possible. */
};

/* Times are milliseconds since 1970 on the clock on the wall there, as if it were UTC. */
void appointment_words_say(struct text language, uint64_t now_ms, uint64_t at_ms,
                           struct text_buffer *out);

/* By "the second one", by what is only one's: the hour, the day. count: of times_ms, 1 or 2. */
enum appointment_choice appointment_words_choice(struct text language, struct text words,
                                                 uint64_t now_ms, const uint64_t *times_ms,
                                                 uint32_t count);

#endif
