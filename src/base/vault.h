// SPDX-License-Identifier: Apache-2.0
/* vault.h - keys of encrypted sound, so that the core, the journal and the log see only their
 * names.
 *
 * The signalling limb's thread puts the other side's keys in when a description comes, under the
 * dialog that brought them; the media threads look them up by name. Our own keys are not kept: they
 * are made from a secret of this process and a name that the core chose, so both limbs make the
 * same one without a word to each other. Names say nothing about keys and may be written down.
 *
 * Order: vault_open() before the limbs, vault_close() after them. vault_put() and vault_forget():
 * one thread; the rest: any thread, wait-free. A dialog keeps its newest VAULT_KEYS keys; 8 MB of
 * address space, of which only what is used becomes memory; left out of core dumps. */
#ifndef BASE_VAULT_H
#define BASE_VAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/suite.h"

enum {
    VAULT_OWNERS = 1 << 14, /* Dialogs at once; an owner's place is its id modulo this. */
    VAULT_KEYS = 8          /* A description of each suite on one line, and three more. */
};

struct vault;

/* 0, or -errno when there is no memory or no randomness. */
MUST_USE int vault_open(struct vault **out);
void vault_close(struct vault *vault); /* Wipes. NULL is nothing. */

/* Keeps a key of `size` bytes; the same key of the same owner keeps its name. Never 0. */
uint64_t vault_put(struct vault *vault, uint32_t owner, const uint8_t *key, uint32_t size);

/* Wipes the keys of the owner. */
void vault_forget(struct vault *vault, uint32_t owner);

/* False when the name is not known (any more), or is of a key of another size. */
MUST_USE bool vault_get(const struct vault *vault, uint64_t name, uint8_t *out, uint32_t size);

/* Our own key of that name and suite: always the same while the process lives. False: the library
 * of cryptography failed. */
MUST_USE bool vault_own(const struct vault *vault, uint64_t name, enum srtp_suite suite,
                        uint8_t *out, uint32_t size);

#endif
