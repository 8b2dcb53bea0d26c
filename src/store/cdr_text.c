// SPDX-License-Identifier: Apache-2.0
/* cdr_text.c - makes hostile text harmless for whoever opens it. */
#include "store/cdr_text.h"

#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* Length of the well-formed character at the start of t (Unicode table 3-7), 0 when there is none.
 */
static uint32_t character(struct text t)
{
    const unsigned char *at = (const unsigned char *)t.data;
    unsigned char low = 0x80, high = 0xBF;
    uint32_t size;

    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        size = 2;
    else if (at[0] >= 0xE0 && at[0] <= 0xEF)
        size = 3;
    else if (at[0] >= 0xF0 && at[0] <= 0xF4)
        size = 4;
    else
        return 0;
    if (t.size < size)
        return 0;
    if (at[0] == 0xE0)
        low = 0xA0; /* Shorter forms exist. */
    else if (at[0] == 0xED)
        high = 0x9F; /* Surrogates. */
    else if (at[0] == 0xF0)
        low = 0x90;
    else if (at[0] == 0xF4)
        high = 0x8F; /* Beyond U+10FFFF. */
    if (at[1] < low || at[1] > high)
        return 0;
    for (uint32_t i = 2; i < size; i++) {
        if (at[i] < 0x80 || at[i] > 0xBF)
            return 0;
    }
    return size;
}

static bool is_c1(struct text t)
{
    return (unsigned char)t.data[0] == 0xC2 && (unsigned char)t.data[1] < 0xA0;
}

char *store_cdr_utf8(struct text t, size_t *size)
{
    char *copy = malloc((size_t)t.size * 3 + 1), *to = copy;

    if (!copy)
        return NULL;
    while (t.size > 0) {
        uint32_t length = character(t);
        if (length == 0 || (length == 2 && is_c1(t))) {
            memcpy(to, replacement, 3);
            to += 3;
            length = length ? length : 1;
        } else {
            memcpy(to, t.data, length);
            to += length;
        }
        t = text_part(t, length, t.size - length);
    }
    *to = '\0';
    *size = (size_t)(to - copy);
    return copy;
}

static bool is_number(struct text t)
{
    if (t.size < 2 || t.size > 33 || t.data[0] != '+')
        return false;
    for (uint32_t i = 1; i < t.size; i++) {
        if (t.data[i] < '0' || t.data[i] > '9')
            return false;
    }
    return true;
}

/* Spreadsheets compute what begins so, some also behind spaces, some also in full width. */
static bool is_formula(struct text t)
{
    static const char *const full_width[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
                                             "\xEF\xBC\xA0"};

    if (t.size > 0 && (t.data[0] == '\t' || t.data[0] == '\r' || t.data[0] == '\n'))
        return true;
    while (t.size > 0 && t.data[0] == ' ')
        t = text_part(t, 1, t.size - 1);
    if (t.size == 0 || is_number(t))
        return false;
    for (int i = 0; i < 4; i++) {
        if (text_starts(t, text_of(full_width[i])))
            return true;
    }
    return memchr("=+-@", t.data[0], 4) != NULL;
}

static void put(struct text t, FILE *out)
{
    while (t.size > 0) {
        unsigned char c = (unsigned char)t.data[0];
        uint32_t length = character(t);
        bool control = (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F;
        if (length == 0 || control || (length == 2 && is_c1(t))) {
            fputs(replacement, out);
            length = length ? length : 1;
        } else {
            if (c == '"')
                fputc('"', out);
            fwrite(t.data, 1, length, out);
        }
        t = text_part(t, length, t.size - length);
    }
}

void store_cdr_cell(struct text t, FILE *out)
{
    bool formula = is_formula(t), quote = formula;

    for (uint32_t i = 0; i < t.size && !quote; i++)
        quote = t.data[i] && strchr(",;\"\r\n\t", t.data[i]) != NULL;
    if (quote)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    put(t, out);
    if (quote)
        fputc('"', out);
}
