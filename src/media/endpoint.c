// SPDX-License-Identifier: Apache-2.0
/* endpoint.c - the life of an endpoint: commands applied, and its end. */
#include "media/bridge.h"

#include <assert.h>
#include <string.h>

#include "base/address.h"

enum { REPORT_FIRST_MS = 1200, DRAIN_MOST = 64 };

struct event endpoint_event(const struct engine *engine, const struct endpoint *endpoint,
                            enum event_kind kind)
{
    return (struct event){
        .kind = kind, .call = endpoint->call, .leg = endpoint->leg, .at_ms = engine->now_ms};
}

static void write_sockaddr(bool ipv6, const struct peer_address *address, uint32_t port_offset,
                           struct sockaddr_in6 *out)
{
    uint16_t port = htons((uint16_t)(address->port + port_offset));

    memset(out, 0, sizeof *out);
    if (ipv6) {
        out->sin6_family = AF_INET6;
        out->sin6_port = port;
        memcpy(&out->sin6_addr, address->ip, 16);
    } else {
        struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = port};
        memcpy(&four.sin_addr, address->ip + 12, 4);
        memcpy(out, &four, sizeof four);
    }
}

/* A description without an address that packets can go to leaves zeros: nothing is sent until the
 * caller was heard. */
static struct peer_address read_remote(const struct engine *engine, struct text remote)
{
    struct peer_address said = {0};

    if (!address_read_port(remote, said.ip, &said.port) || !own_can_reach(engine->ipv6, &said) ||
        (engine->own && own_has(engine->own, &said)))
        said = (struct peer_address){0};
    return said;
}

/* The codec and what it needs. A leg whose codec has another clock or rate begins to be heard anew.
 */
static void apply_codec(struct engine *engine, struct endpoint *endpoint,
                        const struct command *command)
{
    bool wide = codec_is_wide(command->media.codec), was_wide = endpoint->wide != NULL;
    bool other = endpoint->codec != command->media.codec;

    endpoint->codec = command->media.codec;
    endpoint->payload_type = command->media.payload_type;
    endpoint->event_type = command->media.event_type;
    endpoint->noise_type = command->media.noise_type;
    endpoint->clock = endpoint->codec == CODEC_OPUS ? 6 : 1;
    endpoint->event_clock = command->media.event_rate > SAMPLE_RATE ? 6 : 1;
    endpoint->keys.negotiated = command->media.event_type != 0;
    if (wide && !was_wide)
        endpoint->wide = wide_take(&engine->wides);
    if (wide)
        wide_set(endpoint->wide, command);
    if (wide != was_wide)
        jitter_rescale(&endpoint->jitter, wide ? 2 : 1, wide ? endpoint->wide->room : NULL);
    else if (wide && other)
        jitter_restart(&endpoint->jitter);
    if (!wide && was_wide) {
        wide_put(&engine->wides, endpoint->wide);
        endpoint->wide = NULL;
    }
    if (command->kind == MEDIA_UPDATE && other) {
        endpoint->marker = true;
        endpoint->stats_anew = wide || was_wide;
    }
}

static void apply_description(struct engine *engine, struct endpoint *endpoint,
                              const struct command *command)
{
    struct peer_address said = read_remote(engine, command->media.remote);
    bool heard_before = endpoint->way == WAY_BOTH || endpoint->way == WAY_RECEIVE;

    if (command->kind == MEDIA_OPEN)
        peer_init(&endpoint->peer, &said);
    else if (said.port != 0)
        peer_move(&endpoint->peer, &said);
    write_sockaddr(engine->ipv6, &endpoint->peer.source, 0, &endpoint->to);
    write_sockaddr(engine->ipv6, &endpoint->peer.source, 1, &endpoint->report_to);
    apply_codec(engine, endpoint, command);
    endpoint->way = command->media.way;
    endpoint->voip_metrics = command->media.voip_metrics;
    if (!cipher_set(&endpoint->cipher, engine->vault, command->media.suite, command->media.key_in,
                    command->media.key_own))
        engine->figures.keys_missing++;
    if (!heard_before)
        endpoint->heard_ms = engine->now_ms;
}

