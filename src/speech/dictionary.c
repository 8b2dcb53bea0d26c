// SPDX-License-Identifier: Apache-2.0
/* dictionary.c - the file in memory, its lines' beginnings found by word. */
#include "speech/dictionary.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <flite/flite.h>

#include "speech/vocabulary.h"

cst_lexicon *cmu_lex_init(void);

struct dictionary {
    char *file; /* Lines terminated by NUL. */
    struct vocabulary words;
    char **lines; /* By word's number: its first line; variants "word(2)" follow it. */
    char *end;
};

static int read_file(struct dictionary *dictionary, const char *path, size_t *size)
{
    FILE *file = fopen(path, "re");
    long length;
    int result = 0;

    if (!file)
        return -errno;
    if (fseek(file, 0, SEEK_END) < 0 || (length = ftell(file)) < 0) {
        result = -errno;
        goto out;
    }
    rewind(file);
    dictionary->file = malloc((size_t)length + 1);
    if (!dictionary->file) {
        result = -ENOMEM;
        goto out;
    }
    *size = fread(dictionary->file, 1, (size_t)length, file);
    dictionary->file[*size] = '\0';
out:
    fclose(file);
    return result;
}

/* The word of a line, without its variant's number. */
static void line_word(const char *line, char *out, size_t size)
{
    size_t length = strcspn(line, " \t(");

    if (length >= size)
        length = size - 1;
    memcpy(out, line, length);
    out[length] = '\0';
}

static int index_lines(struct dictionary *dictionary, size_t size)
{
    char *end = dictionary->file + size, word[64];
    uint32_t capacity = 0;

    dictionary->end = end;
    for (char *line = dictionary->file; line < end;) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            next = end;
        *next = '\0';
        line_word(line, word, sizeof(word));
        uint32_t before = dictionary->words.count;
        uint32_t number = vocabulary_add(&dictionary->words, word);
        if (number == WORD_NONE)
            return -ENOMEM;
        if (number >= capacity) {
            capacity = capacity ? capacity * 2 : 65536;
            char **lines = realloc(dictionary->lines, capacity * sizeof(*lines));
            if (!lines)
                return -ENOMEM;
            dictionary->lines = lines;
        }
        if (number == before)
            dictionary->lines[number] = line;
        line = next + 1;
    }
    return 0;
}

int dictionary_open(struct dictionary **out, const char *path)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));
    size_t size = 0;
    int result = dictionary ? vocabulary_init(&dictionary->words) : -ENOMEM;

    if (result == 0)
        result = read_file(dictionary, path, &size);
    if (result == 0)
        result = index_lines(dictionary, size);
    if (result < 0)
        dictionary_close(dictionary);
    else
        *out = dictionary;
    return result;
}

void dictionary_close(struct dictionary *dictionary)
{
    if (!dictionary)
        return;
    vocabulary_release(&dictionary->words);
    free(dictionary->lines);
    free(dictionary->file);
    free(dictionary);
}

bool dictionary_has(const struct dictionary *dictionary, const char *word)
{
    uint32_t number = vocabulary_find(&dictionary->words, word);
    return number != WORD_NONE && number > WORD_END;
}

void dictionary_write(const struct dictionary *dictionary, const char *word, FILE *out)
{
    uint32_t number = vocabulary_find(&dictionary->words, word);
    char other[64];

    if (number == WORD_NONE || number <= WORD_END)
        return;
    for (const char *line = dictionary->lines[number]; line < dictionary->end;
         line += strlen(line) + 1) {
        line_word(line, other, sizeof(other));
        if (strcmp(other, word) != 0)
            break;
        fprintf(out, "%s\n", line);
    }
}

/* flite's phones are the dictionary's in lower case with a stress, but for the neutral vowel. */
bool dictionary_guess(const char *word, FILE *out)
{
    char storage[256];
    struct text_buffer guess;
    cst_lexicon *lexicon = cmu_lex_init();
    cst_val *phones = lexicon ? lex_lookup(lexicon, word, NULL, NULL) : NULL;

    text_buffer_init(&guess, storage, sizeof(storage));
    for (const cst_val *at = phones; at; at = val_cdr(at)) {
        const char *name = val_string(val_car(at));
        size_t length = strcspn(name, "0123456789");
        if (length == 0 || strcmp(name, "pau") == 0)
            continue;
        text_append_char(&guess, ' ');
        if (length == 2 && memcmp(name, "ax", 2) == 0)
            name = "ah";
        for (size_t i = 0; i < length; i++)
            text_append_char(&guess, (char)toupper((unsigned char)name[i]));
    }
    if (phones)
        delete_val(phones);
    if (guess.size == 0 || guess.cut)
        return false;
    fprintf(out, "%s" TEXT_FORMAT "\n", word, TEXT_ARGS(text_view(&guess)));
    return true;
}
