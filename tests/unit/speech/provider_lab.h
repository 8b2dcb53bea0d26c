// SPDX-License-Identifier: Apache-2.0
/* provider_lab.h - stand-ins for recognisers in processes of their own, words as sound, and a
 * caller whose ring is filled with them. */
#ifndef TEST_PROVIDER_LAB_H
#define TEST_PROVIDER_LAB_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "speech/voice.h"

static const char *const lab_words[] = {"alpha",  "invoice", "seven",  "garden",
                                        "yellow", "train",   "monday", "kitchen",
                                        "purple", "window",  "engine", "butter"};

enum { LAB_WORDS = 12, LAB_SAMPLES = 2 * 8000 };

struct lab_sound {
    int16_t samples[LAB_SAMPLES];
    uint32_t count;
};

static struct lab_sound lab_sounds[LAB_WORDS];
static char lab_folder[] = "/tmp/offhook-ears-XXXXXX";

static inline bool lab_hear(void *context, const int16_t *samples, uint32_t count)
{
    struct lab_sound *sound = context;

    for (uint32_t i = 0; i < count && sound->count < LAB_SAMPLES; i++)
        sound->samples[sound->count++] = samples[i];
    return true;
}

static inline void lab_number(FILE *file, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(number >> 8 * i & 255), file);
}

static inline void lab_write(const char *word, const struct lab_sound *sound)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/clips/%s.wav", lab_folder, word);
    FILE *file = fopen(path, "wb");
    CHECK(file);
    fputs("RIFF", file);
    lab_number(file, 36 + 2 * sound->count, 4);
    fputs("WAVEfmt ", file);
    lab_number(file, 16, 4), lab_number(file, 1, 2), lab_number(file, 1, 2);
    lab_number(file, 8000, 4), lab_number(file, 16000, 4), lab_number(file, 2, 2);
    lab_number(file, 16, 2);
    fputs("data", file);
    lab_number(file, 2 * sound->count, 4);
    CHECK(fwrite(sound->samples, 2, sound->count, file) == sound->count && fclose(file) == 0);
}

static inline void lab_remove(void)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -rf '%s'", lab_folder);
    CHECK(system(command) == 0);
}

/* Speaks each word once, into files that the stand-ins look for in what they hear. */
static inline void lab_open(void)
{
    const struct voice *voice = voice_find(TEXT("slt"));
    char path[256];

    CHECK(voice_open() == 0 && voice && mkdtemp(lab_folder));
    atexit(lab_remove);
    snprintf(path, sizeof(path), "%s/clips", lab_folder);
    CHECK(mkdir(path, 0700) == 0);
    for (uint32_t i = 0; i < LAB_WORDS; i++) {
        struct voice_sink sink = {.put = lab_hear, .context = &lab_sounds[i], .rate = 8000};
        CHECK(voice->speak(voice, lab_words[i], &sink) == 0 && lab_sounds[i].count > 1600);
        lab_write(lab_words[i], &lab_sounds[i]);
    }
}

struct lab_standin {
    pid_t pid;
    char url[64]; /* Without its scheme. */
};

/* more: members of the script, JSON, with a comma before them. */
static inline void lab_start(struct lab_standin *standin, const char *program, const char *more)
{
    char path[256], said[64] = "";
    int out[2], port = 0;

    snprintf(path, sizeof(path), "%s/script", lab_folder);
    FILE *script = fopen(path, "w");
    CHECK(script);
    fprintf(script, "{\"clips\": \"%s/clips\", \"key\": \"secret\"%s}", lab_folder, more);
    CHECK(fclose(script) == 0 && pipe(out) == 0);
    standin->pid = fork();
    CHECK(standin->pid >= 0);
    if (standin->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(out[1], 1);
        close(out[0]), close(out[1]);
        execl("/usr/bin/python3", "/usr/bin/python3", program, "--script", path, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *file = fdopen(out[0], "r");
    CHECK(file && fgets(said, sizeof(said), file) && sscanf(said, "ready %d", &port) == 1);
    fclose(file);
    snprintf(standin->url, sizeof(standin->url), "127.0.0.1:%d", port);
}

static inline void lab_stop(struct lab_standin *standin)
{
    kill(standin->pid, SIGTERM);
    CHECK(waitpid(standin->pid, NULL, 0) == standin->pid);
    standin->pid = 0;
}

#endif
