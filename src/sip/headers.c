// SPDX-License-Identifier: Apache-2.0
/* headers.c - the library parses the common headers; the rest it hands over as text, read here. */
#include "sip/headers.h"

#include <stdio.h>
#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct text headers_decode(struct text part, char *scratch, size_t size)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < part.size && used + 1 < size; i++) {
        char c = part.data[i];

        if (c == '%' && part.size - i > 2 && hex(part.data[i + 1]) >= 0 &&
            hex(part.data[i + 2]) >= 0) {
            c = (char)(hex(part.data[i + 1]) * 16 + hex(part.data[i + 2]));
            i += 2;
        }
        scratch[used++] = (unsigned char)c < 32 || c == 127 ? '?' : c;
    }
    scratch[used] = '\0';
    return (struct text){scratch, used};
}

static struct text without_separators(struct text number, char *scratch)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < number.size; i++) {
        if (!strchr("-.()", number.data[i]) || number.data[i] == '\0')
            scratch[used++] = number.data[i];
    }
    scratch[used] = '\0';
    return (struct text){scratch, used};
}

/* "+14155550123;phone-context=x" is a number with parameters; other users keep their semicolons. */
static struct text without_parameters(struct text user)
{
    int32_t at = text_find(user, TEXT(";"));
    bool number =
        user.size && (user.data[0] == '+' || (user.data[0] >= '0' && user.data[0] <= '9'));

    return number && at >= 0 ? text_part(user, 0, (uint32_t)at) : user;
}

static struct text url_user(const url_t *url, char *scratch, size_t size)
{
    struct text user;

    if (!url || !url->url_user)
        return TEXT_EMPTY;
    user = headers_decode(without_parameters(text_of(url->url_user)), scratch, size);
    return url->url_type == url_tel ? without_separators(user, scratch) : user;
}

struct text headers_user(struct text value, char *scratch, size_t size)
{
    struct text uri = value;
    int32_t open = text_find(value, TEXT("<")), end;
    bool tel;

    scratch[0] = '\0';
    if (open >= 0)
        uri = text_part(value, (uint32_t)open + 1, value.size);
    end = text_find(uri, TEXT(">"));
    if (open >= 0 && end >= 0)
        uri = text_part(uri, 0, (uint32_t)end);
    uri = text_trim(uri);
    tel = text_starts_nocase(uri, TEXT("tel:"));
    if (tel)
        uri = text_part(uri, 4, uri.size);
    else if (text_starts_nocase(uri, TEXT("sip:")))
        uri = text_part(uri, 4, uri.size);
    else if (text_starts_nocase(uri, TEXT("sips:")))
        uri = text_part(uri, 5, uri.size);
    else
        return TEXT_EMPTY;
    end = text_find(uri, TEXT("@"));
    if (tel && (end = text_find(uri, TEXT(","))) < 0)
        end = (int32_t)uri.size;
    if (end < 0)
        return TEXT_EMPTY; /* A host alone. */
    uri = without_parameters(text_part(uri, 0, (uint32_t)end));
    end = text_find(uri, TEXT(":"));
    if (end >= 0)
        uri = text_part(uri, 0, (uint32_t)end); /* A password. */
    uri = headers_decode(uri, scratch, size);
    return tel ? without_separators(uri, scratch) : uri;
}

struct text headers_credentials(const msg_auth_t *header, char *out, uint32_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, size);
    text_append(&buffer, text_of(header->au_scheme));
    for (const msg_param_t *p = header->au_params; p && *p; p++) {
        text_append_char(&buffer, p == header->au_params ? ' ' : ',');
        text_append(&buffer, text_of(*p));
    }
    return buffer.cut ? TEXT_EMPTY : text_view(&buffer);
}

struct text headers_unknown(const sip_t *sip, const char *name)
{
    for (const msg_unknown_t *h = (const msg_unknown_t *)sip->sip_unknown; h; h = h->un_next) {
        if (h->un_name && text_equal_nocase(text_of(h->un_name), text_of(name)))
            return text_of(h->un_value);
    }
    return TEXT_EMPTY;
}

/* Takes the line back when it does not fit whole: half a value would be a lie. */
static void append_line(struct text_buffer *out, const msg_unknown_t *h)
{
    uint32_t before = out->size;

    text_append(out, text_of(h->un_name));
    text_append(out, TEXT(": "));
    for (const char *c = h->un_value ? h->un_value : ""; *c; c++)
        text_append_char(out, (unsigned char)*c < 32 || *c == 127 ? ' ' : *c);
    text_append_char(out, '\n');
    if (out->cut) {
        out->size = before;
        out->cut = false;
    }
}

