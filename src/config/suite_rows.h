// SPDX-License-Identifier: Apache-2.0
/* suite_rows.h - what a suite's file is read into, before it is checked. */
#ifndef APP_SUITE_ROWS_H
#define APP_SUITE_ROWS_H

#include "config/schema.h"
#include "eval/suite.h"

struct expect_settings {
    struct setting agent, by, intent, end, transfer, within, handovers, queue, operator_name, leaves;
    struct setting_list said, never_said, called, never_called, knows;
};

struct turn_settings {
    struct setting at, say, interrupt, press, wait, hang_up, heard, sound, confidence, after;
    struct schema_list faults, operators; /* struct setting_pair */
    struct expect_settings expect;
};

struct rule_settings {
    struct setting at, when, tool, arguments;
    struct setting_list says, then;
};

struct script_tool_settings {
    struct setting at, answers, fails, times;
};

struct conversation_settings {
    struct setting at, called, caller;
    struct setting_list tags;
    struct schema_list turns, model, tools, operators;
    struct expect_settings expect;
};

struct suite_settings {
    struct setting configuration, called, caller;
    struct schema_list conversations, model, tools, operators;
    struct expect_settings expect;
};

/* The words of enum suite_failing, and of enum suite_manner. */
extern const char *const suite_rows_failing[FAILINGS];
extern const char *const suite_rows_manners[MANNERS];

#endif
