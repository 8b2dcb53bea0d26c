// SPDX-License-Identifier: Apache-2.0
/* wide_test.c - G.722 and Opus on a person's voice: what is left of it, also when packets are lost;
 * and the filter between 8 and 16 kHz. */
#include "media/wide.h"

#include <math.h>
#include <string.h>

#include "check.h"

#define VOICE "/usr/share/pocketsphinx/test/data/goforward.raw"

enum {
    FRAMES = 130, /* 2.6 s of 16 kHz. */
    SAMPLES = FRAMES * WIDE_FRAME,
    LAG_MOST = 480,
    OPUS_STEP = 960
};

static int16_t voice[SAMPLES], heard[SAMPLES + WIDE_PACKET_MOST], clean[SAMPLES + WIDE_PACKET_MOST];
static uint8_t coded[FRAMES][WIDE_PAYLOAD_MOST];
static uint32_t sizes[FRAMES];
static struct wide_pool pool;
static struct wide *wide;
static struct wide_sound sound;

static void load_voice(void)
{
    FILE *file = fopen(VOICE, "re");

    CHECK(file && fread(voice, sizeof *voice, SAMPLES, file) > SAMPLES / 2);
    fclose(file);
}

static void begin(enum codec codec, bool fec)
{
    struct command command = {.kind = MEDIA_OPEN};

    command.media.codec = codec;
    command.media.fec = fec;
    CHECK(wide_pool_open(&pool, 2, 2) == 0);
    wide = wide_take(&pool);
    CHECK(wide);
    wide_set(wide, &command);
    wide_tell_loss(wide, fec ? 20 : 0);
    for (uint32_t i = 0; i < FRAMES; i++) {
        sizes[i] =
            wide_encode(wide, voice + i * WIDE_FRAME, WIDE_FRAME, coded[i], WIDE_PAYLOAD_MOST);
        CHECK(sizes[i] > 0 && sizes[i] <= WIDE_PAYLOAD_MOST);
    }
}

static void end(void)
{
    wide_put(&pool, wide);
    wide_pool_close(&pool);
}

static bool receive(uint32_t number, uint32_t first_timestamp)
{
    uint32_t step = wide->codec == CODEC_OPUS ? OPUS_STEP : FRAME_SAMPLES;
    struct rtp_packet packet = {.sequence = (uint16_t)(65500 + number),
                                .timestamp = first_timestamp + number * step,
                                .payload = coded[number],
                                .payload_size = (uint16_t)sizes[number]};

    return wide_decode(wide, &packet, &sound);
}

/* Decodes all but each fifth, where a loss is wanted, into heard at its place. */
static void decode(bool lossy)
{
    uint32_t begins = 0;

    memset(heard, 0, sizeof heard);
    for (uint32_t i = 0; i < FRAMES; i++) {
        if (lossy && i % 5 == 4)
            continue;
        CHECK(receive(i, UINT32_MAX - 20 * OPUS_STEP - 3));
        if (i == 0)
            begins = sound.timestamp;
        uint32_t at = 2 * (sound.timestamp - begins);
        CHECK(at + 2 * sound.count <= SAMPLES);
        memcpy(heard + at, sound.samples, 2 * sound.count * sizeof *heard);
    }
}

/* dB of `of` above what differs in `is`, shifted by the lag at which they are most alike. */
static double quality(const int16_t *of, const int16_t *is)
{
    double best = -100;

    for (uint32_t lag = 0; lag < LAG_MOST; lag++) {
        double signal = 1, noise = 1;
        for (uint32_t i = WIDE_FRAME; i + LAG_MOST < SAMPLES; i++) {
            double difference = of[i] - is[i + lag];
            signal += (double)of[i] * of[i];
            noise += difference * difference;
        }
        double db = 10 * log10(signal / noise);
        best = db > best ? db : best;
    }
    return best;
}

static void g722_keeps_a_voice(void)
{
    begin(CODEC_G722, false);
    CHECK(sizes[0] == FRAME_SAMPLES);
    decode(false);
    double db = quality(voice, heard);
    printf("   G.722: %.1f dB\n", db);
    CHECK(db > 15);
    end();
}

/* It keeps what is heard and not the wave; 0 dB would be another voice. */
static void opus_keeps_a_voice(void)
{
    uint32_t bytes = 0;

    begin(CODEC_OPUS, false);
    decode(false);
    double db = quality(voice, heard);
    for (uint32_t i = 0; i < FRAMES; i++)
        bytes += sizes[i];
    printf("   Opus: %.1f dB, %u bit/s\n", db, bytes * 400 / FRAMES);
    CHECK(db > 4 && bytes * 400 / FRAMES < 30000);
    end();
}

/* How like the undisturbed sound the 26 lost frames are. */
static double quality_of_lost(bool fec)
{
    double signal = 1, noise = 1;

    begin(CODEC_OPUS, fec);
    decode(false);
    memcpy(clean, heard, sizeof clean);
    wide_restart(wide);
    decode(true);
    CHECK(wide->recovered == FRAMES / 5 - 1 && wide->made_up == 0);
    for (uint32_t frame = 4; frame + 1 < FRAMES; frame += 5) {
        for (uint32_t i = frame * WIDE_FRAME; i < (frame + 1) * WIDE_FRAME; i++) {
            double difference = clean[i] - heard[i];
            signal += (double)clean[i] * clean[i];
            noise += difference * difference;
        }
    }
    end();
    return 10 * log10(signal / noise);
}

static void fec_brings_lost_frames_back_better_than_guessing_does(void)
{
    double with = quality_of_lost(true), without = quality_of_lost(false);

    printf("   lost frames: %.1f dB with FEC, %.1f dB guessed\n", with, without);
    CHECK(with > without + 2);
}