static struct text extension_headers(const sip_t *sip, char *scratch, uint32_t size)
{
    struct text_buffer out;

    text_buffer_init(&out, scratch, size);
    for (const msg_unknown_t *h = (const msg_unknown_t *)sip->sip_unknown; h; h = h->un_next) {
        if (h->un_name && text_starts_nocase(text_of(h->un_name), TEXT("X-")))
            append_line(&out, h);
    }
    return text_view(&out);
}

static struct text display_name(const char *name, char *scratch, size_t size)
{
    struct text t = text_trim(text_of(name));
    uint32_t used = 0;

    if (t.size >= 2 && t.data[0] == '"' && t.data[t.size - 1] == '"')
        t = text_part(t, 1, t.size - 2);
    for (uint32_t i = 0; i < t.size && used + 1 < size; i++) {
        if (t.data[i] == '\\' && i + 1 < t.size)
            i++;
        scratch[used++] = (unsigned char)t.data[i] < 32 ? ' ' : t.data[i];
    }
    scratch[used] = '\0';
    return (struct text){scratch, used};
}

void headers_invite(const sip_t *sip, struct header_scratch *scratch, struct event *event)
{
    struct text diverted = headers_unknown(sip, "Diversion");
    struct text user_to_user = headers_unknown(sip, "User-to-User");

    if (text_empty(diverted))
        diverted = headers_unknown(sip, "History-Info");
    event->invite.from = url_user(sip->sip_from->a_url, scratch->from, sizeof(scratch->from));
    event->invite.from_name =
        display_name(sip->sip_from->a_display, scratch->from_name, sizeof(scratch->from_name));
    event->invite.to = url_user(sip->sip_request->rq_url, scratch->to, sizeof(scratch->to));
    event->invite.sip_call_id = text_part(text_of(sip->sip_call_id->i_id), 0, 256);
    event->invite.asserted = headers_user(headers_unknown(sip, "P-Asserted-Identity"),
                                          scratch->asserted, sizeof(scratch->asserted));
    event->invite.diversion =
        headers_user(diverted, scratch->diversion, sizeof(scratch->diversion));
    event->invite.user_to_user = user_to_user.size <= 1024 ? user_to_user : TEXT_EMPTY;
    event->invite.headers = extension_headers(sip, scratch->headers, sizeof(scratch->headers));
    event->invite.sdp = headers_sdp(sip);
    event->invite.reliable_required = headers_requires(sip, "100rel");
    event->invite.reliable_supported =
        event->invite.reliable_required || headers_supports(sip, "100rel");
    event->invite.timer_supported =
        headers_supports(sip, "timer") || headers_requires(sip, "timer");
    event->invite.min_se_s = headers_min_se(sip);
    headers_session(sip, &event->invite.session_expires_s, &event->invite.refresher);
}

struct text headers_sdp(const sip_t *sip)
{
    const sip_payload_t *body = sip->sip_payload;

    if (!body || !body->pl_data || body->pl_len == 0 || body->pl_len > MAX_SDP)
        return TEXT_EMPTY;
    if (!sip->sip_content_type || !sip->sip_content_type->c_type ||
        !text_equal_nocase(text_of(sip->sip_content_type->c_type), TEXT("application/sdp")))
        return TEXT_EMPTY;
    return (struct text){body->pl_data, (uint32_t)body->pl_len};
}

struct text headers_target(const sip_t *sip, char *scratch, size_t size)
{
    url_t url;
    issize_t length;

    if (!sip->sip_contact)
        return TEXT_EMPTY;
    url = *sip->sip_contact->m_url;
    url.url_headers = NULL;
    length = url_e(scratch, (isize_t)size, &url);
    return length > 0 && (size_t)length < size ? (struct text){scratch, (uint32_t)length}
                                               : TEXT_EMPTY;
}

struct text headers_reason(const sip_t *sip, char *scratch, size_t size)
{
    const sip_reason_t *reason = sip->sip_reason;
    struct text_buffer out;

