// SPDX-License-Identifier: Apache-2.0
/* agents_test.c - what a person reads when a voice agent's file is wrong. */
#include "given.h"

static void no_agent_at_all(void)
{
    given(SERVER, NULL);
    expect("offhook.yaml:1: there is no voice agent in agents; write one: "
           "agents/front-desk.md\n"
           "offhook.yaml:3: there is no agent 'desk'; write desk.md beside the other "
           "agents\n");
}

static void front_matter_must_be_there_and_end(void)
{
    given(SERVER, "Hello.\n");
    expect("agents/desk.md:1: the file does not begin with front matter; begin with "
           "a line ---, then the options, then a line ---, then the instructions\n");
}

static void front_matter_must_end(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n");
    expect("agents/desk.md:1: the front matter never ends; put a line --- between "
           "the options and the instructions\n");
}

static void lines_are_those_of_the_agents_file(void)
{
    given(SERVER, "---\n"
                  "label: Desk\n"
                  "\n"
                  "\n"
                  "greting: Hello.\n"
                  "---\n");
    expect("agents/desk.md:2: 'greeting' is missing in the agent; add greeting: the "
           "first words, also after a hand-over\n"
           "agents/desk.md:5: unknown option 'greting' in the agent; did you mean "
           "'greeting'?\n");
}

static void a_greeting_is_required(void)
{
    given(SERVER, "---\n"
                  "label: Desk\n"
                  "---\n");
    expect("agents/desk.md:2: 'greeting' is missing in the agent; add greeting: the "
           "first words, also after a hand-over\n");
}

static void an_empty_greeting_is_refused(void)
{
    given(SERVER, "---\n"
                  "greeting: \"\"\n"
                  "---\n");
    expect("agents/desk.md:2: the greeting is empty; write what callers hear first\n");
}

static void templates_are_checked_for_braces_brackets_and_names(void)
{
    given(SERVER, "---\n"
                  "greeting: \"Hello {caler}, [about {invoice}\"\n"
                  "words:\n"
                  "  filler: \"One {moment\"\n"
                  "  goodbye: \"Bye}\"\n"
                  "  silence: \"a [b [c]]\"\n"
                  "  apology: \"no ]\"\n"
                  "  escalate: \"{zzzzzzzzzzz}\"\n"
                  "---\n");
    expect("agents/desk.md:2: 'greeting': no call knows {caler}; did you mean "
           "{caller}?\n"
           "agents/desk.md:2: 'greeting': a [ is never closed; close it: [a part "
           "that may be left out]\n"
           "agents/desk.md:4: 'filler': a { is never closed; close it: {name}\n"
           "agents/desk.md:5: 'goodbye': a } was never opened; open it: {name}\n"
           "agents/desk.md:6: 'silence': a [ within [ ]; brackets do not nest: [a "
           "part with one {name}]\n"
           "agents/desk.md:7: 'apology': a ] was never opened; brackets do not nest: "
           "[a part with one {name}]\n"
           "agents/desk.md:8: 'escalate': no call knows {zzzzzzzzzzz}; known are "
           "caller, called, intent, statement, sentiment, summary, transferred_from, "
           "reason, agent, choices, keys, key, number, account, invoice, product, error, "
           "date, amount, calls_before, diversion, user_to_user\n");
}

