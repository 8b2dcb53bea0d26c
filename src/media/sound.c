// SPDX-License-Identifier: Apache-2.0
/* sound.c - the caller's sound: into gate, key detector and jitter buffer, and out of it again. */
#include <assert.h>
#include <string.h>

#include "media/law.h"

#include "media/bridge.h"

enum {
    PT_PCMU = 0,
    PT_PCMA = 8,
    GAP_MOST = 8000,       /* Timestamps further ahead are a new beginning. */
    KEY_KNOWN_AFTER = 480, /* Samples that a tone has sounded when it is recognised, at most. */
    GONE_MS = 60           /* Without a packet the gate is told of the gap. */
};

void endpoint_say_key(struct engine *engine, struct endpoint *endpoint, char key,
                      enum key_source source, uint16_t duration_ms)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_KEY);

    event.key.key = key;
    event.key.source = source;
    event.key.duration_ms = duration_ms;
    outbox_put(&engine->outbox, &event);
    bridge_key(endpoint, key, source);
}

static void say_voice(struct engine *engine, struct endpoint *endpoint, uint64_t end_ns)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_VOICE);

    event.voice.voiced = endpoint->gate.open;
    event.voice.edge_ms = end_ns / 1000000 - endpoint->gate.edge_samples / 8;
    event.voice.level_db = endpoint->gate.level_db;
    event.voice.echo = endpoint->echo.state == ECHO_FOUND;
    if (engine->hushes)
        hush_set(&endpoint->hush, !endpoint->gate.open);
    outbox_put(&engine->outbox, &event);
}

/* The gate closed over a gap; nobody need know when its opening was kept back. */
static void tell_end(struct engine *engine, struct endpoint *endpoint, uint64_t end_ns)
{
    if (!endpoint->echo.held)
        say_voice(engine, endpoint, end_ns);
    endpoint->echo.held = false;
}

/* Takes the agent's echo out of the frame for the gate and for who listens; the recorder's stays.
 */
static enum echo_verdict uncover(struct engine *engine, struct endpoint *endpoint,
                                 uint32_t timestamp, uint64_t end_ns)
{
    enum echo_verdict verdict =
        echo_hear(&endpoint->echo, &engine->echoes, &endpoint->jitter, timestamp, endpoint->carry);

    if (endpoint->echo.line)
        (void)jitter_put(&endpoint->echo.line->jitter, timestamp, end_ns, endpoint->carry,
                         FRAME_SAMPLES, 0);
    return verdict;
}

static void mark(struct endpoint *endpoint, uint32_t end, uint32_t samples, enum jitter_mark what)
{
    jitter_mark(&endpoint->jitter, end, samples, what);
    if (endpoint->echo.line)
        jitter_mark(&endpoint->echo.line->jitter, end, samples, what);
}

/* A whole frame in order: keys first, since their tones are no speech. `end` is the timestamp after
 * the frame, end_ns the time at which its last sample had arrived. */
static void judge_frame(struct engine *engine, struct endpoint *endpoint, uint32_t end,
                        uint64_t end_ns)
{
    char key = keys_sound(&endpoint->keys, endpoint->carry, engine->now_ms);
    enum echo_verdict verdict = ECHO_CALLER;
    enum gate_result result;

    if (key)
        endpoint_say_key(engine, endpoint, key, KEY_INBAND, 0);
    if (!endpoint->wide)
        verdict = uncover(engine, endpoint, end - FRAME_SAMPLES, end_ns);
    if (keys_pressed(&endpoint->keys, engine->now_ms)) {
        mark(endpoint, end, FRAME_SAMPLES + KEY_KNOWN_AFTER, JITTER_MUTED);
        result = gate_gap(&endpoint->gate, FRAME_SAMPLES);
    } else {
        result = echo_gate(&endpoint->echo, &endpoint->gate, verdict, endpoint->carry);
    }
    if (result != GATE_SAME)
        say_voice(engine, endpoint, end_ns);
    if (result == GATE_OPENED)
        mark(endpoint, end, endpoint->gate.edge_samples, JITTER_VOICED);
    else if (endpoint->gate.open && !endpoint->echo.held)
        mark(endpoint, end, FRAME_SAMPLES, JITTER_VOICED);
}

