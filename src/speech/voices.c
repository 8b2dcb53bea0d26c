// SPDX-License-Identifier: Apache-2.0
/* voices.c - a list of what is under way, a cache of what was said. */
#include "speech/voices_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { BYTES_A_SAMPLE = 2, BYTES_A_WIDE_SAMPLE = 6, KEY = MAX_UTTERANCE + 3 * MAX_NAME };

/* What the prompts of the network are filed under; what tells them apart is in their words. */
static const struct voice network = {.name = "network"};

struct voices *voices_new(const struct voices_options *options)
{
    struct voices *voices = calloc(1, sizeof(*voices));

    if (!voices)
        return NULL;
    if (lease_table_open(&voices->leases, VOICES_AT_ONCE) < 0) {
        free(voices);
        return NULL;
    }
    voices->options = *options;
    prompts_init(&voices->prompts, options->clips, options->cache_bytes);
    return voices;
}

void voices_free(struct voices *voices)
{
    assert(voices->count == 0);
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        voices_plan(voices, slot, NULL);
    for (uint32_t i = 0; i < VOICES_PRIMES; i++)
        free(voices->primes[i].storage);
    prompts_release(&voices->prompts);
    lease_table_close(voices->leases);
    free(voices);
}

void voices_plan(struct voices *voices, uint32_t slot, struct voices_plan *plan)
{
    assert(slot < MAX_PLANS);
    struct voices_plan *old = voices->plans[slot];

    voices->plans[slot] = plan;
    if (old) {
        if (voices->options.net)
            voices_plan_cool(old, voices->options.net);
        voices_plan_drop(old);
    }
    if (plan && voices->options.net)
        voices_plan_warm(plan, voices->options.net, &voices->scratch);
}

uint32_t voices_busy(const struct voices *voices)
{
    return voices->count;
}

void voices_figures(const struct voices *voices, struct voices_figures *out)
{
    *out = voices->figures;
    out->cache_bytes = voices->prompts.bytes;
}

/* ---- Telling ---- */

static void refuse(struct voices *voices, const struct command *command, const char *why)
{
    struct event event = {.kind = SPEECH_FAILED, .call = command->call, .leg = command->leg};

    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    event.speech.why = text_of(why);
    note_post_event(voices->options.events, &event);
}

static void answer_kept(struct voices *voices, const struct command *command,
                        const struct prompt *prompt)
{
    struct event event = {.kind = SPEECH_READY, .call = command->call, .leg = command->leg};

    if (command->leg == 0)
        return;
    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    event.speech.clip = prompt->clip;
    event.speech.cut_ms = prompt->cut_ms;
    event.speech.cached = true;
    clip_hold(voices->options.clips, prompt->clip); /* The event's reference. */
    if (!note_post_event(voices->options.events, &event))
        clip_drop(voices->options.clips, prompt->clip);
    voices->figures.spoken++;
    voices->figures.cached++;
}

/* ---- What was said before ---- */

static struct text key_of(const struct voices_provider *provider, const struct tts_ask *ask,
                          char storage[KEY])
{
    struct text_buffer key;

    text_buffer_init(&key, storage, KEY);
    text_append_number(&key, provider->hash);
    text_append_char(&key, '\n');
    text_append(&key, text_part(ask->voice, 0, MAX_NAME));
    text_append_char(&key, '\n');
    text_append(&key, text_part(ask->language, 0, MAX_NAME));
    text_append_char(&key, '\n');
    text_append(&key, ask->words);
    return text_view(&key);
}

static void keep(struct voices *voices, struct voicing *voicing, uint32_t cut_ms)
{
    struct clip_table *clips = voices->options.clips;
    const struct voices_provider *provider = &voicing->keeps->providers[voicing->provider];
    char storage[KEY];
    struct clip_view view;
    struct text key = key_of(provider, &voicing->ask, storage);

    if (prompts_find(&voices->prompts, &network, voicing->ask.wide, key) ||
        !clip_read(clips, voicing->clip, &view))
        return;
    clip_hold(clips, voicing->clip);
    if (!prompts_put(&voices->prompts, &network, voicing->ask.wide, key, voicing->clip, cut_ms))
        clip_drop(clips, voicing->clip);
    else
        prompts_finish(&voices->prompts, voicing->clip,
                       (uint64_t)view.size * (view.wide ? BYTES_A_WIDE_SAMPLE : BYTES_A_SAMPLE));
}

