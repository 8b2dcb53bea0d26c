// SPDX-License-Identifier: Apache-2.0
/* nearest.c - the distance of Damerau and Levenshtein, three rows at a time. */
#include "config/nearest.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static int letter(struct text t, uint32_t i)
{
    return tolower((unsigned char)t.data[i]);
}

static uint32_t slips_between(struct text a, struct text b)
{
    uint32_t rows[3][MAX_NAME + 1];
    uint32_t *before = rows[0], *last = rows[1], *now = rows[2];

    for (uint32_t j = 0; j <= b.size; j++)
        last[j] = j;
    memcpy(before, last, sizeof(rows[0]));
    for (uint32_t i = 1; i <= a.size; i++) {
        now[0] = i;
        for (uint32_t j = 1; j <= b.size; j++) {
            uint32_t other = letter(a, i - 1) != letter(b, j - 1);
            uint32_t best = smaller(last[j - 1] + other, smaller(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2) &&
                letter(a, i - 2) == letter(b, j - 1))
                best = smaller(best, before[j - 2] + 1);
            now[j] = best;
        }
        uint32_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b.size];
}

void nearest_init(struct nearest *nearest, struct text word)
{
    *nearest = (struct nearest){.word = word, .best = TEXT_EMPTY, .slips = UINT32_MAX};
}

void nearest_offer(struct nearest *nearest, struct text name)
{
    uint32_t slips;

    if (nearest->word.size > MAX_NAME || name.size > MAX_NAME || name.size == 0)
        return;
    slips = slips_between(nearest->word, name);
    if (slips < nearest->slips) {
        nearest->slips = slips;
        nearest->best = name;
    }
}

struct text nearest_found(const struct nearest *nearest)
{
    uint32_t few = nearest->word.size / 3;

    if (few < 2)
        few = 2;
    if (nearest->slips > few || nearest->slips >= nearest->word.size)
        return TEXT_EMPTY;
    return nearest->best;
}
