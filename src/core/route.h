// SPDX-License-Identifier: Apache-2.0
/* route.h - whose call this is, and where it goes. Pure lookups in the plan. */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include "base/text.h"
#include "core/plan.h"

/* The trunk whose sources hold the address "192.0.2.7:5060"; the longest prefix wins. -1: none. */
int16_t route_trunk(const struct plan *plan, struct text source);

/* The trunk of who proved to be `user`, when its source is nobody's: one that authenticates without
 * sources, or the telephones'. -1: none. */
int16_t route_proved(const struct plan *plan, struct text user);

/* The first route that matches a dialled number from a trunk. NULL: none. */
const struct plan_route *route_find(const struct plan *plan, struct text number, int16_t trunk);

#endif
