// SPDX-License-Identifier: Apache-2.0
/* bridge.c - packets passed on, encoded anew on their way, or frames encoded anew. */
#include "media/bridge.h"

#include <string.h>

#include "media/law.h"
#include "wire/rtp.h"

static void begin(struct endpoint *endpoint, struct endpoint *other, bool masked)
{
    endpoint->other = other;
    endpoint->masked = masked;
    endpoint->passing = endpoint->codec == other->codec;
    endpoint->recoding = false; /* Its first packet says. */
    endpoint->placed = false;
    endpoint->marker = true;
}

/* What is passed on is stamped a frame ahead of the leg's own time, which lies still between two
 * ticks: what comes after it goes a frame further. */
void bridge_interrupt(struct endpoint *endpoint)
{
    if (endpoint->relaying)
        endpoint->timestamp += FRAME_SAMPLES * endpoint->clock;
    endpoint->relaying = false;
    endpoint->marker = true;
    if (endpoint->other)
        endpoint->other->placed = false;
}

void bridge_join(struct engine *engine, struct endpoint *one, struct endpoint *two, bool masked)
{
    bridge_part(one);
    bridge_part(two);
    if (one == two)
        return;
    begin(one, two, masked);
    begin(two, one, masked);
    earshot_carry(engine, one);
    earshot_carry(engine, two);
}

void bridge_part(struct endpoint *endpoint)
{
    struct endpoint *other = endpoint->other;

    if (!other)
        return;
    endpoint->other = other->other = NULL;
    bridge_interrupt(endpoint);
    bridge_interrupt(other);
}

static bool may_send(const struct endpoint *to)
{
    return to->way == WAY_BOTH || to->way == WAY_SEND;
}

bool bridge_speaks(const struct endpoint *endpoint)
{
    bool clip = endpoint->playout.count > 0 && !endpoint->playout.paused;
    bool own = endpoint->keysend.count > 0 || (clip && !endpoint->earshot);

    return endpoint->other && !own;
}

/* The place of this stream in the other leg's: found at its first packet, and again after the
 * other leg sent something of its own. */
static void place(struct endpoint *from, const struct endpoint *to, uint16_t sequence,
                  uint32_t timestamp)
{
    if (from->placed)
        return;
    from->placed = true;
    from->sequence_shift = (uint16_t)(to->sequence - sequence);
    from->timestamp_shift = to->timestamp + FRAME_SAMPLES * to->clock - timestamp;
}

static void pass(struct engine *engine, struct endpoint *from, struct endpoint *to,
                 const struct rtp_packet *packet, uint8_t payload_type)
{
    struct rtp_packet out = *packet;

    place(from, to, packet->sequence, packet->timestamp);
    out.payload_type = payload_type;
    out.ssrc = to->ssrc;
    out.sequence = (uint16_t)(packet->sequence + from->sequence_shift);
    out.timestamp = packet->timestamp + from->timestamp_shift;
    out.marker = packet->marker || to->marker;
    to->marker = false;
    to->relaying = true;
    if ((int16_t)(out.sequence - to->sequence) >= 0)
        to->sequence = (uint16_t)(out.sequence + 1);
    endpoint_send(engine, to, &out);
}

/* Whether what one codec had in a packet makes one of the other's: Opus has frames of certain
 * lengths (RFC 6716 2.1.4); samples of 8 kHz. */
static bool makes_a_packet(enum codec codec, uint32_t count)
{
    bool opus = count % (2 * FRAME_SAMPLES) == 0 || count == FRAME_SAMPLES / 2 ||
                count == FRAME_SAMPLES || count == 3 * FRAME_SAMPLES || count == 5 * FRAME_SAMPLES;

    return count >= MIX_RAMP && count <= JITTER_PACKET_MOST && (codec != CODEC_OPUS || opus);
}

/* Not passed on, and not to be missed. */
static void leave_out(struct endpoint *from)
{
    from->sequence_shift--;
}

/* The sound of the packet at hand at the other leg's rate. Returns how many samples. */
static uint32_t convert(const struct engine *engine, struct endpoint *from, struct endpoint *to,
                        int16_t *out)
{
    uint32_t count = engine->decoded;

    if (from->wide && !to->wide) {
        half_down(&from->wide->passed, engine->sound, out, count / 2);
        return count / 2;
    }
    if (!from->wide && to->wide) {
        half_up(&to->wide->widening, engine->sound, out, count);
        return 2 * count;
    }
    memcpy(out, engine->sound, count * sizeof *out);
    return count;
}

static uint16_t encode(struct endpoint *to, const int16_t *samples, uint32_t count, uint8_t *out)
{
    if (to->wide)
        return (uint16_t)wide_encode(to->wide, samples, count, out, JITTER_PACKET_MOST);
    law_encode(to->codec, samples, out, count);
    return (uint16_t)count;
}

/* In another codec, and with what else the other leg hears. */
static void recode(struct engine *engine, struct endpoint *from, struct endpoint *to,
                   const struct rtp_packet *packet)
{
    struct rtp_packet out = *packet;
    uint8_t payload[JITTER_PACKET_MOST];
    int16_t samples[MIX_MOST];
    uint32_t count = convert(engine, from, to, samples);

    if (to->earshot)
        (void)!earshot_blend(engine, to, samples, count, from->jitter.depth_ms);
    out.payload = payload;
    out.payload_size = encode(to, samples, count, payload);
    out.timestamp = engine->decoded_at * to->clock;
    if (out.payload_size > 0)
        pass(engine, from, to, &out, to->payload_type);
    else
        leave_out(from);
}

