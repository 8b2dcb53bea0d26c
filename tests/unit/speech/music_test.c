// SPDX-License-Identifier: Apache-2.0
/* music_test.c - files of every kind made into music: level, seam, frames, changes, and damage. */
#include <math.h>
#include <opus/opus.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "check.h"
#include "core/command.h"
#include "core/event.h"
#include "speech/music.h"
#include "speech/music_clip.h"

enum { BYTES_MOST = 1 << 21 };

#ifdef __SANITIZE_ADDRESS__
/* Of a damaged Ogg file libsndfile 1.2.0 keeps what libvorbis took: its leak, not ours. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:vorbis_info_init";
}
#endif

static char folder[] = "/tmp/offhook-music-XXXXXX";
static char path[256];

static const struct kind {
    const char *name;
    int format, rate, channels;
} kinds[] = {
    {"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2},
    {"ulaw.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1},
    {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 22050, 1},
    {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2},
    {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2},
    {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const char *path_of(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A whole number of periods: a circle without a seam. */
static void write_tone(const char *name, int format, int rate, int channels, double seconds,
                       double hertz, double level)
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path_of(name), SFM_WRITE, &info);
    float frame[8];

    CHECK(file != NULL);
    for (int i = 0; i < (int)(seconds * rate); i++) {
        for (int channel = 0; channel < channels; channel++)
            frame[channel] = (float)(level * sin(2 * M_PI * hertz * i / rate));
        CHECK(sf_writef_float(file, frame, 1) == 1);
    }
    sf_close(file);
}

static double level_db(const int16_t *samples, uint32_t count)
{
    double sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += (double)samples[i] * samples[i];
    return 10 * log10(sum / count / 32767 / 32767 + 1e-12);
}

static void every_kind_of_file_becomes_as_loud_as_the_others(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        for (double level = 0.02; level < 1; level *= 6) {
            struct music_sound sound;
            char why[MUSIC_WHY] = "";
            write_tone(kind->name, kind->format, kind->rate, kind->channels, 2, 440, level);
            if (!music_read(path_of(kind->name), &sound, why))
                printf("   %s: %s\n", kind->name, why);
            CHECK(sound.samples && !sound.cut && sound.count % MUSIC_FRAME == 0);
            CHECK(abs((int)sound.count - 2 * MUSIC_RATE) <= MUSIC_RATE / 10);
            CHECK(fabs(level_db(sound.samples, sound.count) - MUSIC_LEVEL_DB) < 1);
            free(sound.samples);
        }
        CHECK(unlink(path) == 0);
    }
}

/* The steps from one sample to the next, over the seam too. */
static void the_end_goes_over_into_the_beginning(void)
{
    static const int rates[] = {8000, 11025, 16000, 22050, 44100, 48000};

    for (uint32_t i = 0; i < 6; i++) {
        struct music_sound sound;
        char why[MUSIC_WHY];
        int32_t inside = 0;
        double seconds =
            (rates[i] * 3 / 25 * 25 + 175.5) / rates[i]; /* Whole periods, no frames. */
        write_tone("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, rates[i], 1, seconds, rates[i] / 25.0,
                   0.3);
        CHECK(music_read(path_of("a.wav"), &sound, why));
        for (uint32_t at = 2; at < sound.count; at++) {
            int32_t bend =
                abs(sound.samples[at] - 2 * sound.samples[at - 1] + sound.samples[at - 2]);
            inside = bend > inside ? bend : inside;
        }
        for (uint32_t at = sound.count; at < sound.count + 2; at++) {
            int32_t seam =
                abs(sound.samples[at % sound.count] - 2 * sound.samples[(at - 1) % sound.count] +
                    sound.samples[(at - 2) % sound.count]);
            CHECK(seam <= inside + 3);
        }
        free(sound.samples);
    }
    CHECK(unlink(path) == 0);
}

static bool fails(const char *file, const char *part)
{
    struct music_sound sound;
    char why[MUSIC_WHY] = "";
    bool read = music_read(file, &sound, why);

    if (read)
        free(sound.samples);
    return !read && strstr(why, part);
}

