// SPDX-License-Identifier: Apache-2.0
/* core_fuzz.c - any events in any order: the core keeps its promises to itself.
 *
 * Each 12 bytes are one event: kind, which of the last ids, how much time passed, and numbers and a
 * text for its fields. Ids are mostly live ones, so that the states deep inside are reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/example_models.h"
#include "base/wheel.h"
#include "core/core.h"
#include "core/slots.h"

enum { CALLS = 4, SPARE = 6, EVENT_BYTES = 12, KNOWN = 4 };

#define SDP                                                                                  \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 " \
    "RTP/AVP 0\r\n"

static const char *const texts[] = {"",
                                    "goodbye",
                                    "repeat that",
                                    "yes",
                                    "no",
                                    "mm-hm",
                                    "i need help with billing and",
                                    "billing",
                                    "general",
                                    "done",
                                    "100",
                                    "invoice=1\nx=2\n",
                                    "[\"1970-01-01T10:00:00Z\", \"1970-01-02T10:30:00+01:00\"]",
                                    "192.0.2.7:5060",
                                    "four five",
                                    SDP};

static const char *const tool_names[] = {"find",     "book",        "hang-up",      "transfer",
                                         "hand-over", "set-context", "take-message", "no such"};
static const char *const tool_arguments[] = {
    "{}",  "{\"to\":\"billing\"}", "{\"to\":\"gi\\u0076e\",\"x\":[1,{\"a\":null}]}",
    "{\"keys\":\"12#\"}", "{\"key\":\"a\",\"value\":\"b\\n=c\"}", "{\"text\":\"call me\"",
    "[[[[", "\"\\", "{\"key\":\"sentiment\",\"value\":\"frustrated\"}"};

static struct {
    struct core *core;
    struct wheel *wheel;
    struct commands out;
    uint32_t calls[KNOWN], legs[KNOWN], dialogs[KNOWN], utterance, turn, thought, request;
    uint32_t placed; /* A callback for which a call was asked for. */
    char ref[64];
    uint64_t now_ms;
} f;

static void step(struct event *event)
{
    char why[256];
    struct text_buffer buffer;

    event->now_ms = event->at_ms = f.now_ms;
    core_step(f.core, event, &f.out);
    for (uint32_t i = 0; i < f.out.count; i++) {
        const struct command *command = &f.out.items[i];
        uint32_t timer = slot_of(command->call) * TIMER_KINDS + command->timer.kind;
        if (command->call) {
            f.calls[slot_of(command->call) % KNOWN] = command->call;
            f.legs[slot_of(command->call) % KNOWN] = command->leg;
            if (command->kind == SIP_DIAL) /* Its answers come soon, or never. */
                f.legs[(slot_of(command->call) + 1) % KNOWN] = command->leg;
        }
        if (command->kind == TIMER_SET)
            wheel_set(f.wheel, timer, command->timer.at_ms,
                      (uint64_t)command->call << 32 | command->timer.serial);
        else if (command->kind == TIMER_CANCEL)
            wheel_cancel(f.wheel, timer);
        else if (command->kind == CALL_PLACE)
            f.placed = command->place.callback;
        else if (command->kind == STORE_CALL_OPENED)
            text_copy(f.ref, sizeof(f.ref), command->opened.ref);
        else if (command->kind == SPEECH_SAY)
            f.utterance = command->say.utterance;
        else if (command->kind == SPEECH_FINISH)
            f.turn = command->finish.turn;
        else if (command->kind == MIND_UNDERSTAND)
            f.turn = command->understand.turn;
        else if (command->kind == MIND_THINK)
            f.thought = command->think.turn;
    }
    text_buffer_init(&buffer, why, sizeof(why) - 1);
    if (!core_check(f.core, &buffer)) {
        why[buffer.size] = 0;
        fprintf(stderr, "%s\n", why);
        abort();
    }
}

