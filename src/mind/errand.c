// SPDX-License-Identifier: Apache-2.0
/* errand.c - requests one after the other, each begun when the one before is gone. */
#include "mind/errand.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/http.h"
#include "vendor/mcp.h"
#include "vendor/members.h"
#include "vendor/sse.h"

enum {
    CONNECT_MS = 3000,
    OUT = 1 << 15,
    MOST_TOOLS = 256,
    LEAST_MS = 50,
    LISTED = 1 << 20
};

enum step { STEP_DEED, STEP_INITIALIZE, STEP_INITIALIZED, STEP_LIST, STEP_CALL, STEP_END };

struct errand {
    struct net *net;
    struct mailbox *notes;
    struct errand_note note;
    enum step step, next;
    bool begun_anew; /* The session was forgotten once: not again. */
    uint64_t until_ms;
    uint32_t number; /* Of the JSON-RPC request. */
    char *url, *method, *name;
    json_t *arguments, *answer;
    char cursor[256];
    bool repeatable;
    uint32_t header_count;
    struct net_header headers[ERRAND_HEADERS];
    char *header_bytes;
    char *body; /* Of the request. */
    uint32_t body_size;
    bool json;   /* The answer's value is wanted. */
    bool stream; /* The answer is an event stream. */
    struct sse sse;
    uint32_t got;
    uint32_t listed; /* Bytes of all pages of tools. */
    char in[];       /* Of the answer: ERRAND_BODY. */
};

static const struct http_sink sink;

static void release(struct errand *errand)
{
    json_decref(errand->arguments);
    json_decref(errand->answer);
    json_decref(errand->note.tools);
    if (errand->header_bytes)
        explicit_bzero(errand->header_bytes, strlen(errand->header_bytes));
    free(errand->header_bytes);
    free(errand->url);
    free(errand->method);
    free(errand->name);
    free(errand->body);
    free(errand);
}

/* A server that shows what it was shown would tell the model, and the account. */
static void hide_secrets(const struct errand *errand, char *said, uint32_t size)
{
    for (uint32_t i = 0; i < errand->header_count; i++) {
        struct text value = errand->headers[i].value, scheme = TEXT("Bearer ");

        if (errand->headers[i].secret && text_starts(value, scheme))
            value = text_part(value, scheme.size, value.size);
        if (errand->headers[i].secret)
            text_hide(said, size, value);
    }
}

static void say(struct errand *errand, enum tool_outcome outcome, struct text text)
{
    struct text_buffer out;

    text_buffer_init(&out, errand->note.text, MAX_RESULT);
    text_append(&out, text);
    hide_secrets(errand, errand->note.text, out.size);
    errand->note.text_size = (uint16_t)out.size;
    errand->note.outcome = outcome;
    errand->next = STEP_END;
}

static bool is_plain(enum errand_kind kind)
{
    return kind == ERRAND_HTTP || kind == ERRAND_LOOKUP;
}

/* ---- Requests ---- */

static uint32_t mcp_body(struct errand *errand, char *out, uint32_t size)
{
    errand->number++;
    switch (errand->step) {
    case STEP_INITIALIZE:
        return mcp_initialize(errand->number, out, size);
    case STEP_INITIALIZED:
        return mcp_initialized(out, size);
    case STEP_LIST:
        return mcp_list(errand->number, text_of(errand->cursor), out, size);
    case STEP_CALL:
        return mcp_call(errand->number, text_of(errand->name), errand->arguments, out, size);
    case STEP_DEED:
    case STEP_END:
        break;
    }
    return 0;
}

static void take_message(void *context, struct text name, struct text data)
{
    struct errand *errand = context;

    (void)name;
    if (errand->answer)
        return;
    errand->answer = mcp_answer(data, errand->number);
    if (!errand->answer && mcp_changed(data))
        errand->note.changed = true;
}

