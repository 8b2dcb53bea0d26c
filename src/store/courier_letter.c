// SPDX-License-Identifier: Apache-2.0
/* courier_letter.c - an event as a request: signed for a webhook, as its program wants it for a
 * connector. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/command.h"
#include "store/courier_inside.h"
#include "vendor/fill.h"
#include "vendor/members.h"
#include "vendor/webhook.h"

enum { PATTERN = 16384 };

/* A place for `size` bytes in the letter; what is put there is taken with take(). */
static struct text_buffer room(struct courier_letter *letter)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, letter->bytes + letter->used,
                     (uint32_t)sizeof(letter->bytes) - letter->used);
    return buffer;
}

static struct text take(struct courier_letter *letter, const struct text_buffer *buffer)
{
    letter->used += buffer->size;
    return text_view(buffer);
}

static void add_header(struct courier_letter *letter, struct text name, struct text value,
                       bool secret)
{
    if (letter->header_count < COURIER_HEADERS)
        letter->headers[letter->header_count++] = (struct net_header){name, value, secret};
}

static enum courier_written no(struct courier_letter *letter, enum courier_written why)
{
    free(letter->body);
    letter->body = NULL;
    return why;
}

/* ---- Webhooks ---- */

static enum courier_written sign(struct courier_letter *letter, const struct plan_hook *hook,
                                 const char *id)
{
    struct text body = {letter->body, (uint32_t)letter->body_size};
    uint64_t now_s = clock_wall_ms() / 1000;
    struct text_buffer buffer = room(letter);
    struct text time;

    text_append_number(&buffer, now_s);
    time = take(letter, &buffer);
    buffer = room(letter);
    if (!webhook_sign(hook->secret, text_of(id), now_s, body, &buffer) ||
        (hook->old_secret.size > 0 &&
         !webhook_sign(hook->old_secret, text_of(id), now_s, body, &buffer)))
        return no(letter, COURIER_NO_SECRET); /* It was taken out of the environment, say. */
    add_header(letter, TEXT("Content-Type"), TEXT("application/json"), false);
    add_header(letter, TEXT("webhook-id"), text_of(id), false);
    add_header(letter, TEXT("webhook-timestamp"), time, false);
    add_header(letter, TEXT("webhook-signature"), take(letter, &buffer), false);
    return COURIER_WRITTEN;
}

/* ---- Connectors ---- */

/* "Caller: my bill is wrong\n": for programs that keep a text. */
static json_t *transcript_of(const json_t *data)
{
    json_t *turns = json_object_get(json_object_get(data, "account"), "turns"), *turn, *text;
    struct text_buffer out;
    char *storage = malloc(PATTERN);
    size_t i;

    if (!storage)
        return NULL;
    text_buffer_init(&out, storage, PATTERN);
    json_array_foreach(turns, i, turn)
    {
        bool caller = text_equal(members_text(turn, "speaker"), TEXT("caller"));
        text_append(&out, caller ? TEXT("Caller: ") : TEXT("Agent: "));
        text_append(&out, members_text(turn, "text"));
        text_append_char(&out, '\n');
    }
    text = out.size > 0 ? members_string(text_view(&out)) : NULL;
    free(storage);
    return text;
}

/* What patterns name: the event's own facts, `call`, `account`, `facts`, and beside them: */
static json_t *values_of(const json_t *event, const char *id)
{
    const json_t *data = json_object_get(event, "data");
    json_t *values = json_copy((json_t *)(uintptr_t)data);

    json_object_set(values, "type", json_object_get(event, "type"));
    json_object_set(values, "timestamp", json_object_get(event, "timestamp"));
    json_object_set_new(values, "id", json_string(id));
    json_object_set_new(values, "transcript", transcript_of(data));
    return values;
}

static bool fill_body(struct courier_letter *letter, const struct plan_hook *hook,
                      const json_t *values)
{
    json_t *pattern = members_read(hook->body, PATTERN), *filled = fill_json(pattern, values);

    free(letter->body);
    letter->body = filled ? json_dumps(filled, JSON_COMPACT) : NULL;
    letter->body_size = letter->body ? strlen(letter->body) : 0;
    json_decref(pattern);
    json_decref(filled);
    return letter->body && letter->body_size <= COURIER_BODY;
}

static void add_token(struct courier_letter *letter, const struct plan_hook *hook)
{
    struct text_buffer bearer = room(letter);
    bool own = hook->token_header.size > 0;

    if (hook->token.size == 0)
        return;
    text_append(&bearer, own ? TEXT_EMPTY : TEXT("Bearer "));
    text_append(&bearer, hook->token);
    add_header(letter, own ? hook->token_header : TEXT("Authorization"), take(letter, &bearer),
               true);
}

static enum courier_written address(struct courier_letter *letter, const struct plan_hook *hook,
                                    const json_t *event, const char *id)
{
    json_t *values = values_of(event, id);
    struct text_buffer url = room(letter);
    bool good = values && fill_text(hook->url, values, FILL_URL, &url) && url.size < NET_URL;
    bool bodiless =
        text_equal(hook->method, TEXT("GET")) || text_equal(hook->method, TEXT("DELETE"));

    letter->url = take(letter, &url);
    letter->method = hook->method;
    if (good && hook->body.size > 0)
        good = fill_body(letter, hook, values);
    json_decref(values);
    if (!good)
        return no(letter, COURIER_UNFIT);
    if (bodiless && hook->body.size == 0)
        letter->body_size = 0;
    for (uint8_t i = 0; i < hook->header_count; i++)
        add_header(letter, hook->headers[i].name, hook->headers[i].value, false);
    if (letter->body_size > 0)
        add_header(letter, TEXT("Content-Type"), TEXT("application/json"), false);
    letter->repeatable = hook->idempotency.size > 0;
    if (letter->repeatable)
        add_header(letter, hook->idempotency, text_of(id), false);
    add_token(letter, hook);
    return COURIER_WRITTEN;
}

enum courier_written courier_letter_write(struct courier_letter *letter,
                                          const struct plan_hook *hook, json_t *event,
                                          const char *id)
{
    *letter = (struct courier_letter){.method = TEXT("POST"), .url = hook->url};
    if (hook->connector && hook->body.size > 0)
        return address(letter, hook, event, id);
    letter->body = courier_body_bytes(event, &letter->body_size);
    if (!letter->body)
        return COURIER_NOT_NOW;
    letter->repeatable = !hook->connector; /* A webhook has its id with it. */
    return hook->connector ? address(letter, hook, event, id) : sign(letter, hook, id);
}

bool courier_letter_done(const struct plan_hook *hook, uint32_t status)
{
    if (hook->expect_count == 0)
        return webhook_end_of(status) == WEBHOOK_DELIVERED;
    for (uint8_t i = 0; i < hook->expect_count; i++) {
        if (hook->expect[i] == status)
            return true;
    }
    return false;
}

void courier_letter_release(struct courier_letter *letter)
{
    free(letter->body);
    explicit_bzero(letter, sizeof(*letter));
}
