// SPDX-License-Identifier: Apache-2.0
/* store_test.c - what the account promises. */
#include "given.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void a_call_is_in_the_database_before_it_is_acknowledged(void)
{
    given_store();
    post(opened("c1", 7));
    struct event event = next_event();
    CHECK(event.kind == STORE_OPENED && event.call == 7 && event.leg == 8);
    CHECK(number("SELECT count(*) FROM calls WHERE ref = 'c1'") == 1);
    then_nothing_is_left();
}

/* Stands before the C library's: the disk, slow or broken on demand. */
enum disk { DISK_WELL, DISK_SLOW, DISK_BROKEN };
static int disk;
static uint32_t syncs;

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&disk, __ATOMIC_SEQ_CST) == DISK_SLOW)
        clock_sleep_until_ns(clock_ns() + 1000000);
    if (__atomic_load_n(&disk, __ATOMIC_SEQ_CST) == DISK_BROKEN) {
        errno = EIO;
        return -1;
    }
    return fsync(fd);
}

static void the_disk_is(enum disk state)
{
    __atomic_store_n(&disk, state, __ATOMIC_SEQ_CST);
}

static void no_call_is_acknowledged_before_the_disk_has_confirmed_it(void)
{
    given_store();
    the_disk_is(DISK_SLOW);
    uint32_t before = __atomic_load_n(&syncs, __ATOMIC_SEQ_CST);
    post(opened("c1", 1));
    CHECK(event_within(100).kind == EVENT_NONE);
    CHECK(__atomic_load_n(&syncs, __ATOMIC_SEQ_CST) == before + 1); /* It has been asked. */
    post(opened("c2", 2));
    CHECK(event_within(50).kind == EVENT_NONE);
    the_disk_is(DISK_WELL);
    CHECK(next_event().call == 1 && next_event().call == 2);
    then_nothing_is_left();
}

static void what_a_disk_did_not_confirm_is_written_again_once(void)
{
    given_store();
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    the_disk_is(DISK_BROKEN);
    post(closed("c1", noon_ms + 1000));
    post(opened("c2", 2));
    struct event event = next_event();
    CHECK(event.kind == STORE_FAILED && event.call == 2 && !text_empty(event.store.why));
    the_disk_is(DISK_WELL);
    close_store();
    CHECK(number("SELECT count(*) FROM calls") == 2);
    CHECK(is(word("SELECT cause FROM calls WHERE ref = 'c1'"), "caller_hung_up"));
    remove_dir();
}

static void every_fact_of_a_call_is_in_its_table(void)
{
    given_store();
    post(opened("c1", 1));
    post(answered("c1"));
    post(turn("c1", noon_ms + 3000, "my bill is wrong again"));
    post((struct command){.kind = STORE_KEY,
                          .key = {.ref = TEXT("c1"),
                                  .wall_ms = noon_ms + 4000,
                                  .key = '#',
                                  .source = KEY_INBAND,
                                  .meaning = TEXT("")}});
    post((struct command){.kind = STORE_HANDOVER,
                          .handover = {.ref = TEXT("c1"),
                                       .wall_ms = noon_ms + 5000,
                                       .from = TEXT("front-desk"),
                                       .to = TEXT("billing"),
                                       .intent = TEXT("billing"),
                                       .reason = TEXT("intent"),
                                       .sentiment = SENTIMENT_FRUSTRATED}});
    post((struct command){.kind = STORE_LEDGER,
                          .ledger = {.ref = TEXT("c1"),
                                     .wall_ms = noon_ms + 6000,
                                     .turn = 1,
                                     .audible_ms = 640,
                                     .first_token_ms = -1,
                                     .interrupted = true}});
    post(closed("c1", noon_ms + 10000));
    close_store();

    CHECK(is(word("SELECT caller || called || trunk || first_agent || agent || cause FROM calls"),
             "+14155550123+14155550100carrierfront-deskbillingcaller_hung_up"));
    CHECK(number("SELECT ended_ms - started_ms FROM calls") == 10000);
    CHECK(number("SELECT answered_ms - started_ms FROM calls") == 200);
    CHECK(is(word("SELECT source || transport || codec || received || lost FROM legs"),
             "192.0.2.7:5060tcppcma4902"));
    CHECK(
        is(word("SELECT speaker || text || intent || sentiment || confidence_permille FROM turns"),
           "callermy bill is wrong againbillingfrustrated912"));
    CHECK(is(word("SELECT key || source FROM keys"), "#inband"));
    CHECK(is(word("SELECT from_agent || to_agent || reason FROM handovers"),
             "front-deskbillingintent"));
    CHECK(number("SELECT audible_ms FROM ledger") == 640);
    CHECK(is(word("SELECT first_token_ms FROM ledger"), "(null)")); /* It did not happen. */
    remove_dir();
}