static uint32_t add_mcp_headers(const struct errand *errand, struct net_header *out)
{
    uint32_t count = 0;

    out[count++] = (struct net_header){TEXT("Content-Type"), TEXT("application/json"), false};
    out[count++] =
        (struct net_header){TEXT("Accept"), TEXT("application/json, text/event-stream"), false};
    if (errand->step == STEP_INITIALIZE)
        return count;
    out[count++] =
        (struct net_header){TEXT("MCP-Protocol-Version"), text_of(errand->note.version), false};
    if (errand->note.session_size > 0)
        out[count++] = (struct net_header){
            TEXT("Mcp-Session-Id"), {errand->note.session, errand->note.session_size}, true};
    return count;
}

static enum net_result begin_step(struct errand *errand, enum step step)
{
    struct net_header headers[ERRAND_HEADERS + 4];
    uint64_t now_ms = clock_ms();
    uint32_t left_ms =
        errand->until_ms > now_ms + LEAST_MS ? (uint32_t)(errand->until_ms - now_ms) : LEAST_MS;
    struct http_request request = {.method = text_of(errand->method),
                                   .url = text_of(errand->url),
                                   .headers = headers,
                                   .repeatable = is_plain(errand->note.kind) ? errand->repeatable
                                                                             : step != STEP_CALL,
                                   .kept = !is_plain(errand->note.kind),
                                   .connect_ms = left_ms < CONNECT_MS ? left_ms : CONNECT_MS,
                                   .first_byte_ms = left_ms,
                                   .idle_ms = left_ms,
                                   .total_ms = left_ms,
                                   .max_body = ERRAND_BODY};
    char out[OUT];
    uint32_t id;

    errand->step = step;
    errand->next = STEP_END;
    errand->got = 0;
    errand->stream = false;
    json_decref(errand->answer);
    errand->answer = NULL;
    memcpy(headers, errand->headers, errand->header_count * sizeof headers[0]);
    request.header_count = errand->header_count;
    if (is_plain(errand->note.kind)) {
        request.body = (struct text){errand->body, errand->body_size};
    } else {
        request.body = (struct text){out, mcp_body(errand, out, sizeof out)};
        request.header_count += add_mcp_headers(errand, headers + errand->header_count);
        if (request.body.size == 0)
            return NET_BAD_REQUEST;
    }
    return http_start(errand->net, &request, &sink, errand, &id);
}

/* ---- Answers ---- */

static void keep_session(struct errand *errand, struct text session)
{
    if (session.size >= ERRAND_SESSION)
        session = TEXT_EMPTY;
    if (session.size > 0)
        memcpy(errand->note.session, session.data, session.size);
    errand->note.session_size = (uint16_t)session.size;
    errand->note.new_session = true;
}

static void on_head(void *context, const struct http_head *head)
{
    struct errand *errand = context;

    errand->note.status = (uint16_t)head->status;
    errand->note.retry_after_s = http_retry_s(head);
    errand->stream =
        !is_plain(errand->note.kind) &&
        text_starts_nocase(http_header(head, "Content-Type"), TEXT("text/event-stream"));
    if (errand->stream)
        sse_init(&errand->sse, errand->in, ERRAND_BODY, take_message, errand);
    if (errand->step == STEP_INITIALIZE)
        keep_session(errand, http_header(head, "Mcp-Session-Id"));
}

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct errand *errand = context;

    if (errand->step == STEP_LIST)
        errand->listed += (uint32_t)size;
    if (errand->stream) {
        (void)!sse_put(&errand->sse, bytes, size);
        return;
    }
    if (size > ERRAND_BODY - errand->got)
        size = ERRAND_BODY - errand->got;
    memcpy(errand->in + errand->got, bytes, size);
    errand->got += (uint32_t)size;
}

