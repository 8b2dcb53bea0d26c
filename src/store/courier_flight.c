// SPDX-License-Identifier: Apache-2.0
/* courier_flight.c - one attempt: the request, and what its end means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/command.h"
#include "store/courier_inside.h"
#include "vendor/webhook.h"

enum { CONNECT_MS = 5000, HURRIED = 2000 /* Of 1 ms: what a store that is stuck gets. */ };

/* ---- The net thread's ---- */

struct posted {
    struct mailbox *box;
    struct courier_message message;
    uint32_t said;
};

static void on_head(void *context, const struct http_head *head)
{
    struct courier_landing *landing = &((struct posted *)context)->message.landing;

    landing->retry_after_s = http_retry_s(head);
}

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct posted *posted = context;

    for (size_t i = 0; i < size && posted->said < COURIER_SAID - 1; i++) {
        bool plain = bytes[i] >= ' ' && bytes[i] < 127;
        posted->message.landing.said[posted->said++] = plain ? (char)bytes[i] : ' ';
    }
}

static void on_done(void *context, const struct http_done *done)
{
    struct courier_landing *landing = &((struct posted *)context)->message.landing;

    landing->cancelled = false;
    landing->result = done->result;
    landing->status = done->result == NET_OK || done->result == NET_TOO_LARGE ? done->status : 0;
    if (landing->status == 0)
        snprintf(landing->said, sizeof(landing->said), "%s", done->why);
}

/* The outbox waits for it, and empties its mailbox meanwhile. */
static void on_gone(void *context)
{
    struct posted *posted = context;

    while (mailbox_post(posted->box, &posted->message, sizeof(posted->message)) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    free(posted);
}

static const struct http_sink sink = {on_head, on_data, on_done, on_gone};

/* ---- The outbox's thread's ---- */

static struct flight *free_flight(struct courier *courier)
{
    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++) {
        if (courier->flights[i].state == FLIGHT_FREE)
            return &courier->flights[i];
    }
    return NULL;
}

static enum net_result send(struct courier *courier, const struct plan_hook *hook,
                            const struct courier_letter *letter, struct flight *flight)
{
    struct http_request request = {.method = letter->method,
                                   .url = letter->url,
                                   .headers = letter->headers,
                                   .header_count = letter->header_count,
                                   .body = {letter->body, (uint32_t)letter->body_size},
                                   .repeatable = letter->repeatable,
                                   .connect_ms = hook->timeout_ms < CONNECT_MS ? hook->timeout_ms
                                                                               : CONNECT_MS,
                                   .first_byte_ms = hook->timeout_ms,
                                   .idle_ms = hook->timeout_ms,
                                   .total_ms = hook->timeout_ms,
                                   .max_body = 65536};
    struct posted *posted = calloc(1, sizeof(*posted));
    enum net_result result;

    if (!posted)
        return NET_FULL;
    posted->box = courier->box;
    posted->message.kind = COURIER_LANDED;
    posted->message.landing.flight = (uint32_t)(flight - courier->flights);
    posted->message.landing.serial = flight->serial;
    posted->message.landing.cancelled = true;
    result = http_start(courier->net, &request, &sink, posted, &flight->request);
    if (result != NET_OK)
        free(posted);
    return result;
}

