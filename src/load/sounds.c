// SPDX-License-Identifier: Apache-2.0
/* sounds.c - WAV files and a synthetic voice, to frames of the codec. */
#include "load/sounds.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/half.h"
#include "base/random.h"
#include "wire/wav.h"

enum {
    FILE_BYTES = 32 << 20,
    MADE_LOOP_S = 10,
    MADE_TURNS = 8,
    SYLLABLE = 2000, /* Samples at 8 kHz: a quarter of a second. */
    PITCH = 67       /* 120 Hz. */
};

/* Sound that a voice detector takes for a voice: low-passed noise with a hum, in syllables; every
 * fourth second is a pause when it is to last. */
static void make_voice(int16_t *out, uint32_t count, uint64_t seed, bool pauses, uint32_t rate)
{
    struct random random = {seed};
    int32_t low = 0;

    for (uint32_t n = 0; n < count; n++) {
        uint32_t i = (uint32_t)((uint64_t)n * 8000 / rate);
        int32_t noise = (int32_t)random_below(&random, 16000) - 8000;
        int32_t buzz = i % (PITCH + seed % 16) < 8 ? 6000 : -800;
        int32_t at = (int32_t)(i % SYLLABLE), size = at < SYLLABLE / 2 ? at : SYLLABLE - at;
        bool pause = pauses && i / 8000 % 4 == 3;
        low += (noise - low) / 4;
        out[n] = pause ? (int16_t)(noise / 400) : (int16_t)((low + buzz) * size / 1000);
    }
}

/* Takes linear sound in. Frames that are quiet at the beginning are left out on request. */
static int add(struct sounds *sounds, const struct load_codec *codec, const int16_t *linear,
               uint32_t frames, bool trim)
{
    uint32_t at = sounds->count, frame_samples = codec->sample_rate / 50, kept = 0;
    uint8_t *bytes = calloc(frames, LOAD_FRAME_BYTES);
    uint16_t *sizes = calloc(frames, sizeof *sizes);
    void *voice = load_voice_new(codec);

    if (!bytes || !sizes || (codec->voice_new && !voice)) {
        load_voice_free(codec, voice);
        free(bytes);
        free(sizes);
        return -ENOMEM;
    }
    sounds->last_loud[at] = 0;
    for (uint32_t i = 0; i < frames; i++) {
        uint8_t *out = bytes + (size_t)kept * LOAD_FRAME_BYTES;
        const int16_t *frame = linear + (size_t)i * frame_samples;
        sizes[kept] = (uint16_t)codec->encode(voice, frame, out);
        bool loud = load_is_loud(frame, frame_samples);
        if (kept == 0 && trim && !loud && i + 1 < frames)
            continue;
        if (loud)
            sounds->last_loud[at] = kept;
        kept++;
    }
    load_voice_free(codec, voice);
    sounds->bytes[at] = bytes;
    sounds->sizes[at] = sizes;
    sounds->frames[at] = kept;
    sounds->count++;
    return 0;
}

static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *bytes = malloc(FILE_BYTES);

    *size = file && bytes ? fread(bytes, 1, FILE_BYTES, file) : 0;
    if (file)
        fclose(file);
    if (*size > 0)
        return bytes;
    free(bytes);
    return NULL;
}

/* Frames of 8 kHz to 16 kHz, in the same memory, of which the second half is read. */
static void widen(int16_t *linear, uint32_t frames)
{
    enum { NARROW = LOAD_FRAME_SAMPLES / 2 };
    struct half_up half = {.past = {0}};

    memmove(linear + (size_t)frames * NARROW, linear, (size_t)frames * NARROW * sizeof *linear);
    for (uint32_t i = 0; i < frames; i++) {
        int16_t frame[NARROW];
        memcpy(frame, linear + (size_t)(frames + i) * NARROW, sizeof frame);
        half_up(&half, frame, linear + (size_t)i * LOAD_FRAME_SAMPLES, NARROW);
    }
}

