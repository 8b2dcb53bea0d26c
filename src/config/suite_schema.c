// SPDX-License-Identifier: Apache-2.0
/* suite_schema.c - the options of a suite, a row each. */
#include "config/settings_rows.h"
#include "config/suite_read.h"
#include "config/suite_rows.h"

#define EXPECT(base, member) ((base) + AT(struct expect_settings, member))
#define TURN(member) AT(struct turn_settings, member)
#define RULE(member) AT(struct rule_settings, member)
#define TOOL(member) AT(struct script_tool_settings, member)
#define CONVERSATION(member) AT(struct conversation_settings, member)
#define SUITE(member) AT(struct suite_settings, member)

const char *const suite_rows_failing[FAILINGS] = {"not", "refuses", "dies", "stalls"};
const char *const suite_rows_manners[MANNERS] = {"away", "accepts", "declines", "busy",
                                                 "no-answer"};

/* The same expectations of a turn, a conversation and all conversations. */
#define EXPECT_ROWS(base)                                                            \
    {.key = "agent",                                                                 \
     .type = SCHEMA_NAME,                                                            \
     .offset = EXPECT(base, agent),                                                  \
     .help = "who has the call"},                                                    \
        {.key = "by",                                                                \
         .type = SCHEMA_NAME,                                                        \
         .offset = EXPECT(base, by),                                                 \
         .help = "who thought of (the beginning of) the last answer: a provider, or embedded"},         \
        {.key = "intent",                                                            \
         .type = SCHEMA_NAME,                                                        \
         .offset = EXPECT(base, intent),                                             \
         .help = "the intent last understood"},                                      \
        {.key = "said",                                                              \
         .type = SCHEMA_TEXTS,                                                       \
         .offset = EXPECT(base, said),                                               \
         .high = 20,                                                                 \
         .help = "parts of what the agent says; letters of either case"},            \
        {.key = "never-said",                                                        \
         .type = SCHEMA_TEXTS,                                                       \
         .offset = EXPECT(base, never_said),                                         \
         .high = 20,                                                                 \
         .help = "parts of what it must not say"},                                   \
        {.key = "called",                                                            \
         .type = SCHEMA_TEXTS,                                                       \
         .offset = EXPECT(base, called),                                             \
         .high = 20,                                                                 \
         .help = "tools that are called"},                                           \
        {.key = "never-called",                                                      \
         .type = SCHEMA_TEXTS,                                                       \
         .offset = EXPECT(base, never_called),                                       \
         .high = 20,                                                                 \
         .help = "tools that must not be"},                                          \
        {.key = "knows",                                                             \
         .type = SCHEMA_TEXTS,                                                       \
         .offset = EXPECT(base, knows),                                              \
         .high = 20,                                                                 \
         .help = "entities found, such as invoice=4512"},                            \
        {.key = "transfer",                                                          \
         .type = SCHEMA_TEXT,                                                        \
         .offset = EXPECT(base, transfer),                                           \
         .help = "whom the caller is given to"},                                     \
        {.key = "queue",                                                             \
         .type = SCHEMA_NAME,                                                        \
         .offset = EXPECT(base, queue),                                              \
         .help = "where the caller waits, or waited last"},                          \
        {.key = "operator",                                                          \
         .type = SCHEMA_NAME,                                                        \
         .offset = EXPECT(base, operator_name),                                      \
         .help = "who took the caller"},                                             \
        {.key = "leaves",                                                            \
         .type = SCHEMA_NAME,                                                        \
         .offset = EXPECT(base, leaves),                                             \
         .help = "message, or callback: written down for people"},                   \
        {.key = "handovers",                                                         \
         .type = SCHEMA_NUMBER,                                                      \
         .offset = EXPECT(base, handovers),                                          \
         .high = 100,                                                                \
         .help = "so many so far"},                                                  \
        {.key = "within",                                                            \
         .type = SCHEMA_TIME,                                                        \
         .offset = EXPECT(base, within),                                             \
         .low = 1,                                                                   \
         .high = 60000,                                                              \
         .help = "longest round trip, in the stage's time"},                         \
    {                                                                                \
        .key = "end", .type = SCHEMA_TEXT, .offset = EXPECT(base, end),              \
        .help = "why the call ended: a cause of the account, such as agent_finished" \
    }

