// SPDX-License-Identifier: Apache-2.0
/* live.c - one row a call. */
#include "app/live.h"

#include <stdlib.h>
#include <string.h>

#include "app/json.h"
#include "app/loop.h"
#include "app/provider_show.h"
#include "app/queue_show.h"
#include "app/slo_show.h"
#include "base/clock.h"
#include "net/warm.h"

enum {
    LAST_WORDS = 120,
    FRESH_MS = 5000 /* Figures come each second. */
};

struct live_call {
    char ref[MAX_NAME], caller[MAX_NAME], called[MAX_NAME], agent[MAX_NAME], intent[MAX_NAME];
    char last[LAST_WORDS];
    char queue[MAX_NAME]; /* In which they wait; empty: in none. */
    char with[MAX_NAME];  /* Who took the call: an operator, a supervisor, a number; empty: nobody. */
    uint64_t opened_ms; /* 0: no call. */
    uint32_t turns;
    bool answered;
    const char *capture; /* The state of the newest; "none". */
    struct {             /* The last word of a supervisor. */
        uint32_t number; /* 0: there was none. */
        char name[MAX_NAME], telephone[MAX_NAME], why[LAST_WORDS];
        const char *mode, *state;
    } supervision;
};

struct live {
    uint32_t max_calls;
    struct loop_figures figures;
    json_t *trunks, *phones, *operators, *slo, *queues, *providers, *chains; /* The last word of each, by its name. */
    struct live_call calls[];
};

struct live *live_new(uint32_t max_calls)
{
    struct live *live = calloc(1, sizeof(*live) + max_calls * sizeof(struct live_call));

    if (!live)
        return NULL;
    live->max_calls = max_calls;
    live->trunks = json_object();
    live->providers = json_object();
    live->chains = json_object();
    live->phones = json_object();
    live->operators = json_object();
    live->slo = json_object();
    live->queues = json_object();
    return live;
}

void live_free(struct live *live)
{
    json_decref(live->trunks);
    json_decref(live->providers);
    json_decref(live->chains);
    json_decref(live->phones);
    json_decref(live->operators);
    json_decref(live->slo);
    json_decref(live->queues);
    free(live);
}

#define COPY(place, t) text_copy((place), sizeof(place), (t))

static void take_opened(struct live_call *call, const struct command *command)
{
    *call = (struct live_call){.opened_ms = command->opened.wall_ms, .capture = "none"};
    COPY(call->ref, command->opened.ref);
    COPY(call->caller, command->opened.caller);
    COPY(call->called, command->opened.called);
    COPY(call->agent, command->opened.agent);
}

static void take_turn(struct live_call *call, const struct command *command)
{
    COPY(call->last, command->turn.text);
    if (command->turn.speaker == SPEAKER_CALLER) {
        call->turns++;
        COPY(call->intent, command->turn.intent);
    }
}

static void take_queue(struct live_call *call, const struct command *command)
{
    bool waits = command->queue.what == QUEUE_JOINED || command->queue.what == QUEUE_BACK;

    COPY(call->queue, waits ? command->queue.queue : TEXT_EMPTY);
    if (waits)
        call->with[0] = 0;
}

static void take_supervision(struct live_call *call, const struct command *command)
{
    call->supervision.number = command->supervision.number;
    COPY(call->supervision.name, command->supervision.name);
    COPY(call->supervision.telephone, command->supervision.telephone);
    COPY(call->supervision.why, command->supervision.why);
    call->supervision.mode = supervise_mode_names[command->supervision.mode];
    call->supervision.state = supervise_what_names[command->supervision.what];
}

/* What is of no call: kept under its name, in the words of its event. */
static void take_named(json_t *all, const struct command *command, struct text name,
                       struct text more, bool gone)
{
    char key[512];

    snprintf(key, sizeof(key), TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(name), TEXT_ARGS(more));
    if (gone)
        json_object_del(all, key);
    else
        json_object_set_new(all, key, json_of_command(command));
}

void live_take(struct live *live, const struct command *command)
{
    uint32_t slot = command->call & 0xffff;
    struct live_call *call = &live->calls[slot];

    if (command->kind == STORE_TRUNK) {
        take_named(live->trunks, command, command->trunk.trunk, TEXT_EMPTY, false);
        return;
    }
    if (command->kind == STORE_PHONE) {
        take_named(live->phones, command, command->phone.user, command->phone.contact,
                   command->phone.expires_ms == 0);
        return;
    }
    if (command->kind == STORE_OPERATOR) {
        take_named(live->operators, command, command->duty.name, TEXT_EMPTY, command->duty.gone);
        return;
    }
    if (slot >= live->max_calls)
        return;
    switch ((int)command->kind) {
    case STORE_CALL_OPENED:
        take_opened(call, command);
        break;
    case STORE_CALL_ANSWERED:
        call->answered = true;
        COPY(call->agent, command->answered.agent);
        break;
    case STORE_TURN:
        take_turn(call, command);
        break;
    case STORE_HANDOVER:
        COPY(call->agent, command->handover.to);
        break;
    case STORE_QUEUE:
        take_queue(call, command);
        break;
    case STORE_TRANSFER:
        if (command->transfer.done)
            COPY(call->with, command->transfer.target);
        break;
    case STORE_SUPERVISION:
        take_supervision(call, command);
        break;
    case STORE_CAPTURE:
        call->capture = capture_state_names[command->captured.state];
        break;
    case CALL_TELL: /* Its key was known: no account was opened. */
    case STORE_CALL_CLOSED:
        call->opened_ms = 0;
        break;
    default:
        break;
    }
}

