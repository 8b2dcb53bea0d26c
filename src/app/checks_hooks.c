// SPDX-License-Identifier: Apache-2.0
/* checks_hooks.c - who is told of events: addresses, secrets, patterns, times. */
#include "app/checks.h"
#include "app/nearest.h"
#include "app/value.h"
#include "core/command.h"
#include "vendor/webhook.h"

enum { DAY_MS = 86400000 };

static const uint32_t usual_rests_ms[] = {5000,     300000,   1800000,  7200000, 18000000,
                                          36000000, 50400000, 72000000, 86400000};

static void check_url(struct reading *reading, const char *file, const struct hook_settings *s)
{
    checks_url(reading, file, &s->url, false);
    if (!text_starts(s->url.text, TEXT("https://")) && !text_starts(s->url.text, TEXT("http://")))
        reading_error(reading, file, s->url.line, "a webhook is told by http",
                      "write https://HOST/PATH");
    else if (checks_in_clear(s->url.text) && !s->insecure.number)
        reading_error(reading, file, s->url.line,
                      "what callers say would go over the network in clear",
                      "write https://, or `insecure: true` for a network of your own");
}

/* Of a journal secrets are empty. */
static void check_secret(struct reading *reading, const char *file, const struct setting *secret)
{
    uint8_t key[WEBHOOK_KEY_MOST];
    size_t size;

    if (reading->live && secret->given && !webhook_key(secret->text, key, &size))
        reading_error(reading, file, secret->line, "this is no secret of Standard Webhooks",
                      "make one: echo whsec_$(openssl rand -base64 32)");
}

/* "call.*" */
static bool matches(struct text pattern, struct text name)
{
    if (pattern.size > 0 && pattern.data[pattern.size - 1] == '*')
        return text_starts(name, text_part(pattern, 0, pattern.size - 1));
    return text_equal(pattern, name);
}

static uint32_t events_of(struct reading *reading, const char *file, const struct setting *pattern)
{
    struct nearest nearest;
    struct text best;
    uint32_t events = 0;

    nearest_init(&nearest, pattern->text);
    for (uint32_t e = 0; e < HOOK_TEST; e++) {
        struct text name = text_of(hook_event_names[e]);
        events |= (uint32_t)matches(pattern->text, name) << e;
        nearest_offer(&nearest, name);
    }
    if (events)
        return events;
    best = nearest_found(&nearest);
    reading_error(
        reading, file, pattern->line,
        reading_print(reading, "there is no event '" TEXT_FORMAT "'", TEXT_ARGS(pattern->text)),
        text_empty(best)
            ? "docs/integrations.md has all of them"
            : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
    return 0;
}

static void make_rests(struct reading *reading, const char *file, const struct setting_list *list,
                       struct plan_hook *out)
{
    static const struct schema_row row = {
        .key = "rests", .type = SCHEMA_TIME, .low = 10, .high = DAY_MS};
    const char *what, *cure;

    for (uint32_t i = 0; i < list->count; i++) {
        struct setting rest = list->items[i];
        if (value_read(reading, &row, &rest, &what, &cure))
            out->rests_ms[out->rest_count++] = (uint32_t)rest.number;
        else
            reading_error(reading, file, rest.line, what, cure);
    }
    if (out->rest_count > 0)
        return;
    out->rest_count = sizeof(usual_rests_ms) / sizeof(usual_rests_ms[0]);
    for (uint32_t i = 0; i < out->rest_count; i++)
        out->rests_ms[i] = usual_rests_ms[i];
}

static void make_hook(struct reading *reading, const char *file, const struct hook_settings *s,
                      struct plan_hook *out)
{
    *out = (struct plan_hook){.name = s->at.text,
                              .url = s->url.text,
                              .secret = s->secret.text,
                              .old_secret = s->old_secret.text,
                              .timeout_ms = (uint32_t)s->timeout.number,
                              .attempts = (uint32_t)s->attempts.number,
                              .transcript = s->transcript.number};
    if (out->name.size >= MAX_NAME)
        reading_error(reading, file, s->at.line, "a webhook cannot be called so",
                      "give at most 63 bytes");
    if (s->url.given)
        check_url(reading, file, s);
    check_secret(reading, file, &s->secret);
    check_secret(reading, file, &s->old_secret);
    make_rests(reading, file, &s->rests, out);
    for (uint32_t i = 0; i < s->events.count; i++)
        out->events |= events_of(reading, file, &s->events.items[i]);
    if (s->events.count == 0)
        out->events = (1u << HOOK_TEST) - 1;
}

void checks_hooks(struct reading *reading, const char *file, const struct server_settings *s,
                  struct config *out)
{
    const struct hook_settings *settings = s->webhooks.items;
    struct plan_hook *hooks = reading_take(reading, s->webhooks.count * sizeof(*hooks));

    for (uint32_t i = 0; hooks && i < s->webhooks.count; i++)
        make_hook(reading, file, &settings[i], &hooks[i]);
    out->plan.hooks = hooks;
    out->plan.hook_count = hooks ? (uint8_t)s->webhooks.count : 0;
}
