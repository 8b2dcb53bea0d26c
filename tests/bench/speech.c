// SPDX-License-Identifier: Apache-2.0
/* speech.c - how well the embedded recogniser hears at telephone quality, and how fast.
 *
 *   speech_bench PROMPTS.tsv [words|yesno|digits|voices]
 *
 * Every sound passes through mu-law at 8 kHz, in 20 ms frames, as from a call. Words: a language
 * model is made from the odd lines' texts, the even lines' recordings are recognised. Yes/no:
 * flite's five voices. Digits: recorded digits of a person, strung together, and flite's voices.
 * Voices: from the words to the first sound in the clip, leading silence cut. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "speech/agent_lm.h"
#include "speech/recogniser.h"
#include "speech/speech.h"
#include "speech/talker.h"
#include "speech/voice.h"

#define SOUNDS "/usr/share/asterisk/sounds/en_US_f_Allison/"

enum { LONGEST = 60 * SAMPLE_RATE, PROMPTS = 400, WORDS = 200, EDGE = 15 };

struct sound {
    int16_t samples[LONGEST];
    uint32_t count;
};

struct tally {
    uint32_t items, exact, words, errors;
    double audio_ms, busy_ms, end_ms, end_worst_ms, frame_worst_ms, partial_ms;
    uint32_t partials;
};

static struct recogniser *recogniser;
static struct agent_lm lm;
static struct sound sound;

static void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* Appends a 16-bit 8 kHz WAV file. */
static bool append_wav(const char *name)
{
    char path[300];
    uint8_t header[44];

    snprintf(path, sizeof(path), SOUNDS "%s.wav", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    if (fread(header, 1, sizeof(header), file) == sizeof(header))
        sound.count += (uint32_t)fread(sound.samples + sound.count, sizeof(int16_t),
                                       LONGEST - sound.count, file);
    fclose(file);
    return true;
}

static void append_silence(uint32_t frames)
{
    for (uint32_t i = 0; i < frames * FRAME_SAMPLES && sound.count < LONGEST; i++)
        sound.samples[sound.count++] = 0;
}

static void append_speech(struct clip_table *clips, const char *voice, const char *words)
{
    struct clip_view view;
    uint32_t clip;

    if (speech_speak(clips, text_of(voice), false, text_of(words), &clip) < 0 ||
        !clip_read(clips, clip, &view))
        stop("the voice failed");
    memcpy(sound.samples + sound.count, view.linear, view.size * sizeof(int16_t));
    sound.count += view.size;
    clip_drop(clips, clip);
    clip_reap(clips);
}

static double now_ms(void)
{
    return (double)clock_ns() / 1e6;
}

static void hear(struct tally *tally, struct recogniser_heard *heard)
{
    double first_partial_ms = 0;

    if (recogniser->kind->begin(recogniser) < 0)
        stop("the recogniser does not start");
    for (uint32_t at = 0; at + FRAME_SAMPLES <= sound.count; at += FRAME_SAMPLES) {
        uint8_t ulaw[FRAME_SAMPLES];
        int16_t frame[FRAME_SAMPLES];
        double from_ms = now_ms();
        g711_ulaw_encode(sound.samples + at, ulaw, FRAME_SAMPLES);
        g711_ulaw_decode(ulaw, frame, FRAME_SAMPLES);
        recogniser->kind->feed(recogniser, frame, FRAME_SAMPLES, SAMPLE_RATE);
        if (at / FRAME_SAMPLES % 5 == 4 &&
            recogniser->kind->poll(recogniser, heard) == RECOGNISER_PARTIAL &&
            first_partial_ms <= 0)
            first_partial_ms = at / 8.0 - EDGE * FRAME_MS;
        double took_ms = now_ms() - from_ms;
        tally->busy_ms += took_ms;
        tally->frame_worst_ms = took_ms > tally->frame_worst_ms ? took_ms : tally->frame_worst_ms;
    }
    double from_ms = now_ms();
    recogniser->kind->finish(recogniser);
    if (recogniser->kind->poll(recogniser, heard) != RECOGNISER_FINAL)
        stop("no final");
    double end_ms = now_ms() - from_ms;
    tally->end_ms += end_ms;
    tally->end_worst_ms = end_ms > tally->end_worst_ms ? end_ms : tally->end_worst_ms;
    tally->busy_ms += end_ms;
    tally->audio_ms += sound.count / 8.0;
    if (first_partial_ms > 0) {
        tally->partial_ms += first_partial_ms;
        tally->partials++;
    }
}

static uint32_t cut(char *text, const char **words)
{
    uint32_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(text, " ", &rest); word && count < WORDS;
         word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    return count;
}

/* Substitutions, insertions and deletions. */
static uint32_t word_errors(const char *said, const char *heard, uint32_t *said_words)
{
    static uint32_t row[WORDS + 1];
    const char *a[WORDS], *b[WORDS];
    char said_copy[2048], heard_copy[2048];

    snprintf(said_copy, sizeof(said_copy), "%s", said);
    snprintf(heard_copy, sizeof(heard_copy), "%s", heard);
    uint32_t n = cut(said_copy, a), m = cut(heard_copy, b);
    for (uint32_t j = 0; j <= m; j++)
        row[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t best = diagonal + (strcmp(a[i - 1], b[j - 1]) != 0);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    *said_words += n;
    return row[m];
}

static void print(const char *what, const struct tally *tally)
{
    printf("%s: %u utterances, %.1f %% exact, %.1f %% word errors (%u of %u), %.3f of real time, "
           "first partial %.0f ms in, end %.0f ms (worst %.0f), worst frame %.0f ms\n",
           what, tally->items, 100.0 * tally->exact / tally->items,
           100.0 * tally->errors / (tally->words ? tally->words : 1), tally->errors, tally->words,
           tally->busy_ms / tally->audio_ms,
           tally->partials ? tally->partial_ms / tally->partials : 0, tally->end_ms / tally->items,
           tally->end_worst_ms, tally->frame_worst_ms);
}

static void judge(struct tally *tally, const char *name, const char *said)
{
    struct recogniser_heard heard;

    append_silence(EDGE);
    hear(tally, &heard);
    uint32_t errors = word_errors(said, heard.text, &tally->words);
    tally->items++;
    tally->exact += errors == 0;
    tally->errors += errors;
    if (getenv("VERBOSE"))
        printf("%s\t%u\t%u\t%s\t%s\n", name, errors, heard.confidence_permille, said, heard.text);
    sound.count = 0;
    append_silence(EDGE);
}

static void expect(enum expect expected)
{
    struct recogniser_task task = {
        .expect = expected, .model = lm.model, .dictionary = lm.dictionary};

    if (recogniser->kind->expect(recogniser, &task) < 0)
        stop("the recogniser cannot load its model");
    sound.count = 0;
    append_silence(EDGE);
}

struct prompt {
    char *file, *words;
};

static uint32_t read_prompts(const char *path, struct prompt *prompts)
{
    static char line[2048];
    FILE *file = fopen(path, "re");
    uint32_t count = 0;

    if (!file)
        stop("no prompts");
    while (count < PROMPTS && fgets(line, sizeof(line), file)) {
        char *tab = strchr(line, '\t');
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || !tab)
            continue;
        *tab = '\0';
        prompts[count++] = (struct prompt){.file = strdup(line), .words = strdup(tab + 1)};
    }
    fclose(file);
    return count;
}

static void prepare(const struct prompt *prompts, uint32_t count, const char *cache)
{
    static struct text examples[PROMPTS];
    struct plan_intent intent = {.name = TEXT("general"), .examples = examples};
    struct plan_agent agent = {.name = TEXT("bench"), .intents = &intent, .intent_count = 1};
    struct plan plan = {.agents = &agent, .agent_count = 1};
    char why[200];

    for (uint32_t i = 0; i < count; i += 2)
        examples[intent.example_count++] = text_of(prompts[i].words);
    double from_ms = now_ms();
    if (agent_lm_prepare(&plan, cache, &lm, why, sizeof(why)) < 0)
        stop(why);
    printf("language model: %.1f s\n", (now_ms() - from_ms) / 1000);
}

static void bench_words(const struct prompt *prompts, uint32_t count)
{
    struct tally tally = {0};

    expect(EXPECT_FREE);
    for (uint32_t i = 1; i < count; i += 2) {
        if (!append_wav(prompts[i].file))
            stop("install asterisk-core-sounds-en-wav");
        judge(&tally, prompts[i].file, prompts[i].words);
    }
    print("words", &tally);
}

static const char *const voices[] = {"slt", "rms", "awb", "kal16", "kal"};

static void bench_yes_no(struct clip_table *clips)
{
    static const char *const answers[] = {
        "yes",       "yeah",         "yep",          "yes please",   "yes that's right",
        "correct",   "sure",         "that's right", "no",           "nope",
        "no thanks", "no thank you", "not really",   "that's wrong",
    };
    struct tally tally = {0};
    uint32_t right = 0;

    expect(EXPECT_YES_NO);
    for (uint32_t i = 0; i < 70; i++) {
        struct recogniser_heard heard;
        const char *said = answers[i % 14];
        bool yes = i % 14 < 8;
        append_speech(clips, voices[i / 14], said);
        append_silence(EDGE);
        hear(&tally, &heard);
        struct text text = text_of(heard.text);
        bool no_heard = text_starts(text, TEXT("no")) || text_find(text, TEXT("wrong")) >= 0 ||
                        text_find(text, TEXT("not")) >= 0 || text_starts(text, TEXT("nah"));
        bool good = heard.text[0] && no_heard != yes;
        right += good;
        tally.items++;
        if (getenv("VERBOSE"))
            printf("%s\t%d\t%u\t%s\t%s\n", voices[i / 14], good, heard.confidence_permille, said,
                   heard.text);
        sound.count = 0;
        append_silence(EDGE);
    }
    print("yes/no", &tally);
    printf("yes/no: %u of %u right (%.1f %%)\n", right, tally.items, 100.0 * right / tally.items);
}

static const char *const digit_words[] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};

