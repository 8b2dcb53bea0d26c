// SPDX-License-Identifier: Apache-2.0
/* reading.h - one reading of a configuration: its memory, the problems found, the files it came
 * from.
 *
 * A reading is either live (files from disk, values from the environment, both kept in `source`) or
 * a repetition from such a source, which touches neither. Problems never stop a reading. When
 * memory is out a reading is `failed`: its result is an error. Any one thread. */
#ifndef APP_READING_H
#define APP_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

enum {
    READING_FILE_BYTES = 256 * 1024, /* One file; a hundred times the longest that we know. */
    READING_SOURCE_BYTES = 4 << 20,  /* All files and values: they go into the journal. */
    READING_MEMORY_BYTES = 64 << 20  /* All that is made of them. */
};

struct reading {
    struct arena *arena;
    struct config_result *result;
    bool live;
    bool failed;
    uint32_t errors, dropped; /* Dropped: problems beyond CONFIG_PROBLEMS. */
    char *source;             /* Live: grows. Else what is repeated. */
    uint32_t source_size;
    const struct plan_pair *facts; /* What is looked up of callers: words may name them. */
    uint32_t fact_count;
};

/* Empties *result. False when memory is out. */
MUST_USE bool reading_init(struct reading *reading, struct config_result *result);

/* The same for repeating what a live reading kept; *first is the path of the first file in it. */
MUST_USE bool reading_init_source(struct reading *reading, struct config_result *result,
                                  struct text source, const char **first);

/* Adds a problem; line 0 is the whole file. */
void reading_error(struct reading *reading, const char *file, uint32_t line, const char *what,
                   const char *cure);
void reading_warning(struct reading *reading, const char *file, uint32_t line, const char *what,
                     const char *cure);

/* A formatted string that lives as long as the result; "" when memory is out. */
const char *reading_print(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);
void *reading_take(struct reading *reading, size_t size); /* NULL: memory is out. */
const char *reading_string(struct reading *reading, struct text t);

/* A file's bytes. False when there is none or it is too long; *why then says it. */
MUST_USE bool reading_file(struct reading *reading, const char *path, struct text *out,
                           const char **why);

/* The same without keeping it: a journal holds no secrets. Live readings only. */
MUST_USE bool reading_secret(struct reading *reading, const char *path, struct text *out,
                             const char **why);

/* The files of a directory with this ending (".md"), in the order of their names. Returns how many;
 * -errno when the directory cannot be read. */
MUST_USE int reading_files(struct reading *reading, const char *directory, const char *ending,
                           const char **paths, uint32_t room);

/* The value with each ${NAME} and ${NAME:-default} replaced, "$${" giving "${". False after an
 * error was added. Values of secrets are not kept in the source. */
MUST_USE bool reading_expand(struct reading *reading, const char *file, uint32_t line,
                             struct text value, bool secret, struct text *out);

/* Done: sorts the problems by file and line. */
void reading_finish(struct reading *reading);

#endif
