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
           "offhook.yaml:6: a webhook is told by http; write https://HOST/PATH\n"
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

int main(void)
{
    RUN(a_webhook_is_told_of_what_its_patterns_match);
    RUN(what_is_wrong_with_a_webhook_is_said_with_its_cure);
    config_free(&result);
    return 0;
}