static const struct schema_row turn_expect_rows[] = {EXPECT_ROWS(TURN(expect))};
static const struct schema turn_expect =
    SCHEMA("what is expected", turn_expect_rows, struct turn_settings);
static const struct schema_row call_expect_rows[] = {EXPECT_ROWS(CONVERSATION(expect))};
static const struct schema call_expect =
    SCHEMA("what is expected", call_expect_rows, struct conversation_settings);
static const struct schema_row suite_expect_rows[] = {EXPECT_ROWS(SUITE(expect))};
static const struct schema suite_expect =
    SCHEMA("what is expected", suite_expect_rows, struct suite_settings);

static const struct schema_row turn_rows[] = {
    {.key = "say",
     .type = SCHEMA_TEXT,
     .offset = TURN(say),
     .high = 512,
     .help = "the caller says this when the agent listens"},
    {.key = "interrupt",
     .type = SCHEMA_TEXT,
     .offset = TURN(interrupt),
     .high = 512,
     .help = "the caller says this while the agent speaks"},
    {.key = "after",
     .type = SCHEMA_TIME,
     .offset = TURN(after),
     .fallback = "800ms",
     .low = 20,
     .high = 60000,
     .help = "of the agent's words have been heard before it is interrupted"},
    {.key = "press",
     .type = SCHEMA_TEXT,
     .offset = TURN(press),
     .high = 32,
     .help = "keys, in quotes"},
    {.key = "wait",
     .type = SCHEMA_TIME,
     .offset = TURN(wait),
     .low = 1,
     .high = 300000,
     .help = "the caller is silent"},
    {.key = "hang-up",
     .type = SCHEMA_SWITCH,
     .offset = TURN(hang_up),
     .fallback = "false",
     .help = "the caller hangs up"},
    {.key = "heard",
     .type = SCHEMA_TEXT,
     .offset = TURN(heard),
     .high = 512,
     .help = "what the recogniser makes of the words; default: the words"},
    {.key = "sound",
     .type = SCHEMA_TEXT,
     .offset = TURN(sound),
     .high = 512,
     .help = "a recording of the words (WAV), played with --sound in place of a voice"},
    {.key = "confidence",
     .type = SCHEMA_SHARE,
     .offset = TURN(confidence),
     .fallback = "0.8",
     .high = 1000,
     .help = "of the recogniser; at 0.5 half of the words are right"},
    {.key = "faults",
     .type = SCHEMA_PAIRS,
     .offset = TURN(faults),
     .high = 8,
     .help = "from here on: a provider's name, or ears, voice, classifier, callee, and refuses, "
             "dies, stalls or not"},
    {.key = "operators",
     .type = SCHEMA_PAIRS,
     .offset = TURN(operators),
     .high = 16,
     .help = "from here on, as the suite's `operators`"},
    {.key = "expect",
     .type = SCHEMA_SECTION,
     .inner = &turn_expect,
     .help = "when the agent has done with it"},
};
static const struct schema turn_schema = SCHEMA("this turn", turn_rows, struct turn_settings);

static const struct schema_row rule_rows[] = {
    {.key = "when",
     .type = SCHEMA_TEXT,
     .offset = RULE(when),
     .fallback = "",
     .help = "part of the caller's words; default: any. The first rule that fits is taken"},
    {.key = "says",
     .type = SCHEMA_TEXTS,
     .offset = RULE(says),
     .high = 20,
     .help = "what the model answers, a clause each"},
    {.key = "tool", .type = SCHEMA_TEXT, .offset = RULE(tool), .help = "the tool it then calls"},
    {.key = "arguments",
     .type = SCHEMA_TEXT,
     .offset = RULE(arguments),
     .help = "with these, as JSON in quotes"},
    {.key = "then",
     .type = SCHEMA_TEXTS,
     .offset = RULE(then),
     .high = 20,
     .help = "what it says with the result; {result} is what the tool answered"},
};
static const struct schema rule_schema = SCHEMA("this rule", rule_rows, struct rule_settings);

