// SPDX-License-Identifier: Apache-2.0
/* talker.c - one utterance at a time, with an eye on the mail between two pieces of sound. */
#include "speech/talker.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/command.h"
#include "speech/note.h"
#include "speech/prompts.h"
#include "speech/say.h"
#include "speech/trim.h"

enum {
    MAIL_BYTES = 1 << 20,
    LONGEST_SAMPLES = 120 * SAMPLE_RATE, /* MAX_UTTERANCE bytes are about 80 s. */
    REAP_EVERY_MS = 200,
    BYTES_A_SAMPLE = 2,      /* At 8 kHz; */
    BYTES_A_WIDE_SAMPLE = 6, /* and two at 16 kHz. */
    FIGURES_THREAD = 0
};

struct utterance {
    uint32_t call, leg, utterance; /* All 0: a prompt made in advance. */
    const struct voice *voice;
    bool wide;
    uint32_t size;
    char words[MAX_UTTERANCE];
};

struct talker {
    struct talker_options options;
    struct mailbox *mail;
    pthread_t thread;
    bool ending;
    struct utterance waiting[TALKER_WAITING];
    uint32_t waiting_count;
    struct utterance now; /* Being spoken. */
    uint32_t now_clip;
    bool now_ready, now_cancelled;
    struct note_figures figures;
    struct prompts prompts;
};

static bool is_prime(const struct utterance *utterance)
{
    return utterance->leg == 0;
}

static struct text words_of(const struct utterance *utterance)
{
    return (struct text){.data = utterance->words, .size = utterance->size};
}

static void post_ready(struct talker *talker, const struct utterance *utterance, uint32_t clip,
                       uint32_t cut_ms, bool cached)
{
    struct event event = {.kind = SPEECH_READY, .call = utterance->call, .leg = utterance->leg};

    if (is_prime(utterance))
        return;
    event.speech.utterance = utterance->utterance;
    event.speech.clip = clip;
    event.speech.cut_ms = cut_ms;
    event.speech.cached = cached;
    clip_hold(talker->options.clips, clip); /* The event's reference. */
    if (!note_post_event(talker->options.events, &event))
        clip_drop(talker->options.clips, clip);
    talker->figures.spoken++;
    talker->figures.spoken_cached += cached;
}

static void post_failed(struct talker *talker, const struct utterance *utterance, const char *why)
{
    struct event event = {.kind = SPEECH_FAILED, .call = utterance->call, .leg = utterance->leg};

    log_line(LOG_WARN, "speech", "an utterance could not be spoken: %s", why);
    if (is_prime(utterance))
        return;
    event.speech.utterance = utterance->utterance;
    event.speech.why = text_of(why);
    note_post_event(talker->options.events, &event);
}

static bool answer_kept(struct talker *talker, const struct utterance *utterance)
{
    struct prompt *prompt =
        prompts_find(&talker->prompts, utterance->voice, utterance->wide, words_of(utterance));

    if (!prompt)
        return false;
    post_ready(talker, utterance, prompt->clip, prompt->cut_ms, true);
    return true;
}

static bool waits_already(const struct talker *talker, const struct voice *voice, struct text words)
{
    for (uint32_t i = 0; i < talker->waiting_count; i++) {
        const struct utterance *waiting = &talker->waiting[i];
        if (is_prime(waiting) && waiting->voice == voice && text_equal(words_of(waiting), words))
            return true;
    }
    return false;
}

/* Prompts made in advance wait once, and leave places for callers. */
static bool is_needless(struct talker *talker, const struct command *command)
{
    if (command->leg != 0)
        return false;
    if (waits_already(talker, talker->options.find(command->say.voice), command->say.text))
        return true;
    if (talker->waiting_count < TALKER_PRIMES)
        return false;
    log_line(LOG_DEBUG, "speech", "no room to make a prompt in advance");
    return true;
}

static void on_say(struct talker *talker, const struct command *command)
{
    if (is_needless(talker, command))
        return;
    if (talker->waiting_count == TALKER_WAITING) {
        struct utterance refused = {
            .call = command->call, .leg = command->leg, .utterance = command->say.utterance};
        post_failed(talker, &refused, "too many utterances are waiting");
        return;
    }
    struct utterance *utterance = &talker->waiting[talker->waiting_count];
    utterance->call = command->call;
    utterance->leg = command->leg;
    utterance->utterance = command->say.utterance;
    utterance->voice = talker->options.find(command->say.voice);
    utterance->wide = command->say.wide;
    utterance->size =
        command->say.text.size < MAX_UTTERANCE ? command->say.text.size : MAX_UTTERANCE;
    memcpy(utterance->words, command->say.text.data, utterance->size);
    if (!utterance->voice)
        post_failed(talker, utterance, "there is no such voice");
    else if (!answer_kept(talker, utterance))
        talker->waiting_count++;
}

