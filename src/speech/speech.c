// SPDX-License-Identifier: Apache-2.0
/* speech.c - the limb's door: one thread that hands each command to the listener or the talker.
 *
 * A leg is given to the listener with the fewest legs when SPEECH_LISTEN comes, and stays there
 * until SPEECH_STOP. Commands of one leg keep their order on their way to either thread. */
#include "speech/speech.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/urgency.h"
#include "core/command.h"
#include "speech/agent_lm.h"
#include "speech/hearers.h"
#include "speech/hearers_warm.h"
#include "speech/listener.h"
#include "speech/music.h"
#include "speech/note.h"
#include "speech/prime.h"
#include "speech/recogniser.h"
#include "speech/seats.h"
#include "speech/voices.h"
#include "speech/talker.h"
#include "speech/voice.h"

enum {
    MAIL_BYTES = 1 << 22, /* Full: the core's command is refused and the call fails; never seen. Two
                             notes for each of VOICES_AT_ONCE fit in half of it. */
    FIGURES_BYTES = 1 << 14,
    FIGURES_WAIT_MS = 250,
    DOOR_THREAD = SEATS_WORKERS + 1
};

struct speech {
    struct speech_options options;
    struct mailbox *mail, *events, *figures;
    pthread_t door;
    struct recogniser_sphinx *sphinx;
    struct talker *talker;
    struct music *music;
    struct voices *voices;
    struct listener *listeners[SEATS_WORKERS];
    uint32_t worker_count;
    /* The door's. */
    struct seats seats;
    bool ending;
    uint64_t looked_ms;
    /* speech_figures()'s: last heard from each thread. */
    struct note_figures last[SEATS_WORKERS + 2];
    uint32_t figures_round;
    struct hearers_warm *warm[MAX_PLANS]; /* Of whoever prepares plans. */
};

static void refuse(struct speech *speech, const struct command *command)
{
    struct event event = {.kind = SPEECH_FAILED, .call = command->call, .leg = command->leg};

    event.speech.why = TEXT("no recogniser is free");
    event.speech.provider = command->listen.provider;
    note_post_event(speech->events, &event);
}

/* Where the command goes; NULL when it went nowhere. */
static struct mailbox *route(struct speech *speech, const struct command *command)
{
    if (command->kind == SPEECH_SAY && command->say.provider != PROVIDER_EMBEDDED) {
        voices_say(speech->voices, command);
        return NULL;
    }
    if (command->kind == SPEECH_SAY && text_equal(command->say.voice, TEXT("music")))
        return music_mailbox(speech->music);
    if (command->kind == SPEECH_CANCEL)
        voices_cancel(speech->voices, command->leg);
    if (command->kind == SPEECH_SAY || command->kind == SPEECH_CANCEL)
        return talker_mailbox(speech->talker);
    if (command->kind == CLIP_DROP) {
        clip_drop(speech->options.clips, command->clip.clip);
        return NULL;
    }
    uint32_t worker = seats_worker(&speech->seats, command);
    if (worker == SEATS_NONE) {
        refuse(speech, command);
        return NULL;
    }
    return listener_mailbox(speech->listeners[worker]);
}

static void hand_on(struct mailbox *mailbox, const uint8_t *message, size_t size)
{
    enum mailbox_result result;

    while ((result = mailbox_post(mailbox, message, size)) == MAILBOX_FULL)
        clock_sleep_until_ns(clock_ns() + 1000000);
    assert(result == MAILBOX_OK);
}

static void answer_figures(struct speech *speech, uint32_t round)
{
    struct voices_figures figures;
    struct note answer = {.figures = {.thread = DOOR_THREAD, .round = round}};

    voices_figures(speech->voices, &figures);
    answer.figures.spoken = figures.spoken;
    answer.figures.spoken_cached = figures.cached;
    answer.figures.cache_bytes = figures.cache_bytes;
    note_post(speech->figures, &answer, NOTE_FIGURES);
}

