// SPDX-License-Identifier: Apache-2.0
/* journal_test.c - what was recorded is what is read, whatever happened to the files between. */
#include "given.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "store/journal.h"

static struct journal_reader *reader;
static struct journal_entry entry;

static void given_journal(uint64_t segment_bytes, uint64_t total_bytes)
{
    struct store_options options = {
        .dir = dir, .journal_segment_bytes = segment_bytes, .journal_total_bytes = total_bytes};
    if (!dir[0])
        given_dir();
    given_events(EVENTS_BYTES);
    CHECK(store_open(&store, &options, events, why, sizeof(why)) == 0);
}

static void start_reading(void)
{
    CHECK(journal_read_open(&reader, dir, why, sizeof(why)) == 0);
}

static void expect(enum journal_kind kind)
{
    bool more = journal_read(reader, &entry);
    if (entry.kind != kind)
        fprintf(stderr, "entry %d, expected %d\n", (int)entry.kind, (int)kind);
    CHECK(entry.kind == kind && more == (kind != JOURNAL_END));
}

static bool record(uint64_t now_ms, const char *text)
{
    struct event event = {.kind = SPEECH_FINAL,
                          .call = 3,
                          .leg = 4,
                          .now_ms = now_ms,
                          .at_ms = now_ms,
                          .heard = {.turn = 2, .text = text_of(text), .confidence_permille = 700}};
    struct command commands[2] = {turn("c1", noon_ms, text),
                                  {.kind = MEDIA_FLUSH, .call = 3, .leg = 4}};
    return journal_record(store, &event, commands, 2);
}

static bool is_step(uint64_t now_ms, const char *text)
{
    struct event event;
    struct command command;
    uint32_t size;

    if (entry.kind != JOURNAL_STEP || entry.command_count != 2)
        return false;
    size = journal_get_u32(entry.commands);
    return event_unpack(entry.bytes, entry.size, &event) && event.kind == SPEECH_FINAL &&
           event.now_ms == now_ms && text_equal(event.heard.text, text_of(text)) &&
           command_unpack(entry.commands + 4, size, &command) && command.kind == STORE_TURN &&
           text_equal(command.turn.text, text_of(text));
}

static void steps_come_back_as_they_were_recorded(void)
{
    given_journal(1 << 20, 0);
    journal_plan(store, 2, 9, "agents: front-desk", 18);
    CHECK(!record(1000, "hello"));
    CHECK(!record(1020, ""));
    struct event fired = {.kind = TIMER_FIRED, .call = 3, .now_ms = 1040};
    CHECK(!journal_record(store, &fired, NULL, 0));
    close_store();

    start_reading();
    expect(JOURNAL_SNAPSHOT);
    CHECK(entry.size == 0); /* A fresh core. */
    expect(JOURNAL_PLAN);
    CHECK(entry.slot == 2 && entry.serial == 9 && entry.size == 18 &&
          memcmp(entry.bytes, "agents: front-desk", 18) == 0);
    expect(JOURNAL_STEP);
    CHECK(is_step(1000, "hello"));
    expect(JOURNAL_STEP);
    CHECK(is_step(1020, ""));
    expect(JOURNAL_STEP);
    CHECK(entry.command_count == 0 && entry.commands_size == 0);
    expect(JOURNAL_END);
    journal_read_close(reader);
    remove_dir();
}

