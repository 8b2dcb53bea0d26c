// SPDX-License-Identifier: Apache-2.0
/* hop.c - where a request goes and where it is answered to: numbers only, never a name to resolve.
 *
 * Contact and Record-Route come from strangers. Where they name an address in numbers we follow
 * them (RFC 3261 12.2.1.1); where they give a host name, or the sender sits behind a translator of
 * addresses (its Via disagrees with where its packets come from), we send to the source. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "sip/worker.h"

static bool numeric(const char *host)
{
    unsigned char address[16];
    char bare[64];
    size_t size = host ? strlen(host) : 0;

    if (size == 0 || size >= sizeof(bare))
        return false;
    memcpy(bare, host, size + 1);
    if (bare[0] == '[' && bare[size - 1] == ']') {
        bare[size - 1] = '\0';
        return inet_pton(AF_INET6, bare + 1, address) == 1;
    }
    return inet_pton(AF_INET, bare, address) == 1 || inet_pton(AF_INET6, bare, address) == 1;
}

static const char *transport_name(enum transport transport)
{
    return transport == TRANSPORT_TLS ? "tls" : transport == TRANSPORT_TCP ? "tcp" : "udp";
}

/* "host", "port" -> "host:port", bracketed when it is IPv6 and is not yet. */
static void host_port(char *out, size_t size, const char *host, const char *port,
                      enum transport transport)
{
    bool bare6 = strchr(host, ':') && host[0] != '[';

    if (!port || !port[0])
        port = transport == TRANSPORT_TLS ? "5061" : "5060";
    snprintf(out, size, bare6 ? "[%s]:%s" : "%s:%s", host, port);
}

static enum transport transport_of(const tport_t *tport)
{
    return tport_has_tls(tport)  ? TRANSPORT_TLS
           : tport_is_tcp(tport) ? TRANSPORT_TCP
                                 : TRANSPORT_UDP;
}

static void address_text(const su_sockaddr_t *from, char out[ADDRESS_SIZE])
{
    char host[ADDRESS_TEXT];
    uint8_t address[16];
    uint16_t port;
    struct text_buffer buffer;
    bool six;

    gate_address(from, address, &port);
    address_write(address, host);
    six = strchr(host, ':') != NULL;
    text_buffer_init(&buffer, out, ADDRESS_SIZE - 1);
    text_append(&buffer, six ? TEXT("[") : TEXT_EMPTY);
    text_append(&buffer, text_of(host));
    text_append(&buffer, six ? TEXT("]:") : TEXT(":"));
    text_append_number(&buffer, port);
    out[buffer.size] = '\0';
}

