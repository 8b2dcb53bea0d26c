// SPDX-License-Identifier: Apache-2.0
/* locate.c - a place a host and port: its look-ups, what was found, who waits for it. */
#include "sip/locate.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/address.h"
#include "base/clock.h"
#include "sip/dns.h"
#include "sip/gate.h"
#include "sip/service.h"
#include "sip/tls.h"
#include "sip/worker.h"

enum {
    PLACES = MAX_TRUNKS,
    SERVICES = 16,
    ASKED =
        8, /* Services of one place: an answer with hundreds of them does not make us ask all. */
    LOOK_UP_MS = 10000,
    ADDRESSES = 4, /* Of one name. */
    LEAST_TTL_S = 5,
    MOST_TTL_S = 3600,
    DOWN_MS = 30000,
    DOWN = 64
};

struct server { /* An SRV record, or the host itself. */
    char name[ACCOUNT_HOST];
    uint16_t port, priority, weight;
    uint32_t rank;
    enum transport transport;
    char addresses[ADDRESSES][INET6_ADDRSTRLEN];
    uint32_t address_count;
};

enum stage { STAGE_NONE, STAGE_NAPTR, STAGE_SRV, STAGE_ADDRESS, STAGE_READY };

struct place {
    char host[ACCOUNT_HOST];
    uint16_t port;
    bool transport_given;
    enum transport transport;
    enum stage stage;
    uint32_t pending, asked, ttl_s;
    uint64_t until_ms, used_ms;
    struct server servers[SERVICES];
    uint32_t server_count;
};

static struct {
    struct place places[PLACES];
    struct {
        locate_done *done;
        uint32_t subject;
        struct place *place;
        uint64_t until_ms;
    } waiting[LOCATE_WAITING];
    uint32_t waiting_count;
    struct {
        char hop[LOCATE_HOP];
        uint64_t until_ms;
    } down[DOWN];
    struct random random;
} state;

static const char *const protocols[] = {"udp", "tcp", "tls"};

/* ---- Targets of what was found ---- */

static bool is_down(const char *hop, uint64_t now_ms)
{
    for (int i = 0; i < DOWN; i++) {
        if (state.down[i].until_ms > now_ms && strcmp(state.down[i].hop, hop) == 0)
            return true;
    }
    return false;
}

void locate_failed(const char *hop, uint64_t now_ms)
{
    int at = 0;

    for (int i = 0; i < DOWN; i++) {
        if (strcmp(state.down[i].hop, hop) == 0) {
            at = i;
            break;
        }
        if (state.down[i].until_ms < state.down[at].until_ms)
            at = i;
    }
    snprintf(state.down[at].hop, sizeof(state.down[at].hop), "%s", hop);
    state.down[at].until_ms = now_ms + DOWN_MS;
}

void locate_good(const char *hop)
{
    for (int i = 0; i < DOWN; i++) {
        if (strcmp(state.down[i].hop, hop) == 0)
            state.down[i].until_ms = 0;
    }
}

static void add_targets(const struct server *server, bool down, uint64_t now_ms,
                        struct targets *out)
{
    for (uint32_t i = 0; i < server->address_count && out->count < LOCATE_TARGETS; i++) {
        struct target target = {.transport = server->transport};
        snprintf(target.hop, sizeof(target.hop),
                 strchr(server->addresses[i], ':') ? "sip:[%s]:%u;transport=%s"
                                                   : "sip:%s:%u;transport=%s",
                 server->addresses[i], server->port, protocols[server->transport]);
        if (is_down(target.hop, now_ms) == down)
            out->list[out->count++] = target;
    }
}

/* RFC 5922 7.3: whatever names DNS led over, the certificate is of the host that was written. */
static void expect_names(const struct place *place, const struct targets *targets)
{
    char address[LOCATE_HOP];

    for (uint32_t i = 0; i < targets->count; i++) {
        const char *hop = targets->list[i].hop + 4;
        snprintf(address, sizeof(address), "%.*s", (int)strcspn(hop, ";"), hop);
        if (targets->list[i].transport == TRANSPORT_TLS)
            tls_expect(address, place->host);
    }
}