static int add_file(struct sounds *sounds, const struct load_codec *codec, const char *path,
                    bool trim, char *why, uint32_t why_size)
{
    uint32_t frame_samples = codec->sample_rate / 50, frames;
    int error = -EINVAL;
    size_t size;
    uint8_t *bytes = read_whole(path, &size);
    int16_t *linear = calloc((size_t)SOUNDS_FRAMES * frame_samples, sizeof *linear);
    struct wav wav;

    if (!bytes || !linear) {
        snprintf(why, why_size, "%s cannot be read", path);
    } else if (!wav_read(bytes, size, &wav) || wav.frames < frame_samples) {
        snprintf(why, why_size, "%s is no WAV file with PCM16, mu-law or A-law", path);
    } else if (wav.sample_rate != codec->sample_rate && wav.sample_rate * 2 != codec->sample_rate) {
        snprintf(why, why_size, "%s has %u samples a second; %s wants %u", path, wav.sample_rate,
                 codec->name, codec->sample_rate);
    } else {
        frames = wav.frames / (wav.sample_rate / 50);
        frames = frames < SOUNDS_FRAMES ? frames : SOUNDS_FRAMES;
        wav_samples(&wav, 0, 0, linear, frames * (wav.sample_rate / 50));
        if (wav.sample_rate != codec->sample_rate)
            widen(linear, frames);
        error = add(sounds, codec, linear, frames, trim);
    }
    free(bytes);
    free(linear);
    return error;
}

static int only_wav(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    return size > 4 && strcasecmp(entry->d_name + size - 4, ".wav") == 0;
}

static int add_directory(struct sounds *sounds, const struct load_codec *codec, const char *path,
                         bool trim, char *why, uint32_t why_size)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, only_wav, alphasort), error = count < 0 ? -errno : 0;

    if (count == 0) {
        snprintf(why, why_size, "%s has no .wav files", path);
        error = -ENOENT;
    }
    for (int i = 0; i < count; i++) {
        char file[1024];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (error == 0 && sounds->count < SOUNDS)
            error = add_file(sounds, codec, file, trim, why, why_size);
        free(names[i]);
    }
    free(names);
    return error;
}

static int add_made(struct sounds *sounds, const struct load_codec *codec, bool turns)
{
    uint32_t frame_samples = codec->sample_rate / 50;
    int16_t *linear = calloc((size_t)MADE_LOOP_S * codec->sample_rate, sizeof *linear);
    int error = linear ? 0 : -ENOMEM;

    for (uint32_t i = 0; error == 0 && i < (turns ? MADE_TURNS : 1); i++) {
        uint32_t frames = turns ? 50 + 15 * i : MADE_LOOP_S * 50;
        make_voice(linear, frames * frame_samples, i + 1, !turns, codec->sample_rate);
        error = add(sounds, codec, linear, frames, turns);
    }
    free(linear);
    return error;
}

int sounds_open(struct sounds *sounds, const char *path, bool turns, const struct load_codec *codec,
                char *why, uint32_t why_size)
{
    int16_t nothing[LOAD_FRAME_SAMPLES] = {0};
    void *voice = load_voice_new(codec);
    struct stat status;
    int error;

    *sounds = (struct sounds){.count = 0};
    sounds->quiet_size = (uint16_t)codec->encode(voice, nothing, sounds->quiet);
    load_voice_free(codec, voice);
    if (!path) {
        error = add_made(sounds, codec, turns);
    } else if (stat(path, &status) < 0) {
        error = -errno;
        snprintf(why, why_size, "%s: %s", path, strerror(-error));
    } else if (S_ISDIR(status.st_mode)) {
        error = add_directory(sounds, codec, path, turns, why, why_size);
    } else {
        error = add_file(sounds, codec, path, turns, why, why_size);
    }
    if (error)
        sounds_close(sounds);
    return error;
}

void sounds_close(struct sounds *sounds)
{
    for (uint32_t i = 0; i < sounds->count; i++) {
        free(sounds->bytes[i]);
        free(sounds->sizes[i]);
    }
    sounds->count = 0;
}
