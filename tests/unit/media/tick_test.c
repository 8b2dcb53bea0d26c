// SPDX-License-Identifier: Apache-2.0
/* tick_test.c - the beat driven by hand: real sockets, a clock of the test's own, no waiting.
 *
 * Every allocation of the process is counted: in the beat there must be none. */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "check.h"
#include "free_ports.h"
#include "core/command.h"
#include "media/thread.h"
#include "wire/rtp.h"

enum { LEGS = 4, BEAT_NS = 5000000 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static uint64_t allocations; /* The sanitizer has the allocator: its suites check other things. */
#else
static uint64_t allocations;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    allocations++;
    return __libc_realloc(old, size);
}
#endif

static struct clip_table *clips;
static struct ring_pool *rings;
static struct ports ports;
static uint16_t first_port;
static struct mailbox *events, *answers;
static struct recorder *recorder;
static struct media_thread *thread;
static uint64_t now_ns;
static bool capturing, plain;
static struct event last[EVENT_KINDS][LEGS];
static uint32_t counts[EVENT_KINDS][LEGS];
static char directory[] = "/tmp/offhook-tick-XXXXXX";

static void begin(void)
{
    char why[256] = "";
    struct media_thread_options options = {.threads = 1, .legs = LEGS, .ports = &ports};

    memset(counts, 0, sizeof counts);
    memset(last, 0, sizeof last);
    CHECK(clip_table_open(&clips, 32) == 0 && ring_pool_open(&rings, 4, 4) == 0);
    CHECK(mailbox_open(&events, "core", 65536) == 0 &&
          mailbox_open(&answers, "answers", 4096) == 0);
    CHECK(recorder_open(&recorder, directory, LEGS, 1, NULL, why, sizeof why) == 0);
    first_port = free_ports(128);
    CHECK(ports_open(&ports, "127.0.0.1", first_port, LEGS, 64, why, sizeof why) == 0);
    ports.own = (struct own){0}; /* Legs hear each other here. */
    options.clips = clips;
    options.rings = rings;
    options.events = events;
    options.answers = answers;
    options.recorder = recorder;
    options.plain = plain;
    CHECK(thread_open(&thread, &options) == 0);
    now_ns = clock_ns();
}

static void end(void)
{
    recorder_close(recorder);
    thread_close(thread);
    ports_close(&ports);
    mailbox_close(events);
    mailbox_close(answers);
    ring_pool_close(rings);
    clip_table_close(clips);
}

static void run_ms(uint32_t ms)
{
    static uint8_t bytes[MAX_PACKED];

    for (uint32_t beat = 0; beat < ms / 5; beat++) {
        now_ns += BEAT_NS;
        if (beat % 16 == 0)
            usleep(500); /* The recorder's thread lives in real time. */
        thread_beat(thread, now_ns);
        for (size_t size; (size = mailbox_take(events, bytes, sizeof bytes)) > 0;) {
            struct event event;
            CHECK(event_unpack(bytes, size, &event));
            uint32_t slot = event.leg & 0xffff;
            CHECK(slot < LEGS);
            counts[event.kind][slot]++;
            last[event.kind][slot] = event;
        }
    }
}

static void order(struct command command, uint32_t slot, uint32_t generation)
{
    command.call = command.leg = generation << 16 | slot;
    CHECK(command_post(thread_mailbox(thread), &command) == MAILBOX_OK);
}

static struct command opening(uint32_t to_slot)
{
    static char remote[32];
    struct command command = {.kind = MEDIA_OPEN};

    snprintf(remote, sizeof remote, "127.0.0.1:%u", first_port + 2 * to_slot);
    command.media.remote = text_of(remote);
    command.media.event_type = 101;
    command.media.seed = to_slot + 1;
    command.media.capture = capturing;
    command.media.name = TEXT("tick");
    return command;
}

static void open_pair(void)
{
    order(opening(1), 0, 1);
    order(opening(0), 1, 1);
    run_ms(100);
}

