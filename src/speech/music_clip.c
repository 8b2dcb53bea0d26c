// SPDX-License-Identifier: Apache-2.0
/* music_clip.c - files strung together, encoded round and round. */
#include "speech/music_clip.h"

#include "base/limits.h" /* Before spandsp, which has a macro of a name of ours. */

#include <dirent.h>
#include <math.h>
#include <opus/opus.h>
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    CHIME_S = 6,
    BEEP_MS = 400,
    LEAD = 10, /* Frames of the end that an encoder hears before the beginning. */
    G722_RATE = 64000,
    G722_BYTES = 160,
    OPUS_RATE = 24000,
    OPUS_BYTES = OPUS_RATE / 8 / 50,
    OPUS_EFFORT = 9,
    BYTES_A_SAMPLE = 6,
    BYTES_A_FRAME = G722_BYTES + OPUS_BYTES
};

/* ---- Files ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool add_name(struct music_files *files, const char *folder, const char *name)
{
    int size = snprintf(files->names[files->count], sizeof files->names[0], "%s%s%s", folder,
                        folder[0] ? "/" : "", name);

    if (size <= 0 || size >= (int)sizeof files->names[0])
        return false;
    files->count++;
    return true;
}

bool music_files(const char *path, struct music_files *out)
{
    DIR *folder = opendir(path);

    *out = (struct music_files){.names = calloc(MUSIC_FILES_MOST, sizeof *out->names)};
    if (!out->names) {
        if (folder)
            closedir(folder);
        return false;
    }
    if (!folder)
        return add_name(out, "", path);
    for (struct dirent *entry; (entry = readdir(folder)) && out->count < MUSIC_FILES_MOST;) {
        if (entry->d_name[0] != '.' && entry->d_type != DT_DIR)
            (void)!add_name(out, path, entry->d_name);
    }
    closedir(folder);
    qsort(out->names, out->count, sizeof *out->names, by_name);
    return true;
}

static uint64_t stir(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 1099511628211ull;
    return hash;
}

uint64_t music_stamp(const char *path)
{
    uint64_t hash = 14695981039346656037ull;
    uint32_t there = 0;
    struct music_files files;

    if (!music_files(path, &files))
        return 0;
    for (uint32_t i = 0; i < files.count; i++) {
        struct stat status;
        if (stat(files.names[i], &status) != 0)
            continue;
        there++;
        hash = stir(hash, files.names[i], strlen(files.names[i]));
        hash = stir(hash, &status.st_mtim, sizeof status.st_mtim);
        hash = stir(hash, &status.st_size, sizeof status.st_size);
        hash = stir(hash, &status.st_ino, sizeof status.st_ino);
    }
    free(files.names);
    return there > 0 ? hash | 1 : 0;
}

static void append(struct music_sound *all, struct music_sound *one)
{
    int16_t *longer = realloc(all->samples, ((size_t)all->count + one->count + 1) * sizeof *longer);

    if (longer) {
        memcpy(longer + all->count, one->samples, one->count * sizeof *longer);
        all->samples = longer;
        all->count += one->count;
    }
    free(one->samples);
}

static void read_all(const struct music_files *files, music_tell *tell, void *context,
                     struct music_sound *all)
{
    const uint32_t most = MUSIC_LONGEST_S * MUSIC_RATE;
    char why[MUSIC_WHY];

    for (uint32_t i = 0; i < files->count && all->count < most; i++) {
        struct music_sound one;
        if (!music_read(files->names[i], &one, why)) {
            tell(context, files->names[i], why);
            continue;
        }
        if (one.cut)
            tell(context, files->names[i], "it is longer than five minutes: the rest is left out");
        append(all, &one);
    }
    if (all->count > most)
        all->count = most;
}

/* ---- Forms ---- */

static const int16_t *frame_at(const struct music_sound *sound, uint32_t number)
{
    return sound->samples + number % (sound->count / MUSIC_FRAME) * MUSIC_FRAME;
}

static void encode_g722(struct clip_table *clips, uint32_t clip, const struct music_sound *sound)
{
    uint32_t frames = sound->count / MUSIC_FRAME;
    uint8_t *bytes = malloc((size_t)frames * G722_BYTES);
    g722_encode_state_t *encoder = g722_encode_init(NULL, G722_RATE, 0);
    uint8_t lead[G722_BYTES];

    for (uint32_t i = 0; encoder && bytes && i < frames + LEAD; i++)
        g722_encode(encoder, i < LEAD ? lead : bytes + (size_t)(i - LEAD) * G722_BYTES,
                    frame_at(sound, i + LEAD * frames - LEAD), MUSIC_FRAME);
    if (encoder && bytes)
        clip_put_form(clips, clip, CLIP_G722, bytes, G722_BYTES);
    else
        free(bytes);
    if (encoder)
        g722_encode_free(encoder);
}

