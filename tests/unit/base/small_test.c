// SPDX-License-Identifier: Apache-2.0
/* small_test.c - arenas, clocks, log lines, chance, niceness. */
#include <fcntl.h>
#include <pthread.h>
#include <stdalign.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/urgency.h"
#include "check.h"

static void an_arena_gives_zeroed_aligned_memory_up_to_its_limit(void)
{
    struct arena *arena = arena_new(20000);
    size_t taken = 0;
    unsigned char *memory;

    CHECK(arena);
    CHECK(!arena_take(arena, SIZE_MAX) && !arena_take(arena, 20001));
    for (size_t size = 1; (memory = arena_take(arena, size)); size += 37) {
        CHECK((uintptr_t)memory % alignof(max_align_t) == 0);
        for (size_t i = 0; i < size; i++)
            CHECK(memory[i] == 0);
        memset(memory, 0xFF, size);
        taken += size;
    }
    CHECK(taken > 10000 && taken <= 20000);
    arena_free(arena);
    arena_free(NULL);
}

static void an_arenas_text_is_a_terminated_copy(void)
{
    struct arena *arena = arena_new(4096);
    char word[] = "hello";

    CHECK(arena);
    struct text copy = arena_text(arena, text_of(word));
    word[0] = 'j';
    CHECK(text_equal(copy, TEXT("hello")) && copy.data[5] == '\0');
    CHECK(arena_text(arena, (struct text){.data = NULL, .size = 0}).data);
    CHECK(!arena_text(arena, (struct text){.data = word, .size = 5000}).data);
    arena_free(arena);
}

static void times_are_printed_as_the_world_writes_them(void)
{
    char out[25];

    clock_print_wall(0, out);
    CHECK(strcmp(out, "1970-01-01T00:00:00.000Z") == 0);
    clock_print_wall(1795224787042u, out);
    CHECK(strcmp(out, "2026-11-21T01:33:07.042Z") == 0);
    clock_print_wall(UINT64_MAX, out);
    CHECK(strcmp(out, "9999-12-31T23:59:59.999Z") == 0);
}

static void sleeping_lasts_until_its_time_and_not_when_it_has_passed(void)
{
    uint64_t before_ns = clock_ns();

    clock_sleep_until_ns(before_ns + 2000000);
    CHECK(clock_ns() >= before_ns + 2000000);
    clock_sleep_until_ns(0);
    CHECK(clock_ms() >= before_ns / 1000000 && clock_wall_ms() > 1600000000000u);
}

static void a_log_line_is_one_line_whatever_a_stranger_says(void)
{
    int pipes[2];
    char line[2048], long_word[1500];
    int standard_error = dup(STDERR_FILENO);

    memset(long_word, 'x', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    CHECK(standard_error >= 0 && pipe(pipes) == 0);
    CHECK(dup2(pipes[1], STDERR_FILENO) == STDERR_FILENO);
    log_line(LOG_INFO, "sip", "from %s", "a\nb\033[2J");
    log_line(LOG_DEBUG, "sip", "not shown");
    log_line(LOG_ERROR, "sip", "%s", long_word);
    CHECK(dup2(standard_error, STDERR_FILENO) == STDERR_FILENO);
    close(pipes[1]);
    ssize_t size = 0, more;
    while ((more = read(pipes[0], line + size, sizeof(line) - (size_t)size)) > 0)
        size += more;
    CHECK(size > 1024 && line[size - 1] == '\n' && line[10] == 'T' && line[23] == 'Z');
    line[size - 1] = '\0';
    char *second = strchr(line, '\n');
    CHECK(second && !strchr(second + 1, '\n') && strlen(second + 1) == 1023);
    *second = '\0';
    CHECK(strcmp(line + 24, " info  sip: from a?b?[2J") == 0);
    close(pipes[0]);
    close(standard_error);
}

static void numbers_are_redacted_enough(void)
{
    char out[32];

    CHECK(strcmp(log_redact(TEXT("+14155550123"), out), "+1415*****23") == 0);
    CHECK(strcmp(log_redact(TEXT("100"), out), "1**") == 0);
    CHECK(strcmp(log_redact(TEXT(""), out), "") == 0);
    CHECK(strcmp(log_redact(TEXT("a\nb\nc\nd\ne\nf\n"), out), "a?b?c*****f?") == 0);
    CHECK(strlen(log_redact(TEXT("0123456789012345678901234567890123456789"), out)) == 31);
    CHECK(strncmp(out, "01234*", 6) == 0 && strcmp(out + 29, "89") == 0);
}

static void the_same_seed_gives_the_same_chance_and_bounds_hold(void)
{
    struct random one = {.state = 1}, two = {.state = 1}, other = {.state = 2};
    uint32_t seen[6] = {0};

    CHECK(random_next(&one) == 0x910A2DEC89025CC1u); /* The first of splitmix64 from 1. */
    CHECK(random_next(&two) == 0x910A2DEC89025CC1u && random_next(&other) != random_next(&one));
    for (int i = 0; i < 6000; i++)
        seen[random_below(&two, 6)]++;
    for (int i = 0; i < 6; i++)
        CHECK(seen[i] > 850 && seen[i] < 1150);
    CHECK(random_below(&two, 1) == 0);
}

static void *take_urgency(void *context)
{
    int *niceness = context;

    urgency_take(URGENCY_TURN);
    *niceness = getpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid));
    return NULL;
}

static void urgency_is_the_threads_own_and_no_matter_where_it_is_forbidden(void)
{
    int before = getpriority(PRIO_PROCESS, (id_t)getpid()), niceness = 99;
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, take_urgency, &niceness) == 0);
    pthread_join(thread, NULL);
    CHECK(niceness == before ||
          niceness == (int)URGENCY_TURN); /* A container may forbid it to root. */
    CHECK(getpriority(PRIO_PROCESS, (id_t)getpid()) == before);
}

int main(void)
{
    RUN(an_arena_gives_zeroed_aligned_memory_up_to_its_limit);
    RUN(an_arenas_text_is_a_terminated_copy);
    RUN(times_are_printed_as_the_world_writes_them);
    RUN(sleeping_lasts_until_its_time_and_not_when_it_has_passed);
    RUN(a_log_line_is_one_line_whatever_a_stranger_says);
    RUN(numbers_are_redacted_enough);
    RUN(the_same_seed_gives_the_same_chance_and_bounds_hold);
    RUN(urgency_is_the_threads_own_and_no_matter_where_it_is_forbidden);
    return 0;
}
