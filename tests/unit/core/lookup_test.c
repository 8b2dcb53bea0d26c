// SPDX-License-Identifier: Apache-2.0
/* lookup_test.c - a caller is looked up while being answered, and hardly ever waited for. */
#include "core/context.h"
#include "core/state.h"
#include "check.h"
#include "scene.h"

#include <string.h>

enum { BUDGET_MS = 800 };

static const struct plan_pair facts[] = {{TEXT_INIT("first_name"), TEXT_INIT("$.name")},
                                         {TEXT_INIT("priority"), TEXT_INIT("$.priority")}};
static struct plan_agent agents[MAX_AGENTS];

static void given(const char *greeting)
{
    struct plan *plan;

    scene_begin(4);
    plan = scene_plan();
    memcpy(agents, plan->agents, plan->agent_count * sizeof(agents[0]));
    for (uint8_t i = 0; i < plan->agent_count; i++)
        agents[i].greeting = text_of(greeting);
    plan->agents = agents;
    plan->lookup = (struct plan_lookup){.url = TEXT("https://crm.example.net/{caller}"),
                                        .facts = facts,
                                        .fact_count = 2,
                                        .budget_ms = BUDGET_MS};
}

static void found(const char *lines)
{
    scene_event((struct event){.kind = LOOKUP_DONE,
                               .call = scene_call_id(),
                               .lookup = {.ms = 120, .facts = text_of(lines)}});
}

static const struct call *call(void)
{
    return core_call(scene_core(), scene_call_id());
}

static bool knows(const char *key, const char *value)
{
    return text_equal(context_entity(text_of(call()->talk.context.given), text_of(key)),
                      text_of(value));
}

static void the_caller_is_asked_for_when_the_call_begins(void)
{
    given("Hello.");
    scene_invite("100", NULL);
    const struct command *ask = scene_command(LOOKUP_ASKED);
    CHECK(ask && scene_count(LOOKUP_ASKED) == 1 && ask->lookup.caller.size > 0);
    scene_end();
}

static void a_greeting_that_needs_nothing_waits_for_nothing(void)
{
    given("Hello.");
    scene_call();
    CHECK(strcmp(scene_words(), "Hello.") == 0);
    found("first_name=Anna\npriority=7\n");
    CHECK(scene_count(SPEECH_SAY) == 0 && knows("priority", "7"));
    const struct command *account = scene_command(STORE_LOOKUP);
    CHECK(account && account->lookup_account.ms == 120 &&
          account->lookup_account.outcome == TOOL_OK);
    scene_end();
}

static void a_greeting_with_a_name_waits_for_it(void)
{
    given("Hello[ {first_name}].");
    scene_call();
    CHECK(strcmp(scene_words(), "") == 0 && call()->lookup.holds);
    scene_wait(300);
    scene_key('1'); /* Nothing is asked yet. */
    CHECK(strcmp(scene_words(), "") == 0);
    found("first_name=Anna\n");
    CHECK(strcmp(scene_words(), "Hello Anna.") == 0 && !call()->lookup.holds);
    scene_end();
}

static void what_is_there_already_is_not_waited_for(void)
{
    given("Hello[ {first_name}].");
    scene_invite("100", NULL);
    found("first_name=Anna\n");
    CHECK(knows("first_name", "Anna"));
    scene_end();
}

static void the_budget_is_all_that_is_waited(void)
{
    given("Hello[ {first_name}].");
    scene_call();
    scene_wait(BUDGET_MS + 100);
    CHECK(strcmp(scene_words(), "Hello.") == 0);
    found("first_name=Anna\n"); /* Late: a fact all the same. */
    CHECK(scene_count(SPEECH_SAY) == 0 && knows("first_name", "Anna"));
    CHECK(scene_count(STORE_LOOKUP) == 1);
    found("first_name=Berta\n"); /* Twice: nothing. */
    CHECK(scene_count(STORE_LOOKUP) == 0 && knows("first_name", "Anna"));
    scene_end();
}

static void who_has_hung_up_is_greeted_no_more(void)
{
    given("Hello[ {first_name}].");
    scene_call();
    CHECK(call()->lookup.holds);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    found("first_name=Anna\n");
    CHECK(scene_count(SPEECH_SAY) == 0 && scene_count(STORE_LOOKUP) == 0);
    scene_end();
}

static void nobody_is_asked_where_nothing_is_configured(void)
{
    scene_begin(4);
    scene_invite("100", NULL);
    CHECK(!scene_command(LOOKUP_ASKED));
    scene_end();
}

int main(void)
{
    RUN(the_caller_is_asked_for_when_the_call_begins);
    RUN(a_greeting_that_needs_nothing_waits_for_nothing);
    RUN(a_greeting_with_a_name_waits_for_it);
    RUN(what_is_there_already_is_not_waited_for);
    RUN(the_budget_is_all_that_is_waited);
    RUN(who_has_hung_up_is_greeted_no_more);
    RUN(nobody_is_asked_where_nothing_is_configured);
    return 0;
}
