// SPDX-License-Identifier: Apache-2.0
/* voice_flite.c - the embedded voices: flite, streaming, brought to the rate that is wanted (most
 * speak at 16 kHz).
 *
 * flite's voices are shared by all threads once registered (measured: 84,000 utterances in 4
 * threads). It hands out sound from inside utt_synth(), so the resampler lives on that call's
 * stack. */
#include "speech/voice.h"

#include <errno.h>
#include <stdlib.h>

#include <flite/flite.h>
#include <speex/speex_resampler.h>

#include "base/limits.h"

/* flite has no header for its voices. */
cst_voice *register_cmu_us_slt(const char *voxdir);
cst_voice *register_cmu_us_rms(const char *voxdir);
cst_voice *register_cmu_us_kal16(const char *voxdir);
cst_voice *register_cmu_us_kal(const char *voxdir);
cst_voice *register_cmu_us_awb(const char *voxdir);

enum { PIECE = 1024, RESAMPLE_QUALITY = 5 };

struct flite_voice {
    cst_voice *(*make)(const char *voxdir);
    cst_voice *voice;
};

static struct flite_voice flite_voices[] = {
    {.make = register_cmu_us_slt}, {.make = register_cmu_us_rms}, {.make = register_cmu_us_kal16},
    {.make = register_cmu_us_kal}, {.make = register_cmu_us_awb},
};

static int flite_speak(const struct voice *voice, const char *words, const struct voice_sink *sink);

const struct voice voice_flite_rows[] = {
    {.name = "slt", .speak = flite_speak, .own = &flite_voices[0]},
    {.name = "rms", .speak = flite_speak, .own = &flite_voices[1]},
    {.name = "kal16", .speak = flite_speak, .own = &flite_voices[2]},
    {.name = "kal", .speak = flite_speak, .own = &flite_voices[3]},
    {.name = "awb", .speak = flite_speak, .own = &flite_voices[4]},
};
const uint32_t voice_flite_count = sizeof(voice_flite_rows) / sizeof(voice_flite_rows[0]);

int voice_flite_open(void)
{
    if (flite_voices[0].voice)
        return 0;
    flite_init();
    for (uint32_t i = 0; i < voice_flite_count; i++) {
        flite_voices[i].voice = flite_voices[i].make(NULL);
        if (!flite_voices[i].voice)
            return -ENOENT;
    }
    return 0;
}

/* One utterance on its way out. */
struct pour {
    const struct voice_sink *sink;
    SpeexResamplerState *resampler; /* NULL when it is the voice's own rate. */
    bool stopped, poured;
};

static bool pour_samples(struct pour *pour, const int16_t *samples, uint32_t count)
{
    int16_t out[PIECE];

    if (!pour->resampler)
        return pour->sink->put(pour->sink->context, samples, count);
    while (count > 0) {
        spx_uint32_t in = count, made = PIECE;
        speex_resampler_process_int(pour->resampler, 0, samples, &in, out, &made);
        samples += in;
        count -= in;
        if (made > 0 && !pour->sink->put(pour->sink->context, out, made))
            return false;
        if (in == 0 && made == 0)
            break;
    }
    return true;
}

static bool pour_wave(struct pour *pour, const cst_wave *wave, int start, int size)
{
    if (!pour->poured && wave->sample_rate != (int)pour->sink->rate) {
        int error = 0;
        pour->resampler = speex_resampler_init(1, (spx_uint32_t)wave->sample_rate, pour->sink->rate,
                                               RESAMPLE_QUALITY, &error);
        if (!pour->resampler)
            return false;
        speex_resampler_skip_zeros(pour->resampler);
    }
    pour->poured = true;
    return size <= 0 || pour_samples(pour, wave->samples + start, (uint32_t)size);
}

static int on_stream(const cst_wave *wave, int start, int size, int last,
                     cst_audio_streaming_info *info)
{
    struct pour *pour = info->userdata;

    (void)last;
    if (!pour_wave(pour, wave, start, size)) {
        pour->stopped = true;
        return CST_AUDIO_STREAM_STOP;
    }
    return CST_AUDIO_STREAM_CONT;
}

/* The samples still inside the resampler's filter. */
static void pour_rest(struct pour *pour)
{
    static const int16_t silence[256];

    if (!pour->resampler)
        return;
    if (!pour->stopped)
        pour_samples(pour, silence,
                     2 * (uint32_t)speex_resampler_get_input_latency(pour->resampler));
    speex_resampler_destroy(pour->resampler);
}

static int flite_speak(const struct voice *voice, const char *words, const struct voice_sink *sink)
{
    const struct flite_voice *own = voice->own;
    struct pour pour = {.sink = sink};
    cst_utterance *utterance = new_utterance();
    cst_audio_streaming_info *info = new_audio_streaming_info();

    if (!own->voice || !utterance || !info) {
        if (utterance)
            delete_utterance(utterance);
        if (info)
            delete_audio_streaming_info(info);
        return own->voice ? -ENOMEM : -ENOENT;
    }
    info->asc = on_stream;
    info->userdata = &pour;
    info->min_buffsize = 256;
    utt_set_input_text(utterance, words);
    utt_init(utterance, own->voice);
    feat_set(utterance->features, "streaming_info", audio_streaming_info_val(info));
    bool made = utt_synth(utterance) != NULL;
    cst_wave *wave = made && !pour.poured ? utt_wave(utterance) : NULL;
    if (wave && !pour_wave(&pour, wave, 0, wave->num_samples))
        pour.stopped = true;
    pour_rest(&pour);
    delete_utterance(utterance); /* And info with it. */
    return pour.poured ? 0 : -EIO;
}
