// SPDX-License-Identifier: Apache-2.0
/* inquiry.c - one request a call, and a table of what was found. */
#include "mind/inquiry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "vendor/fill.h"
#include "vendor/members.h"
#include "vendor/pick.h"

enum { KEPT = 1024, VALUE = 160, BEARER = 8192, BODY = 8192 };

struct kept {
    uint32_t slot; /* Of the plan, from 1; 0: free. */
    char number[MAX_NAME];
    char facts[MAX_ENTITIES];
    uint64_t until_ms;
};

/* One under way. */
struct asked {
    uint32_t call; /* 0: free. */
    uint64_t since_ms;
    char number[MAX_NAME];
};

struct inquiry {
    struct toolcall *toolcall;
    struct mailbox *events;
    struct asked asked[MAX_CALLS];
    struct kept kept[KEPT];
};

int inquiry_open(struct inquiry **out, struct toolcall *toolcall, struct mailbox *events)
{
    struct inquiry *inquiry = calloc(1, sizeof *inquiry);

    if (!inquiry)
        return -ENOMEM;
    inquiry->toolcall = toolcall;
    inquiry->events = events;
    *out = inquiry;
    return 0;
}

void inquiry_close(struct inquiry *inquiry)
{
    free(inquiry);
}

void inquiry_forget(struct inquiry *inquiry, uint32_t slot)
{
    for (uint32_t i = 0; i < KEPT; i++)
        if (inquiry->kept[i].slot == slot + 1)
            inquiry->kept[i].slot = 0;
}

static struct kept *place(struct inquiry *inquiry, struct text number)
{
    uint64_t sum = 0xcbf29ce484222325u; /* FNV-1a */

    for (uint32_t i = 0; i < number.size; i++)
        sum = (sum ^ (unsigned char)number.data[i]) * 0x100000001b3u;
    return &inquiry->kept[sum % KEPT];
}

static void post(struct inquiry *inquiry, uint32_t call, struct event event)
{
    event.kind = LOOKUP_DONE;
    event.call = call;
    event.at_ms = clock_ms();
    if (event_post(inquiry->events, &event) != MAILBOX_OK)
        log_line(LOG_WARN, "mind", "what was looked up was lost: the core's mailbox is full");
}

void inquiry_facts(const struct plan_lookup *lookup, const json_t *answer, struct text_buffer *out)
{
    char bytes[VALUE];
    struct text_buffer value;

    for (uint8_t i = 0; i < lookup->fact_count; i++) {
        const struct plan_pair *fact = &lookup->facts[i];
        text_buffer_init(&value, bytes, sizeof bytes);
        if (!pick_text(pick_one(answer, fact->value), &value) ||
            out->capacity - out->size < fact->name.size + value.size + 2)
            continue;
        text_append(out, fact->name);
        text_append_char(out, '=');
        for (uint32_t b = 0; b < value.size; b++)
            text_append_char(out, (unsigned char)bytes[b] < ' ' ? ' ' : bytes[b]);
        text_append_char(out, '\n');
    }
}

/* ---- Asking ---- */

static json_t *values_of(const struct command *command)
{
    json_t *values = json_object();

    json_object_set_new(values, "caller", members_string(command->lookup.caller));
    json_object_set_new(values, "called", members_string(command->lookup.called));
    return values;
}

static char *body_of(const struct plan_lookup *lookup, const json_t *values)
{
    json_t *pattern = members_read(lookup->body, BODY), *filled = fill_json(pattern, values);
    char *body = filled ? json_dumps(filled, JSON_COMPACT) : NULL;

    json_decref(pattern);
    json_decref(filled);
    return body;
}

static uint32_t headers_of(const struct plan_lookup *lookup, struct text_buffer *bearer,
                           struct net_header out[ERRAND_HEADERS])
{
    const struct plan_tool as_tool = {.kind = TOOL_HTTP,
                                      .method = lookup->method,
                                      .headers = lookup->headers,
                                      .header_count = lookup->header_count,
                                      .token = lookup->token,
                                      .token_header = lookup->token_header};

    return toolcall_headers(&as_tool, TEXT_EMPTY, bearer, out);
}

