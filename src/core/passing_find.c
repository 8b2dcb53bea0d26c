// SPDX-License-Identifier: Apache-2.0
/* passing_find.c - who is meant by what somebody keyed in after the transfer key. */
#include "core/passing_inside.h"

#include "core/dial.h"
#include "core/phones.h"
#include "core/route.h"

enum { NUMBER = 128 };

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "%2A43" -> "*43" (RFC 3261 19.1.4); what a stranger's zero byte follows is left out. */
static struct text decode(struct text in, char out[NUMBER])
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, NUMBER - 1);
    for (uint32_t i = 0; i < in.size; i++) {
        bool escaped = in.data[i] == '%' && i + 2 < in.size && hex(in.data[i + 1]) >= 0 &&
                       hex(in.data[i + 2]) >= 0;
        char c = escaped ? (char)(hex(in.data[i + 1]) << 4 | hex(in.data[i + 2])) : in.data[i];
        if (c == 0)
            break;
        text_append_char(&buffer, c);
        i += escaped ? 2 : 0;
    }
    return buffer.cut ? TEXT_EMPTY : text_view(&buffer);
}

static int16_t phones_trunk(const struct plan *plan)
{
    int16_t at = (int16_t)(plan->trunk_count - 1);

    while (at >= 0 && !plan->trunks[at].phones)
        at--;
    return at;
}

/* An operator's or a supervisor's code does something to who dials it. */
static bool is_code(const struct plan *plan, struct text number)
{
    for (int i = 0; i < OPERATOR_SAIDS; i++) {
        if (text_equal(plan->codes[i], number))
            return true;
    }
    for (int i = 0; plan->supervisor_count > 0 && i < SUPERVISE_CODES; i++) {
        if (plan->supervision.codes[i].size && text_starts(number, plan->supervision.codes[i]))
            return true;
    }
    return false;
}

static struct passing_target to_number(const struct plan *plan, struct text user, struct text number,
                                       int16_t only)
{
    struct passing_target target = {.to = PASSING_TO_NUMBER, .only = only};

    if (text_equal(phones_meant(plan, number, only), user))
        target.to = PASSING_TO_SELF;
    text_copy(target.number, sizeof(target.number), number);
    return target;
}

/* By name. */
static struct passing_target named(const struct plan *plan, struct text user, struct text name)
{
    for (uint16_t i = 0; i < plan->user_count; i++) {
        if (text_equal(plan->users[i].name, name))
            return to_number(plan, user, name, -1);
    }
    for (uint16_t i = 0; i < plan->operator_count; i++) {
        if (text_equal(plan->operators[i].name, name) && plan->operators[i].place_count > 0)
            return to_number(plan, user, plan->operators[i].places[0], -1);
    }
    for (int16_t i = 0; i < plan->queue_count; i++) {
        if (text_equal(plan->queues[i].name, name) && plan->agent_count > 0)
            return (struct passing_target){.to = PASSING_TO_QUEUE, .index = i};
    }
    for (int16_t i = 0; i < plan->agent_count; i++) {
        if (text_equal(plan->agents[i].name, name))
            return (struct passing_target){.to = PASSING_TO_AGENT, .index = i};
    }
    return (struct passing_target){.to = PASSING_TO_NOBODY};
}

/* As the same user's INVITE is led: core/inbound.c. */
static struct passing_target routed(const struct plan *plan, const struct plan_route *route,
                                    struct text user, struct text number)
{
    char called[NUMBER];

    if (route->queue >= 0)
        return (struct passing_target){.to = PASSING_TO_QUEUE, .index = route->queue};
    if (route->agent >= 0)
        return (struct passing_target){.to = PASSING_TO_AGENT, .index = route->agent};
    dial_user(number, called, sizeof(called));
    return to_number(plan, user, route->forward.size ? route->forward : text_of(called),
                     route->forward_trunk);
}

struct passing_target passing_find(const struct plan *plan, struct text user, struct text uri)
{
    struct passing_target target = {.to = PASSING_TO_NOBODY};
    char room[NUMBER];
    struct text host, number = decode(phones_split(uri, &host), room);

    if (number.size == 0 || is_code(plan, number))
        return target;
    if (text_equal(plan->three_way, number)) {
        target.to = PASSING_TO_THREE;
        return target;
    }
    const struct plan_route *route = route_find(plan, number, phones_trunk(plan));
    if (!route || text_equal(route->number, TEXT("*"))) /* A name goes before what is for all. */
        target = named(plan, user, number);
    return target.to == PASSING_TO_NOBODY && route ? routed(plan, route, user, number) : target;
}
