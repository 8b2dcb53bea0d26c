// SPDX-License-Identifier: Apache-2.0
/* webtool.c - the template once through; then what it did not use. */
#include "vendor/webtool.h"

#include <stdio.h>
#include <string.h>

#include "vendor/members.h"

enum { NAME = 64, VALUE = 1024 };

static uint32_t authority_end(struct text address)
{
    int32_t start = text_find(address, TEXT("://"));
    uint32_t i = (uint32_t)start + 3;

    while (i < address.size && !memchr("/?#", address.data[i], 3))
        i++;
    return i;
}

bool webtool_sound(struct text address)
{
    uint32_t end;

    if (!text_starts_nocase(address, TEXT("http://")) &&
        !text_starts_nocase(address, TEXT("https://")))
        return false;
    end = authority_end(address);
    return text_find(text_part(address, 0, end), TEXT("{")) < 0 &&
           text_find(text_part(address, 0, end), TEXT("@")) < 0;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("-._~", c));
}

static void encode(struct text value, struct text_buffer *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (uint32_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];

        if (is_unreserved(value.data[i])) {
            text_append_char(out, value.data[i]);
            continue;
        }
        text_append_char(out, '%');
        text_append_char(out, digits[c >> 4]);
        text_append_char(out, digits[c & 15]);
    }
}

/* A string as it is, anything else as JSON; empty: it is not there, or too long. */
static struct text value_of(const json_t *value, char storage[VALUE])
{
    size_t size;

    if (json_is_string(value))
        return (struct text){json_string_value(value), (uint32_t)json_string_length(value)};
    if (!value || json_is_null(value))
        return TEXT_EMPTY;
    size = json_dumpb(value, storage, VALUE, JSON_COMPACT | JSON_ENCODE_ANY);
    return size <= VALUE ? (struct text){storage, (uint32_t)size} : TEXT_EMPTY;
}

static bool refuse(struct text_buffer *why, struct text name, const char *what)
{
    text_append(why, text_part(name, 0, NAME));
    text_append_char(why, ' ');
    text_append(why, text_of(what));
    return false;
}

/* Puts the argument that stands in braces; forgets it. */
static bool put(json_t *left, struct text name, struct text_buffer *url, struct text_buffer *why)
{
    char key[NAME], storage[VALUE];
    struct text value;

    text_copy(key, sizeof key, name);
    value = value_of(json_object_get(left, key), storage);
    if (text_empty(value) || value.size > VALUE || text_equal(value, TEXT(".")) ||
        text_equal(value, TEXT("..")))
        return refuse(why, name, "is missing, or cannot be part of an address");
    encode(value, url);
    return true;
}

static bool put_address(struct text address, json_t *left, struct text_buffer *url,
                        struct text_buffer *why)
{
    json_t *used = json_array(), *name;
    struct text rest = address;
    bool sound = true;
    size_t i;

    while (rest.size > 0 && sound) {
        struct text inside;
        bool braces = text_find(rest, TEXT("{")) >= 0;

        text_append(url, text_next(&rest, '{'));
        if (!braces)
            break;
        inside = text_next(&rest, '}');
        sound = put(left, inside, url, why);
        json_array_append_new(used, members_string(inside));
    }
    json_array_foreach(used, i, name) json_object_del(left, json_string_value(name));
    json_decref(used);
    return sound;
}

static bool put_query(const json_t *left, struct text_buffer *url, struct text_buffer *why)
{
    bool first = text_find(text_view(url), TEXT("?")) < 0;
    char storage[VALUE];
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)left, key, value)
    {
        if (json_is_null(value))
            continue;
        if (json_is_string(value) && json_string_length(value) > VALUE)
            return refuse(why, text_of(key), "is too long");
        text_append_char(url, first ? '?' : '&');
        first = false;
        encode(text_of(key), url);
        text_append_char(url, '=');
        encode(value_of(value, storage), url);
    }
    return true;
}

static bool put_body(const json_t *left, struct text_buffer *body)
{
    uint32_t size =
        members_write(json_incref((json_t *)(uintptr_t)left), body->data, body->capacity);

    body->size = size;
    return size > 0;
}

bool webtool_write(struct text address, struct text method, const json_t *arguments,
                   struct text_buffer *url, struct text_buffer *body, struct text_buffer *why)
{
    json_t *left =
        json_is_object(arguments) ? json_copy((json_t *)(uintptr_t)arguments) : json_object();
    bool query = text_equal(method, TEXT("GET")) || text_equal(method, TEXT("DELETE"));
    bool sound = left && put_address(address, left, url, why);

    if (sound)
        sound = query ? put_query(left, url, why) : put_body(left, body);
    json_decref(left);
    if (sound && url->cut)
        return refuse(why, TEXT("the address"), "is too long");
    return sound;
}
