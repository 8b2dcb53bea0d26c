// SPDX-License-Identifier: Apache-2.0
/* retry.h - how long a server that refused wants to be left alone.
 *
 * Retry-After counts when it is there, in seconds or as a date in any of HTTP's three forms (RFC 9110
 * 10.2.3, 5.6.7). Otherwise the limits that vendors tell of: of those with nothing left, the one
 * that is full again last. OpenAI (guide "Rate limits", "Rate limits in headers") writes durations:
 * "1s", "6m0s", "12ms"; Anthropic (API, "Rate limits", "Response headers") times as RFC 3339 has
 * them. What comes is bounded and hostile. Pure; any thread. */
#ifndef BASE_RETRY_H
#define BASE_RETRY_H

#include "base/text.h"

enum { RETRY_MOST_S = 3600, RETRY_LIMITS = 6 };

/* Of a Retry-After: seconds from now on, at most RETRY_MOST_S; 0: it says none, or it is past. */
uint32_t retry_after_s(struct text value, uint64_t now_s);

struct retry_limit {
    const char *left, *reset; /* Names of headers. */
};
extern const struct retry_limit retry_limits[RETRY_LIMITS];

/* Of one limit's two headers. */
uint32_t retry_limit_s(struct text left, struct text reset, uint64_t now_s);

#endif