static int index_of(const struct courier *courier, const char *name)
{
    for (uint32_t i = 0; courier->set && i < courier->set->count; i++) {
        if (strcmp(courier->endpoints[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

/* What an endpoint says to the secret that it was shown stays out of the database. */
static void say(const struct plan_hook *hook, const struct courier_landing *landing, char *out,
                uint32_t size)
{
    struct text_buffer words;

    text_buffer_init(&words, out, size);
    if (landing->status > 0) {
        text_append(&words, TEXT("HTTP "));
        text_append_number(&words, landing->status);
    }
    if (landing->said[0]) {
        text_append(&words, landing->status > 0 ? TEXT(": ") : TEXT_EMPTY);
        text_append(&words, text_trim(text_of(landing->said)));
    }
    if (hook) {
        text_hide(out, words.size, hook->secret);
        text_hide(out, words.size, hook->old_secret);
        text_hide(out, words.size, hook->token);
    }
    out[words.size] = 0;
}

static void decide(struct courier *courier, const struct plan_hook *hook,
                   const struct courier_landing *landing, struct command *command)
{
    enum webhook_end end = webhook_end_of(landing->status);
    uint32_t attempts = command->delivery.attempts;
    uint64_t asked_s =
        landing->status == 429 || landing->status == 503 ? landing->retry_after_s : 0;

    command->delivery.gone = end == WEBHOOK_GONE && !(hook && hook->connector);
    if (hook ? courier_letter_done(hook, landing->status) : end == WEBHOOK_DELIVERED)
        command->delivery.state = DELIVERY_DONE;
    else if (command->delivery.gone || !hook || attempts >= hook->attempts)
        command->delivery.state = DELIVERY_DEAD;
    else
        command->delivery.due_ms =
            command->delivery.wall_ms + webhook_rest_ms(hook->rests_ms, hook->rest_count, attempts,
                                                        asked_s, random_next(&courier->random));
}

/* The account may not be lost; but with a disk that is full the store takes nothing, and who wants
 * to stop is let go: what was heard is then told once more at the next start. */
static void post(struct courier *courier, const struct command *command)
{
    while (command_post(courier->store, command) != MAILBOX_OK) {
        if (mailbox_wait(courier->hurry, 0) && ++courier->hurried > HURRIED)
            return;
        clock_sleep_until_ns(clock_ns() + 1000000);
    }
}

static void tell(struct courier *courier, struct flight *flight, const struct command *command)
{
    if (command->delivery.state == DELIVERY_DEAD)
        log_line(LOG_ERROR, "outbox", "%s was not told, after %u attempts (%s): `offhook outbox`",
                 flight->endpoint, flight->attempt, command->delivery.gone ? "410" : "the last");
    if (command->delivery.gone)
        log_line(LOG_ERROR, "outbox",
                 "%s says 410 Gone: it is turned off until its url changes or "
                 "`offhook outbox DIR resend %s`",
                 flight->endpoint, flight->endpoint);
    post(courier, command);
    flight->ended_ms = command->delivery.wall_ms;
    flight->state = FLIGHT_SETTLING;
}

/* What can never be sent as it is wanted is a dead letter at once. */
static void give_up(struct courier *courier, struct flight *flight, const struct plan_hook *hook,
                    struct text why)
{
    struct command command = {.kind = STORE_DELIVERY,
                              .delivery = {.id = text_of(flight->id),
                                           .endpoint = hook->name,
                                           .wall_ms = clock_wall_ms(),
                                           .state = DELIVERY_DEAD,
                                           .attempts = flight->attempt,
                                           .why = why}};

    tell(courier, flight, &command);
}

/* Nothing was sent, and it counts as an attempt all the same: it may be cured, and holds up none.
 */
static void fail(struct courier *courier, struct flight *flight, const char *why)
{
    struct courier_landing landing = {.flight = (uint32_t)(flight - courier->flights),
                                      .serial = flight->serial};

    snprintf(landing.said, sizeof(landing.said), "%s", why);
    flight->state = FLIGHT_OUT;
    courier_flight_land(courier, &landing);
}

static enum courier_written write_letter(struct courier *courier, const struct plan_hook *hook,
                                         const struct courier_row *row,
                                         struct courier_letter *letter)
{
    json_t *event = courier_body(courier->db, row, hook->transcript);
    enum courier_written written = COURIER_NOT_NOW;

    if (event)
        written = courier_letter_write(letter, hook, event, row->id);
    json_decref(event);
    return written;
}

bool courier_flight_begin(struct courier *courier, uint32_t endpoint, const struct courier_row *row)
{
    const struct plan_hook *hook = &courier->set->hooks[endpoint];
    struct courier_letter letter = {.used = 0};
    struct flight *flight = free_flight(courier);
    enum net_result result = NET_FULL;

    if (!flight)
        return false;
    *flight = (struct flight){.serial = ++courier->serial, .attempt = row->attempts + 1};
    memcpy(flight->id, row->id, sizeof(flight->id));
    text_copy(flight->endpoint, MAX_NAME, hook->name);
    enum courier_written written = write_letter(courier, hook, row, &letter);
    if (written == COURIER_WRITTEN)
        result = send(courier, hook, &letter, flight);
    courier_letter_release(&letter);
    if (written == COURIER_UNFIT)
        give_up(courier, flight, hook,
                TEXT("the event lacks a value that the connector's url or body must have"));
    else if (written == COURIER_NO_SECRET)
        fail(courier, flight, "its secret is missing, or no longer one");
    else if (result == NET_BAD_REQUEST)
        give_up(courier, flight, hook,
                TEXT("its url, or a header such as the token's, is none that can be sent"));
    else if (result == NET_OK)
        flight->state = FLIGHT_OUT;
    else
        log_line(LOG_WARN, "outbox", "%s cannot be told of %s now: %s", flight->endpoint,
                 hook_event_names[row->event],
                 written == COURIER_WRITTEN ? net_result_names[result] : "no memory or database");
    return flight->state != FLIGHT_FREE;
}

void courier_flight_land(struct courier *courier, const struct courier_landing *landing)
{
    struct flight *flight = &courier->flights[landing->flight];
    int endpoint = index_of(courier, flight->endpoint);
    const struct plan_hook *hook = endpoint < 0 ? NULL : &courier->set->hooks[endpoint];
    char why[COURIER_SAID + 16] = "";

    if (flight->serial != landing->serial || flight->state != FLIGHT_OUT)
        return;
    if (landing->cancelled) { /* It is due still. */
        flight->state = FLIGHT_FREE;
        return;
    }
    struct command command = {.kind = STORE_DELIVERY,
                              .delivery = {.id = text_of(flight->id),
                                           .endpoint = text_of(flight->endpoint),
                                           .wall_ms = clock_wall_ms(),
                                           .state = DELIVERY_WAITING,
                                           .attempts = flight->attempt,
                                           .status = (uint16_t)landing->status}};
    decide(courier, hook, landing, &command);
    if (command.delivery.state != DELIVERY_DONE)
        say(hook, landing, why, sizeof(why) - 1);
    command.delivery.why = text_of(why);
    if (endpoint >= 0)
        courier->endpoints[endpoint].failures =
            command.delivery.state == DELIVERY_DONE ? 0 : courier->endpoints[endpoint].failures + 1;
    tell(courier, flight, &command);
}

uint32_t courier_flights_out(const struct courier *courier)
{
    uint32_t out = 0;

    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++)
        out += courier->flights[i].state == FLIGHT_OUT;
    return out;
}