static void of_several_lost_frames_the_last_comes_back_and_those_before_are_made_up(void)
{
    begin(CODEC_OPUS, true);
    for (uint32_t i = 0; i < 20; i++)
        CHECK(receive(i, 0) && sound.before == 0 && sound.count == FRAME_SAMPLES);
    CHECK(receive(23, 0) && sound.before == 3 * FRAME_SAMPLES);
    CHECK(sound.timestamp == 20 * FRAME_SAMPLES && sound.count == 4 * FRAME_SAMPLES);
    CHECK(wide->made_up == 2 && wide->recovered == 1);
    CHECK(!receive(21, 0)); /* Its place is filled. */
    CHECK(receive(24, 0) && sound.before == 0);
    CHECK(receive(40, 0) && sound.before == 0); /* Too much to be made up. */
    end();
}

static void a_pause_of_the_sender_is_no_loss(void)
{
    struct rtp_packet packet = {.sequence = 9, .timestamp = 0};

    begin(CODEC_OPUS, false);
    packet.payload = coded[0];
    packet.payload_size = (uint16_t)sizes[0];
    CHECK(wide_decode(wide, &packet, &sound));
    packet.sequence++;
    packet.timestamp += 4 * OPUS_STEP; /* Nothing between: the numbers say so. */
    CHECK(wide_decode(wide, &packet, &sound) && sound.before == 0);
    CHECK(sound.timestamp == 4 * FRAME_SAMPLES && wide->recovered == 0);
    end();
}

static void what_is_no_opus_is_refused(void)
{
    uint8_t bytes[64];
    uint64_t seed = 5;
    struct rtp_packet packet = {.payload = bytes, .payload_size = 0};

    begin(CODEC_OPUS, false);
    CHECK(!wide_decode(wide, &packet, &sound));
    for (uint32_t i = 0; i < 20000; i++) {
        for (uint32_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)check_random(&seed);
        packet.payload_size = (uint16_t)(check_random(&seed) % sizeof bytes);
        packet.sequence = (uint16_t)(packet.sequence + check_random(&seed) % 3);
        packet.timestamp += check_random(&seed) % 3 * OPUS_STEP;
        if (wide_decode(wide, &packet, &sound))
            CHECK(sound.count >= 8 && sound.count % 8 == 0 &&
                  sound.count <= JITTER_PACKET_MOST + WIDE_REPAIR_MOST * FRAME_SAMPLES);
    }
    end();
}

static void the_pool_gives_each_leg_its_own_and_the_last_one_back_first(void)
{
    CHECK(wide_pool_open(&pool, 2, 2) == 0);
    struct wide *one = wide_take(&pool), *two = wide_take(&pool);
    CHECK(one && two && one != two && !wide_take(&pool));
    wide_put(&pool, one);
    CHECK(wide_take(&pool) == one);
    printf("   %zu bytes each\n", pool.each);
    CHECK(pool.each < 100000);
    wide_pool_close(&pool);
}

/* Level of a tone at `hertz` after half_down and half_up, in dB of what went in. */
static double through_half(double hertz)
{
    static int16_t in[4 * WIDE_FRAME], narrow[4 * FRAME_SAMPLES], out[4 * WIDE_FRAME];
    struct half_down down = {0};
    struct half_up up = {0};
    double before = 1, after = 1;

    for (int i = 0; i < 4 * WIDE_FRAME; i++)
        in[i] = (int16_t)(10000 * sin(2 * M_PI * hertz * i / 16000));
    for (int i = 0; i < 4; i++)
        half_down(&down, in + i * WIDE_FRAME, narrow + i * FRAME_SAMPLES, FRAME_SAMPLES);
    half_up(&up, narrow, out, 4 * FRAME_SAMPLES);
    for (int i = WIDE_FRAME; i < 4 * WIDE_FRAME; i++) {
        before += (double)in[i] * in[i];
        after += (double)out[i] * out[i];
    }
    return 10 * log10(after / before);
}

static void the_filter_passes_speech_and_stops_what_8_khz_cannot_hold(void)
{
    for (double hertz = 100; hertz <= 3400; hertz += 300)
        CHECK(fabs(through_half(hertz)) < 0.5);
    for (double hertz = 4700; hertz <= 7900; hertz += 400)
        CHECK(through_half(hertz) < -45);
}

static int complexity(void)
{
    opus_int32 now = -1;

    CHECK(opus_encoder_ctl(wide->opus_encoder, OPUS_GET_COMPLEXITY(&now)) == OPUS_OK);
    return now;
}

static void opus_searches_as_hard_as_it_is_told_and_not_at_all_in_silence(void)
{
    static const int16_t nothing[WIDE_FRAME];

    begin(CODEC_OPUS, true);
    CHECK(complexity() == 2);
    (void)wide_encode(wide, nothing, WIDE_FRAME, coded[0], WIDE_PAYLOAD_MOST);
    CHECK(complexity() == 0);
    (void)wide_encode(wide, voice + SAMPLES / 2, WIDE_FRAME, coded[0], WIDE_PAYLOAD_MOST);
    CHECK(complexity() == 2);
    end();
}

int main(void)
{
    load_voice();
    RUN(the_filter_passes_speech_and_stops_what_8_khz_cannot_hold);
    RUN(g722_keeps_a_voice);
    RUN(opus_keeps_a_voice);
    RUN(opus_searches_as_hard_as_it_is_told_and_not_at_all_in_silence);
    RUN(fec_brings_lost_frames_back_better_than_guessing_does);
    RUN(of_several_lost_frames_the_last_comes_back_and_those_before_are_made_up);
    RUN(a_pause_of_the_sender_is_no_loss);
    RUN(what_is_no_opus_is_refused);
    RUN(the_pool_gives_each_leg_its_own_and_the_last_one_back_first);
    return 0;
}
