// SPDX-License-Identifier: Apache-2.0
/* receive.c - packets in: who sent them, what they are, and where they go. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "media/bridge.h"
#include "wire/rtp.h"

enum {
    BATCHES_MOST = 4, /* 32 packets a tick: a flood costs that much and no more. */
    PACKETS_MOST = BATCHES_MOST * ENGINE_BATCH,
    COLLECT_MOST = 2048, /* Times a beat. */
    NS_A_SECOND = 1000000000,
    COMFORT_NOISE = 13 /* RFC 3389, static payload type. */
};

static uint64_t read_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

void engine_set_time(struct engine *engine, uint64_t now_ns)
{
    engine->now_ns = now_ns;
    engine->now_ms = now_ns / 1000000;
    engine->wall_ns = (int64_t)(read_ns(CLOCK_REALTIME) - read_ns(CLOCK_MONOTONIC));
}

void engine_init(struct engine *engine)
{
    for (uint32_t i = 0; i < ENGINE_BATCH; i++) {
        engine->vectors[i] =
            (struct iovec){.iov_base = engine->packets[i], .iov_len = ENGINE_PACKET};
        engine->headers[i].msg_hdr.msg_iov = &engine->vectors[i];
        engine->headers[i].msg_hdr.msg_iovlen = 1;
    }
    engine_set_time(engine, read_ns(CLOCK_MONOTONIC));
    engine->ntp_ns = (uint64_t)engine->wall_ns;
}

/* The kernel's time of arrival on our clock: not later than now, not long ago (a wall clock that
 * was stepped in between). */
static uint64_t arrival_of(const struct engine *engine, struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        struct timespec stamp;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        int64_t at = (int64_t)stamp.tv_sec * NS_A_SECOND + stamp.tv_nsec - engine->wall_ns;
        if (at <= (int64_t)engine->now_ns && at > (int64_t)engine->now_ns - NS_A_SECOND)
            return (uint64_t)at;
    }
    return engine->now_ns;
}

static struct peer_address read_name(const struct sockaddr_in6 *name)
{
    struct peer_address from = {.ip = {[10] = 0xff, [11] = 0xff}, .port = ntohs(name->sin6_port)};

    if (name->sin6_family == AF_INET6)
        memcpy(from.ip, &name->sin6_addr, 16);
    else
        memcpy(from.ip + 12, (const uint8_t *)name + offsetof(struct sockaddr_in, sin_addr), 4);
    return from;
}

uint32_t engine_receive(struct engine *engine, int socket, struct arrival out[ENGINE_BATCH])
{
    for (uint32_t i = 0; i < ENGINE_BATCH; i++) {
        struct msghdr *header = &engine->headers[i].msg_hdr;
        header->msg_name = &engine->names[i];
        header->msg_namelen = sizeof engine->names[i];
        header->msg_control = engine->controls[i];
        header->msg_controllen = ENGINE_CONTROL;
    }
    int got = recvmmsg(socket, engine->headers, ENGINE_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        struct msghdr *header = &engine->headers[i].msg_hdr;
        out[i] = (struct arrival){.bytes = engine->packets[i],
                                  .size = engine->headers[i].msg_len,
                                  .arrival_ns = arrival_of(engine, header),
                                  .from = read_name(&engine->names[i]),
                                  .name = &engine->names[i]};
    }
    return got > 0 ? (uint32_t)got : 0;
}

static bool is_noise(const struct endpoint *endpoint, uint8_t payload_type)
{
    return payload_type == COMFORT_NOISE ||
           (endpoint->noise_type != 0 && payload_type == endpoint->noise_type);
}

/* What we agreed on, and G.711's other law: some telephones change it without saying so. */
static bool is_expected(const struct endpoint *endpoint, uint8_t payload_type)
{
    bool law = !endpoint->wide && (payload_type == 0 || payload_type == 8);

    return payload_type == endpoint->payload_type || law || is_noise(endpoint, payload_type) ||
           (endpoint->event_type != 0 && payload_type == endpoint->event_type);
}

