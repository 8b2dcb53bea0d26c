// SPDX-License-Identifier: Apache-2.0
/* outbox_rows.c - facts and the events that are made of them. */
#include "store/outbox_rows.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* ?3: kind, ?6: state, ?7: file. A message without a file was taken by a tool. */
#define TASK_EVENT                                                                     \
    "CASE WHEN ?3 = 'callback' AND ?6 IN ('new', 'waiting') THEN 'callback.promised'"  \
    " WHEN ?3 = 'callback' AND ?6 = 'kept' THEN 'callback.done'"                       \
    " WHEN ?3 = 'callback' AND ?6 IN ('cancelled', 'given_up') THEN 'callback.failed'" \
    " WHEN ?3 = 'message' AND ?6 = 'new' AND ?7 <> '' THEN 'voicemail.left'"           \
    " WHEN ?3 = 'message' AND ?6 = 'new' THEN 'message.taken' END"
#define ISO(ms_sql) \
    "iif(" ms_sql ", strftime('%Y-%m-%dT%H:%M:%fZ', " ms_sql " / 1000.0, 'unixepoch'), NULL)"

const struct statement outbox_statements[OUTBOX_STATEMENTS] = {
    {.kind = STORE_CALL_OPENED,
     .sql = OUTBOX_TELL("'call.started'", "?1", "?2", "'{}'"),
     .params = {TEXT_AT(opened.ref), U64_AT(opened.wall_ms)}},
    {.kind = STORE_CALL_CLOSED,
     .sql = OUTBOX_TELL("'call.ended'", "?1", "?2", "'{}'"),
     .params = {TEXT_AT(closed.ref), U64_AT(closed.wall_ms)}},
    {.kind = STORE_TRANSFER,
     .sql = OUTBOX_TELL("iif(?3, 'transfer.done', 'transfer.failed')", "?1", "?2",
                        "json_object('how', ?4, 'target', ?5, 'status', ?6, 'detail', ?7)"),
     .params = {TEXT_AT(transfer.ref), U64_AT(transfer.wall_ms), BOOL_AT(transfer.done),
                TEXT_AT(transfer.how), TEXT_AT(transfer.target), U16_AT(transfer.status),
                TEXT_AT(transfer.detail)}},
    {.kind = STORE_TASK, /* Written again with each change, told of once. */
     .sql = OUTBOX_TELL(TASK_EVENT " AND hooks.event <> (SELECT told FROM tasks"
                                   " WHERE call = ?1 AND turn = ?4 AND number = ?5)",
                        "?1", "?2",
                        "json_object('kind', ?3, 'state', ?6, 'turn', ?4, 'number', ?5, 'capture',"
                        " ?7, 'party', ?8, 'due', ?9, 'text', ?10, 'queue', ?11, 'intent', ?12,"
                        " 'summary', ?13, 'length_ms', ?14, 'attempts', ?15, 'from', " ISO(
                            "?16") ", 'until', " ISO("?17") ", 'why', ?18)"),
     .params = {TEXT_AT(task.ref), U64_AT(task.wall_ms),
                WORD_AT(task.kind, task_kind_names, TASK_KINDS), U32_AT(task.turn),
                U32_AT(task.number), WORD_AT(task.state, task_state_names, TASK_STATES),
                TEXT_AT(task.file), TEXT_AT(task.party), TEXT_AT(task.due), TEXT_AT(task.text),
                TEXT_AT(task.queue), TEXT_AT(task.intent), TEXT_AT(task.summary),
                U32_AT(task.length_ms), U32_AT(task.attempts), U64_AT(task.from_ms),
                U64_AT(task.until_ms), TEXT_AT(task.why)}},
    {.kind = STORE_QUEUE,
     .sql = OUTBOX_TELL("CASE ?3 WHEN 'joined' THEN 'queue.joined' WHEN 'back' THEN NULL"
                        " ELSE 'queue.left' END",
                        "?1", "?2",
                        "json_object('queue', ?4, 'what', ?3, 'number', ?5, 'priority', ?6,"
                        " 'position', ?7, 'waited_ms', ?8, 'p50_ms', iif(?9, ?10, NULL), 'p90_ms',"
                        " iif(?9, ?11, NULL), 'operator', ?12, 'why', ?13)"),
     .params = {TEXT_AT(queue.ref), U64_AT(queue.wall_ms),
                WORD_AT(queue.what, queue_what_names, QUEUE_WHATS), TEXT_AT(queue.queue),
                U32_AT(queue.number), U32_AT(queue.priority), U32_AT(queue.position),
                U32_AT(queue.waited_ms), BOOL_AT(queue.told), U32_AT(queue.p50_ms),
                U32_AT(queue.p90_ms), TEXT_AT(queue.operator_name), TEXT_AT(queue.why)}},
    {.kind = STORE_TASK,
     .sql = "UPDATE tasks SET told = " TASK_EVENT " WHERE call = ?1 AND turn = ?4 AND number = ?5"
            " AND " TASK_EVENT " IS NOT NULL AND ?2",
     .params = {TEXT_AT(task.ref), U64_AT(task.wall_ms),
                WORD_AT(task.kind, task_kind_names, TASK_KINDS), U32_AT(task.turn),
                U32_AT(task.number), WORD_AT(task.state, task_state_names, TASK_STATES),
                TEXT_AT(task.file)}},
    {.kind = STORE_SUPERVISION,
     .sql = OUTBOX_TELL("'call.supervised'", "?1", "?2",
                        "json_object('number', ?3, 'supervisor', ?4, 'telephone', ?5, 'mode', ?6,"
                        " 'state', ?7, 'operator', ?8, 'agent', ?9, 'caller_told', ?10,"
                        " 'operator_told', ?11, 'why', ?12)"),
     .params = {TEXT_AT(supervision.ref), U64_AT(supervision.wall_ms), U32_AT(supervision.number),
                TEXT_AT(supervision.name), TEXT_AT(supervision.telephone),
                WORD_AT(supervision.mode, supervise_mode_names, SUPERVISE_MODES),
                WORD_AT(supervision.what, supervise_what_names, SUPERVISE_WHATS),
                TEXT_AT(supervision.operator_name), TEXT_AT(supervision.agent),
                WORD_AT(supervision.caller_told, plan_tell_names, TELLS),
                WORD_AT(supervision.operator_told, plan_tell_names, TELLS),
                TEXT_AT(supervision.why)}},
    {.kind = STORE_OFFER,
     .sql = OUTBOX_TELL("'transfer.offered'", "?1", "?2",
                        "json_object('operator', ?3, 'label', ?4, 'place', ?5, 'queue', ?6,"
                        " 'caller', ?7, 'intent', ?8, 'statement', ?9, 'summary', ?10, 'entities',"
                        " ?11, 'given', ?12, 'transferred_from', ?13, 'reason', ?14, 'sentiment',"
                        " ?15, 'brief', ?16)"),
     .params = {TEXT_AT(offer.ref), U64_AT(offer.wall_ms), TEXT_AT(offer.name),
                TEXT_AT(offer.label), TEXT_AT(offer.place), TEXT_AT(offer.queue),
                TEXT_AT(offer.caller), TEXT_AT(offer.intent), TEXT_AT(offer.statement),
                TEXT_AT(offer.summary), TEXT_AT(offer.entities), TEXT_AT(offer.given),
                TEXT_AT(offer.transferred_from), TEXT_AT(offer.reason),
                WORD_AT(offer.sentiment, sentiment_names, 4), TEXT_AT(offer.brief)}},
    {.kind = STORE_OPERATOR, /* A wish alone changes no state, and is told too. */
     .sql = OUTBOX_TELL("'operator.state'", "?1", "?2",
                        "json_object('operator', ?3, 'state', ?4, 'was', ?5, 'said', ?6, 'aside',"
                        " json(iif(?7, 'true', 'false')), 'gone', json(iif(?8, 'true', 'false')),"
                        " 'why', ?9)"),
     .params = {TEXT_AT(duty.ref), U64_AT(duty.wall_ms), TEXT_AT(duty.name),
                WORD_AT(duty.state, operator_state_names, OPERATOR_STATES),
                WORD_AT(duty.was, operator_state_names, OPERATOR_STATES),
                WORD_AT(duty.said, operator_said_names, OPERATOR_SAIDS), BOOL_AT(duty.aside),
                BOOL_AT(duty.gone), WORD_AT(duty.why, operator_why_names, OPERATOR_WHYS)}},
    {.kind = STORE_DELIVERY, /* Others may be on their way when one learns that it is 410: dead
                                stays dead, unless it was heard. Delivered stays delivered. */
     .sql = "UPDATE outbox SET state = ?2, attempts = ?3, due_ms = ?4, changed_ms = ?5,"
            " status = ?6, why = ?7 WHERE id = ?1 AND (state = 'waiting' OR (state = 'dead' AND ?2 "
            "= 'done'))",
     .params = {TEXT_AT(delivery.id),
                WORD_AT(delivery.state, delivery_state_names, DELIVERY_STATES),
                U32_AT(delivery.attempts), U64_AT(delivery.due_ms), U64_AT(delivery.wall_ms),
                U16_AT(delivery.status), TEXT_AT(delivery.why)}},
    {.kind = STORE_DELIVERY,
     .sql = "UPDATE endpoints SET state = 'gone', changed_ms = ?2, why = ?3 WHERE name = ?1 AND ?4",
     .params = {TEXT_AT(delivery.endpoint), U64_AT(delivery.wall_ms), TEXT_AT(delivery.why),
                BOOL_AT(delivery.gone)}},
    {.kind = STORE_DELIVERY,
     .sql = "UPDATE outbox SET state = 'dead', changed_ms = ?2, why = 'the endpoint is off: ' || ?3"
            " WHERE ?4 AND endpoint = ?1 AND state = 'waiting'",
     .params = {TEXT_AT(delivery.endpoint), U64_AT(delivery.wall_ms), TEXT_AT(delivery.why),
                BOOL_AT(delivery.gone)}},
};