static void on_note(struct speech *speech, const struct note *note)
{
    switch ((enum note_kind)note->kind) {
    case NOTE_END:
        speech->ending = true;
        voices_cancel_all(speech->voices);
        return;
    case NOTE_FIGURES:
        answer_figures(speech, note->round);
        return;
    case NOTE_VOICES:
        voices_plan(speech->voices, note->voices.plan, note->voices.voices);
        return;
    case NOTE_VOICED:
        voices_note(speech->voices, note);
        return;
    case NOTE_MODEL:
    case NOTE_FORGET:
    case NOTE_HEARERS:
    case NOTE_HEARD:
        return;
    }
}

static void on_command(struct speech *speech, const uint8_t *message, size_t size)
{
    struct command command;

    if (!command_unpack(message, size, &command))
        return;
    struct mailbox *mailbox = route(speech, &command);
    if (mailbox)
        hand_on(mailbox, message, size);
}

/* Utterances that fall silent are noticed also under a flood of mail. */
static void look(struct speech *speech)
{
    uint64_t now_ms = clock_ms();

    if (voices_busy(speech->voices) == 0 || now_ms < speech->looked_ms + VOICES_LOOK_MS)
        return;
    speech->looked_ms = now_ms;
    voices_look(speech->voices, now_ms);
}

static void *run_door(void *context)
{
    struct speech *speech = context;
    uint8_t message[MAX_PACKED];
    struct note note;
    size_t size;

    pthread_setname_np(pthread_self(), "speech");
    urgency_take(URGENCY_TURN);
    while (!speech->ending || voices_busy(speech->voices) > 0) {
        look(speech);
        size = mailbox_take(speech->mail, message, sizeof(message));
        if (size == 0) {
            mailbox_wait(speech->mail, voices_busy(speech->voices) > 0 ? VOICES_LOOK_MS : -1);
        } else if (note_is(message, size)) {
            memcpy(&note, message, sizeof(note));
            on_note(speech, &note);
        } else if (!speech->ending) {
            on_command(speech, message, size);
        }
    }
    return NULL;
}

static int start_threads(struct speech *speech)
{
    uint32_t workers = speech->options.workers;
    struct talker_options speaking = {.clips = speech->options.clips,
                                      .events = speech->events,
                                      .figures = speech->figures,
                                      .cache_bytes = speech->options.cache_bytes / 2,
                                      .find = voice_find};
    struct voices_options network = {.net = speech->options.net,
                                     .clips = speech->options.clips,
                                     .events = speech->events,
                                     .door = speech->mail,
                                     .cache_bytes = speech->options.cache_bytes / 2};
    int result = talker_start(&speech->talker, &speaking);

    if (result == 0)
        result = music_start(&speech->music, speech->options.clips, speech->events);
    speech->voices = voices_new(&network);
    if (!speech->voices && result == 0)
        result = -ENOMEM;
    workers = workers < 1 ? 1 : workers > SEATS_WORKERS ? SEATS_WORKERS : workers;
    for (uint32_t i = 0; i < workers && result == 0; i++) {
        struct listener_options listening = {
            .number = i + 1,
            .legs = MAX_RINGS,
            .net = speech->options.net,
            .rings = speech->options.rings,
            .clips = speech->options.clips,
            .answers = speech->options.answers,
            .events = speech->events,
            .figures = speech->figures,
            .source = recogniser_sphinx_source(speech->sphinx),
            .detector = speech->options.detector,
            .runtime = speech->options.runtime,
        };
        result = listener_start(&speech->listeners[i], &listening);
        if (result == 0)
            speech->worker_count++;
    }
    return result;
}

static void stop_threads(struct speech *speech)
{
    for (uint32_t i = 0; i < speech->worker_count; i++)
        listener_stop(speech->listeners[i]);
    if (speech->voices)
        voices_free(speech->voices);
    if (speech->music)
        music_stop(speech->music);
    if (speech->talker)
        talker_stop(speech->talker);
    if (speech->sphinx)
        recogniser_sphinx_close(speech->sphinx);
    if (speech->mail)
        mailbox_close(speech->mail);
    if (speech->figures)
        mailbox_close(speech->figures);
}