static void on_cancel(struct talker *talker, uint32_t leg)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < talker->waiting_count; i++) {
        if (talker->waiting[i].leg == leg)
            continue;
        if (kept != i)
            talker->waiting[kept] = talker->waiting[i];
        kept++;
    }
    talker->waiting_count = kept;
    if (talker->now_clip && talker->now.leg == leg && !talker->now_ready)
        talker->now_cancelled = true;
}

static void on_note(struct talker *talker, const struct note *note)
{
    if (note->kind == NOTE_END) {
        talker->ending = true;
    } else if (note->kind == NOTE_FIGURES) {
        struct note answer = {.figures = talker->figures};
        answer.figures.thread = FIGURES_THREAD;
        answer.figures.round = note->round;
        answer.figures.cache_bytes = talker->prompts.bytes;
        note_post(talker->options.figures, &answer, NOTE_FIGURES);
    }
}

static void take_mail(struct talker *talker)
{
    uint8_t message[MAX_PACKED];
    struct command command;
    struct note note;
    size_t size;

    while ((size = mailbox_take(talker->mail, message, sizeof(message))) > 0) {
        if (note_is(message, size)) {
            memcpy(&note, message, sizeof(note));
            on_note(talker, &note);
        } else if (command_unpack(message, size, &command)) {
            if (command.kind == SPEECH_SAY)
                on_say(talker, &command);
            else if (command.kind == SPEECH_CANCEL)
                on_cancel(talker, command.leg);
        }
    }
}

/* What a caller waits for goes before prompts made in advance. */
static bool next_utterance(struct talker *talker)
{
    uint32_t chosen = 0;

    if (talker->waiting_count == 0)
        return false;
    for (uint32_t i = 0; i < talker->waiting_count; i++) {
        if (!is_prime(&talker->waiting[i])) {
            chosen = i;
            break;
        }
    }
    talker->now = talker->waiting[chosen];
    talker->waiting_count--;
    memmove(&talker->waiting[chosen], &talker->waiting[chosen + 1],
            (talker->waiting_count - chosen) * sizeof(talker->waiting[0]));
    return true;
}

/* The clip has grown. The first time it becomes known: to the caller, and as a prompt to keep. */
static bool on_growth(void *context, uint32_t cut)
{
    struct talker *talker = context;
    uint32_t cut_ms = cut * 1000 / SAMPLE_RATE;

    if (!talker->now_ready)
        take_mail(talker); /* What was cancelled before its first sound is not told. */
    if (!talker->now_ready && !talker->now_cancelled) {
        clip_hold(talker->options.clips, talker->now_clip);
        if (!prompts_put(&talker->prompts, talker->now.voice, talker->now.wide,
                         words_of(&talker->now), talker->now_clip, cut_ms))
            clip_drop(talker->options.clips, talker->now_clip);
        post_ready(talker, &talker->now, talker->now_clip, cut_ms, false);
        talker->now_ready = true;
    }
    take_mail(talker);
    return !talker->now_cancelled && !talker->ending;
}

static uint32_t new_clip(struct talker *talker)
{
    uint32_t clip = clip_new(talker->options.clips, LONGEST_SAMPLES);

    while (!clip && prompts_drop_oldest(&talker->prompts)) {
        clip_reap(talker->options.clips);
        clip = clip_new(talker->options.clips, LONGEST_SAMPLES);
    }
    return clip;
}

