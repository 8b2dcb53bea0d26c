// SPDX-License-Identifier: Apache-2.0
/* plan_pair.h - a name and its value: headers, options, facts. Part of plan.h. */
#ifndef CORE_PLAN_PAIR_H
#define CORE_PLAN_PAIR_H

#include "base/text.h"

struct plan_pair {
    struct text name, value;
};

#endif