/* The address that this machine uses towards the peer: for listeners bound to all addresses. */
static bool probe_local(const su_sockaddr_t *peer, const char *port, char out[ADDRESS_SIZE])
{
    su_sockaddr_t local = {0};
    socklen_t size = sizeof(local);
    int fd = socket(peer->su_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = false;

    if (fd < 0)
        return false;
    size_t peer_size = peer->su_family == AF_INET6 ? sizeof(peer->su_sin6) : sizeof(peer->su_sin);
    if (connect(fd, &peer->su_sa, (socklen_t)peer_size) == 0 &&
        getsockname(fd, &local.su_sa, &size) == 0) {
        local.su_port = htons((uint16_t)strtoul(port, NULL, 10));
        address_text(&local, out);
        good = true;
    }
    close(fd);
    return good;
}

static bool wildcard(const char *host)
{
    return !host || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 ||
           strcmp(host, "[::]") == 0 || strcmp(host, "*") == 0;
}

static void local_address(nta_incoming_t *request, const su_sockaddr_t *peer,
                          enum transport *transport, char out[ADDRESS_SIZE])
{
    tport_t *tport = nta_incoming_transport(worker.agent, request, NULL);
    const tp_name_t *name = tport ? tport_name(tport_parent(tport)) : NULL;

    *transport = tport ? transport_of(tport) : TRANSPORT_UDP;
    out[0] = '\0';
    if (name && (!wildcard(name->tpn_host) || !probe_local(peer, name->tpn_port, out)))
        host_port(out, ADDRESS_SIZE, name->tpn_host, name->tpn_port, *transport);
    if (tport)
        tport_unref(tport);
}

/* An idle connection is closed, but not one that somebody holds: a telephone behind a translator
 * cannot be reached by another. */
static void hold(struct dialog *dialog, tport_t *tport)
{
    tport_t *before = dialog->way;

    dialog->way = tport && tport_is_secondary(tport) ? tport_ref(tport) : NULL;
    if (before)
        tport_unref(before);
}

void hop_release(struct dialog *dialog)
{
    hold(dialog, NULL);
}

void hop_source_of(msg_t *msg, char out[ADDRESS_SIZE])
{
    address_text(msg_addr(msg), out);
}

void hop_source(nta_incoming_t *request, char out[ADDRESS_SIZE])
{
    msg_t *msg = nta_incoming_getrequest(request);

    out[0] = 0;
    if (!msg)
        return;
    hop_source_of(msg, out);
    msg_destroy(msg);
}

void hop_learn(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
    msg_t *msg = nta_incoming_getrequest(request);
    const sip_via_t *via = sip->sip_via;
    tport_t *tport;

    if (!msg)
        return;
    address_text(msg_addr(msg), dialog->source);
    local_address(request, msg_addr(msg), &dialog->transport, dialog->local);
    /* The library writes `received` when the sender's idea of its address is not ours. */
    dialog->behind = via && via->v_received;
    msg_destroy(msg);
    tport = nta_incoming_transport(worker.agent, request, NULL);
    hold(dialog, tport);
    if (tport)
        tport_unref(tport);
}

static void hop_url(char out[HOP_SIZE], const char *address, enum transport transport)
{
    snprintf(out, HOP_SIZE, "sip:%s;transport=%s", address, transport_name(transport));
}

static tport_t *connection_to(const char *address, enum transport transport)
{
    char host[ADDRESS_SIZE], *port;
    tp_name_t name = {
        .tpn_proto = transport_name(transport), .tpn_canon = host, .tpn_host = host};
    tport_t *tport;

    snprintf(host, sizeof(host), "%s", address);
    port = strrchr(host, ':');
    if (!port)
        return NULL;
    *port = '\0';
    name.tpn_port = port + 1;
    tport = tport_by_name(nta_agent_tports(worker.agent), &name);
    return tport && tport_is_secondary(tport) ? tport : NULL;
}

static tport_t *connection(const struct dialog *dialog)
{
    return connection_to(dialog->source, dialog->transport);
}

/* A connection of the peer's that is still up carries our requests too (RFC 5923's idea). */
static bool connected(const struct dialog *dialog)
{
    tport_t *tport = connection(dialog);

    return tport && tport_is_connected(tport);
}

bool hop_is_connected(const char *hop, enum transport transport)
{
    char address[ADDRESS_SIZE];
    tport_t *tport;

    snprintf(address, sizeof(address), "%.*s", (int)strcspn(hop + 4, ";"), hop + 4);
    tport = connection_to(address, transport);
    return tport && tport_is_connected(tport);
}

bool hop_same_host(const char *hop, const char *other)
{
    const char *end = strrchr(hop, ':'); /* Before the port. */
    size_t size = end ? (size_t)(end - hop) + 1 : 0;

    return size > 0 && strncmp(hop, other, size) == 0;
}

void hop_hold(struct dialog *dialog)
{
    if (dialog->transport != TRANSPORT_UDP)
        hold(dialog, connection(dialog));
}

void hop_next(const struct dialog *dialog, char out[HOP_SIZE])
{
    const sip_route_t *route = NULL;
    const sip_contact_t *target = NULL;
    const url_t *url = NULL;
    char address[ADDRESS_SIZE];

    nta_leg_get_route(dialog->nta, &route, &target);
    if (route)
        url = route->r_url;
    else if (target && !dialog->behind)
        url = target->m_url;
    if (dialog->transport != TRANSPORT_UDP && connected(dialog))
        url = NULL;
    if (url && numeric(url->url_host)) {
        host_port(address, sizeof(address), url->url_host, url->url_port, dialog->transport);
        hop_url(out, address, dialog->transport);
    } else {
        hop_url(out, dialog->source, dialog->transport);
    }
}

/* RFC 5630 3.1: who is called by sips: names itself so. */
static bool wants_sips(const struct dialog *dialog)
{
    const sip_route_t *route = NULL;
    const sip_contact_t *target = NULL;

    if (dialog->nta)
        nta_leg_get_route(dialog->nta, &route, &target);
    return dialog->secure || (target && target->m_url->url_type == url_sips);
}

void hop_contact(const struct dialog *dialog, char *out, size_t size)
{
    static const char *const parameters[] = {"", ";transport=tcp", ";transport=tls"};

    if (dialog->transport == TRANSPORT_TLS && wants_sips(dialog))
        snprintf(out, size, "<sips:%s>", dialog->local);
    else
        snprintf(out, size, "<sip:%s%s>", dialog->local, parameters[dialog->transport]);
}

void hop_contact_for(nta_incoming_t *request, char *out, size_t size)
{
    struct dialog passing = {0};
    msg_t *msg = nta_incoming_getrequest(request);

    if (msg) {
        local_address(request, msg_addr(msg), &passing.transport, passing.local);
        msg_destroy(msg);
    }
    hop_contact(&passing, out, size);
}

bool hop_of_uri(const char *uri, char out[HOP_SIZE], enum transport *transport)
{
    char address[ADDRESS_SIZE], protocol[8] = "";
    url_t *url = url_hdup(worker.home, (const url_t *)(const void *)uri);
    bool secure = url && url->url_type == url_sips,
         good = url && (secure || url->url_type == url_sip) && !url->url_headers &&
                numeric(url->url_host);

    if (good) {
        if (url->url_params)
            url_param(url->url_params, "transport", protocol, sizeof(protocol));
        *transport = secure || strcasecmp(protocol, "tls") == 0 ? TRANSPORT_TLS
                     : strcasecmp(protocol, "tcp") == 0         ? TRANSPORT_TCP
                                                                : TRANSPORT_UDP;
        host_port(address, sizeof(address), url->url_host, url->url_port, *transport);
        hop_url(out, address, *transport);
    }
    su_free(worker.home, url);
    return good;
}

/* Which of our listeners answers for calls that we place: the first of the transport. */
bool hop_local_for(const char *hop, enum transport transport, char local[ADDRESS_SIZE])
{
    tport_t *tport = tport_primaries(nta_agent_tports(worker.agent));
    char host[ADDRESS_SIZE], *end;
    su_sockaddr_t peer = {0};

    snprintf(host, sizeof(host), "%s", hop + 4);
    end = strchr(host, ';');
    if (end)
        *end = '\0';
    end = strrchr(host, ':');
    if (end)
        *end = '\0';
    if (host[0] == '[') {
        peer.su_family = AF_INET6;
        host[strlen(host) - 1] = '\0';
        inet_pton(AF_INET6, host + 1, &peer.su_sin6.sin6_addr);
    } else {
        peer.su_family = AF_INET;
        inet_pton(AF_INET, host, &peer.su_sin.sin_addr);
    }
    peer.su_port = htons(9);
    for (; tport; tport = tport_next(tport)) {
        const tp_name_t *name = tport_name(tport);
        if (transport_of(tport) != transport)
            continue;
        if (!wildcard(name->tpn_host) || !probe_local(&peer, name->tpn_port, local))
            host_port(local, ADDRESS_SIZE, name->tpn_host, name->tpn_port, transport);
        return true;
    }
    return false;
}
