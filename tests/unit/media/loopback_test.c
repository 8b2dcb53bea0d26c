// SPDX-License-Identifier: Apache-2.0
/* loopback_test.c - the whole limb with real sockets and real time: two legs talk to each other, a
 * telephone of the test's own talks to a third, a stranger tries. Takes some seconds. */
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "check.h"
#include "free_ports.h"
#include "run_again.h"
#include "core/command.h"
#include "media/media.h"
#include "wire/au.h"
#include "wire/rtp.h"

enum { LEGS = 8, PORTS = 32, EVENTS = 101, LONG_MS = 10000 /* For what comes, however busy. */ };

static uint16_t first_port, phone_port, stranger_port;
static struct media *media;
static struct mailbox *events;
static struct clip_table *clips;
static struct ring_pool *rings;
static struct event seen[256];
static uint32_t seen_count;
static bool plain; /* No io_uring, as where it is forbidden. */
static char directory[] = "/tmp/offhook-loop-XXXXXX";

static uint32_t leg_id(uint32_t slot)
{
    return 0x10000 + slot;
}

static void order(struct command command, uint32_t slot)
{
    command.call = command.leg = leg_id(slot);
    CHECK(command_post(media_mailbox(media, command.leg), &command) == MAILBOX_OK);
}

static void collect(void)
{
    static uint8_t bytes[MAX_PACKED];
    size_t size;

    while ((size = mailbox_take(events, bytes, sizeof bytes)) > 0 && seen_count < 256)
        CHECK(event_unpack(bytes, size, &seen[seen_count++]));
}

static const struct event *find(enum event_kind kind, uint32_t slot)
{
    collect();
    for (uint32_t i = 0; i < seen_count; i++) {
        if (seen[i].kind == kind && seen[i].leg == leg_id(slot))
            return &seen[i];
    }
    return NULL;
}

static uint32_t count_of(enum event_kind kind, uint32_t slot)
{
    uint32_t n = 0;

    collect();
    for (uint32_t i = 0; i < seen_count; i++)
        n += seen[i].kind == kind && seen[i].leg == leg_id(slot);
    return n;
}

static const struct event *await(enum event_kind kind, uint32_t slot, uint32_t for_ms)
{
    uint64_t until = clock_ms() + for_ms;
    const struct event *event;

    while (!(event = find(kind, slot)) && clock_ms() < until)
        mailbox_wait(events, 5);
    return event;
}

static uint32_t await_count(enum event_kind kind, uint32_t slot, uint32_t count)
{
    uint64_t until = clock_ms() + LONG_MS;

    while (count_of(kind, slot) < count && clock_ms() < until)
        mailbox_wait(events, 5);
    return count_of(kind, slot);
}

static void rest_ms(uint32_t ms)
{
    clock_sleep_until_ns(clock_ns() + ms * 1000000ull);
}

static void open_leg(uint32_t slot, uint16_t to_port, bool capture)
{
    char remote[32];

    snprintf(remote, sizeof remote, "127.0.0.1:%u", to_port);
    order((struct command){.kind = MEDIA_OPEN,
                           .media = {.remote = text_of(remote),
                                     .codec = CODEC_PCMU,
                                     .payload_type = 0,
                                     .event_type = EVENTS,
                                     .way = WAY_BOTH,
                                     .seed = slot * 77 + 1,
                                     .no_audio_ms = 300,
                                     .capture = capture,
                                     .name = TEXT("../loop/back")}},
          slot);
}

static void close_leg(uint32_t slot)
{
    order((struct command){.kind = MEDIA_CLOSE}, slot);
    CHECK(await(MEDIA_CLOSED, slot, LONG_MS));
    CHECK(seen[seen_count - 1].kind == MEDIA_CLOSED || count_of(MEDIA_CLOSED, slot) == 1);
}

