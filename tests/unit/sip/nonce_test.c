// SPDX-License-Identifier: Apache-2.0
/* nonce_test.c - each count once, in any order near its place; forged and old nonces never. */
#include "sip/nonce.h"

#include <string.h>

#include "check.h"

static char nonce[NONCE_SIZE + 1];

static struct text fresh(void)
{
    nonce_make(1000000, nonce);
    return text_of(nonce);
}

static void a_nonce_is_fresh_until_it_is_old(void)
{
    struct text n = fresh();

    CHECK(n.size == NONCE_SIZE && nonce_fresh(n, 1000000));
    CHECK(nonce_fresh(n, 1000000 + NONCE_LIFE_MS - 1000));
    CHECK(!nonce_fresh(n, 1000000 + NONCE_LIFE_MS));
}

static void a_nonce_with_one_sign_changed_is_not_ours(void)
{
    struct text n = fresh();

    for (uint32_t i = 0; i < NONCE_SIZE; i++) {
        char kept = nonce[i];
        nonce[i] = kept == '0' ? '1' : '0';
        CHECK(!nonce_fresh(n, 1000000));
        nonce[i] = kept;
    }
    CHECK(!nonce_fresh(text_part(n, 0, NONCE_SIZE - 1), 1000000) && nonce_fresh(n, 1000000));
}

static void each_count_is_good_once_in_any_near_order(void)
{
    struct text n = fresh();

    CHECK(nonce_use(n, 1) && !nonce_use(n, 1));
    CHECK(nonce_use(n, 3) && nonce_use(n, 2) && !nonce_use(n, 2) && !nonce_use(n, 3));
    CHECK(nonce_use(n, 1000) && !nonce_use(n, 1000));
    CHECK(nonce_use(n, 1000 - NONCE_WINDOW + 1) && !nonce_use(n, 1000 - NONCE_WINDOW));
    CHECK(!nonce_use(n, 4) && nonce_use(n, 0xffffffff) && !nonce_use(n, 1001));
}

static void without_a_count_it_is_good_once(void)
{
    struct text n = fresh();

    CHECK(nonce_use(n, 0) && !nonce_use(n, 0) && !nonce_use(n, 1));
}

static void a_newer_nonce_may_take_the_place_of_an_older_never_the_reverse(void)
{
    char old[NONCE_SIZE + 1];

    fresh();
    memcpy(old, nonce, sizeof(old));
    CHECK(nonce_use(text_of(old), 1));
    for (int i = 0; i < NONCE_PLACES; i++)
        fresh();
    CHECK(nonce_use(text_of(old), 2)); /* Nobody used its place. */
    CHECK(nonce_use(text_of(nonce), 1));
    CHECK(!nonce_use(text_of(old), 3) && !nonce_use(text_of(old), 1) &&
          nonce_use(text_of(nonce), 2));
}

int main(void)
{
    CHECK(nonce_open());
    RUN(a_nonce_is_fresh_until_it_is_old);
    RUN(a_nonce_with_one_sign_changed_is_not_ours);
    RUN(each_count_is_good_once_in_any_near_order);
    RUN(without_a_count_it_is_good_once);
    RUN(a_newer_nonce_may_take_the_place_of_an_older_never_the_reverse);
    return 0;
}
