// SPDX-License-Identifier: Apache-2.0
/* reading.c - files, environment values and problems of one reading.
 *
 * The source is a row of blocks, "file SIZE PATH\n<bytes>\n" and "env SIZE NAME\n<bytes>\n": enough
 * to read the same configuration again, years later, on another machine. */
#include "config/reading.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PRINT_BYTES = 2048, ENV_NAME = 128, EXPANDED_BYTES = 16384 };

static bool init(struct reading *reading, struct config_result *result, uint32_t source_room)
{
    *result = (struct config_result){.problem_count = 0};
    *reading = (struct reading){.result = result};
    reading->arena = arena_new(READING_MEMORY_BYTES);
    if (!reading->arena)
        return false;
    result->memory = reading->arena;
    reading->source = reading_take(reading, source_room);
    return reading->source != NULL;
}

bool reading_init(struct reading *reading, struct config_result *result)
{
    bool good = init(reading, result, READING_SOURCE_BYTES);

    reading->live = true;
    return good;
}

void *reading_take(struct reading *reading, size_t size)
{
    void *memory = arena_take(reading->arena, size ? size : 1);

    if (!memory)
        reading->failed = true;
    return memory;
}

const char *reading_string(struct reading *reading, struct text t)
{
    struct text copy = arena_text(reading->arena, t);

    if (!copy.data) {
        reading->failed = true;
        return "";
    }
    return copy.data;
}