int speech_open(struct speech **out, const struct speech_options *options, struct mailbox *events,
                char *why, uint32_t why_size)
{
    struct speech *speech = calloc(1, sizeof(*speech));
    int result = speech ? 0 : -ENOMEM;

    why[0] = '\0';
    if (result == 0) {
        speech->options = *options;
        speech->events = events;
        if (speech->options.places > MAX_RECOGNISERS)
            speech->options.places = MAX_RECOGNISERS;
        result = voice_open();
    }
    if (result == 0)
        result = mailbox_open(&speech->mail, "speech", MAIL_BYTES);
    if (result == 0)
        result = mailbox_open(&speech->figures, "speech figures", FIGURES_BYTES);
    if (result == 0)
        result = recogniser_sphinx_open(&speech->sphinx, why, why_size);
    if (result == 0)
        result = start_threads(speech);
    if (result == 0)
        seats_init(&speech->seats, speech->worker_count, speech->options.places);
    if (result == 0)
        result = -pthread_create(&speech->door, NULL, run_door, speech);
    if (result == 0) {
        *out = speech;
        return 0;
    }
    if (!why[0])
        snprintf(why, why_size, "speech cannot start: %s", strerror(-result));
    if (speech)
        stop_threads(speech);
    free(speech);
    return result;
}

void speech_close(struct speech *speech)
{
    struct note note = {0};

    note_post(speech->mail, &note, NOTE_END);
    pthread_join(speech->door, NULL);
    stop_threads(speech);
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        hearers_warm_free(speech->warm[i], speech->options.net);
    free(speech);
}

static int post_voices(struct speech *speech, uint32_t slot, const struct plan *plan)
{
    struct note note = {.voices = {.plan = slot, .voices = voices_plan_new(plan)}};

    if (!note.voices.voices)
        return -ENOMEM;
    return note_post(speech->mail, &note, NOTE_VOICES) ? 0 : -EBUSY;
}

static int hand_out_hearers(struct speech *speech, uint32_t slot, const struct plan *plan)
{
    hearers_warm_free(speech->warm[slot], speech->options.net);
    speech->warm[slot] = hearers_warm_new(plan, speech->options.net);
    for (uint32_t worker = 0; worker < speech->worker_count; worker++) {
        struct note note = {.hearers = {.plan = slot, .hearers = hearers_new(plan)}};
        if (!note.hearers.hearers)
            return -ENOMEM;
        hearers_warm_tell(speech->warm[slot], note.hearers.hearers);
        if (!note_post(listener_mailbox(speech->listeners[worker]), &note, NOTE_HEARERS))
            return -EBUSY;
    }
    return 0;
}

static void prime_music(struct music *music, const struct plan *plan)
{
    if (plan->music.size > 0)
        music_prime(music, plan->music);
    for (uint32_t i = 0; i < plan->queue_count; i++) {
        if (plan->queues[i].music.size > 0)
            music_prime(music, plan->queues[i].music);
    }
}

