// SPDX-License-Identifier: Apache-2.0
/* music_file.c - a file decoded, levelled, and made a circle of whole frames. */
#include "speech/music_file.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <speex/speex_resampler.h>

enum {
    RATE_LEAST = 4000,
    RATE_MOST = 192000,
    CHANNELS_MOST = 8,
    PIECE = 4096,    /* Of all channels. */
    GROWN = 1 << 20, /* Samples that a decoder's memory grows by. */
    BLOCKS_A_SECOND = 4,
    MARGIN = 4096, /* Samples of the other end that the resampler hears before and after. */
    QUALITY = 7,
    LEAST_S_TENTHS = 2 /* Shorter ones are no music. */
};

static const double pause_power = 1e-5, peak_most = 0.7, gain_most = 10;

/* One channel at the file's own rate. */
struct decoded {
    float *samples;
    uint32_t count, rate, room;
    bool cut;
};

static bool grow(struct decoded *decoded, uint32_t more)
{
    float *bigger;

    if (decoded->count + more <= decoded->room)
        return true;
    bigger = realloc(decoded->samples, ((size_t)decoded->room + GROWN) * sizeof *bigger);
    if (!bigger)
        return false;
    decoded->samples = bigger;
    decoded->room += GROWN;
    return true;
}

static void add_up(const float *in, int channels, uint32_t frames, float *out)
{
    for (uint32_t i = 0; i < frames; i++) {
        float sum = 0;
        for (int channel = 0; channel < channels; channel++)
            sum += in[i * (uint32_t)channels + (uint32_t)channel];
        sum /= (float)channels;
        out[i] = isfinite(sum) ? sum : 0;
    }
}

/* A damaged file gives what can be read of it. */
static bool decode(SNDFILE *file, const SF_INFO *info, struct decoded *out)
{
    float piece[PIECE];
    uint32_t frames = PIECE / (uint32_t)info->channels;
    uint32_t most = (uint32_t)info->samplerate * MUSIC_LONGEST_S;

    out->rate = (uint32_t)info->samplerate;
    for (;;) {
        sf_count_t got = sf_readf_float(file, piece, frames);
        if (got <= 0)
            return true;
        if (out->count >= most) {
            out->cut = true;
            return true;
        }
        if (!grow(out, (uint32_t)got))
            return false;
        add_up(piece, info->channels, (uint32_t)got, out->samples + out->count);
        out->count += (uint32_t)got;
    }
}

static float gain_of(const struct decoded *decoded)
{
    uint32_t block = decoded->rate / BLOCKS_A_SECOND, blocks = 0;
    double power = 0, peak = 0;

    for (uint32_t from = 0; from < decoded->count; from += block) {
        uint32_t count = decoded->count - from < block ? decoded->count - from : block;
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) {
            double sample = fabs((double)decoded->samples[from + i]);
            sum += sample * sample;
            peak = sample > peak ? sample : peak;
        }
        if (sum / count > pause_power) {
            power += sum / count;
            blocks++;
        }
    }
    if (blocks == 0)
        return 0;
    double gain = pow(10, MUSIC_LEVEL_DB / 20.0) / sqrt(power / blocks);
    gain = gain > gain_most ? gain_most : gain;
    return (float)(gain * peak > peak_most ? peak_most / peak : gain);
}

static uint32_t around(const struct decoded *decoded, int64_t at)
{
    int64_t count = decoded->count;

    return (uint32_t)(((at % count) + count) % count);
}

/* Runs over the end into the beginning; what comes of the margins is thrown away. */
static bool resample(const struct decoded *decoded, float gain, struct music_sound *out)
{
    uint64_t exact = (uint64_t)decoded->count * MUSIC_RATE / decoded->rate;
    uint32_t wanted = (uint32_t)((exact + MUSIC_FRAME / 2) / MUSIC_FRAME * MUSIC_FRAME);
    int64_t at = -MARGIN;
    uint32_t skip, have = 0;
    int error = 0;
    SpeexResamplerState *state = speex_resampler_init_frac(1, decoded->count, wanted, decoded->rate,
                                                           MUSIC_RATE, QUALITY, &error);
    int16_t *samples = malloc((size_t)wanted * sizeof *samples);
    float in[PIECE], made[4 * PIECE + 8];

    if (!state || !samples) {
        if (state)
            speex_resampler_destroy(state);
        free(samples);
        return false;
    }
    speex_resampler_skip_zeros(state);
    skip = (uint32_t)((uint64_t)MARGIN * wanted / decoded->count);
    while (have < wanted) {
        spx_uint32_t taken = PIECE, given = 4 * PIECE;
        for (uint32_t i = 0; i < PIECE; i++)
            in[i] = decoded->samples[around(decoded, at + i)] * gain * 32767;
        speex_resampler_process_float(state, 0, in, &taken, made, &given);
        at += taken;
        for (uint32_t i = 0; i < given && have < wanted; i++) {
            if (skip > 0)
                skip--;
            else
                samples[have++] = (int16_t)lrintf(fmaxf(-32767, fminf(32767, made[i])));
        }
    }
    speex_resampler_destroy(state);
    out->samples = samples;
    out->count = wanted;
    return true;
}

static bool make(SNDFILE *file, const SF_INFO *info, struct music_sound *out, char why[MUSIC_WHY])
{
    struct decoded decoded = {0};
    float gain;
    bool good = decode(file, info, &decoded);

    if (!good) {
        snprintf(why, MUSIC_WHY, "there is not enough memory for it");
    } else if (decoded.count < decoded.rate * LEAST_S_TENTHS / 10) {
        snprintf(why, MUSIC_WHY, "there is less than 0.%d s of sound in it", LEAST_S_TENTHS);
        good = false;
    } else if ((gain = gain_of(&decoded)) <= 0) {
        snprintf(why, MUSIC_WHY, "it is silent");
        good = false;
    } else {
        good = resample(&decoded, gain, out);
        out->cut = decoded.cut;
        if (!good)
            snprintf(why, MUSIC_WHY, "there is not enough memory for it");
    }
    free(decoded.samples);
    return good;
}

bool music_read(const char *path, struct music_sound *out, char why[MUSIC_WHY])
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    bool good;

    *out = (struct music_sound){0};
    if (!file) {
        snprintf(why, MUSIC_WHY, "it cannot be read as WAV, MP3, FLAC or Ogg: %s",
                 sf_strerror(NULL));
        return false;
    }
    good = info.channels >= 1 && info.channels <= CHANNELS_MOST && info.samplerate >= RATE_LEAST &&
           info.samplerate <= RATE_MOST;
    if (good)
        good = make(file, &info, out, why);
    else
        snprintf(why, MUSIC_WHY, "it has %d channels of %d Hz: at most %d of %d to %d Hz are read",
                 info.channels, info.samplerate, CHANNELS_MOST, RATE_LEAST, RATE_MOST);
    sf_close(file);
    return good;
}
