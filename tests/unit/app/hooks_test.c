// SPDX-License-Identifier: Apache-2.0
/* hooks_test.c - who is told of what: from the file to the plan. */
#include <stdlib.h>

#include "core/command.h"
#include "given.h"

static const struct plan_hook *hook(uint32_t i)
{
    return &result.config->plan.hooks[i];
}

static void a_webhook_is_told_of_what_its_patterns_match(void)
{
    given(SERVER "webhooks:\n"
                 "  crm:\n"
                 "    url: https://crm.example.net/hook\n"
                 "    secret: \"${S:-whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}\"\n"
                 "    events: [call.ended, \"transfer.*\"]\n"
                 "    rests: [1s, 2m]\n"
                 "    attempts: 3\n"
                 "    transcript: false\n"
                 "  all: {url: \"http://127.0.0.1:9000/\", secret: \"${S:-x}\"}\n",
          DESK);
    expect("");
    CHECK(result.config->plan.hook_count == 2);
    CHECK(hook(0)->events == (1u << HOOK_CALL_ENDED | 1u << HOOK_TRANSFER_OFFERED |
                              1u << HOOK_TRANSFER_DONE | 1u << HOOK_TRANSFER_FAILED));
    CHECK(hook(0)->rest_count == 2 && hook(0)->rests_ms[1] == 120000 && hook(0)->attempts == 3);
    CHECK(!hook(0)->transcript && text_equal(hook(0)->name, TEXT("crm")));
    CHECK(hook(1)->events == (1u << HOOK_TEST) - 1 && hook(1)->transcript);
    CHECK(hook(1)->rest_count == 9 && hook(1)->rests_ms[8] == 86400000);
}

static void what_is_wrong_with_a_webhook_is_said_with_its_cure(void)
{
    given(SERVER
          "webhooks:\n"
          "  a: {url: \"http://192.0.2.1/\", secret: \"${S:-x}\"}\n"
          "  b: {url: \"wss://x\", secret: \"${S:-x}\", events: [call.end]}\n"
          "  c: {url: \"http://192.0.2.1/\", secret: whsec_x, insecure: true, rests: [soon]}\n"
          "  d: {events: []}\n",
          DESK);
    expect("offhook.yaml:5: what callers say would go over the network in clear; write https://, "
           "or `insecure: true` for a network of your own\n"
           "offhook.yaml:6: others are told and asked by http; write https://HOST/PATH\n"
           "offhook.yaml:6: there is no event 'call.end'; did you mean 'call.ended'?\n"
           "offhook.yaml:7: 'secret' is written into the file; write ${NAME} for a variable of the "
           "environment, or file:PATH\n"
           "offhook.yaml:7: 'rests' is 'soon'; write a time with its unit, such as 300ms, 6s, 5m "
           "or 1h\n"
           "offhook.yaml:8: 'url' is missing in this webhook; add url: where events are POSTed: "
           "https://, or http:// on this machine\n"
           "offhook.yaml:8: 'secret' is missing in this webhook; add secret: what they are signed "
           "with (Standard Webhooks): whsec_ and base64 of 24 to 64 bytes, as ${NAME} or "
           "file:PATH\n");
}

