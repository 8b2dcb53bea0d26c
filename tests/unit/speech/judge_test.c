// SPDX-License-Identifier: Apache-2.0
/* judge_test.c - the careful detectors on a person's voice, a tone and noise.
 *
 * WebRTC's comes with Debian. Silero's is tested when OFFHOOK_DETECTOR and OFFHOOK_RUNTIME say
 * where it is; the voice is Debian's recording of a telephone prompt. Without either the part is
 * left out. */
#include "speech/judge.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "check.h"

#define VOICE "/usr/share/asterisk/sounds/en_US_f_Allison/vm-intro.wav"

enum { SECONDS = 3, SAMPLES = SECONDS * SAMPLE_RATE };

static int16_t voice[SAMPLES], tone[SAMPLES], noise[SAMPLES], silence[SAMPLES];
static struct hearing hearing;

static bool given_sounds(void)
{
    uint64_t state = 3;
    FILE *file = fopen(VOICE, "re");

    for (int i = 0; i < SAMPLES; i++) {
        tone[i] = (int16_t)(8000 * sin(2 * M_PI * 440 * i / SAMPLE_RATE));
        noise[i] = (int16_t)(check_random(&state) % 6000 - 3000);
    }
    if (!file)
        return false;
    bool read = fseek(file, 44, SEEK_SET) == 0 && fread(voice, 2, SAMPLES, file) == SAMPLES;
    fclose(file);
    return read;
}

/* Percent of windows that are speech. */
static uint32_t speech_in(struct judge *judge, const int16_t *samples)
{
    uint32_t windows = 0, speech = 0;

    judge_begin(judge, &hearing);
    for (int at = 0; at < SAMPLES; at += FRAME_SAMPLES) {
        uint16_t probability = 0;
        if (!judge_hear(judge, &hearing, samples + at, &probability))
            continue;
        windows++;
        speech += probability >= 500;
    }
    CHECK(windows > 0);
    return 100 * speech / windows;
}

static void silero_hears_a_voice_and_neither_tone_nor_noise(void)
{
    struct judge *judge;

    CHECK(judge_open(&judge, getenv("OFFHOOK_DETECTOR"), getenv("OFFHOOK_RUNTIME")) == 0);
    CHECK(judge_kind(judge) == JUDGE_SILERO);
    CHECK(speech_in(judge, voice) > 70);
    CHECK(speech_in(judge, tone) == 0 && speech_in(judge, noise) == 0);
    CHECK(speech_in(judge, silence) == 0);
    judge_close(judge);
}

static void without_silero_webrtcs_detector_hears_a_voice_and_no_silence(void)
{
    struct judge *judge;

    CHECK(judge_open(&judge, "/nowhere/model.onnx", "/nowhere/runtime.so") == 0);
    if (judge_kind(judge) == JUDGE_WEBRTC) {
        CHECK(speech_in(judge, voice) > 70);
        CHECK(speech_in(judge, silence) < 5);
        judge_release(judge, &hearing);
    }
    judge_close(judge);
}

static void a_file_that_is_no_model_leads_to_the_next_detector(void)
{
    struct judge *judge;

    CHECK(judge_open(&judge, VOICE, getenv("OFFHOOK_RUNTIME")) == 0);
    CHECK(judge_kind(judge) != JUDGE_SILERO);
    judge_close(judge);
}

int main(void)
{
    if (!given_sounds()) {
        fprintf(stderr, "%s is not there: skipped\n", VOICE);
        return 77;
    }
    RUN(without_silero_webrtcs_detector_hears_a_voice_and_no_silence);
    RUN(a_file_that_is_no_model_leads_to_the_next_detector);
    if (getenv("OFFHOOK_DETECTOR") && getenv("OFFHOOK_RUNTIME"))
        RUN(silero_hears_a_voice_and_neither_tone_nor_noise);
    return 0;
}
