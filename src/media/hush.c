// SPDX-License-Identifier: Apache-2.0
/* hush.c - counts of frames. */
#include "media/hush.h"

enum { NS_A_SAMPLE = 125000 };

void hush_set(struct hush *hush, bool awaits)
{
    hush->left = awaits ? HUSH_MOST : 0;
}

bool hush_leaves_out(struct hush *hush, bool voice)
{
    bool leaves_out;

    if (voice) {
        hush->left = hush->silent = 0;
        return false;
    }
    leaves_out = hush->left > 0 && hush->silent == HUSH_AFTER;
    if (leaves_out)
        hush->left--;
    if (hush->silent < HUSH_AFTER)
        hush->silent++;
    return leaves_out;
}

void hush_note(struct hush *hush, bool sent)
{
    if (sent)
        hush->left_out = 0;
    else if (hush->left_out < HUSH_LEFT_OUT)
        hush->left_out++;
}

uint32_t hush_age(const struct hush *hush, uint64_t now_ns)
{
    uint64_t samples = (now_ns - hush->turn_ns) / NS_A_SAMPLE;

    return hush->left_out == HUSH_LEFT_OUT && samples < FRAME_SAMPLES ? (uint32_t)samples
                                                                      : FRAME_SAMPLES;
}

uint32_t hush_give_back(struct hush *hush)
{
    uint32_t lead = hush->lead;

    if (hush->left_out < HUSH_LEFT_OUT)
        return 0;
    hush->lead = 0;
    return lead;
}
