// SPDX-License-Identifier: Apache-2.0
/* toolbox_test.c - tools that a server tells of again and again. */
#include "mind/toolbox.h"

#include <jansson.h>
#include <string.h>

#include "check.h"
#include "core/plan.h"

enum { TOOLS = 20, TIMES = 3000 };

static json_t *listed(const char *description)
{
    json_t *tools = json_array();

    for (int i = 0; i < TOOLS; i++)
        json_array_append_new(tools, json_pack("{s:o, s:s, s:{s:s, s:{}}}", "name",
                                               json_sprintf("tool-%d", i), "description", description,
                                               "inputSchema", "type", "object", "properties"));
    return tools;
}

/* Each agent's tools are told again at each change of their server: nothing of that may run out. */
static void a_server_may_tell_of_changes_all_day(void)
{
    static struct plan_agent agent = {.name = TEXT_INIT("reception")};
    static const struct plan_tool server = {.name = TEXT_INIT("crm"), .kind = TOOL_MCP};
    const struct plan plan = {.agents = &agent, .agent_count = 1};
    const struct llm_tool *tools;
    struct toolbox *toolbox;
    char why[160], long_words[1000];
    uint32_t count;

    memset(long_words, 'w', sizeof(long_words) - 1);
    long_words[sizeof(long_words) - 1] = 0;
    CHECK(toolbox_new(&toolbox, NULL, &plan, why, sizeof(why)) == 0);
    json_t *same = listed(long_words), *other = listed("other words");
    for (int i = 0; i < TIMES; i++)
        toolbox_list(toolbox, 0, &server, same);
    tools = toolbox_tools(toolbox, 0, &count);
    CHECK(count == TOOLS && text_equal(tools[0].name, TEXT("crm__tool-0")));
    toolbox_list(toolbox, 0, &server, other);
    tools = toolbox_tools(toolbox, 0, &count);
    CHECK(count == TOOLS && text_equal(tools[TOOLS - 1].description, TEXT("other words")));
    json_decref(same);
    json_decref(other);
    toolbox_free(toolbox);
}

int main(void)
{
    RUN(a_server_may_tell_of_changes_all_day);
    return 0;
}
