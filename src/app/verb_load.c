// SPDX-License-Identifier: Apache-2.0
/* verb_load.c - `offhook load`: a load test from the command line. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/load_options.h"
#include "app/load_plan.h"
#include "app/load_show.h"
#include "app/verbs.h"

enum { EXIT_NO_VERDICT = 3 };

static int stop_fd = -1;

/* The second time as if nobody had taken the signal. */
static void stop(int number)
{
    uint64_t one = 1;

    (void)!write(stop_fd, &one, sizeof one);
    signal(number, SIG_DFL);
}

static bool open_stop(void)
{
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0) {
        perror("offhook");
        return false;
    }
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    return true;
}

struct screen {
    bool media, rewrite, quiet;
};

static bool show_second(void *context, const struct load_second *second,
                        const struct load_step *step)
{
    const struct screen *screen = context;

    (void)step;
    if (!screen->quiet)
        load_show_second(second, screen->media, screen->rewrite, stderr);
    return true;
}

/* Without a result not even one call was held well: then there is only the search for it. */
static bool write_json(const char *path, const struct load_result *result,
                       const struct find_report *report)
{
    json_t *object = result ? load_show_json(result) : json_object();

    if (report)
        json_object_set_new(object, "limit", load_show_limit_json(report));
    bool good = object && json_dump_file(object, path, JSON_COMPACT | JSON_REAL_PRECISION(6)) == 0;

    json_decref(object);
    if (!good)
        fprintf(stderr, "offhook: %s cannot be written: %s\n", path, strerror(errno));
    return good;
}

static int exit_code(const struct load_result *result)
{
    switch (result->verdict) {
    case LOAD_GOOD:
        return EXIT_DONE;
    case LOAD_BAD:
        return EXIT_FAILED;
    case LOAD_NO_VERDICT:
        break;
    }
    fprintf(stderr, "offhook: no verdict: the figures tell of this generator, not of the server. "
                    "Give it a core of its own, --threads, or fewer calls.\n");
    return EXIT_NO_VERDICT;
}

static int show(const struct arguments *arguments, const struct load_plan *plan,
                const struct load_result *result, const struct find_report *report)
{
    const char *json = arguments_value(arguments, "--json");
    const char *row = arguments_value(arguments, "--row");
    FILE *out = row ? stderr : stdout;

    load_show_table(result, out);
    if (report)
        find_report_print(report, out);
    if (row)
        load_show_row(result, row, stdout);
    if (json && !write_json(json, result, report))
        return EXIT_FAILED;
    if (!load_plan_show(plan, result, report, out))
        return EXIT_FAILED;
    return exit_code(result);
}

static int failed(int error, const char *why)
{
    fprintf(stderr, "offhook: %s\n", why);
    return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

static int run(const struct arguments *arguments, const struct load_plan *plan,
               const struct load_options *options, const struct load_progress *progress)
{
    struct load_result result;
    char why[256];
    int error = load_run(options, &result, progress, why, sizeof why);
    int code;

    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (error)
        return failed(error, why);
    code = show(arguments, plan, &result, NULL);
    load_result_free(&result);
    return code;
}

/* The figures shown are those of the largest number that was held well. */
static int find(const struct arguments *arguments, const struct load_plan *plan,
                const struct load_options *options, const struct load_progress *progress)
{
    struct find_report *report = calloc(1, sizeof(*report));
    char why[256] = "no memory";
    int error = report ? load_plan_find(plan, options, progress, report, why, sizeof why) : -ENOMEM;
    int code = EXIT_FAILED;

    if (error) {
        code = failed(error, why);
    } else if (report->search.good == 0) {
        const char *json = arguments_value(arguments, "--json");
        find_report_print(report, stdout);
        if (json)
            (void)write_json(json, NULL, report);
    } else {
        code = show(arguments, plan, &report->best, report);
        if (report->search.state == LIMIT_OF_OURS)
            code = EXIT_NO_VERDICT;
    }
    if (report)
        find_report_free(report);
    free(report);
    return code;
}

int verb_load(const struct arguments *arguments)
{
    struct screen screen = {.quiet = arguments_has(arguments, "--quiet")};
    const struct load_progress progress = {.second = show_second, .context = &screen};
    struct load_options options;
    struct load_words words;
    struct load_plan plan;
    int code;

    if (!load_options_read(arguments, &words, &options) || !load_plan_read(arguments, &plan))
        return EXIT_USAGE;
    if (!open_stop())
        return EXIT_FAILED;
    options.stop_fd = stop_fd;
    screen.media = options.media;
    screen.rewrite = isatty(STDERR_FILENO);
    code = plan.find ? find(arguments, &plan, &options, &progress)
                     : run(arguments, &plan, &options, &progress);
    close(stop_fd);
    return code;
}
