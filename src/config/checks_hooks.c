// SPDX-License-Identifier: Apache-2.0
/* checks_hooks.c - who is told of events: addresses, secrets, patterns, times. */
#include <jansson.h>

#include "config/checks.h"
#include "config/nearest.h"
#include "config/settings_rows.h"
#include "config/value.h"
#include "core/command.h"
#include "vendor/fill.h"
#include "vendor/pick.h"
#include "vendor/webhook.h"
#include "vendor/webtool.h"

enum { DAY_MS = 86400000 };

static const uint32_t usual_rests_ms[] = {5000,     300000,   1800000,  7200000, 18000000,
                                          36000000, 50400000, 72000000, 86400000};

static void check_url(struct reading *reading, const char *file, const struct setting *url,
                      bool insecure)
{
    checks_url(reading, file, url, false);
    if (!text_starts(url->text, TEXT("https://")) && !text_starts(url->text, TEXT("http://")))
        reading_error(reading, file, url->line, "others are told and asked by http",
                      "write https://HOST/PATH");
    else if (checks_in_clear(url->text) && !insecure)
        reading_error(reading, file, url->line,
                      "what callers say would go over the network in clear",
                      "write https://, or `insecure: true` for a network of your own");
}

/* The host stands fast: what callers bring goes behind it. */
static void check_pattern_url(struct reading *reading, const char *file, const struct setting *url,
                              bool insecure)
{
    check_url(reading, file, url, insecure);
    if (!fill_sound(url->text) || !webtool_sound(url->text))
        reading_error(reading, file, url->line, "'url' cannot be filled in",
                      "write https://HOST/PATH/{caller}; nothing is filled in before the path");
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
        check_url(reading, file, &s->url, s->insecure.number);
    check_secret(reading, file, &s->secret);
    check_secret(reading, file, &s->old_secret);
    make_rests(reading, file, &s->rests, out);
    for (uint32_t i = 0; i < s->events.count; i++)
        out->events |= events_of(reading, file, &s->events.items[i]);
    if (s->events.count == 0)
        out->events = (1u << HOOK_TEST) - 1;
}

void checks_body(struct reading *reading, const char *file, const struct setting *body)
{
    json_error_t error;
    json_t *read = json_loadb(body->text.data, body->text.size, JSON_REJECT_DUPLICATES, &error);

    if (!read)
        reading_error(reading, file, body->line,
                      reading_print(reading, "'body' is not JSON: %s", error.text),
                      "write it below `body: |`; what is filled in stands in quotes: \"{caller}\"");
    if (!fill_sound(body->text))
        reading_error(reading, file, body->line, "'body' has a {...} that is no path",
                      "write {call.ref}, {facts.name} or {list[0].name}");
    json_decref(read);
}

static void check_fact(struct reading *reading, const char *file, const struct setting_pair *fact)
{
    struct text name = fact->key.text;
    bool good = name.size > 0 && name.size < MAX_NAME;

    for (uint32_t i = 0; i < name.size; i++)
        good = good && ((name.data[i] >= 'a' && name.data[i] <= 'z') ||
                        (name.data[i] >= '0' && name.data[i] <= '9') || name.data[i] == '_');
    if (!good)
        reading_error(
            reading, file, fact->key.line,
            reading_print(reading, "a fact cannot be called '" TEXT_FORMAT "'", TEXT_ARGS(name)),
            "give small letters, digits and _: words and models name it so");
    if (!pick_sound(fact->value.text))
        reading_error(
            reading, file, fact->value.line,
            reading_print(reading, "'" TEXT_FORMAT "' is no path", TEXT_ARGS(fact->value.text)),
            "write where it is in the answer: $.results[0].properties.firstname");
}

void checks_lookup(struct reading *reading, const char *file, const struct server_settings *s,
                   struct config *out)
{
    const struct lookup_settings *lookup = &s->lookup;
    const struct setting_pair *facts = lookup->facts.items;

    if (!lookup->url.given)
        return;
    out->plan.lookup = (struct plan_lookup){.url = lookup->url.text,
                                            .method = lookup->method.text,
                                            .body = lookup->body.text,
                                            .headers = checks_pairs(reading, &lookup->headers),
                                            .header_count = (uint8_t)lookup->headers.count,
                                            .token = lookup->token.text,
                                            .token_header = lookup->token_header.text,
                                            .facts = checks_pairs(reading, &lookup->facts),
                                            .fact_count = (uint8_t)lookup->facts.count,
                                            .budget_ms = (uint32_t)lookup->budget.number,
                                            .cache_ms = (uint32_t)lookup->cache.number};
    check_pattern_url(reading, file, &lookup->url, lookup->insecure.number);
    if (lookup->body.given)
        checks_body(reading, file, &lookup->body);
    for (uint32_t i = 0; i < lookup->facts.count; i++)
        check_fact(reading, file, &facts[i]);
    if (lookup->facts.count == 0)
        reading_warning(reading, file, lookup->url.line, "nothing is taken from what is looked up",
                        "say what, under `facts`");
}

/* ---- Connectors ---- */

