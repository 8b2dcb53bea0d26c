// SPDX-License-Identifier: Apache-2.0
/* options.h - the command line: a table of verbs, each with a table of options.
 *
 * options_run() finds the verb, reads its options, prints help where asked, and calls it. Exit
 * codes of the whole program: 0 done; 1 it did not succeed, and standard error says why; 2 the
 * command line was not understood. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, VERB_OPTIONS = 40, VERB_ARGUMENTS = 3, OPTION_TIMES = 16 };

struct verb_option {
    const char *name;  /* "--format" */
    const char *value; /* "csv|jsonl"; NULL: a switch. */
    const char *help;
    bool repeats; /* Up to OPTION_TIMES times; one of a verb. Of others the last counts. */
};

struct verb;

struct arguments {
    const struct verb *verb;
    const char *given[VERB_ARGUMENTS]; /* Without dashes. */
    uint32_t count;
    const char *values[VERB_OPTIONS]; /* NULL: not given; switches: "". */
    const char *repeated[OPTION_TIMES]; /* Of the option that repeats, in their order. */
    uint32_t repeated_count;
};

struct verb {
    const char *group; /* "Run a server"; those of one stand together. */
    const char *name;
    const char *arguments; /* "DIR" */
    uint32_t least, most;  /* How many arguments. */
    bool hidden;
    const char *summary;
    const char *help; /* Below the summary; paragraphs, examples, what it exits with. */
    struct verb_option options[VERB_OPTIONS]; /* Ends with a name that is NULL, or full. */
    int (*run)(const struct arguments *arguments);
};

/* The option's value, or NULL when it was not given. The name must be in the verb's table. */
const char *arguments_value(const struct arguments *arguments, const char *name);
/* Given or not. */
bool arguments_has(const struct arguments *arguments, const char *name);

/* Runs what argv says; returns the exit code. */
int options_run(const struct verb *verbs, uint32_t count, int argc, char **argv);

#endif
