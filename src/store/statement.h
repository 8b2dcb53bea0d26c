// SPDX-License-Identifier: Apache-2.0
/* statement.h - the form of a row in the store's tables of statements: SQL, and where in the
 * command each of its parameters is. Private to store/: account_rows.c (the account), outbox_rows.c (what
 * of it is told to others). */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/command.h"

enum param_type {
    PARAM_END,
    PARAM_TEXT,
    PARAM_U64,
    PARAM_U32,
    PARAM_U16,
    PARAM_BOOL,
    PARAM_CHAR,
    PARAM_WORD,
    PARAM_MAYBE /* An int32_t; below 0: it did not happen, NULL. */
};

enum { PARAMS = 24 };

struct param {
    enum param_type type;
    uint16_t offset;
    const char *const *words;
    uint16_t word_count;
};

struct statement {
    enum command_kind kind;
    bool must_change;
    const char *sql;
    struct param params[PARAMS];
};

#define AT(param_type, field)                                           \
    {                                                                   \
        .type = (param_type), .offset = offsetof(struct command, field) \
    }
#define TEXT_AT(field) AT(PARAM_TEXT, field)
#define U64_AT(field) AT(PARAM_U64, field)
#define U32_AT(field) AT(PARAM_U32, field)
#define U16_AT(field) AT(PARAM_U16, field)
#define BOOL_AT(field) AT(PARAM_BOOL, field)
#define MAYBE_AT(field) AT(PARAM_MAYBE, field)
#define WORD_AT(field, list, size)                                                      \
    {                                                                                   \
        .type = PARAM_WORD, .offset = offsetof(struct command, field), .words = (list), \
        .word_count = (size)                                                            \
    }

#endif