/* Of each row of `from_sql`, which names its call `ref`. */
#define RECOVER(event_sql, data_sql, from_sql)                                                 \
    "INSERT INTO outbox (id, endpoint, event, call, made_ms, due_ms, state, changed_ms, why, " \
    "data)"                                                                                    \
    " SELECT 'msg_' || lower(hex(randomblob(16))), hooks.endpoint, hooks.event, ref,"          \
    " unixepoch() * 1000, unixepoch() * 1000, iif(endpoints.state = 'on', 'waiting', 'dead')," \
    " unixepoch() * 1000, iif(endpoints.state = 'on', '', 'the endpoint is off: ' ||"          \
    " endpoints.why), " data_sql " FROM " from_sql " JOIN hooks ON hooks.event = " event_sql   \
    " JOIN endpoints ON endpoints.name = hooks.endpoint"
#define RECOVERED                                                                                 \
    " told = '' AND changed_ms > unixepoch() * 1000 - 60000 AND ((kind = 'callback' AND state = " \
    "'waiting' AND why"                                                                           \
    " = 'the call was lost while the caller waited') OR (kind = 'message' AND state = 'new' AND"  \
    " why = 'the server stopped during the message'))"
#define RECOVERED_EVENT                                                             \
    "CASE WHEN kind = 'callback' THEN 'callback.promised' WHEN capture <> '' THEN " \
    "'voicemail.left'"                                                              \
    " ELSE 'message.taken' END"

