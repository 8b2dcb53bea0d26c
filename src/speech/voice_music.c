// SPDX-License-Identifier: Apache-2.0
/* voice_music.c - what callers hear that is no voice: a WAV file, or two soft notes again and
 * again, while they wait; the beep before their message.
 *
 * The words are the file's path, "chime" or "beep". The clip repeats in the caller's leg, so it is made
 * once. A file is read up to 4 MB and a minute; other rates are resampled. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <speex/speex_resampler.h>

#include "speech/voice.h"
#include "wire/wav.h"

enum { FILE_BYTES = 4 << 20, PIECE = 1024, CHIME_S = 6, LONGEST_S = 60, BEEP_MS = 400 };

/* A note that fades within a second, as a bell far away. */
static double note(double seconds, double hertz)
{
    return seconds < 0 ? 0
                       : sin(2 * M_PI * hertz * seconds) * exp(-3 * seconds) *
                             (seconds < 0.02 ? seconds / 0.02 : 1);
}

static int chime(const struct voice_sink *sink)
{
    int16_t piece[PIECE];

    for (uint32_t at = 0; at < CHIME_S * sink->rate; at += PIECE) {
        for (uint32_t i = 0; i < PIECE; i++) {
            double seconds = (double)(at + i) / sink->rate;
            piece[i] = (int16_t)(2500 * (note(seconds, 523.25) + note(seconds - 0.6, 659.25)));
        }
        if (!sink->put(sink->context, piece, PIECE))
            return 0;
    }
    return 0;
}

/* "Speak now." Rises and falls within 10 ms, so that it does not click. */
static int beep(const struct voice_sink *sink)
{
    int16_t piece[PIECE];
    uint32_t total = sink->rate * BEEP_MS / 1000, edge = sink->rate / 100;

    for (uint32_t at = 0; at < total; at += PIECE) {
        uint32_t count = total - at < PIECE ? total - at : PIECE;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t from = at + i, to = total - from;
            double loud = from < edge ? (double)from / edge : to < edge ? (double)to / edge : 1;
            piece[i] = (int16_t)(8000 * loud * sin(2 * M_PI * 1000 * from / sink->rate));
        }
        if (!sink->put(sink->context, piece, count))
            return 0;
    }
    return 0;
}

static int play(const struct wav *wav, const struct voice_sink *sink)
{
    int error = 0;
    SpeexResamplerState *resampler =
        speex_resampler_init(1, wav->sample_rate, sink->rate, 5, &error);
    int16_t in[PIECE], out[8 * PIECE];
    uint32_t at = 0, made = 0, count;

    if (!resampler)
        return -ENOMEM;
    while (made < LONGEST_S * sink->rate && (count = wav_samples(wav, 0, at, in, PIECE)) > 0) {
        spx_uint32_t taken = count, given = 8 * PIECE;
        speex_resampler_process_int(resampler, 0, in, &taken, out, &given);
        at += taken;
        made += given;
        if ((taken == 0 && given == 0) || (given && !sink->put(sink->context, out, given)))
            break;
    }
    speex_resampler_destroy(resampler);
    return made ? 0 : -EINVAL;
}

static int speak(const struct voice *voice, const char *words, const struct voice_sink *sink)
{
    bool made = strcmp(words, "chime") == 0 || strcmp(words, "beep") == 0;
    FILE *file = made ? NULL : fopen(words, "re");
    uint8_t *bytes = file ? malloc(FILE_BYTES) : NULL;
    struct wav wav;
    int error;

    (void)voice;
    if (made)
        return strcmp(words, "beep") == 0 ? beep(sink) : chime(sink);
    if (!bytes || !wav_read(bytes, fread(bytes, 1, FILE_BYTES, file), &wav))
        error = chime(sink); /* Better than nothing, for who waits. */
    else
        error = play(&wav, sink);
    free(bytes);
    if (file)
        fclose(file);
    return error;
}

const struct voice voice_music = {.name = "music", .speak = speak, .verbatim = true};
