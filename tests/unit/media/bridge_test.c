// SPDX-License-Identifier: Apache-2.0
/* bridge_test.c - two callers put through to each other: who hears what, how late, and which keys.
 *
 * Leg 0 is the first caller's telephone and leg 1 the server's for it; leg 3 and leg 2 the same for
 * the second. The beat is driven by hand, over real sockets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "check.h"
#include "core/command.h"
#include "free_ports.h"
#include "media/thread.h"

enum { LEGS = 4, BEAT_NS = 5000000, WARM_MS = 400 };

static struct clip_table *clips;
static struct ring_pool *rings;
static struct ports ports;
static uint16_t first_port;
static struct mailbox *events, *answers;
static struct media_thread *thread;
static uint64_t now_ns;
static uint32_t keys[LEGS];
static struct event closed[LEGS];

static void run_ms(uint32_t ms)
{
    static uint8_t bytes[MAX_PACKED];

    for (uint32_t beat = 0; beat < ms / 5; beat++) {
        now_ns += BEAT_NS;
        thread_beat(thread, now_ns);
        for (size_t size; (size = mailbox_take(events, bytes, sizeof bytes)) > 0;) {
            struct event event;
            CHECK(event_unpack(bytes, size, &event));
            keys[event.leg & 3] += event.kind == MEDIA_KEY;
            if (event.kind == MEDIA_CLOSED)
                closed[event.leg & 3] = event;
        }
    }
}

static void order(struct command command, uint32_t slot)
{
    command.call = command.leg = 1 << 16 | slot;
    CHECK(command_post(thread_mailbox(thread), &command) == MAILBOX_OK);
}

static void open_leg(uint32_t slot, uint32_t to_slot, enum codec codec, bool events_too)
{
    static const uint8_t types[CODEC_KINDS] = {0, 8, 9, 96};
    struct command command = {.kind = MEDIA_OPEN};
    char remote[32];

    snprintf(remote, sizeof remote, "127.0.0.1:%u", first_port + 2 * to_slot);
    command.media.remote = text_of(remote);
    command.media.codec = codec;
    command.media.payload_type = types[codec];
    command.media.event_type = events_too ? (slot < 2 ? 101 : 110) : 0;
    command.media.event_rate = codec == CODEC_OPUS ? 48000 : 8000;
    command.media.seed = slot + 77;
    order(command, slot);
}

static void begin(enum codec one, enum codec two, bool second_has_events)
{
    char why[256] = "";
    struct media_thread_options options = {.threads = 1, .legs = LEGS, .ports = &ports};

    memset(keys, 0, sizeof keys);
    CHECK(clip_table_open(&clips, 32) == 0 && ring_pool_open(&rings, 4, 4) == 0);
    CHECK(mailbox_open(&events, "core", 65536) == 0 &&
          mailbox_open(&answers, "answers", 4096) == 0);
    first_port = free_ports(2 * LEGS);
    CHECK(ports_open(&ports, "127.0.0.1", first_port, LEGS, 64, why, sizeof why) == 0);
    ports.own = (struct own){0}; /* Legs hear each other here. */
    options.clips = clips;
    options.rings = rings;
    options.events = events;
    options.answers = answers;
    CHECK(thread_open(&thread, &options) == 0);
    now_ns =
        clock_ns() + 2000000000; /* So far that the kernel's times of arrival are not believed. */
    open_leg(0, 1, one, true);
    open_leg(1, 0, one, true);
    open_leg(2, 3, two, second_has_events);
    open_leg(3, 2, two, second_has_events);
    run_ms(WARM_MS);
}

static void join(bool masked)
{
    order((struct command){.kind = MEDIA_BRIDGE,
                           .bridge = {.other = 1 << 16 | 2, .mask_keys = masked}},
          1);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 3, .epoch = 1}}, 3);
}

static void end(void)
{
    for (uint32_t slot = 0; slot < LEGS; slot++)
        order((struct command){.kind = MEDIA_CLOSE}, slot);
    run_ms(60);
    thread_close(thread);
    ports_close(&ports);
    mailbox_close(events);
    mailbox_close(answers);
    ring_pool_close(rings);
    clip_table_close(clips);
}