static void begin_source(struct endpoint *endpoint, const struct arrival *arrival,
                         const struct rtp_packet *packet)
{
    struct rtp_stats before = endpoint->stats;

    rtp_stats_init(&endpoint->stats, packet->ssrc, packet->sequence, false);
    if (endpoint->stats_known) { /* The call's figures go on. */
        int64_t lost = rtp_stats_lost(&before);
        endpoint->stats.lost_before_restart += lost > 0 ? (uint32_t)lost : 0;
        endpoint->stats.received_before_restart += before.received + before.received_before_restart;
        endpoint->stats.jitter_max = before.jitter_max;
        jitter_restart(&endpoint->jitter);
    }
    quality_restart(&endpoint->quality);
    endpoint->stats_known = true;
    endpoint->carried = 0;
    endpoint->stats_anew = endpoint->placed = false;
    if (endpoint->wide)
        wide_restart(endpoint->wide);
    if (before.ssrc != packet->ssrc) /* Else a key may be down while the stream moves. */
        keys_restart(&endpoint->keys);
    endpoint->to = *arrival->name;
}

static void say_heard_again(struct engine *engine, struct endpoint *endpoint)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_SILENT);

    event.silent.silent = false;
    event.silent.for_ms = (uint32_t)(engine->now_ms - endpoint->heard_ms);
    endpoint->silent = false;
    outbox_put(&engine->outbox, &event);
}

static void take_caller(struct engine *engine, struct endpoint *endpoint,
                        const struct arrival *arrival, const struct rtp_packet *packet)
{
    bool is_event = endpoint->event_type != 0 && packet->payload_type == endpoint->event_type;
    uint32_t extended, late;

    engine->figures.received++;
    if (endpoint->silent)
        say_heard_again(engine, endpoint);
    endpoint->heard_ms = engine->now_ms;
    int32_t wait_us = (int32_t)((engine->now_ns - arrival->arrival_ns) / 1000);
    endpoint->wait_us =
        (uint32_t)((int32_t)endpoint->wait_us + (wait_us - (int32_t)endpoint->wait_us) / 16);
    endpoint->wait_count++;
    enum rtp_put_result result = rtp_stats_put(
        &endpoint->stats, packet->sequence, packet->timestamp,
        (uint32_t)(arrival->arrival_ns * endpoint->clock / 125000), !is_event, &extended);
    late = endpoint->jitter.late;
    if (is_event) {
        char key = keys_event(&endpoint->keys, packet, engine->now_ms);
        if (key)
            endpoint_say_key(engine, endpoint, key, KEY_RTP,
                             (uint16_t)(endpoint->keys.receiver.held / 8 / endpoint->event_clock));
    } else if (is_noise(endpoint, packet->payload_type)) {
        endpoint_noise(endpoint, packet);
    } else {
        endpoint_sound(engine, endpoint, packet, arrival->arrival_ns);
    }
    if (result == RTP_PUT_RESTARTED)
        quality_restart(&endpoint->quality);
    if (result == RTP_PUT_NEW || result == RTP_PUT_RESTARTED)
        quality_packet(&endpoint->quality, extended, endpoint->jitter.late != late);
    if (endpoint->other)
        bridge_packet(engine, endpoint, packet);
}

static void take_packet(struct engine *engine, struct endpoint *endpoint,
                        const struct arrival *arrival)
{
    struct rtp_packet packet;
    struct arrival opened;
    uint8_t clear[ENGINE_PACKET];

    if (engine->own && own_has(engine->own, &arrival->from)) {
        endpoint->peer.strangers++;
        engine->figures.strangers++;
        return;
    }
    if (rtp_is_rtcp(arrival->bytes, arrival->size)) {
        endpoint_take_report(engine, endpoint, arrival);
        return;
    }
    if (endpoint->cipher.suite != SUITE_NONE) {
        opened = *arrival;
        opened.bytes = clear;
        opened.size = cipher_open(&endpoint->cipher, arrival->bytes, arrival->size, false, clear);
        arrival = &opened;
        if (opened.size == 0)
            return;
    }
    if (!rtp_read(arrival->bytes, arrival->size, &packet) ||
        !is_expected(endpoint, packet.payload_type)) {
        engine->figures.malformed++;
        return;
    }
    switch (peer_judge(&endpoint->peer, &arrival->from, &packet, engine->now_ms)) {
    case PEER_CALLER_ANEW:
        begin_source(endpoint, arrival, &packet);
        take_caller(engine, endpoint, arrival, &packet);
        break;
    case PEER_CALLER:
        if (endpoint->stats_anew)
            begin_source(endpoint, arrival, &packet);
        endpoint->to = *arrival->name;
        take_caller(engine, endpoint, arrival, &packet);
        break;
    case PEER_WAIT:
        break;
    case PEER_STRANGER:
        engine->figures.strangers++;
        break;
    }
}

