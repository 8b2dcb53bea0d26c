// SPDX-License-Identifier: Apache-2.0
/* speak.c - a packet to the caller every 20 ms: keys, the agent's voice, or silence. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/g711.h"
#include "media/bridge.h"
#include "media/law.h"
#include "wire/rtp.h"

enum {
    NOISE_AFTER = 10, /* Frames of silence before the line falls silent too. */
    NOISE_EVERY = 50, /* Frames from one packet of noise to the next. */
    NOISE_LEVEL = 75  /* dB below overload: a quiet room. */
};

/* Nobody else's sound goes out here, and nobody hears what this leg is played. */
static bool is_alone(const struct endpoint *endpoint)
{
    return !endpoint->other && !endpoint->earshot && endpoint->hearers[1].count == 0;
}

static bool may_speak(const struct endpoint *endpoint)
{
    return endpoint->way == WAY_BOTH || endpoint->way == WAY_SEND;
}

static void encode(enum codec codec, const int16_t *samples, uint8_t *out)
{
    law_encode(codec, samples, out, FRAME_SAMPLES);
}

static void keep(struct endpoint *endpoint, const uint8_t *sent)
{
    uint8_t other[FRAME_SAMPLES];
    int16_t samples[FRAME_SAMPLES];

    if (!endpoint->capture.recorder)
        return;
    if (endpoint->capture.codec != endpoint->codec) { /* Changed in the call; the file's did not. */
        law_decode(endpoint->codec, sent, samples, FRAME_SAMPLES);
        encode(endpoint->capture.codec, samples, other);
        sent = other;
    }
    capture_put(&endpoint->capture, sent);
}

