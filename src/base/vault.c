// SPDX-License-Identifier: Apache-2.0
/* vault.c - a place a dialog, written by one thread and read by others without waiting.
 *
 * Each key lies in words that are written and read atomically between two changes of its name: a
 * reader that meets a change reads nothing, as if it had come later. */
#include "base/vault.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
    WORDS = (SUITE_KEY_MOST + 7) / 8,
    SECRET = 32,
    NAME_PLACE_BITS = 17, /* VAULT_OWNERS * VAULT_KEYS places. */
    MADE = 64             /* Bytes of an HMAC-SHA512: more than any key. */
};

_Static_assert(VAULT_OWNERS *VAULT_KEYS == 1 << NAME_PLACE_BITS, "a name holds its place");
_Static_assert((int)MADE >= (int)SUITE_KEY_MOST, "one HMAC makes a key");

struct place {
    _Atomic uint64_t name; /* 0: none, or being changed. */
    _Atomic uint64_t words[WORDS];
    _Atomic uint32_t size;
    uint32_t owner; /* The writer's own. */
};

struct vault {
    struct place places[VAULT_OWNERS][VAULT_KEYS];
    uint64_t serial;
    uint8_t secret[SECRET];
};

int vault_open(struct vault **out)
{
    struct vault *vault = mmap(NULL, sizeof(*vault), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (vault == MAP_FAILED)
        return -ENOMEM;
    (void)madvise(vault, sizeof(*vault), MADV_DONTDUMP);
    if (getrandom(vault->secret, SECRET, 0) != SECRET ||
        getrandom(&vault->serial, sizeof(vault->serial), 0) != sizeof(vault->serial)) {
        munmap(vault, sizeof(*vault));
        return -EIO;
    }
    vault->serial &= 0xffffffff; /* Names of an earlier run should not come again. */
    *out = vault;
    return 0;
}

void vault_close(struct vault *vault)
{
    if (!vault)
        return;
    for (uint32_t owner = 0; owner < VAULT_OWNERS; owner++) {
        if (vault->places[owner][0].owner)
            vault_forget(vault, vault->places[owner][0].owner);
    }
    explicit_bzero(vault->secret, SECRET);
    munmap(vault, sizeof(*vault));
}

static void wipe(struct place *place)
{
    atomic_store(&place->name, 0);
    for (uint32_t i = 0; i < WORDS; i++)
        atomic_store(&place->words[i], 0);
    atomic_store(&place->size, 0);
    place->owner = 0;
}

static bool holds(const struct place *place, const uint64_t words[WORDS], uint32_t size)
{
    uint64_t differ = atomic_load(&place->size) ^ size;

    for (uint32_t i = 0; i < WORDS; i++)
        differ |= atomic_load(&place->words[i]) ^ words[i];
    return differ == 0;
}

static void fill(struct place *place, uint32_t owner, const uint64_t words[WORDS], uint32_t size,
                 uint64_t name)
{
    wipe(place);
    place->owner = owner;
    for (uint32_t i = 0; i < WORDS; i++)
        atomic_store(&place->words[i], words[i]);
    atomic_store(&place->size, size);
    atomic_store(&place->name, name);
}

uint64_t vault_put(struct vault *vault, uint32_t owner, const uint8_t *key, uint32_t size)
{
    uint32_t row = owner % VAULT_OWNERS, oldest = 0;
    struct place *places = vault->places[row];
    uint64_t words[WORDS] = {0}, name = 0;

    assert(size > 0 && size <= SUITE_KEY_MOST && owner != 0);
    memcpy(words, key, size);
    for (uint32_t i = 0; i < VAULT_KEYS && name == 0; i++) {
        if (places[i].owner != owner)
            wipe(&places[i]); /* Of a dialog that is gone. */
        else if (holds(&places[i], words, size))
            name = atomic_load(&places[i].name);
        if (atomic_load(&places[i].name) < atomic_load(&places[oldest].name))
            oldest = i; /* Names grow: their high part is a serial number. */
    }
    if (name == 0) {
        name = ++vault->serial << NAME_PLACE_BITS | (row * VAULT_KEYS + oldest);
        fill(&places[oldest], owner, words, size, name);
    }
    explicit_bzero(words, sizeof(words));
    return name;
}

void vault_forget(struct vault *vault, uint32_t owner)
{
    struct place *places = vault->places[owner % VAULT_OWNERS];

    for (uint32_t i = 0; i < VAULT_KEYS; i++) {
        if (places[i].owner == owner)
            wipe(&places[i]);
    }
}

bool vault_get(const struct vault *vault, uint64_t name, uint8_t *out, uint32_t size)
{
    uint32_t number = name & ((1 << NAME_PLACE_BITS) - 1);
    const struct place *place = &vault->places[number / VAULT_KEYS][number % VAULT_KEYS];
    uint64_t words[WORDS];
    bool good;

    if (name == 0 || atomic_load(&place->name) != name)
        return false;
    for (uint32_t i = 0; i < WORDS; i++)
        words[i] = atomic_load(&place->words[i]);
    good = atomic_load(&place->size) == size && size <= SUITE_KEY_MOST &&
           atomic_load(&place->name) == name;
    if (good)
        memcpy(out, words, size);
    explicit_bzero(words, sizeof(words));
    return good;
}

bool vault_own(const struct vault *vault, uint64_t name, enum srtp_suite suite, uint8_t *out,
               uint32_t size)
{
    uint8_t label[16] = "srtp", made[MADE];
    uint32_t number = (uint32_t)suite;
    unsigned made_size = 0;
    bool good;

    memcpy(label + 4, &number, sizeof(number));
    memcpy(label + 8, &name, sizeof(name));
    good = size <= MADE &&
           HMAC(EVP_sha512(), vault->secret, SECRET, label, sizeof(label), made, &made_size) &&
           made_size == MADE;
    if (good)
        memcpy(out, made, size);
    explicit_bzero(made, sizeof(made));
    return good;
}