static void bench_digits(struct clip_table *clips)
{
    struct tally person = {0}, voice = {0};
    uint32_t state = 12345;

    expect(EXPECT_DIGITS);
    for (uint32_t i = 0; i < 80; i++) {
        char said[256] = "", spoken[256] = "", name[16];
        uint32_t length = 4 + i % 5;
        for (uint32_t j = 0; j < length; j++) {
            state = state * 1664525u + 1013904223u;
            uint32_t digit = (state >> 24) % 10;
            snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s", j ? " " : "",
                     digit_words[digit]);
            snprintf(spoken + strlen(spoken), sizeof(spoken) - strlen(spoken), "%s%s",
                     j == 0       ? ""
                     : j % 3 == 0 ? ", "
                                  : " ",
                     digit_words[digit]);
            snprintf(name, sizeof(name), "digits/%u", digit);
            if (i < 40 && !append_wav(name))
                stop("install asterisk-core-sounds-en-wav");
        }
        if (i >= 40)
            append_speech(clips, voices[i % 5], spoken);
        judge(i < 40 ? &person : &voice, i < 40 ? "person" : voices[i % 5], said);
    }
    print("digits, a person's", &person);
    print("digits, flite's voices", &voice);
}

static double first_sound_ms;

static bool on_growth(void *context, uint32_t cut)
{
    (void)context;
    (void)cut;
    if (first_sound_ms <= 0)
        first_sound_ms = now_ms();
    return true;
}

