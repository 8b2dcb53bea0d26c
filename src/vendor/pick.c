// SPDX-License-Identifier: Apache-2.0
/* pick.c - a path's steps, one after the other. */
#include "vendor/pick.h"

#include <stdio.h>

struct step {
    bool all;
    bool index;
    uint64_t number;
    struct text name;
};

static bool name_byte(char c)
{
    return c != '.' && c != '[' && c != ']' && c != '\'' && c != '"' && c != '*' &&
           (unsigned char)c > ' ';
}

static bool read_name(struct text *rest, struct step *out)
{
    uint32_t size = 0;

    if (rest->size > 0 && rest->data[0] == '*') {
        out->all = true;
        *rest = text_part(*rest, 1, rest->size);
        return true;
    }
    while (size < rest->size && name_byte(rest->data[size]))
        size++;
    out->name = text_part(*rest, 0, size);
    *rest = text_part(*rest, size, rest->size);
    return size > 0;
}

/* "[0]", "[*]", "['name']" */
static bool read_bracket(struct text *rest, struct step *out)
{
    int32_t end = text_find(*rest, TEXT("]"));
    struct text inside = end < 0 ? TEXT_EMPTY : text_part(*rest, 1, (uint32_t)end - 1);
    bool quoted = inside.size > 2 && (inside.data[0] == '\'' || inside.data[0] == '"') &&
                  inside.data[inside.size - 1] == inside.data[0];

    if (end < 0)
        return false;
    *rest = text_part(*rest, (uint32_t)end + 1, rest->size);
    out->all = text_equal(inside, TEXT("*"));
    out->index = !out->all && !quoted && text_number(inside, &out->number);
    if (quoted)
        out->name = text_part(inside, 1, inside.size - 2);
    return out->all || out->index || quoted;
}

/* False: the rest is no path. */
static bool read_step(struct text *rest, struct step *out)
{
    *out = (struct step){.all = false};
    if (rest->data[0] == '[')
        return read_bracket(rest, out);
    if (rest->data[0] != '.')
        return false;
    *rest = text_part(*rest, 1, rest->size);
    return read_name(rest, out);
}

/* "a.b" is "$.a.b". False: too long. */
static bool begin(struct text path, char storage[PICK_PATH + 1], struct text *out)
{
    struct text_buffer buffer;

    if (path.size == 0 || path.size >= PICK_PATH)
        return false;
    if (path.data[0] == '$') {
        *out = text_part(path, 1, path.size);
        return true;
    }
    text_buffer_init(&buffer, storage, PICK_PATH + 1);
    text_append_char(&buffer, '.');
    text_append(&buffer, path);
    *out = path.data[0] == '[' ? path : text_view(&buffer);
    return true;
}

bool pick_sound(struct text path)
{
    char storage[PICK_PATH + 1];
    struct text rest;
    struct step step;

    if (!begin(path, storage, &rest))
        return false;
    while (rest.size > 0) {
        if (!read_step(&rest, &step))
            return false;
    }
    return true;
}

struct finds {
    const json_t *first;
    json_t *list;   /* NULL: only the first is wanted. */
    uint32_t steps; /* Left: wildcards within wildcards come to an end. */
};

static bool enough(const struct finds *finds)
{
    return finds->steps == 0 ||
           (finds->list ? json_array_size(finds->list) >= PICK_MOST : finds->first != NULL);
}

static void walk(const json_t *node, struct text rest, struct finds *finds);

static void walk_all(const json_t *node, struct text rest, struct finds *finds)
{
    json_t *object = json_is_object(node) ? (json_t *)(uintptr_t)node : NULL, *value;
    const char *key;
    size_t i;

    json_object_foreach(object, key, value)
    {
        if (enough(finds))
            return;
        walk(value, rest, finds);
    }
    json_array_foreach(node, i, value)
    {
        if (enough(finds))
            return;
        walk(value, rest, finds);
    }
}

static void walk(const json_t *node, struct text rest, struct finds *finds)
{
    struct step step;

    if (!node || enough(finds))
        return;
    finds->steps--;
    if (rest.size == 0) {
        finds->first = finds->first ? finds->first : node;
        if (finds->list)
            json_array_append(finds->list, (json_t *)(uintptr_t)node);
        return;
    }
    if (!read_step(&rest, &step))
        return;
    if (step.all)
        walk_all(node, rest, finds);
    else if (step.index)
        walk(json_array_get(node, step.number), rest, finds);
    else
        walk(json_object_getn(node, step.name.data, step.name.size), rest, finds);
}

enum { STEPS = 20000 };

const json_t *pick_one(const json_t *from, struct text path)
{
    char storage[PICK_PATH + 1];
    struct finds finds = {.steps = STEPS};
    struct text rest;

    if (begin(path, storage, &rest))
        walk(from, rest, &finds);
    return finds.first;
}

json_t *pick_all(const json_t *from, struct text path)
{
    char storage[PICK_PATH + 1];
    struct finds finds = {.steps = STEPS, .list = json_array()};
    struct text rest;

    if (finds.list && begin(path, storage, &rest))
        walk(from, rest, &finds);
    return finds.list;
}

bool pick_text(const json_t *value, struct text_buffer *out)
{
    char number[40];

    if (json_is_string(value)) {
        text_append(out,
                    (struct text){json_string_value(value), (uint32_t)json_string_length(value)});
        return json_string_length(value) > 0;
    }
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
    else
        return false;
    text_append(out, text_of(number));
    return true;
}
