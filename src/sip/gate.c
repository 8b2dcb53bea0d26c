// SPDX-License-Identifier: Apache-2.0
/* gate.c - one copy of the SIP message class with our two first-line readers in it. */
#include "sip/gate.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/address.h"
#include "base/clock.h"
#include "sip/nta.h"

/* The worker is one thread and has one gate. */
static struct {
    msg_mclass_t *class;
    struct msg_hclass_s request, status;
    struct in_hand *page;
    struct in_hand own_page;
    struct quarantine quarantine[SUSPECTS];
    uint32_t quarantine_count;
    struct sources sources;
    bool limited, over_rate;
    char scanners[1024];
    struct gate_figures figures;
    void (*on_success)(const char *address, uint16_t port);
    void (*on_ban)(const struct source *source);
} gate;

static bool line_ok(const char *line, uint32_t size)
{
    if (size > GATE_LINE)
        return false;
    if (size > 4 && (line[0] == 'v' || line[0] == 'V') &&
        (strncasecmp(line, "via", 3) == 0 || line[1] == ':' || line[1] == ' '))
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
            in_via = line[0] == 'v' || line[0] == 'V';
        at += length + 1;
    }
    return true;
}

static bool quarantined(const char *address, uint64_t hash, uint64_t now_ms)
{
    for (uint32_t i = 0; i < gate.quarantine_count; i++) {
        const struct quarantine *q = &gate.quarantine[i];
        if (q->until_ms > now_ms && (q->hash == 0 || q->hash == hash) &&
            strcmp(q->address, address) == 0)
            return true;
    }
    return false;
}

void gate_quarantine(const struct quarantine *what)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < gate.quarantine_count; i++) {
        if (gate.quarantine[i].until_ms < gate.quarantine[at].until_ms)
            at = i;
    }
    if (gate.quarantine_count < SUSPECTS)
        at = gate.quarantine_count++;
    gate.quarantine[at] = *what;
    gate.quarantine[at].address[sizeof(what->address) - 1] = '\0';
}

void gate_rules(const struct sources_policy *policy, struct text ranges, struct text scanners)
{
    sources_rules(&gate.sources, policy, ranges);
    text_copy(gate.scanners, sizeof(gate.scanners), scanners);
    gate.limited = true;
}

struct sources *gate_sources(void)
{
    return &gate.sources;
}

bool gate_turns_away(const uint8_t address[16])
{
    return gate.limited && sources_hear(&gate.sources, address, false, clock_ms()) != SOURCE_PASS;
}

bool gate_over_rate(void)
{
    return gate.over_rate;
}

void gate_on_ban(void (*callback)(const struct source *source))
{
    gate.on_ban = callback;
}

static void ban_begins(const uint8_t address[16])
{
    const struct source *source = sources_find(&gate.sources, address);

    if (gate.on_ban && source)
        gate.on_ban(source);
}

/* Eight bytes at a time: told apart are messages, not adversaries. */
static uint64_t hash_of(const char *bytes, size_t size)
{
    uint64_t hash = size + 1, word;

    for (; size >= sizeof(word); bytes += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, bytes, size);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash | 1; /* 0 stands for all. */
}

void gate_address(const su_sockaddr_t *from, uint8_t out[16], uint16_t *port)
{
    memset(out, 0, 16);
    *port = ntohs(from->su_port);
    if (from->su_family == AF_INET) {
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &from->su_sin.sin_addr, 4);
    } else if (from->su_family == AF_INET6) {
        memcpy(out, &from->su_sin6.sin6_addr, 16);
    }
}

/* A header line "User-Agent: ..." with one of the names in it. */
static bool names_scanner(const char *head, usize_t size)
{
    struct text rest = {head, (uint32_t)size};

    while (rest.data && rest.size) {
        struct text line = text_next(&rest, '\n'), names = text_of(gate.scanners);

        if (line.size < 2)
            return false; /* The body begins. */
        if (!text_starts_nocase(line, TEXT("User-Agent")))
            continue;
        while (names.data) {
            struct text name = text_next(&names, '\n');
            if (name.size && text_find_nocase(line, name) >= 0)
                return true;
        }
        return false;
    }
    return false;
}

/* False: say nothing to it. */
static bool welcome(const uint8_t address[16], const char *line, bool request, const char *head,
                    usize_t size, uint64_t now_ms)
{
    bool call = request && strncmp(line, "INVITE ", 7) == 0;
    enum source_verdict verdict;

    if (!request) {
        const struct source *source = sources_find(&gate.sources, address);
        return !source || source->until_ms <= now_ms;
    }
    verdict = sources_hear(&gate.sources, address, call, now_ms);
    if (verdict == SOURCE_TOO_FAST && sources_is_trunk(&gate.sources, address, now_ms)) {
        gate.over_rate = true; /* It is told, politely. */
        return true;
    }
    if (verdict != SOURCE_PASS)
        return false;
    if (!gate.scanners[0] || sources_is_trunk(&gate.sources, address, now_ms) ||
        !names_scanner(head, size))
        return true;
    if (sources_is_vouched(&gate.sources, address, now_ms))
        return false; /* Anybody may have sent it. */
    if (sources_ban(&gate.sources, address, 0, now_ms))
        ban_begins(address);
    return false;
}

/* Notes the source; true when the message may be parsed. `line` is already terminated by the
 * parser; what follows it in the buffer is the rest of the message, as far as it has come. */
