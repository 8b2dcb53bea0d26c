// SPDX-License-Identifier: Apache-2.0
/* schema.c - a map of a file into a struct, by its table. */
#include "config/schema.h"

#include <assert.h>
#include <string.h>

#include "config/nearest.h"
#include "config/template.h"
#include "config/value.h"
#include "base/limits.h"

enum { KNOWN_BYTES = 700 };

struct spot { /* Where a value is: for messages. */
    struct reading *reading;
    const char *file;
    uint32_t line;
};

static const char *known_keys(struct reading *reading, const struct schema *schema)
{
    char storage[KNOWN_BYTES];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    for (uint32_t i = 0; i < schema->count; i++) {
        text_append(&buffer, i ? TEXT(", ") : TEXT_EMPTY);
        text_append(&buffer, text_of(schema->rows[i].key));
    }
    return reading_string(reading, text_view(&buffer));
}

/* What the option is called here that other programs call so. */
static struct text called_here(struct reading *reading, const struct schema *schema,
                               struct text word)
{
    struct text spaced =
        text_of(reading_print(reading, " " TEXT_FORMAT " ", TEXT_ARGS(word)));

    for (uint32_t i = 0; i < schema->count; i++) {
        if (schema->rows[i].also && text_find(text_of(schema->rows[i].also), spaced) >= 0)
            return text_of(schema->rows[i].key);
    }
    return TEXT_EMPTY;
}

static void refuse_key(struct reading *reading, const char *file, const struct schema *schema,
                       const struct tree_node *member)
{
    struct nearest nearest;
    struct text best;
    const char *cure;

    nearest_init(&nearest, member->key);
    for (uint32_t i = 0; i < schema->count; i++)
        nearest_offer(&nearest, text_of(schema->rows[i].key));
    best = called_here(reading, schema, member->key);
    if (text_empty(best))
        best = nearest_found(&nearest);
    cure = text_empty(best)
               ? reading_print(reading, "known here: %s", known_keys(reading, schema))
               : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best));
    reading_error(reading, file, member->line,
                  reading_print(reading, "unknown option '" TEXT_FORMAT "' in %s",
                                TEXT_ARGS(member->key), schema->name),
                  cure);
}

static void refuse_kind(struct spot spot, const struct schema_row *row, const char *is,
                        const char *wanted)
{
    reading_error(spot.reading, spot.file, spot.line,
                  reading_print(spot.reading, "'%s' is %s", row->key, is),
                  reading_print(spot.reading, "write %s", wanted));
}

static const char *kind_name(const struct tree_node *node)
{
    if (tree_nothing(node))
        return "empty";
    return node->kind == TREE_SCALAR ? "a single value"
           : node->kind == TREE_LIST ? "a list"
                                     : "a map";
}

/* The text of a scalar node with its ${NAME} replaced. */
static bool scalar(struct spot spot, const struct schema_row *row, const struct tree_node *node,
                   struct setting *out)
{
    struct text value;

    if (node->kind != TREE_SCALAR || tree_nothing(node)) {
        refuse_kind(spot, row, kind_name(node), row->example ? row->example : value_example(row));
        return false;
    }
    if (!reading_expand(spot.reading, spot.file, spot.line, node->text, row->type == SCHEMA_SECRET,
                        &value))
        return false;
    *out = (struct setting){.text = value, .line = spot.line, .given = true};
    return true;
}

/* The file goes into the journal as it is: what it names is kept out, what it says is not. */
static bool secret_elsewhere(struct spot spot, const struct schema_row *row,
                             const struct tree_node *node)
{
    if (text_starts(node->text, TEXT("file:")) || text_find(node->text, TEXT("${")) >= 0)
        return true;
    reading_error(spot.reading, spot.file, spot.line,
                  reading_print(spot.reading, "'%s' is written into the file", row->key),
                  "write ${NAME} for a variable of the environment, or file:PATH");
    return false;
}

static bool secret_from_file(struct spot spot, struct setting *setting)
{
    const char *path, *why;
    struct text bytes;

    if (!text_starts(setting->text, TEXT("file:")))
        return true;
    path = schema_path(spot.reading, spot.file, text_part(setting->text, 5, setting->text.size));
    setting->text = TEXT_EMPTY;
    if (!spot.reading->live)
        return true; /* A journal keeps no secrets. */
    if (!reading_secret(spot.reading, path, &bytes, &why)) {
        reading_error(spot.reading, spot.file, spot.line,
                      reading_print(spot.reading, "cannot read the secret in %s: %s", path, why),
                      "make the file readable for the server, and for nobody else");
        return false;
    }
    setting->text = text_trim(bytes);
    return true;
}

static void read_scalar(struct spot spot, const struct schema_row *row,
                        const struct tree_node *node, struct setting *out)
{
    struct setting setting;
    const char *what, *cure;

    out->wrong = true;
    if (!scalar(spot, row, node, &setting))
        return;
    if (row->type == SCHEMA_SECRET &&
        (!secret_elsewhere(spot, row, node) || !secret_from_file(spot, &setting)))
        return;
    if (!value_read(spot.reading, row, &setting, &what, &cure)) {
        reading_error(spot.reading, spot.file, spot.line, what, cure);
        return;
    }
    if (row->type == SCHEMA_TEMPLATE)
        template_check(spot.reading, spot.file, spot.line, row->key, setting.text);
    *out = setting;
}

static bool few_enough(struct spot spot, const struct schema_row *row, const struct tree_node *node)
{
    if (row->high == 0 || node->count <= row->high)
        return true;
    reading_error(spot.reading, spot.file, spot.line,
                  reading_print(spot.reading, "'%s' has %u entries", row->key, node->count),
                  reading_print(spot.reading, "give at most %u", (uint32_t)row->high));
    return false;
}

