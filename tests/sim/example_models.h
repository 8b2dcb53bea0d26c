// SPDX-License-Identifier: Apache-2.0
/* example_models.h - the example plan with providers: its agents think with models and have tools.
 */
#ifndef SIM_EXAMPLE_MODELS_H
#define SIM_EXAMPLE_MODELS_H

#include <string.h>

#include "example_plan.h"

enum {
    EXAMPLE_EARS,
    EXAMPLE_EARS_TOO,
    EXAMPLE_VOICE,
    EXAMPLE_VOICE_TOO,
    EXAMPLE_MODEL,
    EXAMPLE_MODEL_TOO,
    EXAMPLE_WHOLE, /* Hears, thinks and speaks; in no chain until it is put there. */
    EXAMPLE_PROVIDERS
};

__attribute__((unused)) static const struct plan_provider example_providers[] = {
    [EXAMPLE_EARS] = {.name = TEXT_INIT("ears"), .kind = PROVIDER_DEEPGRAM, .soft_ms = 700, .hard_ms = 1500},
    [EXAMPLE_EARS_TOO] = {.name = TEXT_INIT("ears-too"), .kind = PROVIDER_VOSK, .soft_ms = 700, .hard_ms = 1500},
    [EXAMPLE_VOICE] = {.name = TEXT_INIT("voice"), .kind = PROVIDER_CARTESIA, .soft_ms = 700, .hard_ms = 1500},
    [EXAMPLE_VOICE_TOO] = {.name = TEXT_INIT("voice-too"), .kind = PROVIDER_ELEVENLABS, .soft_ms = 700, .hard_ms = 1500},
    [EXAMPLE_MODEL] = {.name = TEXT_INIT("model"), .kind = PROVIDER_CHAT, .soft_ms = 1000, .hard_ms = 3000},
    [EXAMPLE_MODEL_TOO] = {.name = TEXT_INIT("model-too"), .kind = PROVIDER_ANTHROPIC, .soft_ms = 1000, .hard_ms = 3000},
    [EXAMPLE_WHOLE] = {.name = TEXT_INIT("whole"), .kind = PROVIDER_OPENAI_REALTIME, .soft_ms = 1000, .hard_ms = 3000},
};
static const struct plan_tool example_tools[] = {
    {.name = TEXT_INIT("find"), .kind = TOOL_HTTP, .timeout_ms = 2000, .retries = 2},
    {.name = TEXT_INIT("book"), .kind = TOOL_HTTP, .timeout_ms = 2000, .retries = 1, .acts = true,
     .filler = TEXT_INIT("I am booking that.")},
    {.name = TEXT_INIT("crm"), .kind = TOOL_MCP, .timeout_ms = 2000},
    {.name = TEXT_INIT("hang-up"), .kind = TOOL_HANG_UP},
    {.name = TEXT_INIT("hand-over"), .kind = TOOL_HAND_OVER},
    {.name = TEXT_INIT("transfer"), .kind = TOOL_TRANSFER},
    {.name = TEXT_INIT("send-keys"), .kind = TOOL_SEND_KEYS},
    {.name = TEXT_INIT("set-context"), .kind = TOOL_SET_CONTEXT},
    {.name = TEXT_INIT("take-message"), .kind = TOOL_TAKE_MESSAGE},
    {.name = TEXT_INIT("schedule-callback"), .kind = TOOL_SCHEDULE_CALLBACK},
    {.name = TEXT_INIT("queue"), .kind = TOOL_QUEUE},
};

/* agents: three, which the plan then uses. They think; set listen and speak where they are wanted.
 */
__attribute__((unused)) static void example_with_models(struct plan *plan,
                                                        struct plan_agent *agents)
{
    memcpy(agents, example_agents, sizeof(example_agents));
    for (int i = 0; i < 3; i++) {
        agents[i].think = (struct plan_chain){{EXAMPLE_MODEL, EXAMPLE_MODEL_TOO}, 2};
        agents[i].tools = example_tools;
        agents[i].tool_count = sizeof(example_tools) / sizeof(example_tools[0]);
    }
    plan->agents = agents;
    plan->providers = example_providers;
    plan->provider_count = EXAMPLE_PROVIDERS;
}

#endif
