// SPDX-License-Identifier: Apache-2.0
/* hearing.c - what is heard of labelled sounds, for the decision who has the floor:
 *
 *   hearing CONFIG AGENT CACHE [-n DB] WAV...
 *
 * -n: with noise as of a street, so many dB below the sound where there is any, before and after it
 * too; its name ends with "+nDB" then.
 * Each sound (8 kHz, 16 bit) passes through mu-law, the gate, the careful detector and the embedded
 * recogniser with the agent's model, in virtual time: a machine under load hears the same. Prints a
 * line for each thing that the core would be told: the sound's name, ms since its beginning, what,
 * how sure (permille), words, and of a final how much it sounds like listening. The final is asked for 300 ms after the voice ended, as manners have
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "base/mailbox.h"
#include "media/gate.h"
#include "speech/agent_lm.h"
#include "speech/ear.h"
#include "speech/speech.h"
#include "street.h"

enum { LONGEST = 60 * SAMPLE_RATE, BEFORE = 100, AFTER = 100, TURN_MS = 300, FROM_MS = 100000 };

static int16_t samples[LONGEST];
static struct gate gate;
static struct ear ear;
static struct mailbox *events;
static char name[80];
static bool told;
static int noise_db; /* 0: none. */

static void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* Of the sound, after BEFORE frames without any; in frames. */
static uint32_t read_wav(const char *path)
{
    const uint32_t from = BEFORE * FRAME_SAMPLES;

    memset(samples, 0, sizeof samples);
    uint32_t count = street_read(path, samples + from, LONGEST / 2);
    if (count == UINT32_MAX)
        stop(path);
    uint32_t all = from + count + AFTER * FRAME_SAMPLES;
    if (noise_db)
        street_add(samples, all, noise_db);
    street_telephone(samples, all);
    return (count + FRAME_SAMPLES - 1) / FRAME_SAMPLES;
}

static void tell_with(int64_t at_ms, const char *what, uint32_t permille, struct text words,
                      uint32_t listening)
{
    told = true;
    printf("%s\t%lld\t%s\t%u\t" TEXT_FORMAT "\t%u\n", name, (long long)at_ms - FROM_MS, what,
           permille, TEXT_ARGS(words), listening);
}

static void tell(int64_t at_ms, const char *what, uint32_t permille, struct text words)
{
    tell_with(at_ms, what, permille, words, 0);
}

/* What the ear has posted. */
static void tell_events(int64_t at_ms)
{
    static uint8_t bytes[MAX_PACKED];
    struct event event;
    size_t size;

    while ((size = mailbox_take(events, bytes, sizeof bytes)) > 0) {
        if (!event_unpack(bytes, size, &event))
            continue;
        if (event.kind == SPEECH_VERDICT)
            tell(at_ms, event.verdict.speech ? "speech" : "noise",
                 event.verdict.probability_permille, TEXT_EMPTY);
        else if (event.kind == SPEECH_PARTIAL)
            tell(at_ms, "partial", 0, event.heard.text);
        else if (event.kind == SPEECH_FINAL)
            tell_with(at_ms, "final", event.heard.confidence_permille, event.heard.text,
                      event.heard.listening);
    }
}

static void hear(uint32_t frames)
{
    int64_t ended_ms = 0;

    gate_init(&gate);
    ear_open(&ear, 1, 1, 1, 1);
    ear.own->kind->afresh(ear.own);
    told = false;
    for (uint32_t i = 0; i < BEFORE + frames + AFTER; i++) {
        const int16_t *sound = samples + (size_t)i * FRAME_SAMPLES;
        int64_t at_ms = FROM_MS + ((int64_t)i + 1 - BEFORE) * FRAME_MS;
        struct audio_frame frame = {.at_ms = (uint64_t)at_ms, .epoch = 1, .rate = SAMPLE_RATE};
        enum gate_result edge = gate_frame(&gate, sound);

        if (edge == GATE_OPENED)
            tell(at_ms, "voice", gate.edge_samples / 8, TEXT_EMPTY);
        if (edge == GATE_CLOSED)
            tell(at_ms, "quiet", gate.edge_samples / 8, TEXT_EMPTY);
        if (edge == GATE_CLOSED)
            ended_ms = at_ms - gate.edge_samples / 8;
        memcpy(frame.samples, sound, FRAME_SAMPLES * sizeof *sound);
        frame.flags = gate.open ? AUDIO_VOICED : 0;
        ear_frame(&ear, &frame);
        ear_news(&ear);
        tell_events(at_ms);
        if (gate.open || ended_ms == 0 || at_ms < ended_ms + TURN_MS)
            continue;
        ear_finish(&ear, 1);
        ear_news(&ear);
        tell_events(at_ms);
        ended_ms = 0;
    }
    ear_forget(&ear);
    ear_close(&ear);
    if (!told)
        tell(FROM_MS, "nothing", 0, TEXT_EMPTY);
}

static void prepare(const struct config *config, const char *agent, const char *cache)
{
    const struct plan *plan = &config->plan;
    static struct agent_lm models[MAX_AGENTS];
    static struct recogniser_sphinx *sphinx;
    char why[300];
    uint32_t at = 0;

    while (at < plan->agent_count && !text_equal(plan->agents[at].name, text_of(agent)))
        at++;
    if (at == plan->agent_count)
        stop("no such agent");
    if (agent_lm_prepare(plan, cache, models, why, sizeof why) < 0 ||
        recogniser_sphinx_open(&sphinx, why, sizeof why) < 0)
        stop(why);
    const struct recogniser_source *source = recogniser_sphinx_source(sphinx);
    struct recogniser_task task = {.model = models[at].model, .dictionary = models[at].dictionary};
    if (source->open(source, &ear.own) < 0 ||
        judge_open(&ear.judge, config->detector, config->detector_runtime) < 0 ||
        mailbox_open(&events, "hearing", 1 << 20) < 0)
        stop("no recogniser");
    ear.events = events;
    ear_open(&ear, 1, 1, 1, 1);
    if (ear_expect(&ear, task) < 0)
        stop("the recogniser cannot load its model");
}

int main(int argc, char **argv)
{
    static struct config_result result;

    if (argc < 5)
        stop("hearing CONFIG AGENT CACHE [-n DB] WAV...");
    config_read(argv[1], &result);
    if (!result.config)
        stop("the configuration cannot be read");
    prepare(result.config, argv[2], argv[3]);
    for (int i = 4; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/');
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) {
            noise_db = atoi(argv[++i]);
            continue;
        }
        snprintf(name, sizeof name, "%s", slash ? slash + 1 : argv[i]);
        name[strcspn(name, ".")] = 0;
        if (noise_db)
            snprintf(name + strlen(name), sizeof name - strlen(name), "+n%d", noise_db);
        hear(read_wav(argv[i]));
        fflush(stdout);
    }
    config_free(&result);
    return 0;
}
