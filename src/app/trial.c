// SPDX-License-Identifier: Apache-2.0
/* trial.c - a little of a server: the network, one mailbox for what is told, one for the door. */
#include "app/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clip.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"
#include "mind/sample.h"
#include "net/net.h"
#include "speech/voices.h"

enum {
    CLIPS = 64,
    MAIL_BYTES = 1 << 18,
    LIMIT_MS = 60000, /* Over every limit of a provider. */
    LEG = 1,
    WAIT_MS = 5
};

struct trial {
    const struct plan *plan;
    struct net *net;
    struct clip_table *clips;
    struct mailbox *events, *door;
    struct voices *voices;
    uint32_t utterances;
};

int trial_open(struct trial **out, const struct plan *plan, const char *ca_file, char *why,
               uint32_t why_size)
{
    struct trial *trial = calloc(1, sizeof(*trial));
    struct net_options options = {.ca_file = ca_file};
    int result = trial ? net_open(&trial->net, &options, why, why_size) : -ENOMEM;

    if (result == 0)
        result = clip_table_open(&trial->clips, CLIPS);
    if (result == 0)
        result = mailbox_open(&trial->events, "trial", MAIL_BYTES);
    if (result == 0)
        result = mailbox_open(&trial->door, "trial door", MAIL_BYTES);
    if (result == 0) {
        struct voices_options voices = {
            .net = trial->net, .clips = trial->clips, .events = trial->events, .door = trial->door};
        struct voices_plan *copy = voices_plan_new(plan);
        trial->voices = copy ? voices_new(&voices) : NULL;
        if (trial->voices)
            voices_plan(trial->voices, 0, copy);
        else
            result = -ENOMEM;
    }
    if (trial)
        trial->plan = plan;
    *out = trial;
    return result;
}

/* What the door of the speech limb does. */
static void turn_door(struct trial *trial)
{
    uint8_t message[MAX_PACKED];
    struct note note;
    size_t size;

    while ((size = mailbox_take(trial->door, message, sizeof(message))) > 0) {
        memcpy(&note, message, sizeof(note));
        voices_note(trial->voices, &note);
    }
    voices_look(trial->voices, clock_ms());
    mailbox_wait(trial->door, WAIT_MS);
}

void trial_close(struct trial *trial)
{
    uint64_t until_ms = clock_ms() + LIMIT_MS;

    if (!trial)
        return;
    if (trial->voices) {
        voices_cancel_all(trial->voices);
        while (voices_busy(trial->voices) > 0 && clock_ms() < until_ms)
            turn_door(trial);
        voices_free(trial->voices);
    }
    net_close(trial->net);
    if (trial->events)
        mailbox_close(trial->events);
    if (trial->door)
        mailbox_close(trial->door);
    if (trial->clips)
        clip_table_close(trial->clips);
    free(trial);
}

/* The next event that tells of the utterance; false when its time is over. Its texts view
 * `storage`. */
static bool next_event(struct trial *trial, uint64_t until_ms, uint8_t storage[MAX_PACKED],
                       struct event *out)
{
    while (clock_ms() < until_ms) {
        size_t size = mailbox_take(trial->events, storage, MAX_PACKED);
        if (size == 0)
            turn_door(trial);
        else if (event_unpack(storage, size, out) &&
                 (out->kind == SPEECH_READY || out->kind == SPEECH_FAILED) &&
                 out->speech.utterance == trial->utterances)
            return true;
    }
    return false;
}

static void fail(struct trial_result *out, struct text why)
{
    out->good = false;
    text_copy(out->why, sizeof(out->why), why);
    out->cure = trial_cure(why);
}

/* Until it is whole, or fails in its middle. */
static void hear_out(struct trial *trial, uint32_t clip, uint64_t asked_ms,
                     struct trial_result *out)
{
    uint64_t until_ms = asked_ms + LIMIT_MS;
    uint8_t storage[MAX_PACKED];
    struct clip_view view;
    struct event event;

