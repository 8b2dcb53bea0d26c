// SPDX-License-Identifier: Apache-2.0
/* route.c - linear searches over short tables. */
#include "core/route.h"

#include "base/address.h"

int16_t route_trunk(const struct plan *plan, struct text source)
{
    uint8_t address[16];
    uint16_t port;
    int16_t found = -1;
    int best = -1;

    if (!address_read_port(source, address, &port))
        return -1;
    for (int16_t i = 0; i < plan->trunk_count; i++) {
        const struct plan_trunk *trunk = &plan->trunks[i];
        for (uint8_t j = 0; j < trunk->source_count; j++) {
            const struct plan_source *s = &trunk->sources[j];
            if (s->prefix_bits > best && address_in(address, s->address, s->prefix_bits)) {
                best = s->prefix_bits;
                found = i;
            }
        }
    }
    return found;
}

static bool has_user(const struct plan *plan, struct text user)
{
    for (uint16_t i = 0; i < plan->user_count; i++) {
        if (text_equal(plan->users[i].name, user))
            return true;
    }
    return false;
}

int16_t route_proved(const struct plan *plan, struct text user)
{
    for (int16_t i = 0; i < plan->trunk_count && user.size; i++) {
        const struct plan_trunk *trunk = &plan->trunks[i];
        if (trunk->phones
                ? has_user(plan, user)
                : trunk->authenticate && trunk->source_count == 0 && text_equal(trunk->user, user))
            return i;
    }
    return -1;
}

static bool number_matches(struct text pattern, struct text number)
{
    if (pattern.size > 0 && pattern.data[pattern.size - 1] == '*')
        return text_starts(number, text_part(pattern, 0, pattern.size - 1));
    return text_equal(pattern, number);
}

const struct plan_route *route_find(const struct plan *plan, struct text number, int16_t trunk)
{
    for (uint16_t i = 0; i < plan->route_count; i++) {
        const struct plan_route *route = &plan->routes[i];
        if ((route->trunk < 0 || route->trunk == trunk) && number_matches(route->number, number))
            return route;
    }
    return NULL;
}