static struct command tool(enum tool_state state, uint32_t number)
{
    return (struct command){.kind = STORE_TOOL,
                            .call = 1,
                            .tool_account = {.ref = TEXT("c1"),
                                             .wall_ms = noon_ms + 3000,
                                             .turn = 2,
                                             .number = number,
                                             .agent = TEXT("desk"),
                                             .name = TEXT("book"),
                                             .arguments = TEXT("{}"),
                                             .key = TEXT("c1-2-1"),
                                             .state = state,
                                             .outcome = TOOL_TIMED_OUT,
                                             .attempts = 3}};
}

static void a_tool_is_answered_when_it_is_written_down_and_its_end_is_kept(void)
{
    given_store();
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    post((struct command){.kind = STORE_TASK,
                          .task = {.ref = TEXT("c1"),
                                   .turn = 2,
                                   .number = 1,
                                   .kind = TASK_CALLBACK,
                                   .party = TEXT("4711"),
                                   .due = TEXT("tomorrow")}});
    post(tool(TOOL_STATE_ASKED, 1));
    struct event event = next_event();
    CHECK(event.kind == STORE_NOTED && event.noted.turn == 2 && event.noted.number == 1);
    CHECK(number("SELECT count(*) FROM tools WHERE state = 'asked'") == 1);
    post(tool(TOOL_STATE_FAILED, 1));
    close_store();
    CHECK(is(word("SELECT state || outcome || attempts FROM tools"), "failedtimed_out3"));
    CHECK(is(word("SELECT kind || party || due FROM tasks"), "callback4711tomorrow"));
    remove_dir();
}

static void a_tool_whose_end_a_crash_hid_is_told_as_unknown(void)
{
    given_store();
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    post(tool(TOOL_STATE_ASKED, 1));
    CHECK(next_event().kind == STORE_NOTED);
    close_store();
    CHECK(number("SELECT count(*) FROM tools WHERE state = 'asked'") == 1);
    open_store();
    CHECK(is(word("SELECT state || '/' || outcome || '/' || text FROM tools"),
             "failed/timed_out/the server stopped before its end was known"));
    then_nothing_is_left();
}

static void what_is_done_about_late_turns_is_written_down(void)
{
    given_store();
    post((struct command){.kind = STORE_SLO,
                          .slo = {.name = TEXT("model"),
                                  .wall_ms = noon_ms,
                                  .kind = SLO_PROVIDER,
                                  .step = SLO_STEP_AVOIDED,
                                  .measure = SLO_ROUND_TRIP,
                                  .turns = 30,
                                  .late = 9,
                                  .burn_hundredths = 600}});
    close_store();
    CHECK(is(word("SELECT kind || name || step || was || measure || turns || late FROM slo"),
             "providermodelavoidednoneround_trip309"));
    remove_dir();
}

static struct command counted(uint64_t wall_ms, uint32_t turns, uint32_t late)
{
    return (struct command){.kind = STORE_SLO_COUNT,
                            .slo = {.name = TEXT("desk"),
                                    .wall_ms = wall_ms,
                                    .kind = SLO_AGENT,
                                    .measure = SLO_ROUND_TRIP,
                                    .turns = turns,
                                    .late = late}};
}

