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

const char *json_word(const json_t *object, const char *key)
{
    const char *word = json_string_value(json_object_get(object, key));

    return word ? word : "";
}

int64_t json_count(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}
