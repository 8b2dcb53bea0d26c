// SPDX-License-Identifier: Apache-2.0
/* erlang_a.h - the queue M/M/n+M: callers by chance (Poisson), talking times and patience
 * exponential, n operators, first come first served.
 *
 * C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957); O.
 * Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers",
 * Manufacturing & Service Operations Management 4(3) (2002), section 2: the number of callers is a
 * birth and death process with births at `lambda` and deaths at min(k, n) mu + max(k - n, 0) theta,
 * here summed up as it stands. Who gives up: all that leave waiting of all that come; and the mean
 * wait of all, by Little's law, is that share / theta. */
#ifndef SIM_ERLANG_A_H
#define SIM_ERLANG_A_H

#include <stdint.h>

struct erlang_a {
    double abandoned; /* A share. */
    double waited;    /* Mean of all who come, in the unit of the rates. */
    double waits;     /* The share that must wait. */
};

struct erlang_a erlang_a(uint32_t n, double lambda, double mu, double theta);

#endif
