// SPDX-License-Identifier: Apache-2.0
/* vault_test.c - keys by name: found, forgotten, and not mixed up while they change. */
#include "base/vault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

enum { SIZE = 30, OWNER = 5 << 14 | 77, ROUNDS = 200000 };

static void a_key_is_found_by_its_name_and_size_only(void)
{
    struct vault *vault;
    uint8_t key[SUITE_KEY_MOST], out[SUITE_KEY_MOST];

    CHECK(vault_open(&vault) == 0);
    for (uint32_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(i * 7 + 1);
    uint64_t name = vault_put(vault, OWNER, key, SIZE);
    CHECK(name != 0 && vault_put(vault, OWNER, key, SIZE) == name);
    CHECK(vault_get(vault, name, out, SIZE) && memcmp(out, key, SIZE) == 0);
    CHECK(!vault_get(vault, name, out, 46) && !vault_get(vault, 0, out, SIZE));
    CHECK(!vault_get(vault, name + (1 << 17), out, SIZE) && !vault_get(vault, name ^ 1, out, SIZE));
    uint64_t longer = vault_put(vault, OWNER, key, 46);
    CHECK(longer != name && vault_get(vault, longer, out, 46) && memcmp(out, key, 46) == 0);
    vault_forget(vault, OWNER + (1 << 14)); /* Another dialog in the same place. */
    CHECK(vault_get(vault, name, out, SIZE));
    vault_forget(vault, OWNER);
    CHECK(!vault_get(vault, name, out, SIZE) && !vault_get(vault, longer, out, 46));
    vault_close(vault);
}

static void a_dialog_keeps_its_newest_keys_and_the_next_one_none_of_them(void)
{
    struct vault *vault;
    uint8_t key[SIZE] = {0}, out[SIZE];
    uint64_t names[VAULT_KEYS + 3];

    CHECK(vault_open(&vault) == 0);
    for (uint32_t i = 0; i < VAULT_KEYS + 3; i++) {
        key[0] = (uint8_t)i;
        names[i] = vault_put(vault, OWNER, key, SIZE);
    }
    for (uint32_t i = 0; i < VAULT_KEYS + 3; i++)
        CHECK(vault_get(vault, names[i], out, SIZE) == (i >= 3) && (i < 3 || out[0] == i));
    CHECK(vault_put(vault, OWNER + (1 << 14), key, SIZE) != names[VAULT_KEYS + 2]);
    for (uint32_t i = 0; i < VAULT_KEYS + 3; i++)
        CHECK(!vault_get(vault, names[i], out, SIZE));
    vault_close(vault);
}

static void our_keys_depend_on_name_suite_and_process(void)
{
    struct vault *vault, *other;
    uint8_t a[30], b[30];

    CHECK(vault_open(&vault) == 0 && vault_open(&other) == 0);
    CHECK(vault_own(vault, 9, SUITE_AES_CM_128_HMAC_SHA1_80, a, 30));
    CHECK(vault_own(vault, 9, SUITE_AES_CM_128_HMAC_SHA1_80, b, 30) && memcmp(a, b, 30) == 0);
    CHECK(vault_own(vault, 10, SUITE_AES_CM_128_HMAC_SHA1_80, b, 30) && memcmp(a, b, 30) != 0);
    CHECK(vault_own(vault, 9, SUITE_AES_CM_128_HMAC_SHA1_32, b, 30) && memcmp(a, b, 30) != 0);
    CHECK(vault_own(other, 9, SUITE_AES_CM_128_HMAC_SHA1_80, b, 30) && memcmp(a, b, 30) != 0);
    vault_close(vault);
    vault_close(other);
}

static struct {
    struct vault *vault;
    _Atomic uint64_t name;
    _Atomic int done;
} shared;

static void *change(void *unused)
{
    uint8_t key[46];

    (void)unused;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        memset(key, (int)i, sizeof key);
        atomic_store(&shared.name, vault_put(shared.vault, OWNER + ((i % 2) << 14), key, 46));
    }
    atomic_store(&shared.done, 1);
    return NULL;
}

static void a_reader_gets_a_whole_key_or_none(void)
{
    pthread_t writer;
    uint8_t key[46];
    uint32_t seen = 0;

    CHECK(vault_open(&shared.vault) == 0);
    CHECK(pthread_create(&writer, NULL, change, NULL) == 0);
    while (!atomic_load(&shared.done)) {
        if (!vault_get(shared.vault, atomic_load(&shared.name), key, 46))
            continue;
        seen++;
        for (uint32_t i = 1; i < 46; i++)
            CHECK(key[i] == key[0]);
    }
    pthread_join(writer, NULL);
    CHECK(vault_get(shared.vault, shared.name, key, 46) && key[0] == (uint8_t)(ROUNDS - 1));
    vault_close(shared.vault);
}

int main(void)
{
    RUN(a_key_is_found_by_its_name_and_size_only);
    RUN(a_dialog_keeps_its_newest_keys_and_the_next_one_none_of_them);
    RUN(our_keys_depend_on_name_suite_and_process);
    RUN(a_reader_gets_a_whole_key_or_none);
    return 0;
}