/* As it is, but for what else the other leg hears. */
static void pass_sound(struct engine *engine, struct endpoint *from, struct endpoint *to,
                       const struct rtp_packet *packet)
{
    struct rtp_packet blended = *packet;
    uint8_t payload[JITTER_PACKET_MOST];
    bool good = to->earshot && makes_a_packet(to->codec, engine->decoded / (to->wide ? 2 : 1));

    if (good && earshot_blend(engine, to, engine->sound, engine->decoded, from->jitter.depth_ms)) {
        blended.payload = payload;
        blended.payload_size = encode(to, engine->sound, engine->decoded, payload);
    }
    if (blended.payload_size > 0)
        pass(engine, from, to, &blended, to->payload_type);
    else
        leave_out(from);
}

/* What becomes of the leg's packets from this one of sound on. */
static void choose(const struct engine *engine, struct endpoint *from, const struct endpoint *to,
                   bool own_codec)
{
    bool passing = own_codec && from->codec == to->codec;
    bool recoding = !passing && makes_a_packet(to->codec, engine->decoded / (from->wide ? 2 : 1));

    if (passing != from->passing || recoding != from->recoding)
        from->placed = false; /* Their timestamps are not of one kind. */
    from->passing = passing;
    from->recoding = recoding;
}

static void pass_event(struct engine *engine, struct endpoint *from, struct endpoint *to,
                       const struct rtp_packet *packet)
{
    if (from->masked || to->event_type == 0 || from->event_clock != to->event_clock)
        leave_out(from);
    else
        pass(engine, from, to, packet, to->event_type);
}

void bridge_packet(struct engine *engine, struct endpoint *from, const struct rtp_packet *packet)
{
    struct endpoint *to = from->other;
    bool event = from->event_type != 0 && packet->payload_type == from->event_type;
    bool own_codec = packet->payload_type == from->payload_type;
    bool sound = own_codec || (!event && engine->decoded > 0);

    if (sound && (engine->decoded > 0 || from->codec == to->codec))
        choose(engine, from, to, own_codec);
    if ((!from->passing && !from->recoding) || !may_send(to) || !bridge_speaks(to)) {
        from->placed = false;
        return;
    }
    if (from->recoding && sound && engine->decoded == 0)
        return; /* Doubled, or of no use: what is missing stays visible. */
    if (from->recoding && !sound)
        leave_out(from); /* Keys are pressed anew; noise is not made in another codec. */
    else if (event)
        pass_event(engine, from, to, packet);
    else if (!sound && to->noise_type == 0)
        leave_out(from);
    else if (!sound)
        pass(engine, from, to, packet, to->noise_type);
    else if (from->masked && keys_pressed(&from->keys, engine->now_ms))
        leave_out(from);
    else if (from->recoding)
        recode(engine, from, to, packet);
    else
        pass_sound(engine, from, to, packet);
}

/* For the capture of the other leg: what it is sent. */
static void note_sent(struct endpoint *from, struct endpoint *to, const int16_t *samples)
{
    int16_t narrow[FRAME_SAMPLES];

    if (!to->capture.recorder)
        return;
    if (from->wide) {
        half_down(&from->wide->noted, samples, narrow, FRAME_SAMPLES);
        samples = narrow;
    }
    law_encode(to->capture.codec, samples, to->relayed, FRAME_SAMPLES);
}

void bridge_frame(struct engine *engine, struct endpoint *from, const int16_t *samples)
{
    struct endpoint *to = from->other;
    bool wide = from->wide != NULL;
    int16_t other_rate[WIDE_FRAME], blended[WIDE_FRAME];

    note_sent(from, to, samples);
    if (from->passing || from->recoding || !may_send(to) || !bridge_speaks(to))
        return;
    if (wide && !to->wide) {
        half_down(&from->wide->passed, samples, other_rate, FRAME_SAMPLES);
        samples = other_rate;
    } else if (!wide && to->wide) {
        half_up(&to->wide->widening, samples, other_rate, FRAME_SAMPLES);
        samples = other_rate;
    }
    if (to->earshot) {
        memcpy(blended, samples, (to->wide ? WIDE_FRAME : FRAME_SAMPLES) * sizeof *samples);
        samples = blended;
        (void)!earshot_blend(engine, to, blended, to->wide ? WIDE_FRAME : FRAME_SAMPLES, 0);
    }
    endpoint_say(engine, to, samples);
}

void bridge_key(struct endpoint *from, char key, enum key_source source)
{
    struct endpoint *to = from->other;
    char keys[1] = {key};

    if (!to || from->masked || !may_send(to))
        return;
    if (from->passing && source == KEY_INBAND)
        return; /* Went on as sound. */
    if (from->passing && to->event_type != 0 && from->event_clock == to->event_clock)
        return; /* Goes on as events. */
    (void)keysend_put(&to->keysend, (struct text){.data = keys, .size = 1});
}