/* `silence_ms` of silence, then a voice-like buzz of `sound_ms`. */
static uint32_t make_clip(uint32_t silence_ms, uint32_t sound_ms)
{
    uint32_t clip = clip_new(clips, 80000);
    int16_t samples[8];

    CHECK(clip);
    for (uint32_t ms = 0; ms < silence_ms + sound_ms; ms++) {
        for (int i = 0; i < 8; i++) {
            double t = (ms * 8 + i) / 8000.0, v = 0;
            for (int h = 1; h < 12 && ms >= silence_ms; h++)
                v += 2500.0 / h * sin(2 * M_PI * (140 + 30 * sin(9 * t)) * h * t);
            samples[i] = (int16_t)v;
        }
        clip_append(clips, clip, samples, 8);
    }
    clip_finish(clips, clip);
    return clip;
}

static void play(uint32_t slot, uint32_t utterance, uint32_t clip)
{
    order((struct command){.kind = MEDIA_PLAY, .play = {.utterance = utterance, .clip = clip}},
          slot);
}

static void begin(void)
{
    first_port = free_ports(PORTS);
    phone_port = (uint16_t)(first_port + 2 * LEGS);
    stranger_port = (uint16_t)(phone_port + 8);
    struct media_options options = {.address = "127.0.0.1",
                                    .first_port = first_port,
                                    .legs = LEGS,
                                    .threads = 2,
                                    .capture_dir = directory,
                                    .plain = plain,
                                    .capture_format = CAPTURE_RAW,
                                    .circles = true,
                                    .rings = rings,
                                    .clips = clips};
    char why[256];

    seen_count = 0;
    CHECK(mailbox_open(&events, "core", 1 << 16) == 0);
    int error = media_open(&media, &options, events, why, sizeof why);
    if (error)
        fprintf(stderr, "%s\n", why);
    CHECK(error == 0);
}

static void end(void)
{
    media_close(media);
    mailbox_close(events);
}

static void remove_capture(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/_._loop_back.au", directory);
    unlink(path);
}

/* The caller's side has the buzz, ours is silent, and all of it is there. */
static void check_capture(uint32_t frames)
{
    static uint8_t bytes[100000];
    char path[128];
    uint32_t loud = 0;

    snprintf(path, sizeof path, "%s/_._loop_back.au", directory);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    unlink(path);
    CHECK(frames > 40 && size == AU_HEADER + frames * 2 * FRAME_SAMPLES);
    for (size_t i = AU_HEADER; i < size; i += 2) {
        int16_t sample;
        g711_ulaw_decode(bytes + i, &sample, 1);
        loud += sample > 1000 || sample < -1000;
        CHECK(bytes[i + 1] == G711_ULAW_SILENCE);
    }
    CHECK(loud > 1500);
}

static void what_one_leg_says_the_other_hears_and_both_are_told(void)
{
    struct audio_frame frame;
    uint32_t voiced = 0, frames = 0;
    uint64_t last_ms = 0;

    begin();
    open_leg(0, (uint16_t)(first_port + 2), false);
    open_leg(1, first_port, true);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 3, .epoch = 9}}, 1);
    uint64_t began = clock_ms();
    play(0, 5, make_clip(100, 500));
    const struct event *played = await(MEDIA_PLAYED, 0, LONG_MS);
    CHECK(played && played->played.utterance == 5 && played->played.finished);
    CHECK(played->played.heard_ms == 600 && played->played.total_ms == 600);
    const struct event *audible = find(MEDIA_AUDIBLE, 0);
    CHECK(audible && audible->played.heard_ms == 100 && audible->at_ms >= began + 95);
    const struct event *voice = await(MEDIA_VOICE, 1, LONG_MS);
    CHECK(voice && voice->voice.voiced && voice->voice.level_db > -40);
    CHECK(voice->voice.edge_ms + 40 >= audible->at_ms &&
          voice->voice.edge_ms <= audible->at_ms + 10);
    CHECK(voice->at_ms <= audible->at_ms + 120);
    CHECK(await_count(MEDIA_VOICE, 1, 2) == 2);
    rest_ms(100);
    CHECK(count_of(MEDIA_VOICE, 1) == 2);
    while (ring_take(rings, 3, 9, &frame)) {
        CHECK(frame.at_ms + 30 >= last_ms);
        last_ms = frame.at_ms;
        frames++;
        voiced += frame.flags & AUDIO_VOICED ? 1 : 0;
    }
    CHECK(frames > 40 && voiced >= 23 && voiced <= 40);
    close_leg(0);
    close_leg(1);
    CHECK(find(MEDIA_CLOSED, 1)->closed.received > 40 && find(MEDIA_CLOSED, 1)->closed.lost == 0);
    rest_ms(60);
    while (ring_take(rings, 3, 9, &frame))
        frames++;
    rest_ms(60);
    CHECK(!ring_take(rings, 3, 9, &frame));
    uint32_t captured = find(MEDIA_CLOSED, 1)->closed.captured;
    end();
    check_capture(captured);
}

