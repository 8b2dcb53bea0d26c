// SPDX-License-Identifier: Apache-2.0
/* agent_fuzz.c - any bytes as a voice agent's file: read, checked, its indices within bounds. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] = "sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
                           "routes: [{number: \"*\", agent: desk}]\n";

static void check_agent(const struct plan *plan, const struct plan_agent *agent)
{
    assert(agent->intent_count >= 1 && agent->intent_count <= MAX_INTENTS);
    assert(agent->general >= 0 && agent->general < agent->intent_count);
    for (uint8_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];
        assert(intent->to < plan->agent_count && intent->name.size < MAX_NAME);
        assert((intent->then == THEN_HANDOVER) == (intent->to >= 0));
    }
    for (uint8_t i = 0; i < agent->key_count; i++)
        assert(agent->keys[i].intent >= 0 && agent->keys[i].intent < agent->intent_count);
    assert((agent->fallback.kind == FALLBACK_AGENT) == (agent->fallback.to >= 0));
    assert(agent->fallback.to < plan->agent_count);
    for (int i = 0; i < WORDS_COUNT; i++)
        assert(agent->words[i].data && agent->words[i].size < MAX_UTTERANCE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_result result;
    char *source;
    int head;

    if (size > 65536)
        return 0;
    source = malloc(size + sizeof(yaml) + 128);
    if (!source)
        return 0;
    head = sprintf(source, "file %zu offhook.yaml\n%s\nfile %zu agents/desk.md\n", strlen(yaml),
                   yaml, size);
    memcpy(source + head, data, size);
    source[(size_t)head + size] = '\n';
    config_read_source((struct text){.data = source, .size = (uint32_t)((size_t)head + size + 1)},
                       &result);
    if (result.config)
        check_agent(&result.config->plan, &result.config->plan.agents[0]);
    config_free(&result);
    free(source);
    return 0;
}