static void an_intent_that_leads_nowhere_or_to_nobody_is_refused(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "intents:\n"
                  "  a: {examples: [a, b, c, d, e]}\n"
                  "  b: {examples: [a, b, c, d, e], to: dekc}\n"
                  "  c: {examples: [a, b, c, d, e], to: desk, then: listen}\n"
                  "  d: {examples: [a, b, c, d, e], then: handover}\n"
                  "  e: {examples: [a, b, c, d, e], then: stop, say: x}\n"
                  "---\n");
    expect("agents/desk.md:4: the intent 'a' leads nowhere; give it `say`, `to`, `transfer`, "
           "`queue`, or `then` (end, voicemail, callback)\n"
           "agents/desk.md:5: there is no agent 'dekc'; did you mean 'desk'?\n"
           "agents/desk.md:6: 'then' disagrees with 'to'; with `to` leave `then` "
           "away, or write handover\n"
           "agents/desk.md:6: the intent 'c' leads nowhere; give it `say`, `to`, `transfer`, "
           "`queue`, or `then` (end, voicemail, callback)\n"
           "agents/desk.md:7: a handover to nobody; add `to: AGENT`\n"
           "agents/desk.md:8: 'then' is 'stop'; write listen, handover, end, transfer, voicemail, callback or queue\n");
}

static void an_intent_with_few_examples_is_warned_of(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "intents:\n"
                  "  a: {say: Yes., examples: [one, two]}\n"
                  "  general: {say: What?}\n"
                  "---\n");
    expect("agents/desk.md:4: warning: the intent 'a' has 2 examples; give thirty: "
           "with under five it will be guessed\n");
}

static void keys_are_keys_and_mean_intents(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "intents:\n"
                  "  billing: {say: Yes., examples: [a, b, c, d, e]}\n"
                  "keys: {\"1\": biling, \"12\": billing, \"E\": billing, \"2\": zzz, \"#\": "
                  "billing}\n"
                  "---\n");
    expect("agents/desk.md:5: there is no intent 'biling' in this agent; did you "
           "mean 'billing'?\n"
           "agents/desk.md:5: '12' is not a key; keys are 0-9, *, #, A-D\n"
           "agents/desk.md:5: 'E' is not a key; keys are 0-9, *, #, A-D\n"
           "agents/desk.md:5: there is no intent 'zzz' in this agent; add it under "
           "`intents`\n");
}

static void a_zero_byte_is_no_key(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "intents:\n"
                  "  billing: {say: Yes., examples: [a, b, c, d, e]}\n"
                  "keys: {\"\\0\": billing}\n"
                  "---\n");
    expect("agents/desk.md:5: the value holds a zero byte; remove the \\0\n");
}

static void a_fallback_hands_over_or_ends(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "fallback: {to: desk, goodbye: true}\n"
                  "---\n");
    expect("agents/desk.md:3: the fallback both hands over and ends the call; keep "
           "`to` or `goodbye: true`\n");
}

static void an_escalation_leads_to_a_queue(void)
{
    given(SERVER "queues: {support: {}, people: {}}\n",
          "---\n"
          "greeting: Hello.\n"
          "escalation: {queue: people, tool-failures: 3, negative-turns: 0}\n"
          "---\n");
    expect("");
    const struct plan *plan = &result.config->plan;
    const struct plan_escalation *escalation = &plan->agents[0].escalation;
    CHECK(text_equal(plan->queues[escalation->queue].name, TEXT("people")));
    CHECK(escalation->failed_turns == 2 && escalation->tool_failures == 3);
    CHECK(escalation->negative_turns == 0);
    given(SERVER "queues: {people: {}}\n", "---\n"
                                           "greeting: Hello.\n"
                                           "escalation: {queue: peple}\n"
                                           "---\n");
    expect("agents/desk.md:3: there is no queue 'peple'; did you mean 'people'?\n");
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "escalation: {failed-turns: 3}\n"
                  "---\n");
    expect("agents/desk.md:3: an escalation that leads nowhere; add `queue: NAME`, one of "
           "`queues`\n");
    CHECK(!result.config || result.config->plan.agents[0].escalation.failed_turns == 0);
}

static void a_fallback_to_nobody_is_refused(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "fallback: {to: dseks}\n"
                  "---\n");
    expect("agents/desk.md:3: there is no agent 'dseks'; did you mean 'desk'?\n");
}