static void a_pause_keeps_the_place_to_the_sample_and_a_flush_tells_what_was_heard(void)
{
    begin();
    open_leg(0, (uint16_t)(first_port + 2), false);
    open_leg(1, first_port, false);
    play(0, 1, make_clip(0, 600));
    play(0, 2, make_clip(0, 600));
    rest_ms(200);
    order((struct command){.kind = MEDIA_PAUSE}, 0);
    rest_ms(300);
    CHECK(count_of(MEDIA_PLAYED, 0) == 0);
    order((struct command){.kind = MEDIA_RESUME}, 0);
    rest_ms(200);
    order((struct command){.kind = MEDIA_PAUSE}, 0);
    order((struct command){.kind = MEDIA_FLUSH}, 0);
    CHECK(await_count(MEDIA_PLAYED, 0, 2) == 2);
    const struct event *first = find(MEDIA_PLAYED, 0), *second = first + 1;
    CHECK(first->played.utterance == 1 && !first->played.finished && first->played.total_ms == 600);
    CHECK(first->played.heard_ms >= 360 && first->played.heard_ms <= 440);
    CHECK(first->played.heard_ms % 20 == 0);
    CHECK(second->played.utterance == 2 && second->played.heard_ms == 0);
    play(0, 3, make_clip(0, 100)); /* A flush ends the pause. */
    CHECK(await_count(MEDIA_PLAYED, 0, 3) == 3);
    close_leg(0);
    close_leg(1);
    end();
}

static void keys_sent_as_events_are_heard_once_each(void)
{
    static const char expected[] = "12#0";
    uint32_t n = 0;

    begin();
    open_leg(0, (uint16_t)(first_port + 2), false);
    open_leg(1, first_port, false);
    rest_ms(60);
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("12#0")}}, 0);
    await_count(MEDIA_KEY, 1, 4);
    rest_ms(200); /* None comes twice. */
    collect();
    for (uint32_t i = 0; i < seen_count; i++) {
        if (seen[i].kind != MEDIA_KEY)
            continue;
        CHECK(seen[i].leg == leg_id(1) && n < 4 && seen[i].key.key == expected[n++]);
        CHECK(seen[i].key.source == KEY_RTP);
    }
    CHECK(n == 4 && count_of(MEDIA_VOICE, 1) == 0);
    close_leg(0);
    close_leg(1);
    end();
}

/* ---- A telephone of the test's own ---- */

struct phone {
    int socket;
    uint16_t port, sequence;
    uint32_t ssrc, timestamp;
};

static struct phone phone_open(uint16_t port, uint32_t ssrc)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct phone phone = {.port = port, .ssrc = ssrc, .sequence = 10};

    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    phone.socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    CHECK(bind(phone.socket, (struct sockaddr *)&here, sizeof here) == 0);
    return phone;
}