static void what_is_no_music_is_told_in_words(void)
{
    FILE *file = fopen(path_of("text.mp3"), "w");

    CHECK(file && fputs("this is no sound at all, but words", file) >= 0 && fclose(file) == 0);
    CHECK(fails(path, "cannot be read as WAV, MP3, FLAC or Ogg"));
    CHECK(unlink(path) == 0);
    CHECK(fails(path, "No such file"));
    CHECK(fails(folder, "cannot be read"));
    write_tone("quiet.wav", kinds[0].format, 8000, 1, 1, 440, 0);
    CHECK(fails(path, "it is silent"));
    write_tone("quiet.wav", kinds[0].format, 8000, 1, 0.1, 440, 0.5);
    CHECK(fails(path, "less than 0.2 s"));
    write_tone("quiet.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2000, 1, 1, 440, 0.5);
    CHECK(fails(path, "1 channels of 2000 Hz"));
    CHECK(unlink(path) == 0);
}

/* Cut off, and bytes changed at random: whatever comes of it is sound, or a reason. */
static void damaged_files_do_no_harm(void)
{
    static uint8_t bytes[BYTES_MOST], hurt[BYTES_MOST];
    uint64_t state = 11;

    for (uint32_t i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        write_tone("whole", kind->format, kind->rate, kind->channels, 0.5, 440, 0.3);
        FILE *file = fopen(path, "r");
        size_t size = file ? fread(bytes, 1, BYTES_MOST, file) : 0;
        CHECK(size > 0 && size < BYTES_MOST && fclose(file) == 0);
        for (uint32_t turn = 0; turn < 60; turn++) {
            struct music_sound sound;
            char why[MUSIC_WHY] = "";
            size_t length = turn % 3 == 0 ? check_random(&state) % size : size;
            memcpy(hurt, bytes, size);
            for (uint32_t k = 0; k < turn % 20; k++)
                hurt[check_random(&state) % (turn % 2 ? 200 : size)] =
                    (uint8_t)check_random(&state);
            file = fopen(path_of("hurt"), "w");
            CHECK(file && fwrite(hurt, 1, length, file) == length && fclose(file) == 0);
            bool read = music_read(path, &sound, why);
            CHECK(read ? sound.count > 0 && sound.count % MUSIC_FRAME == 0 : why[0] != 0);
            free(sound.samples);
            CHECK(unlink(path) == 0);
        }
        CHECK(unlink(path_of("whole")) == 0);
    }
}

/* ---- The thread ---- */

static struct clip_table *clips;
static struct mailbox *events;
static struct music *music;

static uint32_t ask(const char *what)
{
    static uint32_t utterance;
    uint8_t bytes[MAX_PACKED];
    struct command say = {.kind = SPEECH_SAY, .call = 1, .leg = 5};
    struct event event;
    size_t size;

    say.say.utterance = ++utterance;
    say.say.voice = TEXT("music");
    say.say.text = text_of(what);
    CHECK(command_post(music_mailbox(music), &say) == MAILBOX_OK);
    while ((size = mailbox_take(events, bytes, sizeof bytes)) == 0)
        mailbox_wait(events, -1);
    CHECK(event_unpack(bytes, size, &event) && event.kind == SPEECH_READY);
    CHECK(event.speech.utterance == utterance && event.leg == 5);
    clip_drop(clips, event.speech.clip); /* It is kept by the list while it is the present one. */
    return event.speech.clip;
}

static double heard_db(uint32_t clip)
{
    static int16_t wide[MUSIC_RATE], narrow[8000];
    struct clip_view view;
    OpusDecoder *opus;
    int error, got = 0;

    CHECK(clip_read(clips, clip, &view) && view.finished && view.size % FRAME_SAMPLES == 0);
    CHECK(view.wide && view.forms[CLIP_G722] && view.forms[CLIP_OPUS]);
    CHECK(view.frame_bytes[CLIP_G722] == 160 && view.frame_bytes[CLIP_OPUS] == 60);
    opus = opus_decoder_create(MUSIC_RATE, 1, &error);
    for (uint32_t i = 0; i < 25; i++)
        got += opus_decode(opus, view.forms[CLIP_OPUS] + 60 * (size_t)i, 60, wide + got,
                           MUSIC_FRAME, 0);
    opus_decoder_destroy(opus);
    CHECK(got == 25 * MUSIC_FRAME);
    memcpy(narrow, view.linear, 4000 * sizeof *narrow);
    double difference = level_db(wide + 1600, 4000) - level_db(narrow + 800, 2000);
    CHECK(fabs(difference) < 1.5);
    return level_db(narrow + 800, 2000);
}

static void a_list_is_made_once_and_again_when_it_changed(void)
{
    char list[256];

    CHECK(clip_table_open(&clips, 64) == 0 && mailbox_open(&events, "core", 65536) == 0);
    CHECK(music_start(&music, clips, events) == 0);
    uint32_t chime = ask("");
    CHECK(ask("chime") == chime && ask("/nowhere/at/all.mp3") == chime);
    struct clip_view view;
    CHECK(clip_read(clips, ask("beep"), &view) && view.size == 3200);
    write_tone("b.wav", kinds[0].format, 16000, 1, 1, 440, 0.3);
    snprintf(list, sizeof list, "%s", folder);
    uint32_t one = ask(list);
    CHECK(one != chime && ask(list) == one);
    CHECK(fabs(heard_db(one) - MUSIC_LEVEL_DB) < 1);
    write_tone("c.opus", kinds[4].format, 48000, 1, 1, 880, 0.1);
    CHECK(ask(list) == one); /* Nobody has said that it is another. */
    music_prime(music, text_of(list));
    uint32_t two = ask(list);
    CHECK(two != one && clip_read(clips, two, &view) && view.size > 15000 && view.size < 17000);
    CHECK(unlink(path_of("b.wav")) == 0 && unlink(path_of("c.opus")) == 0);
    music_prime(music, text_of(list));
    CHECK(ask(list) == two); /* Better the old one than none. */
    music_stop(music);
    CHECK(clip_reap(clips) > 0);
    clip_table_close(clips);
    mailbox_close(events);
}

static void what_is_wrong_is_told_by_file(void)
{
    struct music_fault faults[MUSIC_FAULTS_MOST];

    CHECK(music_check(folder, faults) == 1 && strstr(faults[0].why, "no file in this folder"));
    write_tone("good.wav", kinds[0].format, 16000, 1, 1, 440, 0.3);
    CHECK(music_check(folder, faults) == 0 && music_check(path, faults) == 0);
    FILE *file = fopen(path_of("bad.wav"), "w");
    CHECK(file && fclose(file) == 0);
    CHECK(music_check(folder, faults) == 1 && strcmp(faults[0].file, path) == 0);
    CHECK(unlink(path) == 0 && unlink(path_of("good.wav")) == 0);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    RUN(every_kind_of_file_becomes_as_loud_as_the_others);
    RUN(the_end_goes_over_into_the_beginning);
    RUN(what_is_no_music_is_told_in_words);
    RUN(damaged_files_do_no_harm);
    RUN(what_is_wrong_is_told_by_file);
    RUN(a_list_is_made_once_and_again_when_it_changed);
    CHECK(rmdir(folder) == 0);
    return 0;
}
