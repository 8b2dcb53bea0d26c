// SPDX-License-Identifier: Apache-2.0
/* clip_test.c - speech is played while it is written, and freed only when nobody plays it. */
#include "base/clip.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "base/mailbox.h"
#include "check.h"

static struct clip_table *table;
static struct clip_view view;

static void a_clip_can_be_read_while_it_grows(void)
{
    const int16_t samples[4] = {0, 1000, -1000, 32767};

    CHECK(clip_table_open(&table, 2) == 0);
    uint32_t clip = clip_new(table, 100);
    CHECK(clip != 0 && clip_read(table, clip, &view) && view.size == 0 && !view.finished);
    CHECK(clip_append(table, clip, samples, 3) && clip_append(table, clip, samples + 3, 1));
    CHECK(clip_read(table, clip, &view) && view.size == 4 && !view.finished);
    CHECK(memcmp(view.linear, samples, sizeof(samples)) == 0);
    clip_finish(table, clip);
    CHECK(clip_read(table, clip, &view) && view.finished && view.size == 4);
    clip_table_close(table);
}

static void a_wide_clip_has_both_rates(void)
{
    int16_t samples[1600];

    for (int i = 0; i < 1600; i++)
        samples[i] = (int16_t)(i % 16 < 8 ? 1000 : -1000); /* 1 kHz. */
    CHECK(clip_table_open(&table, 1) == 0);
    uint32_t clip = clip_new(table, 700);
    CHECK(clip_append_wide(table, clip, samples, 300) && clip_read(table, clip, &view));
    CHECK(view.size == 300 && view.wide && memcmp(view.wide, samples, 1200) == 0);
    CHECK(clip_append_wide(table, clip, samples + 600, 400));
    CHECK(clip_read(table, clip, &view) && view.size == 700);
    CHECK(memcmp(view.wide, samples, 1400 * sizeof *samples) == 0);
    for (int i = 300; i < 692; i++) /* A period is eight samples now. */
        CHECK(abs(view.linear[i] - view.linear[i + 8]) < 20 && view.linear[i] != 0);
    CHECK(!clip_append_wide(table, clip, samples, 1));
    clip_table_close(table);
}

static void a_clip_at_its_maximum_takes_what_fits(void)
{
    static const int16_t samples[160];

    CHECK(clip_table_open(&table, 1) == 0);
    uint32_t clip = clip_new(table, 200);
    CHECK(clip_append(table, clip, samples, 160));
    CHECK(!clip_append(table, clip, samples, 160));
    CHECK(!clip_append(table, clip, samples, 1));
    CHECK(clip_append(table, clip, NULL, 0));
    CHECK(clip_read(table, clip, &view) && view.size == 200);
    clip_table_close(table);
}

static void the_last_reference_lets_a_clip_be_reaped_not_before(void)
{
    CHECK(clip_table_open(&table, 1) == 0);
    uint32_t first = clip_new(table, 10);
    CHECK(clip_new(table, 10) == 0); /* Full. */
    clip_hold(table, first);
    clip_drop(table, first);
    CHECK(clip_reap(table) == 0 && clip_read(table, first, &view));
    clip_drop(table, first);
    CHECK(!clip_read(table, first, &view));
    CHECK(clip_new(table, 10) == 0); /* Dropping never frees. */
    CHECK(clip_reap(table) == 1 && clip_reap(table) == 0);
    uint32_t second = clip_new(table, 10);
    CHECK(second != 0 && second != first);
    CHECK(!clip_read(table, first, &view) && clip_read(table, second, &view));
    clip_table_close(table);
}

static void ids_that_never_were_are_not_alive(void)
{
    CHECK(clip_table_open(&table, 2) == 0);
    uint32_t clip = clip_new(table, 10);
    CHECK(!clip_read(table, 0, &view) && !clip_read(table, clip + 1, &view));
    CHECK(!clip_read(table, clip + 65536, &view) && !clip_read(table, UINT32_MAX, &view));
    clip_table_close(table);
}

