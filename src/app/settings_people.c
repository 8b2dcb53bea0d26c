// SPDX-License-Identifier: Apache-2.0
/* settings_people.c - the options of those who take calls, a row each. */
#include "app/settings_rows.h"

static const struct schema_row operator_rows[] = {
    {.key = "label",
     .type = SCHEMA_TEXT,
     .offset = AT(struct operator_settings, label),
     .low = 1,
     .high = MAX_NAME - 1,
     .help = "as spoken: Anna Keller; default: the name"},
    {.key = "answers-at",
     .type = SCHEMA_TEXTS,
     .offset = AT(struct operator_settings, answers_at),
     .high = OPERATOR_PLACES,
     .help = "one of `users`, whose registered telephones all ring; a number, called over "
             "`outbound`; or sip:desk@192.0.2.7; default: the user of the operator's name"},
    {.key = "skills",
     .type = SCHEMA_PAIRS,
     .offset = AT(struct operator_settings, skills),
     .high = MAX_SKILLS,
     .example = "lines of 'skill: level' below it, such as billing: 3",
     .help = "what they can do, and how well: 1 to 10"},
    {.key = "wrap-up",
     .type = SCHEMA_TIME,
     .offset = AT(struct operator_settings, wrap_up),
     .fallback = "0",
     .low = 0,
     .high = 3600000,
     .help = "time after a call before the next one is offered"},
};
static const struct schema_row code_rows[] = {
    {.key = "available",
     .type = SCHEMA_TEXT,
     .offset = SERVER(codes[SAID_AVAILABLE]),
     .fallback = "*40",
     .help = "dialled by an operator who takes calls from now on"},
    {.key = "break",
     .type = SCHEMA_TEXT,
     .offset = SERVER(codes[SAID_BREAK]),
     .fallback = "*41",
     .help = "who has a break"},
    {.key = "offline",
     .type = SCHEMA_TEXT,
     .offset = SERVER(codes[SAID_OFFLINE]),
     .fallback = "*42",
     .help = "who goes"},
};
const struct schema settings_codes = SCHEMA("operator-codes", code_rows, struct server_settings);
const struct schema settings_operator =
    SCHEMA("operators", operator_rows, struct operator_settings);
