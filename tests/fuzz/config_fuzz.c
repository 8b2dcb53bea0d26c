// SPDX-License-Identifier: Apache-2.0
/* config_fuzz.c - any bytes as offhook.yaml, and as a whole kept source: read, checked, freed. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_result(const struct config_result *result)
{
    const struct plan *plan = result->config ? &result->config->plan : NULL;
    uint32_t errors = 0;

    for (uint32_t i = 0; i < result->problem_count; i++) {
        assert(*result->problems[i].what && *result->problems[i].cure);
        errors += !result->problems[i].warning;
    }
    assert((plan == NULL) == (errors > 0));
    if (!plan)
        return;
    assert(plan->max_calls >= 1 && plan->max_calls <= MAX_CALLS && plan->agent_count >= 1);
    assert(plan->rtp_first_port + 2 * plan->max_calls <= 65536 && plan->rtp_first_port % 2 == 0);
    for (uint16_t i = 0; i < plan->route_count; i++)
        assert(plan->routes[i].agent >= 0 && plan->routes[i].agent < plan->agent_count &&
               plan->routes[i].trunk < plan->trunk_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char agent[] = "\nfile 27 agents/desk.md\n---\ngreeting: Hello.\n---\nHi.\n\n";
    static struct config_result result;
    char *source;
    int head;

    if (size > 65536)
        return 0;
    config_read_source((struct text){.data = (const char *)data, .size = (uint32_t)size}, &result);
    config_free(&result);
    source = malloc(size + sizeof(agent) + 64);
    if (!source)
        return 0;
    head = sprintf(source, "file %zu offhook.yaml\n", size);
    memcpy(source + head, data, size);
    memcpy(source + (size_t)head + size, agent, sizeof(agent));
    config_read_source(text_of(source), &result);
    config_free(&result);
    config_read_source(
        (struct text){.data = source, .size = (uint32_t)((size_t)head + size + sizeof(agent) - 1)},
        &result);
    check_result(&result);
    config_free(&result);
    free(source);
    return 0;
}
