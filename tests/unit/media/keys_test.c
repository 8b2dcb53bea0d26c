// SPDX-License-Identifier: Apache-2.0
/* keys_test.c - keys heard once each, however they are sent; and keys that we send. */
#include "media/keys.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "media/keysend.h"

static struct keys keys;
static struct keysend sender;
static char heard[64];
static uint32_t heard_count;
static uint64_t now_ms;
static uint16_t sequence;

static void note(char key)
{
    if (key && heard_count + 1 < sizeof heard)
        heard[heard_count++] = key;
    heard[heard_count] = '\0';
}

static void begin(bool negotiated)
{
    keys_init(&keys, negotiated);
    heard_count = 0;
    heard[0] = '\0';
    now_ms = 5000;
    sequence = 100;
}

static void silence(uint32_t ms)
{
    static const int16_t zero[FRAME_SAMPLES];

    for (uint32_t at = 0; at < ms; at += FRAME_MS, now_ms += FRAME_MS) {
        note(keys_sound(&keys, zero, now_ms));
        note(keys_due(&keys, now_ms));
    }
}

static void tone(double low, double high, uint32_t ms)
{
    int16_t samples[FRAME_SAMPLES];

    for (uint32_t at = 0; at < ms; at += FRAME_MS, now_ms += FRAME_MS) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
            double t = (at * 8.0 + i) / 8000;
            samples[i] = (int16_t)(5000 * (sin(2 * M_PI * low * t) + sin(2 * M_PI * high * t)));
        }
        note(keys_sound(&keys, samples, now_ms));
        note(keys_due(&keys, now_ms));
    }
}

static void event(uint8_t number, uint32_t timestamp, uint16_t duration, bool over)
{
    uint8_t payload[DTMF_EVENT_SIZE];
    struct dtmf_event out = {.event = number, .end = over, .volume = 10, .duration = duration};
    struct rtp_packet packet = {.sequence = sequence++,
                                .timestamp = timestamp,
                                .payload = payload,
                                .payload_size = sizeof payload};

    dtmf_event_write(&out, payload);
    note(keys_event(&keys, &packet, now_ms));
}

static void a_tone_is_a_key_when_events_were_not_agreed(void)
{
    begin(false);
    silence(100);
    tone(697, 1209, 60);
    silence(60);
    tone(941, 1336, 100);
    silence(60);
    tone(941, 1336, 100);
    silence(100);
    CHECK(strcmp(heard, "100") == 0);
}

static void a_press_sent_as_tone_and_as_event_is_one_key(void)
{
    begin(true);
    silence(100);
    tone(770, 1336, 60); /* The tone leaks before the telephone notices. */
    event(5, 9000, 160, false);
    tone(770, 1336, 40);
    event(5, 9000, 800, true);
    silence(300);
    CHECK(strcmp(heard, "5") == 0);
    event(5, 12000, 160, false);
    event(5, 12000, 800, true);
    silence(300);
    CHECK(strcmp(heard, "55") == 0);
}

static void an_event_that_comes_long_after_its_tone_is_the_same_press(void)
{
    begin(true);
    silence(100);
    tone(852, 1477, 200);
    silence(100);
    CHECK(strcmp(heard, "9") == 0);
    event(9, 9000, 160, false);
    event(9, 9000, 800, true);
    CHECK(strcmp(heard, "9") == 0);
    silence(1200);
    event(9, 19000, 160, false);
    CHECK(strcmp(heard, "99") == 0);
}

static void a_peer_that_agreed_on_events_and_sends_tones_is_still_heard(void)
{
    begin(true);
    silence(100);
    tone(697, 1477, 100);
    silence(40);
    tone(697, 1477, 100);
    silence(300);
    CHECK(strcmp(heard, "33") == 0);
}

static void tones_are_not_listened_for_once_events_came(void)
{
    begin(true);
    event(1, 9000, 160, false);
    event(1, 9000, 800, true);
    silence(100);
    tone(770, 1336, 100);
    silence(300);
    CHECK(strcmp(heard, "1") == 0);
}

static void a_key_is_known_to_be_pressed_while_it_sounds_and_not_after(void)
{
    begin(false);
    silence(100);
    CHECK(!keys_pressed(&keys, now_ms));
    tone(697, 1209, 80);
    CHECK(keys_pressed(&keys, now_ms));
    silence(80);
    CHECK(!keys_pressed(&keys, now_ms));
    event(1, 9000, 160, false);
    CHECK(keys_pressed(&keys, now_ms + 40) && !keys_pressed(&keys, now_ms + 100));
}

static void a_voice_is_no_key(void)
{
    int16_t samples[FRAME_SAMPLES];
    double phase = 0;

    begin(false);
    for (uint32_t f = 0; f < 3000; f++, now_ms += FRAME_MS) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
            double v = 0;
            phase += (180 + 60 * sin(f * 0.05)) / 8000;
            for (int h = 1; h < 12; h++)
                v += 4000.0 / h * sin(2 * M_PI * h * phase);
            samples[i] = (int16_t)v;
        }
        note(keys_sound(&keys, samples, now_ms));
    }
    CHECK(heard_count == 0);
}

/* ---- The detector that sleeps against the one that never does ---- */

enum { LENGTH = 8 * 400, PRESSES = 4000 };

static dtmf_rx_state_t naive_detector;
static char naively_heard[64];

static void naive_note(void *user, int code, int level, int delay)
{
    size_t count = strlen(naively_heard);

    (void)user, (void)level, (void)delay;
    if (code && count + 1 < sizeof naively_heard) {
        naively_heard[count] = (char)code;
        naively_heard[count + 1] = '\0';
    }
}