/* Fills in the fields that matter of each kind from three numbers and a text. */
static void fill(struct event *event, uint32_t which, const uint8_t *n, struct text t)
{
    uint32_t dialog = f.dialogs[which];

    event->call = f.calls[which];
    event->leg = f.legs[which];
    if (event->kind == SIP_INVITE) {
        f.dialogs[which] = dialog = (dialog & 0xffff0000) + 0x10000 + which;
        event->invite.dialog = dialog;
        event->invite.source = TEXT("192.0.2.7:5060");
        event->invite.local = TEXT("203.0.113.1");
        event->invite.to = n[0] & 1 ? TEXT("100") : TEXT("20");
        event->invite.sdp = n[0] & 2 ? text_of(texts[15]) : t;
        event->invite.reliable_required = n[0] & 4;
        event->invite.session_expires_s = n[1] * 20u;
        event->invite.hops = n[1];
        if (n[2] & 1)
            event->invite.to = TEXT("300"); /* Forwarded. */
        if (n[2] & 6)
            event->invite.replaces = n[2] & 2 ? f.dialogs[(which + 1) % KNOWN] : dialog;
    } else if (event->kind == CALL_REQUESTED) {
        event->request.number = t.size ? t : TEXT("100");
        event->request.trunk = n[0] & 1 ? TEXT("carrier") : TEXT_EMPTY;
        event->request.seed = n[1];
        event->request.key = n[0] & 2 ? TEXT("key") : TEXT_EMPTY;
    } else if (event->kind == SIP_REFERRED) {
        event->refer.dialog = dialog;
        event->refer.target = n[0] & 1 ? TEXT("sip:200@192.0.2.9") : t;
        event->refer.quiet = n[0] & 2;
        if (n[0] & 4) {
            event->refer.replaces = TEXT("a;to-tag=b;from-tag=c");
            event->refer.replaced = f.dialogs[n[1] % KNOWN];
        }
    } else if (event->kind == SIP_DIALED) {
        f.dialogs[which] = dialog = (dialog & 0xffff0000) + 0x10000 + which;
        event->sip.dialog = dialog;
    } else if (event->kind == SIP_REINVITED) {
        event->reinvite.dialog = dialog;
        event->reinvite.sdp = n[0] & 1 ? text_of(texts[15]) : t;
        event->reinvite.update = n[0] & 2;
        event->reinvite.session_expires_s = n[1] * 20u;
    } else if (event->kind == SIP_KEY) {
        event->sip_key.dialog = dialog;
        event->sip_key.key = (char)n[0];
    } else if (event->kind > SIP_INVITE && event->kind <= SIP_RELEASED) {
        event->sip.dialog = dialog;
        event->sip.status = (uint16_t)(n[0] * 4);
        event->sip.final = n[2] & 1;
        event->sip.sdp = n[1] & 1 ? text_of(texts[15]) : t;
        event->sip.session_expires_s = n[2];
    } else if (event->kind == MEDIA_VOICE) {
        event->voice.voiced = n[0] & 1;
        event->voice.echo = n[0] & 2;
        event->voice.edge_ms = f.now_ms - n[1];
    } else if (event->kind == MEDIA_KEY) {
        event->key.key = "0123456789*#AB\xff "[n[0] & 15];
        event->key.source = (enum key_source)(n[1] % 3);
    } else if (event->kind == MEDIA_AUDIBLE || event->kind == MEDIA_PLAYED) {
        event->played.utterance = f.utterance - (n[0] & 3);
        event->played.heard_ms = n[1] * 20u;
        event->played.total_ms = n[2] * 20u;
        event->played.finished = n[0] & 4;
    } else if (event->kind == MEDIA_SILENT) {
        event->silent.silent = n[0] & 1;
    } else if (event->kind == SPEECH_VERDICT) {
        event->verdict.speech = n[0] & 1;
    } else if (event->kind == SPEECH_PARTIAL || event->kind == SPEECH_FINAL) {
        event->heard.turn = f.turn;
        event->heard.text = t;
        event->heard.confidence_permille = (uint16_t)(n[1] * 8);
        event->heard.listening = (uint16_t)(n[2] * 8);
    } else if (event->kind == SPEECH_READY || event->kind == SPEECH_FAILED) {
        event->speech.utterance = n[0] & 8 ? 0 : f.utterance - (n[0] & 3);
        event->speech.clip = 1;
        event->speech.provider = (int32_t)(n[1] % 5) - 1;
    } else if (event->kind == SPEECH_TURN) {
        event->turning.turn = f.turn + (n[0] >> 7);
        event->turning.what = (enum turn_fact)(n[0] % TURN_FACTS);
        event->turning.text = t;
        event->turning.confidence_permille = (uint16_t)(n[1] * 8);
    } else if (event->kind == SPEECH_SESSION) {
        event->session.session = n[0] % 3u;
        event->session.provider = (int32_t)(n[1] % 8) - 1;
    } else if (event->kind >= MIND_SAYS && event->kind <= MIND_FAILED) {
        event->mind.turn = f.thought;
        event->mind.clip = n[2] % 3u;
        event->mind.provider = (int32_t)(n[0] % 5) - 1;
        event->mind.text = t;
        event->mind.number = n[1] % 4u;
        event->mind.name = text_of(tool_names[n[0] % 8]);
        event->mind.arguments = text_of(tool_arguments[n[2] % 9]);
        event->mind.status = (uint16_t)(n[1] * 4);
    } else if (event->kind == TOOL_DONE) {
        event->tool.turn = n[1] & 8u ? 0 : f.thought;
        event->tool.number = n[0] % 4u;
        event->tool.attempt = 1 + n[1] % 3u;
        event->tool.outcome = (enum tool_outcome)(n[2] % TOOL_OUTCOMES);
        event->tool.text = t;
    } else if (event->kind == LOOKUP_DONE) {
        event->lookup.outcome = (enum tool_outcome)(n[2] % TOOL_OUTCOMES);
        event->lookup.facts = t;
    } else if (event->kind == STORE_NOTED) {
        event->noted.turn = n[1] & 1u ? 0 : f.thought;
        event->noted.number = n[0] % 4u;
    } else if (event->kind == STORE_TASK_KNOWN) {
        event->task.ref = event->task.party = event->task.about = t;
        event->task.number = n[0];
        event->task.queue = n[2] & 8u ? TEXT("support") : TEXT_EMPTY;
        event->task.priority = n[2] >> 4;
        event->task.next_ms = event->task.until_ms = n[1];
        if (n[2] & 16u)
            event->task.until_ms = UINT64_C(1) << 40;
        event->task.attempts = n[2] % 5u;
        event->task.calling = n[0] & 1u;
        event->task.made = n[0] & 2u;
        event->task.reached = n[0] & 4u;
    } else if (event->kind == CALL_REQUESTED) {
        event->request.callback = n[0] & 3u ? f.placed : 0;
        event->request.number = n[1] & 1u ? TEXT("4720") : t;
        event->request.seed = n[2];
    } else if (event->kind == TASK_ASKED) {
        event->asked.ref = t;
        event->asked.kind = (enum task_kind)(n[0] % TASK_KINDS);
        event->asked.state = (enum task_state)(n[1] % TASK_STATES);
    } else if (event->kind == OPERATOR_ASKED || event->kind == STORE_OPERATOR_KNOWN) {
        event->wish.name = n[0] & 1 ? TEXT("anna") : TEXT("ben");
        event->wish.said = (enum operator_said)(n[1] % 4); /* One too many. */
        event->wish.aside = n[0] & 2;
    } else if (event->kind == SUPERVISE_ASKED) {
        event->supervise.ref = text_of(f.ref);
        event->supervise.user = n[0] & 3 ? TEXT("4713") : t;
        event->supervise.mode = (enum supervise_mode)(n[1] % (SUPERVISE_MODES + 1));
    } else if (event->kind == PROVIDER_FACT) {
        event->provider.plan = n[2] & 1u;
        event->provider.provider = n[0] % 6u;
        event->provider.what = (enum provider_fact)(n[1] % PROVIDER_FACTS);
        event->provider.ms = n[2] * 16u;
    } else if (event->kind == MIND_UNDERSTOOD) {
        event->understood.turn = f.turn;
        event->understood.intent = t;
        event->understood.confidence_permille = (uint16_t)(n[0] * 8);
        event->understood.entities = text_of(texts[n[1] % 16]);
    }
}

