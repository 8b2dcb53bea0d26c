// SPDX-License-Identifier: Apache-2.0
/* control_answer.c - questions of control.h: what each reads, and posts to the core or looks up. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "app/banned.h"
#include "app/control_inside.h"
#include "app/json.h"
#include "app/loop.h"
#include "base/clock.h"

enum { ASKED_MOST = 4 }; /* Reloads and stops a second: the main thread's messages must fit too. */

static void tell_keeper(struct control *control, struct client *client, enum keeper_kind kind)
{
    struct keeper_message message = {.kind = kind};
    uint64_t now_ms = clock_ms();
    bool good;

    if (now_ms - control->asked_ms >= 1000) {
        control->asked_ms = now_ms;
        control->asked = 0;
    }
    good = control->asked++ < ASKED_MOST &&
           mailbox_post(control->options.keeper, &message, sizeof(message)) == MAILBOX_OK;

    control_tell(control, client, json_pack("{s:b}", "done", good));
}

/* What the core is to decide: told as done when it lies in the core's mailbox. */
static void post(struct control *control, struct client *client, const struct event *event)
{
    if (event_post(control->options.events, event) != MAILBOX_OK)
        control_tell(control, client, json_pack("{s:s}", "error", "the server is too busy"));
    else
        control_tell(control, client, json_pack("{s:b}", "done", 1));
}

/* {"ask": "capture", "call": REF, "act": "pause"}: the core decides whether it makes sense now. */
static void answer_capture(struct control *control, struct client *client)
{
    const json_t *question = control->question;
    const char *ref = json_word(question, "call"), *act = json_word(question, "act");
    struct event event = {.kind = CAPTURE_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < CAPTURE_ACTS && strcmp(act, capture_act_names[found]) != 0)
        found++;
    event.capture.ref = text_of(ref);
    event.capture.act = (enum capture_act)found;
    if (found == CAPTURE_ACTS)
        control_tell(control, client,
                     json_pack("{s:s}", "error", "start, pause, resume, stop, mask or unmask"));
    else if (!live_has(control->live, ref))
        control_tell(control, client, json_pack("{s:s}", "error", "no such call is up"));
    else
        post(control, client, &event);
}

/* {"ask": "dial", "number": "+1...", "trunk": ..., "agent", "from", "headers", "key"}: answered
 * when the account is durable, or a call with the key is known. */
static void answer_dial(struct control *control, struct client *client)
{
    const json_t *question = control->question;
    struct event event = {.kind = CALL_REQUESTED, .at_ms = clock_ms()};

    if (++control->tokens == 0)
        control->tokens = 1;
    event.request.token = client->dial = control->tokens;
    event.request.number = text_of(json_word(question, "number"));
    event.request.trunk = text_of(json_word(question, "trunk"));
    event.request.agent = text_of(json_word(question, "agent"));
    event.request.from = text_of(json_word(question, "from"));
    event.request.headers = text_of(json_word(question, "headers"));
    event.request.key = text_of(json_word(question, "key"));
    if (getrandom(&event.request.seed, sizeof(event.request.seed), 0) != sizeof(event.request.seed))
        event.request.seed = clock_ns();
    if (event_post(control->options.events, &event) == MAILBOX_OK)
        return;
    client->dial = 0;
    control_tell(control, client, json_pack("{s:s}", "error", "the server is too busy"));
}

/* {"ask": "task", "call": REF, "state": "cancelled"}: of the call's callbacks. */
static void answer_task(struct control *control, struct client *client)
{
    const json_t *question = control->question;
    struct event event = {.kind = TASK_ASKED, .at_ms = clock_ms()};
    const char *ref = json_word(question, "call"), *state = json_word(question, "state");

    event.asked.ref = text_of(ref);
    event.asked.kind = TASK_CALLBACK;
    event.asked.state = strcmp(state, "done") == 0 ? TASK_DONE : TASK_CANCELLED;
    if (!*ref || (strcmp(state, "done") != 0 && strcmp(state, "cancelled") != 0))
        control_tell(control, client,
                     json_pack("{s:s}", "error", "name a call, and cancelled or done"));
    else
        post(control, client, &event);
}

void control_answer_dialed(struct control *control, const struct command *command)
{
    if (command->told.token == 0) /* The core's own wish. */
        return;
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];
        if (client->fd < 0 || client->dial != command->told.token)
            continue;
        client->dial = 0;
        if (command->told.why.size)
            control_tell(control, client,
                         json_pack("{s:s%}", "error", command->told.why.data,
                                   (size_t)command->told.why.size));
        else
            control_tell(control, client,
                         json_pack("{s:s%, s:b}", "ref", command->told.ref.data,
                                   (size_t)command->told.ref.size, "known", command->told.known));
    }
}

static void answer_calls(struct control *control, struct client *client)
{
    json_t *calls = live_calls(control->live, clock_wall_ms());
    struct limbs *limbs = control->options.limbs;

    if (limbs && limbs->media)
        json_object_set_new(calls, "media", live_media(limbs));
    control_tell(control, client, calls);
}

