// SPDX-License-Identifier: Apache-2.0
/* gate_report.c - how soon the voice gate opens for human speech, and how often for what is none.
 *
 * gate_report DIRECTORY... : every 8, 16 or 48 kHz 16-bit mono WAV in them, up to 400 a directory,
 * each after 700 ms of line noise, at -23 dBFS of speech and at three noise levels. An onset is the
 * first 10 ms within 30 dB of the clip's loudest 10 ms; what is told is the time from there to the
 * end of the frame that opened the gate. */
#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/gate.h"

enum { LONGEST = 8000 * 20, LEAD = 5600, MOST_CLIPS = 4000 };

static int16_t clip[LONGEST], line[LONGEST + LEAD];
static uint64_t chance = 88172645463325252ull;

static double noise(void) /* About normal, variance 1. */
{
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        sum += (double)(chance >> 11) / 9007199254740992.0;
    }
    return sum - 6.0;
}

static int16_t clamp(double v)
{
    return (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

static uint32_t read_wav(const char *path)
{
    static uint8_t bytes[4 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (size < 44 || memcmp(bytes, "RIFF", 4) != 0 || bytes[22] != 1 || bytes[34] != 16)
        return 0;
    uint32_t rate = bytes[24] | bytes[25] << 8 | bytes[26] << 16, step = rate / 8000;
    if (rate % 8000 != 0 || step < 1 || step > 6)
        return 0;
    const uint8_t *data = bytes + 44;
    uint32_t have = (uint32_t)(size - 44) / 2, count = 0;
    for (uint32_t i = 0; i + 32 * step < have && count < LONGEST; i += step) {
        double sum = 0, weight = 0;
        for (int k = 0; k < (int)(16 * step); k++) { /* Windowed sinc, 3.6 kHz. */
            double t = k - 8.0 * step + 0.5 * (step == 1 ? 1 : 0) - 0.5 * (step == 1 ? 1 : 0);
            double w = step == 1
                           ? (k == 8)
                           : (t == 0 ? 1 : sin(M_PI * 0.9 * t / step) / (M_PI * 0.9 * t / step)) *
                                 (0.5 + 0.5 * cos(M_PI * t / (8.0 * step)));
            const uint8_t *p = data + 2 * (i + k);
            sum += w * (int16_t)(p[0] | p[1] << 8);
            weight += w;
        }
        clip[count++] = clamp(sum / (weight != 0 ? weight : 1));
    }
    return count;
}

/* Scales to -23 dBFS where there is speech. Returns the onset, or -1 when there is nothing to hear.
 */
static int32_t measure(uint32_t count)
{
    double peak = 0, sum = 0, most = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i + 80 <= count; i += 80) {
        double e = 0;
        for (int k = 0; k < 80; k++)
            e += (double)clip[i + k] * clip[i + k];
        if (e > most)
            most = e;
    }
    if (most < 80.0 * 300 * 300)
        return -1;
    int32_t onset = -1;
    for (uint32_t i = 0; i + 80 <= count; i += 80) {
        double e = 0;
        for (int k = 0; k < 80; k++)
            e += (double)clip[i + k] * clip[i + k];
        if (e < most * 1e-3)
            continue;
        if (onset < 0)
            onset = (int32_t)i;
        sum += e;
        n += 80;
    }
    double gain = 32768 * 0.0708 / sqrt(sum / n);
    for (uint32_t i = 0; i < count; i++) {
        clip[i] = clamp(clip[i] * gain);
        peak = fmax(peak, fabs((double)clip[i]));
    }
    return onset;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void report_speech(char **directories, int directory_count, double noise_db)
{
    static int delays[MOST_CLIPS], ends[MOST_CLIPS];
    int known = 0, missed = 0, early = 0;
    double level = 32768 * pow(10, noise_db / 20);

    for (int d = 0; d < directory_count; d++) {
        struct dirent **names;
        int found = scandir(directories[d], &names, NULL, alphasort);
        for (int f = 0, used = 0; f < found && used < 400 && known < MOST_CLIPS; f++) {
            char path[600];
            snprintf(path, sizeof path, "%s/%s", directories[d], names[f]->d_name);
            uint32_t count = strstr(path, ".wav") ? read_wav(path) : 0;
            int32_t onset = count > 4000 ? measure(count) : -1;
            if (onset < 0)
                continue;
            used++;
            for (uint32_t i = 0; i < LEAD + count; i++)
                line[i] = clamp((i < LEAD ? 0 : clip[i - LEAD]) + level * noise());
            struct gate gate;
            gate_init(&gate);
            int opened = -1, edge = 0;
            for (uint32_t i = 0; i + FRAME_SAMPLES <= LEAD + count && opened < 0;
                 i += FRAME_SAMPLES) {
                if (gate_frame(&gate, line + i) == GATE_OPENED) {
                    opened = (int)(i + FRAME_SAMPLES);
                    edge = opened - (int)gate.edge_samples;
                }
            }
            if (opened < 0)
                missed++;
            else if (opened < LEAD + onset)
                early++;
            else {
                ends[known] = (edge - LEAD - onset) / 8;
                delays[known++] = (opened - LEAD - onset) / 8;
            }
        }
    }
    qsort(delays, known, sizeof *delays, compare);
    qsort(ends, known, sizeof *ends, compare);
    if (known)
        printf("speech, noise %.0f dBFS: %d clips, onset median %d ms, p90 %d ms, missed %d, "
               "before the onset %d; "
               "edge told %d .. %d .. %d ms from it\n",
               noise_db, known + missed + early, delays[known / 2], delays[known * 9 / 10], missed,
               early, ends[known / 10], ends[known / 2], ends[known * 9 / 10]);
}

struct sound {
    const char *name;
    double frequency[3]; /* Together; or in turn when `turn`. */
    double db;           /* Of each. */
    int on_ms, off_ms;
    bool turn;
    int noise_kind; /* 1 white, 2 pink, 3 brown, 4 white in steps, 5 babble of clicks, 6 hum */
};

static const struct sound sounds[] = {
    {.name = "dial tone (US)", .frequency = {350, 440}, .db = -16, .on_ms = 60000},
    {.name = "dial tone (EU)", .frequency = {425}, .db = -13, .on_ms = 60000},
    {.name = "busy (US)", .frequency = {480, 620}, .db = -19, .on_ms = 500, .off_ms = 500},
    {.name = "ringback (US)", .frequency = {440, 480}, .db = -19, .on_ms = 2000, .off_ms = 4000},
    {.name = "ringback (EU)", .frequency = {425}, .db = -15, .on_ms = 1000, .off_ms = 4000},
    {.name = "ringback (UK)", .frequency = {400, 450}, .db = -19, .on_ms = 400, .off_ms = 200},
    {.name = "special information",
     .frequency = {950, 1400, 1800},
     .db = -15,
     .on_ms = 330,
     .turn = true},
    {.name = "fax calling", .frequency = {1100}, .db = -12, .on_ms = 500, .off_ms = 3000},
    {.name = "modem answer", .frequency = {2100}, .db = -12, .on_ms = 3300, .off_ms = 500},
    {.name = "keys", .frequency = {770, 1336}, .db = -13, .on_ms = 100, .off_ms = 100},
    {.name = "white noise", .db = -35, .noise_kind = 1},
    {.name = "pink noise", .db = -35, .noise_kind = 2},
    {.name = "brown noise", .db = -30, .noise_kind = 3},
    {.name = "noise in steps", .db = -40, .noise_kind = 4},
    {.name = "clicks", .db = -30, .noise_kind = 5},
    {.name = "mains hum", .db = -25, .noise_kind = 6},
};

static double noise_of(const struct sound *sound, uint32_t i)
{
    static double brown, pink[3];
    double level = 32768 * pow(10, sound->db / 20), w = noise();
    switch (sound->noise_kind) {
    case 1:
        return level * w;
    case 2:
        pink[0] = 0.99765 * pink[0] + w * 0.0990460;
        pink[1] = 0.96300 * pink[1] + w * 0.2965164;
        pink[2] = 0.57000 * pink[2] + w * 1.0526913;
        return level * 0.6 * (pink[0] + pink[1] + pink[2] + w * 0.1848);
    case 3:
        brown = 0.98 * brown + w * 0.2;
        return level * brown;
    case 4: /* Every three seconds 15 dB up or down. */
        return level * w * ((i / 24000) % 2 ? 5.6 : 1.0);
    case 5:
        return i % 1700 < 24 ? level * 4 * w : level * 0.03 * w;
    case 6:
        return level * (sin(2 * M_PI * 50 * i / 8000) + 0.3 * sin(2 * M_PI * 150 * i / 8000) +
                        0.1 * sin(2 * M_PI * 250 * i / 8000));
    default:
        return 0;
    }
}

static void report_sound(const struct sound *sound)
{
    struct gate gate;
    int openings = 0, open_frames = 0;
    double level = 32768 * pow(10, sound->db / 20) * M_SQRT2;

    gate_init(&gate);
    for (uint32_t frame = 0; frame < 3000; frame++) { /* A minute. */
        int16_t samples[FRAME_SAMPLES];
        for (uint32_t k = 0; k < FRAME_SAMPLES; k++) {
            uint32_t i = frame * FRAME_SAMPLES + k;
            double v = 6 * noise(); /* A line is never silent. */
            int at_ms = (int)(i / 8) - 700;
            if (at_ms >= 0 && sound->noise_kind)
                v += noise_of(sound, i);
            else if (at_ms >= 0 && at_ms % (sound->on_ms + sound->off_ms) < sound->on_ms)
                for (int f = 0; f < 3; f++)
                    if (sound->frequency[f] > 0 && (!sound->turn || f == at_ms / sound->on_ms % 3))
                        v += level * sin(2 * M_PI * sound->frequency[f] * i / 8000);
            samples[k] = clamp(v);
        }
        enum gate_result result = gate_frame(&gate, samples);
        openings += result == GATE_OPENED;
        open_frames += gate.open;
    }
    printf("%-20s %3d false openings a minute, open %4.1f %% of the time\n", sound->name, openings,
           open_frames / 30.0);
}

static double cost_us(double level)
{
    struct gate gate;
    struct timespec a, b;
    int16_t samples[50][FRAME_SAMPLES];

    gate_init(&gate);
    for (int f = 0; f < 50; f++)
        for (int k = 0; k < FRAME_SAMPLES; k++)
            samples[f][k] = clamp(level * noise() * (f % 5 ? 1 : 0.01));
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int n = 0; n < 100000; n++)
        gate_frame(&gate, samples[n % 50]);
    clock_gettime(CLOCK_MONOTONIC, &b);
    return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 100000 / 1e3;
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 3; i++)
        report_speech(argv + 1, argc - 1, (double[]){-65, -50, -40}[i]);
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        report_sound(&sounds[i]);
    printf("cost: %.2f us a loud frame, %.2f us a silent one\n", cost_us(3000), cost_us(3));
    return 0;
}