static void ids_stay_apart_over_a_whole_round_of_generations(void)
{
    CHECK(clip_table_open(&table, 1) == 0);
    uint32_t first = clip_new(table, 1), last = first;
    for (uint32_t i = 0; i < 0xFFFF; i++) {
        clip_drop(table, last);
        CHECK(clip_reap(table) == 1);
        uint32_t next = clip_new(table, 1);
        CHECK(next != 0 && next != last && (i == 0xFFFE) == (next == first));
        last = next;
    }
    clip_table_close(table);
}

/* A speaker writes clips, two players read them to their end, the speaker reaps. */
enum { CLIPS = 400, SAMPLES = 1600, PLAYERS = 2 };
static struct mailbox *playlists[PLAYERS];

static void *play_all(void *argument)
{
    struct mailbox *playlist = *(struct mailbox **)argument;

    for (uint32_t played = 0; played < CLIPS; played++) {
        uint32_t clip, at = 0;
        struct clip_view now;
        CHECK(mailbox_wait(playlist, 20000));
        CHECK(mailbox_take(playlist, &clip, sizeof(clip)) == sizeof(clip));
        do {
            CHECK(clip_read(table, clip, &now));
            for (; at < now.size; at++)
                CHECK(now.linear[at] == (int16_t)(at * 7));
        } while (!now.finished);
        CHECK(at == SAMPLES);
        clip_drop(table, clip);
    }
    return NULL;
}

static void speak_one(void)
{
    int16_t samples[160];
    uint32_t clip;

    while ((clip = clip_new(table, SAMPLES)) == 0) {
        clip_reap(table);
        sched_yield();
    }
    for (uint32_t at = 0; at < SAMPLES; at += 160) {
        for (uint32_t i = 0; i < 160; i++)
            samples[i] = (int16_t)((at + i) * 7);
        CHECK(clip_append(table, clip, samples, 160));
        for (uint32_t p = 0; at == 0 && p < PLAYERS; p++) { /* Ready after the first frame. */
            clip_hold(table, clip);
            CHECK(mailbox_post(playlists[p], &clip, sizeof(clip)) == MAILBOX_OK);
        }
    }
    clip_finish(table, clip);
    clip_drop(table, clip);
}

static void clips_are_played_by_others_while_they_are_written_and_reaped(void)
{
    pthread_t players[PLAYERS];

    CHECK(clip_table_open(&table, 4) == 0);
    for (uint32_t p = 0; p < PLAYERS; p++) {
        CHECK(mailbox_open(&playlists[p], "playlist", 1024) == 0);
        CHECK(pthread_create(&players[p], NULL, play_all, &playlists[p]) == 0);
    }
    for (uint32_t i = 0; i < CLIPS; i++)
        speak_one();
    for (uint32_t p = 0; p < PLAYERS; p++) {
        pthread_join(players[p], NULL);
        mailbox_close(playlists[p]);
    }
    clip_reap(table);
    for (uint32_t i = 0; i < 4; i++)
        CHECK(clip_new(table, 1) != 0); /* Every slot came back. */
    clip_table_close(table);
}

static void slots_in_any_order_come_back_and_are_looked_for_up_to_the_highest(void)
{
    uint32_t clips[8];

    CHECK(clip_table_open(&table, 8) == 0);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 8; i++)
            CHECK((clips[i] = clip_new(table, 1)) != 0);
        CHECK(clip_new(table, 1) == 0);
        clip_drop(table, clips[round]); /* One in the midst, while higher ones live. */
        CHECK(clip_reap(table) == 1);
        for (uint32_t i = 0; i < 8; i++)
            if (i != round)
                clip_drop(table, clips[i]);
        CHECK(clip_reap(table) == 7 && clip_reap(table) == 0);
    }
    clip_table_close(table);
}

int main(void)
{
    RUN(a_clip_can_be_read_while_it_grows);
    RUN(a_wide_clip_has_both_rates);
    RUN(a_clip_at_its_maximum_takes_what_fits);
    RUN(the_last_reference_lets_a_clip_be_reaped_not_before);
    RUN(ids_that_never_were_are_not_alive);
    RUN(ids_stay_apart_over_a_whole_round_of_generations);
    RUN(slots_in_any_order_come_back_and_are_looked_for_up_to_the_highest);
    RUN(clips_are_played_by_others_while_they_are_written_and_reaped);
    clip_table_close(NULL);
    return 0;
}