/* ---- Beginning ---- */

static void forget(struct voices *voices, struct voicing *voicing)
{
    if (voicing->clip)
        clip_drop(voices->options.clips, voicing->clip);
    if (voicing->lease) {
        lease_retire(voices->leases, voicing->lease);
        lease_free(voices->leases, voicing->lease);
    }
    free(voicing);
}

/* "" when it was begun. */
static const char *begin(struct voices *voices, const struct command *command,
                         const struct tts_ask *ask, struct voices_plan *plan,
                         struct voices_provider *provider)
{
    struct voicing *voicing = voices_make(voices, command, ask, provider);

    if (!voicing || !voicing->clip || !voicing->lease) {
        if (voicing)
            forget(voices, voicing);
        return "no room for its sound";
    }
    enum net_result result = voicing_start(voicing, voices->options.net, &voices->scratch);
    if (result != NET_OK) {
        clip_finish(voices->options.clips, voicing->clip);
        forget(voices, voicing);
        return net_result_names[result];
    }
    voicing->progress_ms = clock_ms();
    voicing->keeps = plan;
    plan->users++;
    provider->running++;
    voicing->next = voices->voicings;
    voices->voicings = voicing;
    voices->count++;
    voices->priming = voices->priming || command->leg == 0;
    return "";
}

static struct text put_text(char **at, struct text t)
{
    struct text copy = {*at, t.size};

    if (t.size > 0)
        memcpy(*at, t.data, t.size);
    *at += t.size;
    return copy;
}

static void put_prime(struct voices *voices, const struct command *command)
{
    uint32_t size = command->say.text.size + command->say.voice.size + command->say.language.size;
    char *at = voices->prime_count < VOICES_PRIMES ? malloc(size + 1) : NULL;

    if (!at)
        return; /* It is spoken when it is needed. */
    struct prime *prime =
        &voices->primes[(voices->prime_first + voices->prime_count++) % VOICES_PRIMES];
    *prime =
        (struct prime){.plan = command->say.plan, .provider = command->say.provider, .storage = at};
    prime->words = put_text(&at, command->say.text);
    prime->voice = put_text(&at, command->say.voice);
    prime->language = put_text(&at, command->say.language);
}

/* Why it cannot be begun; "" when it was, or is there already. */
static const char *try_say(struct voices *voices, const struct command *command)
{
    struct voices_plan *plan =
        command->say.plan < MAX_PLANS ? voices->plans[command->say.plan] : NULL;
    struct voices_provider *provider =
        plan ? voices_plan_provider(plan, command->say.provider) : NULL;
    char storage[KEY];

    if (!provider)
        return "there is no such voice over the network";
    struct tts_ask ask = voices_ask(command, provider);
    struct prompt *prompt =
        prompts_find(&voices->prompts, &network, ask.wide, key_of(provider, &ask, storage));
    if (prompt) {
        answer_kept(voices, command, prompt);
        return "";
    }
    if (!voices->options.net)
        return "the network is not open";
    if (voices->count == VOICES_AT_ONCE)
        return "too many utterances at once";
    if (command->leg == 0 && provider->max_sessions > 0 && /* The core counts those of calls. */
        provider->running >= provider->max_sessions)
        return "as many sessions at once as max-sessions allows";
    return begin(voices, command, &ask, plan, provider);
}

