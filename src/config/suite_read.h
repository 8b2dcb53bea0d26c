// SPDX-License-Identifier: Apache-2.0
/* suite_read.h - a suite of conversations from its YAML file (docs/evaluation.md).
 *
 * Strict like the configuration: every problem has its line and cure. Owner of the suite: the result; config_free() frees both. */
#ifndef APP_SUITE_READ_H
#define APP_SUITE_READ_H

#include "config/config.h"
#include "config/schema.h"
#include "base/attr.h"
#include "eval/suite.h"

/* problems->config stays NULL. NULL: there were errors. */
MUST_USE const struct suite *suite_read(const char *path, struct config_result *problems);

/* The same of YAML in memory; `name` stands for the file. */
MUST_USE const struct suite *suite_read_text(const char *name, struct text yaml,
                                             struct config_result *problems);

/* For --help and documents. */
extern const struct schema suite_schema;

#endif