static void speak_now(struct talker *talker)
{
    struct clip_table *clips = talker->options.clips;
    struct talker_growth growth = {.grown = on_growth, .context = talker};
    struct clip_view view;

    if (answer_kept(talker, &talker->now)) /* It waited behind the same words. */
        return;
    talker->now_clip = new_clip(talker);
    talker->now_ready = talker->now_cancelled = false;
    if (!talker->now_clip) {
        post_failed(talker, &talker->now, "no room for its sound");
        return;
    }
    int result = talker_speak(clips, talker->now_clip, talker->now.voice, talker->now.wide,
                              words_of(&talker->now), &growth);
    if (talker->now_ready && result == 0 && !talker->ending &&
        clip_read(clips, talker->now_clip, &view))
        prompts_finish(&talker->prompts, talker->now_clip,
                       (uint64_t)view.size * (view.wide ? BYTES_A_WIDE_SAMPLE : BYTES_A_SAMPLE));
    else
        prompts_remove(&talker->prompts, talker->now_clip);
    if (!talker->now_ready && !talker->now_cancelled && !talker->ending)
        post_failed(talker, &talker->now,
                    result == -ENODATA ? "its words have no sound" : "the voice failed");
    clip_drop(clips, talker->now_clip);
    talker->now_clip = 0;
}

static void *run(void *context)
{
    struct talker *talker = context;

    pthread_setname_np(pthread_self(), "talker");
    while (!talker->ending) {
        take_mail(talker);
        if (!talker->ending && next_utterance(talker)) {
            speak_now(talker);
            continue;
        }
        if (!talker->ending)
            mailbox_wait(talker->mail, REAP_EVERY_MS);
        clip_reap(talker->options.clips);
    }
    return NULL;
}

int talker_start(struct talker **out, const struct talker_options *options)
{
    struct talker *talker = calloc(1, sizeof(*talker));
    int result;

    if (!talker)
        return -ENOMEM;
    talker->options = *options;
    prompts_init(&talker->prompts, options->clips, options->cache_bytes);
    /* Full: the limb's door waits for room, see note_post(). */
    result = mailbox_open(&talker->mail, "talker", MAIL_BYTES);
    if (result < 0)
        goto out;
    result = -pthread_create(&talker->thread, NULL, run, talker);
    if (result < 0)
        mailbox_close(talker->mail);
out:
    if (result < 0)
        free(talker);
    else
        *out = talker;
    return result;
}

void talker_stop(struct talker *talker)
{
    struct note note = {0};

    note_post(talker->mail, &note, NOTE_END);
    pthread_join(talker->thread, NULL);
    prompts_release(&talker->prompts);
    clip_reap(talker->options.clips);
    mailbox_close(talker->mail);
    free(talker);
}

struct mailbox *talker_mailbox(struct talker *talker)
{
    return talker->mail;
}

void talker_prime(struct talker *talker, struct text voice, struct text words)
{
    struct command command = {.kind = SPEECH_SAY};

    command.say.voice = voice;
    command.say.text = words;
    if (command_post(talker->mail, &command) != MAILBOX_OK)
        log_line(LOG_DEBUG, "speech", "no room to make a prompt in advance");
}

/* From the trim into the clip. */
struct recording {
    struct clip_table *clips;
    uint32_t clip, size;
    const struct trim *trim;
    const struct talker_growth *growth;
    bool stopped;
};

static bool record(void *context, const int16_t *samples, uint32_t count)
{
    struct recording *recording = context;

    if (recording->trim->scale == 2)
        recording->stopped =
            !clip_append_wide(recording->clips, recording->clip, samples, count / 2);
    else
        recording->stopped = !clip_append(recording->clips, recording->clip, samples, count);
    recording->size += count;
    if (!recording->stopped && recording->growth)
        recording->stopped =
            !recording->growth->grown(recording->growth->context, recording->trim->cut);
    return !recording->stopped;
}

int talker_speak(struct clip_table *clips, uint32_t clip, const struct voice *voice, bool wide,
                 struct text words, const struct talker_growth *growth)
{
    struct trim trim;
    struct recording recording = {.clips = clips, .clip = clip, .trim = &trim, .growth = growth};
    uint32_t rate = wide ? 2 * SAMPLE_RATE : SAMPLE_RATE;
    struct voice_sink sink = {.put = trim_put, .context = &trim, .rate = rate};
    char spoken[4 * MAX_UTTERANCE];
    struct text_buffer sentence;
    int result = 0;

    trim_init(&trim, (struct voice_sink){.put = record, .context = &recording, .rate = rate});
    text_buffer_init(&sentence, spoken, sizeof(spoken));
    while (result == 0 && !recording.stopped && say_next(&words, &sentence)) {
        result = voice->speak(voice, spoken, &sink);
        text_buffer_init(&sentence, spoken, sizeof(spoken));
    }
    if (!recording.stopped)
        trim_finish(&trim);
    clip_finish(clips, clip);
    return result == 0 && recording.size == 0 && !recording.stopped ? -ENODATA : result;
}