static void phone_send(struct phone *phone, uint32_t slot, double level)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)(first_port + 2 * slot))};
    struct rtp_packet packet = {
        .sequence = phone->sequence++, .timestamp = phone->timestamp, .ssrc = phone->ssrc};
    uint8_t bytes[RTP_HEADER + FRAME_SAMPLES];
    int16_t samples[FRAME_SAMPLES];

    for (int i = 0; i < FRAME_SAMPLES; i++) {
        double t = (phone->timestamp + i) / 8000.0, v = 0;
        for (int h = 1; h < 12; h++)
            v += level / h * sin(2 * M_PI * 150 * h * t);
        samples[i] = (int16_t)v;
    }
    phone->timestamp += FRAME_SAMPLES;
    rtp_write_header(&packet, bytes);
    g711_ulaw_encode(samples, bytes + RTP_HEADER, FRAME_SAMPLES);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    CHECK(sendto(phone->socket, bytes, sizeof bytes, 0, (struct sockaddr *)&to, sizeof to) > 0);
}

static uint32_t phone_drain(const struct phone *phone)
{
    uint8_t bytes[2000];
    uint32_t n = 0;

    while (recv(phone->socket, bytes, sizeof bytes, 0) > 0)
        n++;
    return n;
}

static void a_stranger_is_counted_and_neither_heard_nor_answered(void)
{
    begin();
    struct phone caller = phone_open(phone_port, 1), stranger = phone_open(stranger_port, 2);
    open_leg(2, phone_port, false);
    for (int i = 0; i < 30; i++) {
        phone_send(&caller, 2, 0);
        phone_send(&stranger, 2, 4000);
        rest_ms(20);
    }
    CHECK(count_of(MEDIA_VOICE, 2) == 0);
    CHECK(phone_drain(&caller) > 25 && phone_drain(&stranger) == 0);
    close_leg(2);
    const struct event *closed = find(MEDIA_CLOSED, 2);
    CHECK(closed->closed.strangers >= 25 && closed->closed.received >= 29);
    CHECK(closed->closed.lost == 0 && closed->closed.late == 0);
    close(caller.socket);
    close(stranger.socket);
    end();
}

