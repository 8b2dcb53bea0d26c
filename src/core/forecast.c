// SPDX-License-Identifier: Apache-2.0
/* forecast.c - Erlang's distribution in integers, and what came of it. */
#include "core/forecast.h"

#include <string.h>

enum {
    SMOOTHING = 16, /* Each of the first counts alike, later a new one for a sixteenth. */
    ONE = 1 << 16,  /* Fixed point. */
    Z90 = 83989,    /* 1.28155 */
};

/* Rounded down. */
static uint64_t root(uint64_t n)
{
    uint64_t r = 0, bit = UINT64_C(1) << 62;

    while (bit > n)
        bit >>= 2;
    for (; bit; bit >>= 2) {
        if (n >= r + bit) {
            n -= r + bit;
            r = (r >> 1) + bit;
        } else {
            r >>= 1;
        }
    }
    return r;
}

/* k (1 - 1/9k + z / 3 sqrt k)^3 times the scale. */
static uint32_t erlang_ms(uint32_t k, uint64_t scale_us, uint32_t z)
{
    uint64_t root_k = root((uint64_t)k << 32); /* Of k, in ONE. */
    uint64_t x = ONE - ONE / (9 * (uint64_t)k) + (uint64_t)z * ONE / (3 * root_k);
    uint64_t cube = (x * x >> 16) * x >> 16;
    uint64_t mean_us = k * scale_us;

    /* The mean is at most a day: below 2^37 us, the cube below 2^18. */
    if (mean_us > FORECAST_LONGEST_MS * UINT64_C(1000))
        mean_us = FORECAST_LONGEST_MS * UINT64_C(1000);
    uint64_t ms = (mean_us * cube >> 16) / 1000;
    return ms > FORECAST_LONGEST_MS ? FORECAST_LONGEST_MS : (uint32_t)ms;
}

uint32_t forecast_service_ms(const struct forecast_figures *figures)
{
    return figures->service_ms ? figures->service_ms : FORECAST_SERVICE_MS;
}

struct forecast forecast_wait(const struct forecast_figures *figures,
                              const struct forecast_staff *staff, uint32_t position)
{
    uint64_t scale_us;

    if (staff->on_duty == 0 || staff->milli == 0 || position == 0)
        return (struct forecast){.known = false};
    if (position <= staff->free)
        return (struct forecast){true, FORECAST_FREE_MS, 3 * FORECAST_FREE_MS};
    scale_us = forecast_service_ms(figures) * UINT64_C(1000000) / staff->milli;
    position -= staff->free;
    return (struct forecast){true, erlang_ms(position, scale_us, 0),
                             erlang_ms(position, scale_us, Z90)};
}

void forecast_served(struct forecast_figures *figures, uint32_t service_ms)
{
    uint32_t weight;

    if (service_ms > FORECAST_LONGEST_MS)
        service_ms = FORECAST_LONGEST_MS;
    if (service_ms == 0)
        service_ms = 1;
    if (figures->served < UINT32_MAX)
        figures->served++;
    weight = figures->served < SMOOTHING ? figures->served : SMOOTHING;
    figures->service_ms = (uint32_t)(((uint64_t)figures->service_ms * (weight - 1) + service_ms) / weight);
    if (figures->service_ms == 0)
        figures->service_ms = 1;
}

/* ---- What came of it ---- */

static struct forecast_part *part_now(struct forecast_figures *figures, uint64_t now_ms)
{
    uint64_t now = now_ms / FORECAST_PART_MS;

    for (uint32_t i = 0; figures->part < now && i < FORECAST_PARTS; i++)
        figures->parts[++figures->part % FORECAST_PARTS] = (struct forecast_part){0};
    if (figures->part < now) {
        figures->part = now;
        memset(figures->parts, 0, sizeof(figures->parts));
    }
    return &figures->parts[figures->part % FORECAST_PARTS];
}

static void count(uint16_t *counter)
{
    if (*counter < UINT16_MAX)
        (*counter)++;
}

void forecast_entered(struct forecast_figures *figures, uint64_t now_ms)
{
    count(&part_now(figures, now_ms)->entered);
}

static void judge(struct forecast_figures *figures, struct forecast_part *part, uint32_t waited_ms,
                  const struct forecast *told)
{
    uint32_t at = figures->error_count % FORECAST_ERRORS;

    if (!told->known)
        return;
    count(&part->told);
    if (waited_ms <= told->p90_ms)
        count(&part->within);
    figures->errors_ms[at] =
        waited_ms > told->p50_ms ? waited_ms - told->p50_ms : told->p50_ms - waited_ms;
    if (++figures->error_count == 2 * FORECAST_ERRORS)
        figures->error_count = FORECAST_ERRORS;
}

void forecast_answered(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                       uint32_t in_time_ms, const struct forecast *told)
{
    struct forecast_part *part = part_now(figures, now_ms);

    count(&part->answered);
    if (waited_ms <= in_time_ms)
        count(&part->in_time);
    judge(figures, part, waited_ms, told);
}

/* Who left earlier than was said proves nothing of what was said. */
void forecast_abandoned(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                        uint32_t in_time_ms, const struct forecast *told)
{
    struct forecast_part *part = part_now(figures, now_ms);

    count(&part->abandoned);
    if (waited_ms > in_time_ms)
        count(&part->abandoned_late);
    if (told->known && waited_ms > told->p90_ms)
        count(&part->told);
}

void forecast_overflowed(struct forecast_figures *figures, uint64_t now_ms)
{
    count(&part_now(figures, now_ms)->overflowed);
}

static uint32_t median(const uint32_t *values, uint32_t count_)
{
    uint32_t sorted[FORECAST_ERRORS];

    for (uint32_t i = 0; i < count_; i++) {
        uint32_t at = i;
        for (; at > 0 && sorted[at - 1] > values[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = values[i];
    }
    return count_ ? sorted[count_ / 2] : 0;
}

struct forecast_summary forecast_sum(const struct forecast_figures *figures, uint64_t now_ms)
{
    struct forecast_summary sum = {0};
    uint32_t in_time = 0, of = 0, within = 0;
    uint64_t now = now_ms / FORECAST_PART_MS;

    for (uint32_t i = 0; i < FORECAST_PARTS && i <= figures->part; i++) {
        const struct forecast_part *part = &figures->parts[(figures->part - i) % FORECAST_PARTS];
        if (figures->part - i + FORECAST_PARTS <= now)
            break;
        sum.entered += part->entered;
        sum.answered += part->answered;
        sum.abandoned += part->abandoned;
        sum.overflowed += part->overflowed;
        in_time += part->in_time;
        of += part->answered + part->abandoned_late;
        sum.told += part->told;
        within += part->within;
    }
    sum.level_known = of > 0;
    sum.level_permille = of ? in_time * 1000 / of : 0;
    sum.within_permille = sum.told ? within * 1000 / sum.told : 0;
    sum.error_p50_ms = median(figures->errors_ms, figures->error_count < FORECAST_ERRORS
                                                      ? figures->error_count
                                                      : FORECAST_ERRORS);
    return sum;
}