/* Did it act? See the header. */
static enum tool_outcome outcome_of(enum net_result result, uint32_t status, uint32_t attempt)
{
    if (status == 0 || (result != NET_OK && result != NET_TOO_LARGE)) {
        bool nothing = result == NET_FULL || result == NET_RESOLVE || result == NET_REFUSED ||
                       result == NET_TLS || result == NET_TIMEOUT_CONNECT;
        if (result == NET_BAD_REQUEST)
            return TOOL_REFUSED;
        return nothing ? TOOL_UNREACHABLE : TOOL_TIMED_OUT;
    }
    if (status >= 200 && status < 300)
        return TOOL_OK;
    if (status == 425 || status == 429 || status == 503)
        return TOOL_UNREACHABLE;
    if (status == 408 || (status == 409 && attempt > 1) || status >= 500)
        return TOOL_TIMED_OUT;
    return TOOL_REFUSED;
}

static struct text whole_body(const struct errand *errand)
{
    return (struct text){errand->in, errand->stream ? 0 : errand->got};
}

static void add_tools(struct errand *errand)
{
    struct text cursor;
    const json_t *page = mcp_tools(errand->answer, &cursor), *tool;
    size_t i;

    if (!errand->note.tools)
        errand->note.tools = json_array();
    json_array_foreach(page, i, tool) if (json_array_size(errand->note.tools) < MOST_TOOLS)
        json_array_append(errand->note.tools, (json_t *)(uintptr_t)tool);
    text_copy(errand->cursor, sizeof errand->cursor, cursor);
    say(errand, TOOL_OK, TEXT_EMPTY);
    if (cursor.size > 0 && cursor.size < sizeof errand->cursor &&
        json_array_size(errand->note.tools) < MOST_TOOLS && json_array_size(page) > 0 &&
        errand->listed + ERRAND_BODY <= LISTED && clock_ms() < errand->until_ms)
        errand->next = STEP_LIST;
}

/* The request was granted: what follows, or what it came to. */
static void go_on(struct errand *errand)
{
    char text[MAX_RESULT];
    struct text_buffer out;
    bool well;

    text_buffer_init(&out, text, sizeof text);
    switch (errand->step) {
    case STEP_INITIALIZE:
        text_copy(errand->note.version, ERRAND_VERSION, mcp_version(errand->answer));
        errand->next = STEP_INITIALIZED;
        break;
    case STEP_INITIALIZED:
        errand->next = errand->note.kind == ERRAND_MCP_LIST ? STEP_LIST : STEP_CALL;
        break;
    case STEP_LIST:
        add_tools(errand);
        break;
    case STEP_CALL:
        well = mcp_result(errand->answer, &out);
        say(errand, well ? TOOL_OK : TOOL_REFUSED, text_view(&out));
        break;
    case STEP_DEED:
    case STEP_END:
        break;
    }
}

static void take_mcp(struct errand *errand)
{
    char text[MAX_RESULT];
    struct text_buffer out;

    if (!errand->answer)
        errand->answer = mcp_answer(whole_body(errand), errand->number);
    text_buffer_init(&out, text, sizeof text);
    if (errand->step == STEP_INITIALIZED)
        go_on(errand);
    else if (!errand->answer)
        say(errand, TOOL_TIMED_OUT, TEXT("it did not answer what was asked"));
    else if (!mcp_granted(errand->answer, &out))
        say(errand, TOOL_REFUSED, text_view(&out));
    else
        go_on(errand);
}

static void on_done(void *context, const struct http_done *done)
{
    struct errand *errand = context;
    enum tool_outcome outcome = outcome_of(done->result, done->status, errand->note.who.attempt);

    if (errand->json && outcome == TOOL_OK)
        errand->note.tools = members_read(whole_body(errand), ERRAND_BODY);
    if (is_plain(errand->note.kind))
        say(errand, outcome, done->status ? whole_body(errand) : text_of(done->why));
    else if (done->status == 404 && errand->step != STEP_INITIALIZE && !errand->begun_anew) {
        errand->begun_anew = true; /* "Session Management", 4. */
        errand->next = STEP_INITIALIZE;
    } else if (outcome == TOOL_OK || errand->answer)
        take_mcp(errand);
    else
        say(errand, outcome, done->status ? whole_body(errand) : text_of(done->why));
}

