// SPDX-License-Identifier: Apache-2.0
/* pour.c - decoder, resampler, trim, clip, one behind the other. */
#include "speech/pour.h"

#include <stddef.h>
#include <string.h>

#include "base/limits.h"

enum { PIECE = 960, QUALITY = 3 }; /* Of the resampler: 57,000 instructions a frame from 24 kHz. */

static bool record(void *context, const int16_t *samples, uint32_t count)
{
    struct pour *pour = context;
    uint32_t narrow = count / pour->trim.scale;
    bool room = pour->trim.scale == 2 ? clip_append_wide(pour->clips, pour->clip, samples, narrow)
                                      : clip_append(pour->clips, pour->clip, samples, narrow);

    pour->size += narrow;
    return room;
}

void pour_init(struct pour *pour, struct clip_table *clips, uint32_t clip, struct tts_form form,
               bool wide)
{
    uint32_t rate = wide ? 2 * SAMPLE_RATE : SAMPLE_RATE;

    memset(pour, 0, offsetof(struct pour, third));
    pour->clips = clips;
    pour->clip = clip;
    tts_sound_init(&pour->sound, form);
    trim_init(&pour->trim, (struct voice_sink){.put = record, .context = pour, .rate = rate});
}

/* The sound's rate is known now. */
static void begin(struct pour *pour)
{
    uint32_t from = pour->sound.form.rate, to = pour->trim.out.rate;
    int error = 0;

    pour->known = true;
    if (from == to)
        return;
    pour->thirds = from == 3 * to;
    if (pour->thirds) {
        third_init(&pour->third);
        return;
    }
    pour->resampler = speex_resampler_init(1, from, to, QUALITY, &error);
    if (pour->resampler)
        speex_resampler_skip_zeros(pour->resampler);
    else
        pour->result = POUR_NO_MEMORY;
}

static void give(struct pour *pour, const int16_t *samples, uint32_t count)
{
    if (!(pour->plain ? record(pour, samples, count) : trim_put(&pour->trim, samples, count)))
        pour->result = POUR_FULL;
}

static void put_thirds(struct pour *pour, const int16_t *samples, uint32_t count)
{
    int16_t out[THIRD_MOST];

    while (count > 0 && pour->result == POUR_OK) {
        uint32_t part = count < THIRD_PIECE ? count : THIRD_PIECE;
        uint32_t made = third_put(&pour->third, samples, part, out);
        samples += part;
        count -= part;
        if (made > 0)
            give(pour, out, made);
    }
}

static void put_samples(struct pour *pour, const int16_t *samples, uint32_t count)
{
    int16_t out[2 * PIECE];

    if (pour->thirds) {
        put_thirds(pour, samples, count);
        return;
    }
    if (!pour->resampler) {
        give(pour, samples, count);
        return;
    }
    while (count > 0 && pour->result == POUR_OK) {
        spx_uint32_t in = count, made = 2 * PIECE;
        speex_resampler_process_int(pour->resampler, 0, samples, &in, out, &made);
        samples += in;
        count -= in;
        if (made > 0)
            give(pour, out, made);
        if (in == 0 && made == 0)
            return;
    }
}

static void put(struct pour *pour, const int16_t *samples, uint32_t count)
{
    if (count == 0)
        return;
    if (!pour->known)
        begin(pour);
    if (pour->result == POUR_OK)
        put_samples(pour, samples, count);
}

enum pour_result pour_put(struct pour *pour, const uint8_t *bytes, size_t size)
{
    int16_t samples[PIECE];

    while (size > 0 && pour->result == POUR_OK) {
        uint32_t count = tts_sound_take(&pour->sound, &bytes, &size, samples, PIECE);
        put(pour, samples, count);
        if (pour->sound.state == TTS_SOUND_STRANGE)
            pour->result = POUR_STRANGE;
    }
    return pour->result;
}

/* What is still inside of a filter. */
static void drain(struct pour *pour)
{
    static const int16_t silence[PIECE];
    int16_t out[THIRD_MOST];
    uint32_t made = pour->thirds ? third_end(&pour->third, out) : 0;

    if (made > 0)
        give(pour, out, made);
    if (pour->resampler) {
        int latency = speex_resampler_get_input_latency(pour->resampler);
        put_samples(pour, silence, latency < PIECE ? (uint32_t)latency : PIECE);
    }
}

enum pour_result pour_end(struct pour *pour)
{
    int16_t samples[PIECE];

    if (pour->result == POUR_OK)
        put(pour, samples, tts_sound_end(&pour->sound, samples, PIECE));
    if (pour->sound.state == TTS_SOUND_STRANGE)
        pour->result = POUR_STRANGE;
    if (pour->result == POUR_OK)
        drain(pour);
    if (pour->result == POUR_OK && !pour->plain)
        trim_finish(&pour->trim);
    return pour->result;
}

void pour_release(struct pour *pour)
{
    if (pour->resampler)
        speex_resampler_destroy(pour->resampler);
    pour->resampler = NULL;
}
