// SPDX-License-Identifier: Apache-2.0
/* hours_test.c - opening hours: as written, in zones whose clocks change. The C library, which reads
 * the same database by code of its own, is the judge of local times. */
#include "core/hours.h"

#include <time.h>

#include "config/zones.h"
#include "given.h"

static struct plan_zone_change changes[ZONES_CHANGES];

static struct plan_hours zone(const char *name)
{
    static char bytes[65536];
    char path[128];
    struct plan_hours hours = {.changes = changes};

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    CHECK(fclose(file) == 0);
    CHECK(zones_parse((struct text){bytes, (uint32_t)size}, changes, &hours.change_count,
                      &hours.first_offset_s));
    return hours;
}

static uint64_t utc(int year, int month, int day, int hour, int minute)
{
    struct tm when = {.tm_year = year - 1900,
                      .tm_mon = month - 1,
                      .tm_mday = day,
                      .tm_hour = hour,
                      .tm_min = minute};

    return (uint64_t)timegm(&when) * 1000;
}

static void local_times_are_those_of_the_c_library(void)
{
    static const char *const names[] = {
        "Europe/Zurich", "America/New_York",    "Australia/Sydney", "Asia/Kolkata",
        "Africa/Cairo",  "America/St_Johns",    "Asia/Tokyo",       "Australia/Lord_Howe",
        "Etc/UTC",       "America/Santiago",    "Europe/Dublin",    "Pacific/Auckland"};
    uint64_t state = 7;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct plan_hours hours = zone(names[i]);
        CHECK(setenv("TZ", names[i], 1) == 0);
        tzset();
        for (int n = 0; n < 20000; n++) {
            uint64_t range = hours_day(2059, 12, 31) - hours_day(2024, 1, 2);
            time_t at = (time_t)(hours_day(2024, 1, 2) * 86400 +
                                 (int64_t)(check_random(&state) % (range * 24)) * 3600 +
                                 check_random(&state) % 3600);
            struct tm when;
            CHECK(localtime_r(&at, &when));
            struct hours_local local = hours_local(&hours, (uint64_t)at * 1000);
            CHECK(local.year == (uint32_t)when.tm_year + 1900 && local.month == when.tm_mon + 1 &&
                  local.date == when.tm_mday && local.weekday == when.tm_wday &&
                  local.minute == (uint32_t)(when.tm_hour * 60 + when.tm_min) &&
                  local.offset_s == when.tm_gmtoff);
        }
    }
    CHECK(unsetenv("TZ") == 0);
}

static const struct plan_opening week[] = {{1, 480, 1050}, {2, 480, 1050}, {3, 480, 1050},
                                           {4, 480, 1050}, {5, 480, 1050}, {6, 1320, 1560}};
static const struct plan_holiday off[] = {{2026, 12, 25}, {0, 1, 1}};

static struct plan_hours office(void)
{
    struct plan_hours hours = zone("Europe/Zurich");

    hours.openings = week;
    hours.opening_count = 6;
    hours.holidays = off;
    hours.holiday_count = 2;
    return hours;
}

static void it_opens_by_the_clock_on_the_wall_in_winter_and_in_summer(void)
{
    struct plan_hours hours = office();

    CHECK(!hours_open(&hours, utc(2026, 3, 27, 6, 59))); /* A Friday, winter: an hour ahead. */
    CHECK(hours_open(&hours, utc(2026, 3, 27, 7, 0)));
    CHECK(hours_open(&hours, utc(2026, 3, 27, 16, 29)) && !hours_open(&hours, utc(2026, 3, 27, 16, 30)));
    CHECK(!hours_open(&hours, utc(2026, 3, 30, 5, 59))); /* The Monday after: two. */
    CHECK(hours_open(&hours, utc(2026, 3, 30, 6, 0)));
}

static void holidays_are_closed_once_or_every_year(void)
{
    struct plan_hours hours = office();

    CHECK(!hours_open(&hours, utc(2026, 12, 25, 10, 0)));
    CHECK(hours_open(&hours, utc(2028, 12, 25, 10, 0)));
    CHECK(!hours_open(&hours, utc(2027, 1, 1, 10, 0)) && !hours_open(&hours, utc(2029, 1, 1, 10, 0)));
}

/* Saturday 22:00 to Sunday 02:00, in the night in which 02:00 to 03:00 is left out or is twice. */
static void an_evening_may_end_on_the_next_day_whatever_the_clocks_do(void)
{
    struct plan_hours hours = office();

    CHECK(hours_open(&hours, utc(2026, 3, 28, 21, 0)));
    CHECK(hours_open(&hours, utc(2026, 3, 29, 0, 59)));  /* 01:59 */
    CHECK(!hours_open(&hours, utc(2026, 3, 29, 1, 0)));  /* 03:00: there was no 02:00. */
    CHECK(hours_open(&hours, utc(2026, 10, 24, 23, 59))); /* 01:59, summer */
    CHECK(!hours_open(&hours, utc(2026, 10, 25, 0, 0)));  /* 02:00 */
    CHECK(!hours_open(&hours, utc(2026, 10, 25, 1, 0)));  /* 02:00 again */
}

