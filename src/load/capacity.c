// SPDX-License-Identifier: Apache-2.0
/* capacity.c - growth, rounding up, and a table. */
#include "load/capacity.h"

#include <math.h>

enum { RTP_HEADER = 12, UDP_HEADER = 8, IP4_HEADER = 20, IP6_HEADER = 40, ETHERNET = 38 };

static const double CAPTURE_SECONDS_A_DAY = 8 * 3600;

double capacity_calls_a_core(const struct capacity_basis *basis)
{
    return basis->cores > 0 ? basis->calls / basis->cores : basis->calls;
}

static double wire_bytes(const struct capacity_basis *basis)
{
    return basis->payload_bytes + RTP_HEADER + UDP_HEADER + ETHERNET +
           (basis->ipv6 ? IP6_HEADER : IP4_HEADER);
}

static uint32_t up(double number)
{
    return (uint32_t)ceil(number - 1e-9);
}

void capacity_month(const struct capacity_basis *basis, const struct capacity_ask *ask,
                    uint32_t month, struct capacity_month *out)
{
    double calls = ask->calls * pow(1 + ask->growth_percent / 100, month);
    double a_core = capacity_calls_a_core(basis) * ask->use;

    *out = (struct capacity_month){.month = month, .calls = up(calls)};
    if (a_core < 1e-3)
        return;
    out->cores = up(calls / a_core);
    out->servers = up((double)out->cores / ask->cores_a_server) + 1;
    out->memory_gb = (calls * basis->kb_a_call / 1024 + out->servers * basis->idle_mb) / 1024;
    out->ports = basis->packets_a_call > 0 ? 2 * out->calls : 0;
    out->packets = calls * basis->packets_a_call;
    out->megabits = calls * basis->packets_a_call / 2 * wire_bytes(basis) * 8 / 1e6;
    out->capture_gb_a_day = calls * basis->capture_bytes_a_second * CAPTURE_SECONDS_A_DAY / 1e9;
}

void capacity_warnings(const struct capacity_basis *basis, const char *out[CAPACITY_WARNINGS + 1])
{
    uint32_t count = 0;

    if (basis->calls < CAPACITY_FEW_CALLS)
        out[count++] = "fewer than 100 calls were measured: what a server takes at rest is then "
                       "most of it, and the plan orders too much";
    if (basis->packets_a_call <= 0)
        out[count++] = "no sound was sent (--no-media): this is a plan for signalling, not for "
                       "telephone calls, which need far more";
    if (basis->cores <= 0)
        out[count++] = "the server's processor time is not known: all calls count as one core's";
    out[count] = NULL;
}

void capacity_print(const struct capacity_basis *basis, const struct capacity_ask *ask, FILE *out)
{
    const char *warnings[CAPACITY_WARNINGS + 1];
    struct capacity_month m;

    fprintf(
        out,
        "Capacity plan: %u calls now, %+.1f %% a month, planned at %.0f %% of what was measured\n",
        ask->calls, ask->growth_percent, 100 * ask->use);
    capacity_warnings(basis, warnings);
    for (uint32_t i = 0; warnings[i]; i++)
        fprintf(out, "  warning: %s\n", warnings[i]);
    fprintf(out, "  one core holds %.0f calls", capacity_calls_a_core(basis));
    if (basis->kb_a_call > 0)
        fprintf(out, ", a call takes %.0f KB", basis->kb_a_call);
    fprintf(out, ", two ports, %.0f kbit/s each way on Ethernet\n",
            basis->packets_a_call / 2 * wire_bytes(basis) * 8 / 1e3);
    fprintf(out, "  %5s %8s %6s %18s %9s %7s %11s %10s\n", "month", "calls", "cores",
            "servers (1 spare)", "memory", "ports", "each way", "packets");
    for (uint32_t month = 0; month <= ask->months && month <= CAPACITY_MONTHS; month++) {
        capacity_month(basis, ask, month, &m);
        fprintf(out, "  %5u %8u %6u %11u x %-4u %6.1f GB %7u %6.0f Mb/s %8.0f/s\n", m.month,
                m.calls, m.cores, m.servers, ask->cores_a_server, m.memory_gb, m.ports, m.megabits,
                m.packets);
    }
    capacity_month(basis, ask, ask->months, &m);
    fprintf(out,
            "To order for month %u: %u channels on the trunks, %u servers of %u cores, %.1f GB of "
            "memory in all, %.0f Mb/s each way",
            ask->months, m.calls, m.servers, ask->cores_a_server, m.memory_gb, m.megabits);
    if (m.capture_gb_a_day > 0)
        fprintf(out, "; if calls are recorded, %.0f GB of disk for a day of eight busy hours",
                m.capture_gb_a_day);
    fprintf(out, "\n");
}
