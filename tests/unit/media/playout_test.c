// SPDX-License-Identifier: Apache-2.0
/* playout_test.c - what is sent of what should be said, and what is told of it. */
#include "media/playout.h"

#include <string.h>

#include "base/g711.h"
#include "check.h"

static struct clip_table *clips;
static struct playout playout;
static struct playout_frame frame;
static struct playout_end end;
static uint8_t out[FRAME_SAMPLES];
static int16_t heard[FRAME_SAMPLES];

/* `quiet` samples of silence, then `loud` of a value each. */
static uint32_t clip_of(uint32_t quiet, uint32_t loud, bool finished)
{
    uint32_t clip = clip_new(clips, 64000);
    const int16_t silent = 0, sound = 4000;

    CHECK(clip);
    for (uint32_t i = 0; i < quiet + loud; i++)
        clip_append(clips, clip, i < quiet ? &silent : &sound, 1);
    if (finished)
        clip_finish(clips, clip);
    return clip;
}

static void next(void)
{
    playout_next(&playout, clips, CODEC_PCMU, out, &frame);
    g711_ulaw_decode(out, heard, FRAME_SAMPLES);
}

static bool is_silent(uint32_t from)
{
    for (uint32_t i = from; i < FRAME_SAMPLES; i++) {
        if (out[i] != G711_ULAW_SILENCE)
            return false;
    }
    return true;
}

static void an_empty_queue_is_silence(void)
{
    playout_init(&playout);
    next();
    CHECK(is_silent(0) && !frame.voice && !frame.ended && !frame.audible);
    playout_next(&playout, clips, CODEC_PCMA, out, &frame);
    CHECK(out[0] == G711_ALAW_SILENCE && out[159] == G711_ALAW_SILENCE);
    CHECK(!playout_flush(&playout, clips, &end));
}

static void a_clip_is_played_to_its_last_sample_and_ends_with_it(void)
{
    playout_init(&playout);
    CHECK(playout_put(&playout, 9, clip_of(0, 400, true), false));
    next();
    CHECK(frame.voice && frame.audible && frame.utterance == 9 && frame.heard_ms == 0);
    CHECK(heard[0] > 3800 && heard[159] > 3800);
    next();
    CHECK(frame.voice && !frame.audible && !frame.ended);
    next();
    CHECK(frame.voice && frame.ended && !is_silent(79) && is_silent(80));
    CHECK(frame.end.utterance == 9 && frame.end.finished);
    CHECK(frame.end.heard_ms == 50 && frame.end.total_ms == 50);
    next();
    CHECK(!frame.voice && !frame.ended && is_silent(0));
}

static void the_first_audible_sample_is_told_not_the_first_sample(void)
{
    playout_init(&playout);
    CHECK(playout_put(&playout, 1, clip_of(500, 500, true), false));
    for (int i = 0; i < 3; i++) {
        next();
        CHECK(!frame.audible);
    }
    next();
    CHECK(frame.audible && frame.heard_ms == 60);
    CHECK(playout_flush(&playout, clips, &end));
}

static void a_clip_still_being_written_is_waited_for_in_silence(void)
{
    uint32_t clip = clip_of(0, 200, false);
    const int16_t more[200] = {[0] = 4000, [199] = 4000};

    playout_init(&playout);
    CHECK(playout_put(&playout, 1, clip, false));
    next();
    CHECK(frame.voice);
    for (int i = 0; i < 3; i++) {
        next();
        CHECK(!frame.voice && !frame.ended && is_silent(0));
    }
    clip_append(clips, clip, more, 200);
    next();
    CHECK(frame.voice && heard[40] > 3800 && !frame.ended);
    clip_finish(clips, clip);
    next();
    CHECK(frame.voice && frame.ended && frame.end.heard_ms == 50);
}

static void an_empty_finished_clip_ends_at_once(void)
{
    playout_init(&playout);
    CHECK(playout_put(&playout, 4, clip_of(0, 0, true), false));
    next();
    CHECK(frame.ended && frame.end.utterance == 4 && frame.end.finished && is_silent(0));
}

static void a_pause_silences_the_next_frame_and_resuming_goes_on_at_the_sample(void)
{
    playout_init(&playout);
    CHECK(playout_put(&playout, 1, clip_of(0, 1600, true), false));
    next();
    next();
    playout_pause(&playout);
    for (int i = 0; i < 5; i++) {
        next();
        CHECK(is_silent(0) && !frame.voice);
    }
    playout_resume(&playout);
    next();
    CHECK(frame.voice && frame.heard_ms == 40);
    CHECK(heard[0] < 300 && heard[20] > 1500 && heard[20] < 2500 && heard[45] > 3800);
    next();
    CHECK(heard[0] > 3800);
    CHECK(playout_flush(&playout, clips, &end) && end.heard_ms == 80 && !end.finished);
    CHECK(end.total_ms == 200);
}

