// SPDX-License-Identifier: Apache-2.0
/* page_test.c - plots and the page around them. */
#include "load/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "load/plot.h"

static char *page;
static size_t page_size;

static void steps_are_round_and_few(void)
{
    CHECK(fabs(plot_step(10, 4) - 5) < 1e-9 && fabs(plot_step(8, 4) - 2) < 1e-9);
    CHECK(fabs(plot_step(0.03, 4) - 0.01) < 1e-9 && fabs(plot_step(4000, 4) - 1000) < 1e-6);
    CHECK(fabs(plot_step(0, 4) - 1) < 1e-9 && fabs(plot_step((double)NAN, 4) - 1) < 1e-9);
}

static double at(const void *rows, uint32_t index)
{
    (void)rows;
    return index;
}

static double value(const void *rows, uint32_t index)
{
    return ((const double *)rows)[index];
}

static void write_plot(const double *rows, uint32_t count)
{
    const struct plot plot = {.title = "A < B",
                              .unit = "ms",
                              .x_unit = "s",
                              .rows = rows,
                              .count = count,
                              .x = at,
                              .lines = {{"it", value}}};
    FILE *out = open_memstream(&page, &page_size);

    CHECK(out);
    plot_write(&plot, out);
    fclose(out);
}

static void a_line_breaks_where_nothing_was_measured(void)
{
    const double rows[] = {1, 2, (double)NAN, 4, 5};

    write_plot(rows, 5);
    const char *line = strstr(page, "class=\"line s0\" d=\"M");
    CHECK(line && strchr(line + 20, 'M') && !strstr(page, "nan"));
    CHECK(strstr(page, "A &lt; B"));
    free(page);
}

static void a_peak_is_never_thinned_away(void)
{
    static double rows[20 * PLOT_POINTS];

    rows[7777] = 100;
    write_plot(rows, 20 * PLOT_POINTS);
    CHECK(page_size < 20000);
    CHECK(strstr(page, " 30.0L")); /* The top of the plot. */
    free(page);
}

static void a_point_alone_is_a_dot(void)
{
    const double rows[] = {(double)NAN, 2, (double)NAN};

    write_plot(rows, 3);
    CHECK(strstr(page, "class=\"line s0\" d=\"M262.0 30.0h0\""));
    free(page);
}

static void the_last_number_of_an_axis_leaves_room_for_the_unit(void)
{
    double rows[301] = {0};

    write_plot(rows, 301);
    CHECK(strstr(page, ">250</text>") && !strstr(page, ">300</text>") && strstr(page, ">s</text>"));
    free(page);
}

static void no_points_make_an_empty_plot(void)
{
    write_plot(NULL, 0);
    CHECK(strstr(page, "</svg>") && !strstr(page, "nan") && !strstr(page, "inf"));
    free(page);
}

static void the_page_holds_verdict_plots_limit_and_plan(void)
{
    static struct load_second seconds[3] = {
        {.at_s = 0, .wanted = 5, .up = 5}, {.at_s = 1}, {.at_s = 2}};
    static struct find_report limit = {.search = {.state = LIMIT_FOUND, .good = 40, .bad = 42},
                                       .try_count = 1,
                                       .gave_out = true,
                                       .first = LIMIT_RECORDER};
    const struct capacity_basis basis = {.calls = 40, .cores = 1, .packets_a_call = 100};
    const struct capacity_ask ask = {.calls = 100, .months = 2, .use = 0.7, .cores_a_server = 8};
    struct load_result result = {.asked = {.target = "sip:<b>@x", .media = true},
                                 .seconds = seconds,
                                 .second_count = 3,
                                 .verdict = LOAD_BAD,
                                 .reasons = LOAD_UNEVEN};
    const struct page all = {.result = &result, .limit = &limit, .basis = &basis, .ask = &ask};
    FILE *out = open_memstream(&page, &page_size);

    page_write(&all, out);
    fclose(out);
    CHECK(strstr(page, "sip:&lt;b&gt;@x") && !strstr(page, "<b>@x"));
    CHECK(strstr(page, "badge bad") && strstr(page, "deviation is over 20 ms"));
    CHECK(strstr(page, "What gave out first: <b>recorder</b>"));
    CHECK(strstr(page, "Capacity plan") && strstr(page, "Calls up"));
    CHECK(!strstr(page, "http://") && !strstr(page, "<script")); /* Needs nothing else. */
    free(page);
}

int main(void)
{
    RUN(steps_are_round_and_few);
    RUN(a_line_breaks_where_nothing_was_measured);
    RUN(a_peak_is_never_thinned_away);
    RUN(a_point_alone_is_a_dot);
    RUN(the_last_number_of_an_axis_leaves_room_for_the_unit);
    RUN(no_points_make_an_empty_plot);
    RUN(the_page_holds_verdict_plots_limit_and_plan);
    return 0;
}
