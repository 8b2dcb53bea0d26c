// SPDX-License-Identifier: Apache-2.0
/* record.c - one loop over the fields for each thing that can be done with a record.
 *
 * Every number has one packed form only (overlong ones do not unpack), so that equal records have
 * equal bytes and a journal can be compared byte for byte. */
#include "base/record.h"

#include <assert.h>
#include <string.h>

struct cursor {
    uint8_t *at, *end;
};

struct reader {
    const uint8_t *at, *end;
};

static const char *place(const void *record, const struct field *field)
{
    return (const char *)record + field->offset;
}

static struct text get_text(const void *record, const struct field *field)
{
    struct text t;
    memcpy(&t, place(record, field), sizeof(t));
    return t;
}

/* Small and large are near 0 alike: -1 is 1, 1 is 2. */
static uint64_t fold_sign(int32_t number)
{
    return number < 0 ? ((uint64_t)(-(int64_t)number) << 1) - 1 : (uint64_t)number << 1;
}

static bool unfold_sign(uint64_t folded, int32_t *out)
{
    if (folded > UINT32_MAX)
        return false;
    *out = folded & 1 ? (int32_t)(-(int64_t)((folded + 1) >> 1)) : (int32_t)(folded >> 1);
    return true;
}

/* The number that stands for the field; for text its length. */
static uint64_t get_number(const void *record, const struct field *field)
{
    const char *at = place(record, field);

    switch (field->type) {
    case FIELD_BOOL:
    case FIELD_U8:
    case FIELD_CHAR:
        return *(const uint8_t *)at;
    case FIELD_U16: {
        uint16_t number;
        memcpy(&number, at, sizeof(number));
        return number;
    }
    case FIELD_U32:
    case FIELD_ENUM: {
        uint32_t number;
        memcpy(&number, at, sizeof(number));
        return number;
    }
    case FIELD_U64: {
        uint64_t number;
        memcpy(&number, at, sizeof(number));
        return number;
    }
    case FIELD_I32: {
        int32_t number;
        memcpy(&number, at, sizeof(number));
        return fold_sign(number);
    }
    case FIELD_TEXT:
        return get_text(record, field).size;
    }
    assert(false);
    return 0;
}

/* False when the number does not belong into such a field. */
static bool set_number(void *record, const struct field *field, uint64_t number)
{
    static const uint64_t most[] = {
        [FIELD_BOOL] = 1,          [FIELD_U8] = UINT8_MAX,    [FIELD_U16] = UINT16_MAX,
        [FIELD_U32] = UINT32_MAX,  [FIELD_U64] = UINT64_MAX,  [FIELD_I32] = UINT32_MAX,
        [FIELD_ENUM] = UINT32_MAX, [FIELD_TEXT] = UINT32_MAX, [FIELD_CHAR] = UINT8_MAX,
    };
    char *at = (char *)record + field->offset;
    uint8_t u8 = (uint8_t)number;
    uint16_t u16 = (uint16_t)number;
    uint32_t u32 = (uint32_t)number;
    int32_t i32;

    if (number > most[field->type] || (field->type == FIELD_ENUM && number >= field->name_count))
        return false;
    switch (field->type) {
    case FIELD_BOOL:
    case FIELD_U8:
    case FIELD_CHAR:
        memcpy(at, &u8, sizeof(u8));
        return true;
    case FIELD_U16:
        memcpy(at, &u16, sizeof(u16));
        return true;
    case FIELD_U32:
    case FIELD_ENUM:
        memcpy(at, &u32, sizeof(u32));
        return true;
    case FIELD_U64:
        memcpy(at, &number, sizeof(number));
        return true;
    case FIELD_I32:
        if (!unfold_sign(number, &i32))
            return false;
        memcpy(at, &i32, sizeof(i32));
        return true;
    case FIELD_TEXT:
        break;
    }
    assert(false);
    return false;
}

static bool put_number(struct cursor *out, uint64_t number)
{
    do {
        if (out->at == out->end)
            return false;
        uint8_t low = number & 0x7F;
        number >>= 7;
        *out->at++ = number > 0 ? low | 0x80 : low;
    } while (number > 0);
    return true;
}

static bool take_number(struct reader *in, uint64_t *out)
{
    uint64_t number = 0;

    for (uint32_t shift = 0; shift < 64; shift += 7) {
        if (in->at == in->end)
            return false;
        uint8_t byte = *in->at++;
        uint64_t low = byte & 0x7F;
        if (shift == 63 && low > 1)
            return false;
        number |= low << shift;
        if (byte & 0x80)
            continue;
        if (byte == 0 && shift > 0)
            return false;
        *out = number;
        return true;
    }
    return false;
}

