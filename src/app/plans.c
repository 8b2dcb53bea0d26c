// SPDX-License-Identifier: Apache-2.0
/* plans.c - slots, and the few values that a running server cannot change.
 *
 * The journal's form of a plan is the configuration's source and one block more, "core SIZE
 * kept\n", with max_calls and first_port of the server's start: a replay needs the same core. */
#include "app/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { TAIL = 128 };

static void say_kept(const char *option, uint32_t wanted, uint32_t kept)
{
    if (wanted != kept)
        log_line(LOG_WARN, "app", "%s stays at %u until the next start", option, kept);
}

static void keep(struct plan *plan, const struct plan *kept)
{
    plan->rtp_first_port = kept->rtp_first_port;
    plan->spare_legs = kept->spare_legs;
    plan->media_threads = kept->media_threads;
    if (plan->max_calls > kept->max_calls)
        plan->max_calls = kept->max_calls;
    if (plan->recogniser_places > kept->recogniser_places)
        plan->recogniser_places = kept->recogniser_places;
}

static bool make_source(struct plans *plans, uint32_t slot)
{
    struct text source = plans->slots[slot]->config->source;
    char numbers[64];
    char *bytes = malloc(source.size + TAIL);
    int size, tail;

    if (!bytes)
        return false;
    memcpy(bytes, source.data, source.size);
    size = snprintf(numbers, sizeof(numbers), "%u %u %u %u %u", plans->kept.max_calls,
                    plans->kept.rtp_first_port, plans->kept.recogniser_places,
                    plans->kept.spare_legs, plans->kept.media_threads);
    tail = snprintf(bytes + source.size, TAIL, "core %d kept\n%s\n", size, numbers);
    plans->sources[slot] = (struct text){.data = bytes, .size = source.size + (uint32_t)tail};
    return true;
}

static bool put(struct plans *plans, uint32_t slot, struct config_result *result)
{
    plans->slots[slot] = result;
    result->config->plan.serial = ++plans->serial;
    return make_source(plans, slot);
}

bool plans_first(struct plans *plans, struct config_result *result)
{
    plans->kept = result->config->plan;
    plans->first = result;
    return put(plans, 0, result);
}

static void log_problems(const struct config_result *result)
{
    for (uint32_t i = 0; i < result->problem_count; i++) {
        const struct config_problem *problem = &result->problems[i];
        log_line(problem->warning ? LOG_WARN : LOG_ERROR, "app", "%s:%u: %s; %s", problem->file,
                 problem->line, problem->what, problem->cure);
    }
}

static int free_slot(const struct plans *plans)
{
    for (int slot = 0; slot < MAX_PLANS; slot++) {
        if (!plans->slots[slot])
            return slot;
    }
    return -1;
}

int plans_reload(struct plans *plans, const char *path)
{
    int slot = free_slot(plans);
    struct config_result *result;

    if (slot < 0) {
        log_line(LOG_ERROR, "app",
                 "calls still use %d older configurations: reload when some have "
                 "ended",
                 MAX_PLANS - 1);
        return -1;
    }
    result = calloc(1, sizeof(*result));
    if (!result)
        return -1;
    config_read(path, result);
    log_problems(result);
    if (!result->config) {
        log_line(LOG_ERROR, "app", "the configuration was not reloaded; the old one stays");
        config_free(result);
        free(result);
        return -1;
    }
    struct plan wanted = result->config->plan;
    keep(&result->config->plan, &plans->kept);
    say_kept("server.max-calls", wanted.max_calls, result->config->plan.max_calls);
    say_kept("media.first-port", wanted.rtp_first_port, result->config->plan.rtp_first_port);
    say_kept("speech.places", wanted.recogniser_places, result->config->plan.recogniser_places);
    if (!put(plans, (uint32_t)slot, result)) {
        plans_drop(plans, (uint32_t)slot);
        return -1;
    }
    return slot;
}

void plans_drop(struct plans *plans, uint32_t slot)
{
    char *bytes;

    if (!plans->slots[slot])
        return;
    if (plans->slots[slot] != plans->first) {
        config_free(plans->slots[slot]);
        free(plans->slots[slot]);
    }
    memcpy(&bytes, &plans->sources[slot].data, sizeof(bytes));
    free(bytes);
    plans->slots[slot] = NULL;
    plans->sources[slot] = TEXT_EMPTY;
}

void plans_close(struct plans *plans)
{
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        plans_drop(plans, slot);
    if (plans->first)
        config_free(plans->first);
    free(plans->first);
    plans->first = NULL;
}

/* The last line: "200 16384 8 50 1". */
static bool read_tail(struct text bytes, struct plan *kept)
{
    uint64_t calls, port, places, legs, threads;
    uint32_t begin = bytes.size > 0 ? bytes.size - 1 : 0;

    while (begin > 0 && bytes.data[begin - 1] != '\n')
        begin--;
    struct text line = text_trim(text_part(bytes, begin, bytes.size));
    if (!text_number(text_next(&line, ' '), &calls) || !text_number(text_next(&line, ' '), &port) ||
        !text_number(text_next(&line, ' '), &places) ||
        !text_number(text_next(&line, ' '), &legs) || !text_number(line, &threads) || calls < 1 || calls > MAX_CALLS || port > 65534 ||
        places > MAX_RECOGNISERS || legs > MAX_SPARE_LEGS || threads > 255)
        return false;
    *kept = (struct plan){.max_calls = (uint32_t)calls,
                          .rtp_first_port = (uint16_t)port,
                          .recogniser_places = (uint16_t)places,
                          .spare_legs = (uint32_t)legs,
                          .media_threads = (uint8_t)threads};
    return true;
}

bool plans_from_journal(struct config_result *result, struct text bytes, uint32_t serial,
                        uint32_t *core_calls, uint32_t *core_legs)
{
    struct plan kept;

    if (!read_tail(bytes, &kept))
        return false;
    config_read_source(bytes, result);
    if (!result->config)
        return false;
    result->config->plan.serial = serial;
    keep(&result->config->plan, &kept);
    *core_calls = kept.max_calls;
    *core_legs = kept.spare_legs;
    return true;
}
