// SPDX-License-Identifier: Apache-2.0
/* nonce.c - a signature instead of a table, and a table of what was used. */
#include "sip/nonce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sip/hash.h"

struct used {
    uint32_t serial, highest;
    uint64_t counts; /* Bit n: highest - n was used. */
};

static struct {
    uint8_t key[HASH_KEY];
    uint32_t serial;
    struct used *used;
} nonces;

bool nonce_open(void)
{
    nonces.used = calloc(NONCE_PLACES, sizeof(*nonces.used));
    return nonces.used && getrandom(nonces.key, sizeof(nonces.key), 0) == sizeof(nonces.key);
}

void nonce_make(uint64_t now_ms, char out[NONCE_SIZE + 1])
{
    if (++nonces.serial == 0)
        nonces.serial = 1;
    snprintf(out, NONCE_SIZE + 1, "%08x%08x", (unsigned)(now_ms / 1000), (unsigned)nonces.serial);
    hash_sign(nonces.key, (struct text){out, 16}, out + 16);
    out[NONCE_SIZE] = 0;
}

static uint32_t number_at(struct text nonce, uint32_t offset)
{
    char digits[9];

    memcpy(digits, nonce.data + offset, 8);
    digits[8] = 0;
    return (uint32_t)strtoul(digits, NULL, 16);
}

bool nonce_fresh(struct text nonce, uint64_t now_ms)
{
    char signature[HASH_MAC];

    if (nonce.size != NONCE_SIZE)
        return false;
    hash_sign(nonces.key, text_part(nonce, 0, 16), signature);
    if (!digest_same(text_part(nonce, 16, HASH_MAC), (struct text){signature, HASH_MAC}))
        return false;
    return now_ms / 1000 - number_at(nonce, 0) < NONCE_LIFE_MS / 1000;
}

bool nonce_use(struct text nonce, uint32_t count)
{
    uint32_t serial = number_at(nonce, 8);
    struct used *used = &nonces.used[serial % NONCE_PLACES];

    if (count == 0)
        count = 1;
    if (used->serial != serial) {
        if ((int32_t)(serial - used->serial) < 0)
            return false; /* A newer one has the place. */
        *used = (struct used){.serial = serial, .highest = count, .counts = 1};
        return true;
    }
    if (count > used->highest) {
        uint32_t step = count - used->highest;
        used->counts = step < NONCE_WINDOW ? used->counts << step | 1 : 1;
        used->highest = count;
        return true;
    }
    uint32_t back = used->highest - count;
    if (back >= NONCE_WINDOW || used->counts >> back & 1)
        return false;
    used->counts |= (uint64_t)1 << back;
    return true;
}