/* Cuts the packet's sound into frames for the gate. Packets out of order are not judged. */
static void judge(struct engine *engine, struct endpoint *endpoint, uint32_t timestamp,
                  const int16_t *samples, uint32_t count, uint64_t arrival_ns)
{
    int32_t ahead = (int32_t)(timestamp - endpoint->sound_next);
    uint32_t used = 0;

    if (endpoint->sound_ms != 0 && ahead < 0 && ahead > -GAP_MOST) {
        if (endpoint->echo.line && !endpoint->wide) /* With its echo, rather than not at all. */
            (void)jitter_put(&endpoint->echo.line->jitter, timestamp, arrival_ns, samples, count,
                             0);
        return;
    }
    if (endpoint->sound_ms != 0 && ahead > 0 && ahead < GAP_MOST) {
        endpoint->carried = 0;
        if (gate_gap(&endpoint->gate, (uint32_t)ahead) != GATE_SAME)
            tell_end(engine, endpoint, arrival_ns - count * 125000ull);
    }
    endpoint->sound_next = timestamp + count;
    endpoint->sound_ms = engine->now_ms;
    while (used < count) {
        uint32_t take = FRAME_SAMPLES - endpoint->carried;
        take = take < count - used ? take : count - used;
        memcpy(endpoint->carry + endpoint->carried, samples + used, take * sizeof *samples);
        endpoint->carried += take;
        used += take;
        if (endpoint->carried < FRAME_SAMPLES)
            return;
        endpoint->carried = 0;
        judge_frame(engine, endpoint, timestamp + used, arrival_ns - (count - used) * 125000ull);
    }
}

/* For the other leg of a bridge: see bridge_packet(). */
static void keep_decoded(struct engine *engine, const struct endpoint *endpoint,
                         const int16_t *samples, uint32_t count, uint32_t timestamp)
{
    const struct endpoint *other = endpoint->other;

    if (!other || count > MIX_MOST || (endpoint->passing && !other->earshot))
        return;
    memcpy(engine->sound, samples, count * sizeof *samples);
    engine->decoded = count;
    engine->decoded_at = timestamp;
}

static void narrow_sound(struct engine *engine, struct endpoint *endpoint,
                         const struct rtp_packet *packet, uint64_t arrival_ns)
{
    int16_t samples[SOUND_LONGEST];
    uint32_t count = packet->payload_size & ~7u;
    enum codec other = packet->payload_type == PT_PCMA ? CODEC_PCMA : CODEC_PCMU;
    enum codec codec = packet->payload_type == endpoint->payload_type ? endpoint->codec : other;

    if (count == 0 || count > SOUND_LONGEST) {
        engine->figures.malformed++;
        return;
    }
    law_decode(codec, packet->payload, samples, count);
    if (jitter_put(&endpoint->jitter, packet->timestamp, arrival_ns, samples, count, 0) ==
        JITTER_PUT_DUPLICATE)
        return;
    keep_decoded(engine, endpoint, samples, count, packet->timestamp);
    judge(engine, endpoint, packet->timestamp, samples, count, arrival_ns);
}

/* What was lost and made up is put as a packet of its own: it may be more than one holds. */
static void wide_sound(struct engine *engine, struct endpoint *endpoint,
                       const struct rtp_packet *packet, uint64_t arrival_ns)
{
    struct wide_sound sound;
    int16_t narrow[WIDE_REPAIR_MOST * FRAME_SAMPLES + JITTER_PACKET_MOST];

    if (!wide_decode(endpoint->wide, packet, &sound)) {
        engine->figures.malformed++;
        return;
    }
    if (sound.before > 0)
        (void)jitter_put(&endpoint->jitter, sound.timestamp, arrival_ns, sound.samples,
                         sound.before, 0);
    if (jitter_put(&endpoint->jitter, sound.timestamp + sound.before, arrival_ns,
                   sound.samples + 2 * sound.before, sound.count - sound.before,
                   0) == JITTER_PUT_DUPLICATE)
        return;
    keep_decoded(engine, endpoint, sound.samples + 2 * sound.before,
                 2 * (sound.count - sound.before), sound.timestamp + sound.before);
    half_down(&endpoint->wide->heard, sound.samples, narrow, sound.count);
    judge(engine, endpoint, sound.timestamp, narrow, sound.count, arrival_ns);
}

void endpoint_sound(struct engine *engine, struct endpoint *endpoint,
                    const struct rtp_packet *packet, uint64_t arrival_ns)
{
    endpoint->noise_level = 0;
    engine->decoded = 0;
    if (endpoint->wide)
        wide_sound(engine, endpoint, packet, arrival_ns);
    else
        narrow_sound(engine, endpoint, packet, arrival_ns);
}

