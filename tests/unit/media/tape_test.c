// SPDX-License-Identifier: Apache-2.0
/* tape_test.c - captures paused, masked, ended, killed, and made into what people play. */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/g711.h"
#include "check.h"
#include "core/event.h"
#include "media/capture.h"
#include "media/finisher.h"
#include "media/recorder.h"
#include "media/tape.h"
#include "wire/au.h"
#include "wire/wav.h"

enum { LOUD = 0x80, SECOND = 50 }; /* LOUD: the loudest of mu-law. */

static char directory[] = "/tmp/offhook-tape-XXXXXX";
static struct mailbox *events;
static uint8_t bytes[4000000];

static const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static size_t read_file(const char *name)
{
    FILE *file = fopen(path_of(name), "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;

    if (file)
        fclose(file);
    return size;
}

static void put(struct capture *capture, uint32_t frames)
{
    struct recorder *recorder = capture->recorder;
    uint8_t sent[FRAME_SAMPLES];

    memset(sent, LOUD, sizeof sent);
    memset(capture->heard, LOUD, sizeof capture->heard);
    for (uint32_t i = 0; i < frames; i++) {
        capture_put(capture, sent);
        (void)recorder_collect(recorder, 0);
        usleep(100);
    }
}

/* A raw file of so many frames, all loud, with this head. */
static void make_raw(const char *name, uint32_t frames, uint32_t extra)
{
    uint8_t head[AU_HEADER], frame[CAPTURE_FRAME];
    FILE *file = fopen(path_of(name), "wb");

    CHECK(file);
    au_write_header(head, AU_PCMU, SAMPLE_RATE, 2);
    memset(frame, LOUD, sizeof frame);
    CHECK(fwrite(head, 1, sizeof head, file) == sizeof head);
    for (uint32_t i = 0; i < frames; i++)
        CHECK(fwrite(frame, 1, sizeof frame, file) == sizeof frame);
    CHECK(fwrite(frame, 1, extra, file) == extra && fclose(file) == 0);
}

static struct event next_event(void)
{
    static uint8_t packed[MAX_PACKED];
    struct event event;

    CHECK(mailbox_wait(events, 10000));
    size_t size = mailbox_take(events, packed, sizeof packed);
    CHECK(event_unpack(packed, size, &event) && event.kind == MEDIA_CAPTURED);
    return event;
}

static void open_all(struct finisher **finisher, struct recorder **recorder,
                     enum capture_format format)
{
    char why[256];

    CHECK(finisher_open(finisher, directory, format, events) == 0);
    CHECK(recorder_open(recorder, directory, 4, 1, *finisher, why, sizeof why) == 0);
}

static void pauses_and_masks_are_silence_and_the_time_axis_goes_on(void)
{
    struct finisher *finisher;
    struct recorder *recorder;
    struct capture capture;
    struct wav wav;
    int16_t left, right;

    open_all(&finisher, &recorder, CAPTURE_WAV);
    capture_start(&capture, recorder, 0, 1, CODEC_PCMU, TEXT("call"));
    for (int i = 0; i < 5; i++) { /* Sound, pause, sound, mask, sound: a second each. */
        if (i == 1 || i == 2)
            capture_change(&capture, i == 1 ? CAPTURE_PAUSE : CAPTURE_RESUME);
        if (i == 3 || i == 4)
            capture_change(&capture, i == 3 ? CAPTURE_MASK : CAPTURE_UNMASK);
        put(&capture, SECOND);
    }
    CHECK(capture_kept(&capture) == 5 * SECOND && capture_lost(&capture) == 0);
    capture_change(&capture, CAPTURE_STOP);
    put(&capture, 5);
    struct event event = next_event();
    CHECK(text_equal(event.captured.name, TEXT("call")));
    CHECK(text_equal(event.captured.file, TEXT("call.wav")));
    CHECK(event.captured.state == CAPTURE_FINISHED);
    size_t size = read_file("call.wav");
    struct stat status;
    CHECK(stat(path_of("call.wav"), &status) == 0 && (status.st_mode & 0777) == 0600);
    CHECK(size == event.captured.bytes && access(path_of("call.au"), F_OK) != 0);
    CHECK(wav_read(bytes, size, &wav) && wav.channels == 2 && wav.encoding == WAV_PCM16);
    CHECK(wav.sample_rate == 8000 && wav.frames == 5 * 8000);
    for (uint32_t i = 0; i < wav.frames; i++) {
        bool silent = i / 8000 % 2 == 1;
        CHECK(wav_samples(&wav, 0, i, &left, 1) == 1 && wav_samples(&wav, 1, i, &right, 1) == 1);
        CHECK(silent ? left == 0 && right == 0 : left > 30000 && right > 30000);
    }
    recorder_close(recorder);
    finisher_close(finisher);
    unlink(path_of("call.wav"));
}

static void a_call_still_recorded_is_left_alone(void)
{
    struct finisher *finisher, *second;
    struct recorder *recorder;
    struct capture capture;
    struct capture_figures figures;

    open_all(&finisher, &recorder, CAPTURE_WAV);
    capture_start(&capture, recorder, 0, 1, CODEC_PCMU, TEXT("busy"));
    put(&capture, 2 * SECOND);
    while (access(path_of("busy.au"), F_OK) != 0)
        usleep(1000);
    CHECK(finisher_open(&second, directory, CAPTURE_WAV, events) == 0); /* Searches at once. */
    finisher_figures(second, &figures);
    finisher_close(second);
    CHECK(figures.finished == 0 && access(path_of("busy.au"), F_OK) == 0);
    while (!capture_stop(&capture))
        usleep(1000);
    CHECK(text_equal(next_event().captured.file, TEXT("busy.wav")));
    recorder_close(recorder);
    finisher_close(finisher);
    unlink(path_of("busy.wav"));
}

/* kill -9 in the middle: all but the last 0.6 s is there, and the next start finishes it. */
static void what_a_killed_process_leaves_is_finished_at_the_next_start(void)
{
    struct finisher *finisher;
    struct wav wav;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        struct recorder *recorder;
        struct capture capture;
        open_all(&finisher, &recorder, CAPTURE_OPUS);
        capture_start(&capture, recorder, 0, 3, CODEC_PCMU, TEXT("killed"));
        put(&capture, 5 * SECOND + 20);
        usleep(100000);
        raise(SIGKILL);
    }
    waitpid(child, NULL, 0);
    CHECK(read_file("killed.au") >= AU_HEADER + (4 * SECOND + 40) * CAPTURE_FRAME);
    make_raw("cut.au", SECOND, 7); /* In mid-frame. */
    CHECK(finisher_open(&finisher, directory, CAPTURE_WAV, events) == 0);
    CHECK(text_equal(next_event().captured.file, TEXT("cut.wav")));
    CHECK(text_equal(next_event().captured.file, TEXT("killed.wav")));
    finisher_close(finisher);
    CHECK(wav_read(bytes, read_file("cut.wav"), &wav) && wav.frames == 8000 + 3);
    CHECK(wav_read(bytes, read_file("killed.wav"), &wav) && wav.frames >= 4 * 8000);
    unlink(path_of("cut.wav"));
    unlink(path_of("killed.wav"));
}

