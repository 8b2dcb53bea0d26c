// SPDX-License-Identifier: Apache-2.0
/* sdes.c - one line at a time. */
#include "wire/sdes.h"

#include <string.h>

enum { TAG_MOST = 999999999, LIFETIME_LEAST_BITS = 20 };

static struct text word_of(struct text *rest)
{
    struct text word = TEXT_EMPTY;

    while (rest->data && word.size == 0)
        word = text_next(rest, ' ');
    return word;
}

/* "|2^31", "|1048576": packets that the key is good for. A call of a day has 2^22 of them; a key
 * for fewer than a few hours would have to be changed by us in mid-call. */
static bool long_enough(struct text lifetime)
{
    uint64_t number;

    if (text_starts(lifetime, TEXT("2^")))
        return text_number(text_part(lifetime, 2, lifetime.size), &number) &&
               number >= LIFETIME_LEAST_BITS;
    return text_number(lifetime, &number) && number >= 1u << LIFETIME_LEAST_BITS;
}

/* "inline:KEY[|LIFETIME][|MKI:LENGTH]", one only. */
static bool read_key(struct text params, struct sdes *out)
{
    struct text rest = params, method = text_next(&rest, ':');

    if (text_find(params, TEXT(";")) >= 0 || !rest.data)
        return false;
    if (text_equal_nocase(method, TEXT("vault")))
        return text_number(rest, &out->name) && out->name != 0;
    if (!text_equal_nocase(method, TEXT("inline")))
        return false;
    out->key = text_next(&rest, '|');
    if (rest.data && text_find(rest, TEXT("|")) >= 0)
        return false;
    return out->key.size > 0 && (!rest.data || long_enough(rest));
}

/* A hint of the replay window's size may be ignored (6.3.7), and so may what begins with '-'
 * (6.3.8); all other parameters change the packets. */
static bool harmless(struct text parameter)
{
    return text_starts_nocase(parameter, TEXT("WSH=")) || text_starts(parameter, TEXT("-"));
}

bool sdes_read(struct text value, struct sdes *out)
{
    struct text rest = value, tag = word_of(&rest), suite = word_of(&rest);
    struct text params = word_of(&rest);
    uint64_t number;

    *out = (struct sdes){.key = TEXT_EMPTY};
    out->suite = suite_of(suite);
    if (!text_number(tag, &number) || number > TAG_MOST || out->suite == SUITE_NONE)
        return false;
    out->tag = (uint32_t)number;
    if (!read_key(params, out))
        return false;
    while (rest.data) {
        struct text parameter = word_of(&rest);
        if (parameter.size > 0 && !harmless(parameter))
            return false;
    }
    return true;
}

/* ---- Base64 (RFC 4648 section 4) ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool sdes_key(struct text base64, uint8_t *out, uint32_t size)
{
    uint32_t bits = 0, held = 0, used = 0, padding = 0;

    for (uint32_t i = 0; i < base64.size; i++) {
        const char *digit = memchr(digits, base64.data[i], 64);
        if (base64.data[i] == '=' && padding < 2) {
            padding++;
            continue;
        }
        if (!digit || padding > 0)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (used == size)
            return false;
        out[used++] = (uint8_t)(bits >> held);
    }
    return used == size;
}

static void append_base64(struct text_buffer *out, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 3) {
        uint32_t left = size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        text_append_char(out, digits[three >> 18]);
        text_append_char(out, digits[three >> 12 & 63]);
        text_append_char(out, left > 1 ? digits[three >> 6 & 63] : '=');
        text_append_char(out, left > 2 ? digits[three & 63] : '=');
    }
}

/* ---- Whole descriptions ---- */

static void write_head(uint32_t tag, enum srtp_suite suite, struct text_buffer *out)
{
    text_append(out, TEXT("a=crypto:"));
    text_append_number(out, tag);
    text_append_char(out, ' ');
    text_append(out, text_of(srtp_suite_names[suite]));
    text_append_char(out, ' ');
}

void sdes_write(uint32_t tag, enum srtp_suite suite, uint64_t name, struct text_buffer *out)
{
    write_head(tag, suite, out);
    text_append(out, TEXT("vault:"));
    text_append_number(out, name);
    text_append(out, TEXT("\r\n"));
}

bool sdes_has_keys(struct text sdp)
{
    return text_find_nocase(sdp, TEXT("crypto")) >= 0 ||
           text_find_nocase(sdp, TEXT("inline:")) >= 0 || text_find(sdp, TEXT("\nk=")) >= 0;
}

/* As wire/sdp.c reads attributes, spaces and all. */
static bool is_crypto(struct text line, struct text *value)
{
    struct text rest = text_trim(line);

    if (!text_starts(rest, TEXT("a=")))
        return false;
    rest = text_part(rest, 2, rest.size);
    if (!text_equal_nocase(text_trim(text_next(&rest, ':')), TEXT("crypto")))
        return false;
    *value = text_trim(rest.data ? rest : TEXT_EMPTY);
    return true;
}

static void hide_line(struct text value, sdes_keep *keep, void *context, struct text_buffer *out)
{
    uint8_t key[SUITE_KEY_MOST];
    struct sdes line;
    uint32_t size;
    uint64_t name = 0;

    if (!sdes_read(value, &line) || line.name != 0)
        return; /* Nobody outside may name a key. */
    size = suite_key_bytes(line.suite);
    if (sdes_key(line.key, key, size))
        name = keep(context, key, size);
    explicit_bzero(key, sizeof(key));
    if (name != 0)
        sdes_write(line.tag, line.suite, name, out);
}

static bool may_hold_key(struct text line)
{
    return text_starts(text_trim(line), TEXT("k=")) || text_find_nocase(line, TEXT("inline:")) >= 0;
}

void sdes_hide(struct text sdp, sdes_keep *keep, void *context, struct text_buffer *out)
{
    while (sdp.data) {
        struct text line = text_next(&sdp, '\n'), value;
        if (is_crypto(line, &value)) {
            hide_line(value, keep, context, out);
            continue;
        }
        if (may_hold_key(line))
            continue;
        text_append(out, line);
        if (sdp.data)
            text_append_char(out, '\n');
    }
}

static void show_line(const struct sdes *line, sdes_give *give, void *context,
                      struct text_buffer *out)
{
    uint8_t key[SUITE_KEY_MOST];
    uint32_t size = suite_key_bytes(line->suite);

    if (give(context, line->name, line->suite, key, size)) {
        write_head(line->tag, line->suite, out);
        text_append(out, TEXT("inline:"));
        append_base64(out, key, size);
        text_append(out, TEXT("\r\n"));
    }
    explicit_bzero(key, sizeof(key));
}

void sdes_show(struct text sdp, sdes_give *give, void *context, struct text_buffer *out)
{
    while (sdp.data) {
        struct text line = text_next(&sdp, '\n'), value;
        struct sdes sdes;
        if (is_crypto(line, &value)) {
            if (sdes_read(value, &sdes) && sdes.name != 0)
                show_line(&sdes, give, context, out);
            continue;
        }
        text_append(out, line);
        if (sdp.data)
            text_append_char(out, '\n');
    }
}
