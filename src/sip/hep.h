// SPDX-License-Identifier: Apache-2.0
/* hep.h - a copy of each SIP message, both ways, to a capture server (wire/hep.h).
 *
 * The library tells of whole messages only through its log, line by line; the words of these calls
 * are its bytes, as sent or as deciphered. A message leaves in one UDP packet, or is counted as
 * dropped: nothing waits. Keys of encrypted sound (a=crypto) become stars. Our own address is that
 * of the first listener of the transport. Worker's thread only; when off it costs nothing. */
#ifndef SIP_HEP_H
#define SIP_HEP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct hep_figures {
    uint64_t sent, dropped;
};

/* From the setup; false, with a word in the log, when the server's address is not one. */
bool hep_open(struct text server, struct text password, uint32_t id, bool bodies);
bool hep_is_on(void);

/* What the library logs: su_log's logger. */
void hep_log(void *stream, const char *format, va_list arguments);
void hep_figures(struct hep_figures *out);

#endif
