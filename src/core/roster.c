// SPDX-License-Identifier: Apache-2.0
/* roster.c - facts of people, and comparisons between them. */
#include "core/roster.h"

int16_t roster_find(const struct roster *roster, struct text name)
{
    for (int16_t i = 0; name.size > 0 && i < roster->count; i++) {
        if (text_equal(text_of(roster->items[i].name), name))
            return i;
    }
    return -1;
}

static int16_t place_for(struct roster *roster, struct text name)
{
    int16_t place = roster_find(roster, name);

    for (int16_t i = 0; place < 0 && i < roster->count; i++) {
        if (!roster->items[i].name[0])
            place = i;
    }
    if (place < 0 && roster->count < ROSTER_PLACES)
        place = (int16_t)roster->count++;
    return place;
}

void roster_plan(struct roster *roster, const struct plan *plan, uint64_t now_ms)
{
    for (uint16_t i = 0; i < roster->count; i++)
        roster->items[i].index = -1;
    for (uint16_t i = 0; i < plan->operator_count; i++) {
        int16_t place = roster_find(roster, plan->operators[i].name);
        if (place >= 0)
            roster->items[place].index = (int16_t)i;
    }
    for (uint16_t i = 0; i < plan->operator_count; i++) {
        int16_t place = place_for(roster, plan->operators[i].name);
        if (place < 0)
            return; /* Those who left are still in their calls: the next reload has room. */
        struct roster_entry *entry = &roster->items[place];
        if (!entry->name[0]) {
            *entry = (struct roster_entry){.index = (int16_t)i, .idle_ms = now_ms, .changed = true};
            text_copy(entry->name, sizeof(entry->name), plan->operators[i].name);
        }
        entry->wrap_up_ms = plan->operators[i].wrap_up_ms;
        entry->why = OPERATOR_BY_PLAN;
    }
    roster->dirty = true;
}

bool roster_is_over(const struct roster_entry *entry)
{
    return entry->name[0] && entry->index < 0 && entry->calls == 0 && entry->asked_by == 0;
}

enum operator_state roster_state(const struct roster_entry *entry, uint64_t now_ms)
{
    if (entry->calls > 0)
        return OPERATOR_BUSY;
    if (entry->asked_by)
        return OPERATOR_RINGING;
    if (!entry->reachable || entry->said == SAID_OFFLINE || entry->index < 0)
        return OPERATOR_OFFLINE;
    if (entry->said == SAID_BREAK)
        return OPERATOR_BREAK;
    if (entry->aside)
        return OPERATOR_ASIDE;
    return now_ms < entry->wrap_until_ms ? OPERATOR_WRAP_UP : OPERATOR_AVAILABLE;
}

bool roster_note(struct roster_entry *entry, uint64_t now_ms)
{
    enum operator_state state = roster_state(entry, now_ms);

    if (state == entry->state)
        return false;
    entry->state = state;
    if (state == OPERATOR_AVAILABLE)
        entry->idle_ms = now_ms;
    return true;
}

bool roster_serves(const struct roster *roster, const struct plan *plan, int16_t place,
                   const struct roster_wish *wish)
{
    const struct roster_entry *entry = &roster->items[place];

    if (!entry->name[0] || entry->index < 0)
        return false;
    const struct plan_operator *person = &plan->operators[entry->index];
    if (wish->queue >= 0 && !(person->queues >> wish->queue & 1))
        return false;
    for (uint64_t skills = wish->skills; skills; skills &= skills - 1) {
        int skill = __builtin_ctzll(skills);
        if (skill >= MAX_SKILLS || person->levels[skill] == 0 ||
            (wish->levels && person->levels[skill] < wish->levels[skill]))
            return false;
    }
    return true;
}

/* How well they do what is asked for. */
static uint32_t level(const struct plan_operator *person, uint64_t skills)
{
    uint32_t sum = 0;

    for (; skills; skills &= skills - 1)
        sum += person->levels[__builtin_ctzll(skills)];
    return sum;
}

static bool better(const struct roster_entry *a, const struct roster_entry *b,
                   const struct plan *plan, const struct roster_wish *wish)
{
    uint32_t level_a = level(&plan->operators[a->index], wish->skills);
    uint32_t level_b = level(&plan->operators[b->index], wish->skills);

    if (wish->strategy == STRATEGY_SKILL_FIRST && level_a != level_b)
        return level_a > level_b;
    if (wish->strategy == STRATEGY_ROUND_ROBIN && a->asked_ms != b->asked_ms)
        return a->asked_ms < b->asked_ms;
    return a->idle_ms != b->idle_ms ? a->idle_ms < b->idle_ms : a->index < b->index;
}

int16_t roster_pick(const struct roster *roster, const struct plan *plan,
                    const struct roster_wish *wish, uint64_t now_ms)
{
    int16_t best = -1;

    for (int16_t i = 0; i < roster->count; i++) {
        if (wish->but && wish->but[i / 64] >> i % 64 & 1)
            continue;
        if (roster_state(&roster->items[i], now_ms) == OPERATOR_AVAILABLE &&
            roster_serves(roster, plan, i, wish) &&
            (best < 0 || better(&roster->items[i], &roster->items[best], plan, wish)))
            best = i;
    }
    return best;
}

struct roster_count roster_count(const struct roster *roster, const struct plan *plan,
                                 const struct roster_wish *wish, uint64_t now_ms)
{
    struct roster_count count = {0};

    for (int16_t i = 0; i < roster->count; i++) {
        if (!roster_serves(roster, plan, i, wish))
            continue;
        enum operator_state state = roster_state(&roster->items[i], now_ms);
        count.all++;
        count.on_duty +=
            state != OPERATOR_OFFLINE && state != OPERATOR_BREAK && state != OPERATOR_ASIDE;
        count.free += state == OPERATOR_AVAILABLE;
    }
    return count;
}

uint64_t roster_tend(const struct roster *roster, uint64_t now_ms)
{
    uint64_t next_ms = UINT64_MAX;

    for (uint16_t i = 0; i < roster->count; i++) {
        const struct roster_entry *entry = &roster->items[i];
        if (entry->name[0] && entry->wrap_until_ms > now_ms && entry->wrap_until_ms < next_ms)
            next_ms = entry->wrap_until_ms;
    }
    return next_ms;
}
