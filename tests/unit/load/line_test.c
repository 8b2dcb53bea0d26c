// SPDX-License-Identifier: Apache-2.0
/* line_test.c - bad lines (impair), messages in a stream, what is audible, sounds that are read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/wav.h"
#include "check.h"
#include "load/codec.h"
#include "load/impair.h"
#include "load/sounds.h"
#include "load/stream.h"

static void a_good_line_changes_nothing(void)
{
    struct impair impair;

    impair_init(&impair, 1, 0, 0);
    for (uint32_t i = 0; i < 1000; i++)
        CHECK(impair_next(&impair) == 0);
}

static void loss_and_jitter_are_what_was_asked(void)
{
    uint32_t lost = 0, late = 0;
    int64_t sum = 0;
    struct impair impair;

    impair_init(&impair, 5, 1.5, 20);
    for (uint32_t i = 0; i < 100000; i++) {
        int32_t ms = impair_next(&impair);
        CHECK(ms >= IMPAIR_LOST && ms <= 20);
        lost += ms == IMPAIR_LOST;
        late += ms == 20;
        sum += ms > 0 ? ms : 0;
    }
    CHECK(lost > 1350 && lost < 1650);
    CHECK(late > 4000 && late < 5400 && sum / (100000 - lost) >= 9 && sum / (100000 - lost) <= 10);
}

static void messages_are_cut_by_their_length(void)
{
    const char *two =
        "\r\n\r\nSIP/2.0 200 OK\r\nContent-Length: 4\r\n\r\nbodySIP/2.0 100\r\nl: 0\r\n\r\n";

    CHECK(stream_message_size(text_of(two)) == 45);
    CHECK(stream_message_size(text_of(two + 45)) == strlen(two) - 45);
    for (uint32_t size = 0; size < 45; size++)
        CHECK(stream_message_size(text_part(text_of(two), 0, size)) == 0);
    CHECK(stream_message_size(text_of("A\r\nl: 99999999999999999999\r\n\r\n")) == 30);
    CHECK(stream_message_size(text_of("A\r\nl: 4294967290\r\n\r\n")) == 0);
}

/* The third of three frames with this peak: those with a state need some sound to begin with. */
static bool audible(const char *name, int16_t level)
{
    const struct load_codec *codec = load_codec_find(name);
    uint8_t payload[LOAD_FRAME_BYTES];
    int16_t samples[LOAD_FRAME_SAMPLES];
    void *voice = load_voice_new(codec), *ear = load_ear_new(codec);
    bool heard = false;

    for (uint32_t i = 0; i < codec->sample_rate / 50; i++) /* 400 Hz. */
        samples[i] =
            (int16_t)(i % (codec->sample_rate / 400) < codec->sample_rate / 800 ? level : -level);
    for (int i = 0; i < 3; i++)
        heard = codec->audible(ear, payload, codec->encode(voice, samples, payload));
    CHECK(!codec->audible(ear, payload, 0));
    load_voice_free(codec, voice);
    load_ear_free(codec, ear);
    return heard;
}

static void audible_is_a_peak_of_minus_40_dbfs(void)
{
    const char *const names[] = {"pcmu", "pcma", "g722", "opus"};

    for (uint32_t i = 0; i < 2; i++) {
        CHECK(!audible(names[i], 0) && !audible(names[i], 290) && !audible(names[i], -290));
        CHECK(audible(names[i], 340) && audible(names[i], -340) && audible(names[i], 32000));
    }
    for (uint32_t i = 2; i < 4; i++) /* They keep what is heard, not the peaks. */
        CHECK(!audible(names[i], 0) && !audible(names[i], 100) && audible(names[i], 1000));
    CHECK(!load_codec_find("gsm"));
}

static void made_sounds_can_be_heard_and_end_where_they_say(void)
{
    const char *const names[] = {"pcmu", "pcma", "g722", "opus"};
    struct sounds sounds;
    char why[128];

    for (uint32_t n = 0; n < 4; n++) {
        const struct load_codec *codec = load_codec_find(names[n]);
        CHECK(sounds_open(&sounds, NULL, true, codec, why, sizeof why) == 0);
        CHECK(sounds.count == 8 && sounds.quiet_size > 0);
        for (uint32_t i = 0; i < sounds.count; i++) {
            void *ear = load_ear_new(codec);
            bool first = false, last = false;
            for (uint32_t f = 0; f < sounds.frames[i]; f++) {
                bool loud = codec->audible(ear, sounds.bytes[i] + (size_t)f * LOAD_FRAME_BYTES,
                                           sounds.sizes[i][f]);
                first = first || (f < 3 && loud);
                last = f == sounds.last_loud[i] ? loud : last;
            }
            CHECK(sounds.last_loud[i] < sounds.frames[i] && sounds.last_loud[i] > 25);
            CHECK(first && last);
            CHECK(!codec->audible(ear, NULL, 0));
            load_ear_free(codec, ear);
        }
        sounds_close(&sounds);
    }
}

static void a_recording_of_8_khz_is_made_wide(void)
{
    struct sounds sounds;
    char why[128], path[] = "/tmp/offhook-sound-XXXXXX";
    uint8_t head[WAV_HEADER];
    int16_t samples[800];
    const struct load_codec *codec = load_codec_find("g722");
    int fd = mkstemp(path);

    for (uint32_t i = 0; i < 800; i++)
        samples[i] = i % 20 < 10 ? 8000 : -8000;
    wav_write_header(head, 8000, 1, sizeof samples);
    CHECK(fd >= 0 && write(fd, head, sizeof head) == sizeof head);
    CHECK(write(fd, samples, sizeof samples) == sizeof samples);
    close(fd);
    CHECK(sounds_open(&sounds, path, false, codec, why, sizeof why) == 0);
    CHECK(sounds.frames[0] == 5 && sounds.last_loud[0] == 4 && sounds.sizes[0][4] == 160);
    sounds_close(&sounds);
    unlink(path);
}

static void what_is_no_sound_is_said_by_name(void)
{
    struct sounds sounds;
    char why[128] = "";

    CHECK(sounds_open(&sounds, "/nowhere.wav", false, load_codec_find("pcmu"), why, sizeof why) <
          0);
    CHECK(strstr(why, "/nowhere.wav"));
    CHECK(sounds_open(&sounds, "/proc/self/stat", false, load_codec_find("pcmu"), why, sizeof why) <
          0);
    CHECK(strstr(why, "no WAV"));
    CHECK(sounds_open(&sounds, "/proc/self", false, load_codec_find("pcmu"), why, sizeof why) < 0);
    CHECK(strstr(why, "no .wav"));
}

int main(void)
{
    RUN(a_good_line_changes_nothing);
    RUN(loss_and_jitter_are_what_was_asked);
    RUN(messages_are_cut_by_their_length);
    RUN(audible_is_a_peak_of_minus_40_dbfs);
    RUN(made_sounds_can_be_heard_and_end_where_they_say);
    RUN(a_recording_of_8_khz_is_made_wide);
    RUN(what_is_no_sound_is_said_by_name);
    return 0;
}
