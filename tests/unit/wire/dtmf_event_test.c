// SPDX-License-Identifier: Apache-2.0
/* dtmf_event_test.c - one key a press, whatever the network and the sender do to its packets. */
#include "wire/dtmf_event.h"

#include <string.h>

#include "check.h"

static struct dtmf_receiver receiver;
static uint16_t sequence;
static char heard[64];

static void given_nothing_pressed(void)
{
    dtmf_receiver_init(&receiver);
    sequence = 65530; /* Wraps on the way. */
    memset(heard, 0, sizeof heard);
}

/* "5m": first with marker; "5e": end. One packet at a time. */
static void put_at(uint16_t at, const char *what, uint32_t timestamp, uint16_t duration)
{
    struct dtmf_event event = {.event = (uint8_t)dtmf_event_of_key(what[0]),
                               .end = strchr(what, 'e'),
                               .volume = 10,
                               .duration = duration};
    uint8_t payload[DTMF_EVENT_SIZE];
    struct rtp_packet packet = {.payload_type = 101,
                                .marker = strchr(what, 'm'),
                                .sequence = at,
                                .timestamp = timestamp,
                                .payload = payload,
                                .payload_size = sizeof payload};
    char key;

    dtmf_event_write(&event, payload);
    key = dtmf_receiver_put(&receiver, &packet);
    if (key)
        heard[strlen(heard)] = key;
}

static void put(const char *what, uint32_t timestamp, uint16_t duration)
{
    put_at(sequence++, what, timestamp, duration);
}

/* A press of 100 ms as telephones send it. `lost` has a bit for each of its eight packets. */
static void press(char key, uint32_t timestamp, unsigned lost)
{
    char first[] = {key, 'm', 0}, middle[] = {key, 0}, last[] = {key, 'e', 0};

    for (unsigned i = 0; i < 8; i++, sequence++) {
        const char *what = i == 0 ? first : i < 5 ? middle : last;
        uint16_t duration = (uint16_t)(i < 5 ? 160 * (i + 1) : 800);
        if (!(lost >> i & 1))
            put_at(sequence, what, timestamp, duration);
    }
}

static void each_press_is_heard_once(void)
{
    given_nothing_pressed();
    for (uint32_t i = 0; i < 16; i++)
        press("123A456B789C*0#D"[i], 4000 * i, 0);
    CHECK(strcmp(heard, "123A456B789C*0#D") == 0);
    CHECK(receiver.held == 800 && receiver.ended);
}

static void a_press_is_heard_once_whichever_packets_are_lost(void)
{
    for (unsigned lost = 0; lost < 255; lost++) {
        given_nothing_pressed();
        press('7', 0, lost);
        press('7', 1200, 0);
        CHECK(strcmp(heard, "77") == 0);
        given_nothing_pressed();
        press('7', 0, 0);
        press('7', 1200, lost);
        press('8', 2400, lost);
        CHECK(strcmp(heard, "778") == 0);
    }
}

static void the_same_key_twice_without_ends_and_markers_is_two_presses(void)
{
    given_nothing_pressed();
    put("1", 0, 160);
    put("1", 0, 320);
    put("1", 1200, 160);
    put("1", 1200, 320);
    CHECK(strcmp(heard, "11") == 0);
}

static void a_press_that_follows_without_a_pause_is_a_press(void)
{
    given_nothing_pressed();
    put("1m", 0, 160);
    put("1m", 160, 160); /* The marker says so. */
    CHECK(strcmp(heard, "11") == 0);
    put("1e", 160, 800);
    put("1", 960, 160); /* The end said so. */
    CHECK(strcmp(heard, "111") == 0);
}

static void ends_may_come_often_and_late(void)
{
    given_nothing_pressed();
    press('1', 0, 0);
    for (int i = 0; i < 10; i++)
        put("1e", 0, 800);
    press('2', 4000, 0);
    put_at((uint16_t)(sequence - 12), "1e", 0, 800);
    press('1', 8000, 0);
    CHECK(strcmp(heard, "121") == 0);
}

static void packets_out_of_order_make_no_second_press(void)
{
    static const int orders[][4] = {{3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}, {3, 0, 1, 2}};

    for (int i = 0; i < 4; i++) {
        given_nothing_pressed();
        for (int j = 0; j < 4; j++) {
            static const char *const what[] = {"9m", "9", "9", "9e"};
            int k = orders[i][j];
            put_at((uint16_t)(65534 + k), what[k], 500, (uint16_t)(160 * (k + 1)));
        }
        CHECK(strcmp(heard, "9") == 0 && receiver.ended && receiver.held == 640);
    }
}