static uint32_t buzz(uint32_t ms)
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
    return clip;
}

static void play(uint32_t slot, uint32_t utterance, uint32_t ms)
{
    order((struct command){.kind = MEDIA_PLAY, .play = {.utterance = utterance, .clip = buzz(ms)}},
          slot, 1);
}

static void the_beat_allocates_nothing(void)
{
    begin();
    capturing = true;
    open_pair();
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
    play(0, 1, 700);
    play(0, 2, 300);
    run_ms(100);
    uint64_t before = allocations;
    for (int i = 0; i < 4; i++) {
        run_ms(200);
        order((struct command){.kind = i % 2 ? MEDIA_RESUME : MEDIA_PAUSE}, 0, 1);
        order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("5")}}, 1, 1);
    }
    run_ms(8000);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(100);
    order(opening(1), 0, 2);
    run_ms(100);
    CHECK(allocations == before);
    CHECK(counts[MEDIA_CLOSED][0] == 1 && counts[MEDIA_PLAYED][0] == 2);
    CHECK(counts[MEDIA_KEY][0] >= 4 && counts[MEDIA_VOICE][1] >= 2);
    capturing = false;
    end();
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* The next `skip` instructions are left out unless the loaded word is `value`. */
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ALLOWED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOADED(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))

/* From here on this thread may make the system calls of a beat and no others: packets in and out,
 * none of which waits, and the waking of those who do. Any other ends the process. */
static void allow_only_a_beat(void)
{
    struct sock_filter filter[] = {
        LOADED(nr),      UNLESS(SYS_io_uring_enter, 1),
        ALLOWED,         UNLESS(SYS_recvmmsg, 1),
        ALLOWED,         UNLESS(SYS_sendto, 1),
        ALLOWED,         UNLESS(SYS_write, 1), /* The eventfd of a mailbox. */
        ALLOWED,         UNLESS(SYS_exit_group, 1),
        ALLOWED,         UNLESS(SYS_futex, 3),
        LOADED(args[1]), UNLESS(FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1),
        ALLOWED,         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};

    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void beat_under_guard(void)
{
    capturing = true;
    begin();
    open_pair();
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
    play(0, 1, 400);
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("5")}}, 1, 1);
    allow_only_a_beat();
    for (uint32_t beat = 0; beat < 1000; beat++) { /* Five seconds: reports are sent too. */
        if (beat == 500)
            order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
        now_ns += BEAT_NS;
        thread_beat(thread, now_ns);
    }
    _exit(0);
}