/* The order is drawn for each call. */
static void draw(const struct place *place, struct targets *out)
{
    struct service services[SERVICES];
    uint64_t now_ms = clock_ms();

    out->count = 0;
    for (uint32_t i = 0; i < place->server_count; i++)
        services[i] = (struct service){.rank = place->servers[i].rank,
                                       .priority = place->servers[i].priority,
                                       .weight = place->servers[i].weight,
                                       .index = i};
    service_order(services, place->server_count, &state.random);
    for (int down = 0; down < 2; down++) {
        for (uint32_t i = 0; i < place->server_count; i++)
            add_targets(&place->servers[services[i].index], down, now_ms, out);
    }
    expect_names(place, out);
}

static void tell(locate_done *done, uint32_t subject, const struct targets *targets)
{
    char address[LOCATE_HOP];

    for (uint32_t i = 0; i < targets->count; i++) {
        const char *hop = targets->list[i].hop + 4;
        snprintf(address, sizeof(address), "%.*s", (int)strcspn(hop, ";"), hop);
        gate_vouch(address);
    }
    done(subject, targets);
}

static void finish(struct place *place)
{
    struct targets targets;
    uint32_t count = state.waiting_count;
    uint32_t ttl_s = place->ttl_s < LEAST_TTL_S  ? LEAST_TTL_S
                     : place->ttl_s > MOST_TTL_S ? MOST_TTL_S
                                                 : place->ttl_s;

    place->stage = STAGE_READY;
    draw(place, &targets);
    place->until_ms = clock_ms() + 1000ull * (targets.count ? ttl_s : LEAST_TTL_S);
    for (uint32_t i = 0; i < count;) {
        if (state.waiting[i].place != place) {
            i++;
            continue;
        }
        locate_done *done = state.waiting[i].done;
        uint32_t subject = state.waiting[i].subject;
        state.waiting[i] = state.waiting[--state.waiting_count];
        count--;
        draw(place, &targets);
        tell(done, subject, &targets);
    }
}

/* ---- Look-ups ---- */

static struct server *add_server(struct place *place, const char *name, uint16_t port,
                                 enum transport transport)
{
    struct server *server;

    if (place->server_count == SERVICES)
        return NULL;
    server = &place->servers[place->server_count++];
    *server = (struct server){.port = port, .transport = transport};
    snprintf(server->name, sizeof(server->name), "%s", name);
    return server;
}

static void heard_ttl(struct place *place, uint32_t ttl_s)
{
    if (ttl_s < place->ttl_s)
        place->ttl_s = ttl_s;
}

static void on_addresses(void *argument, int status, int timeouts, struct ares_addrinfo *found)
{
    struct server *server = argument;
    struct place *place = NULL;

    (void)timeouts;
    for (int i = 0; i < PLACES; i++) {
        if (server >= state.places[i].servers && server < state.places[i].servers + SERVICES)
            place = &state.places[i];
    }
    for (const struct ares_addrinfo_node *node = status == ARES_SUCCESS ? found->nodes : NULL;
         node && server->address_count < ADDRESSES; node = node->ai_next) {
        char *out = server->addresses[server->address_count];
        union {
            const struct sockaddr *any;
            const struct sockaddr_in *four;
            const struct sockaddr_in6 *six;
        } address = {.any = node->ai_addr};
        const void *bytes = node->ai_family == AF_INET6 ? (const void *)&address.six->sin6_addr
                                                        : (const void *)&address.four->sin_addr;
        server->address_count += inet_ntop(node->ai_family, bytes, out, INET6_ADDRSTRLEN) != NULL;
        heard_ttl(place, node->ai_ttl > 0 ? (uint32_t)node->ai_ttl : 0);
    }
    if (found)
        ares_freeaddrinfo(found);
    if (--place->pending == 0)
        finish(place);
}

static void ask_addresses(struct place *place)
{
    uint32_t count = place->server_count;
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};

    place->stage = STAGE_ADDRESS;
    place->pending = count + 1; /* Answers may come while we ask. */
    for (uint32_t i = 0; i < count; i++)
        ares_getaddrinfo(dns_channel(), place->servers[i].name, NULL, &hints, on_addresses,
                         &place->servers[i]);
    if (--place->pending == 0)
        finish(place);
}