static double chance(uint64_t *seed, double from, double to)
{
    return from + (to - from) * check_random(seed) / 4294967296.0;
}

/* A press somewhere in noise or hum: its levels, twist, length and frequencies as Q.24 allows. */
static void make_press(uint64_t *seed, int16_t sound[LENGTH])
{
    static const double lows[4] = {697, 770, 852, 941}, highs[4] = {1209, 1336, 1477, 1633};
    double low = lows[check_random(seed) % 4] * chance(seed, 0.985, 1.015);
    double high = highs[check_random(seed) % 4] * chance(seed, 0.985, 1.015);
    double level = 32768 * pow(10, chance(seed, -46, -9) / 20),
           noise = level * chance(seed, 0, 0.1);
    double twist = pow(10, chance(seed, -7, 3) / 20), hum = chance(seed, 80, 500);
    uint32_t from = 800 + check_random(seed) % 320, to = from + 320 + check_random(seed) % 640;
    bool hums = check_random(seed) % 3 == 0;

    for (uint32_t i = 0; i < LENGTH; i++) {
        double t = i / 8000.0, v = chance(seed, -noise, noise);
        if (i >= from && i < to)
            v += level * (sin(2 * M_PI * low * t) + twist * sin(2 * M_PI * high * t));
        else if (hums)
            v += 3 * level * sin(2 * M_PI * hum * t);
        sound[i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
    }
}

static void a_sleeping_detector_hears_what_one_that_is_always_awake_hears(void)
{
    static int16_t sound[LENGTH];
    uint64_t seed = 42;
    uint32_t pressed = 0;

    for (uint32_t press = 0; press < PRESSES; press++) {
        begin(false);
        naively_heard[0] = '\0';
        dtmf_rx_init(&naive_detector, NULL, NULL);
        dtmf_rx_set_realtime_callback(&naive_detector, naive_note, NULL);
        make_press(&seed, sound);
        for (uint32_t at = 0; at < LENGTH; at += FRAME_SAMPLES) {
            dtmf_rx(&naive_detector, sound + at, FRAME_SAMPLES);
            note(keys_sound(&keys, sound + at, now_ms += FRAME_MS));
        }
        CHECK(strcmp(heard, naively_heard) == 0);
        pressed += heard_count > 0;
    }
    CHECK(pressed > PRESSES * 3 / 4);
}

/* ---- Sending ---- */

static void a_key_is_sent_as_five_packets_of_growing_duration_and_its_end_thrice(void)
{
    struct keysend_frame frame;
    struct dtmf_event out;
    uint32_t ends = 0, pauses = 0;

    keysend_init(&sender);
    CHECK(keysend_next(&sender, true, 0, 1, &frame) == KEYSEND_NOTHING);
    CHECK(keysend_put(&sender, TEXT("7x#")) == 0);
    for (uint32_t i = 0; i < 16; i++) {
        enum keysend_kind kind = keysend_next(&sender, true, 1000 + i * 160, 1, &frame);
        if (kind == KEYSEND_PAUSE) {
            pauses++;
            continue;
        }
        CHECK(kind == KEYSEND_EVENT && dtmf_event_read(frame.payload, 4, &out));
        CHECK(frame.timestamp == (i < 8 ? 1000u : 1000u + 8 * 160));
        CHECK(frame.marker == (i % 8 == 0) && dtmf_event_key(out.event) == (i < 8 ? '7' : '#'));
        CHECK(out.duration == (i % 8 < 5 ? (i % 8 + 1) * 160 : 800) && out.end == (i % 8 >= 4));
        ends += out.end;
    }
    CHECK(ends == 6 && pauses == 2);
    CHECK(keysend_next(&sender, true, 0, 1, &frame) == KEYSEND_NOTHING);
}

static void keys_sent_as_tones_are_heard_as_keys(void)
{
    struct keysend_frame frame;
    uint32_t frames = 0;

    begin(false);
    keysend_init(&sender);
    CHECK(keysend_put(&sender, TEXT("0123456789*#ABCD")) == 0);
    while (keysend_next(&sender, false, 0, 1, &frame) == KEYSEND_TONE && frames++ < 200) {
        note(keys_sound(&keys, frame.samples, now_ms));
        now_ms += FRAME_MS;
    }
    CHECK(frames == 16 * 8 && strcmp(heard, "0123456789*#ABCD") == 0);
}

static void keys_beyond_the_queue_are_counted(void)
{
    keysend_init(&sender);
    CHECK(keysend_put(&sender, TEXT("1234567890123456789012345678901234")) == 2);
}

int main(void)
{
    RUN(a_tone_is_a_key_when_events_were_not_agreed);
    RUN(a_press_sent_as_tone_and_as_event_is_one_key);
    RUN(an_event_that_comes_long_after_its_tone_is_the_same_press);
    RUN(a_peer_that_agreed_on_events_and_sends_tones_is_still_heard);
    RUN(tones_are_not_listened_for_once_events_came);
    RUN(a_key_is_known_to_be_pressed_while_it_sounds_and_not_after);
    RUN(a_voice_is_no_key);
    RUN(a_sleeping_detector_hears_what_one_that_is_always_awake_hears);
    RUN(a_key_is_sent_as_five_packets_of_growing_duration_and_its_end_thrice);
    RUN(keys_sent_as_tones_are_heard_as_keys);
    RUN(keys_beyond_the_queue_are_counted);
    return 0;
}