static bool admitted(msg_t *msg, const char *line, isize_t size, bool request, char *address,
                     uint16_t *port)
{
    const char *data = msg_buf_committed_data(msg), *head = "";
    usize_t committed = msg_buf_committed(msg), at, left = 0;
    uint64_t now_ms = clock_ms();
    uint8_t bytes[16];

    gate_beat();
    gate.over_rate = false;
    gate_address(msg_addr(msg), bytes, port);
    address_write(bytes, address);
    gate.page->busy = 1;
    gate.page->hash = hash_of(data ? data : line, data ? committed : (usize_t)size);
    memcpy(gate.page->address, address, sizeof(gate.page->address));
    if (quarantined(address, gate.page->hash, now_ms) || size > GATE_LINE)
        return false;
    if (data && line >= data && line + size < data + committed) {
        at = (usize_t)(line + size + 1 - data);
        if (at < committed && data[at] == '\n')
            at++; /* The parser wrote its terminator over the CR. */
        head = data + at;
        left = committed - at;
    }
    if (gate.limited && !welcome(bytes, line, request, head, left, now_ms))
        return false;
    return gate_shape_ok(head, (uint32_t)left);
}

static bool admit(su_home_t *home, const char *line, isize_t size, bool request, char *address,
                  uint16_t *port)
{
    msg_t *msg = (msg_t *)home; /* A message is its own memory home: msg_home() is this cast. */
    bool good = admitted(msg, line, size, request, address, port);

    gate.figures.messages++;
    gate.figures.dropped += !good;
    return good;
}

/* "METHOD <what cannot be read> SIP/2.0" as a line that can be: checks.c knows the host. NULL when
 * it has no method either. */
static char *stand_in(su_home_t *home, struct text line)
{
    struct text method = text_next(&line, ' ');
    bool version =
        line.size > 8 && !text_equal(text_part(line, line.size - 8, 8), TEXT(" SIP/2.0"));

    if (method.size == 0 || method.size > 32 || !line.data)
        return NULL;
    for (uint32_t i = 0; i < method.size; i++) {
        if (method.data[i] < 'A' || method.data[i] > 'Z')
            return NULL;
    }
    return su_sprintf(home, TEXT_FORMAT " sip:%s SIP/2.0", TEXT_ARGS(method),
                      version ? GATE_VERSION : GATE_UNREADABLE);
}

static issize_t read_request(su_home_t *home, msg_header_t *header, char *line, isize_t size)
{
    char address[64], copy[GATE_LINE], *instead;
    uint16_t port;
    issize_t read;

    if (!admit(home, line, size, true, address, &port))
        return -1;
    memcpy(copy, line, size); /* The parser cuts it in pieces. */
    read = sip_request_class->hc_parse(home, header, line, size);
    if (read >= 0)
        return read;
    instead = stand_in(home, (struct text){copy, (uint32_t)size});
    return instead ? sip_request_class->hc_parse(home, header, instead, (isize_t)strlen(instead))
                   : read;
}

static issize_t read_status(su_home_t *home, msg_header_t *header, char *line, isize_t size)
{
    char address[64];
    uint16_t port;

    if (!admit(home, line, size, false, address, &port))
        return -1;
    if (gate.on_success && size > 9 && strncmp(line + 7, " 2", 2) == 0)
        gate.on_success(address, port);
    return sip_status_class->hc_parse(home, header, line, size);
}

static bool sender_of(nta_incoming_t *request, uint8_t address[16])
{
    msg_t *msg = gate.limited ? nta_incoming_getrequest(request) : NULL;
    uint16_t port;

    if (!msg)
        return false;
    gate_address(msg_addr(msg), address, &port);
    msg_destroy(msg);
    return true;
}

void gate_failed(nta_incoming_t *request)
{
    uint8_t address[16];

    if (sender_of(request, address) && sources_failed(&gate.sources, address, clock_ms()))
        ban_begins(address);
}

void gate_succeeded(nta_incoming_t *request)
{
    uint8_t address[16];

    if (sender_of(request, address))
        sources_succeeded(&gate.sources, address, clock_ms());
}

void gate_answered(nta_incoming_t *request, int status)
{
    uint8_t address[16];
    bool guess = status == 400 || status == 403 || status == 404 || status == 405 || status == 416;

    if (guess && sender_of(request, address) &&
        !sources_is_vouched(&gate.sources, address, clock_ms()) &&
        sources_failed(&gate.sources, address, clock_ms()))
        ban_begins(address);
}

bool gate_knows(const char *address_port)
{
    uint64_t now_ms = clock_ms();
    uint8_t address[16];
    uint16_t port;

    return !gate.limited || (address_read_port(text_of(address_port), address, &port) &&
                             (sources_is_trunk(&gate.sources, address, now_ms) ||
                              sources_is_vouched(&gate.sources, address, now_ms)));
}

void gate_vouch(const char *address_port)
{
    uint8_t address[16];
    uint16_t port;

    if (!address_read_port(text_of(address_port), address, &port))
        return;
    sources_vouch(&gate.sources, address, clock_ms());
    (void)sources_unban(&gate.sources, address, clock_ms());
}

const struct msg_mclass_s *gate_open(struct in_hand *page)
{
    uint64_t seed;

    gate.class = msg_mclass_clone(sip_default_mclass(), 0, 0);
    if (!gate.class)
        return NULL;
    gate.page = page ? page : &gate.own_page;
    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
        seed = clock_ns();
    sources_init(&gate.sources, seed);
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

void gate_beat(void)
{
    gate.page->beats++;
}

void gate_idle(void)
{
    gate.page->busy = 0;
}

void gate_figures(struct gate_figures *out)
{
    *out = gate.figures;
    out->banned = gate.sources.dropped;
    out->too_fast = gate.sources.too_fast;
    out->bans_given = gate.sources.banned;
}