static void turns_that_were_late_before_a_restart_still_count(void)
{
    uint64_t now_ms = clock_wall_ms();
    struct slo_count of[SLO_SPANS] = {{0, 0}, {0, 0}, {0, 0}};

    given_store();
    post(counted(now_ms - 40ull * 86400000, 1000, 1000)); /* Too old for anything. */
    post(counted(now_ms - 3ull * 86400000, 100, 10));
    post(counted(now_ms - 3ull * 3600000, 20, 2));
    post(counted(now_ms, 4, 1));
    post(counted(now_ms, 1, 1));
    close_store();
    CHECK(number("SELECT sum(turns) FROM slo_counts WHERE name = 'desk'") == 1125);
    open_store();
    for (int i = 0; i < 5; i++) {
        struct event event = next_event();
        CHECK(event.kind == STORE_SLO_KNOWN && text_equal(event.counted.name, TEXT("desk")));
        CHECK(event.counted.kind == SLO_AGENT && event.counted.measure == SLO_ROUND_TRIP);
        of[event.counted.span].turns += event.counted.turns;
        of[event.counted.span].late += event.counted.late;
    }
    CHECK(of[SLO_MINUTES].turns == 5 && of[SLO_MINUTES].late == 2);
    CHECK(of[SLO_HOURS].turns == 25 && of[SLO_HOURS].late == 4);
    CHECK(of[SLO_DAYS].turns == 125 && of[SLO_DAYS].late == 14);
    CHECK(number("SELECT sum(turns) FROM slo_counts") == 125);
    then_nothing_is_left();
}

static void what_was_posted_is_written_when_the_store_closes(void)
{
    char ref[16];

    given_store();
    for (uint32_t i = 0; i < 3000; i++) {
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, i + 1));
        post(closed(ref, noon_ms + 1000));
    }
    close_store();
    CHECK(number("SELECT count(*) FROM calls WHERE cause = 'caller_hung_up'") == 3000);
    remove_dir();
}

static void commands_share_commits(void)
{
    struct store_figures figures;
    char ref[16];

    given_store();
    for (uint32_t i = 0; i < 2000; i++) {
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, i + 1));
    }
    for (uint32_t i = 0; i < 2000; i++) {
        struct event event = next_event();
        CHECK(event.kind == STORE_OPENED && event.call == i + 1);
    }
    CHECK(store_figures(store, &figures));
    CHECK(figures.commands == 2000 && figures.batches >= 8 && figures.batches < 1000);
    CHECK(figures.failing_ms == 0 && figures.rejected == 0 && figures.pending == 0);
    then_nothing_is_left();
}

static void a_reference_used_twice_is_refused_and_the_batch_goes_on(void)
{
    struct store_figures figures;

    given_store();
    post(opened("c1", 1));
    post(opened("c1", 2));
    post(opened("c3", 3));
    CHECK(next_event().kind == STORE_OPENED);
    struct event event = next_event();
    CHECK(event.kind == STORE_FAILED && event.call == 2 && !text_empty(event.store.why));
    event = next_event();
    CHECK(event.kind == STORE_OPENED && event.call == 3);
    post(turn("nobody", noon_ms, "hello"));
    post(closed("c3", noon_ms + 1));
    post(closed("c3", noon_ms + 2));
    post((struct command){.kind = SIP_HANG_UP});
    CHECK(mailbox_post(store_mailbox(store), "\xff\xff\xff", 3) == MAILBOX_OK);
    close_store();
    open_store();
    CHECK(store_figures(store, &figures) && figures.recovered == 1);
    CHECK(number("SELECT count(*) FROM calls") == 2 && number("SELECT count(*) FROM turns") == 0);
    CHECK(number("SELECT ended_ms FROM calls WHERE ref = 'c3'") == (int64_t)noon_ms + 1);
    then_nothing_is_left();
}

