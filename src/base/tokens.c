// SPDX-License-Identifier: Apache-2.0
/* tokens.c - one pass over the bytes; each word is copied in lower case as it is read. */
#include "base/tokens.h"

#include <string.h>

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

uint32_t tokens_utf8(const unsigned char *bytes, uint32_t left)
{
    uint32_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;

    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > left)
        return 0;
    for (uint32_t i = 1; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    if ((bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] > 0x9F) ||
        (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return length;
}

/* U+2019 and U+2018 are apostrophes; the rest of U+2000-206F and U+00A0-00BF but the pound sign is
 * punctuation and spaces. */
enum wide { WIDE_LETTER, WIDE_APOSTROPHE, WIDE_SPACE };

static enum wide wide_kind(const unsigned char *bytes, uint32_t length)
{
    if (length == 3 && bytes[0] == 0xE2 && bytes[1] == 0x80)
        return bytes[2] == 0x98 || bytes[2] == 0x99 ? WIDE_APOSTROPHE : WIDE_SPACE;
    if (length == 3 && bytes[0] == 0xE2 && bytes[1] == 0x81)
        return WIDE_SPACE;
    if (length == 2 && bytes[0] == 0xC2)
        return bytes[1] == 0xA3 ? WIDE_LETTER : WIDE_SPACE;
    return WIDE_LETTER;
}

struct reader {
    const unsigned char *bytes;
    uint32_t size, at;
    struct tokens *out;
    uint32_t used, word; /* Bytes of out->text used; where the open word starts. */
    bool stop;
};

static bool word_is_open(const struct reader *r)
{
    return r->used > r->word;
}

static void close_word(struct reader *r)
{
    struct tokens *out = r->out;

    while (word_is_open(r) && out->text[r->used - 1] == '\'')
        r->used--;
    if (word_is_open(r) && out->count < MAX_TOKENS) {
        out->stop[out->count] = r->stop;
        out->words[out->count] = (struct text){out->text + r->word, r->used - r->word};
        out->count++;
        r->stop = false;
    }
    r->word = r->used;
}

static void put(struct reader *r, unsigned char c)
{
    if (r->used < sizeof r->out->text)
        r->out->text[r->used++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned char peek(const struct reader *r, uint32_t ahead)
{
    return r->at + ahead < r->size ? r->bytes[r->at + ahead] : 0;
}

/* Does the character hold the parts of a number, date or id together? */
static bool joins(const struct reader *r, unsigned char c)
{
    unsigned char before = word_is_open(r) ? (unsigned char)r->out->text[r->used - 1] : 0;
    unsigned char after = peek(r, 1);

    if (c == '\'')
        return is_letter(before) && is_letter(after);
    if (c == '.' || c == ',')
        return is_digit(before) && is_digit(after);
    if (c == '-' || c == '/' || c == '_')
        return (is_digit(before) && (is_digit(after) || is_letter(after))) ||
               (is_letter(before) && is_digit(after));
    return false;
}

static void read_ascii(struct reader *r, unsigned char c)
{
    if (is_letter(c) || is_digit(c) || c == '@') {
        put(r, c);
    } else if (c == '$' && is_digit(peek(r, 1))) {
        close_word(r);
        put(r, c);
    } else if (joins(r, c)) {
        put(r, c);
    } else {
        close_word(r);
        if (c && strchr(".,;:!?", c))
            r->stop = true;
    }
    r->at++;
}

static void read_wide(struct reader *r)
{
    uint32_t length = tokens_utf8(r->bytes + r->at, r->size - r->at);
    enum wide kind = length ? wide_kind(r->bytes + r->at, length) : WIDE_SPACE;

    if (kind == WIDE_APOSTROPHE) {
        if (word_is_open(r))
            put(r, '\'');
    } else if (kind == WIDE_SPACE || r->used + length > sizeof r->out->text) {
        close_word(r);
    } else {
        for (uint32_t i = 0; i < length; i++)
            put(r, r->bytes[r->at + i]);
    }
    r->at += length ? length : 1;
}

void tokens_of(struct text text, struct tokens *out)
{
    struct reader r = {.bytes = (const unsigned char *)text.data, .out = out};

    r.size = text.size < MAX_UTTERANCE ? text.size : MAX_UTTERANCE;
    out->count = 0;
    while (r.at < r.size) {
        if (r.bytes[r.at] < 0x80)
            read_ascii(&r, r.bytes[r.at]);
        else
            read_wide(&r);
    }
    close_word(&r);
}

bool tokens_is(const struct tokens *tokens, uint32_t i, const char *word)
{
    return i < tokens->count && strlen(word) == tokens->words[i].size &&
           memcmp(word, tokens->words[i].data, tokens->words[i].size) == 0;
}

bool tokens_in(const struct tokens *tokens, uint32_t i, const char *list)
{
    while (i < tokens->count && *list) {
        const char *end = strchr(list, ' ');
        size_t size = end ? (size_t)(end - list) : strlen(list);

        if (size == tokens->words[i].size && memcmp(list, tokens->words[i].data, size) == 0)
            return true;
        list += size + (end ? 1 : 0);
    }
    return false;
}

bool tokens_phrase(const struct tokens *tokens, uint32_t i, const char *phrase, uint32_t *count)
{
    uint32_t at = i;

    while (*phrase) {
        const char *end = strchr(phrase, ' ');
        size_t size = end ? (size_t)(end - phrase) : strlen(phrase);

        if (at >= tokens->count || size != tokens->words[at].size ||
            memcmp(phrase, tokens->words[at].data, size) != 0)
            return false;
        at++;
        phrase += size + (end ? 1 : 0);
    }
    *count = at - i;
    return at > i;
}

void tokens_join(const struct tokens *tokens, uint32_t from, uint32_t to, struct text_buffer *out)
{
    for (uint32_t i = from; i < to && i < tokens->count; i++) {
        if (i > from)
            text_append_char(out, ' ');
        text_append(out, tokens->words[i]);
    }
}
