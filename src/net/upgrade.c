// SPDX-License-Identifier: Apache-2.0
/* upgrade.c - see upgrade.h. */
#include "net/upgrade.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "base/retry.h"

void upgrade_key(const uint8_t random[16], char out[UPGRADE_KEY])
{
    EVP_EncodeBlock((unsigned char *)out, random, 16);
}

static void append_header(struct text_buffer *out, struct text name, struct text value)
{
    text_append(out, name);
    text_append(out, TEXT(": "));
    text_append(out, value);
    text_append(out, TEXT("\r\n"));
}

static void append_host(struct text_buffer *out, const struct url *url)
{
    bool six = text_find(url->host, TEXT(":")) >= 0;

    text_append(out, six ? TEXT("Host: [") : TEXT("Host: "));
    text_append(out, url->host);
    if (six)
        text_append_char(out, ']');
    if (url->port_given) {
        text_append_char(out, ':');
        text_append_number(out, url->port);
    }
    text_append(out, TEXT("\r\n"));
}

void upgrade_write(struct text_buffer *out, const struct upgrade_request *request)
{
    text_append(out, TEXT("GET "));
    text_append(out, request->url->target);
    text_append(out, TEXT(" HTTP/1.1\r\n"));
    append_host(out, request->url);
    text_append(out, TEXT("Connection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "));
    text_append(out, text_of(request->key));
    text_append(out, TEXT("\r\nUser-Agent: offhook/" OFFHOOK_VERSION "\r\n"));
    if (!text_empty(request->subprotocol))
        append_header(out, TEXT("Sec-WebSocket-Protocol"), request->subprotocol);
    for (uint32_t i = 0; i < request->header_count; i++)
        append_header(out, request->headers[i].name, request->headers[i].value);
    text_append(out, TEXT("\r\n"));
}

/* What Sec-WebSocket-Accept has to be: base64(SHA-1(key + the RFC's GUID)). */
static void expect(const char *key, char out[32])
{
    char text[80];
    uint8_t hash[SHA_DIGEST_LENGTH];
    int size = snprintf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);

    SHA1((const uint8_t *)text, (size_t)size, hash);
    EVP_EncodeBlock((unsigned char *)out, hash, sizeof(hash));
}

/* "HTTP/1.1 101 Switching Protocols" */
static bool read_status(struct text line, struct upgrade_answer *out)
{
    uint64_t status = 0;
    struct text version = text_next(&line, ' ');

    if (!text_starts(version, TEXT("HTTP/1.")) || !text_number(text_part(line, 0, 3), &status) ||
        status < 100 || status > 999)
        return false;
    out->status = (uint32_t)status;
    text_copy(out->why, sizeof(out->why), line);
    for (char *c = out->why; *c; c++) {
        if ((unsigned char)*c < ' ' || (unsigned char)*c > 126)
            *c = '?'; /* It goes into the log. */
    }
    return true;
}

/* Whether a list of tokens holds one. */
static bool has_token(struct text list, struct text token)
{
    while (list.data) {
        if (text_equal_nocase(text_trim(text_next(&list, ',')), token))
            return true;
    }
    return false;
}

struct upgrade_seen {
    uint64_t now_s;
    bool upgrade, connection, accept, wrong;
};

static void look_at(struct text line, const char *accept, struct text subprotocol,
                    struct upgrade_seen *seen, struct upgrade_answer *out)
{
    int32_t colon = text_find(line, TEXT(":"));
    if (colon <= 0)
        return;
    struct text name = text_part(line, 0, (uint32_t)colon);
    struct text value = text_trim(text_part(line, (uint32_t)colon + 1, UINT32_MAX));

    if (text_equal_nocase(name, TEXT("Upgrade")))
        seen->upgrade = text_equal_nocase(value, TEXT("websocket"));
    else if (text_equal_nocase(name, TEXT("Connection")))
        seen->connection = seen->connection || has_token(value, TEXT("Upgrade"));
    else if (text_equal_nocase(name, TEXT("Sec-WebSocket-Accept")))
        seen->accept = text_equal(value, text_of(accept));
    else if (text_equal_nocase(name, TEXT("Sec-WebSocket-Extensions")))
        seen->wrong = seen->wrong || !text_empty(value);
    else if (text_equal_nocase(name, TEXT("Sec-WebSocket-Protocol")))
        seen->wrong = seen->wrong || !has_token(subprotocol, value);
    else if (text_equal_nocase(name, TEXT("Retry-After")))
        out->retry_after_s = retry_after_s(value, seen->now_s);
}

void upgrade_read(struct text head, const char *key, struct text subprotocol, uint64_t now_s,
                  struct upgrade_answer *out)
{
    char accept[32];
    struct upgrade_seen seen = {.now_s = now_s};

    *out = (struct upgrade_answer){.result = NET_MALFORMED};
    expect(key, accept);
    if (!read_status(text_trim(text_next(&head, '\n')), out)) {
        text_copy(out->why, sizeof(out->why), TEXT("the answer is not HTTP"));
        return;
    }
    while (head.data)
        look_at(text_trim(text_next(&head, '\n')), accept, subprotocol, &seen, out);
    if (out->status != 101) {
        out->result = NET_STATUS;
        return;
    }
    if (seen.upgrade && seen.connection && seen.accept && !seen.wrong) {
        out->result = NET_OK;
        out->why[0] = '\0';
        return;
    }
    text_copy(out->why, sizeof(out->why), TEXT("the answer to the upgrade is not WebSocket's"));
}
