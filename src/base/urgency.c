// SPDX-License-Identifier: Apache-2.0
/* urgency.c - niceness, which Linux has for each thread. */
#include "base/urgency.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void urgency_take(enum urgency urgency)
{
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), (int)urgency);
}