static void a_new_segment_begins_with_the_plans_in_use_and_the_snapshot(void)
{
    static uint8_t state[3000000];
    uint64_t now_ms = 1;

    memset(state, 0x5a, sizeof(state));
    given_journal(10000, 0);
    journal_plan(store, 0, 1, "one", 3);
    journal_plan(store, 1, 2, "two", 3);
    struct event event = {.kind = TIMER_FIRED, .now_ms = 1};
    struct command drop = {.kind = PLAN_DROP, .plan = {.slot = 0}};
    CHECK(!journal_record(store, &event, &drop, 1));
    while (!record(now_ms, "many words of many callers"))
        now_ms++;
    journal_plan(store, 1, 2, "two", 3); /* Known: not written twice. */
    journal_snapshot(store, state, sizeof(state));
    CHECK(!record(99999, "after"));
    close_store();

    start_reading();
    do {
        CHECK(journal_read(reader, &entry));
    } while (!is_step(now_ms, "many words of many callers")); /* The last of the first segment. */
    expect(JOURNAL_PLAN);
    CHECK(entry.slot == 1 && entry.serial == 2);
    expect(JOURNAL_SNAPSHOT);
    CHECK(entry.size == sizeof(state) && memcmp(entry.bytes, state, sizeof(state)) == 0);
    expect(JOURNAL_STEP);
    CHECK(is_step(99999, "after"));
    expect(JOURNAL_END);
    journal_read_close(reader);
    remove_dir();
}

static void a_day_old_segment_is_due_whatever_its_size(void)
{
    given_journal(1 << 20, 0);
    CHECK(!record(5000, "a"));
    CHECK(!record(5000 + 86399999, "b"));
    CHECK(record(5000 + 86400000, "c"));
    CHECK(record(5000 + 86400001, "d")); /* The wish comes back until it is met. */
    journal_snapshot(store, "state", 5);
    CHECK(!record(5000 + 86400002, "e"));
    then_nothing_is_left();
}

static uint64_t bytes_on_disk(uint32_t *count)
{
    struct journal_segment *list;
    uint64_t bytes = 0;

    CHECK(journal_list(dir, &list, count) == 0);
    for (uint32_t i = 0; i < *count; i++)
        bytes += list[i].size;
    free(list);
    return bytes;
}

static void the_oldest_segments_leave_when_the_whole_is_too_large(void)
{
    uint32_t count;

    given_journal(20000, 100000);
    for (uint64_t i = 1; i < 8000; i++) {
        if (record(i, "many words of many callers"))
            journal_snapshot(store, "state", 5);
        if (i % 1000 == 0)
            clock_sleep_until_ns(clock_ns() + 150000000);
    }
    close_store();
    CHECK(bytes_on_disk(&count) <= 100000 && count >= 3);
    start_reading();
    expect(JOURNAL_SNAPSHOT); /* What is left begins where a replay can begin. */
    CHECK(entry.size == 5);
    journal_read_close(reader);
    remove_dir();
}

static void path_of(uint32_t number, char out[128])
{
    char name[JOURNAL_NAME];
    journal_segment_name(number, name);
    snprintf(out, 128, "%s/%s", dir, name);
}

static void old_segments_leave_at_the_next_start(void)
{
    struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    uint32_t count;
    char path[128];

    for (int i = 0; i < 3; i++) {
        given_journal(1 << 20, 0);
        close_store();
    }
    path_of(1, path);
    CHECK(utimensat(AT_FDCWD, path, old, 0) == 0);
    given_journal(1 << 20, 0);
    close_store();
    (void)bytes_on_disk(&count);
    CHECK(count == 3 && access(path, F_OK) < 0);
    remove_dir();
}

static void a_segment_without_its_snapshot_cannot_fill_the_disk(void)
{
    uint32_t count;

    given_journal(5000, 100000);
    for (uint64_t i = 1; i < 2000; i++)
        (void)record(i, "many words of many callers"); /* A caller who ignores the wish. */
    close_store();
    CHECK(bytes_on_disk(&count) < 6 * 5000 && count == 1);
    remove_dir();
}

static size_t load(uint32_t number, uint8_t *out, size_t size)
{
    char path[128];
    path_of(number, path);
    FILE *file = fopen(path, "r");
    CHECK(file);
    size = fread(out, 1, size, file);
    fclose(file);
    return size;
}

static void save(uint32_t number, const uint8_t *bytes, size_t size)
{
    char path[128];
    path_of(number, path);
    FILE *file = fopen(path, "w");
    CHECK(file && fwrite(bytes, 1, size, file) == size);
    fclose(file);
}

