// SPDX-License-Identifier: Apache-2.0
/* plain.c - one pass over the clause; each rule looks at what stands at its place and says how much
 * of it is taken. */
#include "mind/plain.h"

#include <string.h>

enum { LONGEST_TAG = 40 };

static char char_at(struct text t, uint32_t i)
{
    return i < t.size ? t.data[i] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128;
}

static bool starts_at(struct text t, uint32_t i, struct text part)
{
    return i <= t.size && text_starts_nocase(text_part(t, i, t.size), part);
}

/* "## ", "- ", "> ", "| ": how much of the line's beginning is form. */
static uint32_t bullet_size(struct text line)
{
    uint32_t i = 0;

    while (char_at(line, i) == '#' || char_at(line, i) == '>')
        i++;
    if (i == 0 && line.size > 0 && memchr("-*+|", line.data[0], 4))
        i = 1;
    if (i == 0 && starts_at(line, 0, TEXT("\xe2\x80\xa2"))) /* A bullet sign. */
        i = 3;
    return i > 0 && is_space(char_at(line, i)) ? i : 0;
}

/* "12. " or "12) ": the number stays, for people count with it. */
static uint32_t item_number(struct text line, struct text_buffer *out)
{
    uint32_t i = 0;

    while (i < 3 && is_digit(char_at(line, i)))
        i++;
    if (i == 0 || i == line.size || !memchr(".)", line.data[i], 2) ||
        !is_space(char_at(line, i + 1)) || text_empty(text_trim(text_part(line, i + 1, line.size))))
        return 0;
    text_append(out, text_part(line, 0, i));
    text_append_char(out, ',');
    return i + 1;
}

/* "---", "|---|:--|", "```python": a line of form alone. */
static bool is_rule(struct text line)
{
    uint32_t signs = 0;

    if (text_starts(line, TEXT("```")))
        return true;
    for (uint32_t i = 0; i < line.size; i++) {
        if (!memchr("-*_=|: \t", line.data[i], 8))
            return false;
        signs += !is_space(line.data[i]);
    }
    return signs > 2;
}

/* "<br>", "</b>": 0 when it is none ("a < b"). */
static uint32_t tag_size(struct text t, uint32_t i)
{
    uint32_t first = i + 1 + (char_at(t, i + 1) == '/');

    if (!is_letter(char_at(t, first)))
        return 0;
    for (uint32_t end = first; end < t.size && end - i < LONGEST_TAG; end++)
        if (t.data[end] == '>')
            return end + 1 - i;
    return 0;
}

/* "](address)" behind a link's words; "]" alone is 0. */
static uint32_t address_size(struct text t, uint32_t i)
{
    if (char_at(t, i + 1) != '(')
        return 0;
    for (uint32_t end = i + 2; end < t.size; end++)
        if (t.data[end] == ')')
            return end + 1 - i;
    return t.size - i;
}

/* Pictures (U+1F000-1FAFF, U+2600-27BF) and what modifies them (U+FE0F, U+200D). */
static uint32_t picture_size(struct text t, uint32_t i)
{
    unsigned char second = (unsigned char)char_at(t, i + 1);

    if (starts_at(t, i, TEXT("\xf0\x9f")))
        return t.size - i < 4 ? t.size - i : 4;
    if (char_at(t, i) == '\xe2' &&
        (second == 0x98 || second == 0x99 || (second >= 0x9a && second <= 0x9e)))
        return t.size - i < 3 ? t.size - i : 3;
    return starts_at(t, i, TEXT("\xef\xb8\x8f")) || starts_at(t, i, TEXT("\xe2\x80\x8d")) ? 3 : 0;
}

/* Stars and underscores that emphasise stand at a word's edge; "2 * 3" and "a_b" do not. */
static bool emphasises(struct text t, uint32_t i)
{
    char before = i > 0 ? t.data[i - 1] : ' ', after = char_at(t, i + 1);
    bool word_before = is_letter(before) || is_digit(before);
    bool word_after = is_letter(after) || is_digit(after);

    if (t.data[i] == '*')
        return !(is_space(before) && is_space(after)) && !(is_digit(before) && is_digit(after));
    return !(word_before && word_after) && !(is_space(before) && is_space(after));
}

/* How many bytes at i are form: they are left out. */
static uint32_t form_size(struct text t, uint32_t i)
{
    switch (t.data[i]) {
    case '`':
        return 1;
    case '*':
    case '_':
        return emphasises(t, i) ? 1 : 0;
    case '~':
        return char_at(t, i + 1) == '~' ? 2 : 0;
    case '[':
        return memchr(t.data + i, ']', t.size - i) ? 1 : 0;
    case '!':
        return char_at(t, i + 1) == '[' ? 2 : 0;
    case ']':
        return address_size(t, i) > 0 ? address_size(t, i) : 1;
    case '<':
        return tag_size(t, i);
    case 'h':
    case 'H':
        return starts_at(t, i, TEXT("https://")) ? 8 : starts_at(t, i, TEXT("http://")) ? 7 : 0;
    default:
        return picture_size(t, i);
    }
}

/* One space for many; none at the beginning. */
static void put(struct text_buffer *out, uint32_t from, char c)
{
    char last = out->size > from ? out->data[out->size - 1] : ' ';

    if (c == '|') /* Cells of a table. */
        c = ',';
    if (is_space(c) ? last == ' ' : (unsigned char)c < 32 || c == 127)
        return;
    if (c == ',' && last == ' ' && out->size > from) {
        out->data[out->size - 1] = ',';
        return;
    }
    if (c == ',' && (last == ' ' || last == ','))
        return;
    text_append_char(out, is_space(c) ? ' ' : c);
}

static bool speakable(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        if (is_letter(t.data[i]) || is_digit(t.data[i]))
            return true;
    return false;
}

void plain_of(struct text written, bool starts_line, struct text_buffer *out)
{
    struct text t = text_trim(written);
    uint32_t from = out->size, i = 0;

    if (starts_line && is_rule(t))
        return;
    if (starts_line) {
        i = bullet_size(t);
        if (i == 0)
            i = item_number(t, out);
    }
    while (i < t.size) {
        uint32_t form = form_size(t, i);

        if (form == 0 || starts_at(t, i, TEXT("<br")))
            put(out, from, form == 0 ? t.data[i] : ' ');
        i += form > 0 ? form : 1;
    }
    while (out->size > from && (out->data[out->size - 1] == ' ' || out->data[out->size - 1] == '|'))
        out->size--;
    if (!speakable((struct text){out->data + from, out->size - from}))
        out->size = from;
}