/* The owner waits for this when it closes, so it may not be lost: a full mailbox is being emptied.
 */
static void finish(struct errand *errand)
{
    struct errand_note note = errand->note;

    errand->note.tools = NULL;
    json_decref(errand->answer); /* It shares what `tools` holds: no two threads may. */
    errand->answer = NULL;
    while (mailbox_post(errand->notes, &note, sizeof note) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    release(errand);
}

static void on_gone(void *context)
{
    struct errand *errand = context;
    enum net_result result = NET_OK;

    if (errand->next != STEP_END)
        result = begin_step(errand, errand->next);
    else
        finish(errand);
    if (result == NET_OK)
        return;
    say(errand, TOOL_UNREACHABLE, text_of(net_result_names[result]));
    finish(errand);
}

static const struct http_sink sink = {on_head, on_data, on_done, on_gone};

/* ---- Begin ---- */

/* Names and values of all headers in one piece. */
static bool copy_headers(struct errand *errand, const struct errand_wish *wish)
{
    size_t size = 1;
    struct text_buffer out;

    for (uint32_t i = 0; i < wish->header_count; i++)
        size += wish->headers[i].name.size + wish->headers[i].value.size;
    errand->header_bytes = calloc(1, size);
    if (!errand->header_bytes)
        return false;
    text_buffer_init(&out, errand->header_bytes, (uint32_t)size);
    for (uint32_t i = 0; i < wish->header_count; i++) {
        struct net_header *header = &errand->headers[i];
        header->name = (struct text){out.data + out.size, wish->headers[i].name.size};
        text_append(&out, wish->headers[i].name);
        header->value = (struct text){out.data + out.size, wish->headers[i].value.size};
        text_append(&out, wish->headers[i].value);
        header->secret = wish->headers[i].secret;
    }
    errand->header_count = wish->header_count;
    return true;
}

static char *copy(struct text t)
{
    return strndup(t.data ? t.data : "", t.size);
}

static struct errand *errand_new(struct net *net, struct mailbox *notes,
                                 const struct errand_wish *wish)
{
    struct errand *errand = calloc(1, sizeof *errand + ERRAND_BODY);

    if (!errand)
        return NULL;
    errand->net = net;
    errand->notes = notes;
    errand->note.kind = wish->kind;
    errand->note.who = wish->who;
    errand->json = wish->json || wish->kind == ERRAND_LOOKUP;
    errand->repeatable = wish->repeatable;
    errand->until_ms = clock_ms() + wish->timeout_ms;
    errand->url = copy(wish->url);
    errand->method = copy(is_plain(wish->kind) ? wish->method : TEXT("POST"));
    errand->name = copy(wish->name);
    errand->body = copy(wish->body);
    errand->body_size = wish->body.size;
    errand->arguments = json_deep_copy(wish->arguments);
    text_copy(errand->note.version, ERRAND_VERSION,
              text_empty(wish->version) ? TEXT(MCP_VERSION) : wish->version);
    keep_session(errand, wish->session);
    errand->note.new_session = false;
    if (errand->url && errand->method && errand->name && errand->body && copy_headers(errand, wish))
        return errand;
    release(errand);
    return NULL;
}

enum net_result errand_start(struct net *net, struct mailbox *notes, const struct errand_wish *wish)
{
    struct errand *errand;
    enum net_result result;

    if (wish->header_count > ERRAND_HEADERS)
        return NET_BAD_REQUEST;
    errand = errand_new(net, notes, wish);
    if (!errand)
        return NET_FULL;
    if (is_plain(wish->kind))
        result = begin_step(errand, STEP_DEED);
    else if (wish->kind == ERRAND_MCP_CALL && wish->begun)
        result = begin_step(errand, STEP_CALL);
    else
        result = begin_step(errand, STEP_INITIALIZE);
    if (result != NET_OK)
        release(errand);
    return result;
}
