// SPDX-License-Identifier: Apache-2.0
/* packet.c - a leg's packets out: sealed, counted and handed to the kernel. */
#include <string.h>

#include "media/endpoint.h"
#include "media/law.h"
#include "wire/rtp.h"

void endpoint_send(struct engine *engine, struct endpoint *endpoint,
                   const struct rtp_packet *packet)
{
    uint8_t *bytes = engine_packet(engine);
    size_t size = RTP_HEADER + packet->payload_size;

    if (endpoint->peer.source.port == 0)
        return; /* Nobody has said where to. */
    /* A packet that is passed on may lie there already. */
    memmove(bytes + RTP_HEADER, packet->payload, packet->payload_size);
    rtp_write_header(packet, bytes);
    if (endpoint->cipher.suite != SUITE_NONE)
        size = cipher_seal(&endpoint->cipher, bytes, (uint32_t)size, false);
    if (size == 0) {
        engine->figures.send_failed++;
        return;
    }
    if (!engine_send(engine, endpoint, URING_SOUND, size, &endpoint->to))
        return;
    engine->figures.sent++;
    endpoint->sent++;
    endpoint->sent_octets += packet->payload_size;
}

void endpoint_say(struct engine *engine, struct endpoint *endpoint, const int16_t *samples)
{
    uint8_t payload[WIDE_PAYLOAD_MOST];
    struct rtp_packet packet = {.payload_type = endpoint->payload_type,
                                .ssrc = endpoint->ssrc,
                                .timestamp = endpoint->timestamp + FRAME_SAMPLES * endpoint->clock,
                                .marker = endpoint->marker,
                                .payload = payload,
                                .payload_size = FRAME_SAMPLES};

    if (endpoint->wide)
        packet.payload_size =
            (uint16_t)wide_encode(endpoint->wide, samples, WIDE_FRAME, payload, WIDE_PAYLOAD_MOST);
    else
        law_encode(endpoint->codec, samples, payload, FRAME_SAMPLES);
    if (packet.payload_size == 0)
        return;
    packet.sequence = endpoint->sequence++;
    endpoint->marker = false;
    endpoint->relaying = true;
    endpoint_send(engine, endpoint, &packet);
}