static enum net_result start(struct inquiry *inquiry, const struct plan_lookup *lookup,
                             const struct command *command)
{
    char url_bytes[NET_URL], bearer_bytes[BEARER];
    struct net_header headers[ERRAND_HEADERS];
    struct text_buffer url, bearer;
    json_t *values = values_of(command);
    char *body = lookup->body.size > 0 ? body_of(lookup, values) : NULL;
    struct errand_wish wish = {.kind = ERRAND_LOOKUP,
                               .who = {.call = command->call, .plan = command->lookup.plan},
                               .method = lookup->method,
                               .headers = headers,
                               .body = text_of(body),
                               .repeatable = true, /* It asks. */
                               .timeout_ms = lookup->budget_ms};
    enum net_result result = NET_BAD_REQUEST;

    text_buffer_init(&url, url_bytes, sizeof url_bytes);
    text_buffer_init(&bearer, bearer_bytes, sizeof bearer_bytes);
    wish.header_count = headers_of(lookup, &bearer, headers);
    if ((body || lookup->body.size == 0) && fill_text(lookup->url, values, FILL_URL, &url)) {
        wish.url = text_view(&url);
        result = toolcall_errand(inquiry->toolcall, &wish);
    }
    explicit_bzero(bearer_bytes, sizeof bearer_bytes);
    free(body);
    json_decref(values);
    return result;
}

static struct asked *find(struct inquiry *inquiry, uint32_t call)
{
    for (uint32_t i = 0; i < MAX_CALLS; i++)
        if (inquiry->asked[i].call == call)
            return &inquiry->asked[i];
    return NULL;
}

void inquiry_obey(struct inquiry *inquiry, const struct command *command, const struct plan *plan)
{
    struct kept *kept = place(inquiry, command->lookup.caller);
    struct asked *asked = find(inquiry, 0);
    uint64_t now_ms = clock_ms();
    enum net_result result = NET_FULL;

    if (kept->slot == command->lookup.plan + 1 && kept->until_ms > now_ms &&
        text_equal(text_of(kept->number), command->lookup.caller)) {
        post(inquiry, command->call,
             (struct event){.lookup = {.cached = true, .facts = text_of(kept->facts)}});
        return;
    }
    if (plan && asked)
        result = start(inquiry, &plan->lookup, command);
    if (result != NET_OK) {
        post(inquiry, command->call,
             (struct event){.lookup = {.outcome = TOOL_UNREACHABLE,
                                       .why = text_of(net_result_names[result])}});
        return;
    }
    asked->call = command->call;
    asked->since_ms = now_ms;
    text_copy(asked->number, MAX_NAME, command->lookup.caller);
}

static void keep(struct inquiry *inquiry, const struct asked *asked, uint32_t slot,
                 uint32_t cache_ms, const char *facts)
{
    struct kept *kept = place(inquiry, text_of(asked->number));

    if (cache_ms == 0)
        return;
    kept->slot = slot + 1;
    memcpy(kept->number, asked->number, sizeof kept->number);
    text_copy(kept->facts, sizeof kept->facts, text_of(facts));
    kept->until_ms = clock_ms() + cache_ms;
}

void inquiry_hear(struct inquiry *inquiry, const struct errand_note *note, const struct plan *plan)
{
    struct asked *asked = find(inquiry, note->who.call);
    char facts[MAX_ENTITIES] = "";
    struct text_buffer out;
    struct event event = {.lookup = {.outcome = note->outcome, .status = note->status}};

    text_buffer_init(&out, facts, sizeof facts - 1);
    if (asked && plan && note->outcome == TOOL_OK && note->tools) {
        inquiry_facts(&plan->lookup, note->tools, &out);
        facts[out.size] = 0;
        keep(inquiry, asked, note->who.plan, plan->lookup.cache_ms, facts);
        event.lookup.facts = text_view(&out);
    } else if (note->outcome == TOOL_OK) {
        event.lookup.outcome = TOOL_REFUSED;
        event.lookup.why = TEXT("the answer is not JSON");
    } else {
        event.lookup.why = text_part((struct text){note->text, note->text_size}, 0, VALUE);
    }
    json_decref(note->tools);
    if (!asked)
        return;
    event.lookup.ms = (uint32_t)(clock_ms() - asked->since_ms);
    asked->call = 0;
    post(inquiry, note->who.call, event);
}
