// SPDX-License-Identifier: Apache-2.0
/* sim.c - days of traffic in seconds: `sim [calls [seed [runs [weather]]]]`. Prints the seed of each run; a
 * run that breaks a promise is repeated exactly by its seed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { SLUGGISH_CALLS = 2000 }; /* A quarter of an hour. */

static const struct weather {
    const char *name;
    uint32_t share; /* Of the calls asked for: one in so many. */
    struct world_faults faults;
} weathers[] = {
    {"calm", 5, {0}},
    {"rough", 1, {.lost = 10, .late = 20, .slow = 30, .malformed = 50, .failing = 20}},
    {"stormy", 5, {.lost = 150, .late = 200, .slow = 300, .malformed = 500, .failing = 200}},
    {"fair", 5, {.models = true}},
    {"outage", 2, {.models = true, .vendors = 150, .stuck = 50}},
    {"wreck", 5, {.models = true, .vendors = 700, .stuck = 300}},
    {"all at once",
     5,
     {.lost = 50,
      .late = 50,
      .slow = 50,
      .malformed = 50,
      .failing = 50,
      .models = true,
      .vendors = 200}},
    {"staffed", 10, {.models = true, .staff = true, .dying = 150}},
    {"staffed outage", 10, {.models = true, .staff = true, .dying = 300, .vendors = 150, .stuck = 50}},
    {"staffed storm",
     10,
     {.lost = 50,
      .late = 50,
      .slow = 50,
      .malformed = 50,
      .failing = 50,
      .models = true,
      .staff = true,
      .dying = 300,
      .vendors = 100}},
    {"whole", 10, {.models = true, .whole = true}},
    {"whole outage", 10, {.models = true, .whole = true, .vendors = 150}},
    {"everything",
     10,
     {.models = true, .staff = true, .dying = 150, .whole = true, .vendors = 100, .stuck = 50}},
};
static const struct world_faults sluggish = {.models = true, .sluggish = true};

static void print(const char *name, uint64_t seed, const struct world_figures *f)
{
    printf("# %s seed %" PRIu64 ": %" PRIu64 " calls, %" PRIu64 " answered, %" PRIu64
           " at once, %" PRIu64 " by keys only, %" PRIu64 " turns, %" PRIu64 " keys, %" PRIu64
           " hand-overs, %" PRIu64 " overheard, %" PRIu64 " interruptions, %" PRIu64 " ledgers, %" PRIu64
           " dials, %" PRIu64 " bridges, %" PRIu64 " transfers, %" PRIu64 " thoughts, %" PRIu64 " tools, %" PRIu64 " ms of silence, %" PRIu64 " steps, journal %016" PRIx64 "\n#",
           name, seed, f->calls, f->answered, f->most_calls, f->keys_only, f->turns, f->keys,
           f->handovers, f->overheard, f->interruptions, f->ledgers, f->dials, f->bridges, f->transfers, f->thoughts, f->tools, f->longest_silence_ms,
           f->steps, f->digest);
    if (f->offers)
        printf(" offers %" PRIu64 " accepted %" PRIu64 " supervisions %" PRIu64
               " refused %" PRIu64,
               f->offers, f->accepted, f->supervisions, f->refusals);
    printf(" commands a step, at most %" PRIu64, f->most_commands);
    for (int i = 0; i < TASK_STATES; i++)
        if (f->promises[i])
            printf(" promises_%s %" PRIu64, task_state_names[i], f->promises[i]);
    for (int i = 0; i < CAUSE_KINDS; i++)
        if (f->causes[i])
            printf(" %s %" PRIu64, cause_names[i], f->causes[i]);
    printf("\n");
}

static bool run(const char *name, uint64_t seed, uint32_t calls, const struct world_faults *faults)
{
    struct world_figures first, second;

    if (!world_run(seed, calls, faults, &first)) {
        fprintf(stderr, "%s: seed %" PRIu64 " broke a promise\n", name, seed);
        return false;
    }
    print(name, seed, &first);
    if (!world_run(seed, calls, faults, &second) || first.digest != second.digest) {
        fprintf(stderr, "%s: seed %" PRIu64 " gave another journal the second time\n", name, seed);
        return false;
    }
    printf("ok %u calls in %s weather end, once each, and the same seed gives the same journal\n",
           calls, name);
    return true;
}

/* A slow model: asked no more while it is, and again when the traffic has been in time for long
 * enough; callers are not turned away for it. */
static bool run_sluggish(uint64_t seed)
{
    struct world_figures f;

    if (!run("sluggish", seed, SLUGGISH_CALLS, &sluggish) ||
        !world_run(seed, SLUGGISH_CALLS, &sluggish, &f))
        return false;
    printf("# avoided %" PRIu64 ", embedded %" PRIu64 ", refusing %" PRIu64 ", back %" PRIu64 "\n",
           f.slo_steps[SLO_STEP_AVOIDED], f.slo_steps[SLO_STEP_EMBEDDED],
           f.slo_steps[SLO_STEP_REFUSING], f.slo_back);
    if (f.slo_steps[SLO_STEP_AVOIDED] == 0 || f.slo_steps[SLO_STEP_REFUSING] > 0 ||
        f.slo_back == 0) {
        fprintf(stderr, "seed %" PRIu64 ": the slow model was not avoided, or not asked again\n", seed);
        return false;
    }
    printf("ok a slow model is avoided, and asked again when it is calm\n");
    return true;
}

int main(int argc, char **argv)
{
    uint32_t calls = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    uint32_t runs = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1;
    const char *only = argc > 4 ? argv[4] : NULL;

    for (uint32_t i = 0; i < runs; i++, seed++) {
        for (uint32_t j = 0; j < sizeof(weathers) / sizeof(weathers[0]); j++) {
            const struct weather *weather = &weathers[j];
            if ((!only || strcmp(only, weather->name) == 0) &&
                !run(weather->name, seed, calls / weather->share, &weather->faults))
                return 1;
        }
        if ((!only || strcmp(only, "sluggish") == 0) && !run_sluggish(seed))
            return 1;
    }
    return 0;
}
