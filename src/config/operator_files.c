// SPDX-License-Identifier: Apache-2.0
/* operator_files.c - operators/NAME.yaml: read into settings, and written anew. */
#include "config/operator_files.h"

#include <errno.h>
#include <string.h>

#include "config/settings_rows.h"
#include "base/limits.h"

/* ---- Reading ---- */

/* "operators/anna.yaml" -> "anna" */
static struct text stem(struct reading *reading, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text name = text_of(slash ? slash + 1 : path);

    return text_of(reading_string(reading, text_part(name, 0, name.size - 5)));
}

static bool read_one(struct reading *reading, const char *path, struct operator_file *out)
{
    const struct tree_node *root;
    struct text yaml;
    const char *why;

    if (!reading_file(reading, path, &yaml, &why)) {
        reading_error(reading, path, 0, reading_print(reading, "cannot be read: %s", why),
                      "make it readable, or move it away");
        return false;
    }
    root = tree_read(reading, path, yaml, 1);
    if (!root)
        return false;
    *out = (struct operator_file){.path = path};
    schema_read(reading, path, &settings_operator, root, &out->settings);
    out->settings.at = (struct setting){.given = true, .line = 1, .text = stem(reading, path)};
    return true;
}

static void refuse_twins(struct reading *reading, const struct operator_file *files, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(files[i].settings.at.text, files[j].settings.at.text))
                reading_error(
                    reading, files[i].path, files[i].settings.at.line,
                    reading_print(reading, "another operator is called '" TEXT_FORMAT "'",
                                  TEXT_ARGS(files[i].settings.at.text)),
                    reading_print(reading, "keep this one, or that of %s", files[j].path));
        }
    }
}

uint32_t operator_files_read(struct reading *reading, const char *config_file,
                             const struct server_settings *s, struct operator_file **out)
{
    const char *paths[MAX_OPERATORS],
        *path = schema_path(reading, config_file, s->operator_files.text);
    int found = reading_files(reading, path, ".yaml", paths, MAX_OPERATORS);
    struct operator_file *files = reading_take(reading, 2 * MAX_OPERATORS * sizeof(*files));
    uint32_t count = 0;

    if (found < 0 && (found != -ENOENT || s->operator_files.given))
        reading_error(
            reading, config_file, s->operator_files.line,
            reading_print(reading, "cannot read the operators in %s: %s", path, strerror(-found)),
            "make the directory, or leave the option away");
    if (!files)
        return 0;
    for (uint32_t i = 0; i < s->operators.count; i++)
        files[count++] = (struct operator_file){
            .path = config_file,
            .settings = ((const struct operator_settings *)s->operators.items)[i]};
    for (int i = 0; i < found && i < MAX_OPERATORS; i++)
        count += read_one(reading, paths[i], &files[count]);
    if (found > MAX_OPERATORS || count > MAX_OPERATORS) {
        reading_error(
            reading, config_file, s->operator_files.line,
            reading_print(reading, "there are more than %d operators in all", MAX_OPERATORS),
            "remove some of their files");
        count = MAX_OPERATORS;
    }
    refuse_twins(reading, files, count);
    *out = files;
    return count;
}

/* ---- Writing ---- */

static void print_quoted(struct text t, struct text_buffer *out)
{
    text_append_char(out, '"');
    for (uint32_t i = 0; i < t.size; i++) {
        if (t.data[i] == '"' || t.data[i] == '\\')
            text_append_char(out, '\\');
        text_append_char(out, t.data[i]);
    }
    text_append_char(out, '"');
}

static void print_value(const struct tree_node *node, struct text_buffer *out)
{
    bool map = node->kind == TREE_MAP;

    if (node->kind == TREE_SCALAR && node->plain) {
        text_append(out, node->text);
    } else if (node->kind == TREE_SCALAR) {
        print_quoted(node->text, out);
    } else {
        text_append_char(out, map ? '{' : '[');
        for (const struct tree_node *member = node->first; member; member = member->next) {
            text_append(out, member == node->first ? TEXT_EMPTY : TEXT(", "));
            if (map) {
                print_quoted(member->key, out);
                text_append(out, TEXT(": "));
            }
            print_value(member, out);
        }
        text_append_char(out, map ? '}' : ']');
    }
}

/* "a, b 3" as a list or, each with a number, as a map. */
static void print_list(struct text value, bool map, struct text_buffer *out)
{
    const char *separator = "";

    text_append_char(out, map ? '{' : '[');
    while (value.data) {
        struct text item = text_trim(text_next(&value, ','));
        if (item.size == 0)
            continue;
        text_append(out, text_of(separator));
        separator = ", ";
        print_quoted(map ? text_trim(text_next(&item, ' ')) : item, out);
        text_append(out, map ? TEXT(": ") : TEXT_EMPTY);
        text_append(out, map ? text_trim(item) : TEXT_EMPTY);
    }
    text_append_char(out, map ? '}' : ']');
}

void operator_files_print(const struct tree_node *old, const struct operator_change *changes,
                          uint32_t count, struct text_buffer *out)
{
    for (const struct tree_node *member = old ? old->first : NULL; member; member = member->next) {
        bool again = false;
        for (uint32_t i = 0; i < count; i++)
            again = again || (changes[i].value && text_equal(member->key, text_of(changes[i].key)));
        if (again)
            continue;
        text_append(out, member->key);
        text_append(out, TEXT(": "));
        print_value(member, out);
        text_append_char(out, '\n');
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!changes[i].value)
            continue;
        text_append(out, text_of(changes[i].key));
        text_append(out, TEXT(": "));
        if (changes[i].form == CHANGE_TEXT)
            print_quoted(text_of(changes[i].value), out);
        else
            print_list(text_of(changes[i].value), changes[i].form == CHANGE_MAP, out);
        text_append_char(out, '\n');
    }
}
