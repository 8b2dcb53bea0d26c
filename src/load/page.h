// SPDX-License-Identifier: Apache-2.0
/* page.h - the report of a load test as one HTML file: figures, plots, steps, limit, plan.
 *
 * The file needs nothing else: no scripts, no fonts, no network; it follows the reader's choice of
 * light or dark and prints on paper. Texts that came from outside are escaped. */
#ifndef LOAD_PAGE_H
#define LOAD_PAGE_H

#include <stdio.h>

#include "load/capacity.h"
#include "load/find.h"
#include "load/result.h"

struct page {
    const struct load_result *result;
    const struct find_report *limit;    /* NULL: the limit was not looked for. */
    const struct capacity_basis *basis; /* NULL: no plan. */
    const struct capacity_ask *ask;
};

void page_write(const struct page *page, FILE *out);

#endif