static void calls_without_an_end_are_closed_at_their_last_known_activity(void)
{
    given_store();
    post(opened("c1", 1));
    post(opened("c2", 2));
    post(answered("c2"));
    post(turn("c2", noon_ms + 7000, "hello"));
    post(opened("c3", 3));
    post(closed("c3", noon_ms + 1000));
    close_store(); /* As a crash leaves it: nothing at closing touches calls that are up. */
    CHECK(number("SELECT count(*) FROM calls WHERE ended_ms IS NULL") == 2);

    open_store();
    CHECK(number("SELECT count(*) FROM calls WHERE ended_ms IS NULL") == 0);
    CHECK(number("SELECT count(*) FROM legs WHERE ended_ms IS NULL") == 0);
    CHECK(is(word("SELECT cause FROM calls WHERE ref = 'c3'"), "caller_hung_up"));
    CHECK(is(word("SELECT cause || (ended_ms - started_ms) || '/' || ring_ms || '/' || talk_ms"
                  " FROM calls WHERE ref = 'c1'"),
             "server_failure0/0/0"));
    CHECK(is(word("SELECT cause || (ended_ms - started_ms) || '/' || ring_ms || '/' || talk_ms ||"
                  " '/' || turns || intent FROM calls WHERE ref = 'c2'"),
             "server_failure7000/200/6800/1billing"));
    then_nothing_is_left();
}

