// SPDX-License-Identifier: Apache-2.0
/* speak.c - a packet to the caller every 20 ms: keys, the agent's voice, or silence. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/g711.h"
#include "media/endpoint.h"
#include "wire/rtp.h"

static void send_packet(struct engine *engine, struct endpoint *endpoint,
                        const struct rtp_packet *packet)
{
    uint8_t *bytes = engine_packet(engine);
    size_t size = RTP_HEADER + packet->payload_size;

    if (endpoint->peer.source.port == 0)
        return; /* Nobody has said where to. */
    rtp_write_header(packet, bytes);
    memcpy(bytes + RTP_HEADER, packet->payload, packet->payload_size);
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

static void encode(enum codec codec, const int16_t *samples, uint8_t *out)
{
    if (codec == CODEC_PCMA)
        g711_alaw_encode(samples, out, FRAME_SAMPLES);
    else
        g711_ulaw_encode(samples, out, FRAME_SAMPLES);
}

static void keep(struct endpoint *endpoint, const uint8_t *sent)
{
    uint8_t other[FRAME_SAMPLES];
    int16_t samples[FRAME_SAMPLES];

    if (!endpoint->capture.recorder)
        return;
    if (endpoint->capture.codec != endpoint->codec) { /* Changed in the call; the file's did not. */
        if (endpoint->codec == CODEC_PCMA)
            g711_alaw_decode(sent, samples, FRAME_SAMPLES);
        else
            g711_ulaw_decode(sent, samples, FRAME_SAMPLES);
        encode(endpoint->capture.codec, samples, other);
        sent = other;
    }
    capture_put(&endpoint->capture, sent);
}

static void say_audible(struct engine *engine, const struct endpoint *endpoint,
                        const struct playout_frame *frame)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_AUDIBLE);

    event.at_ms = clock_ms();
    event.played.utterance = frame->utterance;
    event.played.heard_ms = frame->heard_ms;
    outbox_put(&engine->outbox, &event);
}

static void say_played(struct engine *engine, const struct endpoint *endpoint,
                       const struct playout_end *end)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_PLAYED);

    event.played.utterance = end->utterance;
    event.played.heard_ms = end->heard_ms;
    event.played.total_ms = end->total_ms;
    event.played.finished = end->finished;
    outbox_put(&engine->outbox, &event);
}

void endpoint_speak(struct engine *engine, struct endpoint *endpoint)
{
    uint8_t sound[FRAME_SAMPLES];
    struct keysend_frame key;
    struct playout_frame frame = {0};
    struct rtp_packet packet = {.payload_type = endpoint->payload_type,
                                .ssrc = endpoint->ssrc,
                                .payload = sound,
                                .payload_size = FRAME_SAMPLES};
    bool speaking = endpoint->way == WAY_BOTH || endpoint->way == WAY_SEND;

    endpoint->timestamp += (uint32_t)(engine->tick - endpoint->tick) * FRAME_SAMPLES;
    endpoint->tick = engine->tick;
    packet.timestamp = endpoint->timestamp;
    memset(sound, endpoint->codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
           sizeof sound);
    if (!speaking) { /* On hold: everything keeps its place. */
        endpoint->playing = false;
        endpoint->marker = true;
        keep(endpoint, sound);
        return;
    }
    packet.marker = endpoint->marker;
    switch (
        keysend_next(&endpoint->keysend, endpoint->event_type != 0, endpoint->timestamp, &key)) {
    case KEYSEND_NOTHING:
        playout_next(&endpoint->playout, engine->clips, endpoint->codec, sound, &frame);
        break;
    case KEYSEND_EVENT:
        packet.payload_type = endpoint->event_type;
        packet.timestamp = key.timestamp;
        packet.marker = key.marker;
        packet.payload = key.payload;
        packet.payload_size = sizeof key.payload;
        break;
    case KEYSEND_TONE:
        encode(endpoint->codec, key.samples, sound);
        break;
    case KEYSEND_PAUSE:
        break;
    }
    packet.sequence = endpoint->sequence++;
    endpoint->marker = false;
    endpoint->playing = frame.voice;
    send_packet(engine, endpoint, &packet);
    if (frame.audible)
        say_audible(engine, endpoint, &frame);
    if (frame.ended)
        say_played(engine, endpoint, &frame.end);
    keep(endpoint, sound);
}
