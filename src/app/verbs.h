// SPDX-License-Identifier: Apache-2.0
/* verbs.h - what each command of the command line does. Each returns the exit code. */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include <jansson.h>

#include "config/config.h"
#include "app/options.h"
#include "base/attr.h"

int verb_serve(const struct arguments *arguments);
int verb_check(const struct arguments *arguments);
int verb_call(const struct arguments *arguments);
int verb_load(const struct arguments *arguments);
int verb_dial(const struct arguments *arguments);
int verb_calls(const struct arguments *arguments);
int verb_supervise(const struct arguments *arguments);
int verb_operators(const struct arguments *arguments);
/* Part of it: the operator's file is written, or removed. */
int verb_staff(const struct arguments *arguments, const char *directory, const char *name,
               bool removes);
int verb_lines(const struct arguments *arguments); /* trunks, phones, slo */
int verb_providers(const struct arguments *arguments);
int verb_bans(const struct arguments *arguments);
int verb_capture(const struct arguments *arguments);
int verb_reload(const struct arguments *arguments);
int verb_cdr(const struct arguments *arguments);
int verb_tasks(const struct arguments *arguments); /* messages, callbacks */
int verb_hooks(const struct arguments *arguments);
int verb_outbox(const struct arguments *arguments);
int verb_turns(const struct arguments *arguments);
int verb_replay(const struct arguments *arguments);
int verb_eval(const struct arguments *arguments);
int verb_config(const struct arguments *arguments); /* --help config */
int verb_sip_worker(const struct arguments *arguments);

/* Prints "file:line: error: what; cure" for each problem. Returns how many were errors. */
uint32_t check_print(const struct config_result *result, FILE *out);

/* The configuration that was named, or "." when one is here. NULL: neither; standard error says
 * what to write. */
const char *check_directory(const struct arguments *arguments);

/* Where the server's control socket is: --control, or the one of the configuration that is named.
 * False: standard error says what to write. */
bool verb_socket(const struct arguments *arguments, char *path, size_t size);

/* The data directory: --data, or that of the configuration that is the argument of this index
 * (default: here). False: standard error says what to write. */
bool verb_data(const struct arguments *arguments, uint32_t at, char *out, size_t size);

/* Asks the server one question (a line of JSON). Where its answers come from; NULL: none is there,
 * standard error says so. */
FILE *verb_ask(const char *path, const char *line);
/* The same with one answer, a new reference. NULL: none came. */
json_t *verb_answer(const char *path, const char *line);
/* Asks that something be done; takes over the question. False: it was not, standard error says why. */
MUST_USE bool verb_done(const char *path, json_t *question);

#endif
