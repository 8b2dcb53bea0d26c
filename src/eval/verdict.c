// SPDX-License-Identifier: Apache-2.0
/* verdict.c - from the account to a judgement. */
#include "eval/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20, WHAT = 1024 };

const char *const verdict_kind_names[LINE_KINDS] = {
    "caller", "agent", "key", "handover", "transfer", "failed", "tool", "queue", "left", "end"};

static struct text kept(struct verdict *verdict, struct text t)
{
    struct text copy = arena_text(verdict->arena, t);

    return copy.data ? copy : TEXT_EMPTY;
}

/* ---- What happens ---- */

static struct verdict_line *add(struct verdict *v, const struct stage_ledger *what,
                                enum verdict_kind kind, struct text agent, struct text words)
{
    static struct verdict_line beyond;
    struct verdict_line *line =
        v->line_count < VERDICT_LINES ? &v->lines[v->line_count++] : &beyond;

    *line = (struct verdict_line){.at_ms = what->at_ms,
                                  .turn = v->turn,
                                  .kind = kind,
                                  .agent = kept(v, agent),
                                  .words = kept(v, words)};
    return line;
}

static void note_turn(struct verdict *v, const struct stage_ledger *what)
{
    const struct command *c = what->command;
    bool caller = c->turn.speaker == SPEAKER_CALLER;
    struct verdict_line *line =
        add(v, what, caller ? LINE_CALLER : LINE_AGENT, c->turn.agent, c->turn.text);

    line->unheard = c->turn.unheard.size > 0;
    line->intent = kept(v, c->turn.intent);
    line->entities = kept(v, c->turn.entities);
    if (caller && c->turn.intent.size > 0)
        v->intent = line->intent;
    v->agent = line->agent;
}

static void note_ledger(struct verdict *v, const struct command *c)
{
    if (c->ledger.thought_by.size > 0)
        v->by = kept(v, c->ledger.thought_by);
    if (c->ledger.audible_ms < 0)
        return;
    v->round_trip_ms = c->ledger.audible_ms;
    if (v->round_trip_count < VERDICT_TURNS)
        v->round_trips_ms[v->round_trip_count++] = c->ledger.audible_ms;
}

static void note_transfer(struct verdict *v, const struct stage_ledger *what)
{
    const struct command *c = what->command;
    char words[WHAT / 2];

    snprintf(words, sizeof(words), TEXT_FORMAT ": " TEXT_FORMAT, TEXT_ARGS(c->transfer.target),
             TEXT_ARGS(c->transfer.detail));
    if (c->transfer.done)
        add(v, what, LINE_TRANSFER, c->transfer.how, c->transfer.target);
    else
        add(v, what, LINE_NO_TRANSFER, c->transfer.how, text_of(words));
}

/* "answered by anna", "joined", "overflowed: nobody is on duty" */
static void note_queue(struct verdict *v, const struct stage_ledger *what)
{
    const struct command *c = what->command;
    bool answered = c->queue.what == QUEUE_ANSWERED;
    struct text more = answered ? c->queue.operator_name : c->queue.why;
    char words[WHAT / 2];

    snprintf(words, sizeof(words), "%s%s" TEXT_FORMAT, queue_what_names[c->queue.what],
             !more.size ? ""
             : answered ? " by "
                        : ": ",
             TEXT_ARGS(more));
    v->queue = add(v, what, LINE_QUEUE, c->queue.queue, text_of(words))->agent;
    if (answered)
        v->operator_name = kept(v, more);
}

static void note_closed(struct verdict *v, const struct stage_ledger *what)
{
    const struct command *c = what->command;

    v->interruptions = c->closed.interruptions;
    v->end = text_of(cause_names[c->closed.cause]);
    if (c->closed.agent.size > 0)
        v->agent = kept(v, c->closed.agent);
    add(v, what, LINE_END, c->closed.agent, v->end);
}

void verdict_note(struct verdict *v, const struct stage_ledger *what)
{
    const struct command *c = what->command;

    switch ((int)c->kind) {
    case STORE_TURN:
        note_turn(v, what);
        break;
    case STORE_KEY:
        add(v, what, LINE_KEY, TEXT_EMPTY, (struct text){.data = &c->key.key, .size = 1})->intent =
            kept(v, c->key.meaning);
        break;
    case STORE_HANDOVER:
        add(v, what, LINE_HANDOVER, c->handover.from, c->handover.to);
        v->agent = kept(v, c->handover.to);
        v->handovers++;
        break;
    case STORE_TRANSFER:
        note_transfer(v, what);
        break;
    case STORE_TOOL:
        if (c->tool_account.state == TOOL_STATE_ASKED)
            v->tools++;
        else
            add(v, what, LINE_TOOL, c->tool_account.name, c->tool_account.text);
        break;
    case STORE_QUEUE:
        note_queue(v, what);
        break;
    case STORE_TASK:
        if (c->task.state == TASK_NEW || c->task.state == TASK_WAITING)
            add(v, what, LINE_LEFT, text_of(task_kind_names[c->task.kind]), c->task.text);
        break;
    case STORE_LEDGER:
        note_ledger(v, c);
        break;
    case STORE_CALL_CLOSED:
        note_closed(v, what);
        break;
    default:
        break;
    }
}

