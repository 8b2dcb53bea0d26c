// SPDX-License-Identifier: Apache-2.0
/* callbacks.c - a table, looked through. */
#include "core/callbacks.h"

#include <string.h>

enum {
    DIGITS_THAT_COUNT = 8, /* Of numbers that are written as people of one place write them. */
    MOST_DIGITS = 20       /* E.164 has 15. */
};

struct callback *callbacks_add(struct callbacks *callbacks, const struct callback *callback)
{
    if (callbacks_named(callbacks, text_of(callback->ref), callback->turn, callback->number))
        return NULL;
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        struct callback *place = &callbacks->items[i];
        if (place->state != CALLBACK_FREE)
            continue;
        *place = *callback;
        place->state = CALLBACK_WAITING;
        place->id = ++callbacks->serial;
        if (place->id == 0)
            place->id = ++callbacks->serial;
        place->call = place->held = 0;
        callbacks->count++;
        return place;
    }
    callbacks->more = true;
    return NULL;
}

void callbacks_remove(struct callbacks *callbacks, struct callback *callback)
{
    callbacks->calling -= callback->state == CALLBACK_CALLING;
    callbacks->count--;
    if (callbacks->told) {
        *callback = (struct callback){.state = CALLBACK_FREE};
        return;
    }
    callback->state = CALLBACK_ENDED;
    callback->id = callback->held = 0;
}

bool callbacks_ask(struct callbacks *callbacks)
{
    if (!callbacks->more || !callbacks->told || callbacks->count > MAX_CALLBACKS / 4 * 3)
        return false;
    callbacks->more = callbacks->told = false;
    return true;
}

void callbacks_told(struct callbacks *callbacks)
{
    callbacks->told = true;
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++)
        if (callbacks->items[i].state == CALLBACK_ENDED)
            callbacks->items[i] = (struct callback){.state = CALLBACK_FREE};
}

struct callback *callbacks_find(struct callbacks *callbacks, uint32_t id)
{
    for (uint32_t i = 0; id && i < MAX_CALLBACKS; i++)
        if (callback_is_open(&callbacks->items[i]) && callbacks->items[i].id == id)
            return &callbacks->items[i];
    return NULL;
}

struct callback *callbacks_named(struct callbacks *callbacks, struct text ref, uint32_t turn,
                                 uint32_t number)
{
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback->state != CALLBACK_FREE && text_equal(text_of(callback->ref), ref) &&
            callback->turn == turn && callback->number == number)
            return callback;
    }
    return NULL;
}

/* The last digits, backwards; how many. */
static uint32_t digits_of(struct text number, uint32_t most, char out[MOST_DIGITS])
{
    uint32_t count = 0;

    for (uint32_t i = number.size; i > 0 && count < most; i--)
        if (number.data[i - 1] >= '0' && number.data[i - 1] <= '9')
            out[count++] = number.data[i - 1];
    return count;
}

static bool is_whole(struct text number)
{
    return number.size > 0 && number.data[0] == '+';
}

/* Whole numbers are compared whole: another country's, or another town's, may end alike. */
static bool is_same(struct text one, struct text other)
{
    char digits[MOST_DIGITS], others[MOST_DIGITS];
    uint32_t most = is_whole(one) && is_whole(other) ? MOST_DIGITS : DIGITS_THAT_COUNT;
    uint32_t count = digits_of(one, most, digits);

    return count > 0 && digits_of(other, most, others) == count &&
           memcmp(digits, others, count) == 0;
}

bool callbacks_is(const struct callback *callback, struct text number)
{
    return is_same(number, text_of(callback->party));
}

struct callback *callbacks_of(struct callbacks *callbacks, struct text number)
{
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback_is_open(callback) && is_same(number, text_of(callback->party)))
            return callback;
    }
    return NULL;
}

struct callback *callbacks_due(struct callbacks *callbacks, uint64_t wall_ms)
{
    struct callback *due = NULL;

    for (uint32_t i = 0; callbacks->calling < CALLBACKS_AT_ONCE && i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback->state != CALLBACK_WAITING || callback->stands || callback->held ||
            callback->next_ms > wall_ms)
            continue;
        if (!due || callback->warned > due->warned ||
            (callback->warned == due->warned && callback->place_ms < due->place_ms))
            due = callback;
    }
    return due;
}

static uint64_t warned_at_ms(const struct callback *callback, uint32_t warn_ms)
{
    return callback->until_ms > warn_ms ? callback->until_ms - warn_ms : 0;
}

struct callback *callbacks_breaking(struct callbacks *callbacks, uint64_t wall_ms, uint32_t warn_ms)
{
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback_is_open(callback) && !callback->warned &&
            warned_at_ms(callback, warn_ms) <= wall_ms)
            return callback;
    }
    return NULL;
}

/* Its time in the queue: when it may be offered, and when it is too late for that. */
static uint64_t queued_next_ms(const struct callback *callback, uint64_t wall_ms)
{
    return callback->next_ms > wall_ms ? callback->next_ms : callback->until_ms;
}

uint64_t callbacks_next_ms(const struct callbacks *callbacks, uint64_t wall_ms, uint32_t warn_ms)
{
    uint64_t next_ms = UINT64_MAX, at_ms;

    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        const struct callback *callback = &callbacks->items[i];
        if (!callback_is_open(callback))
            continue;
        at_ms = callback->next_ms;
        if (callback->stands)
            at_ms = at_ms > CALLBACKS_SOON_MS ? at_ms - CALLBACKS_SOON_MS : 0;
        if (callback->state == CALLBACK_QUEUED && queued_next_ms(callback, wall_ms) < next_ms)
            next_ms = queued_next_ms(callback, wall_ms);
        if (callback->state == CALLBACK_WAITING && !callback->held &&
            (callback->stands || callbacks->calling < CALLBACKS_AT_ONCE) && at_ms < next_ms)
            next_ms = at_ms;
        at_ms = warned_at_ms(callback, warn_ms);
        if (!callback->warned && at_ms < next_ms)
            next_ms = at_ms;
    }
    return next_ms != UINT64_MAX && next_ms < wall_ms ? wall_ms : next_ms;
}

void callbacks_call(struct callbacks *callbacks, struct callback *callback, uint64_t now_ms)
{
    callback->state = CALLBACK_CALLING;
    callback->attempts++;
    callback->since_ms = now_ms;
    callback->call = 0;
    callbacks->calling++;
}

void callbacks_wait(struct callbacks *callbacks, struct callback *callback, uint64_t next_ms)
{
    callbacks->calling -= callback->state == CALLBACK_CALLING;
    callback->state = CALLBACK_WAITING;
    callback->next_ms = next_ms;
    callback->call = 0;
}
