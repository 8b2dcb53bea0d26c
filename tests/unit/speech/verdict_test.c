// SPDX-License-Identifier: Apache-2.0
/* verdict_test.c - when an opening of the gate counts as a voice, and when as noise. */
#include "speech/verdict.h"

#include "check.h"

static struct verdict verdict;
static uint64_t at_ms;

/* Frames with this probability in each window; returns how many ms until an opinion was posted, or
 * -1. */
static int hear(uint32_t flags, uint16_t probability, int ms)
{
    for (int t = FRAME_MS; t <= ms; t += FRAME_MS) {
        struct audio_frame frame = {.at_ms = at_ms += FRAME_MS, .flags = flags};
        if (verdict_frame(&verdict, &frame, true, probability))
            return t;
    }
    return -1;
}

static void given_silence(void)
{
    verdict = (struct verdict){0};
    CHECK(hear(0, 0, 500) == -1 && !verdict_is_open(&verdict));
}

static void two_windows_of_speech_make_it_a_voice(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED, 900, 1000) == 40);
    CHECK(verdict.opinion == OPINION_SPEECH && verdict.last_ms == at_ms);
}

static void a_voice_stays_one_through_its_pauses(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED, 900, 200) > 0);
    CHECK(hear(AUDIO_VOICED, 0, 2000) == -1);
    CHECK(verdict_is_open(&verdict));
    CHECK(hear(0, 0, 300) == -1 && !verdict_is_open(&verdict));
}

static void the_detector_is_asked_until_a_voice_is_known(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED, 100, 600) == 500 && verdict_wants(&verdict));
    CHECK(hear(AUDIO_VOICED, 900, 100) > 0 && !verdict_wants(&verdict));
    given_silence();
    CHECK(hear(AUDIO_VOICED, 100, 20) == -1 && verdict_wants(&verdict));
}

static void while_the_agent_speaks_noise_is_known_after_300_ms(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED | AUDIO_PLAYING, 100, 1000) == 300);
    CHECK(verdict.opinion == OPINION_NOISE);
}

static void while_it_listens_a_weak_beginning_gets_half_a_second(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED, 100, 400) == -1);
    CHECK(hear(AUDIO_VOICED, 900, 400) > 0 && verdict.opinion == OPINION_SPEECH);
    given_silence();
    CHECK(hear(AUDIO_VOICED, 100, 1000) == 500 && verdict.opinion == OPINION_NOISE);
}

static void noise_that_turns_out_to_be_a_voice_is_told(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED | AUDIO_PLAYING, 0, 400) == 300);
    CHECK(hear(AUDIO_VOICED | AUDIO_PLAYING, 900, 400) > 0);
    CHECK(verdict.opinion == OPINION_SPEECH);
}

static void the_agents_echo_needs_more_to_count(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED | AUDIO_PLAYING, 600, 280) == -1);
    given_silence();
    CHECK(hear(AUDIO_VOICED, 600, 280) == 40);
}

static void a_click_is_noise_as_soon_as_the_gate_has_closed(void)
{
    given_silence();
    CHECK(hear(AUDIO_VOICED, 100, 60) == -1);
    CHECK(hear(0, 0, 500) == 100 && verdict.opinion == OPINION_NOISE);
}

int main(void)
{
    RUN(two_windows_of_speech_make_it_a_voice);
    RUN(a_voice_stays_one_through_its_pauses);
    RUN(the_detector_is_asked_until_a_voice_is_known);
    RUN(while_the_agent_speaks_noise_is_known_after_300_ms);
    RUN(while_it_listens_a_weak_beginning_gets_half_a_second);
    RUN(noise_that_turns_out_to_be_a_voice_is_told);
    RUN(the_agents_echo_needs_more_to_count);
    RUN(a_click_is_noise_as_soon_as_the_gate_has_closed);
    return 0;
}