static void fire_due(void)
{
    uint32_t number;
    uint64_t key;

    while (wheel_take(f.wheel, f.now_ms, &number, &key)) {
        struct event event = {.kind = TIMER_FIRED, .call = (uint32_t)(key >> 32)};
        event.timer.kind = (enum timer_kind)(number % TIMER_KINDS);
        event.timer.serial = (uint32_t)key;
        step(&event);
    }
}

/* A key leads to a queue; two operators, and a supervisor, are rung over the trunk. */
static void with_people(struct plan *plan, struct plan_agent *agents)
{
    static const struct plan_operator people[] = {
        {.name = TEXT_INIT("anna"),
         .label = TEXT_INIT("Anna"),
         .places = {TEXT_INIT("4711"), TEXT_INIT("sip:anna@192.0.2.9")},
         .place_count = 2,
         .queues = 1,
         .wrap_up_ms = 500},
        {.name = TEXT_INIT("ben"), .label = TEXT_INIT("Ben"), .places = {TEXT_INIT("4712")}, .place_count = 1, .queues = 1}};
    static const struct text telephone = TEXT_INIT("4713");
    static const struct plan_supervisor supervisor = {.name = TEXT_INIT("chief"),
                                                      .telephones = &telephone,
                                                      .telephone_count = 1,
                                                      .everything = true};
    static struct plan_queue queue;
    static struct plan_intent intents[5];
    static struct plan_route routes[3];

    queue = (struct plan_queue){.name = TEXT_INIT("support"),
                                .label = TEXT_INIT("support"),
                                .strategy = STRATEGY_RING_ALL,
                                .max_callers = 3,
                                .ring_ms = 2000,
                                .put_aside_after = 2,
                                .operator_first = true,
                                .keys = {[WISH_CALLBACK] = '1'},
                                .hours = -1};
    memcpy(intents, agents[DESK].intents, sizeof(intents));
    intents[DESK_BILLING].then = THEN_QUEUE;
    intents[DESK_BILLING].priority = -1;
    for (int i = 0; i < 5; i++)
        intents[i].queue = i == DESK_BILLING ? 0 : -1;
    agents[DESK].intents = intents;
    memcpy(routes, plan->routes, sizeof(routes));
    for (int i = 0; i < 3; i++)
        routes[i].queue = -1;
    plan->routes = routes;
    plan->queues = &queue;
    plan->queue_count = 1;
    plan->callbacks.slots = TEXT("find");
    plan->callbacks.book = TEXT("book");
    plan->operators = people;
    plan->operator_count = 2;
    plan->supervisors = &supervisor;
    plan->supervisor_count = 1;
    plan->supervision.tell_caller = TELL_TONE;
    plan->supervision.tell_operator = TELL_WORDS;
    plan->supervision.every_ms = 300;
}

