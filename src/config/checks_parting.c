// SPDX-License-Identifier: Apache-2.0
/* checks_parting.c - what is done when nobody can come: paths, messages, callbacks. */
#include <unistd.h>

#include "config/checks.h"
#include "config/nearest.h"

static int16_t find_trunk(struct reading *reading, const char *file, const struct plan *plan,
                          const struct setting *name)
{
    struct nearest nearest;

    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < plan->trunk_count; i++) {
        if (text_equal(plan->trunks[i].name, name->text))
            return i;
        nearest_offer(&nearest, plan->trunks[i].name);
    }
    struct text best = nearest_found(&nearest);
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there is no trunk '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        text_empty(best)
            ? "add it under `trunks`"
            : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
    return -1;
}

static void check_unavailable(struct reading *reading, const char *file,
                              const struct server_settings *s, struct plan_unavailable *out)
{
    for (int i = 0; i < UNAVAILABLES; i++) {
        out->paths[i] = (enum plan_path)s->paths[i].number;
        out->given = out->given || s->paths[i].given;
    }
    out->given = out->given || s->outage_file.given || s->offer.given;
    out->offer_ms = (uint32_t)s->offer.number;
    if (!s->outage_file.given)
        return;
    const char *path = schema_path(reading, file, s->outage_file.text);
    out->outage_file = text_of(path);
    if (access(path, R_OK) != 0)
        reading_error(reading, file, s->outage_file.line,
                      reading_print(reading, "there is no readable file %s", path),
                      "correct the path, or leave it away: the agent's words are used then");
}

/* What costs whoever calls it: ITU-T E.164 (country codes for satellites and international premium
 * rates), and the premium ranges of national numbering plans, with and without the country. */
static const struct text never_called[] = {
    TEXT_INIT("+979*"),  TEXT_INIT("+870*"),  TEXT_INIT("+881*"),  TEXT_INIT("+882*"),
    TEXT_INIT("+883*"),  TEXT_INIT("+1900*"), TEXT_INIT("+1976*"), TEXT_INIT("1900*"),
    TEXT_INIT("+41900*"), TEXT_INIT("+41901*"), TEXT_INIT("+41906*"),
    TEXT_INIT("+49900*"), TEXT_INIT("+49137*"), TEXT_INIT("+43900*"), TEXT_INIT("+43901*"),
    TEXT_INIT("+43930*"), TEXT_INIT("+43931*"), TEXT_INIT("+449*"),  TEXT_INIT("+4487*"),
    TEXT_INIT("+3389*"), TEXT_INIT("+34803*"), TEXT_INIT("+34806*"), TEXT_INIT("+34807*"),
    TEXT_INIT("+39899*"), TEXT_INIT("+31900*"), TEXT_INIT("+31906*"), TEXT_INIT("+31909*"),
    TEXT_INIT("+32900*"), TEXT_INIT("+61190*"), TEXT_INIT("0900*"),  TEXT_INIT("0901*"),
    TEXT_INIT("0906*"),  TEXT_INIT("0930*"),  TEXT_INIT("0137*"),
};

static const struct text *patterns(struct reading *reading, const struct setting_list *list,
                                   uint16_t *count)
{
    struct text *out = reading_take(reading, list->count * sizeof(*out));

    for (uint32_t i = 0; out && i < list->count; i++)
        out[i] = list->items[i].text;
    *count = out ? (uint16_t)list->count : 0;
    return out;
}

static void check_limits(struct reading *reading, const struct server_settings *s,
                         struct plan_callbacks *out)
{
    out->numbers = patterns(reading, &s->callback_numbers, &out->number_count);
    out->never = never_called;
    out->never_count = sizeof(never_called) / sizeof(never_called[0]);
    if (s->callback_never.line > 0)
        out->never = patterns(reading, &s->callback_never, &out->never_count);
    out->per_caller = (uint8_t)s->callback_per_caller.number;
    out->per_hour = (uint32_t)s->callback_per_hour.number;
}

void checks_parting(struct reading *reading, const char *file, const struct server_settings *s,
                   struct agents *agents, struct config *out)
{
    struct plan *plan = &out->plan;

    check_unavailable(reading, file, s, &plan->unavailable);
    plan->voicemail = (struct plan_voicemail){.longest_ms = (uint32_t)s->message_longest.number,
                                              .silence_ms = (uint32_t)s->message_silence.number,
                                              .least_ms = (uint32_t)s->message_least.number,
                                              .review = s->message_review.number};
    plan->callbacks = (struct plan_callbacks){
        .slots = s->callback_slots.text,
        .book = s->callback_book.text,
        .agent = s->callback_agent.given
                     ? agents_find(reading, agents, file, &s->callback_agent)
                     : (int16_t)-1,
        .trunk = s->callback_trunk.given ? find_trunk(reading, file, plan, &s->callback_trunk)
                                         : (int16_t)-1,
        .from = s->callback_from.text,
        .attempts = (uint8_t)s->callback_attempts.number,
        .after_ms = (uint32_t)s->callback_after.number,
        .again_ms = (uint32_t)s->callback_again.number,
        .within_ms = (uint32_t)s->callback_within.number,
        .hours = checks_opening(reading, file, plan, &s->callback_hours),
        .warn_ms = (uint32_t)s->callback_warn.number};
    check_limits(reading, s, &plan->callbacks);
    if (s->message_least.number >= s->message_longest.number)
        reading_error(reading, file, s->message_least.line, "'least' is not under 'longest'",
                      "no message would ever be kept");
    if (s->callback_after.number >= s->callback_within.number)
        reading_error(reading, file, s->callback_after.line, "'after' is not under 'within'",
                      "each promise would be broken before the first attempt");
    if (s->callback_warn.number >= s->callback_within.number)
        reading_error(reading, file, s->callback_warn.line, "'warn' is not under 'within'",
                      "each promise would be late from its beginning");
}
