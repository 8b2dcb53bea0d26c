// SPDX-License-Identifier: Apache-2.0
/* judge.c - windows for Silero, frames for WebRTC. */
#include "speech/judge.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"

#define WEBRTC_LIBRARY "libwebrtc_audio_processing.so.1"

enum { WEBRTC_MODE = 3 }; /* The strictest. */

/* The library's detector has no header in Debian; these are its four functions. */
struct webrtc {
    void *handle;
    void *(*create)(void);
    void (*release)(void *);
    int (*init)(void *);
    int (*set_mode)(void *, int);
    int (*process)(void *, int rate, const int16_t *samples, size_t count);
};

struct judge {
    enum judge_kind kind;
    struct onnx *onnx;
    struct webrtc webrtc;
};

static bool find(void *library, const char *name, void *out, size_t size)
{
    void *symbol = dlsym(library, name);

    memcpy(out, &symbol, size);
    return symbol != NULL;
}

static bool open_webrtc(struct webrtc *webrtc)
{
    webrtc->handle = dlopen(WEBRTC_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!webrtc->handle)
        return false;
    return find(webrtc->handle, "WebRtcVad_Create", &webrtc->create, sizeof(webrtc->create)) &&
           find(webrtc->handle, "WebRtcVad_Free", &webrtc->release, sizeof(webrtc->release)) &&
           find(webrtc->handle, "WebRtcVad_Init", &webrtc->init, sizeof(webrtc->init)) &&
           find(webrtc->handle, "WebRtcVad_set_mode", &webrtc->set_mode,
                sizeof(webrtc->set_mode)) &&
           find(webrtc->handle, "WebRtcVad_Process", &webrtc->process, sizeof(webrtc->process));
}

int judge_open(struct judge **out, const char *model, const char *runtime)
{
    struct judge *judge = calloc(1, sizeof(*judge));
    char why[300] = "not configured";

    if (!judge)
        return -ENOMEM;
    if (model && runtime && onnx_open(&judge->onnx, runtime, model, why, sizeof(why)) == 0)
        judge->kind = JUDGE_SILERO;
    else if (open_webrtc(&judge->webrtc))
        judge->kind = JUDGE_WEBRTC;
    if (judge->kind == JUDGE_SILERO)
        log_line(LOG_DEBUG, "speech", "voice detector: Silero");
    else
        log_line(LOG_INFO, "speech", "voice detector: %s (Silero: %s)",
                 judge->kind == JUDGE_WEBRTC ? "WebRTC's" : "none", why);
    *out = judge;
    return 0;
}

void judge_close(struct judge *judge)
{
    if (!judge)
        return;
    onnx_close(judge->onnx);
    if (judge->webrtc.handle)
        dlclose(judge->webrtc.handle);
    free(judge);
}

enum judge_kind judge_kind(const struct judge *judge)
{
    return judge->kind;
}

void judge_begin(struct judge *judge, struct hearing *hearing)
{
    const struct webrtc *webrtc = &judge->webrtc;
    void *kept = hearing->webrtc;

    *hearing = (struct hearing){.webrtc = kept};
    if (judge->kind != JUDGE_WEBRTC)
        return;
    if (!hearing->webrtc)
        hearing->webrtc = webrtc->create();
    if (hearing->webrtc &&
        (webrtc->init(hearing->webrtc) != 0 || webrtc->set_mode(hearing->webrtc, WEBRTC_MODE) != 0))
        judge_release(judge, hearing);
}

void judge_release(struct judge *judge, struct hearing *hearing)
{
    if (hearing->webrtc)
        judge->webrtc.release(hearing->webrtc);
    hearing->webrtc = NULL;
}

static bool hear_silero(struct judge *judge, struct hearing *hearing, const int16_t *samples,
                        uint16_t *probability_permille)
{
    bool complete = false;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
        hearing->samples[JUDGE_CONTEXT + hearing->count++] = (float)samples[i] / 32768.0f;
        if (hearing->count < JUDGE_WINDOW)
            continue;
        float probability = onnx_run(judge->onnx, hearing->samples, hearing->state);
        *probability_permille = probability < 0 ? 0 : (uint16_t)(probability * 1000);
        complete = probability >= 0;
        memmove(hearing->samples, hearing->samples + JUDGE_WINDOW,
                JUDGE_CONTEXT * sizeof(hearing->samples[0]));
        hearing->count = 0;
    }
    return complete;
}

bool judge_hear(struct judge *judge, struct hearing *hearing, const int16_t *samples,
                uint16_t *probability_permille)
{
    if (judge->kind == JUDGE_SILERO)
        return hear_silero(judge, hearing, samples, probability_permille);
    if (judge->kind == JUDGE_NONE || !hearing->webrtc)
        return false;
    int voice = judge->webrtc.process(hearing->webrtc, SAMPLE_RATE, samples, FRAME_SAMPLES);
    *probability_permille = voice == 1 ? 1000 : 0;
    return voice >= 0;
}