static void the_beat_makes_no_system_call_that_could_wait(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        beat_under_guard();
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
#else
static void the_beat_makes_no_system_call_that_could_wait(void)
{
    /* The sanitizers make calls of their own. */
}
#endif

static void reports_tell_the_round_trip_and_what_was_lost(void)
{
    begin();
    open_pair();
    run_ms(22000);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    run_ms(100);
    const struct event *closed = &last[MEDIA_CLOSED][0];
    CHECK(counts[MEDIA_CLOSED][0] == 1 && closed->closed.remote_lost_permille == 0);
    CHECK(closed->closed.sent >= 1100 && closed->closed.received >= 1095);
    CHECK(closed->closed.lost == 0);
    CHECK(closed->closed.round_trip_us > 0 && closed->closed.round_trip_us < 1100000);
    end();
}

static void on_hold_nothing_is_sent_and_the_place_is_kept(void)
{
    begin();
    open_pair();
    play(0, 1, 400);
    run_ms(100);
    struct command hold = opening(1);
    hold.kind = MEDIA_UPDATE;
    hold.media.way = WAY_RECEIVE;
    order(hold, 0, 1);
    run_ms(1000);
    CHECK(counts[MEDIA_PLAYED][0] == 0);
    hold.media.way = WAY_BOTH;
    order(hold, 0, 1);
    run_ms(400);
    CHECK(counts[MEDIA_PLAYED][0] == 1 && last[MEDIA_PLAYED][0].played.heard_ms == 400);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(100);
    CHECK(last[MEDIA_CLOSED][0].closed.sent < 40); /* 1.6 s, of which 1 on hold. */
    CHECK(last[MEDIA_CLOSED][1].closed.lost == 0);
    end();
}

static void the_codec_may_change_in_the_call(void)
{
    struct audio_frame frame;
    double level = 0;
    uint32_t frames = 0;

    begin();
    open_pair();
    struct command change = opening(1);
    change.kind = MEDIA_UPDATE;
    change.media.codec = CODEC_PCMA;
    change.media.payload_type = 8;
    order(change, 0, 1);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
    play(0, 1, 600);
    run_ms(400);
    while (ring_take(rings, 1, 1, &frame)) {
        for (int i = 0; i < FRAME_SAMPLES && frame.flags & AUDIO_VOICED; i++, frames++)
            level += (double)frame.samples[i] * frame.samples[i];
    }
    CHECK(frames > 5 * FRAME_SAMPLES); /* The other law, decoded as what it says it is. */
    CHECK(sqrt(level / frames) > 1500 && sqrt(level / frames) < 3500);
    end();
}

static struct command wide_opening(uint32_t to_slot, enum codec codec)
{
    struct command command = opening(to_slot);

    command.media.codec = codec;
    command.media.payload_type = codec == CODEC_OPUS ? 96 : 9;
    command.media.event_rate = codec == CODEC_OPUS ? 48000 : 8000;
    command.media.fec = true;
    return command;
}

/* Mean level of the voiced frames in the ring, all of this rate. */
static double level_in_ring(uint32_t rate)
{
    struct audio_frame frame;
    double level = 0;
    uint32_t count = rate / 50, samples = 0;

    while (ring_take(rings, 1, 1, &frame)) {
        CHECK(frame.rate == rate);
        for (uint32_t i = 0; i < count && frame.flags & AUDIO_VOICED; i++, samples++)
            level += (double)frame.samples[i] * frame.samples[i];
    }
    CHECK(samples > 10 * count);
    return sqrt(level / samples);
}

static void a_wideband_leg_hears_16_khz_and_its_keys_and_allocates_nothing(enum codec codec)
{
    begin();
    capturing = true;
    uint64_t before = allocations;
    order(wide_opening(1, codec), 0, 1);
    order(wide_opening(0, codec), 1, 1);
    run_ms(100);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
    play(0, 1, 700);
    run_ms(1000);
    order((struct command){.kind = MEDIA_SEND_KEYS, .keys = {.keys = TEXT("5")}}, 0, 1);
    run_ms(400);
    double level = level_in_ring(16000);
    CHECK(level > 1500 && level < 3500);
    CHECK(counts[MEDIA_KEY][1] == 1 && last[MEDIA_KEY][1].key.key == '5');
    CHECK(last[MEDIA_KEY][1].key.source == KEY_RTP && counts[MEDIA_VOICE][1] >= 2);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(100);
    CHECK(last[MEDIA_CLOSED][1].closed.lost == 0 && last[MEDIA_CLOSED][1].closed.received > 70);
    CHECK(allocations == before);
    capturing = false;
    end();
}

static void g722_is_heard_at_16_khz(void)
{
    a_wideband_leg_hears_16_khz_and_its_keys_and_allocates_nothing(CODEC_G722);
}

static void opus_is_heard_at_16_khz(void)
{
    a_wideband_leg_hears_16_khz_and_its_keys_and_allocates_nothing(CODEC_OPUS);
}

/* Both sides at once, as after a re-INVITE, and back again. */
static void the_rate_may_change_in_the_call(void)
{
    static const enum codec codecs[] = {CODEC_OPUS, CODEC_PCMU, CODEC_G722, CODEC_PCMU};

    begin();
    open_pair();
    run_ms(
        2000); /* The beat runs ahead of the kernel's time of arrival until that is not believed. */
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t slot = 0; slot < 2; slot++) {
            bool wide = codecs[i] != CODEC_PCMU;
            struct command change = wide ? wide_opening(1 - slot, codecs[i]) : opening(1 - slot);
            change.kind = MEDIA_UPDATE;
            order(change, slot, 1);
        }
        run_ms(400);
        order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
        play(0, i + 1, 600);
        run_ms(900);
        order((struct command){.kind = MEDIA_UNTAP}, 1, 1);
        double level = level_in_ring(codecs[i] == CODEC_PCMU ? 8000 : 16000);
        CHECK(level > 1500 && level < 3500);
    }
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(100);
    CHECK(last[MEDIA_CLOSED][1].closed.received > 240);
    end();
}