/* ---- What was expected ---- */

static void fail(struct verdict *v, uint32_t line, const char *format, ...) PRINTF_LIKE(3, 4);
static void fail(struct verdict *v, uint32_t line, const char *format, ...)
{
    char what[WHAT];
    va_list args;

    if (v->failure_count == VERDICT_FAILURES)
        return;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    v->failures[v->failure_count++] =
        (struct verdict_failure){.line = line, .what = kept(v, text_of(what))};
}

static bool said(const struct verdict *v, struct text words, int64_t turn)
{
    for (uint32_t i = 0; i < v->line_count; i++)
        if (v->lines[i].kind == LINE_AGENT && (turn < 0 || v->lines[i].turn == turn) &&
            text_find_nocase(v->lines[i].words, words) >= 0)
            return true;
    return false;
}

static bool happened(const struct verdict *v, enum verdict_kind kind, struct text who,
                     struct text words, int64_t turn)
{
    for (uint32_t i = 0; i < v->line_count; i++)
        if (v->lines[i].kind == kind && (turn < 0 || v->lines[i].turn == turn) &&
            (who.size == 0 || text_equal(v->lines[i].agent, who)) &&
            (words.size == 0 || text_find_nocase(v->lines[i].words, words) >= 0))
            return true;
    return false;
}

/* "key=value" is among what the caller has told. */
static bool knows(const struct verdict *v, struct text pair)
{
    for (uint32_t i = 0; i < v->line_count; i++) {
        struct text rest = v->lines[i].entities;
        while (rest.data && rest.size > 0)
            if (text_equal(text_next(&rest, '\n'), pair))
                return true;
    }
    return false;
}

/* What the agent said in the turn instead. */
static struct text instead(const struct verdict *v, int64_t turn, char out[WHAT / 2])
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, WHAT / 2);
    for (uint32_t i = 0; i < v->line_count; i++)
        if (v->lines[i].kind == LINE_AGENT && (turn < 0 || v->lines[i].turn == turn)) {
            if (buffer.size > 0)
                text_append(&buffer, TEXT(" | "));
            text_append(&buffer, v->lines[i].words);
        }
    if (buffer.size == 0)
        text_append(&buffer, TEXT("nothing"));
    return text_view(&buffer);
}

static void judge_words(struct verdict *v, const struct suite_expected *e, int64_t turn)
{
    char words[WHAT / 2];

    for (uint32_t i = 0; i < e->said.count; i++)
        if (!said(v, e->said.items[i], turn))
            fail(v, e->line, "never said \"" TEXT_FORMAT "\"; said: " TEXT_FORMAT,
                 TEXT_ARGS(e->said.items[i]), TEXT_ARGS(instead(v, turn, words)));
    for (uint32_t i = 0; i < e->never_said.count; i++)
        if (said(v, e->never_said.items[i], turn))
            fail(v, e->line, "said \"" TEXT_FORMAT "\", which must never be said",
                 TEXT_ARGS(e->never_said.items[i]));
    for (uint32_t i = 0; i < e->called.count; i++)
        if (!happened(v, LINE_TOOL, e->called.items[i], TEXT_EMPTY, turn))
            fail(v, e->line, "never called the tool " TEXT_FORMAT, TEXT_ARGS(e->called.items[i]));
    for (uint32_t i = 0; i < e->never_called.count; i++)
        if (happened(v, LINE_TOOL, e->never_called.items[i], TEXT_EMPTY, turn))
            fail(v, e->line, "called the tool " TEXT_FORMAT ", which must not be called",
                 TEXT_ARGS(e->never_called.items[i]));
    for (uint32_t i = 0; i < e->knows.count; i++)
        if (!knows(v, e->knows.items[i]))
            fail(v, e->line, "did not find out that " TEXT_FORMAT, TEXT_ARGS(e->knows.items[i]));
}

static void judge_name(struct verdict *v, uint32_t line, const char *what, struct text wanted,
                       struct text got)
{
    if (wanted.size > 0 && !text_equal(wanted, got))
        fail(v, line, "%s: expected " TEXT_FORMAT ", was " TEXT_FORMAT, what, TEXT_ARGS(wanted),
             TEXT_ARGS(got.size > 0 ? got : TEXT("none")));
}

