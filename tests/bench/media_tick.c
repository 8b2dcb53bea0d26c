// SPDX-License-Identifier: Apache-2.0
/* media_tick.c - what a call's sound costs: N legs with both directions, gate, keys, ring and
 * capture.
 *
 * media_tick [LEGS [SECONDS [CAPTURE_DIR|- [plain]]]] : a child process plays N callers from one
 * socket, 20 ms packets of a voice-like sound with pauses; the beat runs in this thread, as the
 * limb's would, and its processor time is measured, on the first core; callers are on the second.
 * Also checked: nothing is allocated in the beat, what is resident a leg, what is lost. Exit 1
 * without a verdict when beats were late, for then packets come in heaps, which are cheaper. */
#include <arpa/inet.h>
#include <malloc.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "core/command.h"
#include "media/thread.h"
#include "wire/rtp.h"

enum { FIRST_PORT = 24000, PHONES_PORT = 24000, BEATS = 200, SPEECH_FRAMES = 512, BATCH = 64 };

static const char SERVER[] = "127.0.24.1", PHONES[] = "127.0.24.2";
static uint8_t speech[SPEECH_FRAMES][FRAME_SAMPLES], agent[SPEECH_FRAMES][FRAME_SAMPLES];

/* 1.2 s of buzz with syllables, 0.8 s of pause, over and over. */
static void make_speech(uint8_t out[][FRAME_SAMPLES], double pitch)
{
    int16_t samples[FRAME_SAMPLES];
    double phase = 0;

    for (uint32_t f = 0; f < SPEECH_FRAMES; f++) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
            double t = (f * FRAME_SAMPLES + i) / 8000.0, v = 20 * drand48();
            double loud = f % 100 < 60 ? 0.3 + 0.7 * fabs(sin(7 * t)) : 0;
            phase += pitch * (1 + 0.28 * sin(pitch / 46 * t)) / 8000;
            for (int h = 1; h < 10 && loud > 0; h++)
                v += loud * 3000 / h * sin(2 * M_PI * h * phase);
            samples[i] = (int16_t)v;
        }
        g711_ulaw_encode(samples, out[f], FRAME_SAMPLES);
    }
}

static int open_socket(const char *address, uint16_t port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), bytes = 8 << 20;

    inet_pton(AF_INET, address, &here.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("bind");
        exit(1);
    }
    return fd;
}

static void drain(int fd)
{
    static uint8_t bytes[BATCH][256];
    struct mmsghdr headers[BATCH] = {0};
    struct iovec vectors[BATCH];

    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){.iov_base = bytes[i], .iov_len = sizeof bytes[i]};
        headers[i].msg_hdr.msg_iov = &vectors[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    while (recvmmsg(fd, headers, BATCH, MSG_DONTWAIT, NULL) == BATCH)
        continue;
}

static void send_round(int fd, uint32_t from, uint32_t to, uint32_t round)
{
    uint8_t bytes[BATCH][RTP_HEADER + FRAME_SAMPLES];
    struct mmsghdr headers[BATCH] = {0};
    struct iovec vectors[BATCH];
    struct sockaddr_in names[BATCH];

    for (uint32_t leg = from; leg < to;) {
        int n = 0;
        for (; n < BATCH && leg < to; n++, leg++) {
            struct rtp_packet packet = {
                .sequence = (uint16_t)round, .timestamp = round * FRAME_SAMPLES, .ssrc = leg + 1};
            rtp_write_header(&packet, bytes[n]);
            memcpy(bytes[n] + RTP_HEADER, speech[(round + leg * 7) % SPEECH_FRAMES], FRAME_SAMPLES);
            names[n] = (struct sockaddr_in){.sin_family = AF_INET,
                                            .sin_port = htons((uint16_t)(FIRST_PORT + 2 * leg))};
            inet_pton(AF_INET, SERVER, &names[n].sin_addr);
            vectors[n] = (struct iovec){.iov_base = bytes[n], .iov_len = sizeof bytes[n]};
            headers[n].msg_hdr.msg_iov = &vectors[n];
            headers[n].msg_hdr.msg_iovlen = 1;
            headers[n].msg_hdr.msg_name = &names[n];
            headers[n].msg_hdr.msg_namelen = sizeof names[n];
        }
        for (int sent = 0, got = 0; sent < n && got >= 0; sent += got)
            got = sendmmsg(fd, headers + sent, (unsigned)(n - sent), 0);
    }
}

