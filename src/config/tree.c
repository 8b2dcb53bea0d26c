// SPDX-License-Identifier: Apache-2.0
/* tree.c - libyaml's events, put into a tree with a stack instead of recursion. */
#include "config/tree.h"

#include <string.h>
#include <yaml.h>

struct building {
    struct reading *reading;
    const char *file;
    uint32_t first_line;
    struct tree_node *root;
    struct tree_node *stack[TREE_DEPTH], *last[TREE_DEPTH];
    uint32_t depth, nodes;
    bool has_key; /* A map's key came, its value has not. */
    struct text key;
    uint32_t key_line;
    bool ended, wrong;
};

static uint32_t line_of(const struct building *b, yaml_mark_t mark)
{
    return b->first_line + (uint32_t)mark.line;
}

static void refuse(struct building *b, yaml_mark_t mark, const char *what, const char *cure)
{
    reading_error(b->reading, b->file, line_of(b, mark), what, cure);
    b->wrong = true;
}

static bool in_map(const struct building *b)
{
    return b->depth > 0 && b->stack[b->depth - 1]->kind == TREE_MAP;
}

static void take_key(struct building *b, const yaml_event_t *event, struct text key)
{
    const struct tree_node *map = b->stack[b->depth - 1];
    const struct tree_node *first = tree_member(map, key);

    if (text_equal(key, TEXT("<<"))) {
        refuse(b, event->start_mark, "merge keys (<<) are not read here", "write the values out");
        return;
    }
    if (map->count == TREE_KEYS) {
        refuse(b, event->start_mark, "more than 1000 keys in one place", "remove some");
        return;
    }
    if (first)
        reading_error(b->reading, b->file, line_of(b, event->start_mark),
                      reading_print(b->reading, "'" TEXT_FORMAT "' is given twice", TEXT_ARGS(key)),
                      reading_print(b->reading, "keep one; the first is in line %u", first->line));
    b->has_key = true;
    b->key = key;
    b->key_line = line_of(b, event->start_mark);
}

/* Adds a node where the document stands. NULL when it must not be there. */
static struct tree_node *add(struct building *b, const yaml_event_t *event, enum tree_kind kind)
{
    struct tree_node *node;

    if (b->nodes == TREE_NODES) {
        refuse(b, event->start_mark, "more than 20,000 values in one file", "shorten it");
        return NULL;
    }
    node = reading_take(b->reading, sizeof(*node));
    if (!node) {
        b->wrong = true;
        return NULL;
    }
    b->nodes++;
    *node = (struct tree_node){.kind = kind, .line = line_of(b, event->start_mark)};
    if (in_map(b)) {
        node->key = b->key;
        node->line = b->key_line;
        b->has_key = false;
    }
    if (b->depth == 0) {
        b->root = node;
        return node;
    }
    struct tree_node *parent = b->stack[b->depth - 1], *last = b->last[b->depth - 1];
    *(last ? &last->next : &parent->first) = node;
    b->last[b->depth - 1] = node;
    parent->count++;
    return node;
}

static void begin(struct building *b, const yaml_event_t *event, enum tree_kind kind)
{
    struct tree_node *node;

    if (in_map(b) && !b->has_key) {
        refuse(b, event->start_mark, "a key is a list or a map", "use a plain word as key");
        return;
    }
    if (b->depth == TREE_DEPTH) {
        refuse(b, event->start_mark, "nested more than 16 deep", "nothing here is that deep");
        return;
    }
    node = add(b, event, kind);
    if (!node)
        return;
    b->stack[b->depth] = node;
    b->last[b->depth] = NULL;
    b->depth++;
}

static void take_scalar(struct building *b, const yaml_event_t *event)
{
    struct text given = {.data = (const char *)event->data.scalar.value,
                         .size = (uint32_t)event->data.scalar.length};
    struct text copy = arena_text(b->reading->arena, given);
    struct tree_node *node;

    if (!copy.data) {
        b->reading->failed = b->wrong = true;
        return;
    }
    if (given.size > 0 && memchr(given.data, 0, given.size)) {
        refuse(b, event->start_mark, "the value holds a zero byte", "remove the \\0");
        return;
    }
    if (in_map(b) && !b->has_key) {
        take_key(b, event, copy);
        return;
    }
    node = add(b, event, TREE_SCALAR);
    if (!node)
        return;
    node->text = copy;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool decorated(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static void take_event(struct building *b, const yaml_event_t *event)
{
    if (decorated(event)) {
        refuse(b, event->start_mark, "anchors (&), aliases (*) and tags (!) are not read here",
               "write the value out; put text that begins with such a sign in quotes");
        return;
    }
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        take_scalar(b, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(b, event, TREE_LIST);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(b, event, TREE_MAP);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (b->root)
            refuse(b, event->start_mark, "a second document begins here", "remove the --- line");
        break;
    case YAML_STREAM_END_EVENT:
        b->ended = true;
        break;
    default:
        break;
    }
}

static void refuse_syntax(struct building *b, const yaml_parser_t *parser)
{
    yaml_mark_t mark = parser->problem_mark;
    const char *cure = "check indentation, quotes and brackets here";
    const char *problem = parser->problem ? parser->problem : "unreadable";

    if (parser->error == YAML_READER_ERROR) {
        mark.line = parser->mark.line;
        cure = "save the file as UTF-8 without control characters";
    } else if (strstr(problem, "cannot start any token")) {
        cure = "put the value in quotes; indent with spaces, not tabs";
    } else if (strstr(problem, "alphabetic or numeric")) {
        cure = "put a value that begins with * or & in quotes: \"*\"";
    } else if (strstr(problem, "expected ',' or '}'") || strstr(problem, "expected ',' or ']'")) {
        cure = "close the bracket; within { } and [ ] a ${NAME}, braces and commas need quotes: "
               "\"${NAME}\"";
    } else if (strstr(problem, "mapping values are not allowed")) {
        cure = "put a text that holds a colon in quotes";
    }
    refuse(b, mark, reading_print(b->reading, "not YAML: %s", problem), cure);
}

struct tree_node *tree_read(struct reading *reading, const char *file, struct text yaml,
                            uint32_t first_line)
{
    struct building b = {.reading = reading, .file = file, .first_line = first_line};
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        reading->failed = true;
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)(yaml.data ? yaml.data : ""),
                                 yaml.size);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    while (!b.ended && !b.wrong) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            refuse_syntax(&b, &parser);
            break;
        }
        take_event(&b, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (b.wrong)
        return NULL;
    if (!b.root) {
        b.root = reading_take(reading, sizeof(*b.root));
        if (b.root)
            *b.root = (struct tree_node){.kind = TREE_MAP, .line = first_line};
    }
    return b.root;
}

const struct tree_node *tree_member(const struct tree_node *map, struct text key)
{
    for (const struct tree_node *node = map->first; node; node = node->next) {
        if (text_equal(node->key, key))
            return node;
    }
    return NULL;
}

bool tree_nothing(const struct tree_node *node)
{
    return node->kind == TREE_SCALAR && node->plain &&
           (text_empty(node->text) || text_equal(node->text, TEXT("~")) ||
            text_equal(node->text, TEXT("null")));
}