static void given_two_segments(void)
{
    given_journal(1 << 20, 0);
    CHECK(!record(1, "first") && !record(2, "second") && !record(3, "third"));
    close_store();
    given_journal(1 << 20, 0);
    CHECK(!record(4, "of the next run"));
    close_store();
}

static size_t start_of_last_record(const uint8_t *bytes, size_t size)
{
    static struct journal_crc crc;
    size_t at = JOURNAL_HEADER, last = at;

    journal_crc_init(&crc);
    for (; at < size;) {
        last = at;
        CHECK(journal_parse(&crc, bytes, size, &at, &entry) == JOURNAL_PARSED);
    }
    return last;
}

static void a_segment_cut_at_any_byte_of_its_last_record_ends_before_it(void)
{
    static uint8_t bytes[65536];

    given_two_segments();
    size_t size = load(1, bytes, sizeof(bytes)), last = start_of_last_record(bytes, size);
    for (size_t cut = last; cut < size; cut++) {
        save(1, bytes, cut);
        start_reading();
        expect(JOURNAL_SNAPSHOT);
        expect(JOURNAL_STEP);
        CHECK(is_step(1, "first"));
        expect(JOURNAL_STEP);
        CHECK(is_step(2, "second"));
        if (cut > last)
            expect(JOURNAL_GAP);
        expect(JOURNAL_SNAPSHOT);
        expect(JOURNAL_STEP);
        CHECK(is_step(4, "of the next run"));
        expect(JOURNAL_END);
        journal_read_close(reader);
    }
    remove_dir();
}