static void a_flush_ends_every_utterance_in_its_order(void)
{
    playout_init(&playout);
    CHECK(playout_put(&playout, 1, clip_of(0, 1600, true), false));
    CHECK(playout_put(&playout, 2, clip_of(0, 1600, false), false));
    next();
    CHECK(playout_flush(&playout, clips, &end) && end.utterance == 1 && end.heard_ms == 20);
    CHECK(playout_flush(&playout, clips, &end) && end.utterance == 2 && end.heard_ms == 0);
    CHECK(end.total_ms == 0 && !end.finished);
    CHECK(!playout_flush(&playout, clips, &end));
}

static void every_clip_is_given_back_once(void)
{
    uint32_t ids[PLAYOUT_QUEUE], over = clip_of(0, 8, true);
    struct clip_view view;

    clip_reap(clips);
    playout_init(&playout);
    for (uint32_t i = 0; i < PLAYOUT_QUEUE; i++) {
        ids[i] = clip_of(0, 160, true);
        CHECK(playout_put(&playout, i, ids[i], false));
    }
    CHECK(!playout_put(&playout, 99, over, false));
    CHECK(clip_read(clips, over, &view));
    clip_drop(clips, over);
    for (uint32_t i = 0; i < PLAYOUT_QUEUE / 2; i++)
        next();
    while (playout_flush(&playout, clips, &end))
        continue;
    CHECK(clip_reap(clips) == PLAYOUT_QUEUE + 1);
    for (uint32_t i = 0; i < PLAYOUT_QUEUE; i++)
        CHECK(!clip_read(clips, ids[i], &view));
}

static void music_goes_round_until_it_is_flushed(void)
{
    uint32_t sounding = 0;

    playout_init(&playout);
    CHECK(playout_put(&playout, 5, clip_of(0, 240, true), true));
    for (uint32_t i = 0; i < 50; i++) {
        next();
        CHECK(!frame.ended && frame.voice);
        for (uint32_t k = 0; k < FRAME_SAMPLES; k++)
            sounding += heard[k] != 0;
    }
    CHECK(sounding == 25 * 240 && playout_flush(&playout, clips, &end));
    CHECK(end.utterance == 5 && !playout_flush(&playout, clips, &end));
}

static void a_wide_leg_is_given_16_khz_where_the_clip_has_it(void)
{
    static int16_t wide[2 * FRAME_SAMPLES], samples[4 * FRAME_SAMPLES];
    uint32_t clip = clip_new(clips, 1000);

    for (uint32_t i = 0; i < 4 * FRAME_SAMPLES; i++)
        samples[i] = (int16_t)i;
    CHECK(clip_append_wide(clips, clip, samples, 2 * FRAME_SAMPLES));
    clip_finish(clips, clip);
    playout_init(&playout);
    CHECK(playout_put(&playout, 1, clip, false) &&
          playout_put(&playout, 2, clip_of(0, FRAME_SAMPLES, true), false));
    for (uint32_t i = 0; i < 2; i++) {
        CHECK(playout_next_linear(&playout, clips, wide, &frame) && frame.voice);
        CHECK(memcmp(wide, samples + 2 * FRAME_SAMPLES * i, sizeof wide) == 0);
        CHECK(frame.heard_ms == 20 * i && frame.ended == (i == 1));
    }
    CHECK(!playout_next_linear(&playout, clips, wide, &frame) && frame.ended); /* 8 kHz only. */
    CHECK(wide[0] == 4000 && wide[FRAME_SAMPLES - 1] == 4000);
    CHECK(playout_next_linear(&playout, clips, wide, &frame) && !frame.voice && wide[0] == 0);
}

static void a_pause_that_meets_nothing_does_not_silence_what_comes_after(void)
{
    playout_init(&playout);
    playout_pause(&playout);
    CHECK(playout_put(&playout, 1, clip_of(0, 400, true), false));
    next();
    CHECK(frame.voice && heard[0] > 3800);
    CHECK(playout_flush(&playout, clips, &end));
}

int main(void)
{
    CHECK(clip_table_open(&clips, 64) == 0);
    RUN(an_empty_queue_is_silence);
    RUN(a_clip_is_played_to_its_last_sample_and_ends_with_it);
    RUN(the_first_audible_sample_is_told_not_the_first_sample);
    RUN(a_clip_still_being_written_is_waited_for_in_silence);
    RUN(an_empty_finished_clip_ends_at_once);
    RUN(a_pause_silences_the_next_frame_and_resuming_goes_on_at_the_sample);
    RUN(a_pause_that_meets_nothing_does_not_silence_what_comes_after);
    RUN(a_flush_ends_every_utterance_in_its_order);
    RUN(every_clip_is_given_back_once);
    RUN(music_goes_round_until_it_is_flushed);
    RUN(a_wide_leg_is_given_16_khz_where_the_clip_has_it);
    clip_table_close(clips);
    return 0;
}
