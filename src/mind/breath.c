// SPDX-License-Identifier: Apache-2.0
/* breath.c - where a clause ends. */
#include "mind/breath.h"

#include <string.h>

#include "mind/plain.h"

/* What stands at a place: */
enum end {
    END_NOT,
    END_UNKNOWN, /* What follows must be seen first. */
    END_COMMA,
    END_SENTENCE,
    END_LINE
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

void breath_init(struct breath *breath, struct text language,
                 void (*take)(void *context, struct text clause), void *context)
{
    static const char *const dotted[] = {"de", "da", "nb", "nn", "no", "fi", "cs",
                                         "sk", "pl", "hu", "hr", "sl", "sr", "et",
                                         "lv", "tr", "is", "lb", "bs", "eu"};
    struct text rest = language, tongue = text_next(&rest, '-');

    memset(breath, 0, sizeof *breath);
    breath->take = take;
    breath->context = context;
    breath->starts_line = true;
    for (uint32_t i = 0; i < sizeof dotted / sizeof dotted[0]; i++)
        if (text_equal_nocase(tongue, text_of(dotted[i])))
            breath->dotted_ordinals = true;
}

/* Signs longer than a byte. Those of scripts without capitals and spaces end at once. */
static uint32_t sign_at(struct text t, uint32_t i, enum end *kind)
{
    static const struct {
        const char *sign;
        enum end kind;
    } rows[] = {
        {"\xe3\x80\x82", END_SENTENCE}, /* U+3002 ideographic full stop */
        {"\xef\xbc\x81", END_SENTENCE}, /* U+FF01 wide ! */
        {"\xef\xbc\x9f", END_SENTENCE}, /* U+FF1F wide ? */
        {"\xe0\xa5\xa4", END_SENTENCE}, /* U+0964 danda */
        {"\xd8\x9f", END_SENTENCE},     /* U+061F Arabic ? */
        {"\xdb\x94", END_SENTENCE},     /* U+06D4 Urdu full stop */
        {"\xef\xbc\x8c", END_COMMA},    /* U+FF0C wide comma */
        {"\xe3\x80\x81", END_COMMA},    /* U+3001 ideographic comma */
        {"\xd8\x8c", END_COMMA},        /* U+060C Arabic comma */
        {"\xe2\x80\x94", END_COMMA},    /* U+2014 dash */
        {"\xe2\x80\xa6", END_COMMA},    /* U+2026 ellipsis */
    };

    for (uint32_t r = 0; (unsigned char)t.data[i] >= 128 && r < sizeof rows / sizeof rows[0]; r++)
        if (text_starts(text_part(t, i, t.size), text_of(rows[r].sign))) {
            *kind = rows[r].kind;
            return (uint32_t)strlen(rows[r].sign);
        }
    return 0;
}

/* The word that ends before i, without what opens it. */
static struct text word_before(struct text t, uint32_t i)
{
    uint32_t from = i;

    while (from > 0 && !is_space(t.data[from - 1]) && !memchr("(\"'*_[", t.data[from - 1], 6))
        from--;
    return text_part(t, from, i - from);
}

/* Does "word." before a capital go on? */
static bool abbreviates(struct text word)
{
    static const char *const words[] = {
        "mr",  "mrs",  "ms",  "dr",  "prof", "st",     "mt",  "gen",  "col",  "lt",  "rev", "hon",
        "sgt", "capt", "vs",  "e.g", "i.e",  "approx", "ext", "tel",  "z.b",  "d.h", "bzw", "hr",
        "fr",  "nr",   "str", "ca",  "mme",  "mlle",   "sra", "srta", "dott", "sig", "ing", "p.ej"};

    if (word.size == 1 && is_capital(word.data[0]))
        return true;
    if (word.size >= 3 && word.data[word.size - 2] == '.' && is_capital(word.data[word.size - 1]))
        return true; /* "U.S." */
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_equal_nocase(word, text_of(words[i])))
            return true;
    return false;
}

static bool is_number(struct text word)
{
    for (uint32_t i = 0; i < word.size; i++)
        if (!is_digit(word.data[i]))
            return false;
    return word.size > 0;
}

/* "1." alone on its line so far: the number of an item. */
static bool counts_item(const struct breath *breath, struct text t, struct text word)
{
    uint32_t from = (uint32_t)(word.data - t.data);

    return breath->starts_line && word.size <= 3 && is_number(word) &&
           text_empty(text_trim(text_part(t, 0, from)));
}

/* A full stop at i, the next word beginning with `next`. */
static enum end stop_at(const struct breath *breath, struct text t, uint32_t i, char next)
{
    struct text word = word_before(t, i);

    if (i > 0 && t.data[i - 1] == '.') /* "..." */
        return END_COMMA;
    if (is_small(next) || abbreviates(word) || counts_item(breath, t, word))
        return END_NOT;
    if (is_digit(next) && text_equal_nocase(word, TEXT("no")))
        return END_NOT;
    return breath->dotted_ordinals && is_number(word) ? END_NOT : END_SENTENCE;
}

/* Where the next word begins after the sign at i and what closes with it; t.size: not yet seen. */
static uint32_t next_word(struct text t, uint32_t i)
{
    while (i < t.size && memchr("\"')]*_`", t.data[i], 7))
        i++;
    if (i < t.size && !is_space(t.data[i]))
        return i;
    while (i < t.size && is_space(t.data[i]))
        i++;
    return i;
}

