// SPDX-License-Identifier: Apache-2.0
/* headers.h - what a message says, as fields of events.
 *
 * Views point into the message or into the scratch given, and live as long as these. Everything is
 * bounded: what is too long is left out or cut. Pure, but for reading the library's structures. */
#ifndef SIP_HEADERS_H
#define SIP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/event.h"
#include "sip/nta.h"

/* Where decoded parts of an INVITE are kept while its event is being sent. */
struct header_scratch {
    char from[128], from_name[128], to[128], asserted[128], diversion[128];
    char headers[MAX_HEADERS];
};

/* Fills all that the message can tell; dialog, seed, transport and addresses are the caller's. */
void headers_invite(const sip_t *sip, struct header_scratch *scratch, struct event *event);

/* A body that is a session description; empty otherwise. */
struct text headers_sdp(const sip_t *sip);

/* Reason (RFC 3326) of a request, phrase of a response. */
/* The first Contact's URI, without headers; empty: none, or too long. */
struct text headers_target(const sip_t *sip, char *scratch, size_t size);
struct text headers_reason(const sip_t *sip, char *scratch, size_t size);

/* A Reason header of plain words, quoted; "" of none. The library sends no request at all with a
 * header that it cannot read: words go into one only through here. `size` is 64 at least. */
void headers_write_reason(struct text words, uint16_t code, char *out, size_t size);

/* Session-Expires (RFC 4028) of any message. */
void headers_session(const sip_t *sip, uint32_t *expires_s, enum session_refresher *refresher);
uint32_t headers_min_se(const sip_t *sip);

/* An option tag in Supported or Require; a method in Allow. */
bool headers_supports(const sip_t *sip, const char *option);
bool headers_requires(const sip_t *sip, const char *option);
bool headers_allows(const sip_t *sip, const char *method);

/* The user of the first address in a header's value: `"Al" <sip:%2B1415@host>` gives "+1415". Also
 * tel: URIs, without their visual separators. Empty when there is none. Pure. */
struct text headers_user(struct text value, char *scratch, size_t size);

/* The key of an INFO: '\0' when there is none. */
char headers_key(const sip_t *sip);

/* Percent-decoded; what is malformed stays as it is, controls become '?'. */
struct text headers_decode(struct text part, char *scratch, size_t size);

/* The value of a header of digest authentication again, as it was cut by the library. Empty when it
 * does not fit. */
struct text headers_credentials(const msg_auth_t *header, char *out, uint32_t size);

/* The value of a header that the library does not know; empty: it is not there. */
struct text headers_unknown(const sip_t *sip, const char *name);

#endif