static void hold_in_segments(uint32_t step, unsigned lost_tail)
{
    uint32_t timestamp = 1000;

    put("#m", timestamp, 160);
    for (int segment = 0; segment < 3; segment++) {
        for (uint32_t duration = 160; duration < UINT16_MAX; duration += 160) {
            if (duration + 160 * lost_tail < UINT16_MAX)
                put("#", timestamp, (uint16_t)duration);
        }
        if (!lost_tail)
            put("#", timestamp, UINT16_MAX);
        timestamp += step;
    }
    put("#", timestamp, 160);
    put("#e", timestamp, 320);
}

static void a_press_of_half_a_minute_is_one_press(void)
{
    given_nothing_pressed();
    hold_in_segments(UINT16_MAX, 0);
    CHECK(strcmp(heard, "#") == 0 && receiver.held == 3 * UINT16_MAX + 320);
    given_nothing_pressed();
    hold_in_segments(UINT16_MAX, 5);
    CHECK(strcmp(heard, "#") == 0);
    given_nothing_pressed();
    hold_in_segments(UINT16_MAX + 1, 2);
    CHECK(strcmp(heard, "#") == 0);
}

static void a_sender_that_moves_the_timestamp_with_each_packet_presses_once(void)
{
    given_nothing_pressed();
    put("4m", 0, 160);
    put("4", 160, 320);
    put("4", 320, 480);
    put("4e", 480, 640);
    put("4e", 640, 640);
    put("4e", 800, 640);
    CHECK(strcmp(heard, "4") == 0);
    put("4m", 8000, 160);
    CHECK(strcmp(heard, "44") == 0);
}

static void a_sender_whose_timestamp_stands_still_presses_each_key(void)
{
    given_nothing_pressed();
    press('1', 0, 0);
    press('1', 0, 0);
    press('2', 0, 0);
    CHECK(strcmp(heard, "112") == 0);
}

static void a_press_is_heard_after_any_pause_and_any_number_of_packets(void)
{
    given_nothing_pressed();
    for (uint32_t i = 0; i < 20; i++) {
        sequence = (uint16_t)(sequence + 7919 * i);
        press('3', 100000000 * i, 0);
    }
    CHECK(strcmp(heard, "33333333333333333333") == 0);
}

static void what_is_no_key_is_no_press(void)
{
    struct rtp_packet packet = {.payload = (const uint8_t *)"\x10\x0a\x00\xa0", .payload_size = 4};

    given_nothing_pressed();
    press('1', 0, 0xf0);
    packet.timestamp = 50;
    packet.sequence = sequence++;
    CHECK(dtmf_receiver_put(&receiver, &packet) == 0); /* Flash. */
    packet.payload_size = 3;
    CHECK(dtmf_receiver_put(&receiver, &packet) == 0); /* Cut. */
    packet.payload_size = 0;
    CHECK(dtmf_receiver_put(&receiver, &packet) == 0);
    put("1e", 0, 800);
    CHECK(strcmp(heard, "1") == 0);
}

static void payload_and_letters(void)
{
    struct dtmf_event event;
    uint8_t bytes[4];

    CHECK(dtmf_event_read((const uint8_t *)"\x0b\x8a\x03\x20", 4, &event));
    CHECK(event.event == 11 && event.end && event.volume == 10 && event.duration == 800);
    dtmf_event_write(&event, bytes);
    CHECK(memcmp(bytes, "\x0b\x8a\x03\x20", 4) == 0);
    CHECK(dtmf_event_of_key('d') == 15 && dtmf_event_of_key('x') == -1);
    CHECK(dtmf_event_of_key(0) == -1 && dtmf_event_key(16) == 0 && dtmf_event_key(10) == '*');
}

int main(void)
{
    RUN(each_press_is_heard_once);
    RUN(a_press_is_heard_once_whichever_packets_are_lost);
    RUN(the_same_key_twice_without_ends_and_markers_is_two_presses);
    RUN(a_press_that_follows_without_a_pause_is_a_press);
    RUN(ends_may_come_often_and_late);
    RUN(packets_out_of_order_make_no_second_press);
    RUN(a_press_of_half_a_minute_is_one_press);
    RUN(a_sender_that_moves_the_timestamp_with_each_packet_presses_once);
    RUN(a_sender_whose_timestamp_stands_still_presses_each_key);
    RUN(a_press_is_heard_after_any_pause_and_any_number_of_packets);
    RUN(what_is_no_key_is_no_press);
    RUN(payload_and_letters);
    return 0;
}