/* What ends at i; *size: how much belongs to the clause from i on. */
static enum end end_at(const struct breath *breath, struct text t, uint32_t i, bool last,
                       uint32_t *size)
{
    enum end kind;
    uint32_t next, close = i + 1;

    *size = sign_at(t, i, &kind);
    if (*size > 0)
        return kind;
    *size = 1;
    if (t.data[i] == '\n')
        return END_LINE;
    if (!memchr(".!?,;:", t.data[i], 6))
        return END_NOT;
    next = next_word(t, i + 1);
    if (memchr(t.data + i, '\n', next - i)) /* The line's end decides. */
        return END_NOT;
    if (next == t.size)
        return last ? END_NOT : END_UNKNOWN; /* At the very end all that is left is said. */
    if (!is_space(t.data[next - 1]))
        return END_NOT; /* "3.5", "example.com", "really?!" */
    while (!is_space(t.data[close]))
        close++;
    *size = close - i;
    if (t.data[i] == '.')
        return stop_at(breath, t, i, t.data[next]);
    return memchr("!?", t.data[i], 2) ? END_SENTENCE : END_COMMA;
}

/* The end of the part that shall be said now, or 0. */
static uint32_t cut_of(const struct breath *breath, bool last)
{
    struct text t = {breath->kept, breath->size};
    bool first = breath->given == 0;
    uint32_t size, most = first ? BREATH_FIRST_MOST : BREATH_MOST;

    for (uint32_t i = 0; i < t.size; i += size) {
        enum end kind = end_at(breath, t, i, last, &size);
        uint32_t end = i + size;

        if (kind == END_UNKNOWN || end > most)
            break;
        if (kind == END_LINE || (kind == END_SENTENCE && (first || end >= BREATH_SENTENCE)) ||
            (kind == END_COMMA && end >= (first ? BREATH_FIRST : BREATH_LATER)))
            return end;
        if (kind == END_NOT)
            size = 1;
    }
    return 0;
}

/* The last space before the bound; a word longer than that is cut at a character's border. */
static uint32_t cut_by_force(const struct breath *breath)
{
    uint32_t most = breath->given == 0 ? BREATH_FIRST_MOST : BREATH_MOST, end = most;

    if (breath->size < most)
        return 0;
    while (end > most / 4 && !is_space(breath->kept[end - 1]))
        end--;
    if (end > most / 4)
        return end;
    end = breath->size < BREATH_MOST ? 0 : BREATH_MOST;
    while (end > 0 && ((unsigned char)breath->kept[end] & 0xc0) == 0x80 && end > BREATH_MOST - 4)
        end--;
    return end;
}

static void give(struct breath *breath, uint32_t end)
{
    char storage[BREATH_MOST + 16];
    struct text_buffer clause;
    struct text written = {breath->kept, end};

    text_buffer_init(&clause, storage, sizeof storage);
    plain_of(written, breath->starts_line, &clause);
    breath->starts_line = end > 0 && breath->kept[end - 1] == '\n';
    memmove(breath->kept, breath->kept + end, breath->size - end);
    breath->size -= end;
    if (clause.size == 0)
        return;
    breath->given++;
    breath->take(breath->context, text_view(&clause));
}

static void keep(struct breath *breath, char c)
{
    uint32_t end;

    if (is_space(c) && c != '\n' && breath->size == 0)
        return;
    if (c == '\n' && breath->size == 0) {
        breath->starts_line = true;
        return;
    }
    breath->kept[breath->size++] = c;
    if (breath->size < sizeof breath->kept && c != '\n')
        return;
    end = cut_of(breath, false);
    if (end == 0)
        end = cut_by_force(breath);
    if (end > 0)
        give(breath, end);
}

/* Matches <think> or, hidden, </think>; what turns out to be no tag is kept. */
static void take_char(struct breath *breath, char c)
{
    static const char open[] = "<think>", close[] = "</think>";
    const char *tag = breath->hidden ? close : open;

    if (c == tag[breath->matched]) {
        if (!tag[++breath->matched]) {
            breath->hidden = !breath->hidden;
            breath->matched = 0;
        }
        return;
    }
    for (uint32_t i = 0; !breath->hidden && i < breath->matched; i++)
        keep(breath, tag[i]);
    breath->matched = 0;
    if (c == tag[0])
        breath->matched = 1;
    else if (!breath->hidden && c != '\r' && c != '\0')
        keep(breath, c);
}

void breath_put(struct breath *breath, struct text token)
{
    uint32_t end;

    for (uint32_t i = 0; i < token.size; i++)
        take_char(breath, token.data[i]);
    while ((end = cut_of(breath, false)) > 0 || (end = cut_by_force(breath)) > 0)
        give(breath, end);
}

void breath_end(struct breath *breath)
{
    uint32_t end;

    for (uint32_t i = 0; !breath->hidden && i < breath->matched; i++)
        keep(breath, "<think>"[i]);
    breath->matched = 0;
    while ((end = cut_of(breath, true)) > 0 || (end = cut_by_force(breath)) > 0)
        give(breath, end);
    if (breath->size > 0)
        give(breath, breath->size);
}