static void be_phones(uint32_t legs)
{
    int fd = open_socket(PHONES, PHONES_PORT);
    uint64_t next = clock_ns();

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (uint32_t beat = 0;; beat++) {
        uint32_t part = beat % 4;
        send_round(fd, legs * part / 4, legs * (part + 1) / 4, beat / 4);
        drain(fd);
        next += 5000000;
        clock_sleep_until_ns(next);
    }
}

static void open_leg(struct media_thread *thread, uint32_t slot, uint32_t clip, bool capture,
                     uint32_t rings)
{
    char remote[32], name[32];
    uint32_t leg = 0x10000 + slot;
    struct command open = {.kind = MEDIA_OPEN, .call = leg, .leg = leg};
    struct command play = {.kind = MEDIA_PLAY, .call = leg, .leg = leg, .play = {1, clip}};
    struct command tap = {
        .kind = MEDIA_TAP, .call = leg, .leg = leg, .tap = {slot % (rings ? rings : 1), 1}};

    snprintf(remote, sizeof remote, "%s:%u", PHONES, PHONES_PORT);
    snprintf(name, sizeof name, "bench-%d-%u", (int)getpid(), slot);
    open.media.remote = text_of(remote);
    open.media.name = text_of(name);
    open.media.event_type = 101;
    open.media.seed = slot;
    open.media.no_audio_ms = 10000;
    open.media.capture = capture;
    if (command_post(thread_mailbox(thread), &open) != MAILBOX_OK ||
        command_post(thread_mailbox(thread), &play) != MAILBOX_OK ||
        (slot < rings && command_post(thread_mailbox(thread), &tap) != MAILBOX_OK))
        exit(1);
}