    while (clip_read(trial->clips, clip, &view) && !view.finished && clock_ms() < until_ms)
        turn_door(trial);
    out->total_ms = (uint32_t)(clock_ms() - asked_ms);
    out->sound_ms = view.size / (SAMPLE_RATE / 1000);
    out->good = view.finished;
    while (voices_busy(trial->voices) > 0 && clock_ms() < until_ms)
        turn_door(trial);
    if (next_event(trial, clock_ms() + 1, storage, &event))
        fail(out, event.speech.why);
}

void trial_voice(struct trial *trial, uint32_t provider, struct text words,
                 struct trial_result *out)
{
    struct command say = {.kind = SPEECH_SAY, .leg = LEG};
    uint64_t asked_ms = clock_ms();
    uint8_t storage[MAX_PACKED];
    struct event event;

    *out = (struct trial_result){.good = false};
    say.say.utterance = ++trial->utterances;
    say.say.provider = (int32_t)provider;
    say.say.text = words;
    voices_say(trial->voices, &say);
    if (!next_event(trial, asked_ms + LIMIT_MS, storage, &event)) {
        fail(out, TEXT("no answer"));
    } else if (event.kind == SPEECH_FAILED) {
        fail(out, event.speech.why);
    } else {
        uint32_t clip = event.speech.clip;
        out->first_ms = (uint32_t)(event.at_ms > asked_ms ? event.at_ms - asked_ms : 0);
        hear_out(trial, clip, asked_ms, out);
        clip_drop(trial->clips, clip);
    }
}

void trial_model(struct trial *trial, uint32_t provider, struct text words,
                 struct trial_result *out)
{
    char why[TRIAL_WHY];
    struct sample sample;

    *out = (struct trial_result){.good = false};
    sample_model(trial->net, &trial->plan->providers[provider], words, &sample);
    out->good = sample.good;
    out->first_ms = sample.first_ms;
    out->total_ms = sample.total_ms;
    if (sample.good) {
        text_copy(out->text, sizeof(out->text), text_of(sample.text));
        return;
    }
    if (sample.status)
        snprintf(why, sizeof(why), "%u %.200s", sample.status, sample.text);
    else
        snprintf(why, sizeof(why), "%.200s", sample.text);
    fail(out, text_of(why));
}

const char *trial_cure(struct text why)
{
    static const struct {
        const char *sign, *cure;
    } cures[] = {
        {"401", "check its key: providers.NAME.key, and the environment that it is read from"},
        {"403", "its key may not do this: check the account's rights, and the model"},
        {"402", "the account has no credit left"},
        {"404", "check its url (with /v1 where the server has it), model and voice"},
        {"429", "too many requests for this account: set max-sessions, or ask for a higher limit"},
        {"400", "check its model, voice and options"},
        {"422", "check its model, voice and options"},
        {"5", "the vendor has a problem: try again later, and put another behind it in the chain"},
        {"address", "check the name in its url, and the name servers of this machine"},
        {"certificate",
         "check its url, the time of this machine, and who signed its certificate: an authority of "
         "your own belongs into network.ca-file"},
        {"TLS",
         "check its url, the time of this machine, and who signed its certificate: an authority of "
         "your own belongs into network.ca-file"},
        {"SSL", "no TLS is spoken there: check whether its url is https: or http:, and its port"},
        {"node or service", "check the name in its url, and the name servers of this machine"},
        {"connect", "check that it runs, its url, and the firewall"},
        {"MP3", "set its option format to wav or pcm"},
        {"time", "it is slower than its `hard` time: see its load, or raise the time"},
    };

    for (uint32_t i = 0; i < sizeof(cures) / sizeof(cures[0]); i++) {
        struct text sign = text_of(cures[i].sign);
        bool status = sign.data[0] >= '0' && sign.data[0] <= '9';
        if (status ? text_starts(why, sign) : text_find(why, sign) >= 0)
            return cures[i].cure;
    }
    return "see the log of the provider";
}
