// SPDX-License-Identifier: Apache-2.0
/* centre.c - `centre`: the theory, a crowd, twenty small centres, how true forecasts are. `centre all
 * [SEED]`: a day of 200 operators and 20,000 callers, the theory with many callers, a thousand small
 * centres, forecasts by many. `centre day SEED`, `centre crowd SEED`, `centre small SEED`, `centre
 * foretold SEED [SEEDS]`: one of them. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "centre.h"
#include "erlang_a.h"

static const struct centre_setup day = {.operators = 200,
                                        .callers = 20000,
                                        .queues = 6,
                                        .calls = CENTRE_CALLS,
                                        .between_ms = 1800,
                                        .handle_ms = 240000,
                                        .patience_ms = 300000,
                                        .day = true,
                                        .crashes = 3,
                                        .snapshots = 20,
                                        .lost = 5,
                                        .late = 20,
                                        .failing = 5,
                                        .check_every = 499};

static double share(uint64_t part, uint64_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

static void print(const char *name, uint64_t seed, const struct centre_figures *f)
{
    printf("# %s, seed %" PRIu64 ": %" PRIu64 " callers in %.1f h: %" PRIu64 " served, %" PRIu64
           " gave up, %" PRIu64 " promised a callback, %" PRIu64 " left a message, %" PRIu64
           " told that nobody can come, %" PRIu64 " lost in %" PRIu64 " crashes\n",
           name, seed, f->callers, f->hours, f->ends[END_SERVED], f->ends[END_ABANDONED],
           f->ends[END_PROMISED], f->ends[END_MESSAGE], f->ends[END_TOLD], f->ends[END_CRASHED],
           f->crashes);
    printf("# at most %" PRIu64 " waited, %" PRIu64 " calls; %" PRIu64 " offers, %" PRIu64
           " declined, %" PRIu64 " not answered, %" PRIu64 " failed, %" PRIu64
           " withdrawn; %" PRIu64 " promises and %" PRIu64 " owed after crashes, %" PRIu64 " kept (%" PRIu64 " by operators), %" PRIu64 " given up, %" PRIu64
           " cancelled\n",
           f->most_waiting, f->most_calls, f->offers, f->declined, f->missed, f->failed,
           f->withdrawn, f->promises, f->owed, f->kept, f->by_operators, f->given_up, f->cancelled);
    printf("# %" PRIu64 " steps, %" PRIu64 " commands, %" PRIu64 " snapshots, %" PRIu64
           " comparisons of order, %" PRIu64 " positions\n",
           f->steps, f->commands, f->snapshots, f->orders, f->positions);
    for (int i = 0; i < 2; i++)
        printf("# of %" PRIu64 " waits foretold with %s: %.1f %% within p50, %.1f %% within p90\n",
               f->told[i].all, i ? "somebody free" : "all busy", share(f->told[i].p50, f->told[i].all),
               share(f->told[i].p90, f->told[i].all));
}

/* A centre of another size and with other troubles by each seed. */
static bool run_small(uint64_t seed, uint32_t callers, struct centre_figures *f)
{
    struct random random = {.state = seed};
    struct centre_setup setup = {.operators = 1 + random_below(&random, 12),
                                 .callers = callers,
                                 .queues = 1 + random_below(&random, CENTRE_QUEUES),
                                 .calls = 40 + random_below(&random, 100),
                                 .handle_ms = 60000 + random_below(&random, 120000),
                                 .patience_ms = 30000 + random_below(&random, 300000),
                                 .crashes = random_below(&random, 5),
                                 .snapshots = random_below(&random, 4),
                                 .lost = random_below(&random, 40),
                                 .late = random_below(&random, 40),
                                 .failing = random_below(&random, 3) * 20,
                                 .check_every = 7};

    setup.between_ms =
        setup.handle_ms / setup.operators * (0.4 + (double)random_below(&random, 1000) / 1000);
    if (centre_run(seed, &setup, f))
        return true;
    fprintf(stderr, "a small centre, seed %" PRIu64 ": a promise was broken\n", seed);
    return false;
}

/* More wait in one queue than are looked at in one step, and the operators of others are free. */
static bool run_crowd(uint64_t seed)
{
    static const struct centre_setup setup = {.operators = 40,
                                              .callers = 600,
                                              .queues = 4,
                                              .calls = 400,
                                              .between_ms = 2000,
                                              .handle_ms = 120000,
                                              .patience_ms = 900000,
                                              .check_every = 7};
    struct centre_figures f;

    if (!centre_run(seed, &setup, &f)) {
        fprintf(stderr, "a crowd, seed %" PRIu64 ": a promise was broken\n", seed);
        return false;
    }
    print("a crowd", seed, &f);
    printf("ok a crowd waits in one queue while operators of another are free\n");
    return true;
}

