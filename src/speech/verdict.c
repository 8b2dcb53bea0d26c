// SPDX-License-Identifier: Apache-2.0
/* verdict.c - thresholds, each with its reason. */
#include "speech/verdict.h"

#include "base/limits.h"

enum {
    SURE_PERMILLE = 500,
    SURE_PLAYING_PERMILLE =
        700, /* With echo, 500 has 5-20 false openings a minute; 700 under one. */
    SPEECH_MS = 2 * VERDICT_WINDOW_MS,
    NOISE_PLAYING_MS = 300, /* By then nine voices in ten are known as voices. */
    NOISE_MS = 500,
    END_MS = 100 /* A gate closed for less has only breathed. */
};

bool verdict_is_open(const struct verdict *verdict)
{
    return verdict->open;
}

bool verdict_wants(const struct verdict *verdict)
{
    return verdict->open && verdict->opinion != OPINION_SPEECH;
}

static void hear_window(struct verdict *verdict, const struct audio_frame *frame,
                        uint16_t probability_permille)
{
    bool playing = (frame->flags & AUDIO_PLAYING) != 0;

    verdict->probability_permille = probability_permille;
    if (probability_permille > verdict->highest_permille)
        verdict->highest_permille = probability_permille;
    if (probability_permille >= (playing ? SURE_PLAYING_PERMILLE : SURE_PERMILLE)) {
        verdict->speech_ms += VERDICT_WINDOW_MS;
        verdict->last_ms = frame->at_ms;
    }
}

static bool change(struct verdict *verdict, enum opinion opinion)
{
    bool changed = verdict->opinion != opinion;
    verdict->opinion = opinion;
    return changed;
}

bool verdict_frame(struct verdict *verdict, const struct audio_frame *frame, bool window,
                   uint16_t probability_permille)
{
    bool voiced = (frame->flags & AUDIO_VOICED) != 0;
    bool playing = (frame->flags & AUDIO_PLAYING) != 0;

    if (!verdict->open && !voiced)
        return false;
    if (!verdict->open)
        *verdict = (struct verdict){.open = true};
    verdict->open_ms += FRAME_MS;
    verdict->quiet_ms = voiced ? 0 : verdict->quiet_ms + FRAME_MS;
    if (window)
        hear_window(verdict, frame, probability_permille);
    if (verdict->speech_ms >= SPEECH_MS) {
        verdict->open = verdict->quiet_ms < END_MS;
        return change(verdict, OPINION_SPEECH);
    }
    if (verdict->quiet_ms >= END_MS) {
        verdict->open = false;
        return change(verdict, OPINION_NOISE);
    }
    if (verdict->open_ms >= (playing ? NOISE_PLAYING_MS : NOISE_MS))
        return change(verdict, OPINION_NOISE);
    return false;
}