static void a_caller_behind_a_nat_is_followed_to_where_the_packets_come_from(void)
{
    begin();
    struct phone caller = phone_open((uint16_t)(phone_port + 2), 1);
    open_leg(3, 9, false); /* The description's address leads nowhere. */
    uint32_t heard = 0;
    for (int i = 0; i < 250 && heard < 8; i++) {
        phone_send(&caller, 3, 0);
        rest_ms(20);
        heard += phone_drain(&caller);
    }
    CHECK(heard >= 8);
    close_leg(3);
    close(caller.socket);
    end();
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Where packets are collected each beat: the first one after a silence is told at once. */
static void what_a_caller_sends_is_noticed_within_a_beat(void)
{
    struct media_figures figures;
    int waits_ms[9] = {0};

    begin();
    media_figures(media, &figures);
    if (figures.batched == 0)
        fprintf(stderr, "# io_uring cannot be had here: not tested\n");
    struct phone caller = phone_open((uint16_t)(phone_port + 6), 1);
    open_leg(6, caller.port, false);
    for (int i = 0; i < 9 && figures.batched; i++) {
        CHECK(await(MEDIA_SILENT, 6, LONG_MS));
        rest_ms((uint32_t)i * 7 % 20);
        seen_count = 0;
        uint64_t sent_ms = clock_ms();
        phone_send(&caller, 6, 0);
        const struct event *heard = await(MEDIA_SILENT, 6, LONG_MS);
        CHECK(heard && !heard->silent.silent);
        waits_ms[i] = (int)(heard->at_ms - sent_ms);
        seen_count = 0;
    }
    qsort(waits_ms, 9, sizeof *waits_ms, compare);
    CHECK(waits_ms[4] < 9);
    close_leg(6);
    close(caller.socket);
    end();
}

/* Where each endpoint receives in its own turn: that is moved to follow the packets. */
static void packets_wait_for_no_more_than_a_beat_whenever_the_caller_sends_them(void)
{
    begin();
    for (uint32_t offset = 0; offset < 3; offset++) {
        struct phone caller = phone_open((uint16_t)(phone_port + 4 + offset), 1);
        uint64_t next_ns = clock_ns() + offset * 6000000;
        int waits_us[40] = {0};
        open_leg(6, caller.port, false);
        for (int i = 0; i < 110; i++) {
            uint8_t bytes[2000];
            next_ns += 20000000;
            clock_sleep_until_ns(next_ns);
            phone_drain(&caller);
            uint64_t sent_ns = clock_ns();
            phone_send(&caller, 6, 0);
            while (recv(caller.socket, bytes, sizeof bytes, 0) < 0 &&
                   clock_ns() < next_ns + 19000000)
                clock_sleep_until_ns(clock_ns() + 200000);
            if (i >= 70) /* Each turn receives first and then sends. */
                waits_us[i - 70] = (int)((clock_ns() - sent_ns) / 1000);
        }
        qsort(waits_us, 40, sizeof *waits_us, compare);
        CHECK(waits_us[20] < 9000);
        close_leg(6);
        seen_count = 0;
        close(caller.socket);
    }
    end();
}

static void silence_of_the_caller_is_told_and_its_end(void)
{
    begin();
    struct phone caller = phone_open(phone_port, 1);
    open_leg(4, phone_port, false);
    const struct event *silent = await(MEDIA_SILENT, 4, LONG_MS);
    CHECK(silent && silent->silent.silent && silent->silent.for_ms >= 300);
    seen_count = 0;
    phone_send(&caller, 4, 0);
    silent = await(MEDIA_SILENT, 4, LONG_MS);
    CHECK(silent && !silent->silent.silent);
    close_leg(4);
    close(caller.socket);
    end();
}

static void a_command_for_a_leg_that_is_gone_gives_back_what_it_carries(void)
{
    struct clip_view view;

    begin();
    uint32_t clip = make_clip(0, 100);
    play(5, 1, clip);
    order((struct command){.kind = MEDIA_CLOSE}, 5);
    CHECK(await(MEDIA_CLOSED, 5, LONG_MS));
    clip_reap(clips);
    CHECK(!clip_read(clips, clip, &view));
    end();
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* Each test is a process of its own. */
    CHECK(mkdtemp(directory));
    CHECK(clip_table_open(&clips, 64) == 0);
    CHECK(ring_pool_open(&rings, 8, 8) == 0);
    RUN_AGAIN(what_one_leg_says_the_other_hears_and_both_are_told);
    RUN_AGAIN(a_pause_keeps_the_place_to_the_sample_and_a_flush_tells_what_was_heard);
    RUN_AGAIN(keys_sent_as_events_are_heard_once_each);
    RUN_AGAIN(a_stranger_is_counted_and_neither_heard_nor_answered);
    RUN_AGAIN(a_caller_behind_a_nat_is_followed_to_where_the_packets_come_from);
    RUN_AGAIN(what_a_caller_sends_is_noticed_within_a_beat);
    RUN_AGAIN(silence_of_the_caller_is_told_and_its_end);
    RUN_AGAIN(a_command_for_a_leg_that_is_gone_gives_back_what_it_carries);
    plain = true;
    RUN_AGAIN(what_one_leg_says_the_other_hears_and_both_are_told);
    RUN_AGAIN(keys_sent_as_events_are_heard_once_each);
    RUN_AGAIN(a_stranger_is_counted_and_neither_heard_nor_answered);
    RUN_AGAIN(a_caller_behind_a_nat_is_followed_to_where_the_packets_come_from);
    RUN_AGAIN(packets_wait_for_no_more_than_a_beat_whenever_the_caller_sends_them);
    ring_pool_close(rings);
    clip_table_close(clips);
    remove_capture();
    rmdir(directory);
    return 0;
}
