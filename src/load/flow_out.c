// SPDX-License-Identifier: Apache-2.0
/* flow_out.c - what each caller sends in its millisecond, now or, on a bad line, later. */
#include "load/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "load/flow_inside.h"
#include "wire/dtmf_event.h"

enum { KEY_VOLUME = 10, KEY_ENDS = 3 /* RFC 4733 2.5.1.4 */, MOST_TICKS = 20 };

static void flush(struct worker *worker, uint32_t socket)
{
    struct flow_batch *batch = &worker->flow->batches[socket];
    uint32_t sent = 0;

    while (sent < batch->count) {
        int result = sendmmsg(worker->flow->fds[socket], batch->messages + sent,
                              batch->count - sent, MSG_DONTWAIT);
        if (result <= 0) {
            worker->figures.own_failures++;
            sent++; /* The one that failed; the others may go. */
            continue;
        }
        sent += (uint32_t)result;
        worker->figures.sent += (uint32_t)result;
    }
    batch->count = 0;
}

static void send_now(struct worker *worker, const struct flow_packet *packet)
{
    uint32_t socket = packet->slot % FLOW_SOCKETS;
    struct flow_batch *batch = &worker->flow->batches[socket];
    uint32_t at = batch->count++;
    struct flow_packet *kept = &batch->packets[at];
    uint8_t *payload;

    *kept = *packet;
    memcpy(&payload, &packet->payload, sizeof payload); /* The kernel reads it only. */
    batch->parts[at][0] = (struct iovec){kept->header, RTP_HEADER};
    batch->parts[at][1] = (struct iovec){payload ? payload : kept->extra, packet->size};
    batch->messages[at].msg_hdr =
        (struct msghdr){.msg_name = &worker->calls[packet->slot].flow.remote,
                        .msg_namelen = place_size(&worker->calls[packet->slot].flow.remote),
                        .msg_iov = batch->parts[at],
                        .msg_iovlen = 2};
    if (batch->count == FLOW_BATCH)
        flush(worker, socket);
}

static void hold(struct worker *worker, const struct flow_packet *packet, uint64_t until_tick)
{
    struct flow_held *held = &worker->flow->held[until_tick % FLOW_HOLD_MS];

    if (held->count == held->capacity) {
        uint32_t capacity = held->capacity ? 2 * held->capacity : 64;
        struct flow_packet *packets = realloc(held->packets, capacity * sizeof *packets);
        if (!packets) {
            worker->figures.own_failures++;
            return;
        }
        held->packets = packets;
        held->capacity = capacity;
    }
    held->packets[held->count++] = *packet;
}

static void send_packet(struct worker *worker, uint32_t slot, struct rtp_packet *rtp,
                        const uint8_t *payload, uint32_t size, bool is_key)
{
    struct load_call *call = &worker->calls[slot];
    struct flow_packet packet = {.slot = slot,
                                 .generation = call->generation,
                                 .payload = is_key ? NULL : payload,
                                 .size = size};
    int32_t delay_ms = impair_next(&worker->impair);

    rtp->sequence = call->flow.sequence++;
    rtp->ssrc = call->flow.ssrc;
    rtp_write_header(rtp, packet.header);
    if (is_key)
        memcpy(packet.extra, payload, FLOW_EXTRA);
    if (delay_ms == IMPAIR_LOST)
        worker->figures.dropped++;
    else if (delay_ms > 0)
        hold(worker, &packet, worker->flow->tick + (uint64_t)delay_ms);
    else
        send_now(worker, &packet);
}

