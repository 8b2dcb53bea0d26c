// SPDX-License-Identifier: Apache-2.0
/* verb_cdr.c - `offhook cdr`: the accounts of calls, as text, CSV or JSON lines. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/cdr_text.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store.h"

/* "24h", "7d", "2026-11-21", "2026-11-21T10:00:00Z" (UTC) into milliseconds since 1970. */
static bool read_time(const char *written, uint64_t *out)
{
    static const struct {
        char unit;
        uint64_t ms;
    } units[] = {{'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    struct text t = text_of(written);
    struct tm tm = {.tm_mday = 1};
    uint64_t number;
    const char *end;

    if (t.size > 1 && text_number(text_part(t, 0, t.size - 1), &number) && number < 1000000) {
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
            if (t.data[t.size - 1] == units[i].unit) {
                *out = clock_wall_ms() - number * units[i].ms;
                return true;
            }
        }
    }
    end = strptime(written, "%Y-%m-%d", &tm);
    if (end && *end == 'T')
        end = strptime(end, "T%H:%M:%S", &tm);
    if (!end || (*end && strcmp(end, "Z") != 0))
        return false;
    *out = (uint64_t)timegm(&tm) * 1000;
    return true;
}

static bool read_bound(const struct arguments *arguments, const char *option, uint64_t *out)
{
    const char *written = arguments_value(arguments, option);

    *out = 0;
    if (!written || read_time(written, out))
        return true;
    fprintf(stderr, "offhook: %s is '%s'; write 24h, 7d, 2026-11-21 or 2026-11-21T10:00:00Z\n",
            option, written);
    return false;
}

bool verb_data(const struct arguments *arguments, uint32_t at, char *out, size_t size)
{
    const char *data = arguments_value(arguments, "--data");
    struct config_result result;
    bool good;

    if (data) {
        snprintf(out, size, "%s", data);
        return true;
    }
    config_read(arguments->count > at ? arguments->given[at] : ".", &result);
    good = result.data_dir != NULL;
    if (good)
        snprintf(out, size, "%s", result.data_dir);
    else if (arguments->count > at)
        check_print(&result, stderr);
    if (!good)
        fprintf(stderr,
                "offhook: name the server's configuration (offhook %s %sDIR) or its data "
                "directory (--data PATH)\n",
                arguments->verb->name, at > 0 ? "CALL " : "");
    config_free(&result);
    return good;
}

/* As text: through a file, so that memory stays one line whatever the size of the account. */
static int print_text(const char *dir, struct cdr_query *query, char *why, uint32_t why_size)
{
    FILE *lines = tmpfile();
    int error;

    if (!lines)
        return -errno;
    query->format = CDR_JSONL;
    error = store_print_cdr(dir, query, lines, why, why_size);
    rewind(lines);
    if (error == 0)
        cdr_text_print(lines, stdout);
    fclose(lines);
    return error;
}

int verb_cdr(const struct arguments *arguments)
{
    const char *written = arguments_value(arguments, "--format");
    const char *format = written ? written : isatty(STDOUT_FILENO) ? "text" : "csv";
    bool text = strcmp(format, "text") == 0;
    struct cdr_query query = {.format = strcmp(format, "jsonl") == 0 ? CDR_JSONL : CDR_CSV,
                              .ref = arguments_value(arguments, "--call"),
                              .live = arguments_has(arguments, "--live")};
    char dir[1024], why[512] = "";
    int error;

    if (!text && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0) {
        fprintf(stderr, "offhook: --format is '%s'; write text, csv or jsonl\n", format);
        return EXIT_USAGE;
    }
    if (!read_bound(arguments, "--since", &query.since_ms) ||
        !read_bound(arguments, "--until", &query.until_ms))
        return EXIT_USAGE;
    if (!verb_data(arguments, 0, dir, sizeof(dir)))
        return EXIT_FAILED;
    error = text ? print_text(dir, &query, why, sizeof(why))
                 : store_print_cdr(dir, &query, stdout, why, sizeof(why));
    if (error)
        fprintf(stderr, "offhook: %s\n", *why ? why : strerror(-error));
    return error ? EXIT_FAILED : EXIT_DONE;
}