static void answer_trunks(struct control *control, struct client *client)
{
    control_tell(control, client, live_trunks(control->live));
}

static void answer_providers(struct control *control, struct client *client)
{
    control_tell(control, client, live_providers(control->live, control->options.limbs));
}

static void answer_slo(struct control *control, struct client *client)
{
    control_tell(control, client, live_slo(control->live));
}

static void answer_queues(struct control *control, struct client *client)
{
    control_tell(control, client, live_queues(control->live));
}

static void answer_phones(struct control *control, struct client *client)
{
    control_tell(control, client, live_phones(control->live, clock_wall_ms()));
}

static void answer_operators(struct control *control, struct client *client)
{
    control_tell(control, client, live_operators(control->live));
}

/* {"ask": "operator", "operator": NAME, "said": "break"}: the state that follows is in the table of
 * operators when the core has taken it. */
static void answer_operator(struct control *control, struct client *client)
{
    const char *name = json_word(control->question, "operator"),
               *said = json_word(control->question, "said");
    struct event event = {.kind = OPERATOR_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < OPERATOR_SAIDS && strcmp(said, operator_said_names[found]) != 0)
        found++;
    event.wish.name = text_of(name);
    event.wish.said = (enum operator_said)found;
    if (found == OPERATOR_SAIDS)
        control_tell(control, client, json_pack("{s:s}", "error", "available, break or offline"));
    else if (!live_has_operator(control->live, name))
        control_tell(control, client, json_pack("{s:s}", "error", "there is no such operator"));
    else
        post(control, client, &event);
}

/* {"ask": "supervise", "call": REF, "with": USER, "mode": "listen"}: what comes of it is in `calls`
 * under the call's "supervision". */
static void answer_supervise(struct control *control, struct client *client)
{
    const char *mode = json_word(control->question, "mode");
    struct event event = {.kind = SUPERVISE_ASKED, .at_ms = clock_ms()};
    uint32_t found = 0;

    while (found < SUPERVISE_MODES && strcmp(mode, supervise_mode_names[found]) != 0)
        found++;
    event.supervise.ref = text_of(json_word(control->question, "call"));
    event.supervise.user = text_of(json_word(control->question, "with"));
    event.supervise.mode = (enum supervise_mode)found;
    if (found == SUPERVISE_MODES)
        control_tell(control, client,
                     json_pack("{s:s}", "error", "listen, whisper, barge-in, take-over or end"));
    else if (!live_has(control->live, json_word(control->question, "call")))
        control_tell(control, client, json_pack("{s:s}", "error", "there is no such call"));
    else
        post(control, client, &event);
}

static void answer_status(struct control *control, struct client *client)
{
    json_t *status = live_status(control->live, control->options.limbs);

    json_object_set_new(status, "followers_lost",
                        json_integer((json_int_t)control->followers_lost));
    control_tell(control, client, status);
}

static void answer_follow(struct control *control, struct client *client)
{
    client->follows = true;
    control_tell(control, client, json_pack("{s:b}", "following", 1));
}

static void answer_reload(struct control *control, struct client *client)
{
    tell_keeper(control, client, KEEPER_RELOAD);
}

static void answer_stop(struct control *control, struct client *client)
{
    tell_keeper(control, client, KEEPER_STOP);
}

static void answer_bans(struct control *control, struct client *client)
{
    control_tell(control, client, banned_list(control->options.limbs->sip));
}

static void answer_ban(struct control *control, struct client *client)
{
    control_tell(control, client, banned_change(control->options.limbs->sip, control->question));
}

void control_answer(struct control *control, struct client *client, const char *line)
{
    static const struct {
        const char *ask;
        void (*answer)(struct control *, struct client *);
    } rows[] = {{"calls", answer_calls},       {"follow", answer_follow},
                {"status", answer_status},     {"reload", answer_reload},
                {"bans", answer_bans},         {"ban", answer_ban},
                {"unban", answer_ban},         {"trunks", answer_trunks},
                {"phones", answer_phones},     {"stop", answer_stop},
                {"dial", answer_dial},         {"task", answer_task},
                {"slo", answer_slo},           {"operators", answer_operators},
                {"operator", answer_operator}, {"supervise", answer_supervise},
                {"queues", answer_queues},     {"capture", answer_capture},
                {"providers", answer_providers}};
    json_t *object = json_loads(line, 0, NULL);
    const char *ask = json_word(object, "ask");
    bool known = false;

    control->question = object;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !known; i++) {
        known = strcmp(ask, rows[i].ask) == 0;
        if (known)
            rows[i].answer(control, client);
    }
    if (!known)
        control_tell(
            control, client,
            json_pack(
                "{s:s}", "error",
                "ask {\"ask\": \"calls\"}, follow, status, slo, queues, bans, ban, unban, reload, "
                "stop, dial, operators, operator, supervise or capture"));
    json_decref(object);
}
