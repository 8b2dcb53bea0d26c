// SPDX-License-Identifier: Apache-2.0
/* kept_test.c - a caller's latest sound, against an array of all of it. */
#include "speech/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"

enum { SECOND = 8000, ALL = 400 * SECOND };

static struct kept kept;
static uint8_t all[ALL];
static uint8_t out[KEPT_SAMPLES];

static void put(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        all[kept.to + i] = (uint8_t)((kept.to + i) * 2654435761u >> 13);
    kept_put(&kept, all + kept.to, count);
}

static void everything_kept_can_be_read(void)
{
    uint32_t size = kept_read(&kept, kept.from, out, KEPT_SAMPLES);

    CHECK(size == kept.to - kept.from && memcmp(out, all + kept.from, size) == 0);
}

static void what_was_put_is_read_until_it_is_dropped(void)
{
    struct random random = {.state = 7};

    CHECK(kept_init(&kept) == 0);
    while (kept.to + KEPT_SAMPLES < ALL) {
        put(1 + random_below(&random, random_below(&random, 8) ? 400 : 3 * SECOND));
        if (random_below(&random, 3) == 0)
            kept_drop(&kept, kept.from + random_below(&random, 2 * (uint32_t)(kept.to - kept.from)));
        everything_kept_can_be_read();
        CHECK(kept_read(&kept, kept.to, out, 1) == 0);
        if (kept.from > 0)
            CHECK(kept_read(&kept, kept.from - 1, out, 1) == 0);
    }
    kept_release(&kept);
}

/* Sound that is sent on in silence too: a second of it is kept all the time. */
static void little_that_is_kept_long_stays_where_it_began(void)
{
    kept = (struct kept){.from = 0};
    CHECK(kept_init(&kept) == 0);
    while (kept.to < ALL - SECOND) {
        put(160);
        if (kept.to > 2 * SECOND && kept.to % SECOND == 0)
            kept_drop(&kept, kept.to - SECOND);
        CHECK(kept.to - kept.base <= 4 * SECOND);
    }
    everything_kept_can_be_read();
    kept_release(&kept);
}

int main(void)
{
    RUN(what_was_put_is_read_until_it_is_dropped);
    RUN(little_that_is_kept_long_stays_where_it_began);
    return 0;
}
