// SPDX-License-Identifier: Apache-2.0
/* members.c - texts from and for JSON. */
#include "vendor/members.h"

#include <stdlib.h>
#include <string.h>

struct text members_text(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);
    size_t size = json_string_length(member);

    if (!json_is_string(member) || size > INT32_MAX)
        return TEXT_EMPTY;
    return (struct text){json_string_value(member), (uint32_t)size};
}

uint32_t members_number(const json_t *object, const char *key, uint32_t otherwise)
{
    const json_t *member = json_object_get(object, key);
    json_int_t number = json_integer_value(member);

    if (!json_is_integer(member) || number < 0 || number > UINT32_MAX)
        return otherwise;
    return (uint32_t)number;
}

json_t *members_string(struct text t)
{
    bool zero = t.size > 0 && memchr(t.data, 0, t.size);
    json_t *made = zero ? NULL : json_stringn(t.data ? t.data : "", t.size);
    char *safe;

    if (made)
        return made;
    safe = malloc(t.size + 1);
    if (!safe)
        return NULL;
    for (uint32_t i = 0; i < t.size; i++)
        safe[i] = t.data[i] > 0 && t.data[i] < 127 ? t.data[i] : '?';
    made = json_stringn(safe, t.size);
    free(safe);
    return made;
}

json_t *members_read(struct text t, uint32_t most)
{
    return t.size == 0 || t.size > most ? NULL : json_loadb(t.data, t.size, JSON_DECODE_ANY, NULL);
}

uint32_t members_write(json_t *value, char *out, uint32_t size)
{
    size_t used = value ? json_dumpb(value, out, size, JSON_COMPACT | JSON_ENCODE_ANY) : 0;

    json_decref(value);
    return used <= size ? (uint32_t)used : 0;
}