static const struct schema_row tool_rows[] = {
    {.key = "answers",
     .type = SCHEMA_TEXT,
     .offset = TOOL(answers),
     .fallback = "",
     .help = "what the tool gives back"},
    {.key = "fails",
     .type = SCHEMA_CHOICE,
     .offset = TOOL(fails),
     .fallback = "not",
     .choices = suite_rows_failing,
     .choice_count = FAILINGS,
     .help = "refuses; stalls: its time runs out; dies: it cannot be reached"},
    {.key = "times",
     .type = SCHEMA_NUMBER,
     .offset = TOOL(times),
     .fallback = "0",
     .high = 100,
     .help = "so often, then it answers; 0: always"},
};
static const struct schema tool_schema =
    SCHEMA("this tool", tool_rows, struct script_tool_settings);

static const struct schema_row conversation_rows[] = {
    {.key = "called",
     .type = SCHEMA_TEXT,
     .offset = CONVERSATION(called),
     .help = "the number; default: the suite's"},
    {.key = "caller",
     .type = SCHEMA_TEXT,
     .offset = CONVERSATION(caller),
     .help = "the caller's; default: the suite's"},
    {.key = "tags",
     .type = SCHEMA_TEXTS,
     .offset = CONVERSATION(tags),
     .high = 10,
     .help = "pass rates are given for each"},
    {.key = "turns",
     .type = SCHEMA_LIST,
     .required = true,
     .offset = CONVERSATION(turns),
     .low = 1,
     .high = SUITE_TURNS,
     .inner = &turn_schema,
     .help = "what the caller does"},
    {.key = "model",
     .type = SCHEMA_LIST,
     .offset = CONVERSATION(model),
     .high = 100,
     .inner = &rule_schema,
     .help = "before the suite's rules"},
    {.key = "tools",
     .type = SCHEMA_MAP,
     .offset = CONVERSATION(tools),
     .high = 32,
     .inner = &tool_schema,
     .help = "before the suite's tools"},
    {.key = "operators",
     .type = SCHEMA_PAIRS,
     .offset = CONVERSATION(operators),
     .high = 16,
     .help = "beside the suite's"},
    {.key = "expect", .type = SCHEMA_SECTION, .inner = &call_expect, .help = "of the whole call"},
};
static const struct schema conversation_schema =
    SCHEMA("this conversation", conversation_rows, struct conversation_settings);

static const struct schema_row suite_row_table[] = {
    {.key = "configuration",
     .type = SCHEMA_PATH,
     .offset = SUITE(configuration),
     .fallback = ".",
     .help = "directory with offhook.yaml"},
    {.key = "called",
     .type = SCHEMA_TEXT,
     .offset = SUITE(called),
     .fallback = "1000",
     .help = "the number that is called"},
    {.key = "caller",
     .type = SCHEMA_TEXT,
     .offset = SUITE(caller),
     .fallback = "+14155550123",
     .help = "the caller's number"},
    {.key = "model",
     .type = SCHEMA_LIST,
     .offset = SUITE(model),
     .high = 100,
     .inner = &rule_schema,
     .help = "what a scripted model answers"},
    {.key = "tools",
     .type = SCHEMA_MAP,
     .offset = SUITE(tools),
     .high = 32,
     .inner = &tool_schema,
     .help = "what scripted tools answer"},
    {.key = "operators",
     .type = SCHEMA_PAIRS,
     .offset = SUITE(operators),
     .high = 16,
     .help = "who is on duty, and what they do when they are rung: accepts, declines, busy, "
             "no-answer, or away"},
    {.key = "expect",
     .type = SCHEMA_SECTION,
     .inner = &suite_expect,
     .help = "of every call; a conversation's own come on top"},
    {.key = "conversations",
     .type = SCHEMA_MAP,
     .required = true,
     .offset = SUITE(conversations),
     .low = 1,
     .high = SUITE_CONVERSATIONS,
     .inner = &conversation_schema,
     .help = "each by its name"},
};
const struct schema suite_schema = SCHEMA("a suite", suite_row_table, struct suite_settings);