size_t record_pack(const struct shape *shape, const void *record, uint8_t *out, size_t size)
{
    struct cursor cursor = {.at = out, .end = out + size};

    for (uint32_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        uint64_t number = get_number(record, field);
        assert(field->type != FIELD_ENUM || number < field->name_count);
        if (!put_number(&cursor, number))
            return 0;
        if (field->type != FIELD_TEXT || number == 0)
            continue;
        if ((size_t)(cursor.end - cursor.at) < number)
            return 0;
        memcpy(cursor.at, get_text(record, field).data, number);
        cursor.at += number;
    }
    return (size_t)(cursor.at - out);
}

bool record_unpack(const struct shape *shape, const uint8_t *bytes, size_t size, void *record)
{
    struct reader in = {.at = bytes, .end = bytes + size};

    for (uint32_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        uint64_t number;
        if (!take_number(&in, &number))
            return false;
        if (field->type != FIELD_TEXT) {
            if (!set_number(record, field, number))
                return false;
            continue;
        }
        if (number > (size_t)(in.end - in.at) || number > INT32_MAX)
            return false;
        struct text t = {.data = (const char *)in.at, .size = (uint32_t)number};
        if (number == 0)
            t = TEXT_EMPTY;
        memcpy((char *)record + field->offset, &t, sizeof(t));
        in.at += number;
    }
    return in.at == in.end;
}

/* Quoted on one line: a stranger's text cannot forge a field or a line. */
static void print_text(struct text t, struct text_buffer *out)
{
    static const char hex[] = "0123456789abcdef";

    text_append_char(out, '"');
    for (uint32_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        if (c == '"' || c == '\\') {
            text_append_char(out, '\\');
            text_append_char(out, c);
        } else if (c == '\n') {
            text_append(out, TEXT("\\n"));
        } else if ((uint8_t)c < 0x20 || c == 0x7F) {
            text_append(out, TEXT("\\x"));
            text_append_char(out, hex[(uint8_t)c >> 4]);
            text_append_char(out, hex[(uint8_t)c & 15]);
        } else {
            /* A whole run at once, so that a cut falls on a character's border. */
            uint32_t from = i;
            while (i + 1 < t.size && (uint8_t)t.data[i + 1] >= 0x20 && t.data[i + 1] != 0x7F &&
                   t.data[i + 1] != '"' && t.data[i + 1] != '\\')
                i++;
            text_append(out, text_part(t, from, i + 1 - from));
        }
    }
    text_append_char(out, '"');
}

static void print_value(const void *record, const struct field *field, uint64_t number,
                        struct text_buffer *out)
{
    char c = (char)number;
    int32_t signed_number;

    switch (field->type) {
    case FIELD_BOOL:
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
        text_append_number(out, number);
        return;
    case FIELD_I32:
        if (!unfold_sign(number, &signed_number))
            return;
        if (signed_number < 0)
            text_append_char(out, '-');
        text_append_number(out, signed_number < 0 ? (uint64_t)(-(int64_t)signed_number)
                                                  : (uint64_t)signed_number);
        return;
    case FIELD_ENUM:
        text_append(out, number < field->name_count ? text_of(field->names[number]) : TEXT("?"));
        return;
    case FIELD_TEXT:
        print_text(get_text(record, field), out);
        return;
    case FIELD_CHAR:
        if (c > 0x20 && c < 0x7F)
            text_append_char(out, c);
        else
            text_append_number(out, number);
        return;
    }
}

void record_print(const struct shape *shape, const void *record, struct text_buffer *out)
{
    text_append(out, text_of(shape->name));
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        uint64_t number = get_number(record, field);
        if (number == 0)
            continue;
        text_append_char(out, ' ');
        text_append(out, text_of(field->name));
        text_append_char(out, '=');
        print_value(record, field, number, out);
    }
}

bool record_equal(const struct shape *shape, const void *a, const void *b)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (get_number(a, field) != get_number(b, field))
            return false;
        if (field->type == FIELD_TEXT && !text_equal(get_text(a, field), get_text(b, field)))
            return false;
    }
    return true;
}

static uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ at[i]) * 0x100000001B3u;
    return digest;
}

/* With the terminator, so that "ab" "c" is not "a" "bc". */
static uint64_t digest_word(uint64_t digest, const char *word)
{
    return digest_bytes(digest, word ? word : "", word ? strlen(word) + 1 : 1);
}

uint64_t record_digest(const struct shape *shapes, size_t count)
{
    uint64_t digest = 0xCBF29CE484222325u;

    for (size_t s = 0; s < count; s++) {
        digest = digest_word(digest, shapes[s].name);
        for (uint32_t i = 0; i < shapes[s].count; i++) {
            const struct field *field = &shapes[s].fields[i];
            uint8_t type = (uint8_t)field->type;
            digest = digest_word(digest, field->name);
            digest = digest_bytes(digest, &type, 1);
            for (uint32_t n = 0; field->type == FIELD_ENUM && n < field->name_count; n++)
                digest = digest_word(digest, field->names[n]);
        }
    }
    return digest;
}