/* Packets that came while nobody owned the port are of a call that is gone. */
static void drain(struct engine *engine, int socket)
{
    struct arrival arrivals[ENGINE_BATCH];

    for (int i = 0; i < DRAIN_MOST; i++) {
        if (engine_receive(engine, socket, arrivals) < ENGINE_BATCH)
            return;
    }
}

static void open_endpoint(struct engine *engine, struct endpoint *endpoint,
                          const struct command *command)
{
    uint32_t slot = command->leg & 0xffff;
    struct endpoint fresh = {.call = command->call,
                             .leg = command->leg,
                             .sockets = endpoint->sockets,
                             .state = ENDPOINT_OPEN,
                             .phase = endpoint->phase,
                             .place = endpoint->place,
                             .tick = engine->tick,
                             .marker = true,
                             .way = WAY_NONE,
                             .random = {.state = command->media.seed},
                             .no_audio_ms = command->media.no_audio_ms};

    *endpoint = fresh;
    endpoint->ssrc = (uint32_t)random_next(&endpoint->random);
    endpoint->sequence = (uint16_t)(random_next(&endpoint->random) & 0x7fff); /* RFC 3711 3.3.1 */
    endpoint->timestamp = (uint32_t)random_next(&endpoint->random);
    endpoint->report_ms = engine->now_ms + REPORT_FIRST_MS + random_below(&endpoint->random, 2600);
    jitter_init(&endpoint->jitter, 1, NULL);
    gate_init(&endpoint->gate);
    echo_init(&endpoint->echo);
    keys_init(&endpoint->keys, command->media.event_type != 0);
    keysend_init(&endpoint->keysend);
    playout_init(&endpoint->playout);
    apply_description(engine, endpoint, command);
    drain(engine, endpoint->sockets.rtp);
    drain(engine, endpoint->sockets.rtcp);
    endpoint_listen(engine, endpoint);
    engine->figures.endpoints++;
    if (!command->media.capture)
        return;
    if (engine->recorder)
        capture_start(&endpoint->capture, engine->recorder, engine->thread, slot,
                      endpoint->codec == CODEC_PCMA ? CODEC_PCMA : CODEC_PCMU, command->media.name);
    else
        engine->figures.capture_lost++;
}

static void capture(struct engine *engine, struct endpoint *endpoint, const struct command *command)
{
    struct capture *now = &endpoint->capture;

    endpoint_keep_silence(endpoint);
    if (command->capture.act != CAPTURE_START) {
        capture_change(now, command->capture.act);
        return;
    }
    endpoint->captured += capture_kept(now);
    engine->figures.capture_lost += capture_lost(now);
    if (!engine->recorder || !capture_stop(now)) {
        engine->figures.capture_lost++;
        return;
    }
    capture_start(now, engine->recorder, engine->thread, command->leg & 0xffff,
                  endpoint->codec == CODEC_PCMA ? CODEC_PCMA : CODEC_PCMU, command->capture.name);
}

static void say_end(struct engine *engine, const struct endpoint *endpoint,
                    const struct playout_end *end)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_PLAYED);

    event.played.utterance = end->utterance;
    event.played.heard_ms = end->heard_ms;
    event.played.total_ms = end->total_ms;
    event.played.finished = end->finished;
    outbox_put(&engine->outbox, &event);
}

static void flush(struct engine *engine, struct endpoint *endpoint)
{
    struct playout_end end;

    while (playout_flush(&endpoint->playout, engine->clips, &end))
        say_end(engine, endpoint, &end);
}

static void play(struct engine *engine, struct endpoint *endpoint, const struct command *command)
{
    struct playout_end refused = {.utterance = command->play.utterance};

    if (playout_put(&endpoint->playout, command->play.utterance, command->play.clip,
                    command->play.loop)) {
        endpoint_begin(engine, endpoint);
        return;
    }
    clip_drop(engine->clips, command->play.clip);
    say_end(engine, endpoint, &refused);
}