static void an_agent_that_nothing_leads_to_is_warned_of(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "routes: [{number: \"*\", agent: other}]\n",
          DESK);
    expect("offhook.yaml:3: there is no agent 'other'; write other.md beside the "
           "other agents\n"
           "agents/desk.md:0: warning: nothing leads to the agent 'desk'; route a "
           "number to it, or hand over to it from another agent\n");
}

static void an_agent_of_another_language_is_warned_of_its_english_words(void)
{
    given(SERVER, "---\n"
                  "greeting: Hoi.\n"
                  "language: nl\n"
                  "orders: {repeat: [nog een keer], \"yes\": [ja]}\n"
                  "words: {clarify: a, confirm: a, not-heard: a, silence: a, silence-keys: a,\n"
                  "  silence-close: a, unknown-key: a, keys-only: a, handover: a, escalate: a,\n"
                  "  escalate-frustrated: a, goodbye: a, start-over: a, nothing-to-repeat: a,\n"
                  "  apology: a, transfer: a, transfer-failed: a, tool: a}\n"
                  "---\n");
    expect("agents/desk.md:3: warning: the agent speaks 'nl', but 6 of its words are English; "
           "give under `words`: filler, brief, brief-callback, callback-calling, "
           "callback-not-reached, tool-failed\n"
           "agents/desk.md:3: warning: the agent speaks 'nl', but when nobody can come its words "
           "are English; give them under `unavailable`\n"
           "agents/desk.md:3: warning: no phrases of 'nl' are known: \"repeat that\", yes, no, "
           "mm-hm; give them under `orders`: repeat, start-over, goodbye, yes, no, listening\n");
    const struct plan_agent *desk = &result.config->plan.agents[0];
    CHECK(desk->orders[ORDER_REPEAT].count == 1 && desk->orders[ORDER_NO].count == 0);
    CHECK(text_equal(desk->orders[ORDER_REPEAT].items[0], TEXT("nog een keer")));
}

static void known_languages_have_their_words_for_when_nobody_can_come(void)
{
    given(SERVER, "---\ngreeting: Guten Tag.\nlanguage: de-CH\n---\n");
    CHECK(strstr(printed, "of its words are English") && !strstr(printed, "when nobody can come"));
}

static void what_belongs_to_a_queue_is_of_no_use_without_one(void)
{
    given(SERVER, "---\n"
                  "greeting: Hello.\n"
                  "intents:\n"
                  "  a: {examples: [a, b, c, d, e], say: x, priority: 3}\n"
                  "  b: {examples: [a, b, c, d, e], say: x, warm: false}\n"
                  "---\n");
    expect("agents/desk.md:4: warning: 'priority' and 'warm' are of no use without 'queue'; name the "
           "queue, or leave them away\n"
           "agents/desk.md:5: warning: 'priority' and 'warm' are of no use without 'queue'; name the "
           "queue, or leave them away\n");
}

int main(void)
{
    RUN(no_agent_at_all);
    RUN(front_matter_must_be_there_and_end);
    RUN(front_matter_must_end);
    RUN(known_languages_have_their_words_for_when_nobody_can_come);
    RUN(what_belongs_to_a_queue_is_of_no_use_without_one);
    RUN(lines_are_those_of_the_agents_file);
    RUN(a_greeting_is_required);
    RUN(an_empty_greeting_is_refused);
    RUN(templates_are_checked_for_braces_brackets_and_names);
    RUN(an_intent_that_leads_nowhere_or_to_nobody_is_refused);
    RUN(an_intent_with_few_examples_is_warned_of);
    RUN(keys_are_keys_and_mean_intents);
    RUN(a_zero_byte_is_no_key);
    RUN(a_fallback_hands_over_or_ends);
    RUN(a_fallback_to_nobody_is_refused);
    RUN(an_escalation_leads_to_a_queue);
    RUN(an_agent_of_another_language_is_warned_of_its_english_words);
    RUN(an_agent_that_nothing_leads_to_is_warned_of);
    return 0;
}