static void play(uint32_t slot, uint32_t ms)
{
    uint32_t clip = clip_new(clips, 80000);

    for (uint32_t i = 0; i < ms * 8; i++) {
        int16_t sample = 0;
        for (int h = 1; h < 10; h++)
            sample =
                (int16_t)(sample + 2500.0 / (1 + 0.3 * h) * sin(2 * M_PI * 150 * h * i / 8000.0));
        clip_append(clips, clip, &sample, 1);
    }
    clip_finish(clips, clip);
    order((struct command){.kind = MEDIA_PLAY, .play = {.utterance = 1, .clip = clip}}, slot);
}

/* The level that the second telephone hears while somebody speaks; 0: nobody does. */
static double level_heard(void)
{
    struct audio_frame frame;
    double level = 0;
    uint32_t samples = 0;

    while (ring_take(rings, 3, 1, &frame)) {
        uint32_t count = frame.rate / 50;
        for (uint32_t i = 0; i < count && frame.flags & AUDIO_VOICED; i++, samples++)
            level += (double)frame.samples[i] * frame.samples[i];
    }
    return samples > 0 ? sqrt(level / samples) : 0;
}

static void each_hears_the_other(enum codec one, enum codec two)
{
    begin(one, two, true);
    join(false);
    play(0, 700);
    run_ms(1200);
    double level = level_heard();
    CHECK(level > 1400 && level < 3600);
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("4")}}, 0);
    run_ms(600);
    CHECK(keys[1] == 1 && keys[3] == 1 && keys[0] == 0 && keys[2] == 0);
    order((struct command){.kind = MEDIA_UNBRIDGE, .bridge = {.other = 1 << 16 | 2}}, 1);
    run_ms(300);
    (void)level_heard();
    play(0, 500);
    run_ms(900);
    CHECK(level_heard() < 1); /* Nobody speaks. */
    end();
    CHECK(closed[3].closed.received > (WARM_MS + 2500) / 20);
    CHECK(closed[3].closed.duplicate == 0); /* No time is given twice where it begins and ends. */
}

static void all_codecs_are_put_through_to_all_codecs(void)
{
    for (enum codec one = 0; one < CODEC_KINDS; one++) {
        for (enum codec two = 0; two < CODEC_KINDS; two++)
            each_hears_the_other(one, two);
    }
}

static void masked_keys_go_no_further_than_to_us(enum codec one, enum codec two)
{
    begin(one, two, true);
    join(true);
    run_ms(200); /* Sound is passed on before the first key. */
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("12")}}, 0);
    run_ms(1000);
    CHECK(keys[1] == 2 && keys[3] == 0);
    end();
    CHECK(closed[3].closed.lost == 0); /* What is left out is not missed. */
}

static void keys_are_masked_with_and_without_encoding_anew(void)
{
    masked_keys_go_no_further_than_to_us(CODEC_PCMU, CODEC_PCMU);
    masked_keys_go_no_further_than_to_us(CODEC_PCMU, CODEC_G722);
}

static void a_leg_without_events_is_sent_tones(void)
{
    begin(CODEC_PCMU, CODEC_PCMU, false);
    join(false);
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("7")}}, 0);
    run_ms(800);
    CHECK(keys[1] == 1 && keys[3] == 1);
    end();
}

static void words_of_ours_go_before_those_of_the_other(void)
{
    begin(CODEC_PCMA, CODEC_PCMA, true);
    join(false);
    play(2, 600);
    run_ms(900);
    CHECK(level_heard() > 1400);
    play(0, 600);
    run_ms(900);
    CHECK(level_heard() > 1400);
    end();
    CHECK(closed[3].closed.lost <= 1); /* A packet of the other may have been on its way. */
}