static void encode_opus(struct clip_table *clips, uint32_t clip, const struct music_sound *sound)
{
    uint32_t frames = sound->count / MUSIC_FRAME;
    uint8_t *bytes = malloc((size_t)frames * OPUS_BYTES);
    uint8_t lead[OPUS_BYTES];
    int error = 0;
    OpusEncoder *encoder = opus_encoder_create(MUSIC_RATE, 1, OPUS_APPLICATION_AUDIO, &error);
    bool good = encoder && bytes;

    if (encoder) {
        opus_encoder_ctl(encoder, OPUS_SET_BITRATE(OPUS_RATE));
        opus_encoder_ctl(encoder, OPUS_SET_VBR(0));
        opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(OPUS_EFFORT));
    }
    for (uint32_t i = 0; good && i < frames + LEAD; i++)
        good = opus_encode(encoder, frame_at(sound, i + LEAD * frames - LEAD), MUSIC_FRAME,
                           i < LEAD ? lead : bytes + (size_t)(i - LEAD) * OPUS_BYTES,
                           OPUS_BYTES) == OPUS_BYTES;
    if (good)
        clip_put_form(clips, clip, CLIP_OPUS, bytes, OPUS_BYTES);
    else
        free(bytes);
    if (encoder)
        opus_encoder_destroy(encoder);
}

static uint32_t make(struct clip_table *clips, const struct music_sound *sound, uint64_t *bytes)
{
    uint32_t size = sound->count / 2, clip = clip_new(clips, size);
    uint32_t before = sound->count < MUSIC_FRAME * LEAD ? sound->count : MUSIC_FRAME * LEAD;

    if (!clip)
        return 0;
    clip_precede_wide(clips, clip, sound->samples + sound->count - before, before / 2);
    clip_append_wide(clips, clip, sound->samples, size);
    encode_g722(clips, clip, sound);
    encode_opus(clips, clip, sound);
    clip_finish(clips, clip);
    *bytes = (uint64_t)size * BYTES_A_SAMPLE + (uint64_t)size / FRAME_SAMPLES * BYTES_A_FRAME;
    return clip;
}

uint32_t music_clip(struct clip_table *clips, const char *path, music_tell *tell, void *context,
                    uint64_t *bytes)
{
    struct music_files files;
    struct music_sound all = {0};
    uint32_t clip = 0;

    if (!music_files(path, &files)) {
        free(files.names);
        tell(context, path, "its name is too long, or there is no memory for it");
        return 0;
    }
    read_all(&files, tell, context, &all);
    if (files.count == 0)
        tell(context, path, "there is no file in this folder");
    if (all.count > 0) {
        clip = make(clips, &all, bytes);
        if (!clip)
            tell(context, path, "there is no room for it");
    }
    free(all.samples);
    free(files.names);
    return clip;
}

/* A note that fades within a second, as a bell far away. */
static double note(double seconds, double hertz)
{
    return seconds < 0 ? 0
                       : sin(2 * M_PI * hertz * seconds) * exp(-3 * seconds) *
                             (seconds < 0.02 ? seconds / 0.02 : 1);
}

static double chime_at(uint32_t i)
{
    double seconds = (double)i / MUSIC_RATE;

    return 2500 * (note(seconds, 523.25) + note(seconds - 0.6, 659.25));
}

/* Rises and falls within 10 ms, so that it does not click. */
static double beep_at(uint32_t i)
{
    uint32_t left = MUSIC_RATE * BEEP_MS / 1000 - i, edge = MUSIC_RATE / 100;
    double loud = i < edge ? (double)i / edge : left < edge ? (double)left / edge : 1;

    return 8000 * loud * sin(2 * M_PI * 1000 * i / MUSIC_RATE);
}

static uint32_t of_function(struct clip_table *clips, double (*at)(uint32_t i), uint32_t count)
{
    struct music_sound sound = {.count = count, .samples = malloc(count * sizeof(int16_t))};
    uint64_t bytes;
    uint32_t clip;

    if (!sound.samples)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        sound.samples[i] = (int16_t)at(i);
    clip = make(clips, &sound, &bytes);
    free(sound.samples);
    return clip;
}

uint32_t music_chime(struct clip_table *clips)
{
    return of_function(clips, chime_at, CHIME_S * MUSIC_RATE);
}

uint32_t music_beep(struct clip_table *clips)
{
    return of_function(clips, beep_at, MUSIC_RATE * BEEP_MS / 1000);
}
