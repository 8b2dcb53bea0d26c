// SPDX-License-Identifier: Apache-2.0
/* erlang_a.c - the stationary distribution, one state after the other. */
#include "erlang_a.h"

enum { STATES = 100000 };

struct erlang_a erlang_a(uint32_t n, double lambda, double mu, double theta)
{
    struct erlang_a result = {0};
    double weight = 1, sum = 0, queue = 0, waits = 0;

    for (uint32_t k = 0; k < STATES; k++) {
        double servers = k < n ? k : n, line = k - servers;
        sum += weight;
        queue += weight * line;
        waits += k >= n ? weight : 0; /* Who comes sees the mean state (PASTA). */
        servers = k + 1 < n ? k + 1 : n;
        weight *= lambda / (servers * mu + (k + 1 - servers) * theta);
        if (k > n && weight < 1e-15 * sum)
            break;
        if (sum > 1e200) { /* All alike smaller: only shares count. */
            weight /= sum;
            queue /= sum;
            waits /= sum;
            sum = 1;
        }
    }
    result.waited = queue / sum / lambda;
    result.abandoned = theta * result.waited;
    result.waits = waits / sum;
    return result;
}
