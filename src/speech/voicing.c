// SPDX-License-Identifier: Apache-2.0
/* voicing.c - what an utterance comes to, whatever way its sound takes. */
#include "speech/voicing_inside.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "speech/note.h"

uint32_t voicing_headers(const char *lines, struct net_header *out, uint32_t room)
{
    struct text rest = text_of(lines);
    uint32_t count = 0;

    while (rest.size > 0 && count < room) {
        struct text value = text_next(&rest, '\n'), name = text_next(&value, ':');
        if (name.size == 0)
            continue;
        out[count++] = (struct net_header){.name = name,
                                           .value = text_trim(value),
                                           .secret = !text_equal(name, TEXT("Content-Type"))};
    }
    return count;
}

/* ---- The net thread: what becomes known ---- */

/* Never waits: the net thread serves all others too. */
static bool tell(struct voicing *voicing, struct event *event)
{
    event->at_ms = clock_ms();
    if (event_post(voicing->events, event) == MAILBOX_OK)
        return true;
    log_line(LOG_ERROR, "speech", "mailbox %s is full: an event is lost",
             mailbox_name(voicing->events));
    return false;
}

/* Of words spoken ahead: what comes of those of a call the core sees for itself. */
static void tell_fact(struct voicing *voicing, enum provider_fact what, uint32_t ms,
                      const char *why)
{
    struct event event = {.kind = PROVIDER_FACT};

    if (voicing->leg != 0)
        return;
    event.provider.plan = voicing->plan;
    event.provider.provider = voicing->provider;
    event.provider.what = what;
    event.provider.ms = ms;
    event.provider.retry_after_s = what == PROVIDER_FAILED ? voicing->retry_s : 0;
    event.provider.why = text_of(why);
    tell(voicing, &event);
}

static void tell_ready(struct voicing *voicing)
{
    struct event event = {.kind = SPEECH_READY, .call = voicing->call, .leg = voicing->leg};

    if (voicing->leg == 0)
        return;
    event.speech.utterance = voicing->utterance;
    event.speech.clip = voicing->clip;
    event.speech.cut_ms = voicing->pour.trim.cut * 1000 / SAMPLE_RATE;
    event.speech.provider = (int32_t)voicing->provider;
    clip_hold(voicing->clips, voicing->clip); /* The event's reference. */
    if (!tell(voicing, &event))
        clip_drop(voicing->clips, voicing->clip);
}

static void tell_failed(struct voicing *voicing, uint32_t made_ms, const char *why)
{
    struct event event = {.kind = SPEECH_FAILED, .call = voicing->call, .leg = voicing->leg};

    if (voicing->leg == 0)
        return;
    event.speech.utterance = voicing->utterance;
    event.speech.provider = (int32_t)voicing->provider;
    event.speech.made_ms = made_ms;
    event.speech.retry_after_s = voicing->retry_s;
    event.speech.why = text_of(why);
    tell(voicing, &event);
}

static void tell_door(struct voicing *voicing, bool gone)
{
    struct note note = {.mark = NOTE_MARK, .kind = NOTE_VOICED};

    note.voiced.voicing = voicing;
    note.voiced.gone = gone;
    note.voiced.whole = voicing->state == VOICING_WHOLE;
    note.voiced.cut_ms = voicing->pour.trim.cut * 1000 / SAMPLE_RATE;
    if (mailbox_post(voicing->door, &note, sizeof(note)) != MAILBOX_OK)
        log_line(LOG_ERROR, "speech", "mailbox %s is full: an utterance's memory is lost",
                 mailbox_name(voicing->door));
}

bool voicing_is_over(const struct voicing *voicing)
{
    return !lease_alive(voicing->leases, voicing->lease);
}

/* False: the speaker was first. */
static bool end(struct voicing *voicing, enum voicing_state state)
{
    if (!lease_retire(voicing->leases, voicing->lease))
        return false;
    voicing->state = state;
    clip_finish(voicing->clips, voicing->clip);
    tell_door(voicing, false);
    return true;
}