static void the_next_opening_skips_weekends_and_holidays(void)
{
    struct plan_hours hours = office();

    CHECK(hours_next_open(&hours, utc(2026, 12, 22, 10, 0)) == utc(2026, 12, 22, 10, 0));
    CHECK(hours_next_open(&hours, utc(2026, 12, 24, 18, 0)) == utc(2026, 12, 26, 21, 0));
    CHECK(hours_next_open(&hours, utc(2026, 3, 29, 2, 0)) == utc(2026, 3, 30, 6, 0));
    CHECK(hours_next_close(&hours, utc(2026, 3, 30, 6, 0)) == utc(2026, 3, 30, 15, 30));
    CHECK(hours_next_close(&hours, utc(2026, 3, 28, 22, 0)) == utc(2026, 3, 29, 1, 0));
    hours.opening_count = 0;
    CHECK(hours_next_open(&hours, utc(2026, 3, 29, 2, 0)) == 0);
}

static void time_counts_while_it_is_open(void)
{
    struct plan_hours hours = office();
    const uint64_t hour = 3600000;

    /* A Friday at 16:00, and four hours: half past five, ten in the night on Saturday, two more. */
    CHECK(hours_after(&hours, utc(2026, 11, 27, 15, 0), hour) == utc(2026, 11, 27, 16, 0));
    CHECK(hours_after(&hours, utc(2026, 11, 27, 15, 0), 4 * hour) == utc(2026, 11, 28, 23, 30));
    CHECK(hours_after(&hours, utc(2026, 11, 27, 18, 0), 0) == utc(2026, 11, 28, 21, 0));
    CHECK(hours_after(&hours, utc(2026, 12, 24, 16, 0), hour) == utc(2026, 12, 26, 21, 30));
    hours.opening_count = 0;
    CHECK(hours_after(&hours, utc(2026, 3, 29, 2, 0), hour) == utc(2026, 3, 29, 3, 0));
}

static void a_moment_that_the_clock_leaves_out_is_the_change_and_one_that_is_twice_the_first(void)
{
    struct plan_hours hours = office();

    CHECK(hours_moment(&hours, hours_day(2026, 3, 29), 150) == utc(2026, 3, 29, 1, 0));
    CHECK(hours_moment(&hours, hours_day(2026, 10, 25), 150) == utc(2026, 10, 25, 0, 30));
    CHECK(hours_moment(&hours, hours_day(2026, 7, 1), 0) == utc(2026, 6, 30, 22, 0));
}

static void what_is_no_zone_file_is_refused(void)
{
    static char bytes[65536];
    uint16_t count;
    int32_t first;
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Zurich", "rb");

    CHECK(file);
    uint32_t size = (uint32_t)fread(bytes, 1, sizeof(bytes), file);
    CHECK(fclose(file) == 0);
    CHECK(!zones_parse(TEXT("TZif"), changes, &count, &first));
    CHECK(!zones_parse(TEXT(""), changes, &count, &first));
    for (uint32_t cut = 0; cut + 60 < size; cut += 7) {
        struct text part = {bytes, cut};
        CHECK(!zones_parse(part, changes, &count, &first));
    }
}

#define QUEUES                                                                                  \
    "hours: {office: {time-zone: UTC, open: [\"mon-fri 08:00-17:30\", \"sat,sun 22:00-02:00\"]," \
    " holidays: [2026-12-25, \"01-01\"]}}\n"                                                    \
    "queues: {support: {skills: [billing, \"german 3\"], hours: office, when-closed: agent desk," \
    " priority: 2}, sales: {when-full: queue support}}\n"

