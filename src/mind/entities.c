// SPDX-License-Identifier: Apache-2.0
/* entities.c - one finder a key, tried at each word; ids and calls are here, see dates.c for the
 * rest. */
#include "mind/entities.h"

#include <string.h>

#include "mind/finders.h"
#include "mind/spoken.h"

const char *const entity_names[ENTITY_KINDS] = {[ENTITY_ACCOUNT] = "account",
                                                [ENTITY_INVOICE] = "invoice",
                                                [ENTITY_PRODUCT] = "product",
                                                [ENTITY_ERROR] = "error",
                                                [ENTITY_DATE] = "date",
                                                [ENTITY_AMOUNT] = "amount",
                                                [ENTITY_CALLS_BEFORE] = "calls_before"};

/* A line is a name (48 bytes for all), "=", MAX_ENTITY - 1 and "\n". */
_Static_assert(48 + ENTITY_KINDS * (MAX_ENTITY + 1) <= MAX_ENTITIES, "all entities fit");

/* After "invoice" or "account": [number|id] [is|it's] then digits, at least `least` of them. */
static bool find_id(const struct tokens *tokens, uint32_t i, uint32_t least,
                    struct text_buffer *out)
{
    uint32_t at = i + 1;
    bool named = tokens_in(tokens, at, "number numbers no num id code #");

    if (named)
        at++;
    if (tokens_in(tokens, at, "is it's it that's"))
        at++;
    if (tokens_in(tokens, at, "is um uh"))
        at++;
    if (!spoken_digits(tokens, at, out))
        return false;
    if (named && least > 2)
        least = 2;
    return out->size >= least;
}

static bool find_account(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    return tokens_in(tokens, i, "account customer member client acct") &&
           find_id(tokens, i, 4, out);
}

static bool find_invoice(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    return tokens_in(tokens, i, "invoice invoices bill") && find_id(tokens, i, 2, out);
}

static bool about_calling(const struct tokens *tokens, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (tokens_in(
                tokens, i,
                "call calls called calling phone phoned ring rang explain explained told tell "
                "asked ask contact contacted talked spoke speak"))
            return true;
    return false;
}

static uint32_t minus(uint32_t a, uint32_t b)
{
    return a > b ? a - b : 0;
}

/* "the third time i call", "my second call" */
static bool find_nth_call(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint32_t nth = 0, used = spoken_ordinal(tokens, i, &nth);
    bool time = tokens_is(tokens, i + used, "time");

    if (used == 0 || nth < 2 || nth > 99)
        return false;
    if (!tokens_is(tokens, i + used, "call") && !time)
        return false;
    if (time && tokens->count > i + used + 1 + 2 &&
        !about_calling(tokens, i + used + 1, i + used + 6) &&
        !about_calling(tokens, minus(i, 5), i))
        return false;
    text_append_number(out, nth - 1);
    return true;
}

/* "called three times", "called twice", "called you several times" */
static bool find_times_called(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint64_t times = 0;
    uint32_t used = spoken_quantity(tokens, i, &times);

    if (!about_calling(tokens, minus(i, 4), i) &&
        !about_calling(tokens, i + used + 1, i + used + 5))
        return false;
    if (used && times > 0 && times < 100 && tokens_is(tokens, i + used, "times")) {
        text_append_number(out, times);
        return true;
    }
    if (tokens_is(tokens, i, "twice")) {
        text_append_number(out, 2);
        return true;
    }
    if (tokens_in(tokens, i, "several many multiple") && tokens_is(tokens, i + 1, "times")) {
        text_append(out, TEXT("several"));
        return true;
    }
    return false;
}

/* "i called yesterday", "i already called", "i called about this before" */
static bool find_called(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    bool ours = false, before = false;

    if (!tokens_in(tokens, i, "called phoned rang"))
        return false;
    for (uint32_t k = minus(i, 3); k < i; k++)
        ours |= tokens_in(tokens, k, "i i've we we've already");
    for (uint32_t k = minus(i, 2); k < i + 8; k++)
        before |=
            k != i && tokens_in(tokens, k, "already before yesterday again last earlier once");
    if (ours && before)
        text_append_number(out, 1);
    return ours && before;
}

static bool find_calls_before(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    return find_nth_call(tokens, i, out) || find_times_called(tokens, i, out);
}

/* In order of precedence: an exact count of calls outranks "i already called". */
static const struct finder {
    enum entity entity;
    bool (*find)(const struct tokens *tokens, uint32_t i, struct text_buffer *out);
} finders[] = {{ENTITY_ACCOUNT, find_account},    {ENTITY_INVOICE, find_invoice},
               {ENTITY_ERROR, finders_error},        {ENTITY_PRODUCT, finders_product},
               {ENTITY_PRODUCT, finders_owned},      {ENTITY_AMOUNT, finders_amount},
               {ENTITY_DATE, finders_date},          {ENTITY_CALLS_BEFORE, find_calls_before},
               {ENTITY_CALLS_BEFORE, find_called}};

static void run(const struct finder *finder, const struct tokens *tokens, struct entities *out)
{
    for (uint32_t i = 0; i < tokens->count && !out->value[finder->entity][0]; i++) {
        char storage[MAX_ENTITY - 1];
        struct text_buffer value;

        text_buffer_init(&value, storage, sizeof storage);
        if (finder->find(tokens, i, &value))
            text_copy(out->value[finder->entity], MAX_ENTITY, text_view(&value));
    }
}

/* The agent asked for a number, and a number is all that came. */
static void take_asked(const struct tokens *tokens, struct text asked, struct entities *out)
{
    enum entity entity = text_find_nocase(asked, TEXT("account number")) >= 0   ? ENTITY_ACCOUNT
                         : text_find_nocase(asked, TEXT("invoice number")) >= 0 ? ENTITY_INVOICE
                                                                                : ENTITY_KINDS;
    if (entity == ENTITY_KINDS || out->value[entity][0])
        return;
    for (uint32_t i = 0; i < tokens->count && i < 4; i++) {
        char storage[MAX_ENTITY - 1];
        struct text_buffer value;

        text_buffer_init(&value, storage, sizeof storage);
        if (spoken_digits(tokens, i, &value) && value.size >= 2) {
            text_copy(out->value[entity], MAX_ENTITY, text_view(&value));
            return;
        }
    }
}

void entities_of(const struct tokens *tokens, struct text asked, struct entities *out)
{
    *out = (struct entities){0};
    for (size_t i = 0; i < sizeof finders / sizeof *finders; i++)
        run(&finders[i], tokens, out);
    take_asked(tokens, asked, out);
}

void entities_print(const struct entities *entities, struct text_buffer *out)
{
    for (int i = 0; i < ENTITY_KINDS; i++) {
        if (!entities->value[i][0])
            continue;
        text_append(out, text_of(entity_names[i]));
        text_append_char(out, '=');
        text_append(out, text_of(entities->value[i]));
        text_append_char(out, '\n');
    }
}

uint32_t entities_calls_before(const struct entities *entities)
{
    struct text value = text_of(entities->value[ENTITY_CALLS_BEFORE]);
    uint64_t number = 0;

    if (text_equal(value, TEXT("several")))
        return 3;
    return text_number(value, &number) && number < 100 ? (uint32_t)number : 0;
}
