// SPDX-License-Identifier: Apache-2.0
/* onnx.h - runs the Silero voice detector's network on libonnxruntime, loaded if it is there.
 *
 * One engine a thread: one session, its own buffers, no threads of its own, nothing allocated a
 * run. A run takes 288 samples (32 of the window before, 256 new; 8 kHz) and the state, 80 us. */
#ifndef SPEECH_ONNX_H
#define SPEECH_ONNX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum { ONNX_SAMPLES = 288, ONNX_STATE = 256 };

struct onnx;

/* 0; -ENOENT when the runtime or the model is not there, -EIO when either does not work; with why.
 */
MUST_USE int onnx_open(struct onnx **out, const char *runtime, const char *model, char *why,
                       uint32_t why_size);
void onnx_close(struct onnx *onnx);

/* The probability of speech, 0 to 1, or below 0 when the network failed. Renews the state. */
float onnx_run(struct onnx *onnx, const float samples[ONNX_SAMPLES], float state[ONNX_STATE]);

#endif
