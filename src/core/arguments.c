// SPDX-License-Identifier: Apache-2.0
/* arguments.c - a cursor over JSON. */
#include "core/arguments.h"

enum { DEPTH = 32 };

struct cursor {
    const char *at, *end;
};

static void skip_space(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
        c->at++;
}

static bool take(struct cursor *c, char sign)
{
    skip_space(c);
    if (c->at == c->end || *c->at != sign)
        return false;
    c->at++;
    return true;
}

static void append_code(struct text_buffer *out, uint32_t code)
{
    if (code < 0x20 || code == 0x7f || (code >= 0xd800 && code < 0xe000)) {
        text_append_char(out, ' ');
    } else if (code < 0x80) {
        text_append_char(out, (char)code);
    } else if (code < 0x800) {
        text_append_char(out, (char)(0xc0 | code >> 6));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text_append_char(out, (char)(0xe0 | code >> 12));
        text_append_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        text_append_char(out, (char)(0xf0 | code >> 18));
        text_append_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        text_append_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

static bool hex(struct cursor *c, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char sign = c->at < c->end ? *c->at++ : 'x';
        uint32_t digit = sign >= '0' && sign <= '9'   ? (uint32_t)(sign - '0')
                         : sign >= 'a' && sign <= 'f' ? (uint32_t)(sign - 'a') + 10
                         : sign >= 'A' && sign <= 'F' ? (uint32_t)(sign - 'A') + 10
                                                      : 16;
        if (digit > 15)
            return false;
        *code = *code << 4 | digit;
    }
    return true;
}

/* \uD83D\uDE00 is one sign (RFC 8259 section 7). */
static bool escape_u(struct cursor *c, struct text_buffer *out)
{
    uint32_t code, low;

    if (!hex(c, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && c->end - c->at >= 2 && c->at[0] == '\\' &&
        c->at[1] == 'u') {
        c->at += 2;
        if (!hex(c, &low))
            return false;
        code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00))
                                             : ' ';
    }
    append_code(out, code);
    return true;
}

/* After the opening quote, to behind the closing one. */
static bool string(struct cursor *c, struct text_buffer *out)
{
    while (c->at < c->end) {
        unsigned char sign = (unsigned char)*c->at++;
        if (sign == '"')
            return true;
        if (sign != '\\') {
            text_append_char(out, sign < 0x20 || sign == 0x7f ? ' ' : (char)sign);
            continue;
        }
        if (c->at == c->end)
            return false;
        sign = (unsigned char)*c->at++;
        if (sign == 'u') {
            if (!escape_u(c, out))
                return false;
        } else if (sign == '"' || sign == '\\' || sign == '/') {
            text_append_char(out, (char)sign);
        } else {
            text_append_char(out, ' '); /* \n, \t and their like. */
        }
    }
    return false;
}

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
           c == 'E';
}

/* A number, true, false, null. */
static struct text bare(struct cursor *c)
{
    const char *from = c->at;

    while (c->at < c->end && is_bare(*c->at))
        c->at++;
    return (struct text){.data = from, .size = (uint32_t)(c->at - from)};
}

/* Over an object or array, whose first sign is next. */
static bool skip_nested(struct cursor *c)
{
    struct text_buffer nowhere = {.capacity = 0};
    uint32_t depth = 0;

    do {
        if (c->at == c->end)
            return false;
        char sign = *c->at++;
        if (sign == '"') {
            if (!string(c, &nowhere))
                return false;
        } else if (sign == '{' || sign == '[') {
            if (++depth > DEPTH)
                return false;
        } else if (sign == '}' || sign == ']') {
            depth--;
        }
    } while (depth > 0);
    return true;
}

/* The value at the cursor; true when it is one that can be given. */
static bool value(struct cursor *c, struct text_buffer *out, bool *well)
{
    struct text word;

    skip_space(c);
    *well = true;
    if (take(c, '"')) {
        *well = string(c, out);
        return *well;
    }
    if (c->at < c->end && (*c->at == '{' || *c->at == '[')) {
        *well = skip_nested(c);
        return false;
    }
    word = bare(c);
    *well = word.size > 0;
    if (!*well || text_equal(word, TEXT("null")))
        return false;
    text_append(out, word);
    return true;
}

bool arguments_get(struct text json, struct text key, struct text_buffer *out)
{
    struct cursor c = {.at = json.data, .end = json.data + json.size};
    char storage[64];
    bool well;

    if (json.size == 0 || !take(&c, '{'))
        return false;
    while (take(&c, '"')) {
        struct text_buffer name, nowhere = {.capacity = 0};
        text_buffer_init(&name, storage, sizeof(storage));
        if (!string(&c, &name) || !take(&c, ':'))
            return false;
        bool wanted = text_equal(text_view(&name), key);
        bool given = value(&c, wanted ? out : &nowhere, &well);
        if (wanted)
            return given && well;
        if (!well || !take(&c, ','))
            return false;
    }
    return false;
}
