// SPDX-License-Identifier: Apache-2.0
/* operator_files.h - operators in files of their own, NAME.yaml each: what a program that plans the
 * work of people writes, where offhook.yaml has what a person wrote.
 *
 * A file holds the options of one operator, as below a name of `operators`. Whole files are written
 * and put in place at once: a reader sees the old one or the new one. */
#ifndef APP_OPERATOR_FILES_H
#define APP_OPERATOR_FILES_H

#include "config/reading.h"
#include "config/settings.h"
#include "config/tree.h"

struct operator_file {
    const char *path; /* Of this file, or of the configuration's for those that are in it. */
    struct operator_settings settings;
};

/* Those of the configuration, then those in files, in the order of their names. Their number;
 * problems are the reading's. A directory that is not there has none. */
uint32_t operator_files_read(struct reading *reading, const char *config_file,
                             const struct server_settings *settings, struct operator_file **out);

struct operator_change {
    const char *key;   /* "skills" */
    const char *value; /* As it is written on a command line; NULL: stays as it is. */
    enum {
        CHANGE_TEXT,
        CHANGE_LIST, /* "anna, +41446681801" */
        CHANGE_MAP   /* "billing 3, german 5" */
    } form;
};

/* The YAML of a file: what `old` (NULL: none) has, with these changes. out->cut: it did not fit. */
void operator_files_print(const struct tree_node *old, const struct operator_change *changes,
                          uint32_t count, struct text_buffer *out);

#endif
