// SPDX-License-Identifier: Apache-2.0
/* secrecy.h - whether a leg's sound is encrypted (SRTP with keys in the description, RFC 4568).
 *
 * In RTP/SAVP, and in RTP/AVP with a=crypto, as telephones offer it that would take plain sound
 * too. Keys are names here (base/vault.h): theirs came with the description, ours is made from the
 * leg, and both limbs that need the key itself know how. What is encrypted once stays so. Pure;
 * used by offer.c. */
#ifndef CORE_SECRECY_H
#define CORE_SECRECY_H

#include "core/state.h"
#include "wire/sdp.h"

struct secrecy {
    uint8_t profile;
    struct sdp_crypto crypto; /* Suite none: plain. */
};

/* True when the line can be had as asked: encrypted or plain. An answer must name the line of our
 * offer that it takes. */
bool secrecy_fits(const struct sdp_media *media, bool encrypted, bool answer, struct secrecy *out);

/* Which of both the leg may have. */
bool secrecy_may_encrypt(const struct leg *leg);
bool secrecy_may_be_plain(const struct leg *leg);

/* The name of our key, for a leg that has become of another. */
void secrecy_own(struct leg *leg);
void secrecy_adopt(struct leg *leg, const struct secrecy *agreed);

/* Adds our key to a description: to an answer with the offer's tag; to an offer of what the leg
 * has, or of all that it may have. */
void secrecy_answer(const struct leg *leg, struct sdp_local *local);
void secrecy_offer(const struct leg *leg, struct sdp_local *local);

#endif
