// SPDX-License-Identifier: Apache-2.0
/* service.h - the order in which the servers of a name are tried (RFC 2782, RFC 3263 4.1). Pure. */
#ifndef SIP_SERVICE_H
#define SIP_SERVICE_H

#include <stdint.h>

#include "base/random.h"

struct service {
    uint32_t rank; /* Of its NAPTR record or transport: lower first. */
    uint16_t priority, weight;
    uint32_t index; /* The caller's. */
};

/* By rank, then priority; within a priority by chance, each with the share of its weight. Those of
 * weight 0 come last but for a small chance. */
void service_order(struct service *services, uint32_t count, struct random *random);

#endif