int speech_prepare(struct speech *speech, uint32_t slot, const struct plan *plan, char *why,
                   uint32_t why_size)
{
    struct agent_lm *models = calloc(plan->agent_count + 1u, sizeof(*models));
    int result = -ENOMEM;

    assert(slot < MAX_PLANS);
    if (models)
        result = agent_lm_prepare(plan, speech->options.cache_dir, models, why, why_size);
    else
        snprintf(why, why_size, "no memory for language models");
    if (result == 0)
        result = post_voices(speech, slot, plan);
    for (uint32_t i = 0; i < plan->agent_count && result == 0; i++) {
        struct note note = {0};
        note.model.plan = slot;
        note.model.agent = i;
        memcpy(note.model.model, models[i].model, sizeof(note.model.model));
        memcpy(note.model.dictionary, models[i].dictionary, sizeof(note.model.dictionary));
        for (uint32_t worker = 0; worker < speech->worker_count; worker++) {
            if (!note_post(listener_mailbox(speech->listeners[worker]), &note, NOTE_MODEL))
                result = -EBUSY;
        }
        prime_agent(speech->talker, speech->mail, slot, &plan->agents[i]);
    }
    free(models);
    prime_music(speech->music, plan);
    if (result == 0 && plan->provider_count > 0)
        result = hand_out_hearers(speech, slot, plan);
    if (result < 0 && !why[0])
        snprintf(why, why_size, "the speech limb cannot take the plan: %s", strerror(-result));
    return result;
}

void speech_forget(struct speech *speech, uint32_t slot)
{
    struct note note = {.plan = slot}, voices = {.voices = {.plan = slot}};

    note_post(speech->mail, &voices, NOTE_VOICES);
    for (uint32_t worker = 0; worker < speech->worker_count; worker++)
        note_post(listener_mailbox(speech->listeners[worker]), &note, NOTE_FORGET);
    hearers_warm_free(speech->warm[slot], speech->options.net);
    speech->warm[slot] = NULL;
}

struct mailbox *speech_mailbox(struct speech *speech, uint32_t leg)
{
    (void)leg; /* The door knows which thread has it. */
    return speech->mail;
}

static void ask_figures(struct speech *speech)
{
    struct note ask = {.round = ++speech->figures_round};

    note_post(talker_mailbox(speech->talker), &ask, NOTE_FIGURES);
    note_post(speech->mail, &ask, NOTE_FIGURES);
    for (uint32_t i = 0; i < speech->worker_count; i++)
        note_post(listener_mailbox(speech->listeners[i]), &ask, NOTE_FIGURES);
}

/* Threads in the middle of a sentence answer late: their figures of last time stand. */
static void await_figures(struct speech *speech)
{
    uint64_t until_ms = clock_ms() + FIGURES_WAIT_MS;
    uint32_t answers = 0;
    struct note note;

    while (answers < speech->worker_count + 2 && clock_ms() < until_ms) {
        size_t size = mailbox_take(speech->figures, &note, sizeof(note));
        if (size == 0) {
            mailbox_wait(speech->figures, FIGURES_WAIT_MS / 10);
            continue;
        }
        if (note.figures.thread <= DOOR_THREAD)
            speech->last[note.figures.thread] = note.figures;
        answers += note.figures.round == speech->figures_round;
    }
}

void speech_figures(struct speech *speech, struct speech_figures *out)
{
    ask_figures(speech);
    await_figures(speech);
    *out = (struct speech_figures){0};
    for (uint32_t i = 0; i <= DOOR_THREAD; i++) {
        const struct note_figures *last = &speech->last[i];
        out->listening += last->listening;
        out->utterances += last->utterances;
        out->finals += last->finals;
        out->spoken += last->spoken;
        out->spoken_cached += last->spoken_cached;
        out->frames_dropped += last->frames_dropped;
        out->cache_bytes += last->cache_bytes;
    }
}

bool speech_voice_known(struct text name, struct text *names)
{
    if (names)
        *names = voice_names();
    return voice_find(name) != NULL;
}

int speech_speak(struct clip_table *clips, struct text voice, bool wide, struct text words,
                 uint32_t *clip)
{
    const struct voice *found = voice_find(voice);
    int result = voice_open();

    if (result < 0)
        return result;
    if (!found)
        return -ENOENT;
    *clip = clip_new(clips, 120 * SAMPLE_RATE);
    if (!*clip)
        return -ENOMEM;
    result = talker_speak(clips, *clip, found, wide, words, NULL);
    if (result < 0) {
        clip_drop(clips, *clip);
        *clip = 0;
    }
    return result;
}
