// SPDX-License-Identifier: Apache-2.0
/* settings_hooks.c - the rows of `webhooks` in offhook.yaml. */
#include "app/settings_rows.h"

#define HOOK(member) AT(struct hook_settings, member)

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
    {.key = "events",
     .type = SCHEMA_TEXTS,
     .offset = HOOK(events),
     .high = 32,
     .example = "a list: [call.ended, \"transfer.*\"]",
     .help =
         "which: call.started, call.ended, voicemail.left, message.taken, callback.promised, "
         "callback.done, callback.failed, transfer.offered, transfer.done, transfer.failed, "
         "queue.joined, queue.left, operator.state; `transfer.*` and `*` are patterns; default: "
         "all"},
    {.key = "timeout",
     .type = SCHEMA_TIME,
     .offset = HOOK(timeout),
     .fallback = "15s",
     .low = 100,
     .high = 60000,
     .help = "of one attempt"},
    {.key = "attempts",
     .type = SCHEMA_NUMBER,
     .offset = HOOK(attempts),
     .fallback = "10",
     .low = 1,
     .high = 100,
     .help = "then the event is a dead letter, which `offhook outbox` shows and sends again"},
    {.key = "rests",
     .type = SCHEMA_TEXTS,
     .offset = HOOK(rests),
     .high = MAX_RESTS,
     .example = "a list of times: [5s, 5m, 30m]",
     .help =
         "between attempts, each up to a fifth longer by chance, the last one repeated; default: "
         "5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h"},
    {.key = "transcript",
     .type = SCHEMA_SWITCH,
     .offset = HOOK(transcript),
     .fallback = "true",
     .help =
         "what was said goes with it: turns, statements, summaries, messages; false: none of it"},
    {.key = "insecure",
     .type = SCHEMA_SWITCH,
     .offset = HOOK(insecure),
     .fallback = "false",
     .help = "http:// to another machine is allowed: anybody on the way reads it"},
};
const struct schema settings_hook = SCHEMA("this webhook", hook_rows, struct hook_settings);