static void hours_and_queues_become_a_plan(void)
{
    given(SERVER QUEUES, DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    CHECK(plan->hours_count == 1 && plan->hours[0].opening_count == 7);
    CHECK(plan->hours[0].openings[0].weekday == 1 && plan->hours[0].openings[0].to_min == 1050);
    CHECK(plan->hours[0].openings[5].weekday == 0 && plan->hours[0].openings[5].to_min == 1560);
    CHECK(plan->hours[0].holidays[0].year == 2026 && plan->hours[0].holidays[1].year == 0);
    CHECK(plan->queue_count == 2 && plan->skill_count == 2);
    const struct plan_queue *support = &plan->queues[0];
    CHECK(support->skills == 3 && support->levels[1] == 3 && support->hours == 0);
    CHECK(support->overflows[QUEUE_WHEN_CLOSED].kind == OVERFLOW_AGENT &&
          support->overflows[QUEUE_WHEN_CLOSED].to == 0);
    CHECK(support->overflows[QUEUE_WHEN_NOBODY].kind == OVERFLOW_WAIT);
    CHECK(support->keys[WISH_CALLBACK] == '1' && support->keys[WISH_AGENT] == '0');
    CHECK(plan->queues[1].overflows[QUEUE_WHEN_FULL].to == 0 && plan->queues[1].hours == -1);
}

static void what_is_wrong_with_hours_and_queues_has_a_cure(void)
{
    given(SERVER "hours:\n"
                 "  a: {time-zone: Mars/Base, open: [\"mon-fri 8-17\"], holidays: [02-30]}\n"
                 "queues:\n"
                 "  b: {hours: ofice, when-full: queue c, when-closed: wait}\n"
                 "  c: {when-full: queue b, keys: {\"11\": callback, \"2\": fax}}\n",
          DESK);
    expect("offhook.yaml:5: there is no time zone 'Mars/Base' in /usr/share/zoneinfo; write it as "
           "Europe/Zurich, America/New_York or UTC; the package is tzdata\n"
           "offhook.yaml:5: 'mon-fri 8-17' does not say when it is open; write days and times: "
           "\"mon-fri 08:00-17:30\", \"sat,sun 09:00-12:00\"\n"
           "offhook.yaml:5: '02-30' is not a day; write 2026-12-25, or \"12-25\" for every year\n"
           "offhook.yaml:7: there are no hours 'ofice'; add them under `hours`\n"
           "offhook.yaml:7: 'when-closed' is 'wait'; write queue NAME, voicemail, callback, "
           "unavailable, agent, agent NAME or goodbye\n"
           "offhook.yaml:7: 'when-full' leads back to 'b'; let one of these queues lead to "
           "voicemail, callback, an agent or goodbye\n"
           "offhook.yaml:8: '11' is not a key; keys are 0-9, *, #, A-D\n"
           "offhook.yaml:8: a waiting caller cannot ask for 'fax'; write callback, voicemail or "
           "agent\n"
           "offhook.yaml:8: 'when-full' leads back to 'c'; let one of these queues lead to "
           "voicemail, callback, an agent or goodbye\n");
}

static void a_queue_asks_only_where_the_question_is_true(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: carrier, host: \"192.0.2.1\"}]\n"
          "routes: [{number: \"*\", agent: desk}]\n"
          "queues:\n"
          "  a: {when-full: choice, when-waited: choice}\n", DESK);
    expect("");
    CHECK(result.config->plan.queues[0].overflows[QUEUE_WHEN_WAITED].kind == OVERFLOW_CHOICE);
    given(SERVER "queues:\n"
                 "  a: {when-closed: choice, when-full: wait}\n", DESK);
    expect("offhook.yaml:5: 'when-full' is 'wait'; write choice, queue NAME, voicemail, callback, "
           "unavailable, agent, agent NAME or goodbye\n"
           "offhook.yaml:5: 'when-closed' is 'choice'; write queue NAME, voicemail, callback, "
           "unavailable, agent, agent NAME or goodbye\n");
}

static void callbacks_have_hours(void)
{
    given(SERVER "hours: {day: {time-zone: UTC, open: [\"mon-sun 08:00-20:00\"]}}\n"
                 "callbacks: {hours: day}\n", DESK);
    expect("");
    CHECK(result.config->plan.callbacks.hours == 0);
    given(SERVER, DESK);
    expect("");
    CHECK(result.config->plan.callbacks.hours == -1);
    given(SERVER "callbacks: {hours: night}\n", DESK);
    expect("offhook.yaml:4: there are no hours 'night'; add them under `hours`\n");
}

static void intents_and_routes_lead_into_queues(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "queues: {support: }\n"
          "routes: [{number: \"7\", queue: support}, {number: \"*\", agent: desk}]\n",
          "---\ngreeting: Hello.\nintents:\n"
          "  person: {queue: support, priority: 4, examples: [a, b, c, d, e]}\n---\n");
    expect("");
    const struct plan *plan = &result.config->plan;
    CHECK(plan->routes[0].queue == 0 && plan->routes[0].agent == 0 && plan->routes[1].queue == -1);
    const struct plan_intent *intent = &plan->agents[0].intents[0];
    CHECK(intent->then == THEN_QUEUE && intent->queue == 0 && intent->priority == 4 && !intent->plain);
    given(SERVER, "---\ngreeting: Hello.\nintents:\n"
                  "  person: {queue: suport, to: desk, examples: [a, b, c, d, e]}\n---\n");
    expect("agents/desk.md:4: there is no queue 'suport'; add it under `queues`\n"
           "agents/desk.md:4: the intent 'person' leads two ways; keep one of `to`, `transfer` and "
           "`queue`\n");
}

int main(void)
{
    RUN(local_times_are_those_of_the_c_library);
    RUN(it_opens_by_the_clock_on_the_wall_in_winter_and_in_summer);
    RUN(holidays_are_closed_once_or_every_year);
    RUN(an_evening_may_end_on_the_next_day_whatever_the_clocks_do);
    RUN(the_next_opening_skips_weekends_and_holidays);
    RUN(time_counts_while_it_is_open);
    RUN(a_moment_that_the_clock_leaves_out_is_the_change_and_one_that_is_twice_the_first);
    RUN(what_is_no_zone_file_is_refused);
    RUN(hours_and_queues_become_a_plan);
    RUN(what_is_wrong_with_hours_and_queues_has_a_cure);
    RUN(callbacks_have_hours);
    RUN(a_queue_asks_only_where_the_question_is_true);
    RUN(intents_and_routes_lead_into_queues);
    config_free(&result);
    return 0;
}
