// SPDX-License-Identifier: Apache-2.0
/* centre_foretold.c - how true what callers are told of their wait is, from quiet to overloaded. */
#include <inttypes.h>
#include <stdio.h>

#include "centre.h"

/* Honest: of those who came through, or left later than it, so many per hundred within it. */
enum { P50_LEAST = 45, P50_MOST = 55, P90_LEAST = 88, P90_MOST = 93 };

static const struct load {
    const char *name;
    double load; /* Arrivals times handling, by operators. */
    double patience_ms;
    uint32_t vips;
} loads[] = {
    {"quiet", 0.45, 300000, 50},      {"busy", 0.75, 300000, 50},
    {"full", 0.95, 300000, 50},       {"overloaded", 1.5, 300000, 50},
    {"full of the urgent", 0.95, 300000, 400}, {"full of the patient", 0.95, 3000000, 50},
};
static const uint32_t sizes[] = {4, 12, 60}, queues[] = {1, 4, CENTRE_QUEUES};

static double share(uint64_t part, uint64_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

static void add(struct centre_told *to, const struct centre_told *one)
{
    to->all += one->all;
    to->p50 += one->p50;
    to->p90 += one->p90;
    to->p50_ms += one->p50_ms;
    to->p90_ms += one->p90_ms;
    to->waited_ms += one->waited_ms;
}

static bool print(const char *name, const struct centre_told *told)
{
    double all = told->all ? (double)told->all : 1;
    double p50 = share(told->p50, told->all), p90 = share(told->p90, told->all);

    printf("# %-32s %8" PRIu64 "   %5.1f %%   %5.1f %%   %7.1f s  %7.1f s  %7.1f s\n", name,
           told->all, p50, p90, told->p50_ms / all / 1000, told->p90_ms / all / 1000,
           told->waited_ms / all / 1000);
    return p50 >= P50_LEAST && p50 <= P50_MOST && p90 >= P90_LEAST && p90 <= P90_MOST;
}

static bool run_load(const struct load *load, uint64_t seed, uint32_t seeds, uint32_t callers)
{
    struct centre_told sum[2] = {{0}, {0}};
    char name[64];

    for (uint32_t i = 0; i < seeds; i++) {
        struct centre_setup setup = {.operators = sizes[i % 3],
                                     .callers = callers,
                                     .queues = queues[i / 3 % 3],
                                     .calls = CENTRE_CALLS,
                                     .handle_ms = 180000,
                                     .patience_ms = load->patience_ms,
                                     .vips = load->vips,
                                     .check_every = 997};
        struct centre_figures f;
        setup.between_ms = setup.handle_ms / (setup.operators * load->load);
        if (!centre_run(seed + i, &setup, &f)) {
            fprintf(stderr, "%s, seed %" PRIu64 ": a promise was broken\n", load->name, seed + i);
            return false;
        }
        add(&sum[0], &f.told[0]);
        add(&sum[1], &f.told[1]);
    }
    snprintf(name, sizeof(name), "%s, all busy", load->name);
    bool honest = print(name, &sum[0]);
    snprintf(name, sizeof(name), "%s, somebody free", load->name);
    bool quick = print(name, &sum[1]);
    if (!honest || !quick)
        fprintf(stderr, "%s: what callers are told is not what they wait\n", load->name);
    return honest && quick;
}

bool centre_foretold(uint64_t seed, uint32_t seeds, uint32_t callers)
{
    bool honest = true;

    printf("# %-32s  callers  within p50  within p90     mean p50   mean p90   mean wait\n", "");
    for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
        honest &= run_load(&loads[i], seed, seeds, callers);
    if (honest)
        printf("ok half of the callers wait no longer than their p50, nine in ten no longer than "
               "their p90\n");
    return honest;
}
