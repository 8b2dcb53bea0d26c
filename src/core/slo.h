// SPDX-License-Identifier: Apache-2.0
/* slo.h - how late the turns of an agent or a provider were, counted in bounded memory.
 *
 * Two measures, as core/ledger.h defines them: mic to first partial, and round trip. Of each turn
 * is counted whether it was late, in rings of buckets (60 of a minute, 24 of an hour, 30 of a day),
 * and how long it took, in logarithmic steps of an eighth of an octave at most (12.5 %), of the last
 * hour in parts of ten minutes. A window ends with the bucket that is not over yet, so an hour is
 * 59 to 60 minutes.
 *
 * Burn is how fast the budget is spent: the share of late turns, divided by the share that may be
 * late. At 1 exactly the budget is spent by the end of its window (Google, Site Reliability
 * Workbook, chapter 5 "Alerting on SLOs"). Pure; time never goes back. Adding is a few dozen
 * instructions, reading a window at most 60 additions. */
#ifndef CORE_SLO_H
#define CORE_SLO_H

#include <stdbool.h>
#include <stdint.h>

enum slo_kind { SLO_AGENT, SLO_PROVIDER, SLO_KINDS }; /* Whose turns. */
enum slo_measure { SLO_FIRST_PARTIAL, SLO_ROUND_TRIP, SLO_MEASURES };
/* The rings: an hour in minutes, a day in hours, 30 days. */
enum slo_span { SLO_MINUTES, SLO_HOURS, SLO_DAYS, SLO_SPANS };
enum slo_window { SLO_5_MINUTES, SLO_HOUR, SLO_DAY, SLO_MONTH, SLO_WINDOWS };

enum {
    SLO_BUCKETS = 60 + 24 + 30,
    SLO_PARTS = 6,          /* Of the hour, each with its spread. */
    SLO_LOWEST_MS = 16,     /* The spread's first step ends above it, */
    SLO_BINS = 12 * 8,      /* its last one begins a step below 65,536 ms. */
    SLO_MINUTE_MS = 60000,
    SLO_MOST_BURN = 100000, /* Hundredths. */
};

struct slo_count {
    uint32_t turns, late;
};

struct slo_series {
    struct slo_count buckets[SLO_BUCKETS];
    uint16_t spread[SLO_PARTS][SLO_BINS]; /* Stays at its highest. */
    uint64_t now_ms;                      /* Of the last turn; 0: none yet. */
};

/* One turn more. */
void slo_add(struct slo_series *series, uint64_t now_ms, uint32_t took_ms, bool late);

/* Turns of an earlier run, of this ring alone: those that are too old for it are nothing. */
void slo_past(struct slo_series *series, uint64_t now_ms, enum slo_span span, uint64_t age_ms,
              struct slo_count count);

/* Of the window that ends now. */
struct slo_count slo_count(const struct slo_series *series, enum slo_window window,
                           uint64_t now_ms);
/* Of the last five minutes, without those that had begun before since_ms. */
struct slo_count slo_count_since(const struct slo_series *series, uint64_t since_ms,
                                 uint64_t now_ms);

/* The time that `permille` of the last hour's turns did not exceed, to 12.5 %; 0: no turns. */
uint32_t slo_quantile(const struct slo_series *series, uint32_t permille, uint64_t now_ms);

/* In hundredths, at most SLO_MOST_BURN; 0 without turns. share_permille of the turns must be in
 * time. */
uint32_t slo_burn(struct slo_count count, uint16_t share_permille);

#endif
