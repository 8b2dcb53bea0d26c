// SPDX-License-Identifier: Apache-2.0
/* permit.c - patterns, and two counts. */
#include "core/permit.h"

#include "core/promise.h"

enum { HOUR_MS = 3600000, WHOLE = PHONE_NUMBER + 2 };

/* With "+" where it names its country. */
static struct text whole(struct text number, char room[WHOLE])
{
    uint32_t cut = text_starts(number, TEXT("00"))    ? 2
                   : text_starts(number, TEXT("011")) ? 3
                                                      : 0;
    struct text_buffer out;

    if (!cut)
        return number;
    text_buffer_init(&out, room, WHOLE);
    text_append_char(&out, '+');
    text_append(&out, text_part(number, cut, number.size));
    return text_view(&out);
}

static bool matches(struct text number, struct text pattern)
{
    if (pattern.size && pattern.data[pattern.size - 1] == '*')
        return text_starts(number, text_part(pattern, 0, pattern.size - 1));
    return text_equal(number, pattern);
}

static bool matches_any(struct text number, const struct text *patterns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (matches(number, patterns[i]))
            return true;
    return false;
}

/* "+41": the country codes of one and of two digits (ITU-T, List of E.164 assigned country codes); all
 * others have three. */
static struct text country(struct text number)
{
    static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 "
                              "57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";

    if (!text_starts(number, TEXT("+")) || number.size < 4)
        return TEXT_EMPTY;
    if (number.data[1] == '1' || number.data[1] == '7')
        return text_part(number, 0, 2);
    for (uint32_t i = 0; i + 1 < sizeof(two); i += 3)
        if (two[i] == number.data[1] && two[i + 1] == number.data[2])
            return text_part(number, 0, 3);
    return text_part(number, 0, 4);
}

bool permit_never(const struct plan *plan, struct text number)
{
    char room[WHOLE];

    return matches_any(whole(number, room), plan->callbacks.never, plan->callbacks.never_count);
}

bool permit_number(const struct plan *plan, struct text number, struct text own)
{
    char room[2][WHOLE];
    struct text wanted = whole(number, room[0]), from = whole(own, room[1]);
    const struct plan_callbacks *callbacks = &plan->callbacks;

    if (matches_any(wanted, callbacks->never, callbacks->never_count))
        return false;
    if (callbacks->number_count)
        return matches_any(wanted, callbacks->numbers, callbacks->number_count);
    struct text theirs = country(wanted);
    return theirs.size == 0 || text_equal(wanted, from) || text_equal(theirs, country(from));
}

/* FNV-1a, 64 bit; 0: withheld, everybody's and nobody's. */
static uint64_t digest(struct text number)
{
    uint64_t hash = 14695981039346656037u;
    char written[PHONE_NUMBER];

    if (!promise_number(number, written))
        return 0;
    struct text plain = text_of(written);
    for (uint32_t i = 0; i < plain.size; i++)
        hash = (hash ^ (uint8_t)plain.data[i]) * 1099511628211u;
    return hash | 1;
}

/* How many of this hour have not flowed out, in thousandths. */
static uint64_t filled(const struct step *step, const struct plan *plan)
{
    const struct callbacks *callbacks = &step->core->callbacks;
    uint64_t past_ms = step->event->now_ms - callbacks->hour_ms;
    uint64_t out = past_ms < HOUR_MS ? past_ms * plan->callbacks.per_hour * 1000 / HOUR_MS
                                     : (uint64_t)plan->callbacks.per_hour * 1000;

    return callbacks->hour_filled > out ? callbacks->hour_filled - out : 0;
}

enum permit permit_ask(const struct step *step, const struct call *call, struct text number)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct callbacks *callbacks = &step->core->callbacks;
    struct text own = text_of(call->talk.context.caller);
    uint64_t by = digest(own);
    uint32_t open = 0;

    if (!permit_number(plan, number, own))
        return PERMIT_NO_NUMBER;
    for (uint32_t i = 0; callbacks->count && i < MAX_CALLBACKS; i++)
        open += callback_is_open(&callbacks->items[i]) &&
                ((by && callbacks->items[i].by == by) ||
                 callbacks_is(&callbacks->items[i], number));
    if (plan->callbacks.per_caller && open >= plan->callbacks.per_caller)
        return PERMIT_NO_MORE;
    if (plan->callbacks.per_hour &&
        filled(step, plan) + 1000 > (uint64_t)plan->callbacks.per_hour * 1000)
        return PERMIT_NOT_NOW;
    return PERMIT_GIVEN;
}

void permit_count(struct step *step, const struct call *call, struct callback *callback)
{
    const struct plan *plan = call_plan(step->core, call);
    struct callbacks *callbacks = &step->core->callbacks;

    callback->by = digest(text_of(call->talk.context.caller));
    callbacks->hour_filled = filled(step, plan) + 1000;
    callbacks->hour_ms = step->event->now_ms;
}