    text_buffer_init(&out, scratch, (uint32_t)size);
    if (sip->sip_status) {
        text_append(&out, text_of(sip->sip_status->st_phrase));
    } else if (reason) {
        text_append(&out, text_of(reason->re_protocol));
        for (const msg_param_t *p = reason->re_params; p && *p; p++) {
            text_append_char(&out, ';');
            text_append(&out, text_of(*p));
        }
    }
    return text_view(&out);
}

void headers_write_reason(struct text words, uint16_t code, char *out, size_t size)
{
    struct text_buffer buffer;
    char cause[32];

    text_buffer_init(&buffer, out, (uint32_t)size - 1);
    if (words.size > 0) {
        snprintf(cause, sizeof(cause), "%s;cause=%u;text=\"", code >= 200 ? "SIP" : "Q.850",
                 code ? code : 16);
        text_append(&buffer, text_of(cause));
        for (uint32_t i = 0; i < words.size && buffer.size + 2 < size; i++) {
            bool plain = words.data[i] >= ' ' && words.data[i] != '"' && words.data[i] != '\\' &&
                         words.data[i] != 0x7f;
            text_append_char(&buffer, plain ? words.data[i] : '\'');
        }
        text_append_char(&buffer, '"');
    }
    out[buffer.size] = '\0';
}

void headers_session(const sip_t *sip, uint32_t *expires_s, enum session_refresher *refresher)
{
    const sip_session_expires_t *x = sip->sip_session_expires;

    *expires_s = 0;
    *refresher = REFRESHER_NONE;
    if (!x)
        return;
    *expires_s = x->x_delta > UINT32_MAX ? UINT32_MAX : (uint32_t)x->x_delta;
    if (x->x_refresher && text_equal_nocase(text_of(x->x_refresher), TEXT("uac")))
        *refresher = REFRESHER_UAC;
    else if (x->x_refresher && text_equal_nocase(text_of(x->x_refresher), TEXT("uas")))
        *refresher = REFRESHER_UAS;
}

uint32_t headers_min_se(const sip_t *sip)
{
    if (!sip->sip_min_se)
        return 0;
    return sip->sip_min_se->min_delta > UINT32_MAX ? UINT32_MAX
                                                   : (uint32_t)sip->sip_min_se->min_delta;
}

static bool listed(const msg_list_t *list, const char *word)
{
    for (; list; list = list->k_next) {
        for (const msg_param_t *item = list->k_items; item && *item; item++) {
            if (text_equal_nocase(text_of(*item), text_of(word)))
                return true;
        }
    }
    return false;
}

bool headers_supports(const sip_t *sip, const char *option)
{
    return listed(sip->sip_supported, option);
}

bool headers_requires(const sip_t *sip, const char *option)
{
    return listed(sip->sip_require, option);
}

bool headers_allows(const sip_t *sip, const char *method)
{
    return listed((const msg_list_t *)sip->sip_allow, method);
}

static bool is_key(char c)
{
    return c != '\0' && strchr("0123456789*#ABCD", c) != NULL;
}

/* application/dtmf-relay: "Signal=5\r\nDuration=160\r\n". */
static char relay_key(struct text body)
{
    while (body.data) {
        struct text line = text_trim(text_next(&body, '\n'));
        struct text value;

        if (!text_starts_nocase(line, TEXT("Signal")))
            continue;
        value = text_trim(text_part(line, 6, line.size));
        if (!text_starts(value, TEXT("=")))
            continue;
        value = text_trim(text_part(value, 1, value.size));
        if (text_equal(value, TEXT("10")))
            return '*';
        if (text_equal(value, TEXT("11")))
            return '#';
        return value.size == 1 ? value.data[0] : '\0';
    }
    return '\0';
}

char headers_key(const sip_t *sip)
{
    struct text type, body;
    char key = '\0';

    if (!sip->sip_content_type || !sip->sip_payload || !sip->sip_payload->pl_data)
        return '\0';
    type = text_of(sip->sip_content_type->c_type);
    body = (struct text){sip->sip_payload->pl_data, (uint32_t)sip->sip_payload->pl_len};
    if (text_equal_nocase(type, TEXT("application/dtmf-relay")))
        key = relay_key(body);
    else if (text_equal_nocase(type, TEXT("application/dtmf")) && text_trim(body).size == 1)
        key = text_trim(body).data[0];
    if (key >= 'a' && key <= 'd')
        key = (char)(key - 'a' + 'A');
    return is_key(key) ? key : '\0';
}
