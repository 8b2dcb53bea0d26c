// SPDX-License-Identifier: Apache-2.0
/* suite_fuzz.c - any bytes as a suite: read, said what is wrong with it, freed. */
#include <assert.h>

#include "config/suite_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_result problems;
    const struct suite *suite;
    uint32_t errors = 0;

    if (size > 65536)
        return 0;
    suite =
        suite_read_text("suite.yaml", (struct text){(const char *)data, (uint32_t)size}, &problems);
    for (uint32_t i = 0; i < problems.problem_count; i++)
        errors += !problems.problems[i].warning;
    assert((suite == NULL) == (errors > 0));
    for (uint32_t i = 0; suite && i < suite->count; i++) {
        const struct suite_conversation *c = &suite->conversations[i];
        assert(c->turn_count >= 1 && c->turn_count <= SUITE_TURNS && c->called.data);
        for (uint32_t t = 0; t < c->turn_count; t++)
            assert(c->turns[t].act <= ACT_HANG_UP && c->turns[t].confidence_permille <= 1000);
    }
    config_free(&problems);
    return 0;
}
