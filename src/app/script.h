// SPDX-License-Identifier: Apache-2.0
/* script.h - what a scripted caller does, line by line: for `offhook call --script`. */
#ifndef APP_SCRIPT_H
#define APP_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { SCRIPT_LINES = 200 };

enum script_kind {
    SCRIPT_SAY,           /* say WORDS */
    SCRIPT_INTERRUPT,     /* interrupt WORDS: while the agent speaks */
    SCRIPT_WAIT_AGENT,    /* wait agent: until it has spoken and been still for a second */
    SCRIPT_WAIT,          /* wait 2s */
    SCRIPT_PRESS,         /* press 1 */
    SCRIPT_EXPECT_AGENT,  /* expect agent NAME: who has the call */
    SCRIPT_EXPECT_INTENT, /* expect intent NAME */
    SCRIPT_EXPECT_KEY,    /* expect key K */
    SCRIPT_EXPECT_SAID,   /* expect said WORDS: the agent's words hold these */
    SCRIPT_EXPECT_END,    /* expect end CAUSE */
    SCRIPT_HANGUP         /* hangup */
};

struct script_line {
    enum script_kind kind;
    uint32_t line;
    struct text words;
    uint64_t ms;
};

struct script {
    struct script_line lines[SCRIPT_LINES];
    uint32_t count;
};

/* Reads a script; its texts view `bytes`. False with "line N: what; cure" in why. Empty lines,
 * lines beginning with # and a leading "- " (a YAML list) are allowed. */
MUST_USE bool script_read(struct text bytes, struct script *out, char *why, uint32_t why_size);

bool script_expects(const struct script *script);

#endif
