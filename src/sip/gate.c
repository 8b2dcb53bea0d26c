// SPDX-License-Identifier: Apache-2.0
/* gate.c - one copy of the SIP message class with our two first-line readers in it. */
#include "sip/gate.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "sip/nta.h"

struct quarantined {
    char address[64];
    uint64_t until_ms;
};

/* The worker is one thread and has one gate. */
static struct {
    msg_mclass_t *class;
    struct msg_hclass_s request, status;
    struct in_hand *page;
    struct in_hand own_page;
    struct quarantined sources[QUARANTINE_SOURCES];
    uint32_t source_count;
    struct gate_figures figures;
    void (*on_success)(const char *address, uint16_t port);
} gate;

static bool line_ok(const char *line, uint32_t size)
{
    if (size > GATE_LINE)
        return false;
    if (size > 4 && (strncasecmp(line, "via", 3) == 0 || strncasecmp(line, "v:", 2) == 0 ||
                     strncasecmp(line, "v ", 2) == 0))
        return text_find_nocase((struct text){line, size}, TEXT("maddr")) < 0;
    return true;
}

/* A folded line counts as its own: a Via cannot hide its maddr behind a fold. */
static bool folded_via_ok(const char *line, uint32_t size, bool in_via)
{
    if (!in_via || size == 0 || (line[0] != ' ' && line[0] != '\t'))
        return true;
    return text_find_nocase((struct text){line, size}, TEXT("maddr")) < 0;
}

bool gate_shape_ok(const char *bytes, uint32_t size)
{
    uint32_t lines = 0, at = 0;
    bool in_via = false;

    while (at < size) {
        const char *end = memchr(bytes + at, '\n', size - at);
        uint32_t length = end ? (uint32_t)(end - (bytes + at)) : size - at;
        const char *line = bytes + at;

        if (length == 0 || (length == 1 && line[0] == '\r'))
            return true; /* The body begins. */
        if (++lines > GATE_LINES || !line_ok(line, length) || !folded_via_ok(line, length, in_via))
            return false;
        if (line[0] != ' ' && line[0] != '\t')
            in_via = strncasecmp(line, "v", 1) == 0;
        at += length + 1;
    }
    return true;
}

static bool quarantined(const char *address)
{
    uint64_t now_ms;

    if (gate.source_count == 0)
        return false;
    now_ms = clock_ms();
    for (uint32_t i = 0; i < gate.source_count; i++) {
        if (gate.sources[i].until_ms > now_ms && strcmp(gate.sources[i].address, address) == 0)
            return true;
    }
    return false;
}

void gate_quarantine(struct text address, uint64_t now_ms)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < gate.source_count; i++) {
        if (gate.sources[i].until_ms < gate.sources[at].until_ms)
            at = i;
    }
    if (gate.source_count < QUARANTINE_SOURCES)
        at = gate.source_count++;
    text_copy(gate.sources[at].address, sizeof(gate.sources[at].address), address);
    gate.sources[at].until_ms = now_ms + QUARANTINE_MS;
}

static void address_of(msg_t *msg, char *out, size_t size, uint16_t *port)
{
    const su_sockaddr_t *from = msg_addr(msg);

    out[0] = '\0';
    *port = ntohs(from->su_port);
    if (from->su_family == AF_INET)
        inet_ntop(AF_INET, &from->su_sin.sin_addr, out, (socklen_t)size);
    else if (from->su_family == AF_INET6)
        inet_ntop(AF_INET6, &from->su_sin6.sin6_addr, out, (socklen_t)size);
}

/* Notes the source; true when the message may be parsed. `line` is already terminated by the
 * parser; what follows it in the buffer is the rest of the message, as far as it has come. */
static bool admit(su_home_t *home, const char *line, isize_t size, char *address, uint16_t *port)
{
    msg_t *msg = (msg_t *)home; /* A message is its own memory home: msg_home() is this cast. */
    const char *data = msg_buf_committed_data(msg);
    usize_t committed = msg_buf_committed(msg);
    usize_t head;

    gate.figures.messages++;
    address_of(msg, address, 64, port);
    gate.page->busy = 1;
    memcpy(gate.page->address, address, sizeof(gate.page->address));
    if (quarantined(address) || size > GATE_LINE) {
        gate.figures.dropped++;
        return false;
    }
    if (!data || line < data || line + size >= data + committed)
        return true;
    head = (usize_t)(line + size + 1 - data);
    if (head < committed && data[head] == '\n')
        head++; /* The parser wrote its terminator over the CR. */
    if (gate_shape_ok(data + head, (uint32_t)(committed - head)))
        return true;
    gate.figures.dropped++;
    return false;
}

static issize_t read_request(su_home_t *home, msg_header_t *header, char *line, isize_t size)
{
    char address[64];
    uint16_t port;

    if (!admit(home, line, size, address, &port))
        return -1;
    return sip_request_class->hc_parse(home, header, line, size);
}

static issize_t read_status(su_home_t *home, msg_header_t *header, char *line, isize_t size)
{
    char address[64];
    uint16_t port;

    if (!admit(home, line, size, address, &port))
        return -1;
    if (gate.on_success && size > 9 && strncmp(line + 7, " 2", 2) == 0)
        gate.on_success(address, port);
    return sip_status_class->hc_parse(home, header, line, size);
}

const struct msg_mclass_s *gate_open(struct in_hand *page)
{
    gate.class = msg_mclass_clone(sip_default_mclass(), 0, 0);
    if (!gate.class)
        return NULL;
    gate.page = page ? page : &gate.own_page;
    gate.request = *sip_request_class;
    gate.request.hc_parse = read_request;
    gate.status = *sip_status_class;
    gate.status.hc_parse = read_status;
    gate.class->mc_request[0].hr_class = &gate.request;
    gate.class->mc_status[0].hr_class = &gate.status;
    return gate.class;
}

void gate_on_success(void (*callback)(const char *address, uint16_t port))
{
    gate.on_success = callback;
}

void gate_idle(void)
{
    gate.page->busy = 0;
}

void gate_figures(struct gate_figures *out)
{
    *out = gate.figures;
}