static void keep_wide(struct endpoint *endpoint, const int16_t *sent)
{
    uint8_t coded[FRAME_SAMPLES];
    int16_t samples[FRAME_SAMPLES];

    if (!endpoint->capture.recorder)
        return;
    half_down(&endpoint->wide->sent, sent, samples, FRAME_SAMPLES);
    encode(endpoint->capture.codec, samples, coded);
    capture_put(&endpoint->capture, coded);
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

/* What goes out in one tick. */
struct speech {
    struct rtp_packet packet;
    struct playout_frame frame;
    struct keysend_frame key;
    bool sound;                         /* The payload is to be sound of the codec's. */
    bool mixed;                         /* There is sound of others in it. */
    uint8_t payload[WIDE_PAYLOAD_MOST]; /* G.711: what is sent, or would be. */
    int16_t wide[WIDE_FRAME];           /* The same for wide legs. */
};

static void put_silence(const struct endpoint *endpoint, struct speech *speech)
{
    if (endpoint->wide)
        memset(speech->wide, 0, sizeof speech->wide);
    else
        memset(speech->payload,
               endpoint->codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
               FRAME_SAMPLES);
}

static void put_tone(struct endpoint *endpoint, struct speech *speech)
{
    if (endpoint->wide)
        half_up(&endpoint->wide->widening, speech->key.samples, speech->wide, FRAME_SAMPLES);
    else
        encode(endpoint->codec, speech->key.samples, speech->payload);
}

static void put_voice(struct engine *engine, struct endpoint *endpoint, struct speech *speech)
{
    int16_t narrow[FRAME_SAMPLES];

    if (!endpoint->wide) {
        playout_next(&endpoint->playout, engine->clips, endpoint->codec, speech->payload,
                     &speech->frame);
    } else if (!playout_next_linear(&endpoint->playout, engine->clips, speech->wide,
                                    &speech->frame)) {
        memcpy(narrow, speech->wide, sizeof narrow);
        half_up(&endpoint->wide->widening, narrow, speech->wide, FRAME_SAMPLES);
    }
}

/* For who hears what this leg is played. */
static void let_hear(struct endpoint *endpoint, const struct speech *speech)
{
    int16_t samples[FRAME_SAMPLES];

    if (endpoint->wide) {
        earshot_played(endpoint, speech->wide);
        return;
    }
    law_decode(endpoint->codec, speech->payload, samples, FRAME_SAMPLES);
    earshot_played(endpoint, samples);
}

static void mix_others(struct endpoint *endpoint, struct speech *speech)
{
    int16_t samples[FRAME_SAMPLES];

    if (endpoint->wide) {
        speech->mixed = earshot_speak(endpoint, speech->wide);
        return;
    }
    law_decode(endpoint->codec, speech->payload, samples, FRAME_SAMPLES);
    speech->mixed = earshot_speak(endpoint, samples);
    if (speech->mixed)
        encode(endpoint->codec, samples, speech->payload);
}

static void fill(struct engine *engine, struct endpoint *endpoint, struct speech *speech)
{
    struct rtp_packet *packet = &speech->packet;

    speech->sound = true;
    speech->mixed = false;
    switch (keysend_next(&endpoint->keysend, endpoint->event_type != 0, endpoint->timestamp,
                         endpoint->event_clock, &speech->key)) {
    case KEYSEND_NOTHING:
        put_voice(engine, endpoint, speech);
        if (endpoint->hearers[1].count > 0)
            let_hear(endpoint, speech);
        if (endpoint->earshot)
            mix_others(endpoint, speech);
        break;
    case KEYSEND_EVENT:
        put_silence(endpoint, speech);
        packet->payload_type = endpoint->event_type;
        packet->timestamp = speech->key.timestamp;
        packet->marker = speech->key.marker;
        packet->payload = speech->key.payload;
        packet->payload_size = sizeof speech->key.payload;
        speech->sound = false;
        break;
    case KEYSEND_TONE:
        put_tone(endpoint, speech);
        break;
    case KEYSEND_PAUSE:
        put_silence(endpoint, speech);
        break;
    }
}

/* Where noise may be sent for silence: one packet when the agent has been silent for a while, and
 * one now and then, which also keeps the way through a NAT open. True when this tick's is such. */
static bool send_noise(struct endpoint *endpoint, struct speech *speech)
{
    static const uint8_t level[] = {NOISE_LEVEL};
    bool voice = speech->frame.voice || speech->mixed;
    bool silent = speech->sound && !voice && endpoint->keysend.count == 0;

    if (endpoint->noise_type == 0 || !silent) {
        endpoint->marker = endpoint->marker || endpoint->quiet_frames >= NOISE_AFTER;
        endpoint->quiet_frames = 0;
        return false;
    }
    if (endpoint->quiet_frames < NOISE_AFTER + NOISE_EVERY)
        endpoint->quiet_frames++;
    if (endpoint->quiet_frames < NOISE_AFTER)
        return false;
    speech->packet.payload_type = endpoint->noise_type;
    speech->packet.payload = level;
    speech->packet.payload_size = endpoint->quiet_frames == NOISE_AFTER ? sizeof level : 0;
    if (endpoint->quiet_frames == NOISE_AFTER + NOISE_EVERY)
        endpoint->quiet_frames = NOISE_AFTER - 1;
    return true;
}

/* Noise, where it was agreed on, is told at once. */
static bool leave_out(struct endpoint *endpoint, const struct speech *speech)
{
    bool voice =
        !speech->sound || speech->frame.voice || speech->mixed || endpoint->keysend.count > 0;
    bool left_out = is_alone(endpoint) && hush_leaves_out(&endpoint->hush, voice);

    if (left_out && endpoint->quiet_frames < NOISE_AFTER)
        endpoint->quiet_frames = NOISE_AFTER - 1;
    return left_out;
}

/* Music that many hear carries its frames in the leg's codec: nothing is encoded for one leg. */
static bool take_form(struct engine *engine, const struct endpoint *endpoint, struct speech *speech)
{
    const struct playout_frame *frame = &speech->frame;
    enum clip_form form = endpoint->codec == CODEC_G722 ? CLIP_G722 : CLIP_OPUS;
    struct clip_view view;

    if (!frame->voice || frame->ended || speech->mixed || frame->from % FRAME_SAMPLES != 0 ||
        (form == CLIP_OPUS && endpoint->wide->bitrate < WIDE_BITRATE) ||
        !clip_read(engine->clips, frame->clip, &view) || !view.forms[form] ||
        frame->from + FRAME_SAMPLES > view.size)
        return false;
    speech->packet.payload =
        view.forms[form] + (size_t)(frame->from / FRAME_SAMPLES) * view.frame_bytes[form];
    speech->packet.payload_size = (uint16_t)view.frame_bytes[form];
    return true;
}

static void code(struct engine *engine, struct endpoint *endpoint, struct speech *speech)
{
    struct rtp_packet *packet = &speech->packet;

    packet->payload = speech->payload;
    packet->payload_size = FRAME_SAMPLES;
    if (endpoint->wide && !take_form(engine, endpoint, speech))
        packet->payload_size = (uint16_t)wide_encode(endpoint->wide, speech->wide, WIDE_FRAME,
                                                     speech->payload, WIDE_PAYLOAD_MOST);
}

/* What goes out of its own accord. */
static void speak(struct engine *engine, struct endpoint *endpoint, struct speech *speech)
{
    struct rtp_packet *packet = &speech->packet;
    bool left_out, noise;

    if (endpoint->relaying)
        bridge_interrupt(endpoint);
    *packet = (struct rtp_packet){.payload_type = endpoint->payload_type,
                                  .ssrc = endpoint->ssrc,
                                  .timestamp = endpoint->timestamp};
    fill(engine, endpoint, speech);
    left_out = leave_out(endpoint, speech);
    noise = send_noise(endpoint, speech);
    if (!noise && !left_out && speech->sound) {
        packet->marker = endpoint->marker;
        if (engine->reflect.gain > 0 && !endpoint->wide)
            reflect_speak(&engine->reflect, endpoint->codec, speech->payload);
        code(engine, endpoint, speech);
    }
    if (packet->payload_size > 0) {
        packet->sequence = endpoint->sequence++;
        endpoint->marker = false;
        endpoint_send(engine, endpoint, packet);
    } else if (left_out || (speech->sound && endpoint->codec == CODEC_OPUS)) {
        endpoint->marker = true; /* Or after a pause of Opus' own (RFC 7587 4.1). */
    }
    hush_note(&endpoint->hush, packet->payload_size > 0 && !noise);
    endpoint->playing = speech->frame.voice;
}

static void tell_playout(struct engine *engine, const struct endpoint *endpoint,
                         const struct playout_frame *frame)
{
    if (frame->audible)
        say_audible(engine, endpoint, frame);
    if (frame->ended)
        say_played(engine, endpoint, &frame->end);
}

/* The partner's packets are what goes out. */
static void be_carried(struct engine *engine, struct endpoint *endpoint)
{
    struct playout_frame frame = {0};
    uint8_t noted[FRAME_SAMPLES];

    endpoint->playing = false;
    if (endpoint->earshot)
        earshot_play(engine, endpoint, &frame);
    tell_playout(engine, endpoint, &frame);
    if (!endpoint->capture.recorder)
        return;
    earshot_note(endpoint, endpoint->relayed, noted);
    capture_put(&endpoint->capture, noted);
}

/* What was sent may come back, is told, and is captured. */
static void follow_up(struct engine *engine, struct endpoint *endpoint, const struct speech *speech)
{
    if (speech->frame.voice && !endpoint->wide)
        echo_sent(&endpoint->echo, &engine->echoes, &speech->frame, endpoint->hush.lead,
                  endpoint->codec == CODEC_PCMA);
    tell_playout(engine, endpoint, &speech->frame);
    endpoint->hush.uncaptured = endpoint->hush.left_out > 0;
    if (endpoint->hush.uncaptured)
        return;
    if (endpoint->wide)
        keep_wide(endpoint, speech->wide);
    else
        keep(endpoint, speech->payload);
}

void endpoint_keep_silence(struct endpoint *endpoint)
{
    uint8_t silence[FRAME_SAMPLES];

    if (endpoint->hush.uncaptured && endpoint->capture.recorder) {
        memset(silence,
               endpoint->capture.codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
               sizeof silence);
        capture_put(&endpoint->capture, silence);
    }
    endpoint->hush.uncaptured = false;
}

static void give_back(struct endpoint *endpoint)
{
    endpoint->timestamp -= hush_give_back(&endpoint->hush) * endpoint->clock;
}

void endpoint_begin(struct engine *engine, struct endpoint *endpoint)
{
    uint32_t age = hush_age(&endpoint->hush, engine->now_ns);
    struct speech speech = {.frame = {0}};

    if (age == FRAME_SAMPLES || !may_speak(endpoint) || !is_alone(endpoint) ||
        engine->reflect.gain > 0 || endpoint->keysend.count > 0 ||
        !playout_is_due(&endpoint->playout, engine->clips))
        return;
    give_back(endpoint);
    endpoint->hush.lead = (uint8_t)age;
    endpoint->timestamp += age * endpoint->clock;
    speak(engine, endpoint, &speech);
    follow_up(engine, endpoint, &speech);
}

static void pass_time(const struct engine *engine, struct endpoint *endpoint)
{
    uint32_t frames = (uint32_t)(engine->tick - endpoint->tick);

    give_back(endpoint);
    endpoint->timestamp += frames * FRAME_SAMPLES * endpoint->clock;
    echo_pass(&endpoint->echo, frames);
    endpoint->tick = engine->tick;
    endpoint->hush.turn_ns = engine->now_ns;
}

void endpoint_speak(struct engine *engine, struct endpoint *endpoint)
{
    struct speech speech;

    pass_time(engine, endpoint);
    if (endpoint->earshot)
        earshot_rest(engine, endpoint);
    if (may_speak(endpoint) && bridge_speaks(endpoint) && earshot_is_carried(engine, endpoint)) {
        hush_note(&endpoint->hush, true);
        be_carried(engine, endpoint);
        return;
    }
    speech.frame = (struct playout_frame){0};
    if (may_speak(endpoint)) {
        speak(engine, endpoint, &speech);
    } else { /* Everything keeps its place. */
        hush_note(&endpoint->hush, false);
        endpoint->playing = false;
        endpoint->marker = true;
        put_silence(endpoint, &speech);
    }
    follow_up(engine, endpoint, &speech);
}
