// SPDX-License-Identifier: Apache-2.0
/* vocabulary.c - a hash table of names, and texts cut into them. */
#include "speech/vocabulary.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "speech/say.h"

enum { FIRST_SLOTS = 32768, LONGEST_WORD = 48 };

static uint32_t hash_name(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash;
}

static uint32_t *slot_of(const struct vocabulary *words, const char *name)
{
    uint32_t at = hash_name(name) & (words->slot_count - 1);

    while (words->slots[at] && strcmp(words->names[words->slots[at] - 1], name) != 0)
        at = (at + 1) & (words->slot_count - 1);
    return &words->slots[at];
}

int vocabulary_init(struct vocabulary *words)
{
    *words = (struct vocabulary){.slot_count = FIRST_SLOTS};
    words->slots = calloc(FIRST_SLOTS, sizeof(*words->slots));
    if (!words->slots || vocabulary_add(words, "<s>") != WORD_BEGIN ||
        vocabulary_add(words, "</s>") != WORD_END) {
        vocabulary_release(words);
        return -ENOMEM;
    }
    return 0;
}

void vocabulary_release(struct vocabulary *words)
{
    for (uint32_t i = 0; i < words->count; i++)
        free(words->names[i]);
    free(words->names);
    free(words->slots);
    *words = (struct vocabulary){0};
}

uint32_t vocabulary_find(const struct vocabulary *words, const char *name)
{
    uint32_t slot = *slot_of(words, name);
    return slot ? slot - 1 : WORD_NONE;
}

static bool grow_slots(struct vocabulary *words)
{
    struct vocabulary bigger = *words;

    bigger.slot_count *= 2;
    bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
    if (!bigger.slots)
        return false;
    for (uint32_t i = 0; i < words->count; i++)
        *slot_of(&bigger, words->names[i]) = i + 1;
    free(words->slots);
    *words = bigger;
    return true;
}

uint32_t vocabulary_add(struct vocabulary *words, const char *name)
{
    uint32_t found = vocabulary_find(words, name);

    if (found != WORD_NONE)
        return found;
    if (words->count * 2 >= words->slot_count && !grow_slots(words))
        return WORD_NONE;
    if (words->count == words->capacity) {
        uint32_t capacity = words->capacity ? words->capacity * 2 : 1024;
        char **names = realloc(words->names, capacity * sizeof(*names));
        if (!names)
            return WORD_NONE;
        words->names = names;
        words->capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy)
        return WORD_NONE;
    *slot_of(words, name) = words->count + 1;
    words->names[words->count] = copy;
    return words->count++;
}

/* Short numbers are said as numbers, long ones and those with a leading zero digit by digit. */
static void split_number(struct text digits, void (*word)(void *context, const char *name),
                         void *context)
{
    char storage[512];
    struct text_buffer spoken;
    uint64_t number = 0;

    text_buffer_init(&spoken, storage, sizeof(storage));
    if (digits.size <= 2 && digits.data[0] != '0' && text_number(digits, &number))
        say_cardinal(number, &spoken);
    else
        say_digits(digits, &spoken);
    struct text rest = text_view(&spoken);
    while (rest.data) {
        char name[LONGEST_WORD];
        text_copy(name, sizeof(name), text_next(&rest, ' '));
        if (name[0])
            word(context, name);
    }
}

static bool in_word(struct text text, uint32_t i)
{
    unsigned char c = (unsigned char)text.data[i];

    return isalpha(c) ||
           (c == '\'' && i > 0 && i + 1 < text.size && isalpha((unsigned char)text.data[i - 1]) &&
            isalpha((unsigned char)text.data[i + 1]));
}

void vocabulary_split(struct text text, void (*word)(void *context, const char *name),
                      void *context)
{
    for (uint32_t i = 0; i < text.size;) {
        uint32_t from = i;
        if (isdigit((unsigned char)text.data[i])) {
            while (i < text.size && isdigit((unsigned char)text.data[i]))
                i++;
            split_number(text_part(text, from, i - from), word, context);
        } else if (in_word(text, i)) {
            char name[LONGEST_WORD];
            while (i < text.size && in_word(text, i))
                i++;
            text_copy(name, sizeof(name), text_part(text, from, i - from));
            for (char *c = name; *c; c++)
                *c = (char)tolower((unsigned char)*c);
            word(context, name);
        } else {
            i++;
        }
    }
}

struct adding {
    struct sentences *sentences;
    struct vocabulary *words;
    bool failed;
};

static void add_number(struct adding *adding, uint32_t number)
{
    struct sentences *sentences = adding->sentences;

    if (sentences->count == sentences->capacity) {
        uint32_t capacity = sentences->capacity ? sentences->capacity * 2 : 1024;
        uint32_t *items = realloc(sentences->items, capacity * sizeof(*items));
        if (!items) {
            adding->failed = true;
            return;
        }
        sentences->items = items;
        sentences->capacity = capacity;
    }
    sentences->items[sentences->count++] = number;
}

static void add_word(void *context, const char *name)
{
    struct adding *adding = context;
    uint32_t number = vocabulary_add(adding->words, name);

    if (number == WORD_NONE)
        adding->failed = true;
    else
        add_number(adding, number);
}

bool sentences_add(struct sentences *sentences, struct vocabulary *words, struct text text)
{
    struct adding adding = {.sentences = sentences, .words = words};
    uint32_t before = sentences->count;

    vocabulary_split(text, add_word, &adding);
    if (sentences->count > before)
        add_number(&adding, WORD_END);
    return !adding.failed;
}

void sentences_release(struct sentences *sentences)
{
    free(sentences->items);
    *sentences = (struct sentences){0};
}
