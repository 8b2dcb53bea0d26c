// SPDX-License-Identifier: Apache-2.0
/* banned.h - the control socket's answers about bans. The control thread only. */
#ifndef APP_BANNED_H
#define APP_BANNED_H

#include <jansson.h>

#include "sip/sip.h"

/* {"bans": [{"address": "192.0.2.7", "left_s": 299, "times": 1}]} */
json_t *banned_list(struct sip *sip);

/* {"ask": "ban", "address": "192.0.2.7", "seconds": 60} (or "unban") -> {"done": true}, or what is
 * wrong with the question. */
json_t *banned_change(struct sip *sip, const json_t *question);

#endif