static void a_lookup_maps_an_answer_to_facts_which_words_may_name(void)
{
    given(SERVER "lookup:\n"
                 "  url: https://crm.example.net/by-number/{caller}\n"
                 "  facts: {first_name: \"$.contact.firstname\", priority: $.priority}\n"
                 "  token: \"${T:-t}\"\n",
          "---\ngreeting: Hello[ {first_name}].\n---\nBe kind.\n");
    expect("");
    const struct plan_lookup *lookup = &result.config->plan.lookup;
    CHECK(lookup->fact_count == 2 && lookup->budget_ms == 800 && lookup->cache_ms == 600000);
    CHECK(text_equal(lookup->facts[1].value, TEXT("$.priority")));
    CHECK(text_equal(lookup->method, TEXT("GET")));
    given(SERVER "lookup:\n"
                 "  url: https://{called}.example.net/\n"
                 "  body: \"{caller}\"\n"
                 "  facts: {First: \"$.\"}\n",
          DESK);
    expect("offhook.yaml:5: 'url' cannot be filled in; write https://HOST/PATH/{caller}; nothing "
           "is filled in before the path\n"
           "offhook.yaml:6: 'body' is not JSON: string or '}' expected near 'caller'; write it "
           "below `body: |`; what is filled in stands in quotes: \"{caller}\"\n"
           "offhook.yaml:7: a fact cannot be called 'First'; give small letters, digits and _: "
           "words and models name it so\n"
           "offhook.yaml:7: '$.' is no path; write where it is in the answer: "
           "$.results[0].properties.firstname\n");
}

static void a_connector_is_as_its_file_says_but_for_what_is_given_here(void)
{
    source[0] = 0;
    config_free(&result);
    add_file("offhook.yaml", SERVER "connectors:\n"
                                    "  crm: {file: crm.yaml, token: \"${T:-t}\", attempts: 3}\n");
    add_file("crm.yaml", "url: https://crm.example.net/calls/{call.ref}\nmethod: PUT\n"
                         "events: [\"call.*\"]\nexpect: [200, 409]\nattempts: 7\n"
                         "headers: {X-A: b}\nbody: |\n  {\"ref\": \"{call.ref}\"}\n");
    add_file("agents/desk.md", DESK);
    config_read_source(text_of(source), &result);
    print_result();
    expect("");
    CHECK(result.config->plan.hook_count == 1 && hook(0)->connector && hook(0)->attempts == 3);
    CHECK(text_equal(hook(0)->method, TEXT("PUT")) && hook(0)->header_count == 1);
    CHECK(hook(0)->expect_count == 2 && hook(0)->expect[1] == 409);
    CHECK(hook(0)->events == (1u << HOOK_CALL_STARTED | 1u << HOOK_CALL_ENDED |
                               1u << HOOK_CALL_SUPERVISED));
    CHECK(text_equal(hook(0)->idempotency, TEXT("Idempotency-Key")));
}

static void what_is_wrong_with_a_connector_is_said_with_its_cure(void)
{
    given(SERVER "webhooks:\n  a: {url: \"https://x/\", secret: \"${S:-x}\"}\n"
                 "connectors:\n"
                 "  a: {url: \"https://x/\", events: [call.ended], expect: [99]}\n"
                 "  b: {body: \"[\\\"{a..b}\\\"]\"}\n"
                 "  a-name-of-sixty-five-bytes-which-is-one-more-than-the-store-takes:"
                 " {url: \"https://x/\", events: [call.ended]}\n",
          DESK);
    expect("offhook.yaml:6: 'a' is a webhook and a connector; call one of them otherwise\n"
           "offhook.yaml:7: this is no status of HTTP; write 200 to 599\n"
           "offhook.yaml:8: 'url' is missing in this connector; add url: what is called\n"
           "offhook.yaml:8: 'body' has a {...} that is no path; write {call.ref}, {facts.name} or "
           "{list[0].name}\n"
           "offhook.yaml:8: 'events' is missing in this connector; say of what a record is made: "
           "[call.ended]\n"
           "offhook.yaml:9: a connector cannot be called so; give at most 63 bytes\n");
}

int main(void)
{
    RUN(a_lookup_maps_an_answer_to_facts_which_words_may_name);
    RUN(a_connector_is_as_its_file_says_but_for_what_is_given_here);
    RUN(what_is_wrong_with_a_connector_is_said_with_its_cure);
    RUN(a_webhook_is_told_of_what_its_patterns_match);
    RUN(what_is_wrong_with_a_webhook_is_said_with_its_cure);
    config_free(&result);
    return 0;
}