static void a_close_ends_the_bridge(void)
{
    begin(CODEC_PCMU, CODEC_PCMU, true);
    join(false);
    run_ms(100);
    order((struct command){.kind = MEDIA_CLOSE}, 2);
    run_ms(100);
    uint32_t sent = closed[2].closed.sent;
    CHECK(sent > 0);
    open_leg(2, 3, CODEC_PCMU, true); /* The slot again: another leg, of the same name here. */
    run_ms(400);
    play(0, 500);
    run_ms(900);
    CHECK(level_heard() < 1);
    end();
}

/* Packets are passed on in the beat that they came in. */
static void passing_on_adds_no_buffer(void)
{
    begin(CODEC_PCMU, CODEC_PCMU, true);
    join(false);
    run_ms(1000);
    end();
    CHECK(closed[3].closed.received + 4 >= closed[0].closed.sent);
    CHECK(closed[2].closed.sent + 2 >= closed[1].closed.received);
}

/* From the first packet of a voice to its first sound at the other telephone. */
static uint32_t delay_ms(enum codec one, enum codec two)
{
    struct audio_frame frame;
    uint32_t waited = 0;
    bool loud = false;

    begin(one, two, true);
    join(false);
    run_ms(1000);
    while (ring_take(rings, 3, 1, &frame))
        continue;
    play(0, 600);
    for (; !loud && waited < 500; waited += 5) {
        run_ms(5);
        while (ring_take(rings, 3, 1, &frame)) {
            for (uint32_t i = 0; i < frame.rate / 50; i++)
                loud = loud || frame.samples[i] > 1000;
        }
    }
    end();
    return waited;
}

static void encoding_anew_adds_no_buffer(void)
{
    uint32_t passed = delay_ms(CODEC_PCMU, CODEC_PCMU);

    CHECK(delay_ms(CODEC_PCMU, CODEC_PCMA) <= passed + 5);
    CHECK(delay_ms(CODEC_G722, CODEC_PCMA) <= passed + 10); /* Its filters' own. */
    CHECK(delay_ms(CODEC_PCMA, CODEC_G722) <= passed + 10);
    CHECK(delay_ms(CODEC_OPUS, CODEC_PCMU) <= passed + 20);
}

/* The clip is silent, its frames of G.722 are not: whoever hears something heard those. */
static void play_music_whose_frames_alone_sound(void)
{
    uint32_t clip = clip_new(clips, 8000), frames = 50;
    uint8_t *coded = malloc(160 * frames);
    g722_encode_state_t *encoder = g722_encode_init(NULL, 64000, 0);
    int16_t silence[160] = {0}, tone[320];

    CHECK(coded && encoder);
    for (uint32_t i = 0; i < frames; i++) {
        for (int k = 0; k < 320; k++) {
            double sum = 0;
            for (int h = 1; h < 10; h++)
                sum += 2500 / (1 + 0.3 * h) * sin(2 * M_PI * 150 * h * (i * 320 + k) / 16000);
            tone[k] = (int16_t)sum;
        }
        g722_encode(encoder, coded + 160 * i, tone, 320);
        clip_append(clips, clip, silence, 160);
    }
    g722_encode_free(encoder);
    clip_put_form(clips, clip, CLIP_G722, coded, 160);
    clip_finish(clips, clip);
    order((struct command){.kind = MEDIA_PLAY, .play = {.clip = clip, .loop = true}}, 2);
}

static void each_leg_hears_music_in_its_own_codec(void)
{
    begin(CODEC_PCMU, CODEC_G722, true);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 3, .epoch = 1}}, 3);
    play_music_whose_frames_alone_sound();
    run_ms(2500); /* Round and round. */
    double level = level_heard();
    CHECK(level > 1400 && level < 6000);
    end();
    CHECK(closed[3].closed.lost == 0);
}

int main(void)
{
    RUN(all_codecs_are_put_through_to_all_codecs);
    RUN(keys_are_masked_with_and_without_encoding_anew);
    RUN(a_leg_without_events_is_sent_tones);
    RUN(words_of_ours_go_before_those_of_the_other);
    RUN(a_close_ends_the_bridge);
    RUN(passing_on_adds_no_buffer);
    RUN(encoding_anew_adds_no_buffer);
    RUN(each_leg_hears_music_in_its_own_codec);
    return 0;
}
