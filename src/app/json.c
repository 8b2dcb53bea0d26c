// SPDX-License-Identifier: Apache-2.0
/* json.c - the record tables again, as JSON. */
#include "app/json.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 16384 };

static json_t *text_json(struct text t)
{
    char safe[LONGEST];
    json_t *made = json_stringn(t.data ? t.data : "", t.size);
    size_t size = t.size < sizeof(safe) ? t.size : sizeof(safe);

    if (made)
        return made;
    for (size_t i = 0; i < size; i++)
        safe[i] = (unsigned char)t.data[i] < 128 ? t.data[i] : '?';
    return json_stringn(safe, size);
}

static json_t *number_json(const struct field *field, const char *at)
{
    union {
        bool yes;
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
        int32_t i32;
    } value = {.u64 = 0};

    switch (field->type) {
    case FIELD_BOOL:
        memcpy(&value.yes, at, sizeof(value.yes));
        return value.yes ? json_true() : NULL;
    case FIELD_U8:
        memcpy(&value.u8, at, sizeof(value.u8));
        return value.u8 ? json_integer(value.u8) : NULL;
    case FIELD_U16:
        memcpy(&value.u16, at, sizeof(value.u16));
        return value.u16 ? json_integer(value.u16) : NULL;
    case FIELD_U32:
        memcpy(&value.u32, at, sizeof(value.u32));
        return value.u32 ? json_integer(value.u32) : NULL;
    case FIELD_U64:
        memcpy(&value.u64, at, sizeof(value.u64));
        return value.u64 ? json_integer((json_int_t)value.u64) : NULL;
    case FIELD_I32:
        memcpy(&value.i32, at, sizeof(value.i32));
        return json_integer(value.i32);
    case FIELD_ENUM:
        memcpy(&value.u32, at, sizeof(value.u32));
        return value.u32 < field->name_count ? json_string(field->names[value.u32]) : NULL;
    case FIELD_CHAR:
        return *at ? json_stringn(at, 1) : NULL;
    case FIELD_TEXT:
        break;
    }
    return NULL;
}

static json_t *field_json(const struct field *field, const void *record)
{
    const char *at = (const char *)record + field->offset;
    struct text text;

    if (field->type == FIELD_TEXT) {
        memcpy(&text, at, sizeof(text));
        return text.size > 0 ? text_json(text) : NULL;
    }
    return number_json(field, at);
}

/* "STORE_CALL_OPENED" -> "call_opened" */
static void event_name(const char *name, char *out, size_t size)
{
    size_t i = 0;

    if (strncmp(name, "STORE_", 6) == 0)
        name += 6;
    for (; name[i] && i + 1 < size; i++)
        out[i] = (char)tolower((unsigned char)name[i]);
    out[i] = 0;
}

json_t *json_of_command(const struct command *command)
{
    const struct shape *shape = &command_shapes[command->kind];
    json_t *object = json_object();
    char name[64];

    event_name(shape->name, name, sizeof(name));
    json_object_set_new(object, "event", json_string(name));
    for (uint16_t i = 0; i < shape->count; i++) {
        json_t *value = field_json(&shape->fields[i], command);
        if (value)
            json_object_set_new(object, shape->fields[i].name, value);
    }
    return object;
}

static bool read_number(const struct field *field, json_int_t number, char *at)
{
    static const uint8_t sizes[] = {
        [FIELD_U8] = 1, [FIELD_U16] = 2, [FIELD_U32] = 4, [FIELD_U64] = 8, [FIELD_I32] = 4};
    uint64_t value = (uint64_t)number, most = UINT64_MAX >> (64 - 8 * sizes[field->type]);
    uint32_t half = (uint32_t)number;
    uint16_t quarter = (uint16_t)number;
    uint8_t byte = (uint8_t)number;

    if (field->type == FIELD_I32 ? number < INT32_MIN || number > INT32_MAX
                                 : number < 0 || value > most)
        return false;
    const void *from = sizes[field->type] == 8   ? (const void *)&value
                       : sizes[field->type] == 4 ? (const void *)&half
                       : sizes[field->type] == 2 ? (const void *)&quarter
                                                 : (const void *)&byte;
    memcpy(at, from, sizes[field->type]);
    return true;
}

static bool read_name(const struct field *field, const char *word, char *at)
{
    for (uint32_t i = 0; word && i < field->name_count; i++)
        if (strcmp(field->names[i], word) == 0) {
            memcpy(at, &i, sizeof(i));
            return true;
        }
    return false;
}

static bool read_field(const struct field *field, const json_t *value, void *record)
{
    char *at = (char *)record + field->offset;
    struct text text = {.data = json_string_value(value),
                        .size = (uint32_t)json_string_length(value)};
    bool yes = json_is_true(value);

    switch (field->type) {
    case FIELD_TEXT:
        memcpy(at, &text, sizeof(text));
        return json_is_string(value);
    case FIELD_CHAR:
        *at = text.size == 1 ? *text.data : 0;
        return text.size == 1;
    case FIELD_BOOL:
        memcpy(at, &yes, sizeof(yes));
        return json_is_boolean(value);
    case FIELD_ENUM:
        return read_name(field, text.data, at);
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
    case FIELD_I32:
        return json_is_integer(value) && read_number(field, json_integer_value(value), at);
    }
    return false;
}

bool json_to_command(const json_t *object, struct command *out)
{
    char name[64];

    for (uint32_t kind = COMMAND_NONE + 1; kind < COMMAND_KINDS; kind++) {
        const struct shape *shape = &command_shapes[kind];
        event_name(shape->name, name, sizeof(name));
        if (strcmp(name, json_word(object, "event")) != 0)
            continue;
        *out = (struct command){.kind = (enum command_kind)kind};
        for (uint16_t i = 0; i < shape->count; i++) {
            const json_t *value = json_object_get(object, shape->fields[i].name);
            if (value && !read_field(&shape->fields[i], value, out))
                return false;
        }
        return true;
    }
    return false;
}

const char *json_word(const json_t *object, const char *key)
{
    const char *word = json_string_value(json_object_get(object, key));

    return word ? word : "";
}

int64_t json_count(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}
