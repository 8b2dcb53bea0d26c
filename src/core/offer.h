// SPDX-License-Identifier: Apache-2.0
/* offer.h - offer and answer (RFC 3264) for one leg: which sound is agreed, and what we say of it.
 *
 * Pure decisions over wire/sdp.h. The codecs are codec.h's; their order is the trunk's
 * when it names one, since its operator knows both ends, and the offerer's else (RFC 3264 6.1): it
 * knows its network and its device. Keys: telephone-event at the codec's clock. Only IP literals
 * are sent to. */
#ifndef CORE_OFFER_H
#define CORE_OFFER_H

#include <stdbool.h>

#include "base/text.h"
#include "core/state.h"

enum offer_result {
    OFFER_AGREED,
    OFFER_NO_CODEC,  /* 488: a description, but nothing that we can speak. */
    OFFER_PLAIN,     /* 488: no encryption that we can do, and the trunk or the call requires it. */
    OFFER_ENCRYPTED, /* 488: encrypted sound only, and the trunk's is plain. */
    OFFER_MALFORMED  /* 400 */
};

/* Takes the other side's offer: sets the leg's codec, remote and way, writes our answer. The leg is
 * untouched unless AGREED. port: ours. */
enum offer_result offer_accept(struct leg *leg, struct text sdp, uint16_t port,
                               struct text_buffer *answer);

/* Writes our own offer: what the leg has now, or everything we can when it has nothing yet. */
void offer_make(struct leg *leg, uint16_t port, struct text_buffer *out);

/* Takes the answer to our offer. */
enum offer_result offer_answered(struct leg *leg, struct text sdp);

#endif