static void judge(struct verdict *v, const struct suite_expected *e, int64_t turn,
                  int32_t round_trip_ms)
{
    judge_name(v, e->line, "agent", e->agent, v->agent);
    judge_name(v, e->line, "by", e->by, v->by);
    judge_name(v, e->line, "intent", e->intent, v->intent);
    judge_name(v, e->line, "end", e->end, v->end);
    judge_name(v, e->line, "queue", e->queue, v->queue);
    judge_name(v, e->line, "operator", e->operator_name, v->operator_name);
    judge_words(v, e, turn);
    if (e->leaves.size > 0 && !happened(v, LINE_LEFT, e->leaves, TEXT_EMPTY, turn))
        fail(v, e->line, "no " TEXT_FORMAT " was left", TEXT_ARGS(e->leaves));
    if (e->transfer.size > 0 && !happened(v, LINE_TRANSFER, TEXT_EMPTY, e->transfer, turn))
        fail(v, e->line, "not transferred to " TEXT_FORMAT, TEXT_ARGS(e->transfer));
    if (e->handovers_given && e->handovers != v->handovers)
        fail(v, e->line, "handovers: expected %u, were %u", e->handovers, v->handovers);
    if (e->within_ms && turn >= 0 && (round_trip_ms < 0 || (uint32_t)round_trip_ms > e->within_ms))
        fail(v, e->line, "answered after %d ms, expected within %u ms", round_trip_ms,
             e->within_ms);
}

static void judge_times(struct verdict *v)
{
    const struct suite_expected *e = &v->conversation->expected;

    for (uint32_t i = 0; e->within_ms && i < v->round_trip_count; i++)
        if ((uint32_t)v->round_trips_ms[i] > e->within_ms)
            fail(v, e->line, "an answer took %d ms, expected within %u ms", v->round_trips_ms[i],
                 e->within_ms);
}

void verdict_begin(struct verdict *verdict, uint32_t turn)
{
    verdict->turn = turn;
    verdict->round_trip_ms = -1;
}

void verdict_fail(struct verdict *verdict, uint32_t line, struct text why)
{
    fail(verdict, line, TEXT_FORMAT, TEXT_ARGS(why));
}

void verdict_judge_turn(struct verdict *v)
{
    judge(v, &v->conversation->turns[v->turn].expected, v->turn, v->round_trip_ms);
}

void verdict_judge_call(struct verdict *v)
{
    judge(v, &v->conversation->expected, -1, -1);
    judge_times(v);
}

/* ---- A conversation ---- */

struct verdict *verdict_new(const struct suite_conversation *conversation, uint32_t repetition)
{
    struct verdict *verdict = calloc(1, sizeof(*verdict));

    if (!verdict || !(verdict->arena = arena_new(ARENA_BYTES))) {
        free(verdict);
        return NULL;
    }
    verdict->name = conversation->name;
    verdict->conversation = conversation;
    verdict->repetition = repetition;
    verdict_begin(verdict, VERDICT_GREETING);
    return verdict;
}

void verdict_free(struct verdict *verdict)
{
    arena_free(verdict->arena);
    free(verdict);
}

static void note(void *context, const struct stage_ledger *what)
{
    verdict_note(context, what);
}

static void play(struct verdict *v, struct stage *stage)
{
    const struct suite_conversation *c = v->conversation;
    char bytes[WHAT / 2];
    struct text_buffer why;

    text_buffer_init(&why, bytes, sizeof(bytes));
    if (c->turns[0].act != ACT_NONE && c->turns[0].act != ACT_INTERRUPT &&
        !stage_greeting(stage, &why))
        verdict_fail(v, c->turns[0].line, text_view(&why));
    for (uint32_t turn = 0; turn < c->turn_count; turn++) {
        text_buffer_init(&why, bytes, sizeof(bytes));
        verdict_begin(v, turn);
        bool played = stage_turn(stage, turn, &why);
        if (!played)
            verdict_fail(v, c->turns[turn].line, text_view(&why));
        verdict_judge_turn(v);
        if (!played)
            break;
    }
    stage_finish(stage);
    verdict_judge_call(v);
}

struct verdict *verdict_run(const struct plan *plan, const struct suite_conversation *conversation,
                            uint32_t repetition, const struct stage_mind *mind)
{
    struct verdict *verdict = verdict_new(conversation, repetition);
    struct stage_witness witness = {.note = note, .context = verdict};
    struct stage *stage = NULL;

    if (!verdict)
        return NULL;
    stage = stage_open(plan, conversation, mind, &witness, repetition);
    if (!stage) {
        verdict_free(verdict);
        return NULL;
    }
    play(verdict, stage);
    stage_close(stage);
    return verdict;
}