static void silence_is_sent_as_noise_where_that_was_agreed_and_heard_as_noise(void)
{
    struct command quiet = opening(1);
    struct audio_frame frame;
    uint32_t noisy = 0, frames = 0;

    begin();
    quiet.media.noise_type = 13;
    order(quiet, 0, 1);
    order(opening(0), 1, 1);
    order((struct command){.kind = MEDIA_TAP, .tap = {.ring = 1, .epoch = 1}}, 1, 1);
    run_ms(100);
    play(0, 1, 500);
    run_ms(3000);
    while (ring_take(rings, 1, 1, &frame)) {
        int32_t most = 0;
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
            most = abs(frame.samples[i]) > most ? abs(frame.samples[i]) : most;
        noisy += most > 0 && most < 30 && !(frame.flags & AUDIO_LOST);
        frames++;
    }
    CHECK(frames > 140 && noisy > 80);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(100);
    CHECK(last[MEDIA_CLOSED][0].closed.sent < 60 && last[MEDIA_CLOSED][1].closed.lost == 0);
    CHECK(last[MEDIA_CLOSED][1].closed.concealed < 10);
    end();
}

static void a_slot_given_again_too_soon_ends_its_last_leg_first(void)
{
    begin();
    open_pair();
    play(0, 7, 500);
    run_ms(50);
    order(opening(1), 0, 2);
    run_ms(50);
    CHECK(counts[MEDIA_CLOSED][0] == 1 && last[MEDIA_CLOSED][0].leg == 0x10000);
    CHECK(counts[MEDIA_PLAYED][0] == 1 && last[MEDIA_PLAYED][0].leg == 0x10000);
    order((struct command){.kind = MEDIA_CLOSE}, 0, 2);
    run_ms(50);
    CHECK(counts[MEDIA_CLOSED][0] == 2 && last[MEDIA_CLOSED][0].leg == 0x20000);
    end();
}

static void packets_of_the_port_s_last_call_are_not_heard_by_the_next(void)
{
    begin();
    order(opening(1), 0, 1);
    run_ms(400); /* To a port that nobody owns. */
    order((struct command){.kind = MEDIA_CLOSE}, 0, 1);
    run_ms(40);
    order(opening(0), 1, 1);
    run_ms(100);
    order((struct command){.kind = MEDIA_CLOSE}, 1, 1);
    run_ms(40);
    CHECK(counts[MEDIA_CLOSED][1] == 1 && last[MEDIA_CLOSED][1].closed.received == 0);
    end();
}

static int open_phone(uint16_t port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    CHECK(bind(fd, (struct sockaddr *)&here, sizeof here) == 0);
    return fd;
}