const char *reading_print(struct reading *reading, const char *format, ...)
{
    char line[PRINT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    return reading_string(reading, text_of(line));
}

/* What a file says ends up on a terminal: nothing of it may steer the terminal. */
static const char *harmless(struct reading *reading, const char *words)
{
    const char *copy = reading_string(reading, text_of(words));
    char *safe = reading_take(reading, strlen(copy) + 1);

    if (!safe)
        return "";
    for (size_t i = 0; copy[i]; i++)
        safe[i] = (unsigned char)copy[i] < ' ' || copy[i] == 127 ? ' ' : copy[i];
    return safe;
}

static void add(struct reading *reading, bool warning, const char *file, uint32_t line,
                const char *what, const char *cure)
{
    struct config_result *result = reading->result;

    if (!warning)
        reading->errors++;
    if (result->problem_count == CONFIG_PROBLEMS) {
        reading->dropped++;
        return;
    }
    result->problems[result->problem_count++] =
        (struct config_problem){.warning = warning,
                                .file = harmless(reading, file),
                                .line = line,
                                .what = harmless(reading, what),
                                .cure = harmless(reading, cure)};
}

void reading_error(struct reading *reading, const char *file, uint32_t line, const char *what,
                   const char *cure)
{
    add(reading, false, file, line, what, cure);
}

void reading_warning(struct reading *reading, const char *file, uint32_t line, const char *what,
                     const char *cure)
{
    add(reading, true, file, line, what, cure);
}

static bool keep(struct reading *reading, const char *kind, struct text name, struct text bytes)
{
    char head[PRINT_BYTES];
    int size =
        snprintf(head, sizeof(head), "%s %u " TEXT_FORMAT "\n", kind, bytes.size, TEXT_ARGS(name));

    if (size < 0 || (size_t)size >= sizeof(head) ||
        reading->source_size + (uint64_t)size + bytes.size + 1 > READING_SOURCE_BYTES)
        return false;
    memcpy(reading->source + reading->source_size, head, (size_t)size);
    reading->source_size += (uint32_t)size;
    memcpy(reading->source + reading->source_size, bytes.data, bytes.size);
    reading->source_size += bytes.size;
    reading->source[reading->source_size++] = '\n';
    return true;
}

struct block {
    struct text kind, name, bytes;
};

/* Cuts one block off a source. False at its end or where it makes no sense. */
static bool next_block(struct text *source, struct block *out)
{
    struct text head = text_next(source, '\n'), size_text;
    uint64_t size;

    out->kind = text_next(&head, ' ');
    size_text = text_next(&head, ' ');
    out->name = head;
    if (!source->data || !text_number(size_text, &size) || size >= source->size)
        return false;
    out->bytes = text_part(*source, 0, (uint32_t)size);
    *source = text_part(*source, (uint32_t)size + 1, source->size);
    return true;
}

bool reading_init_source(struct reading *reading, struct config_result *result, struct text source,
                         const char **first)
{
    struct text rest;
    struct block block;

    if (source.size > READING_SOURCE_BYTES)
        source = TEXT_EMPTY;
    if (!init(reading, result, source.size))
        return false;
    reading->source_size = source.size;
    if (reading->source_size > 0)
        memcpy(reading->source, source.data, reading->source_size);
    rest = (struct text){.data = reading->source, .size = reading->source_size};
    *first = next_block(&rest, &block) && text_equal(block.kind, TEXT("file"))
                 ? reading_string(reading, block.name)
                 : "offhook.yaml";
    return true;
}

static bool kept(const struct reading *reading, const char *kind, struct text name,
                 struct text *out)
{
    struct text rest = {.data = reading->source, .size = reading->source_size};
    struct block block;

    while (rest.size > 0 && next_block(&rest, &block)) {
        if (text_equal(block.kind, text_of(kind)) && text_equal(block.name, name)) {
            *out = block.bytes;
            return true;
        }
    }
    return false;
}

static bool slurp(struct reading *reading, const char *path, struct text *out, const char **why)
{
    FILE *file = fopen(path, "re");
    char *bytes;
    size_t size;

    if (!file) {
        *why = strerror(errno);
        return false;
    }
    bytes = reading_take(reading, READING_FILE_BYTES + 1);
    size = bytes ? fread(bytes, 1, READING_FILE_BYTES + 1, file) : 0;
    *why = !bytes                      ? "memory is out"
           : ferror(file)              ? strerror(errno)
           : size > READING_FILE_BYTES ? "it is longer than 256 KB"
                                       : NULL;
    fclose(file);
    *out = (struct text){.data = bytes, .size = (uint32_t)size};
    return *why == NULL;
}

bool reading_file(struct reading *reading, const char *path, struct text *out, const char **why)
{
    if (!reading->live) {
        *why = "it is not in the kept source";
        return kept(reading, "file", text_of(path), out);
    }
    if (!slurp(reading, path, out, why))
        return false;
    *why = "all files together are longer than 4 MB";
    return keep(reading, "file", text_of(path), *out);
}

bool reading_secret(struct reading *reading, const char *path, struct text *out, const char **why)
{
    assert(reading->live);
    return slurp(reading, path, out, why);
}

static bool ends_in(struct text name, struct text ending)
{
    return name.size > ending.size && name.data[0] != '.' &&
           text_equal(text_part(name, name.size - ending.size, ending.size), ending);
}

static bool is_in(struct text path, struct text directory)
{
    struct text name = text_part(path, directory.size, path.size);

    return text_starts(path, directory) && name.size > 1 && name.data[0] == '/' &&
           !memchr(name.data + 1, '/', name.size - 1);
}

static int kept_files(struct reading *reading, const char *directory, const char *ending,
                      const char **paths, uint32_t room)
{
    struct text rest = {.data = reading->source, .size = reading->source_size};
    struct block block;
    uint32_t count = 0;

    while (rest.size > 0 && next_block(&rest, &block)) {
        if (text_equal(block.kind, TEXT("file")) && ends_in(block.name, text_of(ending)) &&
            is_in(block.name, text_of(directory)) && count < room)
            paths[count++] = reading_string(reading, block.name);
    }
    return (int)count;
}

int reading_files(struct reading *reading, const char *directory, const char *ending,
                  const char **paths, uint32_t room)
{
    struct dirent **names;
    uint32_t found = 0;
    int count;

    if (!reading->live)
        return kept_files(reading, directory, ending, paths, room);
    count = scandir(directory, &names, NULL, alphasort);
    if (count < 0)
        return -errno;
    for (int i = 0; i < count; i++) {
        if (ends_in(text_of(names[i]->d_name), text_of(ending))) {
            if (found < room)
                paths[found] = reading_print(reading, "%s/%s", directory, names[i]->d_name);
            found++;
        }
        free(names[i]);
    }
    free(names);
    return (int)found;
}

static bool env_value(struct reading *reading, struct text name, bool secret, struct text *out)
{
    const char *value;

    if (!reading->live) {
        *out = TEXT_EMPTY;
        return kept(reading, "env", name, out) || secret;
    }
    value = getenv(reading_string(reading, name));
    if (!value)
        return false;
    *out = text_of(reading_string(reading, text_of(value)));
    struct text before;
    if (!secret && !kept(reading, "env", name, &before) && !keep(reading, "env", name, *out))
        reading->failed = true;
    return true;
}

static bool name_of_variable(struct text t)
{
    if (t.size == 0 || t.size > ENV_NAME || (t.data[0] >= '0' && t.data[0] <= '9'))
        return false;
    for (uint32_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '_'))
            return false;
    }
    return true;
}

