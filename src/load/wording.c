// SPDX-License-Identifier: Apache-2.0
/* wording.c - what callers write, and what they read. */
#include "load/wording.h"

#include <stdio.h>
#include <string.h>

#include "load/flow.h"
#include "wire/sdp.h"

static uint32_t write_sdp(const struct worker *worker, struct wording_name name, char *out,
                          uint32_t size)
{
    const struct load_codec *codec = worker->codec;
    const char *host = transport_local_host(worker->transport);
    const char *family = strchr(host, ':') ? "IP6" : "IP4";
    unsigned port = worker->flow ? flow_port(worker->flow, name.slot) : 9;
    int written = snprintf(out, size,
                           "v=0\r\no=- %u 1 IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n"
                           "m=audio %u RTP/AVP %u 101\r\na=rtpmap:%u %s\r\n"
                           "a=rtpmap:101 telephone-event/%u\r\na=fmtp:101 0-15\r\na=ptime:20\r\n",
                           name.generation, family, host, family, host, port, codec->payload_type,
                           codec->payload_type, codec->rtpmap, codec->clock_rate);

    if (codec->fmtp && written > 0 && (uint32_t)written < size)
        written += snprintf(out + written, size - (uint32_t)written, "a=fmtp:%u %s\r\n",
                            codec->payload_type, codec->fmtp);

    return written > 0 && (uint32_t)written < size ? (uint32_t)written : 0;
}

static void print_call_id(const struct worker *worker, struct wording_name name, char *out,
                          uint32_t size)
{
    snprintf(out, size, "%08x.%u.%u.%u@load", worker->run, worker->index, name.slot,
             name.generation);
}

uint32_t wording_request(const struct worker *worker, struct wording_name name,
                         const struct wording_request *request, char *out)
{
    static const char *const vias[] = {[LOAD_UDP] = "UDP", [LOAD_TCP] = "TCP", [LOAD_TLS] = "TLS"};
    const struct load_call *call = &worker->calls[name.slot];
    const char *local = transport_local(worker->transport);
    const char *via = vias[worker->options->transport];
    const char *param = worker->options->transport == LOAD_UDP ? "" : ";transport=";
    const char *value = *param ? load_transport_names[worker->options->transport] : "";
    bool own = call->generation == name.generation, invite = strcmp(request->method, "INVITE") == 0;
    const char *target =
        own && request->in_dialog && call->contact[0] ? call->contact : worker->uri;
    char sdp[512], id[64], to[300];
    uint32_t sdp_size = invite ? write_sdp(worker, name, sdp, sizeof sdp) : 0;
    int size;

    print_call_id(worker, name, id, sizeof id);
    if (own && call->to[0])
        snprintf(to, sizeof to, "%s", call->to);
    else
        snprintf(to, sizeof to, "<%s>", worker->uri);
    size = snprintf(
        out, WORDING_SIZE,
        "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=z9hG4bK%08x.%u.%u.%u.%u\r\n"
        "Max-Forwards: 70\r\n%sFrom: <sip:load@%s>;tag=%08x.%u.%u.%u\r\nTo: %s\r\n"
        "Call-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:load@%s%s%s>\r\nUser-Agent: offhook load\r\n"
        "%s%sContent-Length: %u\r\n\r\n%.*s",
        request->method, target, via, local, worker->run, worker->index, name.slot, name.generation,
        request->branch, own && request->in_dialog ? call->route : "", local, worker->run,
        worker->index, name.slot, name.generation, to, id, request->cseq, request->method, local,
        param, value, request->authorization, invite ? "Content-Type: application/sdp\r\n" : "",
        sdp_size, (int)sdp_size, sdp);
    return size > 0 && size < WORDING_SIZE ? (uint32_t)size : 0;
}

struct text wording_header(struct text message, const char *name, const char *compact)
{
    while (message.data) {
        struct text line = text_next(&message, '\n'), value = line;
        struct text found = text_trim(text_next(&value, ':'));
        if (text_trim(line).size == 0)
            break;
        if (text_equal_nocase(found, text_of(name)) ||
            (compact && text_equal_nocase(found, text_of(compact))))
            return text_trim(value);
    }
    return TEXT_EMPTY;
}

struct text wording_body(struct text message)
{
    int32_t at = text_find(message, TEXT("\r\n\r\n"));

    return at < 0 ? TEXT_EMPTY : text_part(message, (uint32_t)at + 4, message.size);
}

static void append_header(struct text_buffer *out, const char *name, struct text value)
{
    text_append(out, text_of(name));
    text_append(out, TEXT(": "));
    text_append(out, value);
    text_append(out, TEXT("\r\n"));
}

