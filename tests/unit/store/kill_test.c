// SPDX-License-Identifier: Apache-2.0
/* kill_test.c - a server is killed at random instants while it writes; the account is asked after.
 */
#include "given.h"

#include <signal.h>
#include <sys/wait.h>

enum { ROUNDS = 10, CALLS_MOST = 200000 };

/* One line a fact, in the order in which they became true: "o REF" acknowledged. A call whose end
 * was posted before a later call was acknowledged has a durable end too: "c REF". One write each.
 */
static void say(int fd, char what, const char *ref)
{
    char line[32];
    int size = snprintf(line, sizeof(line), "%c %s\n", what, ref);
    if (write(fd, line, (size_t)size) != size)
        _exit(1);
}

/* Opens calls; ends every second one as soon as it is acknowledged. Never returns. */
static void be_a_server(int fd, int round)
{
    char ref[24], ended[24] = "";

    open_store();
    for (uint32_t next = 0, done = 0; done < CALLS_MOST;) {
        for (; next < done + 20; next++) {
            snprintf(ref, sizeof(ref), "r%d-%u", round, next);
            post(opened(ref, next + 1));
        }
        struct event event = next_event();
        if (event.kind != STORE_OPENED)
            _exit(1);
        uint32_t call = event.call - 1;
        snprintf(ref, sizeof(ref), "r%d-%u", round, call);
        say(fd, 'o', ref);
        if (call % 40 == 39 && ended[0]) /* Its end went before this call's opening by 20 calls. */
            say(fd, 'c', ended);
        if (call % 40 == 1) {
            post(closed(ref, noon_ms + 1000));
            memcpy(ended, ref, sizeof(ended));
        } else if (call % 2 == 1) {
            post(closed(ref, noon_ms + 1000));
        }
        done = call + 1;
    }
    _exit(1);
}

static void check_line(const char *line, sqlite3_stmt *find, uint32_t *finished)
{
    sqlite3_reset(find);
    sqlite3_bind_text(find, 1, line + 2, -1, SQLITE_TRANSIENT);
    CHECK(sqlite3_step(find) == SQLITE_ROW);
    const char *cause = (const char *)sqlite3_column_text(find, 0);
    if (line[0] == 'c') {
        CHECK(cause && strcmp(cause, "caller_hung_up") == 0);
        (*finished)++;
    } else {
        CHECK(cause &&
              (strcmp(cause, "caller_hung_up") == 0 || strcmp(cause, "server_failure") == 0));
    }
}

/* Returns how many calls had been acknowledged. */
static uint32_t then_every_acknowledged_call_is_there(FILE *said)
{
    char line[64];
    uint32_t count = 0, finished = 0;
    sqlite3 *db;
    sqlite3_stmt *find = ask(&db, "SELECT cause FROM calls WHERE ref = ?1");

    while (fgets(line, sizeof(line), said)) {
        char *end = strchr(line, '\n');
        if (!end)
            break;
        *end = '\0';
        check_line(line, find, &finished);
        count += line[0] == 'o';
    }
    sqlite3_finalize(find);
    sqlite3_close(db);
    printf("# %u calls acknowledged, %u ends known to be durable\n", count, finished);
    return count;
}

static uint32_t kill_one_round(int round, uint64_t *seed)
{
    int pipes[2], status;

    CHECK(pipe(pipes) == 0);
    pid_t server = fork();
    CHECK(server >= 0);
    if (server == 0) {
        close(pipes[0]);
        be_a_server(pipes[1], round);
    }
    close(pipes[1]);
    FILE *said = tmpfile();
    char bytes[4096];
    uint64_t end_ns = 0;
    ssize_t size;
    CHECK(said);
    while ((size = read(pipes[0], bytes, sizeof(bytes))) > 0) {
        if (end_ns == 0) /* It lives: up to 100 ms more. */
            end_ns = clock_ns() + check_random(seed) % 100000000;
        CHECK(fwrite(bytes, 1, (size_t)size, said) == (size_t)size);
        if (clock_ns() >= end_ns)
            kill(server, SIGKILL);
    }
    close(pipes[0]);
    CHECK(waitpid(server, &status, 0) == server);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    rewind(said);
    open_store(); /* The next server. */
    uint32_t count = then_every_acknowledged_call_is_there(said);
    fclose(said);
    CHECK(number("SELECT count(*) FROM calls WHERE ended_ms IS NULL OR cause IS NULL") == 0);
    CHECK(number("SELECT count(*) - count(DISTINCT ref) FROM calls") == 0);
    CHECK(number("SELECT count(*) FROM legs") == number("SELECT count(*) FROM calls"));
    CHECK(number("SELECT count(*) FROM calls WHERE cause = 'server_failure'") > 0);
    CHECK(is(word("PRAGMA integrity_check"), "ok"));
    close_store();
    return count;
}

static void every_acknowledged_call_survives_kill_9_at_a_random_instant(void)
{
    uint64_t seed = clock_ns() | 1;
    uint32_t count = 0;

    printf("# seed %llu\n", (unsigned long long)seed);
    given_dir();
    given_events(EVENTS_BYTES);
    for (int round = 0; round < ROUNDS; round++)
        count += kill_one_round(round, &seed);
    CHECK(count > ROUNDS);
    remove_dir();
}

int main(void)
{
    RUN(every_acknowledged_call_survives_kill_9_at_a_random_instant);
    mailbox_close(events);
    return 0;
}
