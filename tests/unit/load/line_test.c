// SPDX-License-Identifier: Apache-2.0
/* line_test.c - bad lines (impair), messages in a stream, what is audible, sounds that are read. */
#include <stdio.h>
#include <string.h>

#include "base/g711.h"
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

static bool audible(const char *codec, int16_t level)
{
    uint8_t payload[160];
    int16_t samples[160] = {0};

    samples[77] = level;
    if (strcmp(codec, "pcmu") == 0)
        g711_ulaw_encode(samples, payload, 160);
    else
        g711_alaw_encode(samples, payload, 160);
    return load_codec_find(codec)->audible(payload, 160);
}

static void audible_is_a_peak_of_minus_40_dbfs(void)
{
    const char *const names[] = {"pcmu", "pcma"};

    for (uint32_t i = 0; i < 2; i++) {
        CHECK(!audible(names[i], 0) && !audible(names[i], 290) && !audible(names[i], -290));
        CHECK(audible(names[i], 340) && audible(names[i], -340) && audible(names[i], 32000));
        CHECK(!load_codec_find(names[i])->audible(NULL, 0));
    }
    CHECK(!load_codec_find("gsm"));
}

static void made_sounds_can_be_heard_and_end_where_they_say(void)
{
    struct sounds sounds;
    char why[128];
    const struct load_codec *codec = load_codec_find("PCMA");

    CHECK(sounds_open(&sounds, NULL, true, codec, why, sizeof why) == 0);
    CHECK(sounds.count == 8 && !codec->audible(sounds.quiet, sounds.quiet_size));
    for (uint32_t i = 0; i < sounds.count; i++) {
        uint8_t *last = sounds.bytes[i] + sounds.last_loud[i] * LOAD_FRAME_BYTES;
        CHECK(sounds.last_loud[i] < sounds.frames[i] && sounds.last_loud[i] > 25);
        CHECK(codec->audible(sounds.bytes[i], sounds.sizes[i][0]) && codec->audible(last, 160));
    }
    sounds_close(&sounds);
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
    RUN(what_is_no_sound_is_said_by_name);
    return 0;
}