static void send_key(struct worker *worker, uint32_t slot, const struct chatter_act *act)
{
    struct flow_end *end = &worker->calls[slot].flow;
    bool last = act->frame + 1 == CHATTER_KEY_FRAMES;
    uint32_t step = worker->codec->clock_rate / 50;
    struct dtmf_event event = {.event = (uint8_t)dtmf_event_of_key(act->key),
                               .end = last,
                               .volume = KEY_VOLUME,
                               .duration = (uint16_t)((act->frame + 1) * step)};
    uint8_t bytes[DTMF_EVENT_SIZE];

    if (act->frame == 0)
        end->key_timestamp = end->timestamp;
    dtmf_event_write(&event, bytes);
    for (uint32_t i = 0; i < (last ? KEY_ENDS : 1); i++) {
        struct rtp_packet packet = {.payload_type = FLOW_KEY_TYPE,
                                    .marker = act->frame == 0,
                                    .timestamp = end->key_timestamp};
        send_packet(worker, slot, &packet, bytes, sizeof bytes, true);
    }
}

static void send_sound(struct worker *worker, uint32_t slot, const uint8_t *payload, uint32_t size)
{
    struct rtp_packet packet = {.payload_type = worker->codec->payload_type,
                                .timestamp = worker->calls[slot].flow.timestamp};

    send_packet(worker, slot, &packet, payload, size, false);
}

static void send_act(struct worker *worker, uint32_t slot, const struct chatter_act *act)
{
    const struct sounds *sounds = worker->sounds;

    switch (act->what) {
    case CHATTER_KEY:
        send_key(worker, slot, act);
        break;
    case CHATTER_QUIET:
        send_sound(worker, slot, sounds->quiet, sounds->quiet_size);
        break;
    case CHATTER_SOUND:
        send_sound(worker, slot, sounds->bytes[act->sound] + (size_t)act->frame * LOAD_FRAME_BYTES,
                   sounds->sizes[act->sound][act->frame]);
        break;
    }
}

static void send_frame(struct worker *worker, uint32_t slot)
{
    struct flow_end *end = &worker->calls[slot].flow;
    struct chatter_act act = {.what = CHATTER_SOUND, .sound = end->sound, .frame = end->frame};

    if (worker->options->talker) {
        act = chatter_step(&worker->calls[slot].chatter, &worker->manner, &worker->figures,
                           worker->now_ns);
    } else if (end->listens > 0) {
        end->listens--;
        act.what = CHATTER_QUIET;
    } else if (++end->frame >= worker->sounds->frames[act.sound]) {
        end->frame = 0;
    }
    if (!end->held)
        send_act(worker, slot, &act);
    end->timestamp += worker->codec->clock_rate / 50;
}

/* Packets whose call has ended meanwhile go nowhere. */
static uint32_t send_held(struct worker *worker, struct flow_held *held)
{
    uint32_t count = held->count;

    for (uint32_t i = 0; i < count; i++) {
        const struct load_call *call = &worker->calls[held->packets[i].slot];
        if (call->flow.open && call->generation == held->packets[i].generation)
            send_now(worker, &held->packets[i]);
    }
    held->count = 0;
    return count;
}

/* Serves each millisecond that has passed, in order, so that a late wake-up loses no frame; but not
 * so many at once that what came must wait for long. */
void flow_send(struct worker *worker)
{
    struct flow *flow = worker->flow;
    uint64_t due = (worker->now_ns - worker->start_ns) / 1000000;

    if (due > flow->tick + MOST_TICKS)
        due = flow->tick + MOST_TICKS;
    for (; flow->tick <= due; flow->tick++) {
        uint64_t planned_ns = worker->start_ns + flow->tick * 1000000, now_ns;
        uint32_t sent = send_held(worker, &flow->held[flow->tick % FLOW_HOLD_MS]);
        for (uint32_t socket = 0; socket < FLOW_SOCKETS; socket++) {
            const struct flow_list *list = &flow->lists[socket][flow->tick % FLOW_SLOTS];
            for (uint32_t i = 0; i < list->count; i++)
                send_frame(worker, list->calls[i]);
            sent += list->count;
        }
        for (uint32_t socket = 0; socket < FLOW_SOCKETS; socket++)
            flush(worker, socket);
        now_ns = clock_ns();
        spread_add_many(&worker->figures.own_lateness,
                        now_ns > planned_ns ? (now_ns - planned_ns) / 1000 : 0, sent);
    }
}
