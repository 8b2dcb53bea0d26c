// SPDX-License-Identifier: Apache-2.0
/* trim_test.c - speech without the silence around it. */
#include "speech/trim.h"

#include <string.h>

#include "check.h"

enum { ROOM = 100000 };

static int16_t kept[ROOM];
static uint32_t kept_count, stop_after;
static struct trim trim;

static bool keep(void *context, const int16_t *samples, uint32_t count)
{
    CHECK(context == &trim && kept_count + count <= ROOM);
    memcpy(kept + kept_count, samples, count * sizeof(samples[0]));
    kept_count += count;
    return stop_after == 0 || kept_count < stop_after;
}

static void given_trim(void)
{
    kept_count = stop_after = 0;
    trim_init(&trim, (struct voice_sink){.put = keep, .context = &trim});
}

static bool put(int16_t value, uint32_t count)
{
    bool more = true;
    for (uint32_t i = 0; i < count && more; i++) {
        int16_t sample = (int16_t)(i % 2 ? value : -value);
        more = trim_put(&trim, &sample, 1);
    }
    return more;
}

static void leading_silence_is_cut_and_counted(void)
{
    given_trim();
    put(0, 4000);
    put(1000, 800);
    trim_finish(&trim);
    CHECK(kept_count == 800 + TRIM_LEAD); /* 30 ms before the sound stay: onsets are soft. */
    CHECK(trim.cut == 4000 - TRIM_LEAD);
}

static void the_hum_before_speech_is_cut_like_silence(void)
{
    given_trim();
    put(20, 320);
    put(120, 80);
    put(40, 1600);
    put(1000, 800);
    put(120, 800); /* Within speech the same is a soft sound. */
    trim_finish(&trim);
    CHECK(kept_count == TRIM_LEAD + 800 + 800);
    CHECK(trim.cut == 320 + 80 + 1600 - TRIM_LEAD);
}

static void a_pause_stays_and_a_long_one_is_shortened(void)
{
    given_trim();
    put(1000, 800);
    put(0, 1600);
    put(1000, 800);
    put(0, 16000);
    put(1000, 800);
    trim_finish(&trim);
    CHECK(kept_count == 800 + 1600 + 800 + TRIM_PAUSE + 800);
    CHECK(trim.cut == 0);
}

static void a_tenth_of_a_second_stays_at_the_end(void)
{
    given_trim();
    put(1000, 800);
    put(0, 8000);
    trim_finish(&trim);
    CHECK(kept_count == 800 + TRIM_TAIL);
}

static void silence_alone_gives_nothing(void)
{
    given_trim();
    put(20, 8000);
    trim_finish(&trim);
    CHECK(kept_count == 0);
}

static void blocks_of_any_size_give_the_same(void)
{
    int16_t sound[3000];

    for (uint32_t i = 0; i < 3000; i++)
        sound[i] = (int16_t)(i < 500 || i > 2500 ? 0 : (int)(i * 37 % 4000) - 2000);
    given_trim();
    CHECK(trim_put(&trim, sound, 3000));
    trim_finish(&trim);
    uint32_t whole = kept_count;
    int16_t first = kept[200];
    given_trim();
    for (uint32_t at = 0; at < 3000; at += 7)
        CHECK(trim_put(&trim, sound + at, 3000 - at < 7 ? 3000 - at : 7));
    trim_finish(&trim);
    CHECK(kept_count == whole && kept[200] == first);
}

static void a_sink_that_wants_no_more_stops_the_voice(void)
{
    given_trim();
    stop_after = 400;
    CHECK(!put(1000, 4000));
}

int main(void)
{
    RUN(leading_silence_is_cut_and_counted);
    RUN(the_hum_before_speech_is_cut_like_silence);
    RUN(a_pause_stays_and_a_long_one_is_shortened);
    RUN(a_tenth_of_a_second_stays_at_the_end);
    RUN(silence_alone_gives_nothing);
    RUN(blocks_of_any_size_give_the_same);
    RUN(a_sink_that_wants_no_more_stops_the_voice);
    return 0;
}
