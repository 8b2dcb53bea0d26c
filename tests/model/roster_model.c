// SPDX-License-Identifier: Apache-2.0
/* roster_model.c - random facts of people against a table that is sorted anew for each caller. */
#include "core/roster.h"

#include <string.h>

#include "check.h"

enum { PEOPLE = 12, SKILLS = 3, QUEUES = 3, STEPS = 100000 };

static char names[PEOPLE][8];
static struct plan_operator people[PEOPLE];
static struct plan plan = {.operators = people, .skill_count = SKILLS};
static struct roster roster;
static uint64_t state, now_ms = 1000;

/* What the twin remembers of each: the state as it would be told, and two times. */
struct twin {
    bool here; /* In the plan of now. */
    enum operator_said said;
    bool aside, reachable, asked;
    int calls;
    uint64_t wrap_ms, idle_ms, asked_ms;
    enum operator_state told;
};
static struct twin twins[PEOPLE];

static uint32_t below(uint32_t bound)
{
    return (uint32_t)(check_random(&state) % bound);
}

static enum operator_state twin_state(const struct twin *twin)
{
    enum operator_state s = OPERATOR_AVAILABLE;

    /* The weakest fact first: each later one outdoes it. */
    if (twin->wrap_ms > now_ms)
        s = OPERATOR_WRAP_UP;
    if (twin->aside)
        s = OPERATOR_ASIDE;
    if (twin->said == SAID_BREAK)
        s = OPERATOR_BREAK;
    if (twin->said == SAID_OFFLINE || !twin->reachable || !twin->here)
        s = OPERATOR_OFFLINE;
    if (twin->asked)
        s = OPERATOR_RINGING;
    return twin->calls ? OPERATOR_BUSY : s;
}

static bool twin_serves(int i, const struct roster_wish *wish)
{
    if (!twins[i].here || (wish->queue >= 0 && !(people[i].queues & (uint64_t)1 << wish->queue)))
        return false;
    for (int skill = 0; skill < SKILLS; skill++)
        if ((wish->skills & 1u << skill) &&
            (people[i].levels[skill] == 0 ||
             (wish->levels && people[i].levels[skill] < wish->levels[skill])))
            return false;
    return true;
}

static int twin_level(int i, const struct roster_wish *wish)
{
    int sum = 0;

    for (int skill = 0; skill < SKILLS; skill++)
        sum += wish->skills & 1u << skill ? people[i].levels[skill] : 0;
    return sum;
}

/* Negative: a comes first. */
static int twin_order(int a, int b, const struct roster_wish *wish)
{
    if (wish->strategy == STRATEGY_SKILL_FIRST && twin_level(a, wish) != twin_level(b, wish))
        return twin_level(b, wish) - twin_level(a, wish);
    if (wish->strategy == STRATEGY_ROUND_ROBIN && twins[a].asked_ms != twins[b].asked_ms)
        return twins[a].asked_ms < twins[b].asked_ms ? -1 : 1;
    if (twins[a].idle_ms != twins[b].idle_ms)
        return twins[a].idle_ms < twins[b].idle_ms ? -1 : 1;
    return people[a].name.data < people[b].name.data ? -1 : 1;
}

static int twin_pick(const struct roster_wish *wish)
{
    int best = -1;

    for (int i = 0; i < PEOPLE; i++) {
        int16_t place = roster_find(&roster, text_of(names[i]));
        if (place < 0 || (wish->but && wish->but[place / 64] >> place % 64 & 1) ||
            twin_state(&twins[i]) != OPERATOR_AVAILABLE || !twin_serves(i, wish))
            continue;
        if (best < 0 || twin_order(i, best, wish) < 0)
            best = i;
    }
    return best;
}

/* Somebody new, or another plan: who is not in it is forgotten unless they are in a call. */
static void reload(void)
{
    static struct plan_operator kept[PEOPLE];
    uint16_t count = 0;

    for (int i = 0; i < PEOPLE; i++) {
        bool was = twins[i].here;
        twins[i].here = below(8) > 0;
        if (!twins[i].here && !twins[i].calls && !twins[i].asked)
            twins[i] = (struct twin){.here = false};
        if (twins[i].here && !was && roster_find(&roster, text_of(names[i])) < 0)
            twins[i] = (struct twin){.here = true, .idle_ms = now_ms};
        if (twins[i].here)
            kept[count++] = people[i];
    }
    plan.operators = kept;
    plan.operator_count = count;
    roster_plan(&roster, &plan, now_ms);
    for (int i = 0; i < PEOPLE; i++) {
        int16_t place = roster_find(&roster, text_of(names[i]));
        if (place >= 0 && roster_is_over(&roster.items[place]))
            roster.items[place] = (struct roster_entry){.index = -1};
    }
}