static void append_headers(struct text_buffer *out, struct text request)
{
    struct text rest = request;

    while (rest.data) {
        struct text line = text_trim(text_next(&rest, '\n')), value = line;
        struct text name = text_trim(text_next(&value, ':'));
        if (line.size == 0)
            break;
        if (text_equal_nocase(name, TEXT("Via")) || text_equal_nocase(name, TEXT("v")) ||
            text_equal_nocase(name, TEXT("Record-Route"))) {
            text_append(out, line);
            text_append(out, TEXT("\r\n"));
        }
    }
    append_header(out, "From", wording_header(request, "From", "f"));
    append_header(out, "To", wording_header(request, "To", "t"));
    append_header(out, "Call-ID", wording_header(request, "Call-ID", "i"));
    append_header(out, "CSeq", wording_header(request, "CSeq", NULL));
}

uint32_t wording_reply(const struct worker *worker, struct wording_name name, struct text request,
                       const char *status, bool with_sdp, char *out)
{
    char sdp[512], contact[96];
    uint32_t sdp_size = with_sdp ? write_sdp(worker, name, sdp, sizeof sdp) : 0;
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, WORDING_SIZE);
    text_append(&buffer, TEXT("SIP/2.0 "));
    text_append(&buffer, text_of(status));
    text_append(&buffer, TEXT("\r\n"));
    append_headers(&buffer, request);
    if (with_sdp) {
        snprintf(contact, sizeof contact, "<sip:load@%s>", transport_local(worker->transport));
        append_header(&buffer, "Contact", text_of(contact));
        append_header(&buffer, "Content-Type", TEXT("application/sdp"));
    }
    text_append(&buffer, TEXT("Content-Length: "));
    text_append_number(&buffer, sdp_size);
    text_append(&buffer, TEXT("\r\n\r\n"));
    text_append(&buffer, (struct text){sdp, sdp_size});
    return buffer.cut ? 0 : buffer.size;
}

/* "1f2e3d4c.0.17.3@load" */
bool wording_name_of(const struct worker *worker, struct text message, struct wording_name *out)
{
    struct text id = wording_header(message, "Call-ID", "i"), run = text_next(&id, '.');
    uint64_t thread, slot, generation;
    char expected[16];

    snprintf(expected, sizeof expected, "%08x", worker->run);
    if (!text_equal(run, text_of(expected)) || !text_number(text_next(&id, '.'), &thread) ||
        !text_number(text_next(&id, '.'), &slot) ||
        !text_number(text_next(&id, '@'), &generation) || thread != worker->index ||
        slot >= worker->capacity)
        return false;
    *out = (struct wording_name){(uint32_t)slot, (uint32_t)generation};
    return true;
}

/* In reverse, as the caller must; a route that does not fit is left out, and the BYE may miss. */
static void keep_route(struct load_call *call, struct text message)
{
    char line[sizeof call->route + 16];

    call->route[0] = 0;
    while (message.data) {
        struct text value = text_next(&message, '\n'), whole = value;
        struct text name = text_trim(text_next(&value, ':'));
        if (text_trim(whole).size == 0)
            break;
        if (!text_equal_nocase(name, TEXT("Record-Route")))
            continue;
        value = text_trim(value);
        while (value.data) {
            struct text one = text_trim(text_next(&value, ','));
            int size = snprintf(line, sizeof line, "Route: " TEXT_FORMAT "\r\n%s", TEXT_ARGS(one),
                                call->route);
            if (size > 0 && (uint32_t)size < sizeof call->route)
                memcpy(call->route, line, (size_t)size + 1);
        }
    }
}

void wording_keep_dialog(struct load_call *call, struct text message)
{
    struct text contact = wording_header(message, "Contact", "m");
    int32_t open = text_find(contact, TEXT("<"));

    if (open >= 0)
        contact = text_part(contact, (uint32_t)open + 1, contact.size);
    contact = text_next(&contact, open >= 0 ? '>' : ';');
    text_copy(call->contact, sizeof call->contact, contact);
    text_copy(call->to, sizeof call->to, wording_header(message, "To", "t"));
    keep_route(call, message);
}

/* A description that names a stranger's address, or one of the other family, must not aim us at it:
 * then the target it is. */
bool wording_remote(const struct worker *worker, struct text message, union place *out, bool *held)
{
    const union place *target = &worker->options->target;
    struct sdp sdp;

    if (!sdp_read(wording_body(message), &sdp) || sdp.media_count == 0 || sdp.media[0].port == 0)
        return false;
    if (!place_read(sdp.media[0].address, out) || place_is_any(out) ||
        out->any.sa_family != target->any.sa_family ||
        (!load_may_reach(out) && !worker->options->anywhere))
        *out = *target;
    place_set_port(out, sdp.media[0].port);
    *held = sdp.media[0].direction == SDP_SENDONLY || sdp.media[0].direction == SDP_INACTIVE;
    return true;
}