void voicing_fail(struct voicing *voicing, const char *why)
{
    bool sounding = voicing->state == VOICING_SOUNDING;
    char safe[VOICING_WHY];

    if (voicing_is_over(voicing))
        return;
    snprintf(safe, sizeof(safe), "%s", why);
    text_hide(safe, (uint32_t)strlen(safe), voicing->ask.key); /* Which it may have said. */
    if (voicing->state == VOICING_SOUNDING && pour_ms(&voicing->pour) > 0)
        trim_finish(&voicing->pour.trim);
    if (!end(voicing, VOICING_FAILED)) /* Before it is told: who hears of it finds the length. */
        return;
    log_line(LOG_WARN, "speech", "%s could not speak%s: %s", voicing->name,
             sounding ? " to the end" : "", safe);
    tell_failed(voicing, pour_ms(&voicing->pour), safe);
    tell_fact(voicing, PROVIDER_FAILED, voicing->first_ms, safe);
}

/* The kind of failure, and what is known beside it. */
void voicing_say_why(enum net_result result, const char *why, char out[VOICING_WHY])
{
    const char *kind = net_result_names[result];
    bool more = why && why[0] && strcmp(why, kind) != 0;

    snprintf(out, VOICING_WHY, "%s%s%s", kind, more ? ": " : "", more ? why : "");
}

/* The first audible sound: now the caller need wait no more. */
static void look_for_sound(struct voicing *voicing)
{
    if (voicing->state != VOICING_ASKED || voicing->pour.size == 0)
        return;
    voicing->state = VOICING_SOUNDING;
    voicing->first_ms = (uint32_t)(clock_ms() - voicing->asked_ms);
    tell_ready(voicing);
    bool slow = voicing->soft_ms > 0 && voicing->first_ms > voicing->soft_ms;
    tell_fact(voicing, slow ? PROVIDER_SLOW : PROVIDER_OK, voicing->first_ms, "");
}

void voicing_take(struct voicing *voicing, const uint8_t *bytes, size_t size)
{
    switch (pour_put(&voicing->pour, bytes, size)) {
    case POUR_OK:
        look_for_sound(voicing);
        return;
    case POUR_STRANGE:
        voicing_fail(voicing, "what it sends is no sound in the form that was asked for");
        return;
    case POUR_FULL:
        voicing_fail(voicing, "its speech is longer than two minutes");
        return;
    case POUR_NO_MEMORY:
        voicing_fail(voicing, "no memory for its sound");
        return;
    }
}

void voicing_whole(struct voicing *voicing)
{
    if (voicing_is_over(voicing))
        return;
    if (pour_end(&voicing->pour) != POUR_OK) {
        voicing_take(voicing, NULL, 0);
        return;
    }
    look_for_sound(voicing);
    if (voicing->state == VOICING_ASKED)
        voicing_fail(voicing, "its words have no sound");
    else
        (void)end(voicing, VOICING_WHOLE);
}

void voicing_gone(void *context)
{
    struct voicing *voicing = context;

    if (voicing->state == VOICING_ASKED || voicing->state == VOICING_SOUNDING)
        clip_finish(voicing->clips, voicing->clip); /* It was cancelled, or given up. */
    pour_release(&voicing->pour);
    tell_door(voicing, true);
}

/* ---- The speaker's thread ---- */

static const struct voicing_way *way_of(const struct voicing *voicing)
{
    return voicing->vendor->way == TTS_HTTP ? &voicing_http : &voicing_socket;
}

enum net_result voicing_start(struct voicing *voicing, struct net *net, struct tts_request *scratch)
{
    const struct tts_vendor *vendor = voicing->vendor;

    if (!vendor->request(vendor, &voicing->ask, scratch))
        return NET_BAD_REQUEST;
    pour_init(&voicing->pour, voicing->clips, voicing->clip, vendor->form(&voicing->ask),
              voicing->ask.wide);
    voicing->asked_ms = clock_ms();
    return way_of(voicing)->start(voicing, net, scratch);
}

void voicing_cancel(struct voicing *voicing, struct net *net, struct tts_request *scratch)
{
    way_of(voicing)->cancel(voicing, net, scratch);
}

void voicing_leave(struct voicing *voicing, struct net *net)
{
    way_of(voicing)->leave(net, voicing->id);
}

void voicing_give_up(struct voicing *voicing, struct net *net, const char *why)
{
    log_line(LOG_WARN, "speech", "%s is given up: %s", voicing->name, why);
    way_of(voicing)->drop(net, voicing->id);
    tell_failed(voicing, voicing->seen / 8, why);
    tell_fact(voicing, PROVIDER_FAILED, 0, why);
}
