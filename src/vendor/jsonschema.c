// SPDX-License-Identifier: Apache-2.0
/* jsonschema.c - one function a word of the schema. */
#include "vendor/jsonschema.h"

#include <string.h>

struct check {
    struct text_buffer *why;
    const char *name; /* Of the member that is looked at. */
    uint32_t depth;
};

static bool say(const struct check *check, const char *what)
{
    text_append(check->why, text_part(text_of(check->name), 0, 64));
    text_append_char(check->why, ' ');
    text_append(check->why, text_of(what));
    return false;
}

static bool is_type(const json_t *value, const char *type)
{
    if (!strcmp(type, "object"))
        return json_is_object(value);
    if (!strcmp(type, "array"))
        return json_is_array(value);
    if (!strcmp(type, "string"))
        return json_is_string(value);
    if (!strcmp(type, "integer"))
        return json_is_integer(value) ||
               (json_is_real(value) &&
                json_real_value(value) == (double)(json_int_t)json_real_value(value));
    if (!strcmp(type, "number"))
        return json_is_number(value);
    if (!strcmp(type, "boolean"))
        return json_is_boolean(value);
    return strcmp(type, "null") != 0 || json_is_null(value);
}

static bool fits_type(const struct check *check, const json_t *value, const json_t *type)
{
    const json_t *one;
    size_t i;

    if (json_is_string(type) && !is_type(value, json_string_value(type))) {
        say(check, "must be of type ");
        text_append(check->why, text_part(text_of(json_string_value(type)), 0, 20));
        return false;
    }
    json_array_foreach(type, i, one) if (!json_is_string(one) ||
                                         is_type(value, json_string_value(one))) return true;
    return json_array_size(type) == 0 || say(check, "is of a wrong type");
}

static bool fits_enum(const struct check *check, const json_t *value, const json_t *schema)
{
    const json_t *all = json_object_get(schema, "enum"), *only = json_object_get(schema, "const"),
                 *one;
    size_t i;

    if (only && !json_equal(value, only))
        return say(check, "is not what it must be");
    if (!json_is_array(all))
        return true;
    json_array_foreach(all, i, one) if (json_equal(value, one)) return true;
    return say(check, "is none of those allowed");
}

static bool fits_bounds(const struct check *check, const json_t *value, const json_t *schema)
{
    const json_t *low = json_object_get(schema, "minimum"),
                 *high = json_object_get(schema, "maximum");
    const json_t *least = json_object_get(schema, "minLength"),
                 *most = json_object_get(schema, "maxLength");
    size_t size = 0;

    if (json_is_number(value) && ((low && json_number_value(value) < json_number_value(low)) ||
                                  (high && json_number_value(value) > json_number_value(high))))
        return say(check, "is out of bounds");
    for (size_t i = 0; json_is_string(value) && i < json_string_length(value); i++)
        size += ((unsigned char)json_string_value(value)[i] & 0xc0) != 0x80;
    if (json_is_string(value) && ((least && (json_int_t)size < json_integer_value(least)) ||
                                  (most && (json_int_t)size > json_integer_value(most))))
        return say(check, "is too short or too long");
    return true;
}

static bool fits(struct check check, const json_t *value, const json_t *schema);

static bool fits_members(const struct check *check, const json_t *value, const json_t *schema)
{
    const json_t *properties = json_object_get(schema, "properties"), *one;
    const json_t *required = json_object_get(schema, "required");
    const char *key;
    size_t i;

    json_array_foreach(required, i, one)
    {
        struct check member = {check->why, json_string_value(one), check->depth};
        if (json_is_string(one) && !json_object_get(value, json_string_value(one)))
            return say(&member, "is missing");
    }
    /* jansson's iteration wants an object that is not const; it changes nothing. */
    json_object_foreach((json_t *)(uintptr_t)value, key, one)
    {
        struct check member = {check->why, key, check->depth + 1};
        const json_t *known = json_object_get(properties, key);
        if (!known && json_is_false(json_object_get(schema, "additionalProperties")))
            return say(&member, "is not known");
        if (known && !fits(member, one, known))
            return false;
    }
    return true;
}

static bool fits(struct check check, const json_t *value, const json_t *schema)
{
    const json_t *items = json_object_get(schema, "items"), *one;
    size_t i;

    if (!json_is_object(schema) || check.depth > JSONSCHEMA_DEPTH)
        return true;
    if (!fits_type(&check, value, json_object_get(schema, "type")) ||
        !fits_enum(&check, value, schema) || !fits_bounds(&check, value, schema))
        return false;
    if (json_is_object(value) && !fits_members(&check, value, schema))
        return false;
    check.depth++;
    json_array_foreach(json_is_object(items) ? value : NULL, i,
                       one) if (!fits(check, one, items)) return false;
    return true;
}

bool jsonschema_fits(const json_t *value, const json_t *schema, struct text_buffer *why)
{
    return fits((struct check){why, "the arguments", 0}, value, schema);
}