static void only_the_owner_can_read_the_files(void)
{
    static const char *const names[] = {"offhook.db", "offhook.db-wal", "offhook.db-shm", "lock",
                                        "journal/00000001.ofj"};
    char path[128];
    struct stat stat_of;
    mode_t before = umask(0);

    given_dir();
    rmdir(dir);
    given_events(EVENTS_BYTES);
    open_store();
    post(opened("c1", 1));
    CHECK(next_event().kind == STORE_OPENED);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        CHECK(stat(path, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0600);
    }
    CHECK(stat(dir, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0700);
    snprintf(path, sizeof(path), "%s/journal", dir);
    CHECK(stat(path, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0700);
    umask(before);
    then_nothing_is_left();
}

static int open_second(void)
{
    struct store_options options = {.dir = dir};
    struct store *second;
    return store_open(&second, &options, events, why, sizeof(why));
}

static void a_second_server_is_told_which_process_has_the_directory(void)
{
    char pid[32];

    given_store();
    snprintf(pid, sizeof(pid), "process %d", getpid());
    CHECK(open_second() == -EBUSY && strstr(why, pid));
    close_store();
    open_store();
    then_nothing_is_left();
}

static void a_helper_that_outlives_a_killed_server_does_not_keep_the_next_one_out(void)
{
    int status;

    given_dir();
    given_events(EVENTS_BYTES);
    pid_t server = fork();
    CHECK(server >= 0);
    if (server == 0) {
        open_store();
        if (fork() == 0) { /* Holds the inherited descriptor of the lock for a moment. */
            clock_sleep_until_ns(clock_ns() + 300000000);
            _exit(0);
        }
        _exit(0);
    }
    CHECK(waitpid(server, &status, 0) == server && status == 0);
    open_store();
    then_nothing_is_left();
}

static void run_sql(const char *sql)
{
    char path[128];
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void a_database_of_a_newer_version_or_of_another_program_is_left_alone(void)
{
    given_store();
    close_store();
    CHECK(number("SELECT max(version) FROM migrations") == number("PRAGMA user_version"));
    run_sql("PRAGMA user_version = 999");
    CHECK(open_second() == -EPROTO && strstr(why, "999"));
    given_dir();
    run_sql("CREATE TABLE photos (id)");
    CHECK(open_second() == -EPROTO && number("SELECT count(*) FROM sqlite_schema") == 1);
    given_dir();
    char path[128];
    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    FILE *file = fopen(path, "w");
    CHECK(file && fputs("this is not a database, it is a letter to a friend of mine", file) > 0);
    fclose(file);
    CHECK(open_second() == -EPROTO);
    remove_dir();
}

static void an_unusable_directory_is_an_error_with_its_name(void)
{
    struct store_options options = {.dir = "/proc/nowhere/at/all"};
    struct store *none;

    given_events(EVENTS_BYTES);
    CHECK(store_open(&none, &options, events, why, sizeof(why)) < 0);
    CHECK(strstr(why, "/proc/nowhere"));
}

/* The longest file that there is. */
static rlim_t longest_file(void)
{
    static const char *const names[] = {"offhook.db", "offhook.db-wal", "offhook.db-shm"};
    struct stat found;
    rlim_t longest = 0;
    char path[128];

    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        if (stat(path, &found) == 0 && (rlim_t)found.st_size > longest)
            longest = (rlim_t)found.st_size;
    }
    return longest;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* A full disk as the store sees it: writes fail. Then there is room again. */
static void a_full_disk_is_said_of_each_call_and_none_is_lost(void)
{
    struct store_figures figures;
    char ref[16];
    int promised = 0, refused = 0;

    given_store();
    post(opened("first", 1));
    CHECK(next_event().kind == STORE_OPENED);
    limit_files(longest_file() + 100000);
    for (uint32_t i = 0; i < 600; i++) {
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, i + 2));
        struct event event = next_event(); /* Each is answered, exactly once. */
        CHECK(event.call == i + 2);
        CHECK(event.kind == STORE_OPENED || !text_empty(event.store.why));
        promised += event.kind == STORE_OPENED;
        refused += event.kind == STORE_FAILED;
    }
    CHECK(promised > 0 && refused > 0);
    post(closed("first", noon_ms + 5000)); /* A call that is up ends while the disk is full. */
    CHECK(store_figures(store, &figures) && figures.failing_ms > 0 && figures.failures > 0);
    CHECK(figures.pending > 0 && figures.why[0]);

    limit_files(RLIM_INFINITY);
    for (uint64_t until_ms = clock_ms() + ANSWER_MS;;) {
        CHECK(clock_ms() < until_ms);
        CHECK(store_figures(store, &figures));
        if (figures.failing_ms == 0 && figures.pending == 0)
            break;
        clock_sleep_until_ns(clock_ns() + 20000000);
    }
    post(opened("last", 9000));
    struct event event = next_event();
    CHECK(event.kind == STORE_OPENED &&
          event.call == 9000); /* No late answer for the refused ones. */
    CHECK(number("SELECT count(*) FROM calls") == 602);
    CHECK(is(word("SELECT cause FROM calls WHERE ref = 'first'"), "caller_hung_up"));
    then_nothing_is_left();
}

static void answers_wait_for_room_in_the_cores_mailbox(void)
{
    char ref[16];

    given_dir();
    given_events(64); /* Two or three answers. */
    open_store();
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, i + 1));
    }
    clock_sleep_until_ns(clock_ns() + 100000000);
    for (uint32_t i = 0; i < 100; i++)
        CHECK(next_event().call == i + 1);
    then_nothing_is_left();
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    RUN(a_call_is_in_the_database_before_it_is_acknowledged);
    RUN(no_call_is_acknowledged_before_the_disk_has_confirmed_it);
    RUN(what_a_disk_did_not_confirm_is_written_again_once);
    RUN(every_fact_of_a_call_is_in_its_table);
    RUN(a_tool_is_answered_when_it_is_written_down_and_its_end_is_kept);
    RUN(a_tool_whose_end_a_crash_hid_is_told_as_unknown);
    RUN(what_is_done_about_late_turns_is_written_down);
    RUN(turns_that_were_late_before_a_restart_still_count);
    RUN(what_was_posted_is_written_when_the_store_closes);
    RUN(commands_share_commits);
    RUN(a_reference_used_twice_is_refused_and_the_batch_goes_on);
    RUN(calls_without_an_end_are_closed_at_their_last_known_activity);
    RUN(only_the_owner_can_read_the_files);
    RUN(a_second_server_is_told_which_process_has_the_directory);
    RUN(a_helper_that_outlives_a_killed_server_does_not_keep_the_next_one_out);
    RUN(a_database_of_a_newer_version_or_of_another_program_is_left_alone);
    RUN(an_unusable_directory_is_an_error_with_its_name);
    RUN(a_full_disk_is_said_of_each_call_and_none_is_lost);
    RUN(answers_wait_for_room_in_the_cores_mailbox);
    mailbox_close(events);
    return 0;
}