const char outbox_recover_sql[] = RECOVER(
    "'queue.left'",
    "json_object('queue', queue, 'what', 'lost', 'number', number, 'priority', priority,"
    " 'position', position, 'waited_ms', waited_ms, 'p50_ms', iif(told, p50_ms, NULL), 'p90_ms',"
    " iif(told, p90_ms, NULL), 'operator', operator, 'why', 'the server stopped')",
    "(SELECT p.*, c.ref AS ref FROM calls c JOIN passages p ON p.call = c.ref WHERE"
    " c.ended_ms IS NULL AND p.state IN ('joined', 'back'))") ";" RECOVER("'call.ended'", "'{}'",
                                                                          "(SELECT ref FROM calls "
                                                                          "WHERE ended_ms IS "
                                                                          "NULL)");

const char outbox_recover_tasks_sql[] = RECOVER(
    RECOVERED_EVENT,
    "json_object('kind', kind, 'state', task_state, 'turn', turn, 'number', number, 'capture',"
    " capture, 'party', party, 'due', due, 'text', text, 'queue', queue, 'intent', intent,"
    " 'summary', summary, 'length_ms', length_ms, 'attempts', attempts, 'from', " ISO(
        "from_ms") ", 'until', " ISO("until_ms") ", 'why', task_why)",
    "(SELECT *, call AS ref, state AS task_state, why AS task_why FROM tasks WHERE" RECOVERED
    ")") ";"
         "UPDATE tasks SET told = " RECOVERED_EVENT " WHERE" RECOVERED;