/* Datagrams that begin as RTP or RTCP and end as anything, from the caller's own address. */
static void garbage_from_the_caller_does_no_harm(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET};
    struct command open = opening(50); /* That port is here. */
    uint64_t seed = 4733;
    uint8_t bytes[1600];

    begin();
    order(open, 2, 1);
    run_ms(20);
    int fd = open_phone((uint16_t)(first_port + 100));
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    for (uint32_t i = 0; i < 30000; i++) {
        static const uint8_t types[] = {0, 8, 13, 101, 0x80, 200, 201, 203};
        uint32_t size = check_random(&seed) % (i % 16 ? 400u : 1600u);
        for (uint32_t k = 0; k < size; k++)
            bytes[k] = (uint8_t)check_random(&seed);
        bytes[0] = check_random(&seed) % 8 ? 0x80 : bytes[0];
        bytes[1] = check_random(&seed) % 8 ? types[check_random(&seed) % 8] : bytes[1];
        if (check_random(&seed) % 2) {
            bytes[2] = (uint8_t)(i >> 8);
            bytes[3] = (uint8_t)i;
            memset(bytes + 8, 7, 4);
        }
        there.sin_port = htons((uint16_t)(first_port + 4 + (i % 8 == 0)));
        (void)!sendto(fd, bytes, size, 0, (struct sockaddr *)&there, sizeof there);
        if (i % 16 == 15)
            run_ms(20);
    }
    order((struct command){.kind = MEDIA_CLOSE}, 2, 1);
    run_ms(100);
    CHECK(counts[MEDIA_CLOSED][2] == 1 && last[MEDIA_CLOSED][2].closed.received > 1000);
    close(fd);
    end();
}

/* 32 packets a tick are heard, whatever comes; the other legs lose none by it. */
static void a_flood_costs_a_bounded_part_of_a_tick(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET};
    struct rtp_packet packet = {.ssrc = 9};
    uint8_t bytes[RTP_HEADER + FRAME_SAMPLES] = {0};

    begin();
    open_pair();
    order(opening(50), 2, 1); /* That port is ours. */
    int fd = open_phone((uint16_t)(first_port + 100));
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    there.sin_port = htons((uint16_t)(first_port + 4));
    for (uint32_t tick = 0; tick < 50; tick++) {
        for (uint32_t i = 0; i < 300; i++) {
            packet.sequence++;
            packet.timestamp += FRAME_SAMPLES;
            rtp_write_header(&packet, bytes);
            (void)!sendto(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&there, sizeof there);
        }
        run_ms(20);
    }
    for (uint32_t slot = 0; slot < 3; slot++)
        order((struct command){.kind = MEDIA_CLOSE}, slot, 1);
    run_ms(100);
    CHECK(last[MEDIA_CLOSED][2].closed.received >= 500);
    CHECK(last[MEDIA_CLOSED][2].closed.received <= 32 * 100); /* Turns may move. */
    CHECK(last[MEDIA_CLOSED][0].closed.received >= 45 && last[MEDIA_CLOSED][0].closed.lost == 0);
    CHECK(last[MEDIA_CLOSED][1].closed.received >= 45 && last[MEDIA_CLOSED][1].closed.lost == 0);
    close(fd);
    end();
}

int main(void)
{
    char command[128];

    CHECK(mkdtemp(directory));
    for (int i = 0; i < 2; i++) { /* By io_uring, where it can be had; by plain system calls. */
        plain = i == 1;
        RUN(the_beat_allocates_nothing);
        RUN(the_beat_makes_no_system_call_that_could_wait);
        RUN(reports_tell_the_round_trip_and_what_was_lost);
        RUN(on_hold_nothing_is_sent_and_the_place_is_kept);
        RUN(the_codec_may_change_in_the_call);
        RUN(g722_is_heard_at_16_khz);
        RUN(opus_is_heard_at_16_khz);
        RUN(the_rate_may_change_in_the_call);
        RUN(silence_is_sent_as_noise_where_that_was_agreed_and_heard_as_noise);
        RUN(a_slot_given_again_too_soon_ends_its_last_leg_first);
        RUN(packets_of_the_port_s_last_call_are_not_heard_by_the_next);
        RUN(garbage_from_the_caller_does_no_harm);
        RUN(a_flood_costs_a_bounded_part_of_a_tick);
    }
    snprintf(command, sizeof command, "rm -r %s", directory);
    CHECK(system(command) == 0);
    return 0;
}