/* What the entry does not say itself is as its file says. */
static void take_over(struct connector_settings *s, const struct connector_settings *file)
{
    struct setting *own[] = {&s->url,          &s->method,      &s->body,    &s->token,
                             &s->token_header, &s->idempotency, &s->timeout, &s->attempts,
                             &s->transcript,   &s->insecure};
    const struct setting *other[] = {
        &file->url,         &file->method,  &file->body,     &file->token,      &file->token_header,
        &file->idempotency, &file->timeout, &file->attempts, &file->transcript, &file->insecure};

    for (uint32_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (!own[i]->given)
            *own[i] = *other[i];
    }
    s->headers = s->headers.count ? s->headers : file->headers;
    s->events = s->events.count ? s->events : file->events;
    s->rests = s->rests.count ? s->rests : file->rests;
    s->expect = s->expect.count ? s->expect : file->expect;
}

/* Where what it says stands: its file, or the configuration. */
static const char *read_connector_file(struct reading *reading, const char *file,
                                       struct connector_settings *s)
{
    struct connector_settings *other = reading_take(reading, sizeof(*other));
    const char *path = schema_path(reading, file, s->file.text), *why;
    struct text yaml;

    if (!other)
        return file;
    if (!reading_file(reading, path, &yaml, &why)) {
        reading_error(reading, file, s->file.line,
                      reading_print(reading, "%s cannot be read: %s", path, why),
                      "name the file of the connector, beside this one");
        return file;
    }
    schema_read(reading, path, &settings_connector, tree_read(reading, path, yaml, 1), other);
    take_over(s, other);
    return path;
}

static void make_expected(struct reading *reading, const char *file,
                          const struct setting_list *list, struct plan_hook *out)
{
    uint64_t status;

    for (uint32_t i = 0; i < list->count; i++) {
        if (text_number(list->items[i].text, &status) && status >= 200 && status <= 599)
            out->expect[out->expect_count++] = (uint16_t)status;
        else
            reading_error(reading, file, list->items[i].line, "this is no status of HTTP",
                          "write 200 to 599");
    }
}

static void make_connector(struct reading *reading, const char *file,
                           const struct connector_settings *given, struct plan_hook *out)
{
    struct connector_settings s = *given;

    if (s.file.given)
        file = read_connector_file(reading, file, &s);
    *out = (struct plan_hook){.name = s.at.text,
                              .connector = true,
                              .url = s.url.text,
                              .method = s.method.text,
                              .body = s.body.text,
                              .headers = checks_pairs(reading, &s.headers),
                              .header_count = (uint8_t)s.headers.count,
                              .token = s.token.text,
                              .token_header = s.token_header.text,
                              .idempotency = s.idempotency.text,
                              .timeout_ms = (uint32_t)s.timeout.number,
                              .attempts = (uint32_t)s.attempts.number,
                              .transcript = s.transcript.number};
    if (out->name.size >= MAX_NAME)
        reading_error(reading, file, s.at.line, "a connector cannot be called so",
                      "give at most 63 bytes");
    if (s.url.given)
        check_pattern_url(reading, file, &s.url, s.insecure.number);
    else
        reading_error(reading, file, s.at.line, "'url' is missing in this connector",
                      "add url: what is called");
    if (s.body.given)
        checks_body(reading, file, &s.body);
    make_expected(reading, file, &s.expect, out);
    make_rests(reading, file, &s.rests, out);
    for (uint32_t i = 0; i < s.events.count; i++)
        out->events |= events_of(reading, file, &s.events.items[i]);
    if (s.events.count == 0)
        reading_error(reading, file, s.at.line, "'events' is missing in this connector",
                      "say of what a record is made: [call.ended]");
}

static void check_names(struct reading *reading, const char *file, const struct plan_hook *hooks,
                        uint32_t count, uint32_t line)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = i + 1; j < count; j++) {
            if (text_equal(hooks[i].name, hooks[j].name))
                reading_error(reading, file, line,
                              reading_print(reading,
                                            "'" TEXT_FORMAT "' is a webhook and a "
                                            "connector",
                                            TEXT_ARGS(hooks[i].name)),
                              "call one of them otherwise");
        }
    }
    if (count > MAX_HOOKS)
        reading_error(reading, file, line, reading_print(reading, "%u are to be told", count),
                      reading_print(reading, "at most %d webhooks and connectors", MAX_HOOKS));
}

void checks_hooks(struct reading *reading, const char *file, const struct server_settings *s,
                  struct config *out)
{
    const struct hook_settings *webhooks = s->webhooks.items;
    const struct connector_settings *connectors = s->connectors.items;
    uint32_t count = s->webhooks.count + s->connectors.count;
    struct plan_hook *hooks = reading_take(reading, count * sizeof(*hooks));

    if (!hooks || count == 0)
        return;
    for (uint32_t i = 0; i < s->webhooks.count; i++)
        make_hook(reading, file, &webhooks[i], &hooks[i]);
    for (uint32_t i = 0; i < s->connectors.count; i++)
        make_connector(reading, file, &connectors[i], &hooks[s->webhooks.count + i]);
    check_names(reading, file, hooks, count, s->connectors.line);
    out->plan.hooks = hooks;
    out->plan.hook_count = (uint8_t)(count < MAX_HOOKS ? count : MAX_HOOKS);
}