/* FNV-1a: an address may hold a secret, so it is not kept itself. */
static void digest(struct text t, char out[17])
{
    uint64_t sum = 0xcbf29ce484222325u;

    for (uint32_t i = 0; i < t.size; i++)
        sum = (sum ^ (unsigned char)t.data[i]) * 0x100000001b3u;
    snprintf(out, 17, "%016llx", (unsigned long long)sum);
}

struct outbox_hooks *outbox_hooks_of(const struct plan *plan)
{
    struct outbox_hooks *hooks = calloc(1, sizeof(*hooks));

    if (!hooks)
        return NULL;
    hooks->count = plan->hook_count;
    for (uint32_t i = 0; i < hooks->count; i++) {
        text_copy(hooks->hooks[i].name, MAX_NAME, plan->hooks[i].name);
        digest(plan->hooks[i].url, hooks->hooks[i].target);
        hooks->hooks[i].events = plan->hooks[i].events;
    }
    return hooks;
}

static int run(sqlite3 *db, const char *sql, const char *a, const char *b)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    for (int i = 1; code == SQLITE_OK && i <= sqlite3_bind_parameter_count(statement); i++) {
        if (i == 3)
            code = sqlite3_bind_int64(statement, i, (sqlite3_int64)clock_wall_ms());
        else
            code = sqlite3_bind_text(statement, i, i == 1 ? a : b, -1, SQLITE_STATIC);
    }
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : -EIO;
}

static int write_one(sqlite3 *db, const struct outbox_hook *hook)
{
    int error = run(db,
                    "INSERT INTO endpoints (name, target, state, changed_ms, why)"
                    " VALUES (?1, ?2, 'on', ?3, '') ON CONFLICT (name) DO UPDATE SET"
                    " why = iif(target = ?2 AND state = 'gone', why, ''),"
                    " state = iif(target = ?2 AND state = 'gone', state, 'on'), target = ?2",
                    hook->name, hook->target);

    for (uint32_t e = 0; e < HOOK_EVENTS && !error; e++) {
        if (hook->events & (1u << e))
            error = run(db, "INSERT INTO hooks (endpoint, event) VALUES (?1, ?2)", hook->name,
                        hook_event_names[e]);
    }
    return error;
}

int outbox_hooks_write(sqlite3 *db, const struct outbox_hooks *hooks)
{
    int error = run(db, "DELETE FROM hooks", NULL, NULL);

    if (!error)
        error = run(db, "UPDATE endpoints SET state = 'unknown' WHERE state = 'on'", NULL, NULL);
    for (uint32_t i = 0; i < hooks->count && !error; i++)
        error = write_one(db, &hooks->hooks[i]);
    if (!error)
        error = run(db,
                    "UPDATE outbox SET state = 'dead', why = 'the endpoint is configured no more'"
                    " WHERE state = 'waiting' AND endpoint NOT IN"
                    " (SELECT name FROM endpoints WHERE state <> 'unknown')",
                    NULL, NULL);
    return error;
}
