// SPDX-License-Identifier: Apache-2.0
/* forecast.c - Erlang's distribution in integers, and what came of it. */
#include "core/forecast.h"

#include <string.h>

enum {
    SMOOTHING = 16, /* Each of the first counts alike, later a new one for a sixteenth. */
    ONE = 1 << 16,  /* Fixed point. */
    Z90 = 83989,    /* 1.28155 */
    LEAST = ONE / 8, /* Of a factor. */
    MOST = 8 * ONE,
    LEAST_MS = 1000, /* Of an answer. */
    MOST_MS = 600000,
    FIRST = 8, /* Forecasts in the biggest steps, */
    SECOND = 32,
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

/* ---- What was learnt ---- */

static struct forecast_lesson learnt(const struct forecast_lesson *lesson, uint32_t p50, uint32_t p90)
{
    return lesson->count ? *lesson : (struct forecast_lesson){.p50 = p50, .p90 = p90};
}

static struct forecast_lesson answer_of(const struct forecast_figures *figures)
{
    return learnt(&figures->answer, FORECAST_FREE_MS * 1000, 3 * FORECAST_FREE_MS * 1000);
}

static struct forecast_lesson scale_of(const struct forecast_figures *figures)
{
    return learnt(&figures->scale, ONE, ONE);
}

static uint32_t between(uint64_t value, uint32_t least, uint32_t most)
{
    return value < least ? least : value > most ? most : (uint32_t)value;
}

/* over50, over90: the wait was longer than what is learnt says by now. */
static void learn(struct forecast_lesson *lesson, bool over50, bool over90, uint32_t least,
                  uint32_t most)
{
    uint32_t part = lesson->count < FIRST    ? 4
                    : lesson->count < SECOND ? 8
                    : lesson->count < FORECAST_SURE ? 16 : 32;
    uint64_t p50 = lesson->p50, p90 = lesson->p90;

    p50 = over50 ? p50 * (2 * part + 1) / (2 * part) : p50 * 2 * part / (2 * part + 1);
    p90 = over90 ? p90 * (100 * part + 92) / (100 * part) : p90 * 100 * part / (100 * part + 8);
    lesson->p50 = between(p50, least, most);
    lesson->p90 = between(p90, least, most);
    if (lesson->count < FORECAST_SURE)
        lesson->count++;
}

static uint32_t scaled_ms(uint64_t ms, uint32_t scale)
{
    ms = ms * scale / ONE;
    return ms > FORECAST_LONGEST_MS ? FORECAST_LONGEST_MS : (uint32_t)ms;
}

struct forecast forecast_wait(const struct forecast_figures *figures,
                              const struct forecast_staff *staff, uint32_t position)
{
    struct forecast_lesson answer = answer_of(figures), scale = scale_of(figures);
    uint32_t answer_ms = answer.p50 / 1000;
    struct forecast wait = {.known = true, .busy = position > staff->free};

    if (staff->on_duty == 0 || staff->milli == 0)
        return (struct forecast){.known = false};
    if (wait.busy) {
        uint64_t scale_us = forecast_service_ms(figures) * UINT64_C(1000000) / staff->milli;
        position -= staff->free;
        wait.formula_p50_ms = erlang_ms(position, scale_us, 0) + answer_ms;
        wait.formula_p90_ms = erlang_ms(position, scale_us, Z90) + answer_ms;
        wait.p50_ms = scaled_ms(wait.formula_p50_ms, scale.p50);
        wait.p90_ms = scaled_ms(wait.formula_p90_ms, scale.p90);
    } else {
        wait.p50_ms = answer_ms;
        wait.p90_ms = answer.p90 / 1000;
    }
    if (wait.p90_ms < wait.p50_ms)
        wait.p90_ms = wait.p50_ms;
    return wait;
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
    if (!told->known)
        return;
    count(&part->told);
    if (waited_ms <= told->p90_ms)
        count(&part->within);
    figures->scale = scale_of(figures);
    figures->answer = answer_of(figures);
    if (told->busy)
        learn(&figures->scale, waited_ms > scaled_ms(told->formula_p50_ms, figures->scale.p50),
              waited_ms > scaled_ms(told->formula_p90_ms, figures->scale.p90), LEAST, MOST);
    else
        learn(&figures->answer, waited_ms > figures->answer.p50 / 1000,
              waited_ms > figures->answer.p90 / 1000, LEAST_MS * 1000, MOST_MS * 1000);
}

static void remember(struct forecast_figures *figures, uint32_t waited_ms,
                     const struct forecast *told)
{
    uint32_t at = figures->error_count % FORECAST_ERRORS;

    if (!told->known)
        return;
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
    remember(figures, waited_ms, told);
}

void forecast_abandoned(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                        uint32_t in_time_ms)
{
    struct forecast_part *part = part_now(figures, now_ms);

    count(&part->abandoned);
    if (waited_ms > in_time_ms)
        count(&part->abandoned_late);
}

void forecast_left(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                   const struct forecast *told)
{
    if (waited_ms > told->p90_ms)
        judge(figures, part_now(figures, now_ms), waited_ms, told);
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
