// SPDX-License-Identifier: Apache-2.0
/* fill.c - patterns and values. */
#include "vendor/fill.h"

#include <stdlib.h>
#include <string.h>

#include "vendor/pick.h"

enum { LONGEST = 65536, DEPTH = 32 };

/* "{path|filter}" at the beginning of t: its inside, and its size with the braces; 0: it is none.
 */
static uint32_t hole(struct text t, struct text *inside)
{
    int32_t end = t.size > 1 && t.data[0] == '{' ? text_find(t, TEXT("}")) : -1;
    char first = end > 1 ? t.data[1] : 0;

    if (!(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z') && first != '_' &&
        first != '$')
        return 0;
    *inside = text_part(t, 1, (uint32_t)end - 1);
    return (uint32_t)end + 1;
}

/* What a value stands for among "in=INBOUND|out=OUTBOUND"; `text` stands for itself. */
static bool map(struct text filters, struct text value, struct text *out)
{
    while (filters.data) {
        struct text to = text_next(&filters, '|'), from = text_next(&to, '=');
        if (!to.data && text_equal(from, TEXT("text"))) {
            *out = value;
            return true;
        }
        if (to.data && text_equal(from, value)) {
            *out = to;
            return true;
        }
    }
    return false;
}

static bool plain_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static bool put(struct text value, enum fill_into into, struct text_buffer *out)
{
    static const char digits[] = "0123456789ABCDEF";

    if (into == FILL_PLAIN) {
        text_append(out, value);
        return true;
    }
    if (text_equal(value, TEXT(".")) || text_equal(value, TEXT("..")))
        return false;
    for (uint32_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (plain_byte((char)c)) {
            text_append_char(out, (char)c);
            continue;
        }
        text_append_char(out, '%');
        text_append_char(out, digits[c >> 4]);
        text_append_char(out, digits[c & 15]);
    }
    return true;
}

static bool put_hole(struct text inside, const json_t *values, enum fill_into into,
                     struct text_buffer *out)
{
    struct text filters = inside, path = text_next(&filters, '|'), mapped;
    char *storage = malloc(LONGEST);
    struct text_buffer value;
    bool good;

    if (!storage)
        return false;
    text_buffer_init(&value, storage, LONGEST);
    good = pick_text(pick_one(values, path), &value);
    mapped = text_view(&value);
    if (good && filters.data)
        good = map(filters, text_view(&value), &mapped);
    good = good && put(mapped, into, out);
    free(storage);
    return good;
}

bool fill_text(struct text pattern, const json_t *values, enum fill_into into,
               struct text_buffer *out)
{
    struct text inside;

    while (pattern.size > 0) {
        uint32_t size = hole(pattern, &inside);
        if (size == 0)
            text_append_char(out, pattern.data[0]);
        else if (!put_hole(inside, values, into, out))
            return false;
        pattern = text_part(pattern, size ? size : 1, pattern.size);
    }
    return !out->cut;
}

bool fill_sound(struct text pattern)
{
    struct text inside;

    while (pattern.size > 0) {
        uint32_t size = hole(pattern, &inside);
        if (size > 0 && !pick_sound(text_next(&inside, '|')))
            return false;
        pattern = text_part(pattern, size ? size : 1, pattern.size);
    }
    return true;
}

static json_t *fill_string(struct text pattern, const json_t *values)
{
    struct text inside;
    const json_t *value;
    json_t *filled = NULL;
    struct text_buffer out;
    char *storage;

    if (pattern.size > 0 && hole(pattern, &inside) == pattern.size &&
        text_find(inside, TEXT("|")) < 0) {
        value = pick_one(values, inside);
        return json_is_null(value) ? NULL : json_deep_copy(value);
    }
    storage = malloc(LONGEST);
    if (!storage)
        return NULL;
    text_buffer_init(&out, storage, LONGEST);
    if (fill_text(pattern, values, FILL_PLAIN, &out))
        filled = json_stringn(storage, out.size);
    free(storage);
    return filled;
}

static json_t *fill_at(const json_t *pattern, const json_t *values, uint32_t depth, bool *missing);

static json_t *fill_object(const json_t *pattern, const json_t *values, uint32_t depth,
                           bool *missing)
{
    json_t *filled = json_object(), *member;
    const char *key;

    json_object_foreach((json_t *)(uintptr_t)pattern, key, member)
    {
        json_t *value = fill_at(member, values, depth, missing);
        if (value)
            json_object_set_new(filled, key, value);
    }
    return filled;
}

static json_t *fill_list(const json_t *pattern, const json_t *values, uint32_t depth)
{
    json_t *filled = json_array(), *entry;
    size_t i;

    json_array_foreach(pattern, i, entry)
    {
        bool missing = false;
        json_t *value = fill_at(entry, values, depth, &missing);
        if (value && !missing)
            json_array_append(filled, value);
        json_decref(value);
    }
    return filled;
}

static json_t *fill_at(const json_t *pattern, const json_t *values, uint32_t depth, bool *missing)
{
    json_t *filled;

    if (depth == 0)
        return NULL;
    if (json_is_object(pattern))
        return fill_object(pattern, values, depth - 1, missing);
    if (json_is_array(pattern))
        return fill_list(pattern, values, depth - 1);
    if (!json_is_string(pattern))
        return json_deep_copy(pattern);
    filled = fill_string(
        (struct text){json_string_value(pattern), (uint32_t)json_string_length(pattern)}, values);
    *missing |= !filled;
    return filled;
}

json_t *fill_json(const json_t *pattern, const json_t *values)
{
    bool missing = false;

    return fill_at(pattern, values, DEPTH, &missing);
}
