// SPDX-License-Identifier: Apache-2.0
/* capacity.h - from a measured limit to what must be ordered: calls a core, memory, ports, network.
 *
 * Pure arithmetic on what was measured. Growth is compound, a month at a time. */
#ifndef LOAD_CAPACITY_H
#define LOAD_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { CAPACITY_MONTHS = 60 };

/* What one server showed. */
struct capacity_basis {
    uint32_t calls;   /* Held well at the limit. */
    double cores;     /* That the server used then; 0: not known, the calls count as one
                         core's. */
    double kb_a_call; /* 0: not known. */
    double idle_mb;
    double packets_a_call; /* A second, both ways together. */
    double payload_bytes;  /* Of a packet's sound: 160 for G.711. */
    bool ipv6;
    double capture_bytes_a_second; /* Of one call, if it is recorded. 0: not known. */
};

struct capacity_ask {
    uint32_t calls; /* At once, in month 0. */
    double growth_percent;
    uint32_t months;
    double use;              /* Of what was measured, the share to plan with: 0.7. */
    uint32_t cores_a_server; /* 8 */
};

struct capacity_month {
    uint32_t month, calls, cores,
        servers;                /* Servers: one more than needed, so that one may fail. */
    double memory_gb, megabits; /* Each way. */
    uint32_t ports;
    double packets;          /* A second, both ways. */
    double capture_gb_a_day; /* Were the calls up for eight hours. */
};

/* Why the plan is worth less than it looks; NULL ends. */
enum { CAPACITY_WARNINGS = 3, CAPACITY_FEW_CALLS = 100 };
void capacity_warnings(const struct capacity_basis *basis, const char *out[CAPACITY_WARNINGS + 1]);

double capacity_calls_a_core(const struct capacity_basis *basis);
void capacity_month(const struct capacity_basis *basis, const struct capacity_ask *ask,
                    uint32_t month, struct capacity_month *out);
void capacity_print(const struct capacity_basis *basis, const struct capacity_ask *ask, FILE *out);

#endif