static void change(int i)
{
    int16_t place = roster_find(&roster, text_of(names[i]));
    struct twin *twin = &twins[i];

    CHECK((place >= 0) == (twin->here || twin->calls || twin->asked || place >= 0));
    if (place < 0)
        return;
    struct roster_entry *entry = &roster.items[place];
    switch (below(6)) {
    case 0:
        entry->said = twin->said = (enum operator_said)below(OPERATOR_SAIDS);
        break;
    case 1:
        entry->reachable = twin->reachable = below(4) > 0;
        break;
    case 2:
        entry->aside = twin->aside = below(4) == 0;
        break;
    case 3:
        twin->asked = !twin->asked;
        entry->asked_by = twin->asked ? 7 : 0;
        entry->asked_ms = twin->asked_ms = now_ms;
        break;
    case 4:
        twin->calls = twin->calls ? twin->calls - 1 : 1;
        entry->calls = (uint16_t)twin->calls;
        break;
    default:
        entry->wrap_until_ms = twin->wrap_ms = now_ms + below(40);
    }
}

static void note_all(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        int16_t place = roster_find(&roster, text_of(names[i]));
        if (place < 0)
            continue;
        enum operator_state now = twin_state(&twins[i]);
        CHECK(roster_state(&roster.items[place], now_ms) == now);
        CHECK(roster_note(&roster.items[place], now_ms) == (now != twins[i].told));
        if (now != twins[i].told && now == OPERATOR_AVAILABLE)
            twins[i].idle_ms = now_ms;
        twins[i].told = now;
    }
}

static void compare(void)
{
    uint64_t but[ROSTER_PLACES / 64] = {check_random(&state) & check_random(&state)};
    const uint8_t levels[MAX_SKILLS] = {(uint8_t)below(6), (uint8_t)below(6), (uint8_t)below(6)};
    struct roster_wish wish = {.strategy = (enum plan_strategy)below(STRATEGIES),
                               .queue = (int16_t)((int)below(QUEUES + 1) - 1),
                               .skills = below(1u << SKILLS) & below(1u << SKILLS),
                               .levels = below(2) ? levels : NULL,
                               .but = below(2) ? but : NULL};
    int16_t place = roster_pick(&roster, &plan, &wish, now_ms);
    int best = twin_pick(&wish);
    struct roster_count count = roster_count(&roster, &plan, &wish, now_ms), twin_count = {0};

    CHECK(place < 0 ? best < 0 : best >= 0 && strcmp(roster.items[place].name, names[best]) == 0);
    for (int i = 0; i < PEOPLE; i++) {
        enum operator_state s = twin_state(&twins[i]);
        if (!twin_serves(i, &wish))
            continue;
        twin_count.all++;
        twin_count.free += s == OPERATOR_AVAILABLE;
        twin_count.on_duty += s != OPERATOR_OFFLINE && s != OPERATOR_BREAK && s != OPERATOR_ASIDE;
    }
    CHECK(count.all == twin_count.all && count.free == twin_count.free &&
          count.on_duty == twin_count.on_duty);
}

static void tend(void)
{
    uint64_t next_ms = UINT64_MAX;

    for (int i = 0; i < PEOPLE; i++)
        if (twins[i].wrap_ms > now_ms && twins[i].wrap_ms < next_ms)
            next_ms = twins[i].wrap_ms;
    CHECK(roster_tend(&roster, now_ms) == next_ms);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

    state = seed * 2654435761u + 1;
    for (int i = 0; i < PEOPLE; i++) {
        snprintf(names[i], sizeof(names[i]), "p%02d", i);
        people[i] = (struct plan_operator){.name = text_of(names[i]), .queues = below(8)};
        for (int skill = 0; skill < SKILLS; skill++)
            people[i].levels[skill] = (uint8_t)(below(2) * below(11));
    }
    for (int step = 0; step < STEPS; step++) {
        now_ms += below(3);
        if (step % 500 == 0)
            reload();
        else
            change((int)below(PEOPLE));
        note_all();
        compare();
        tend();
    }
    printf("ok people_are_chosen_as_by_a_table_at_seed_%llu\n", (unsigned long long)seed);
    return 0;
}