void live_figures(struct live *live, const void *figures)
{
    memcpy(&live->figures, figures, sizeof(live->figures));
}

void live_queue_row(struct live *live, const void *row)
{
    struct queue_row known;

    memcpy(&known, row, sizeof(known));
    json_object_set_new(live->queues, known.name, queue_json(&known));
}

void live_slo_row(struct live *live, const void *row)
{
    struct slo_row known;
    char key[MAX_NAME + 16];

    memcpy(&known, row, sizeof(known));
    snprintf(key, sizeof(key), "%s %s", slo_kind_names[known.kind], known.name);
    json_object_set_new(live->slo, key, slo_json(&known));
}

/* One that a reload took away is told of no more: each row is of the last few seconds, or old. */
void live_provider_row(struct live *live, const void *row)
{
    struct provider_row known;
    json_t *made;

    memcpy(&known, row, sizeof(known));
    made = provider_json(&known);
    json_object_set_new(made, "seen_ms", json_integer((json_int_t)clock_ms()));
    json_object_set_new(live->providers, known.name, made);
}

void live_chain_row(struct live *live, const void *row)
{
    struct chain_row known;
    char key[MAX_NAME + 4];
    json_t *made;

    memcpy(&known, row, sizeof(known));
    snprintf(key, sizeof(key), "%d %s", (int)known.role, known.agent);
    made = provider_chain_json(&known);
    json_object_set_new(made, "seen_ms", json_integer((json_int_t)clock_ms()));
    json_object_set_new(live->chains, key, made);
}

static json_t *call_json(const struct live_call *call, uint64_t wall_ms)
{
    uint64_t ms = wall_ms > call->opened_ms ? wall_ms - call->opened_ms : 0;

    json_t *made =
        json_pack("{s:s, s:I, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:s}", "ref", call->ref,
                     "seconds", (json_int_t)(ms / 1000), "caller", call->caller, "called",
                     call->called, "agent", call->agent, "turns", (int)call->turns, "intent",
                     call->intent, "last", call->last, "answered", (int)call->answered, "capture",
                     call->capture);

    if (made && call->queue[0])
        json_object_set_new(made, "queue", json_string(call->queue));
    if (made && call->with[0])
        json_object_set_new(made, "with", json_string(call->with));
    if (made && call->supervision.number)
        json_object_set_new(made, "supervision",
                            json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "number",
                                      (int)call->supervision.number, "name",
                                      call->supervision.name, "telephone",
                                      call->supervision.telephone, "mode", call->supervision.mode,
                                      "state", call->supervision.state, "why",
                                      call->supervision.why));
    return made;
}

json_t *live_calls(const struct live *live, uint64_t wall_ms)
{
    json_t *calls = json_array();

    for (uint32_t slot = 0; slot < live->max_calls; slot++) {
        json_t *call;
        if (live->calls[slot].opened_ms == 0)
            continue;
        call = call_json(&live->calls[slot], wall_ms);
        if (call) /* NULL: a number that is not UTF-8. */
            json_array_append_new(calls, call);
    }
    return json_pack("{s:o}", "calls", calls);
}

static json_t *values_of(json_t *all, uint64_t after_ms)
{
    json_t *list = json_array(), *value;
    const char *key;

    json_object_foreach(all, key, value)
    {
        if (after_ms == 0 || (uint64_t)json_count(value, "expires_ms") > after_ms)
            json_array_append(list, value);
    }
    return list;
}

json_t *live_trunks(const struct live *live)
{
    return json_pack("{s:o}", "trunks", values_of(live->trunks, 0));
}

static json_t *fresh_of(json_t *all)
{
    json_t *list = json_array(), *value, *copy;
    const char *key;

    json_object_foreach(all, key, value)
    {
        if (json_count(value, "seen_ms") + FRESH_MS < (int64_t)clock_ms())
            continue;
        copy = json_copy(value);
        json_object_del(copy, "seen_ms");
        json_array_append_new(list, copy);
    }
    return list;
}

static void add_warm(json_t *row, struct net *net)
{
    struct warm_figures figures;

    if (warm_labelled(net, text_of(json_word(row, "name")), &figures) == 0)
        return;
    json_object_set_new(row, "warm",
                        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "ready",
                                  (json_int_t)figures.ready, "opening", (json_int_t)figures.opening,
                                  "taken", (json_int_t)figures.taken, "missed",
                                  (json_int_t)figures.missed, "refreshed",
                                  (json_int_t)figures.refreshed, "failed",
                                  (json_int_t)figures.failed));
}

