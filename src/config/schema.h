// SPDX-License-Identifier: Apache-2.0
/* schema.h - options described by tables of named rows; reading, help and documents derive from
 * them.
 *
 * A schema describes one map of a file and the struct that it is read into. Unknown keys are errors
 * with the nearest known key; a value that is missing gets its fallback; a value that is wrong is
 * an error with its bounds. Elements of SCHEMA_LIST and SCHEMA_MAP are structs that begin with a
 * `struct setting`, which gets the key (maps) and the line. */
#ifndef APP_SCHEMA_H
#define APP_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "config/reading.h"
#include "config/tree.h"

enum schema_type {
    SCHEMA_NUMBER, /* 200 */
    SCHEMA_SIZE,   /* 64MB; in bytes */
    SCHEMA_TIME,   /* 300ms 6s 5m 1h; in milliseconds */
    SCHEMA_SHARE,  /* 0.4; in permille */
    SCHEMA_SWITCH, /* true false */
    SCHEMA_CHOICE, /* One of `choices`; number: its index. */
    SCHEMA_TEXT,
    SCHEMA_TEMPLATE, /* Text with {names}, see app/template.h. */
    SCHEMA_NAME,     /* Of an agent, an intent, a trunk. */
    SCHEMA_PATH,
    SCHEMA_SECRET,  /* Text, or file:PATH. */
    SCHEMA_TEXTS,   /* struct setting_list of texts */
    SCHEMA_PAIRS,   /* struct schema_list of struct setting_pair */
    SCHEMA_SECTION, /* `inner`, in place */
    SCHEMA_LIST,    /* struct schema_list of `inner` */
    SCHEMA_MAP      /* the same, each under a name of its own */
};

struct setting {
    struct text text;
    uint64_t number;
    uint32_t line;
    bool given;
    bool wrong; /* Written, but so that it cannot be used, which is said already. */
};

struct setting_list {
    struct setting *items;
    uint32_t count, line;
};

struct setting_pair {
    struct setting key, value;
};

struct schema_list {
    void *items;
    uint32_t count, line;
};

struct schema;

/* What people write for a choice that is called otherwise here. The last has no words. */
struct schema_hint {
    const char *words; /* With spaces around each, as in `also`. */
    const char *cure;
};

struct schema_row {
    const char *key;
    enum schema_type type;
    bool required;
    uint32_t offset;
    const char *fallback; /* As it would be written; NULL: none. */
    uint64_t low, high;   /* Bounds of the number, of the text's size, of how many elements. */
    const char *const *choices;
    uint32_t choice_count;
    const struct schema_hint *hints; /* NULL: none. */
    const struct schema *inner;
    const char *example; /* For who wrote a list or a map; NULL: that of the type. */
    const char *also;    /* What other programs call it, with spaces around each: " api_key ". */
    const char *help;
};

struct schema {
    const char *name; /* "manners" */
    const struct schema_row *rows;
    uint32_t count;
    uint32_t size; /* Of the struct. */
};

/* Reads a map into zeroed memory of schema->size. Problems are added to the reading. A node that is
 * NULL or has nothing in it gives all fallbacks. */
void schema_read(struct reading *reading, const char *file, const struct schema *schema,
                 const struct tree_node *node, void *out);

/* Puts a path beside the file that names it, unless it is absolute. */
const char *schema_path(struct reading *reading, const char *file, struct text path);

/* For people: at a terminal, and as the tables of docs/configuration.md. */
void schema_print_help(const struct schema *schema, const char *prefix, FILE *out);
void schema_print_markdown(const struct schema *schema, const char *prefix, FILE *out);

#endif
