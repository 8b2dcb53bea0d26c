// SPDX-License-Identifier: Apache-2.0
/* stage_mind.c - the real classifier; models and tools that answer by the suite's rules. */
#include "eval/stage_inside.h"

static struct text kept(struct stage *stage, struct text t)
{
    struct text copy = arena_text(stage->arena, t);

    stage->overflow = stage->overflow || !copy.data;
    return copy.data ? copy : TEXT_EMPTY;
}

static void understand(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = MIND_UNDERSTOOD, .call = command->call, .leg = command->leg};

    if (stage->failing[PART_CLASSIFIER] != FAILING_NOT)
        return; /* The classifier has no way to say that it failed: its time runs out. */
    event.understood.turn = command->understand.turn;
    stage->mind.understand(stage->mind.context, command, &event);
    event.understood.intent = kept(stage, event.understood.intent);
    event.understood.entities = kept(stage, event.understood.entities);
    event.understood.summary = kept(stage, event.understood.summary);
    stage_happen_about(stage, event, CLASSIFIER_MS);
}

/* ---- Models ---- */

static struct event of_turn(enum event_kind kind, const struct command *command, uint32_t turn,
                            int32_t provider)
{
    struct event event = {.kind = kind, .call = command->call, .leg = command->leg};

    event.mind.turn = turn;
    event.mind.provider = provider;
    return event;
}

static const struct suite_rule *rule_for(const struct stage *stage, struct text words)
{
    for (uint32_t i = 0; i < stage->suite->rule_count; i++) {
        const struct suite_rule *rule = &stage->suite->rules[i];
        if (rule->when.size == 0 || text_find_nocase(words, rule->when) >= 0)
            return rule;
    }
    return NULL;
}

/* With {result} replaced. */
static struct text filled(struct stage *stage, struct text words, struct text result)
{
    char bytes[MAX_UTTERANCE];
    struct text_buffer out;
    int32_t at = text_find(words, TEXT("{result}"));

    if (at < 0)
        return words;
    text_buffer_init(&out, bytes, sizeof(bytes));
    text_append(&out, text_part(words, 0, (uint32_t)at));
    text_append(&out, result);
    text_append(&out, text_part(words, (uint32_t)at + 8, words.size));
    return kept(stage, text_view(&out));
}

static void answer(struct stage *stage, struct event event, const struct suite_texts *says,
                   struct text result, const struct suite_rule *tool, bool holds)
{
    uint32_t delay_ms = FIRST_TOKEN_MS;

    if (!stage->nominal)
        delay_ms = FIRST_TOKEN_MS / 2 + random_below(&stage->random, FIRST_TOKEN_MS * 3 / 2);

    event.mind.first_token_ms = stage->now_ms + delay_ms;
    if (stage->speaks >= 0)
        event.mind.clip = stage_whole_sounds(stage, event, says, delay_ms, false);
    for (uint32_t i = 0; i < says->count; i++, delay_ms += CLAUSE_MS) {
        event.kind = MIND_SAYS;
        event.mind.text = filled(stage, says->items[i], result);
        stage_happen(stage, event, delay_ms);
    }
    event.mind.text = TEXT_EMPTY;
    event.mind.clip = 0;
    if (tool) {
        event.kind = MIND_TOOL;
        event.mind.number = ++stage->tool_calls;
        event.mind.name = tool->tool;
        event.mind.arguments = tool->arguments.size ? tool->arguments : TEXT("{}");
        stage_happen(stage, event, delay_ms);
        event.mind.number = 0;
        event.mind.name = event.mind.arguments = TEXT_EMPTY;
    }
    event.kind = MIND_DONE;
    if (!holds) /* Tools that wait for the turn to be certain. */
        stage_happen(stage, event, delay_ms + 1);
}

static void fail(struct stage *stage, struct event event, enum suite_failing failing)
{
    if (failing == FAILING_DIES && stage->rule && stage->rule->says.count > 0) {
        event.kind = MIND_SAYS;
        event.mind.text = stage->rule->says.items[0];
        event.mind.first_token_ms = stage->now_ms + FIRST_TOKEN_MS;
        if (stage->speaks >= 0)
            event.mind.clip = stage_whole_sounds(stage, event, &stage->rule->says, FIRST_TOKEN_MS, true);
        stage_happen(stage, event, FIRST_TOKEN_MS);
    }
    if (stage->speaks >= 0 && failing == FAILING_DIES) {
        stage_whole_dies(stage, FIRST_TOKEN_MS + CLAUSE_MS);
        return;
    }
    if (failing == FAILING_STALLS)
        return;
    event.kind = MIND_FAILED;
    event.mind.clip = 0;
    event.mind.text = TEXT_EMPTY;
    event.mind.status = 503;
    event.mind.why = TEXT("as the suite wants it");
    stage_happen(stage, event, FIRST_TOKEN_MS + CLAUSE_MS);
}

