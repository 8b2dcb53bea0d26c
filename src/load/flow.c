// SPDX-License-Identifier: Apache-2.0
/* flow.c - sockets, which call is behind which address, and what came. */
#include "load/flow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "load/flow_inside.h"

enum {
    LISTEN_FRAMES = 75, /* 1.5 s: the first word of any greeting is heard. */
    BUFFER_BYTES = 8 << 20,
    CONTROL_BYTES = 4096,
    FIRST_PORT = 40000, /* Where free ports are looked for, */
    LAST_PORT = 60000,
    TRIES = 200,
    MOST_A_STEP = 64 /* Batches of a socket: signalling must not wait for ever. */
};

static void close_sockets(struct flow *flow)
{
    for (uint32_t i = 0; i < FLOW_SOCKETS; i++) {
        if (flow->fds[i] >= 0)
            close(flow->fds[i]);
        if (flow->control_fds[i] >= 0)
            close(flow->control_fds[i]);
        flow->fds[i] = flow->control_fds[i] = -1;
    }
}

/* The odd ports are for RTCP: bound, so that the server is not told they are closed, never read. */
static int open_sockets(struct flow *flow, const union place *local, uint16_t first)
{
    union place address = *local;

    for (uint32_t i = 0; i < FLOW_SOCKETS; i++) {
        flow->ports[i] = (uint16_t)(first + 2 * i);
        place_set_port(&address, flow->ports[i]);
        flow->fds[i] = stamp_socket(&address, BUFFER_BYTES);
        place_set_port(&address, (uint16_t)(flow->ports[i] + 1));
        if (flow->fds[i] >= 0)
            flow->control_fds[i] = stamp_socket(&address, CONTROL_BYTES);
        if (flow->fds[i] < 0 || flow->control_fds[i] < 0) {
            int error = flow->fds[i] < 0 ? flow->fds[i] : flow->control_fds[i];
            close_sockets(flow);
            return error;
        }
    }
    return 0;
}

static int open_any(struct flow *flow, const union place *local)
{
    struct random random = {clock_ns() ^ (uint64_t)getpid() << 32};
    int error = -EADDRINUSE;

    for (uint32_t i = 0; i < TRIES && error == -EADDRINUSE; i++) {
        uint32_t first = FIRST_PORT + random_below(&random, LAST_PORT - FIRST_PORT - FLOW_PORTS);
        error = open_sockets(flow, local, (uint16_t)(first & ~1u));
    }
    return error;
}

static void prepare_inbox(struct flow_inbox *inbox)
{
    for (uint32_t i = 0; i < FLOW_BATCH; i++) {
        inbox->parts[i] = (struct iovec){inbox->bytes[i], FLOW_DATAGRAM};
        inbox->messages[i].msg_hdr = (struct msghdr){.msg_name = &inbox->from[i],
                                                     .msg_namelen = sizeof inbox->from[i],
                                                     .msg_iov = &inbox->parts[i],
                                                     .msg_iovlen = 1,
                                                     .msg_control = inbox->control[i],
                                                     .msg_controllen = STAMP_BYTES};
    }
}

int flow_open(struct flow **out, struct worker *worker, const union place *local,
              uint16_t first_port)
{
    struct flow *flow = calloc(1, sizeof *flow);
    uint32_t buckets = 64;
    int error;

    if (!flow)
        return -ENOMEM;
    for (uint32_t i = 0; i < FLOW_SOCKETS; i++)
        flow->fds[i] = flow->control_fds[i] = -1;
    while (buckets < 2 * worker->capacity)
        buckets *= 2;
    flow->bucket_mask = buckets - 1;
    flow->buckets = calloc(buckets, sizeof *flow->buckets);
    error = !flow->buckets ? -ENOMEM
            : first_port   ? open_sockets(flow, local, first_port)
                           : open_any(flow, local);
    if (error) {
        flow_close(flow);
        return error;
    }
    prepare_inbox(&flow->inbox);
    *out = flow;
    return 0;
}

void flow_close(struct flow *flow)
{
    close_sockets(flow);
    for (uint32_t i = 0; i < FLOW_SOCKETS; i++) {
        for (uint32_t slot = 0; slot < FLOW_SLOTS; slot++)
            free(flow->lists[i][slot].calls);
    }
    for (uint32_t i = 0; i < FLOW_HOLD_MS; i++)
        free(flow->held[i].packets);
    free(flow->buckets);
    free(flow);
}

uint16_t flow_port(const struct flow *flow, uint32_t slot)
{
    return flow->ports[slot % FLOW_SOCKETS];
}

static uint32_t *bucket_of(struct flow *flow, uint32_t socket, const union place *remote)
{
    uint32_t key = place_hash(remote) ^ socket << 16;

    return &flow->buckets[(key ^ key >> 15) & flow->bucket_mask];
}

static void enlist(struct worker *worker, uint32_t slot)
{
    struct flow_end *end = &worker->calls[slot].flow;
    uint32_t *bucket = bucket_of(worker->flow, slot % FLOW_SOCKETS, &end->remote);

    end->next = *bucket;
    *bucket = slot + 1;
}

