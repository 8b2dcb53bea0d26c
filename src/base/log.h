// SPDX-License-Identifier: Apache-2.0
/* log.h - lines for the operator on standard error: time, level, limb, message.
 *
 * Any thread but media threads, which count instead. A line is written with one write(2). Personal
 * data does not belong here: telephone numbers go through log_redact(), speech never. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/attr.h"
#include "base/text.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);
void log_line(enum log_level level, const char *limb, const char *format, ...) PRINTF_LIKE(3, 4);

/* "+14155550123" -> "+1415*****23": enough to find a complaint, not enough to call. `out` holds 32. */
const char *log_redact(struct text number, char out[32]);

#endif