/* One "${...}", without the braces, into the buffer. */
static bool expand_one(struct reading *reading, const char *file, uint32_t line, struct text inside,
                       bool secret, struct text_buffer *out)
{
    int32_t colon = text_find(inside, TEXT(":-"));
    struct text name = colon < 0 ? inside : text_part(inside, 0, (uint32_t)colon);
    struct text value;

    if (!name_of_variable(name)) {
        reading_error(reading, file, line,
                      reading_print(reading, "'${" TEXT_FORMAT "}' does not name a variable",
                                    TEXT_ARGS(inside)),
                      "write ${NAME} or ${NAME:-default}; for a plain ${ write $${");
        return false;
    }
    if (!env_value(reading, name, secret, &value)) {
        if (colon < 0) {
            reading_error(
                reading, file, line,
                reading_print(reading, "the environment variable " TEXT_FORMAT " is not set",
                              TEXT_ARGS(name)),
                secret ? "set it for this command, or keep the secret in a file: file:PATH"
                       : reading_print(reading,
                                       "set it, or give a default: ${" TEXT_FORMAT ":-default}",
                                       TEXT_ARGS(name)));
            return false;
        }
        value = text_part(inside, (uint32_t)colon + 2, inside.size);
    } else if (secret && reading->live && value.size == 0) {
        reading_error(reading, file, line,
                      reading_print(reading, "the environment variable " TEXT_FORMAT " is empty",
                                    TEXT_ARGS(name)),
                      "a secret of no length keeps nobody out: set it");
        return false;
    }
    text_append(out, value);
    return true;
}

static bool expand_all(struct reading *reading, const char *file, uint32_t line, struct text value,
                       bool secret, struct text_buffer *out)
{
    while (value.size > 0) {
        int32_t at = text_find(value, TEXT("${"));
        if (at < 0) {
            text_append(out, value);
            return true;
        }
        if (at > 0 && value.data[at - 1] == '$') {
            text_append(out, text_part(value, 0, (uint32_t)at - 1));
            text_append(out, TEXT("${"));
            value = text_part(value, (uint32_t)at + 2, value.size);
            continue;
        }
        text_append(out, text_part(value, 0, (uint32_t)at));
        value = text_part(value, (uint32_t)at + 2, value.size);
        int32_t end = text_find(value, TEXT("}"));
        if (end < 0) {
            reading_error(reading, file, line, "a ${ is never closed",
                          "write ${NAME}; for a plain ${ write $${");
            return false;
        }
        if (!expand_one(reading, file, line, text_part(value, 0, (uint32_t)end), secret, out))
            return false;
        value = text_part(value, (uint32_t)end + 1, value.size);
    }
    return true;
}

bool reading_expand(struct reading *reading, const char *file, uint32_t line, struct text value,
                    bool secret, struct text *out)
{
    char storage[EXPANDED_BYTES];
    struct text_buffer buffer;

    *out = value;
    if (text_find(value, TEXT("${")) < 0)
        return true;
    text_buffer_init(&buffer, storage, sizeof(storage));
    if (!expand_all(reading, file, line, value, secret, &buffer))
        return false;
    if (buffer.cut) {
        reading_error(reading, file, line, "the value is longer than 16 KB when expanded",
                      "shorten the environment variable");
        return false;
    }
    *out = arena_text(reading->arena, text_view(&buffer));
    if (!out->data)
        reading->failed = true;
    return out->data != NULL;
}

static bool belongs_before(const struct config_problem *a, const struct config_problem *b)
{
    int files = strcmp(a->file, b->file);

    return files != 0 ? false : a->line < b->line; /* Files stay in the order of reading. */
}

/* Insertion sort within each file: stable, and 200 at most. */
void reading_finish(struct reading *reading)
{
    struct config_problem *problems = reading->result->problems;

    for (uint32_t i = 1; i < reading->result->problem_count; i++) {
        struct config_problem moved = problems[i];
        uint32_t j = i;
        while (j > 0 && strcmp(moved.file, problems[j - 1].file) != 0)
            j--;
        if (j == 0)
            j = i; /* The first of its file. */
        while (j > 0 && belongs_before(&moved, &problems[j - 1]))
            j--;
        memmove(&problems[j + 1], &problems[j], (i - j) * sizeof(*problems));
        problems[j] = moved;
    }
    if (reading->dropped > 0 && reading->result->problem_count == CONFIG_PROBLEMS)
        problems[CONFIG_PROBLEMS - 1].cure =
            reading_print(reading, "and %u problems more: correct these first", reading->dropped);
}