/* The front desk has the embedded parts only; the two others have providers for everything. */
static const struct plan *a_plan(void)
{
    static struct plan_agent agents[3];
    static struct plan plan;

    plan = example_plan;
    example_with_models(&plan, agents);
    agents[DESK].think.count = 0;
    with_people(&plan, agents);
    for (int i = BILLING; i <= TECHNICAL; i++) {
        agents[i].listen = (struct plan_chain){{EXAMPLE_EARS, EXAMPLE_EARS_TOO}, 2};
        agents[i].speak = (struct plan_chain){{EXAMPLE_VOICE, EXAMPLE_VOICE_TOO}, 2};
    }
    agents[TECHNICAL].listen = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_EARS}, 2};
    agents[TECHNICAL].think = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_MODEL}, 2};
    return &plan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void *core_memory, *wheel_memory;

    if (!core_memory) {
        core_memory = malloc(core_size(CALLS, SPARE));
        wheel_memory = malloc(wheel_size(CALLS * TIMER_KINDS));
    }
    memset(&f, 0, sizeof(f));
    memset(core_memory, 0, core_size(CALLS, SPARE));
    memset(wheel_memory, 0, wheel_size(CALLS * TIMER_KINDS));
    f.core = core_init(core_memory, CALLS, SPARE);
    f.wheel = wheel_init(wheel_memory, CALLS * TIMER_KINDS);
    f.now_ms = 100000;
    core_set_plan(f.core, 0, a_plan());
    struct event loaded = {.kind = PLAN_LOADED};
    step(&loaded);
    for (; size >= EVENT_BYTES; data += EVENT_BYTES, size -= EVENT_BYTES) {
        struct event event = {.kind = (enum event_kind)(data[0] % EVENT_KINDS)};
        if (event.kind == PLAN_LOADED || event.kind == SERVER_DRAIN)
            continue;
        f.now_ms += data[2] * (data[3] & 1 ? 100u : 1u);
        fill(&event, data[1] % KNOWN, data + 4, text_of(texts[data[7] % 16]));
        step(&event);
        fire_due();
    }
    return 0;
}
