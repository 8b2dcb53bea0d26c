// SPDX-License-Identifier: Apache-2.0
/* dtmf_event.c - a press is known by its timestamp; the rest of this file is about senders and
 * networks that make that too simple. */
#include "wire/dtmf_event.h"

#include "wire/bytes.h"

static const char keys[] = "0123456789*#ABCD";

bool dtmf_event_read(const uint8_t *payload, size_t size, struct dtmf_event *out)
{
    if (size < DTMF_EVENT_SIZE)
        return false;
    *out = (struct dtmf_event){.event = payload[0],
                               .end = payload[1] >> 7,
                               .volume = payload[1] & 0x3f,
                               .duration = read_be16(payload + 2)};
    return true;
}

void dtmf_event_write(const struct dtmf_event *event, uint8_t out[DTMF_EVENT_SIZE])
{
    out[0] = event->event;
    out[1] = (uint8_t)((event->end ? 0x80 : 0) | (event->volume & 0x3f));
    write_be16(out + 2, event->duration);
}

char dtmf_event_key(uint8_t event)
{
    return event < sizeof(keys) - 1 ? keys[event] : 0;
}

int dtmf_event_of_key(char key)
{
    if (key >= 'a' && key <= 'd')
        key = (char)(key - 'a' + 'A');
    for (int i = 0; i < (int)sizeof(keys) - 1; i++) {
        if (keys[i] == key)
            return i;
    }
    return -1;
}

void dtmf_receiver_init(struct dtmf_receiver *receiver)
{
    *receiver = (struct dtmf_receiver){0};
}

/* The same key, still down, under a later timestamp. Section 2.5.1.3: a press longer than the
 * duration field goes on in a new segment, without marker, that begins where the last one stopped;
 * its last packets may be lost. And senders exist that move the timestamp with each packet: then
 * the "new" press would begin before the old one ended, which one finger cannot do. */
static bool continues(const struct dtmf_receiver *receiver, const struct rtp_packet *packet,
                      const struct dtmf_event *event, uint32_t later)
{
    if (packet->marker || event->event != receiver->event)
        return false;
    if (later < receiver->duration)
        return true;
    if (receiver->ended)
        return false;
    return later == receiver->duration || later == UINT16_MAX || later == UINT16_MAX + 1u;
}

/* A key again under the timestamp of the last: no sender may, some do. Its duration starts over. */
static bool pressed_again(const struct dtmf_receiver *receiver, const struct dtmf_event *event)
{
    return receiver->ended && !event->end && event->duration < receiver->duration;
}

static char press(struct dtmf_receiver *receiver, const struct rtp_packet *packet,
                  const struct dtmf_event *event)
{
    *receiver = (struct dtmf_receiver){.any = true,
                                       .ended = event->end,
                                       .event = event->event,
                                       .sequence = packet->sequence,
                                       .timestamp = packet->timestamp,
                                       .duration = event->duration,
                                       .held = event->duration};
    return dtmf_event_key(event->event);
}

/* The packet belongs to the key that is known; `later` than the known segment's start. */
static void hold(struct dtmf_receiver *receiver, const struct dtmf_event *event, uint32_t later)
{
    receiver->timestamp += later;
    receiver->before += later;
    if (later > 0 || event->duration > receiver->duration)
        receiver->duration = event->duration;
    if (receiver->before + receiver->duration > receiver->held)
        receiver->held = receiver->before + receiver->duration;
    receiver->ended |= event->end;
}

/* Old by timestamp: late on the way, or a sender whose clock was set back? Its sequence numbers
 * tell. Where the timestamp itself is new they are not asked: between two presses minutes apart
 * they may have gone half their circle. */
char dtmf_receiver_put(struct dtmf_receiver *receiver, const struct rtp_packet *packet)
{
    struct dtmf_event event;
    int32_t later;
    bool newer, same;

    if (!dtmf_event_read(packet->payload, packet->payload_size, &event))
        return 0;
    if (dtmf_event_key(event.event) == 0)
        return 0;
    if (!receiver->any)
        return press(receiver, packet, &event);

    later = (int32_t)(packet->timestamp - receiver->timestamp);
    newer = later > 0 || (int16_t)(packet->sequence - receiver->sequence) > 0;
    same = later == 0 && event.event == receiver->event;
    if (newer)
        receiver->sequence = packet->sequence;
    if (same && !(newer && pressed_again(receiver, &event))) {
        hold(receiver, &event, 0);
        return 0;
    }
    if (!newer)
        return 0;
    if (later > 0 && continues(receiver, packet, &event, (uint32_t)later)) {
        hold(receiver, &event, (uint32_t)later);
        return 0;
    }
    return press(receiver, packet, &event);
}