static bool run_smalls(uint64_t seed, uint32_t runs, uint32_t callers)
{
    struct centre_figures sum = {0}, one;

    for (uint32_t i = 0; i < runs; i++) {
        if (!run_small(seed + i, callers, &one))
            return false;
        sum.callers += one.callers;
        sum.offers += one.offers;
        sum.crashes += one.crashes;
        sum.snapshots += one.snapshots;
        sum.promises += one.promises;
        sum.orders += one.orders;
        sum.ends[END_SERVED] += one.ends[END_SERVED];
    }
    printf("# %" PRIu64 " callers, %" PRIu64 " served, %" PRIu64 " offers, %" PRIu64
           " promises, %" PRIu64 " crashes, %" PRIu64 " snapshots, %" PRIu64
           " comparisons of order\n",
           sum.callers, sum.ends[END_SERVED], sum.offers, sum.promises, sum.crashes, sum.snapshots,
           sum.orders);
    printf("ok small centres by seeds %" PRIu64 " to %" PRIu64
           ": nobody out of order, lost, forgotten or offered twice\n",
           seed, seed + runs - 1);
    return true;
}

static bool agrees(const char *what, double measured, double theory)
{
    double off = fabs(measured / theory - 1);

    printf("#   %s: %.4f, by Erlang-A %.4f: %.1f %% off\n", what, measured, theory, 100 * off);
    return off <= 0.05;
}

/* Against the rates that the seed drew, so that their own chance does not count. */
static bool run_theory(uint64_t seed, uint32_t callers, uint32_t operators, double load,
                       double patience_ms)
{
    struct centre_setup setup = {.operators = operators,
                                 .callers = callers,
                                 .queues = 1,
                                 .calls = 500,
                                 .handle_ms = 180000,
                                 .patience_ms = patience_ms,
                                 .theory = true,
                                 .check_every = 997};
    struct centre_figures f;

    setup.between_ms = setup.handle_ms / (operators * load);
    if (!centre_run(seed, &setup, &f)) {
        fprintf(stderr, "the theory's centre, seed %" PRIu64 ": a promise was broken\n", seed);
        return false;
    }
    double entered = (double)f.entered;
    struct erlang_a by = erlang_a(operators, (entered - 1) / f.span_ms,
                                  (double)f.handled / f.handled_ms, entered / f.patience_ms);
    printf("# %u operators, load %.2f, patience %.0f s, seed %" PRIu64 ", %" PRIu64
           " callers counted of %u, %" PRIu64 " steps\n",
           operators, load, patience_ms / 1000, seed, f.entered, callers, f.steps);
    bool shares = agrees("share that gives up", (double)f.abandoned / entered, by.abandoned);
    bool waits = agrees("mean wait, s", f.waited_ms / entered / 1000, by.waited / 1000);
    if (!shares || !waits) {
        fprintf(stderr, "%u operators, load %.2f: not as Erlang-A says\n", operators, load);
        return false;
    }
    printf("ok %u operators at load %.2f: who gives up and how long all wait is as Erlang-A says\n",
           operators, load);
    return true;
}

static bool run_all(uint64_t seed)
{
    struct centre_figures f;

    if (!centre_run(seed, &day, &f)) {
        fprintf(stderr, "the day, seed %" PRIu64 ": a promise was broken\n", seed);
        return false;
    }
    print("a day of 200 operators", seed, &f);
    printf("ok a day of 200 operators: nobody out of order, lost, forgotten or offered twice\n");
    return run_theory(seed, 200000, 10, 0.9, 90000) && run_theory(seed, 200000, 20, 1.0, 180000) &&
           run_theory(seed, 200000, 50, 1.1, 360000) && run_theory(seed, 200000, 200, 1.0, 120000) &&
           run_crowd(seed) && run_smalls(seed, 1000, 120) && centre_foretold(seed, 36, 4000);
}

int main(int argc, char **argv)
{
    bool all = argc > 1 && strcmp(argv[1], "all") == 0, day_only = argc > 1 && strcmp(argv[1], "day") == 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

    if (argc > 1 && strcmp(argv[1], "small") == 0) {
        struct centre_figures f;
        bool well = run_small(seed, 120, &f);
        print("a small centre", seed, &f);
        return !well;
    }
    if (day_only) {
        struct centre_figures f;
        bool well = centre_run(seed, &day, &f);
        print("a day of 200 operators", seed, &f);
        return !well;
    }
    if (argc > 1 && strcmp(argv[1], "foretold") == 0)
        return !centre_foretold(seed, argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 36, 4000);
    if (argc > 1 && strcmp(argv[1], "crowd") == 0)
        return !run_crowd(seed);
    if (all)
        return !run_all(seed);
    return !(run_theory(seed, 20000, 20, 1.2, 180000) && run_crowd(seed) &&
             run_smalls(seed, 20, 120) && centre_foretold(seed, 9, 4000));
}