static void strike(struct worker *worker, uint32_t slot)
{
    struct flow_end *end = &worker->calls[slot].flow;
    uint32_t *place = bucket_of(worker->flow, slot % FLOW_SOCKETS, &end->remote);

    while (*place != slot + 1)
        place = &worker->calls[*place - 1].flow.next;
    *place = end->next;
}

static struct flow_list *list_of(struct worker *worker, uint32_t slot)
{
    return &worker->flow->lists[slot % FLOW_SOCKETS][slot / FLOW_SOCKETS % FLOW_SLOTS];
}

static bool list_add(struct flow_list *list, uint32_t slot, struct flow_end *end)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : 16;
        uint32_t *calls = realloc(list->calls, capacity * sizeof *calls);
        if (!calls)
            return false;
        list->calls = calls;
        list->capacity = capacity;
    }
    end->place = list->count;
    list->calls[list->count++] = slot;
    return true;
}

/* Without memory the call has no sound, and is counted as one-way. */
void flow_begin(struct worker *worker, uint32_t slot, union place remote)
{
    struct load_call *call = &worker->calls[slot];
    struct random random = {worker->options->seed ^ (uint64_t)call->generation << 32 ^ slot};

    call->flow = (struct flow_end){.remote = remote,
                                   .listens = LISTEN_FRAMES,
                                   .sequence = (uint16_t)random_next(&random),
                                   .timestamp = (uint32_t)random_next(&random),
                                   .ssrc = (uint32_t)random_next(&random)};
    call->flow.sound = random_below(&random, worker->sounds->count);
    call->flow.frame = random_below(&random, worker->sounds->frames[call->flow.sound]);
    call->flow.ear = load_ear_new(worker->codec);
    hearing_init(&call->hearing, worker->codec->clock_rate);
    chatter_init(&call->chatter, random_next(&random), worker->now_ns);
    call->flow.open = list_add(list_of(worker, slot), slot, &call->flow);
    if (call->flow.open)
        enlist(worker, slot);
}

void flow_move(struct worker *worker, uint32_t slot, union place remote, bool held)
{
    struct flow_end *end = &worker->calls[slot].flow;

    if (!end->open)
        return;
    end->held = held;
    strike(worker, slot);
    end->remote = remote;
    enlist(worker, slot);
}

void flow_end(struct worker *worker, uint32_t slot)
{
    struct flow_end *end = &worker->calls[slot].flow;
    struct flow_list *list = list_of(worker, slot);
    uint32_t last;

    load_ear_free(worker->codec, end->ear);
    end->ear = NULL;
    if (!end->open)
        return;
    strike(worker, slot);
    last = list->calls[--list->count];
    list->calls[end->place] = last;
    worker->calls[last].flow.place = end->place;
    end->open = false;
}

static void take(struct worker *worker, uint32_t socket, const union place *from,
                 const struct rtp_packet *packet, uint64_t at_ns)
{
    uint32_t found = *bucket_of(worker->flow, socket, from);
    struct load_call *call;
    bool voice, audible = false;

    while (found && (!place_same(&worker->calls[found - 1].flow.remote, from) ||
                     (found - 1) % FLOW_SOCKETS != socket))
        found = worker->calls[found - 1].flow.next;
    if (!found) {
        worker->figures.strange++;
        return;
    }
    call = &worker->calls[found - 1];
    voice = packet->payload_type == worker->codec->payload_type;
    if (voice && (worker->options->talker || !call->hearing.audible))
        audible = worker->codec->audible(call->flow.ear, packet->payload, packet->payload_size);
    if (call->hearing.first_ns == 0)
        spread_add(&worker->figures.first_audio,
                   at_ns > call->answered_ns ? (at_ns - call->answered_ns) / 1000 : 0);
    hearing_take(&call->hearing, &worker->figures, packet, at_ns, voice, audible);
    if (audible && worker->options->talker)
        chatter_heard(&call->chatter, &worker->figures, at_ns);
}

static int receive(struct worker *worker, uint32_t socket)
{
    struct flow *flow = worker->flow;
    struct flow_inbox *inbox = &flow->inbox;
    int count = recvmmsg(flow->fds[socket], inbox->messages, FLOW_BATCH, MSG_DONTWAIT, NULL);

    for (int i = 0; i < count; i++) {
        struct msghdr *message = &inbox->messages[i].msg_hdr;
        struct stamp stamp = stamp_read(message, worker->now_ns, worker->ahead_ns);
        uint32_t size = inbox->messages[i].msg_len;
        struct rtp_packet packet;
        if (stamp.has_dropped) {
            worker->figures.own_drops += stamp.dropped - flow->dropped[socket];
            flow->dropped[socket] = stamp.dropped;
        }
        if (rtp_is_rtcp(inbox->bytes[i], size) || !rtp_read(inbox->bytes[i], size, &packet))
            worker->figures.strange++;
        else
            take(worker, socket, &inbox->from[i], &packet, stamp.at_ns);
        message->msg_controllen = STAMP_BYTES;
        message->msg_namelen = sizeof inbox->from[i];
    }
    return count;
}

void flow_receive(struct worker *worker)
{
    for (uint32_t socket = 0; socket < FLOW_SOCKETS; socket++) {
        for (uint32_t i = 0; i < MOST_A_STEP; i++) {
            if (receive(worker, socket) < FLOW_BATCH)
                break;
        }
    }
}
