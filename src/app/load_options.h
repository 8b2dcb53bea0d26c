// SPDX-License-Identifier: Apache-2.0
/* load_options.h - the command line of `offhook load`, read into the load tester's options. */
#ifndef APP_LOAD_OPTIONS_H
#define APP_LOAD_OPTIONS_H

#include "app/options.h"
#include "base/attr.h"
#include "base/text.h"
#include "load/load.h"

/* Storage for what the options point to; lives as long as they do. */
struct load_words {
    char number[64], host[128];
};

/* False when something was wrong: standard error says what and what would be right. */
MUST_USE bool load_options_read(const struct arguments *arguments, struct load_words *words,
                                struct load_options *out);

/* "250ms", "60s", "1.5m", "2h", "30" (seconds). Pure. */
MUST_USE bool load_options_duration(struct text t, uint32_t *ms);
/* "1%", "0.5". Pure. */
MUST_USE bool load_options_percent(struct text t, double *percent);
/* "sip:1000@127.0.0.1:5060;transport=tcp"; the transport stays as it is when none is named. Pure.
 */
MUST_USE bool load_options_target(struct text uri, struct load_words *words, uint16_t *port,
                                  enum load_transport *transport);

#endif