static void next_prime(struct voices *voices)
{
    while (!voices->priming && voices->prime_count > 0) {
        struct prime prime = voices->primes[voices->prime_first];
        struct command command = {.kind = SPEECH_SAY};
        command.say.plan = prime.plan;
        command.say.provider = prime.provider;
        command.say.text = prime.words;
        command.say.voice = prime.voice;
        command.say.language = prime.language;
        voices->primes[voices->prime_first].storage = NULL;
        voices->prime_first = (voices->prime_first + 1) % VOICES_PRIMES;
        voices->prime_count--;
        (void)!try_say(voices, &command);
        free(prime.storage);
    }
}

void voices_say(struct voices *voices, const struct command *command)
{
    if (command->leg == 0) {
        put_prime(voices, command);
        next_prime(voices);
        return;
    }
    const char *why = try_say(voices, command);
    if (why[0])
        refuse(voices, command, why);
}

/* ---- Ending ---- */

/* What could not be spoken ahead is spoken when it is needed: a vendor that is down is not asked
 * for all of an agent's words. */
static void drop_primes(struct voices *voices)
{
    while (voices->prime_count > 0) {
        uint32_t last = (voices->prime_first + --voices->prime_count) % VOICES_PRIMES;
        free(voices->primes[last].storage);
        voices->primes[last].storage = NULL;
    }
}

static void cancel(struct voices *voices, struct voicing *voicing)
{
    if (!lease_retire(voices->leases, voicing->lease))
        return; /* It is over by itself. */
    voicing->cancelled = true;
    voicing_cancel(voicing, voices->options.net, &voices->scratch);
}

void voices_cancel(struct voices *voices, uint32_t leg)
{
    for (struct voicing *voicing = voices->voicings; voicing; voicing = voicing->next) {
        if (voicing->leg == leg && leg != 0)
            cancel(voices, voicing);
    }
}

void voices_cancel_all(struct voices *voices)
{
    drop_primes(voices);
    for (struct voicing *voicing = voices->voicings; voicing; voicing = voicing->next)
        cancel(voices, voicing);
}

static void on_over(struct voices *voices, struct voicing *voicing, const struct note *note)
{
    if (note->voiced.whole) {
        voices->figures.spoken += voicing->leg != 0;
        keep(voices, voicing, note->voiced.cut_ms);
    } else if (voicing->leg == 0) {
        drop_primes(voices);
    }
    voicing_leave(voicing, voices->options.net); /* What is still open of it. */
}

static void on_gone(struct voices *voices, struct voicing *voicing)
{
    struct voicing **at = &voices->voicings;

    while (*at && *at != voicing)
        at = &(*at)->next;
    assert(*at);
    *at = voicing->next;
    voices->count--;
    voicing->keeps->providers[voicing->provider].running--;
    voices_plan_leave(voicing->keeps);
    if (voicing->leg == 0)
        voices->priming = false;
    forget(voices, voicing);
    next_prime(voices);
}

void voices_note(struct voices *voices, const struct note *note)
{
    struct voicing *voicing = note->voiced.voicing;

    if (note->voiced.gone)
        on_gone(voices, voicing);
    else
        on_over(voices, voicing, note);
}

/* The clip says whether there is progress, whatever the way. */
static void look(struct voices *voices, struct voicing *voicing, uint64_t now_ms)
{
    struct clip_view view;

    if (voicing->cancelled || !clip_read(voicing->clips, voicing->clip, &view) || view.finished)
        return;
    if (view.size != voicing->seen) {
        voicing->seen = view.size;
        voicing->progress_ms = now_ms;
        return;
    }
    uint32_t patience = view.size == 0 ? voicing->hard_ms : VOICES_IDLE_MS;
    if (now_ms < voicing->progress_ms + patience)
        return;
    if (!lease_retire(voices->leases, voicing->lease))
        return;
    voicing->cancelled = true;
    voicing_give_up(voicing, voices->options.net,
                    view.size == 0 ? "no sound within its time" : "it fell silent in the middle");
}

void voices_look(struct voices *voices, uint64_t now_ms)
{
    for (struct voicing *voicing = voices->voicings; voicing; voicing = voicing->next)
        look(voices, voicing, now_ms);
}
