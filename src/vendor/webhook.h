// SPDX-License-Identifier: Apache-2.0
/* webhook.h - Standard Webhooks: how an outgoing event is signed, and what a receiver's answer
 * means.
 *
 * Source: the specification of Standard Webhooks (github.com/standard-webhooks/standard-webhooks,
 * spec/standard-webhooks.md): "Webhook metadata", "Symmetric signatures", "Zero downtime secret
 * rotation", "Deliverability and reliability". Pure; HMAC is OpenSSL's. */
#ifndef VENDOR_WEBHOOK_H
#define VENDOR_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    WEBHOOK_KEY_LEAST = 24, /* Bytes: "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
    WEBHOOK_KEY_MOST = 64,
    WEBHOOK_SIGNATURE = 47 /* "v1," and base64 of 32 bytes. */
};

/* "whsec_" and base64, to the key. False: it is not that, or too short or too long. */
MUST_USE bool webhook_key(struct text secret, uint8_t key[WEBHOOK_KEY_MOST], size_t *size);

/* Appends "v1,..." over "id.timestamp.body", behind a space when something is there already: one
 * for each secret that is valid. False: no secret, or no room. */
MUST_USE bool webhook_sign(struct text secret, struct text id, uint64_t timestamp_s,
                           struct text body, struct text_buffer *out);

/* What an attempt came to. */
enum webhook_end {
    WEBHOOK_DELIVERED,
    WEBHOOK_RETRY, /* After the usual rest, or the one that was asked for. */
    WEBHOOK_GONE   /* 410: nobody listens there any more, the endpoint is turned off. */
};

/* By the status; 0: there was no answer. All that is not 2xx is a failure, redirects too ("3xx ...
 * should be treated as a failure"), and a failure is tried again. */
enum webhook_end webhook_end_of(uint32_t status);

/* How long to rest before another attempt, in ms. rests: those configured, from the first; the last
 * is repeated. asked_s: Retry-After of a 429 or 503, else 0; the longer counts, up to a day. Each
 * is made up to a fifth longer by `chance`, so that what failed together does not come together. */
uint64_t webhook_rest_ms(const uint32_t *rests_ms, uint32_t count, uint32_t attempts_done,
                         uint64_t asked_s, uint64_t chance);

#endif
