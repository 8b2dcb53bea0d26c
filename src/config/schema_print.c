// SPDX-License-Identifier: Apache-2.0
/* schema_print.c - the tables of options for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/schema.h"
#include "config/value.h"
#include "base/limits.h"

static const char *const type_words[] = {
    [SCHEMA_NUMBER] = "number", [SCHEMA_SIZE] = "size",         [SCHEMA_TIME] = "time",
    [SCHEMA_SHARE] = "0 to 1",  [SCHEMA_SWITCH] = "true/false", [SCHEMA_CHOICE] = "word",
    [SCHEMA_TEXT] = "text",     [SCHEMA_TEMPLATE] = "words",    [SCHEMA_NAME] = "name",
    [SCHEMA_PATH] = "path",     [SCHEMA_SECRET] = "secret",     [SCHEMA_TEXTS] = "list",
    [SCHEMA_PAIRS] = "map",     [SCHEMA_SECTION] = "section",   [SCHEMA_LIST] = "list",
    [SCHEMA_MAP] = "map",
};

/* "300ms (100ms to 5s)", "free (free, yes-no, digits)", "required". */
static void print_value(const struct schema_row *row, FILE *out)
{
    char low[32], high[32];

    if (row->required)
        fputs("required", out);
    else if (row->fallback && *row->fallback)
        fputs(row->fallback, out);
    if (row->type <= SCHEMA_SHARE)
        fprintf(out, " (%s to %s)", value_print(row, row->low, low),
                value_print(row, row->high, high));
    if (row->type >= SCHEMA_TEXTS && row->high > 0)
        fprintf(out, "%sat most %" PRIu64, row->required ? ", " : "", row->high);
    for (uint32_t i = 0; i < row->choice_count; i++)
        fprintf(out, "%s%s%s",
                i               ? ", "
                : row->fallback || row->required ? " ("
                                : "(",
                row->choices[i], i + 1 == row->choice_count ? ")" : "");
}

static bool has_inside(const struct schema_row *row)
{
    return row->inner != NULL;
}

static void extend(char *out, size_t size, const char *prefix, const struct schema_row *row)
{
    const char *inside = row->type == SCHEMA_LIST  ? "[]."
                         : row->type == SCHEMA_MAP ? ".NAME."
                                                   : ".";
    snprintf(out, size, "%s%s%s", prefix, row->key, inside);
}

void schema_print_help(const struct schema *schema, const char *prefix, FILE *out)
{
    char inner[MAX_NAME * 2];

    for (uint32_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->type != SCHEMA_SECTION) {
            fprintf(out, "  %s%s  %s  ", prefix, row->key, type_words[row->type]);
            print_value(row, out);
            fprintf(out, "\n      %s\n", row->help);
        }
        if (has_inside(row)) {
            extend(inner, sizeof(inner), prefix, row);
            schema_print_help(row->inner, inner, out);
        }
    }
}

void schema_print_markdown(const struct schema *schema, const char *prefix, FILE *out)
{
    char inner[MAX_NAME * 2];

    for (uint32_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->type != SCHEMA_SECTION) {
            fprintf(out, "| `%s%s` | %s | ", prefix, row->key, type_words[row->type]);
            print_value(row, out);
            fprintf(out, " | %s |\n", row->help);
        }
        if (has_inside(row)) {
            extend(inner, sizeof(inner), prefix, row);
            schema_print_markdown(row->inner, inner, out);
        }
    }
}