static void bench_voices(struct clip_table *clips)
{
    static const char words[] =
        "I see a charge of $12.50 on invoice 4512. Would you like me to explain it?";
    struct talker_growth growth = {.grown = on_growth};

    for (uint32_t i = 0; i < 5; i++) {
        double first = 0, all = 0, length = 0;
        for (uint32_t round = 0; round < 10; round++) {
            struct clip_view view;
            uint32_t clip = clip_new(clips, LONGEST);
            double from_ms = now_ms();
            first_sound_ms = 0;
            if (!clip ||
                talker_speak(clips, clip, voice_find(text_of(voices[i])), false, text_of(words),
                             &growth) < 0 ||
                !clip_read(clips, clip, &view))
                stop("the voice failed");
            first += first_sound_ms - from_ms;
            all += now_ms() - from_ms;
            length += view.size / 8.0;
            clip_drop(clips, clip);
            clip_reap(clips);
        }
        printf("voice %s: first sound %.0f ms, %.3f of real time\n", voices[i], first / 10,
               all / length);
    }
}

int main(int argc, char **argv)
{
    static struct prompt prompts[PROMPTS];
    char cache[] = "/tmp/speech-bench-XXXXXX", why[200];
    struct recogniser_sphinx *sphinx;
    struct clip_table *clips;

    if (argc < 2)
        stop("speech_bench PROMPTS.tsv [words|yesno|digits|voices]");
    const char *only = argc > 2 ? argv[2] : "";
    uint32_t count = read_prompts(argv[1], prompts);
    if (!mkdtemp(cache) || recogniser_sphinx_open(&sphinx, why, sizeof(why)) < 0 ||
        clip_table_open(&clips, 16) < 0)
        stop("cannot start");
    const struct recogniser_source *source = recogniser_sphinx_source(sphinx);
    if (speech_voice_known(TEXT("slt"), NULL) && source->open(source, &recogniser) < 0)
        stop("no recogniser");
    append_speech(clips, "kal", "ready"); /* Loads the voices, for guesses too. */
    prepare(prompts, count, getenv("BENCH_CACHE") ? getenv("BENCH_CACHE") : cache);
    if (!*only || strcmp(only, "words") == 0)
        bench_words(prompts, count);
    if (!*only || strcmp(only, "yesno") == 0)
        bench_yes_no(clips);
    if (!*only || strcmp(only, "digits") == 0)
        bench_digits(clips);
    if (!*only || strcmp(only, "voices") == 0)
        bench_voices(clips);
    recogniser->kind->close(recogniser);
    recogniser_sphinx_close(sphinx);
    clip_table_close(clips);
    if (getenv("BENCH_CACHE"))
        return 0;
    unlink(lm.model);
    unlink(lm.dictionary);
    rmdir(cache);
    return 0;
}