static void read_texts(struct spot spot, const struct schema_row *row, const struct tree_node *node,
                       struct setting_list *out)
{
    out->line = spot.line;
    out->count = 0; /* A key given twice is an error, and its second value the one that is read. */
    if (node->kind != TREE_LIST) {
        refuse_kind(spot, row, kind_name(node), value_example(row));
        return;
    }
    if (!few_enough(spot, row, node))
        return;
    out->items = reading_take(spot.reading, node->count * sizeof(*out->items));
    if (!out->items)
        return;
    for (const struct tree_node *item = node->first; item; item = item->next) {
        struct spot at = {spot.reading, spot.file, item->line};
        struct setting *place = &out->items[out->count];
        read_scalar(at, row, item, place);
        out->count += place->given;
    }
}

/* A list or a map of structs, or of pairs: the element's first setting gets key and line. */
static void read_elements(struct spot spot, const struct schema_row *row,
                          const struct tree_node *node, struct schema_list *out)
{
    bool map = row->type != SCHEMA_LIST;
    uint32_t size = row->inner ? row->inner->size : (uint32_t)sizeof(struct setting_pair);
    char *place;

    out->line = spot.line;
    out->count = 0; /* A key given twice is an error, and its second value the one that is read. */
    if (node->kind != (map ? TREE_MAP : TREE_LIST)) {
        refuse_kind(spot, row, kind_name(node), value_example(row));
        return;
    }
    if (!few_enough(spot, row, node))
        return;
    place = out->items = reading_take(spot.reading, (size_t)node->count * size);
    if (!place)
        return;
    for (const struct tree_node *item = node->first; item; item = item->next, place += size) {
        struct setting at = {.text = item->key, .line = item->line, .given = true};
        struct spot item_spot = {spot.reading, spot.file, item->line};
        if (row->inner) {
            schema_read(spot.reading, spot.file, row->inner, item, place);
            memcpy(place, &at, sizeof(at));
        } else {
            struct setting_pair pair = {.key = at};
            struct schema_row one = {.key = reading_string(spot.reading, item->key),
                                     .type = SCHEMA_TEXT};
            read_scalar(item_spot, &one, item, &pair.value);
            memcpy(place, &pair, sizeof(pair));
        }
        out->count++;
    }
}

static void read_row(struct spot spot, const struct schema_row *row, const struct tree_node *node,
                     void *out)
{
    void *place = (char *)out + row->offset;

    switch (row->type) {
    case SCHEMA_SECTION:
        schema_read(spot.reading, spot.file, row->inner, node, place);
        break;
    case SCHEMA_LIST:
    case SCHEMA_MAP:
    case SCHEMA_PAIRS:
        read_elements(spot, row, node, place);
        break;
    case SCHEMA_TEXTS:
        read_texts(spot, row, node, place);
        break;
    case SCHEMA_NUMBER:
    case SCHEMA_SIZE:
    case SCHEMA_TIME:
    case SCHEMA_SHARE:
    case SCHEMA_SWITCH:
    case SCHEMA_CHOICE:
    case SCHEMA_TEXT:
    case SCHEMA_TEMPLATE:
    case SCHEMA_NAME:
    case SCHEMA_PATH:
    case SCHEMA_SECRET:
        read_scalar(spot, row, node, place);
        break;
    }
}

/* Gives every row that is a single value its fallback; a bad fallback is a bug of the table. */
static void fall_back(struct reading *reading, const struct schema *schema, uint32_t line,
                      void *out)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        struct setting setting = {.text = text_of(row->fallback), .line = line};
        const char *what, *cure;
        if (row->type == SCHEMA_SECTION)
            fall_back(reading, row->inner, line, (char *)out + row->offset);
        if (row->type >= SCHEMA_TEXTS)
            continue;
        if (row->fallback) {
            bool good = value_read(reading, row, &setting, &what, &cure);
            assert(good || reading->failed);
        }
        memcpy((char *)out + row->offset, &setting, sizeof(setting));
    }
}

static void miss(struct reading *reading, const char *file, const struct schema *schema,
                 const struct tree_node *node, uint32_t line)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->required && !(node && tree_member(node, text_of(row->key))))
            reading_error(reading, file, line,
                          reading_print(reading, "'%s' is missing in %s", row->key, schema->name),
                          reading_print(reading, "add %s: %s", row->key, row->help));
    }
}

void schema_read(struct reading *reading, const char *file, const struct schema *schema,
                 const struct tree_node *node, void *out)
{
    uint32_t line = node ? node->line : 0;

    fall_back(reading, schema, line, out);
    if (node && tree_nothing(node))
        node = NULL;
    if (node && node->kind != TREE_MAP) {
        reading_error(
            reading, file, line, reading_print(reading, "%s is %s", schema->name, kind_name(node)),
            reading_print(reading, "write options below it: %s", known_keys(reading, schema)));
        return;
    }
    miss(reading, file, schema, node, line);
    for (const struct tree_node *member = node ? node->first : NULL; member;
         member = member->next) {
        const struct schema_row *row = NULL;
        for (uint32_t i = 0; i < schema->count && !row; i++) {
            if (text_equal(member->key, text_of(schema->rows[i].key)))
                row = &schema->rows[i];
        }
        if (row)
            read_row((struct spot){reading, file, member->line}, row, member, out);
        else
            refuse_key(reading, file, schema, member);
    }
}

const char *schema_path(struct reading *reading, const char *file, struct text path)
{
    const char *slash = strrchr(file, '/');

    if (!slash || text_starts(path, TEXT("/")))
        return reading_string(reading, path);
    return reading_print(reading, "%.*s/" TEXT_FORMAT, (int)(slash - file), file, TEXT_ARGS(path));
}