static bool always(void *context, uint32_t percent)
{
    (void)context;
    return percent <= 100;
}

static bool not_far(void *context, uint32_t percent)
{
    (void)context;
    return percent < 50;
}

static void each_end_leaves_one_whole_file_and_can_be_had_again(void)
{
    struct tape tape = {.directory = directory, .name = "x", .format = CAPTURE_WAV};
    struct rlimit limit, small;

    make_raw("x.au", 20 * SECOND, 0);
    tape.go_on = not_far;
    CHECK(tape_finish(&tape) == TAPE_STOPPED);
    tape.go_on = always;
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    small = (struct rlimit){.rlim_cur = 100000, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0); /* As a full disk. */
    CHECK(tape_finish(&tape) == TAPE_LATER);
    tape.format = CAPTURE_OPUS;
    small.rlim_cur = 1000;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(tape_finish(&tape) == TAPE_LATER);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(access(path_of("x.au"), F_OK) == 0 && access(path_of("x.wav"), F_OK) != 0);
    CHECK(access(path_of(".x.wav.part"), F_OK) != 0 && access(path_of(".x.opus.part"), F_OK) != 0);
    CHECK(tape_finish(&tape) == TAPE_DONE && access(path_of("x.au"), F_OK) != 0);
    CHECK(read_file("x.opus") == tape.bytes && memcmp(bytes, "OggS", 4) == 0);
    CHECK(tape.bytes < 20 * SECOND * CAPTURE_FRAME / 2);
    CHECK(tape_finish(&tape) == TAPE_DONE); /* The raw file went, the end was not told. */
    unlink(path_of("x.opus"));
    FILE *file = fopen(path_of("x.au"), "wb");
    CHECK(file && fputs("no sound", file) > 0 && fclose(file) == 0);
    CHECK(tape_finish(&tape) == TAPE_BAD && access(path_of("x.au.bad"), F_OK) == 0);
    unlink(path_of("x.au.bad"));
}

int main(void)
{
    CHECK(mkdtemp(directory) && mailbox_open(&events, "events", 1 << 20) == 0);
    RUN(pauses_and_masks_are_silence_and_the_time_axis_goes_on);
    RUN(a_call_still_recorded_is_left_alone);
    RUN(what_a_killed_process_leaves_is_finished_at_the_next_start);
    RUN(each_end_leaves_one_whole_file_and_can_be_had_again);
    mailbox_close(events);
    CHECK(rmdir(directory) == 0);
    return 0;
}