static uint16_t usual_port(enum transport transport)
{
    return transport == TRANSPORT_TLS ? 5061 : 5060;
}

/* All services were asked for: without any, the host itself is the server (RFC 3263 4.2). */
static void services_known(struct place *place)
{
    if (place->server_count == 0)
        add_server(place, place->host, usual_port(place->transport), place->transport);
    ask_addresses(place);
}

struct question {
    struct place *place;
    enum transport transport;
    uint32_t rank;
    bool used;
};

static struct question questions[ASKED * PLACES];

static void on_services(void *argument, int status, int timeouts, unsigned char *bytes, int size)
{
    struct question *question = argument;
    struct place *place = question->place;
    struct ares_srv_reply *services = NULL;

    (void)timeouts;
    if (status == ARES_SUCCESS && ares_parse_srv_reply(bytes, size, &services) == ARES_SUCCESS) {
        heard_ttl(place, dns_ttl_s(bytes, (uint32_t)size));
        for (const struct ares_srv_reply *s = services; s; s = s->next) {
            struct server *server = strcmp(s->host, ".") == 0 || !s->host[0]
                                        ? NULL /* The service is decidedly not there. */
                                        : add_server(place, s->host, s->port, question->transport);
            if (!server)
                continue;
            server->rank = question->rank;
            server->priority = s->priority;
            server->weight = s->weight;
        }
        ares_free_data(services);
    }
    question->used = false;
    if (--place->pending == 0)
        services_known(place);
}

static void ask_services(struct place *place, const char *name, enum transport transport,
                         uint32_t rank)
{
    if (place->asked == ASKED)
        return;
    place->asked++;
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        if (questions[i].used)
            continue;
        questions[i] = (struct question){place, transport, rank, true};
        place->pending++;
        ares_query(dns_channel(), name, DNS_CLASS_IN, DNS_TYPE_SRV, on_services, &questions[i]);
        return;
    }
}

static void ask_usual_services(struct place *place)
{
    static const char *const prefixes[] = {"_sip._udp.", "_sip._tcp.", "_sips._tcp."};
    char name[ACCOUNT_HOST + 16];

    for (enum transport t = TRANSPORT_UDP; t <= TRANSPORT_TLS; t++) {
        if (place->transport_given ? t != place->transport : t == TRANSPORT_TLS)
            continue;
        snprintf(name, sizeof(name), "%s%s", prefixes[t], place->host);
        ask_services(place, name, t, t);
    }
}

static bool naptr_transport(const struct ares_naptr_reply *naptr, enum transport *out)
{
    const char *service = (const char *)naptr->service, *flags = (const char *)naptr->flags;

    *out = strcasecmp(service, "SIP+D2U") == 0    ? TRANSPORT_UDP
           : strcasecmp(service, "SIP+D2T") == 0  ? TRANSPORT_TCP
           : strcasecmp(service, "SIPS+D2T") == 0 ? TRANSPORT_TLS
                                                  : TRANSPORT_UDP;
    return strcasecmp(flags, "s") == 0 && strncasecmp(service, "SIP", 3) == 0 &&
           (*out != TRANSPORT_UDP || strcasecmp(service, "SIP+D2U") == 0) && naptr->replacement &&
           naptr->replacement[0];
}

/* Calls by TLS go out beside a listener of ours. */
static bool speaks_tls(void)
{
    char local[ADDRESS_SIZE];

    return hop_local_for("sip:127.0.0.1:5061;transport=tls", TRANSPORT_TLS, local);
}

static void on_naptr(void *argument, int status, int timeouts, unsigned char *bytes, int size)
{
    struct place *place = argument;
    struct ares_naptr_reply *records = NULL;
    enum transport transport;

    (void)timeouts;
    place->stage = STAGE_SRV;
    place->pending = 1; /* Us, while we ask. */
    if (status == ARES_SUCCESS && ares_parse_naptr_reply(bytes, size, &records) == ARES_SUCCESS) {
        heard_ttl(place, dns_ttl_s(bytes, (uint32_t)size));
        for (const struct ares_naptr_reply *r = records; r; r = r->next) {
            if (naptr_transport(r, &transport) && (transport != TRANSPORT_TLS || speaks_tls()))
                ask_services(place, r->replacement, transport,
                             (uint32_t)r->order << 16 | r->preference);
        }
        ares_free_data(records);
    }
    if (place->pending == 1)
        ask_usual_services(place);
    if (--place->pending == 0)
        services_known(place);
}