static void resume(struct engine *engine, struct endpoint *endpoint)
{
    playout_resume(&endpoint->playout);
    endpoint_begin(engine, endpoint);
}

static void close_endpoint(struct engine *engine, struct endpoint *endpoint)
{
    endpoint_keep_silence(endpoint);
    bridge_part(endpoint);
    earshot_leave(engine, endpoint);
    flush(engine, endpoint);
    endpoint_report(engine, endpoint, true);
    endpoint_deafen(engine, endpoint);
    endpoint->tapped = false;
    echo_release(&endpoint->echo, &engine->echoes);
    if (endpoint->wide)
        wide_put(&engine->wides, endpoint->wide);
    endpoint->wide = NULL;
    endpoint->captured += capture_kept(&endpoint->capture);
    engine->figures.capture_lost += capture_lost(&endpoint->capture);
    endpoint->state = ENDPOINT_CLOSING;
}

/* G.113 appendix I for G.711, whose losses are concealed. For the others there are no values on its
 * scale: these are ours, by how their concealment compares (tests/unit/media/wide_test.c). */
static const struct quality_codec quality_codecs[CODEC_KINDS] = {
    [CODEC_PCMU] = {.impairment = 0, .robustness = 25.1},
    [CODEC_PCMA] = {.impairment = 0, .robustness = 25.1},
    [CODEC_G722] = {.impairment = 0, .robustness = 20},
    [CODEC_OPUS] = {.impairment = 0, .robustness = 35},
};

struct quality_figures endpoint_quality(const struct endpoint *endpoint)
{
    struct quality_figures figures;
    uint32_t delay_ms = endpoint->round_trip_us / 2000 + endpoint->jitter.depth_ms + FRAME_MS;

    quality_figures(&endpoint->quality, &quality_codecs[endpoint->codec], delay_ms, FRAME_MS,
                    &figures);
    return figures;
}

static void put_quality(const struct endpoint *endpoint, struct event *event)
{
    struct quality_figures figures = endpoint_quality(endpoint);

    event->closed.burst_permille = figures.burst_permille;
    event->closed.burst_ms = figures.burst_ms;
    event->closed.gap_permille = figures.gap_permille;
    event->closed.gap_ms = figures.gap_ms;
    event->closed.r_tenths = figures.r_tenths;
    event->closed.mos_hundredths = figures.mos_hundredths;
    event->closed.remote_late_permille = endpoint->remote_late_permille;
    event->closed.remote_r_tenths = endpoint->remote_r_tenths;
    event->closed.remote_mos_hundredths = endpoint->remote_mos_hundredths;
}

static void say_closed(struct engine *engine, const struct endpoint *endpoint)
{
    struct event event = endpoint_event(engine, endpoint, MEDIA_CLOSED);
    const struct rtp_stats *stats = &endpoint->stats;
    int64_t lost = endpoint->stats_known ? rtp_stats_lost(stats) : 0;

    event.closed.received = stats->received + stats->received_before_restart;
    event.closed.lost = lost > 0 ? (uint32_t)lost : 0;
    event.closed.late = endpoint->jitter.late;
    event.closed.duplicate = endpoint->jitter.duplicate;
    event.closed.strangers = endpoint->peer.strangers;
    event.closed.sent = endpoint->sent;
    event.closed.captured = endpoint->captured;
    event.closed.jitter_us = stats->jitter * 125 / (endpoint->clock ? endpoint->clock : 1);
    event.closed.jitter_max_us = stats->jitter_max * 125 / (endpoint->clock ? endpoint->clock : 1);
    event.closed.remote_lost_permille = endpoint->remote_lost_permille;
    event.closed.round_trip_us = endpoint->round_trip_us;
    event.closed.concealed = endpoint->jitter.concealed;
    put_quality(endpoint, &event);
    event.closed.forged = endpoint->cipher.forged;
    event.closed.replayed = endpoint->cipher.replayed;
    event.closed.echo_ms = echo_delay_ms(&endpoint->echo);
    event.closed.erle_db = echo_return_loss(&endpoint->echo);
    outbox_put(&engine->outbox, &event);
}

