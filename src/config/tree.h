// SPDX-License-Identifier: Apache-2.0
/* tree.h - YAML text into a tree of nodes that know their lines.
 *
 * One document; no anchors, aliases, tags or merge keys (they are errors: a voice agent does not
 * need them, and without them a short file cannot unfold into a long one). Keys are scalars, given
 * once. Bounded in depth and number. The tree lives as long as the reading. */
#ifndef APP_TREE_H
#define APP_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/reading.h"

enum { TREE_DEPTH = 16, TREE_NODES = 20000, TREE_KEYS = 1000 };

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree_node {
    enum tree_kind kind;
    bool plain;       /* Written without quotes. */
    uint32_t line;    /* Of a map's member: its key's. */
    uint32_t count;   /* Of members. */
    struct text key;  /* When it is a member of a map. */
    struct text text; /* TREE_SCALAR */
    struct tree_node *first, *next;
};

/* NULL after an error was added. Lines count from first_line. An empty text gives an empty map. */
MUST_USE struct tree_node *tree_read(struct reading *reading, const char *file, struct text yaml,
                                     uint32_t first_line);

/* The member with this key, or NULL. */
const struct tree_node *tree_member(const struct tree_node *map, struct text key);

/* Nothing after the colon: plain and empty, "~" or "null". */
bool tree_nothing(const struct tree_node *node);

#endif
