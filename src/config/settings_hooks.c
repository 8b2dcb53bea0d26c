// SPDX-License-Identifier: Apache-2.0
/* settings_hooks.c - the rows of `webhooks`, `connectors` and `lookup` in
 * offhook.yaml. */
#include "config/settings_rows.h"

#define HOOK(member) AT(struct hook_settings, member)

/* What a webhook and a connector have alike. OF: HOOK or CONNECTOR. */
#define DELIVERY_ROWS(OF)                                                                          \
    {.key = "events",                                                                              \
     .type = SCHEMA_TEXTS,                                                                         \
     .offset = OF(events),                                                                         \
     .high = 32,                                                                                   \
     .example = "a list: [call.ended, \"transfer.*\"]",                                            \
     .help = "which: call.started, call.ended, voicemail.left, message.taken, callback.promised, " \
             "callback.done, callback.failed, transfer.offered, transfer.done, transfer.failed, "  \
             "queue.joined, queue.left, call.supervised, operator.state; `transfer.*` and `*` "    \
             "are patterns; default: "                                                             \
             "all"},                                                                               \
        {.key = "timeout",                                                                         \
         .type = SCHEMA_TIME,                                                                      \
         .offset = OF(timeout),                                                                    \
         .fallback = "15s",                                                                        \
         .low = 100,                                                                               \
         .high = 60000,                                                                            \
         .help = "of one attempt"},                                                                \
        {.key = "attempts",                                                                        \
         .type = SCHEMA_NUMBER,                                                                    \
         .offset = OF(attempts),                                                                   \
         .fallback = "10",                                                                         \
         .low = 1,                                                                                 \
         .high = 100,                                                                              \
         .help = "then the event is a dead letter, which `offhook outbox` shows and sends again"}, \
        {.key = "rests",                                                                           \
         .type = SCHEMA_TEXTS,                                                                     \
         .offset = OF(rests),                                                                      \
         .high = MAX_RESTS,                                                                        \
         .example = "a list of times: [5s, 5m, 30m]",                                              \
         .help = "between attempts, each up to a fifth longer by chance, the last one repeated; "  \
                 "default: "                                                                       \
                 "5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h"},                                       \
        {.key = "transcript",                                                                      \
         .type = SCHEMA_SWITCH,                                                                    \
         .offset = OF(transcript),                                                                 \
         .fallback = "true",                                                                       \
         .help = "what was said goes with it: turns, statements, summaries, messages; false: "     \
                 "none of it"},                                                                    \
    {                                                                                              \
        .key = "insecure", .type = SCHEMA_SWITCH, .offset = OF(insecure), .fallback = "false",     \
        .help = "http:// to another machine is allowed: anybody on the way reads it"               \
    }

static const struct schema_row hook_rows[] = {
    {.key = "url",
     .type = SCHEMA_TEXT,
     .required = true,
     .offset = HOOK(url),
     .also = " endpoint address ",
     .help = "where events are POSTed: https://, or http:// on this machine"},
    {.key = "secret",
     .type = SCHEMA_SECRET,
     .required = true,
     .offset = HOOK(secret),
     .also = " key signing_secret signing-secret ",
     .help =
         "what they are signed with (Standard Webhooks): whsec_ and base64 of 24 to 64 bytes, as "
         "${NAME} or file:PATH"},
    {.key = "old-secret",
     .type = SCHEMA_SECRET,
     .offset = HOOK(old_secret),
     .help = "signed with this one too, while receivers change to the new"},
    DELIVERY_ROWS(HOOK),
};
const struct schema settings_hook = SCHEMA("this webhook", hook_rows, struct hook_settings);

#define CONNECTOR(member) AT(struct connector_settings, member)

