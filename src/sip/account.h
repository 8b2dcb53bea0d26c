// SPDX-License-Identifier: Apache-2.0
/* account.h - trunks and telephones as the worker knows them, and how they cross to it.
 *
 * sip_prepare() writes one `struct account_form` a trunk and a user; the keeper passes them on, and
 * again to each new worker; the worker has them in a table that is left out of core dumps. Names
 * stay: what a trunk does (its registration, its targets) goes on over a reload that leaves it as
 * it was. Worker's thread only, but for account_shape. */
#ifndef SIP_ACCOUNT_H
#define SIP_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/record.h"
#include "core/plan.h"
#include "wire/digest.h"

enum {
    ACCOUNTS = MAX_TRUNKS + MAX_USERS,
    ACCOUNT_SOURCE = 17, /* Bytes of a source in writing: the address and its prefix's length. */
    ACCOUNT_SECRET = 128,
    ACCOUNT_HOST = 256
};

/* Digest algorithms that we know as a server (RFC 8760); each account has its hash for both. */
enum { KNOWN_ALGORITHMS = 2 };
extern const enum digest_algorithm account_known[KNOWN_ALGORITHMS];

struct account_form {
    struct text name, user, password, host, realm, from;
    struct text sources; /* ACCOUNT_SOURCE bytes each. */
    uint16_t port;
    bool is_user, authenticate, registers, phones, transport_given;
    enum transport transport;
    uint32_t expires_s, probe_ms;
};
extern const struct shape account_shape;

struct account {
    char name[MAX_NAME]; /* Of the trunk; of a user the same as `user`. */
    char user[MAX_NAME], password[ACCOUNT_SECRET], realm[MAX_NAME], from[256];
    char host[ACCOUNT_HOST];
    uint16_t port;
    bool is_user, authenticate, registers, phones, transport_given;
    enum transport transport;
    uint32_t expires_s, probe_ms;
    uint16_t first_source, source_count;
    char ha1[KNOWN_ALGORITHMS][DIGEST_HEX]; /* For our own realm. */
};

/* False when memory is out. */
MUST_USE bool account_open(void);

/* Collects a new list; account_use() makes it the one in force. Its words are a digit, enum
 * plan_digest, and the realm of our challenges. */
void account_add(const uint8_t *form, uint32_t size);
void account_use(struct text words);

const char *account_realm(void);

/* What is offered at this place of a challenge, as an index of account_known; -1: nothing. */
int account_offered(int place);
uint32_t account_count(void);
const struct account *account_at(uint32_t index);

/* The trunk of this name; NULL: none. */
const struct account *account_trunk(struct text name);

/* The trunk whose sources hold the address, the longest prefix; NULL: none. */
const struct account *account_of_source(struct text address_port);

/* Who proves to be this: a user, or a trunk that authenticates. NULL: nobody. */
const struct account *account_of_user(struct text user);

/* Strangers may prove who they are: there are users, or trunks without sources. */
bool account_for_strangers(void);
bool account_has_users(void);

#endif