json_t *live_providers(const struct live *live, struct limbs *limbs)
{
    json_t *list = fresh_of(live->providers), *row;
    size_t i;

    json_array_foreach(list, i, row)
    {
        if (limbs && limbs->net)
            add_warm(row, limbs->net);
    }
    return json_pack("{s:o, s:o}", "providers", list, "chains", fresh_of(live->chains));
}

json_t *live_slo(const struct live *live)
{
    return json_pack("{s:o}", "slo", values_of(live->slo, 0));
}

json_t *live_queues(const struct live *live)
{
    return json_pack("{s:o}", "queues", values_of(live->queues, 0));
}

json_t *live_phones(const struct live *live, uint64_t wall_ms)
{
    return json_pack("{s:o}", "phones", values_of(live->phones, wall_ms));
}

json_t *live_operators(const struct live *live)
{
    return json_pack("{s:o}", "operators", values_of(live->operators, 0));
}

bool live_has_operator(const struct live *live, const char *name)
{
    char key[MAX_NAME + 2];

    snprintf(key, sizeof(key), "%s ", name);
    return json_object_get(live->operators, key) != NULL;
}

static json_t *sip_json(struct sip *sip)
{
    struct sip_figures f;

    sip_figures(sip, &f);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "dialogs",
                     (json_int_t)f.dialogs, "restarts", (json_int_t)f.restarts, "worker_pid",
                     (json_int_t)f.worker_pid, "messages_in", (json_int_t)f.messages_in,
                     "refused_early", (json_int_t)f.refused_early, "malformed",
                     (json_int_t)f.malformed, "banned_dropped", (json_int_t)f.banned, "hep_sent",
                     (json_int_t)f.hep_sent, "hep_dropped", (json_int_t)f.hep_dropped, "too_fast",
                     (json_int_t)f.too_fast, "bans", (json_int_t)f.bans_given);
}

static json_t *captures_json(const struct capture_figures *f)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:s, s:I}", "finished", (json_int_t)f->finished,
                     "failed", (json_int_t)f->failed, "delayed", (json_int_t)f->delayed, "waiting",
                     (json_int_t)f->waiting, "current", f->current, "percent",
                     (json_int_t)f->percent);
}

json_t *live_media(struct limbs *limbs)
{
    struct media_figures f;

    media_figures(limbs->media, &f);
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
        "s:o}",
        "endpoints", (json_int_t)f.endpoints, "threads", (json_int_t)f.threads,
        "threads_by_io_uring", (json_int_t)f.batched, "ticks", (json_int_t)f.ticks, "late_ticks",
        (json_int_t)f.late_ticks, "worst_late_us", (json_int_t)f.worst_late_us, "received",
        (json_int_t)f.received, "sent", (json_int_t)f.sent, "strangers", (json_int_t)f.strangers,
        "malformed", (json_int_t)f.malformed, "events_lost", (json_int_t)f.events_lost,
        "capture_lost", (json_int_t)f.capture_lost, "echoes_refused", (json_int_t)f.echoes_refused,
        "echoes_put_off", (json_int_t)f.echoes_put_off, "hearing_refused", (json_int_t)f.hearing_refused, "captures", captures_json(&f.captures));
}

static json_t *speech_json(struct speech *speech)
{
    struct speech_figures f;

    speech_figures(speech, &f);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "listening", (json_int_t)f.listening,
                     "utterances", (json_int_t)f.utterances, "finals", (json_int_t)f.finals,
                     "spoken", (json_int_t)f.spoken, "spoken_cached", (json_int_t)f.spoken_cached,
                     "frames_dropped", (json_int_t)f.frames_dropped, "cache_bytes",
                     (json_int_t)f.cache_bytes);
}

static json_t *core_json(const struct loop_figures *f)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "calls",
                     (json_int_t)f->core.calls, "calls_high", (json_int_t)f->core.calls_high,
                     "calls_total", (json_int_t)f->core.calls_total, "recognisers",
                     (json_int_t)f->core.recognisers, "hearers", (json_int_t)f->core.hearers,
                     "stale_events", (json_int_t)f->core.stale_events, "steps",
                     (json_int_t)f->core.steps, "longest_step_us", (json_int_t)f->longest_step_us,
                     "behind_ms", (json_int_t)f->behind_ms, "view_lost", (json_int_t)f->view_lost,
                     "commands_lost", (json_int_t)f->commands_lost);
}

json_t *live_status(const struct live *live, struct limbs *limbs)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "version", OFFHOOK_VERSION, "core",
                     core_json(&live->figures), "sip", sip_json(limbs->sip), "media",
                     live_media(limbs), "speech", speech_json(limbs->speech));
}

bool live_has(const struct live *live, const char *ref)
{
    for (uint32_t slot = 0; slot < live->max_calls; slot++) {
        if (live->calls[slot].opened_ms != 0 && strcmp(live->calls[slot].ref, ref) == 0)
            return true;
    }
    return false;
}