/* Every bit of the segment in turn: what comes back is a beginning of what was written. */
static void no_flipped_bit_goes_unnoticed(void)
{
    static uint8_t bytes[65536];

    given_two_segments();
    size_t size = load(1, bytes, sizeof(bytes));
    for (size_t bit = 0; bit < 8 * size; bit++) {
        static const char *const texts[] = {"first", "second", "third"};
        uint32_t steps = 0;
        bool gap = false;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        save(1, bytes, size);
        start_reading();
        while (journal_read(reader, &entry) && !is_step(4, "of the next run")) {
            if (entry.kind == JOURNAL_STEP) {
                CHECK(!gap && steps < 3 && is_step(steps + 1, texts[steps]));
                steps++;
            }
            gap = gap || entry.kind == JOURNAL_GAP;
        }
        CHECK(gap && steps < 3 && entry.kind == JOURNAL_STEP);
        journal_read_close(reader);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    remove_dir();
}

static void a_step_whose_parts_do_not_fill_it_is_damage(void)
{
    /* Event of 1 byte, one command of 2, and one byte that nothing accounts for. */
    uint8_t bytes[JOURNAL_RECORD_HEAD + 16] = {16, [8] = JOURNAL_STEP, 1, 0, 0, 0, 7, 1, [18] = 2};
    struct journal_crc crc;

    journal_crc_init(&crc);
    for (uint8_t size = 15; size <= 16; size++) {
        size_t at = 0;
        bytes[0] = size;
        uint32_t sum = journal_crc_of(&crc, 0, bytes, 4);
        journal_put_u32(bytes + 4, journal_crc_of(&crc, sum, bytes + 8, size + 1U));
        enum journal_parse_result result =
            journal_parse(&crc, bytes, JOURNAL_RECORD_HEAD + (size_t)size, &at, &entry);
        CHECK(result == (size == 15 ? JOURNAL_PARSED : JOURNAL_DAMAGED));
    }
}

static void a_journal_of_another_version_is_named_not_misread(void)
{
    static uint8_t bytes[65536];
    struct journal_crc crc;

    given_journal(1 << 20, 0);
    close_store();
    size_t size = load(1, bytes, sizeof(bytes));
    bytes[16] ^= 1; /* The digest, with a checksum that agrees. */
    memcpy(bytes + 32, "7.7.7", 6);
    journal_crc_init(&crc);
    journal_put_u32(bytes + 12, journal_crc_of(&crc, 0, bytes + 16, JOURNAL_HEADER - 16));
    save(1, bytes, size);
    CHECK(journal_read_open(&reader, dir, why, sizeof(why)) == -EPROTO && strstr(why, "7.7.7"));
    given_dir();
    CHECK(journal_read_open(&reader, dir, why, sizeof(why)) == -ENOENT && strstr(why, dir));
    remove_dir();
}

static void what_the_store_was_too_slow_for_is_counted_in_a_gap_and_asks_for_a_snapshot(void)
{
    static char text[900];
    uint64_t now_ms = 1000, recorded = 0, lost = 0;

    memset(text, 'w', sizeof(text) - 1);
    given_journal(1ULL << 30, 0);
    /* 20,000 steps of 2 KB are posted faster than they are written: 8 MiB of them wait at most. */
    for (int i = 0; i < 20000; i++, recorded++)
        CHECK(!record(now_ms, text));
    clock_sleep_until_ns(clock_ns() + 500000000);
    CHECK(!record(now_ms + 999, text)); /* Not at once: the store has just been behind. */
    bool due = record(now_ms + 1100, text);
    journal_snapshot(store, "state", 5);
    CHECK(!record(now_ms + 2200, "the end"));
    recorded += 3;
    close_store();

    start_reading();
    uint64_t steps = 0;
    bool after_gap = false;
    while (journal_read(reader, &entry)) {
        if (entry.kind == JOURNAL_GAP)
            lost += entry.lost;
        steps += entry.kind == JOURNAL_STEP;
        after_gap = entry.kind == JOURNAL_SNAPSHOT && entry.size == 5 ? true : after_gap;
    }
    CHECK(steps + lost == recorded && after_gap);
    CHECK(due == (lost > 0));
    journal_read_close(reader);
    remove_dir();
}

static void a_file_that_cannot_grow_costs_steps_and_no_calls(void)
{
    struct store_figures figures;
    struct rlimit limit;

    given_journal(1 << 24, 0);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 1500000; /* The database needs less. */
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (uint64_t i = 1; i < 15000; i++)
        (void)record(i, "many words of many callers");
    clock_sleep_until_ns(clock_ns() + 400000000);
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    CHECK(store_figures(store, &figures) && figures.journal_lost > 0 && figures.failing_ms == 0);
    limit.rlim_cur = RLIM_INFINITY;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    (void)record(50000, "room again");
    close_store();

    start_reading();
    uint64_t steps = 0, lost = 0;
    while (journal_read(reader, &entry)) {
        steps += entry.kind == JOURNAL_STEP;
        if (entry.kind == JOURNAL_GAP)
            lost += entry.lost;
        if (entry.kind == JOURNAL_STEP && steps + lost == 15000)
            CHECK(is_step(50000, "room again"));
    }
    CHECK(steps + lost == 15000 && lost == figures.journal_lost);
    journal_read_close(reader);
    remove_dir();
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    RUN(steps_come_back_as_they_were_recorded);
    RUN(a_new_segment_begins_with_the_plans_in_use_and_the_snapshot);
    RUN(a_day_old_segment_is_due_whatever_its_size);
    RUN(the_oldest_segments_leave_when_the_whole_is_too_large);
    RUN(old_segments_leave_at_the_next_start);
    RUN(a_segment_without_its_snapshot_cannot_fill_the_disk);
    RUN(a_segment_cut_at_any_byte_of_its_last_record_ends_before_it);
    RUN(no_flipped_bit_goes_unnoticed);
    RUN(a_step_whose_parts_do_not_fill_it_is_damage);
    RUN(a_journal_of_another_version_is_named_not_misread);
    RUN(what_the_store_was_too_slow_for_is_counted_in_a_gap_and_asks_for_a_snapshot);
    RUN(a_file_that_cannot_grow_costs_steps_and_no_calls);
    mailbox_close(events);
    return 0;
}