/* The level as a sample's size: white noise of even distribution, whose peak is 4.8 dB above its
 * mean (RFC 3389 3.1: 0-127 dB below overload). The spectrum that may follow is not looked at. */
void endpoint_noise(struct endpoint *endpoint, const struct rtp_packet *packet)
{
    static const uint16_t peaks[] = {18820, 3346, 595, 106,
                                     19}; /* At -10, -25, -40, -55, -70 dB. */
    uint32_t level = packet->payload_size > 0 ? packet->payload[0] & 0x7f : 127;
    uint32_t at = level < 10 ? 0 : (level - 10) / 15;

    endpoint->noise_level = at < sizeof peaks / sizeof peaks[0] ? peaks[at] : 1;
    jitter_pause(&endpoint->jitter);
}

/* Nothing is expected of the caller: what it sounds like there is made up as it asked. */
static void make_noise(struct endpoint *endpoint, struct jitter_frame *frame)
{
    uint32_t count = endpoint->wide ? 2 * FRAME_SAMPLES : FRAME_SAMPLES;

    for (uint32_t i = 0; i < count; i++) {
        endpoint->noise_seed = endpoint->noise_seed * 1664525 + 1013904223;
        int32_t sample = (int32_t)(endpoint->noise_seed >> 16) - 32768;
        frame->samples[i] = (int16_t)(sample * endpoint->noise_level / 32768);
    }
}

static void to_ring(struct engine *engine, struct endpoint *endpoint,
                    const struct jitter_frame *frame, enum jitter_take_result taken)
{
    struct audio_frame out;

    out.at_ms = frame->at_ns / 1000000;
    out.epoch = endpoint->epoch;
    out.rate = endpoint->wide ? 2 * SAMPLE_RATE : SAMPLE_RATE;

    out.flags =
        (frame->marks & JITTER_VOICED ? AUDIO_VOICED : 0) |
        (taken != JITTER_TAKE_SOUND ? AUDIO_LOST : 0) |
        (endpoint->playing || (endpoint->echo.state == ECHO_FOUND && echo_is_near(&endpoint->echo))
             ? AUDIO_PLAYING
             : 0);
    memcpy(out.samples, frame->samples,
           (endpoint->wide ? 2 : 1) * FRAME_SAMPLES * sizeof *out.samples);
    ring_put(engine->rings, endpoint->ring, &out);
}

static void keep_heard(struct endpoint *endpoint, const int16_t *samples)
{
    int16_t narrow[FRAME_SAMPLES];

    if (!endpoint->capture.recorder)
        return;
    endpoint_keep_silence(endpoint);
    if (endpoint->wide) {
        half_down(&endpoint->wide->captured, samples, narrow, FRAME_SAMPLES);
        samples = narrow;
    }
    law_encode(endpoint->capture.codec, samples, endpoint->capture.heard, FRAME_SAMPLES);
}

void endpoint_hear(struct engine *engine, struct endpoint *endpoint)
{
    struct jitter_frame frame;
    enum jitter_take_result taken = jitter_take(&endpoint->jitter, engine->now_ns, &frame);
    char key = keys_due(&endpoint->keys, engine->now_ms);

    if (taken == JITTER_TAKE_NOTHING && endpoint->noise_level > 0) {
        make_noise(endpoint, &frame);
        taken = JITTER_TAKE_SOUND;
    }
    if (key)
        endpoint_say_key(engine, endpoint, key, KEY_INBAND, 0);
    if (endpoint->gate.open && engine->now_ms > endpoint->sound_ms + GONE_MS &&
        gate_gap(&endpoint->gate, FRAME_SAMPLES) != GATE_SAME)
        tell_end(engine, endpoint, engine->now_ns);
    if (endpoint->other)
        bridge_frame(engine, endpoint, frame.samples);
    if (endpoint->hearers[0].count > 0)
        earshot_frame(endpoint, frame.samples);
    keep_heard(endpoint, frame.samples);
    if (engine->reflect.gain > 0 && !endpoint->wide)
        reflect_hear(&engine->reflect, frame.samples);
    if (endpoint->echo.line && !endpoint->wide)
        taken = jitter_take(&endpoint->echo.line->jitter, engine->now_ns, &frame);
    if (endpoint->tapped)
        to_ring(engine, endpoint, &frame, taken);
}
