// SPDX-License-Identifier: Apache-2.0
/* plot.h - line charts over time as SVG, for pages that need neither scripts nor other files.
 *
 * Colours are the page's: lines have the classes s0 .. s4, everything else the class "axis".
 * Numbers that are not finite are left out of a line. Drawing costs about 1 us a point; a line has
 * at most PLOT_POINTS points: more are thinned out, the highest of each group stays. */
#ifndef LOAD_PLOT_H
#define LOAD_PLOT_H

#include <stdint.h>
#include <stdio.h>

enum { PLOT_LINES = 5, PLOT_POINTS = 600 };

struct plot_line {
    const char *name;
    double (*value)(const void *rows, uint32_t index);
};

struct plot {
    const char *title, *unit, *x_unit; /* "ms", "s" */
    const void *rows;
    uint32_t count;
    double (*x)(const void *rows, uint32_t index);
    struct plot_line lines[PLOT_LINES]; /* Ends with a name that is NULL. */
    double mark;                        /* A horizontal line: what is allowed. 0: none. */
};

void plot_write(const struct plot *plot, FILE *out);

/* The least of 1, 2, 5 x 10^n that `most` fits into `steps` times. */
double plot_step(double most, uint32_t steps);

/* &, <, > and quotes as entities. */
void plot_escape(const char *words, FILE *out);

#endif
