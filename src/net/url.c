// SPDX-License-Identifier: Apache-2.0
/* url.c - see url.h. */
#include "net/url.h"

#include <string.h>

static const struct {
    struct text name;
    uint16_t port;
} schemes[] = {
    [URL_HTTP] = {TEXT_INIT("http://"), 80},
    [URL_HTTPS] = {TEXT_INIT("https://"), 443},
    [URL_WS] = {TEXT_INIT("ws://"), 80},
    [URL_WSS] = {TEXT_INIT("wss://"), 443},
};

static bool in_url(char c)
{
    return c > ' ' && c < 127 && !strchr("\"<>\\^`{|}#", c);
}

static bool in_host(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

static bool all(struct text t, bool (*holds)(char))
{
    for (uint32_t i = 0; i < t.size; i++) {
        if (!holds(t.data[i]))
            return false;
    }
    return true;
}

static bool in_address6(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' ||
           c == '.';
}

/* Splits host and port; *port is empty when there is none. */
static bool read_host(struct text authority, struct text *host, struct text *port)
{
    if (text_starts(authority, TEXT("["))) {
        int32_t end = text_find(authority, TEXT("]"));
        if (end < 0)
            return false;
        *host = text_part(authority, 1, (uint32_t)end - 1);
        *port = text_part(authority, (uint32_t)end + 1, UINT32_MAX);
        return all(*host, in_address6);
    }
    int32_t colon = text_find(authority, TEXT(":"));
    uint32_t size = colon < 0 ? authority.size : (uint32_t)colon;
    *host = text_part(authority, 0, size);
    *port = text_part(authority, size, UINT32_MAX);
    return all(*host, in_host);
}

static bool read_port(struct text t, struct url *url)
{
    uint64_t number = 0;

    url->port = schemes[url->scheme].port;
    if (text_empty(t))
        return true;
    if (t.data[0] != ':' || !text_number(text_part(t, 1, UINT32_MAX), &number) || number == 0 ||
        number > UINT16_MAX)
        return false;
    url->port = (uint16_t)number;
    url->port_given = true;
    return true;
}

bool url_read(struct text t, struct url *out)
{
    struct url url = {0};
    struct text port;
    uint32_t scheme = 0;

    if (t.size >= NET_URL || !all(t, in_url))
        return false;
    while (scheme <= URL_WSS && !text_starts_nocase(t, schemes[scheme].name))
        scheme++;
    if (scheme > URL_WSS)
        return false;
    url.scheme = (enum url_scheme)scheme;

    struct text rest = text_part(t, schemes[scheme].name.size, UINT32_MAX);
    uint32_t size = 0;
    while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?')
        size++;
    if (!read_host(text_part(rest, 0, size), &url.host, &port) || text_empty(url.host) ||
        url.host.size > 253 || !read_port(port, &url))
        return false;
    url.target = text_part(rest, size, UINT32_MAX);
    if (text_empty(url.target))
        url.target = TEXT("/");
    else if (url.target.data[0] == '?')
        return false; /* Needs a "/" before it, which is not in `t`. */
    *out = url;
    return true;
}

static bool in_token(char c)
{
    return c > ' ' && c < 127 && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool in_value(char c)
{
    return c == '\t' || ((unsigned char)c >= ' ' && c != 127);
}

bool url_headers_valid(const struct net_header *headers, uint32_t count)
{
    if (count > NET_HEADERS)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (text_empty(headers[i].name) || !all(headers[i].name, in_token) ||
            !all(headers[i].value, in_value))
            return false;
    }
    return true;
}

bool url_method_valid(struct text method)
{
    return method.size <= 16 && all(method, in_token);
}