static uint64_t cpu_us(const struct timeval *t)
{
    return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

/* Of this thread, or of all. getrusage() would only know of time up to the last clock interrupt. */
static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void stay_on(int core)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(core, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

static uint64_t resident_kb(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
        exit(1);
    fclose(file);
    return resident * 4;
}

static uint32_t make_clip(struct clip_table *clips, uint32_t seconds)
{
    uint32_t clip = clip_new(clips, seconds * SAMPLE_RATE);
    int16_t samples[FRAME_SAMPLES];

    for (uint32_t f = 0; f < seconds * 50; f++) {
        g711_ulaw_decode(agent[f % SPEECH_FRAMES], samples, FRAME_SAMPLES);
        clip_append(clips, clip, samples, FRAME_SAMPLES);
    }
    clip_finish(clips, clip);
    return clip;
}

int main(int argc, char **argv)
{
    uint32_t legs = argc > 1 ? (uint32_t)atoi(argv[1]) : 1000;
    uint32_t seconds = argc > 2 ? (uint32_t)atoi(argv[2]) : 10;
    const char *capture_dir = argc > 3 && strcmp(argv[3], "-") != 0 ? argv[3] : NULL;
    struct clip_table *clips;
    struct ring_pool *rings;
    struct ports ports;
    struct recorder *recorder = NULL;
    struct mailbox *events, *answers;
    struct media_thread *thread;
    char why[256] = "";
    static uint8_t message[MAX_PACKED];

    make_speech(speech, 140);
    make_speech(agent, 207);
    pid_t child = fork();
    stay_on(child == 0);
    if (child == 0)
        be_phones(legs);
    if (clip_table_open(&clips, 16) || ring_pool_open(&rings, 64, 64) ||
        mailbox_open(&events, "core", 4 << 20) || mailbox_open(&answers, "answers", 8192) ||
        ports_open(&ports, SERVER, FIRST_PORT, legs, legs + 64, why, sizeof why) ||
        (capture_dir && recorder_open(&recorder, capture_dir, legs, 1, NULL, why, sizeof why))) {
        fprintf(stderr, "media_tick: %s\n", why);
        return 1;
    }
    struct media_thread_options options = {.threads = 1,
                                           .legs = legs,
                                           .ports = &ports,
                                           .clips = clips,
                                           .rings = rings,
                                           .recorder = recorder,
                                           .echo_tail = 512,
                                           .plain = argc > 4 && strcmp(argv[4], "plain") == 0,
                                           .events = events,
                                           .answers = answers};
    if (thread_open(&thread, &options))
        return 1;
    uint64_t before_kb = resident_kb();
    uint32_t clip = make_clip(clips, seconds + 10);
    for (uint32_t i = 0; i < legs; i++) {
        clip_hold(clips, clip);
        open_leg(thread, i, clip, recorder != NULL, 16);
        if (i % 100 == 99) {
            thread_beat(thread, clock_ns());
            clock_sleep_until_ns(clock_ns() + 5000000);
        }
    }

    uint64_t next = clock_ns(), spent = 0, others = 0, worst = 0, late = 0, happened = 0;
    struct rusage a, b;
    uint32_t beats = seconds * BEATS, kinds[EVENT_KINDS] = {0};
    struct mallinfo2 at_first = {0};
    struct audio_frame frame;
    for (uint32_t beat = 0; beat < beats + BEATS; beat++) {
        next += 5000000;
        clock_sleep_until_ns(next);
        uint64_t began = clock_ns();
        late += began - next > 5000000;
        if (beat == BEATS) {
            at_first = mallinfo2();
            others -= cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns(CLOCK_THREAD_CPUTIME_ID);
            getrusage(RUSAGE_THREAD, &a);
        }
        uint64_t before = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
        thread_beat(thread, clock_ns());
        uint64_t took = clock_ns() - began;
        if (beat >= BEATS) { /* The first second is not counted. */
            spent += cpu_ns(CLOCK_THREAD_CPUTIME_ID) - before;
            worst = took > worst ? took : worst;
        }
        for (size_t size; (size = mailbox_take(events, message, sizeof message)) > 0;) {
            struct event event;
            happened++;
            if (event_unpack(message, size, &event))
                kinds[event.kind]++;
        }
        for (uint32_t r = 0; r < 16; r++)
            while (ring_take(rings, r, 1, &frame))
                continue;
    }
    getrusage(RUSAGE_THREAD, &b);
    others += cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    struct mallinfo2 at_last = mallinfo2();
    uint64_t after_kb = resident_kb();
    if (!thread_ask(thread))
        return 1;
    thread_beat(thread, clock_ns());
    struct thread_answer answer = {0};
    if (mailbox_take(answers, &answer, sizeof answer) == 0)
        return 1;
    for (uint32_t i = 0; i < legs; i++) {
        struct command close = {.kind = MEDIA_CLOSE, .call = 0x10000 + i, .leg = 0x10000 + i};
        if (command_post(thread_mailbox(thread), &close) != MAILBOX_OK)
            return 1;
        if (i % 64 == 63)
            thread_beat(thread, clock_ns());
    }
    uint64_t lost = 0, lates = 0, received = 0, concealed = 0, closed = 0;
    for (int i = 0; i < 400 && closed < legs; i++) {
        thread_beat(thread, clock_ns());
        clock_sleep_until_ns(clock_ns() + 1000000);
        for (size_t size; (size = mailbox_take(events, message, sizeof message)) > 0;) {
            struct event event;
            if (!event_unpack(message, size, &event) || event.kind != MEDIA_CLOSED)
                continue;
            closed++;
            lost += event.closed.lost;
            lates += event.closed.late;
            received += event.closed.received;
            concealed += event.closed.concealed;
        }
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    recorder_close(recorder);
    uint64_t user = cpu_us(&b.ru_utime) - cpu_us(&a.ru_utime);
    uint64_t kernel = cpu_us(&b.ru_stime) - cpu_us(&a.ru_stime);
    double part = (double)spent / (seconds * 1e9);
    printf(
        "%u legs, %u s%s, %s: %.4f %% of a core a call (%.2f us a frame, of which the kernel has "
        "about %.0f %%), %.1f %% of a core in all\n",
        legs, seconds, capture_dir ? ", captured" : "",
        answer.figures.batched ? "by io_uring" : "by plain calls", part * 100 / legs,
        part / legs * FRAME_MS * 1e3, (double)kernel * 100 / (double)(user + kernel), part * 100);
    printf("  the recorder's thread: %.2f us a frame\n",
           (double)others / (seconds * 1e9) / legs * FRAME_MS * 1e3);
    printf("  worst beat %.1f ms, late beats %llu; %llu events (%u voice edges)\n",
           (double)worst / 1e6, (unsigned long long)late, (unsigned long long)happened,
           kinds[MEDIA_VOICE]);
    printf("  received %llu, lost %llu, late %llu, concealed %llu, sent %llu, send failed %llu, "
           "capture lost %llu\n",
           (unsigned long long)received, (unsigned long long)lost, (unsigned long long)lates,
           (unsigned long long)concealed, (unsigned long long)answer.figures.sent,
           (unsigned long long)answer.figures.send_failed,
           (unsigned long long)answer.figures.capture_lost);
    printf("  resident %.1f KB a leg; heap grew by %lld bytes in the beats\n",
           (double)(after_kb - before_kb) / legs,
           (long long)at_last.uordblks - (long long)at_first.uordblks);
    thread_close(thread);
    ports_close(&ports);
    if (late * 50 < beats && received < answer.figures.sent * 11 / 10)
        return 0;
    printf("  no verdict: the machine had no time for us, and packets came in heaps\n");
    return 1;
}