static bool is_listening(const struct endpoint *endpoint)
{
    return endpoint->way == WAY_BOTH || endpoint->way == WAY_RECEIVE;
}

int endpoint_socket(const struct endpoint *endpoint, enum uring_socket socket)
{
    return socket == URING_SOUND ? endpoint->sockets.rtp : endpoint->sockets.rtcp;
}

void endpoint_listen(struct engine *engine, struct endpoint *endpoint)
{
    for (uint32_t i = 0; engine->uring && i < 2; i++) {
        endpoint->ears[i] = (struct ear){.state = EAR_LISTENS};
        uring_listen(engine->uring, endpoint_socket(endpoint, i), i, endpoint->leg);
    }
}

void endpoint_deafen(struct engine *engine, struct endpoint *endpoint)
{
    for (uint32_t i = 0; engine->uring && i < 2; i++)
        uring_deaf(engine->uring, i, endpoint->leg);
}

static void receive_plainly(struct engine *engine, struct endpoint *endpoint)
{
    struct arrival arrivals[ENGINE_BATCH];
    bool listening = is_listening(endpoint);
    uint32_t got = ENGINE_BATCH;

    for (int batch = 0; batch < BATCHES_MOST && got == ENGINE_BATCH; batch++) {
        got = engine_receive(engine, endpoint->sockets.rtp, arrivals);
        for (uint32_t i = 0; i < got && listening; i++)
            take_packet(engine, endpoint, &arrivals[i]);
    }
    /* A report may lie for half a second: the kernel has written down when it came. */
    if ((engine->tick + endpoint->leg) % 25 == 0)
        endpoint_receive_reports(engine, endpoint);
}

void endpoint_receive(struct engine *engine, struct endpoint *endpoint)
{
    if (!engine->uring) {
        receive_plainly(engine, endpoint);
        return;
    }
    for (uint32_t i = 0; i < 2; i++) {
        struct ear *ear = &endpoint->ears[i];
        ear->packets = 0;
        if (ear->state == EAR_DEAF) {
            ear->state = EAR_LISTENS;
            uring_listen(engine->uring, endpoint_socket(endpoint, i), i, endpoint->leg);
        }
    }
}

static void take_collected(struct engine *engine, struct endpoint *endpoint,
                           const struct uring_got *got)
{
    struct msghdr header = {.msg_control = got->control, .msg_controllen = got->control_size};
    struct arrival arrival = {.bytes = got->bytes,
                              .size = got->size,
                              .arrival_ns = arrival_of(engine, &header),
                              .from = read_name(got->name),
                              .name = got->name};

    if (got->socket == URING_REPORT)
        endpoint_take_report(engine, endpoint, &arrival);
    else if (is_listening(endpoint))
        take_packet(engine, endpoint, &arrival);
}

static void take_got(struct engine *engine, struct endpoint *endpoint, const struct uring_got *got)
{
    struct ear *ear = &endpoint->ears[got->socket];

    switch (got->kind) {
    case URING_PACKET_CAME:
        if (++ear->packets <= PACKETS_MOST) {
            take_collected(engine, endpoint, got);
        } else if (ear->state == EAR_LISTENS) { /* A flood. */
            ear->state = EAR_CLOSES;
            uring_deaf(engine->uring, got->socket, endpoint->leg);
        }
        break;
    case URING_ENDED:
        ear->state = EAR_DEAF;
        break;
    case URING_UNSENT:
        engine->figures.send_failed++;
        engine->figures.sent -= got->socket == URING_SOUND;
        endpoint->sent -= got->socket == URING_SOUND;
        break;
    }
}

/* The kernel hands over some 20 packets at a time, as long as there are more. */
void engine_collect(struct engine *engine)
{
    struct uring_got got;

    for (uint32_t i = 0; engine->uring && i < COLLECT_MOST && uring_collect(engine->uring); i++) {
        while (uring_next(engine->uring, &got)) {
            struct endpoint *endpoint = engine->endpoints + (got.leg & 0xffff) / engine->threads;
            /* What comes late is of a leg that is gone. */
            if (endpoint->leg == got.leg && endpoint->state == ENDPOINT_OPEN)
                take_got(engine, endpoint, &got);
        }
    }
}