static void model(struct stage *stage, const struct command *command)
{
    struct event event = of_turn(MIND_SAYS, command, command->think.turn, command->think.provider);
    enum suite_failing failing = stage_failing(stage, command->think.provider, PART_CLASSIFIER);
    bool again = stage->thought == command->think.turn && stage->rule;
    struct text words = command->think.session ? stage_whole_heard(stage) : command->think.text;

    if (again && !stage->rule->tool.size && command->think.text.size == 0)
        return; /* What was a guess is certain; it was answered. */
    stage->speaks = command->think.session ? command->think.provider : -1;
    if (!again)
        stage->rule = rule_for(stage, words);
    if (!stage->rule) {
        stage->unruled = kept(stage, words);
        failing = FAILING_REFUSES;
    }
    if (failing != FAILING_NOT) {
        fail(stage, event, failing);
        return;
    }
    bool has = stage->rule->tool.size > 0, tool = has && !command->think.speculative;
    static const struct suite_texts nothing;
    if (!again || tool) /* What was begun on speculation has been said already. */
        answer(stage, event, again ? &nothing : &stage->rule->says, TEXT_EMPTY,
               tool ? stage->rule : NULL, has && !tool);
    stage->thought = command->think.speculative ? command->think.turn : 0;
}

static void go_on(struct stage *stage, const struct command *command)
{
    struct event event = of_turn(MIND_SAYS, command, command->result.turn, 0);

    for (uint32_t i = 0; i < stage->plan.provider_count; i++)
        if (provider_role(stage->plan.providers[i].kind) == ROLE_THINKS &&
            stage->failing[i] == FAILING_NOT) {
            event.mind.provider = (int32_t)i;
            break;
        }
    if (stage->speaks >= 0)
        event.mind.provider = stage->speaks;
    if (stage->rule)
        answer(stage, event, &stage->rule->then, command->result.text, NULL, false);
}

/* ---- Tools ---- */

static void call_tool(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = TOOL_DONE, .call = command->call, .leg = command->leg};
    uint32_t delay_ms = TOOL_MS;

    event.tool.turn = command->tool.turn;
    event.tool.number = command->tool.number;
    event.tool.attempt = command->tool.attempt;
    event.tool.outcome = TOOL_REFUSED;
    event.tool.status = 404;
    event.tool.text = TEXT("no such tool in the suite");
    for (uint32_t i = 0; i < stage->suite->tool_count && i < 64; i++) {
        const struct suite_tool *tool = &stage->suite->tools[i];
        if (!text_equal(tool->name, command->tool.name))
            continue;
        bool fails = tool->failing != FAILING_NOT &&
                     (tool->times == 0 || stage->tool_failures[i] < tool->times);
        stage->tool_failures[i] += fails;
        event.tool.status = fails ? 0 : 200;
        event.tool.outcome = !fails                            ? TOOL_OK
                             : tool->failing == FAILING_STALLS ? TOOL_TIMED_OUT
                             : tool->failing == FAILING_DIES   ? TOOL_UNREACHABLE
                                                               : TOOL_REFUSED;
        delay_ms = fails && tool->failing == FAILING_STALLS ? TOOL_LOST_MS : TOOL_MS;
        event.tool.text = fails ? TEXT("as the suite wants it") : tool->answers;
        break;
    }
    stage_happen_about(stage, event, delay_ms);
}

void stage_think(struct stage *stage, const struct command *command)
{
    switch ((int)command->kind) {
    case MIND_UNDERSTAND:
        understand(stage, command);
        break;
    case MIND_THINK:
        model(stage, command);
        break;
    case MIND_RESULT:
        go_on(stage, command);
        break;
    case MIND_CANCEL:
        stage_unhappen(stage, MIND_UNDERSTOOD);
        stage_unhappen(stage, MIND_SAYS);
        stage_unhappen(stage, MIND_SOUNDS);
        stage_unhappen(stage, MIND_TOOL);
        stage_unhappen(stage, MIND_DONE);
        stage_unhappen(stage, MIND_FAILED);
        stage->thought = 0;
        break;
    case TOOL_CALL:
        call_tool(stage, command);
        break;
    default:
        break;
    }
}