static const char *const connector_methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
static const struct schema_row connector_rows[] = {
    {.key = "file",
     .type = SCHEMA_PATH,
     .offset = CONNECTOR(file),
     .help =
         "a YAML file with these options (examples/connectors); what is given here counts more"},
    {.key = "url",
     .type = SCHEMA_TEXT,
     .offset = CONNECTOR(url),
     .help = "what is called, with {path} of values of the event"},
    {.key = "method",
     .type = SCHEMA_CHOICE,
     .offset = CONNECTOR(method),
     .choices = connector_methods,
     .choice_count = LENGTH(connector_methods),
     .fallback = "POST",
     .help = "of the request"},
    {.key = "headers",
     .type = SCHEMA_PAIRS,
     .offset = CONNECTOR(headers),
     .high = 16,
     .help = "sent with it; no secrets"},
    {.key = "token",
     .type = SCHEMA_SECRET,
     .offset = CONNECTOR(token),
     .also = " key api_key api-key secret bearer ",
     .help = "sent as Authorization: Bearer; ${NAME} or file:PATH"},
    {.key = "token-header",
     .type = SCHEMA_NAME,
     .offset = CONNECTOR(token_header),
     .help = "or as this header, alone"},
    {.key = "body",
     .type = SCHEMA_TEXT,
     .offset = CONNECTOR(body),
     .fallback = "",
     .high = 16383,
     .example = "it as JSON in a text below `body: |`",
     .help = "JSON, as text, with {path} of values of the event in its strings; default: the event "
             "as a webhook has it"},
    {.key = "expect",
     .type = SCHEMA_TEXTS,
     .offset = CONNECTOR(expect),
     .high = MAX_EXPECTED,
     .example = "a list of statuses: [201, 409]",
     .help = "statuses that mean it is done; default: 200 to 299"},
    {.key = "idempotency",
     .type = SCHEMA_NAME,
     .offset = CONNECTOR(idempotency),
     .fallback = "Idempotency-Key",
     .help = "the header that has the event's id, the same in each attempt"},
    DELIVERY_ROWS(CONNECTOR),
};
const struct schema settings_connector =
    SCHEMA("this connector", connector_rows, struct connector_settings);

#define LOOKUP(member) SERVER(lookup.member)

static const char *const method_words[] = {"GET", "POST"};
static const struct schema_row lookup_rows[] = {
    {.key = "url",
     .type = SCHEMA_TEXT,
     .offset = LOOKUP(url),
     .help =
         "what is asked, with {caller} and {called}: https://crm.example.net/by-number/{caller}"},
    {.key = "method",
     .type = SCHEMA_CHOICE,
     .offset = LOOKUP(method),
     .choices = method_words,
     .choice_count = LENGTH(method_words),
     .fallback = "GET",
     .help = "of the request"},
    {.key = "body",
     .type = SCHEMA_TEXT,
     .offset = LOOKUP(body),
     .fallback = "",
     .high = 8191,
     .example = "it as JSON in a text below `body: |`",
     .help = "of a POST: JSON, as text, with {caller} and {called} in its strings"},
    {.key = "headers",
     .type = SCHEMA_PAIRS,
     .offset = LOOKUP(headers),
     .high = 16,
     .help = "sent with it; no secrets"},
    {.key = "token",
     .type = SCHEMA_SECRET,
     .offset = LOOKUP(token),
     .also = " key api_key api-key secret bearer ",
     .help = "sent as Authorization: Bearer; ${NAME} or file:PATH"},
    {.key = "token-header",
     .type = SCHEMA_NAME,
     .offset = LOOKUP(token_header),
     .help = "or as this header, alone"},
    {.key = "facts",
     .type = SCHEMA_PAIRS,
     .offset = LOOKUP(facts),
     .high = MAX_FACTS_MAPPED,
     .help = "what is taken from the answer: a name, and where it is: `first_name: "
             "$.contact.firstname`; `priority` is the caller's in queues"},
    {.key = "budget",
     .type = SCHEMA_TIME,
     .offset = LOOKUP(budget),
     .fallback = "800ms",
     .low = 50,
     .high = 5000,
     .help = "then the call goes on without; only a greeting that uses a fact waits so long"},
    {.key = "cache",
     .type = SCHEMA_TIME,
     .offset = LOOKUP(cache),
     .fallback = "10m",
     .low = 0,
     .high = 86400000,
     .help = "what was found for a number is used again so long; 0: it is not"},
    {.key = "insecure",
     .type = SCHEMA_SWITCH,
     .offset = LOOKUP(insecure),
     .fallback = "false",
     .help = "http:// to another machine is allowed: anybody on the way reads it"},
};
const struct schema settings_lookup = SCHEMA("lookup", lookup_rows, struct server_settings);