bool endpoint_finish(struct engine *engine, struct endpoint *endpoint)
{
    assert(endpoint->state == ENDPOINT_CLOSING);
    if (!capture_stop(&endpoint->capture) || !outbox_has_room(&engine->outbox))
        return false;
    say_closed(engine, endpoint);
    cipher_release(&endpoint->cipher);
    engine->figures.endpoints--;
    endpoint->state = ENDPOINT_FREE;
    endpoint->leg = endpoint->call = 0;
    return true;
}

/* The leg is gone, or never was: what the command carries is given back. */
static void refuse(struct engine *engine, const struct command *command)
{
    struct endpoint nobody = {.call = command->call, .leg = command->leg};

    if (command->kind == MEDIA_PLAY)
        clip_drop(engine->clips, command->play.clip);
    if (command->kind == MEDIA_CLOSE)
        say_closed(engine, &nobody);
}

static void tap(struct engine *engine, struct endpoint *endpoint, const struct command *command)
{
    if (!engine->rings || command->tap.ring >= ring_pool_count(engine->rings))
        return;
    endpoint->tapped = true;
    endpoint->ring = command->tap.ring;
    endpoint->epoch = command->tap.epoch;
}

void endpoint_bridge(struct engine *engine, struct endpoint *endpoint, struct endpoint *other,
                     const struct command *command)
{
    if (endpoint->state != ENDPOINT_OPEN || endpoint->leg != command->leg)
        return;
    if (command->kind == MEDIA_UNBRIDGE)
        bridge_part(endpoint);
    else if (other && other->state == ENDPOINT_OPEN && other->leg == command->bridge.other)
        bridge_join(engine, endpoint, other, command->bridge.mask_keys);
}

void endpoint_hear_other(struct engine *engine, struct endpoint *endpoint, struct endpoint *other,
                         const struct command *command)
{
    bool there = other && other->state == ENDPOINT_OPEN && other->leg == command->hear.other;

    if (endpoint->state == ENDPOINT_OPEN && endpoint->leg == command->leg)
        earshot_set(engine, endpoint, there ? other : NULL, command);
}

void endpoint_command(struct engine *engine, struct endpoint *endpoint,
                      const struct command *command)
{
    if (command->kind == MEDIA_OPEN && endpoint->state == ENDPOINT_FREE) {
        open_endpoint(engine, endpoint, command);
        return;
    }
    if (endpoint->state != ENDPOINT_OPEN || endpoint->leg != command->leg) {
        refuse(engine, command);
        return;
    }
    /* Exactly the kinds that are ours; others are a wiring error and have no meaning here. */
    if (command->kind == MEDIA_UPDATE)
        apply_description(engine, endpoint, command);
    else if (command->kind == MEDIA_PLAY)
        play(engine, endpoint, command);
    else if (command->kind == MEDIA_PAUSE)
        playout_pause(&endpoint->playout);
    else if (command->kind == MEDIA_RESUME)
        resume(engine, endpoint);
    else if (command->kind == MEDIA_FLUSH)
        flush(engine, endpoint);
    else if (command->kind == MEDIA_TAP)
        tap(engine, endpoint, command);
    else if (command->kind == MEDIA_UNTAP)
        endpoint->tapped = false;
    else if (command->kind == MEDIA_CAPTURE)
        capture(engine, endpoint, command);
    else if (command->kind == MEDIA_SEND_KEYS)
        engine->figures.send_failed += keysend_put(&endpoint->keysend, command->keys.keys);
    else if (command->kind == MEDIA_CLOSE)
        close_endpoint(engine, endpoint);
}