static void look_up(struct place *place)
{
    place->server_count = place->asked = 0;
    place->ttl_s = MOST_TTL_S;
    place->pending = 0;
    if (place->port) {
        add_server(place, place->host, place->port, place->transport);
        ask_addresses(place);
    } else if (place->transport_given) {
        place->stage = STAGE_SRV;
        place->pending = 1;
        ask_usual_services(place);
        if (--place->pending == 0)
            services_known(place);
    } else {
        place->stage = STAGE_NAPTR;
        ares_query(dns_channel(), place->host, DNS_CLASS_IN, DNS_TYPE_NAPTR, on_naptr, place);
    }
}

/* ---- The door ---- */

static struct place *place_of(const struct account *trunk)
{
    struct place *oldest = NULL;

    for (int i = 0; i < PLACES; i++) {
        struct place *place = &state.places[i];
        if (strcmp(place->host, trunk->host) == 0 && place->port == trunk->port &&
            place->transport == trunk->transport &&
            place->transport_given == trunk->transport_given)
            return place;
        if ((place->stage == STAGE_NONE || place->stage == STAGE_READY) &&
            (!oldest || place->used_ms < oldest->used_ms))
            oldest = place;
    }
    if (!oldest)
        return NULL;
    *oldest = (struct place){.port = trunk->port,
                             .transport = trunk->transport,
                             .transport_given = trunk->transport_given};
    snprintf(oldest->host, sizeof(oldest->host), "%s", trunk->host);
    return oldest;
}

static bool numeric(const struct account *trunk, struct targets *out)
{
    uint8_t address[16];
    struct server server = {.port = trunk->port ? trunk->port : usual_port(trunk->transport),
                            .transport = trunk->transport,
                            .address_count = 1};

    if (!address_read(text_of(trunk->host), address))
        return false;
    text_copy(server.addresses[0], sizeof(server.addresses[0]), text_of(trunk->host));
    out->count = 0;
    add_targets(&server, false, UINT64_MAX, out); /* The only one, down or not. */
    return true;
}

void locate(const struct account *trunk, locate_done *done, uint32_t subject)
{
    struct targets targets = {.count = 0};
    struct place *place;
    uint64_t now_ms = clock_ms();

    if (numeric(trunk, &targets)) {
        tell(done, subject, &targets);
        return;
    }
    place = trunk->host[0] && dns_channel() ? place_of(trunk) : NULL;
    if (place && place->stage == STAGE_READY && place->until_ms > now_ms) {
        place->used_ms = now_ms;
        draw(place, &targets);
        tell(done, subject, &targets);
        return;
    }
    if (!place || state.waiting_count == LOCATE_WAITING) {
        done(subject, &targets);
        return;
    }
    state.waiting[state.waiting_count].done = done;
    state.waiting[state.waiting_count].subject = subject;
    state.waiting[state.waiting_count].until_ms = now_ms + LOOK_UP_MS;
    state.waiting[state.waiting_count++].place = place;
    place->used_ms = now_ms;
    if (place->stage == STAGE_NONE || place->stage == STAGE_READY)
        look_up(place);
}

bool locate_open(su_root_t *root, const char *servers)
{
    if (getrandom(&state.random, sizeof(state.random), 0) != sizeof(state.random))
        return false;
    return dns_open(root, servers);
}

/* Several questions in a row may each wait for a server that is silent; who calls does not. What is
 * found after all is for the next call. */
static void give_up_waiting(uint64_t now_ms)
{
    const struct targets nothing = {.count = 0};

    for (uint32_t i = 0; i < state.waiting_count;) {
        if (state.waiting[i].until_ms > now_ms) {
            i++;
            continue;
        }
        locate_done *done = state.waiting[i].done;
        uint32_t subject = state.waiting[i].subject;
        state.waiting[i] = state.waiting[--state.waiting_count];
        done(subject, &nothing);
    }
}

void locate_turn(void)
{
    dns_turn();
    if (state.waiting_count > 0)
        give_up_waiting(clock_ms());
}
