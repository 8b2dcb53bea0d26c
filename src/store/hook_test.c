// SPDX-License-Identifier: Apache-2.0
/* hook_test.c - `offhook hooks test`: one made-up event, sent at once, and what came back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "core/command.h"
#include "store/courier_inside.h"
#include "store/store.h"

static const char sample[] =
    "{\"type\":\"test\",\"data\":{\"call\":{\"ref\":\"test\",\"direction\":\"in\",\"caller\":"
    "\"+14155550123\",\"called\":\"+14155550100\",\"agent\":\"test\",\"intent\":\"test\","
    "\"sentiment\":\"neutral\",\"cause\":\"caller_hung_up\",\"talk_ms\":61000,\"turns\":1},"
    "\"facts\":{},\"account\":{\"turns\":[{\"speaker\":\"caller\",\"text\":\"This is a "
    "test.\"}]}}}";

struct answer {
    struct mailbox *box;
    enum net_result result;
    uint32_t status, size, total_ms;
    char why[200], body[2048];
};

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct answer *answer = context;

    for (size_t i = 0; i < size && answer->size < sizeof(answer->body) - 1; i++)
        answer->body[answer->size++] =
            bytes[i] == '\n' || (bytes[i] >= ' ' && bytes[i] != 127) ? (char)bytes[i] : ' ';
}

/* C1 controls, which some terminals obey, as characters of UTF-8 and as bytes of their own. */
static void tame(struct answer *answer)
{
    for (uint32_t i = 0; i < answer->size; i++) {
        uint8_t before = i > 0 ? (uint8_t)answer->body[i - 1] : ' ',
                byte = (uint8_t)answer->body[i];
        if (byte < 0x80 || byte > 0x9f || (before >= 0x80 && before != 0xc2))
            continue;
        answer->body[i] = ' ';
        if (before == 0xc2)
            answer->body[i - 1] = ' ';
    }
}

static void on_done(void *context, const struct http_done *done)
{
    struct answer *answer = context;

    tame(answer);
    answer->result = done->result;
    answer->status = done->status;
    answer->total_ms = done->total_ms;
    snprintf(answer->why, sizeof(answer->why), "%s", done->why);
}

static void on_gone(void *context)
{
    struct answer *answer = context;
    const uint8_t over = 1;

    while (mailbox_post(answer->box, &over, sizeof(over)) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static const struct http_sink sink = {NULL, on_data, on_done, on_gone};

static bool make_id(char id[COURIER_ID])
{
    uint8_t bytes[16];

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return false;
    memcpy(id, "msg_", 5);
    for (uint32_t i = 0; i < sizeof(bytes); i++)
        snprintf(id + 4 + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static json_t *make_event(void)
{
    json_t *event = json_loads(sample, 0, NULL), *call;
    char time[25];

    clock_print_wall(clock_wall_ms(), time);
    json_object_set_new(event, "timestamp", json_string(time));
    call = json_object_get(json_object_get(event, "data"), "call");
    json_object_set_new(call, "started", json_string(time));
    json_object_set_new(call, "ended", json_string(time));
    return event;
}

static int send(struct net *net, const struct plan_hook *hook, const struct courier_letter *letter,
                struct answer *answer)
{
    struct http_request request = {.method = letter->method,
                                   .url = letter->url,
                                   .headers = letter->headers,
                                   .header_count = letter->header_count,
                                   .body = {letter->body, (uint32_t)letter->body_size},
                                   .repeatable = letter->repeatable,
                                   .first_byte_ms = hook->timeout_ms,
                                   .total_ms = hook->timeout_ms,
                                   .max_body = 65536};
    uint32_t id;
    uint8_t over;

    if (mailbox_open(&answer->box, "answer", 1024))
        return -ENOMEM;
    answer->result = http_start(net, &request, &sink, answer, &id);
    if (answer->result == NET_OK) {
        mailbox_wait(answer->box, -1);
        (void)!mailbox_take(answer->box, &over, sizeof(over));
    } else {
        snprintf(answer->why, sizeof(answer->why), "%s", net_result_names[answer->result]);
    }
    mailbox_close(answer->box);
    return 0;
}

static bool print(const struct plan_hook *hook, const struct courier_letter *letter, const char *id,
                  struct answer *answer, FILE *out)
{
    bool good = answer->result == NET_OK && courier_letter_done(hook, answer->status);
    const struct text secrets[] = {hook->secret, hook->old_secret, hook->token};

    for (uint32_t i = 0; i < 3; i++)
        text_hide(answer->body, answer->size, secrets[i]);
    fprintf(out, "%.*s, %zu bytes, id %s\n", TEXT_ARGS(letter->method), letter->body_size, id);
    if (answer->status == 0)
        fprintf(out, "no answer: %s\n", answer->why);
    else
        fprintf(out, "HTTP %u after %u ms: %s\n", answer->status, answer->total_ms,
                good ? "taken" : "not taken");
    if (answer->size > 0)
        fprintf(out, "%.*s\n", (int)answer->size, answer->body);
    return good;
}

int store_hook_test(const struct plan_hook *hook, struct net *net, FILE *out)
{
    struct courier_letter *letter = calloc(1, sizeof(*letter));
    struct answer answer = {.result = NET_FULL};
    json_t *event = make_event();
    char id[COURIER_ID] = "";
    int error = letter && make_id(id) ? 0 : -ENOMEM;

    if (!error && courier_letter_write(letter, hook, event, id) != COURIER_WRITTEN) {
        fprintf(out, "nothing is sent: %s\n",
                hook->connector ? "a value that its url names is in no test event"
                                : "there is no secret, or it is none (whsec_...)");
        error = -EINVAL;
    }
    if (!error)
        error = send(net, hook, letter, &answer);
    if (!error && !print(hook, letter, id, &answer, out))
        error = -EIO;
    if (letter)
        courier_letter_release(letter);
    free(letter);
    json_decref(event);
    return error;
}
