// SPDX-License-Identifier: Apache-2.0
/* echo_gate.c - what is told of it all: by the gate, and in the call's figures. */
#include "media/echo.h"

#include <math.h>

enum {
    GATE_ENDED = 4000, /* Samples of silence that close any gate. */
    HELD_MOST = 12     /* Frames; then the careful detector may judge. */
};

static enum gate_result held(struct echo *echo, struct gate *gate, enum gate_result result,
                             enum echo_verdict verdict)
{
    if (echo->held_frames < UINT8_MAX)
        echo->held_frames++;
    if (result == GATE_CLOSED || verdict == ECHO_AGENT) {
        echo->held = false;
        (void)gate_gap(gate, GATE_ENDED);
        return GATE_SAME;
    }
    if (verdict == ECHO_HOLD && echo->held_frames < HELD_MOST)
        return GATE_SAME;
    echo->held = false;
    gate->edge_samples += echo->held_frames * FRAME_SAMPLES;
    return GATE_OPENED;
}

enum gate_result echo_gate(struct echo *echo, struct gate *gate, enum echo_verdict verdict,
                           const int16_t samples[FRAME_SAMPLES])
{
    enum gate_result result =
        verdict == ECHO_AGENT ? gate_gap(gate, FRAME_SAMPLES) : gate_frame(gate, samples);

    if (echo->held)
        return held(echo, gate, result, verdict);
    if (result == GATE_OPENED && verdict == ECHO_HOLD) {
        echo->held = true;
        echo->held_frames = 0;
        return GATE_SAME;
    }
    return result;
}

uint32_t echo_delay_ms(const struct echo *echo)
{
    if (echo->state != ECHO_FOUND)
        return 0;
    return echo->delay > SAMPLE_RATE / 1000 ? (uint32_t)echo->delay * 1000 / SAMPLE_RATE : 1;
}

uint32_t echo_return_loss(const struct echo *echo)
{
    double lowered = echo->energy_left > 0 ? 10 * log10(echo->energy_in / echo->energy_left) : 0;

    return lowered > 0 ? (uint32_t)(lowered + 0.5) : 0;
}
