// SPDX-License-Identifier: Apache-2.0
/* relay.c - sound goes from what is kept to whoever recognises now, with the ends of utterances in
 * their places. */
#include "speech/relay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/g711.h"
#include "base/log.h"

enum {
    HERE_AT_ONCE = 8000
}; /* Samples that an embedded recogniser is fed a tick: 100 ms of work. */

void relay_fail(struct recogniser_net *relay, const char *why)
{
    dictation_close(&relay->stream, false);
    relay->serial++;
    relay->state = RELAY_CLOSED;
    relay->failed = true;
    snprintf(relay->why, sizeof(relay->why), "%s", why);
    log_line(LOG_WARN, "speech", "%s does not listen: %s",
             relay->hearer ? relay->hearer->name : "the recogniser", why);
}

static struct dictation_wish wish_of(struct recogniser_net *relay)
{
    return (struct dictation_wish){.net = relay->options.net,
                                   .hearer = relay->hearer,
                                   .language = text_of(relay->language),
                                   .rate = stt_rate(relay->hearer->vendor, relay->rate),
                                   .mail = relay->options.mail,
                                   .errands = relay->options.errands,
                                   .clips = relay->options.clips,
                                   .answers = relay->options.answers,
                                   .wide = relay->rate > SAMPLE_RATE,
                                   .call = relay->options.call,
                                   .leg = relay->options.leg,
                                   .serial = relay->serial};
}

static const char *why_not(int error)
{
    return error == -EBUSY    ? "as many connections as may be"
           : error == -ENOMEM ? "no memory"
                              : "it cannot be asked so: url, key or options";
}

void relay_open(struct recogniser_net *relay)
{
    struct dictation_wish wish;
    int result;

    relay->serial++;
    relay->messages = 0;
    relay->turn.answers = relay->turn.to_ms = 0;
    relay->turn.speaking = false;
    relay->origin = relay->sent;
    relay->opened_ms = relay->sent_ms = relay->now_ms;
    for (uint32_t i = 0; i < relay->mark_count; i++)
        relay->marks[i].said = false;
    wish = wish_of(relay);
    result = dictation_open(&relay->stream, &wish);
    relay->state = RELAY_OPEN;
    relay->session = result == 0 && relay->hearer->vendor->converses && relay->options.answers;
    if (result < 0)
        relay_fail(relay, why_not(result));
}

/* ---- Utterances ---- */

/* The first mark is answered. */
static void take_final(struct recogniser_net *relay, const struct recogniser_heard *heard)
{
    struct mark first = relay->marks[0];

    if (!first.drop) {
        relay->heard = *heard;
        relay->final = true;
    }
    relay->more = false;
    relay->turned = false; /* What it thinks of the turn is of no use any more. */
    relay->told[0] = '\0';
    relay->mark_count--;
    memmove(relay->marks, relay->marks + 1, relay->mark_count * sizeof(relay->marks[0]));
    relay->acked = relay->settled = first.at;
    kept_drop(&relay->kept, first.at);
    stt_next(&relay->turn);
}

void relay_take(struct recogniser_net *relay)
{
    struct recogniser_heard heard = {.confidence_permille = 0};

    heard.confidence_permille = stt_words(&relay->turn, heard.text);
    take_final(relay, &heard);
}

static void ask_file(struct recogniser_net *relay, struct mark *mark)
{
    struct dictation_wish wish;
    int result;

    relay->serial++;
    wish = wish_of(relay);
    result = dictation_ask(&relay->stream, &wish, &relay->kept, relay->kept.from, mark->at);
    relay->sent = mark->at;
    mark->said = true;
    mark->awaited = 1;
    mark->said_ms = relay->now_ms;
    if (result < 0)
        relay_fail(relay, why_not(result));
}

/* True: it was said, or needs no saying. False: the stream takes no more now. */
static bool say_mark(struct recogniser_net *relay, struct mark *mark)
{
    const struct stt_vendor *vendor = relay->hearer->vendor;

    if (mark->drop && vendor->forget) {
        if (!dictation_say(&relay->stream, vendor->forget))
            return false;
    } else if (!dictation_say(&relay->stream, vendor->finish)) {
        return false;
    }
    mark->said = true;
    mark->awaited = vendor->counted ? relay->messages + 1 : 1;
    mark->said_ms = relay->sent_ms = relay->now_ms;
    if (vendor->single)
        relay->state = RELAY_ENDING;
    return true;
}

/* ---- Sending ---- */

/* For a provider that takes telephone sound only; in place. */
static uint32_t narrow(struct recogniser_net *relay, uint8_t *ulaw, uint32_t count)
{
    int16_t wide[STT_PIECE], linear[STT_PIECE / 2];

    g711_ulaw_decode(ulaw, wide, count);
    half_down(&relay->narrowing, wide, linear, count / 2);
    g711_ulaw_encode(linear, ulaw, count / 2);
    return count / 2;
}

/* Some of the sound before the limit. False: the stream takes no more now. */
static bool send_sound(struct recogniser_net *relay, uint64_t limit)
{
    uint8_t ulaw[STT_PIECE];
    uint64_t left = limit - relay->sent;
    uint32_t count =
        kept_read(&relay->kept, relay->sent, ulaw, left < STT_PIECE ? (uint32_t)left : STT_PIECE);
    uint32_t size = relay->stream.rate < relay->rate ? narrow(relay, ulaw, count) : count;

    if (!dictation_send(&relay->stream, ulaw, size))
        return false;
    relay->sent += count;
    relay->messages++;
    relay->sent_ms = relay->now_ms;
    return true;
}

static struct mark *next_mark(struct recogniser_net *relay)
{
    for (uint32_t i = 0; i < relay->mark_count; i++) {
        if (!relay->marks[i].said)
            return &relay->marks[i];
    }
    return NULL;
}

/* One forgotten utterance that needs no answer. */
static bool answers_itself(struct recogniser_net *relay, const struct mark *mark)
{
    const struct stt_vendor *vendor = relay->hearer->vendor;

    if (mark != &relay->marks[0])
        return false;
    if (mark->drop && mark->said && vendor->forget)
        return true;
    /* A turn that has ended by itself has its words already. */
    return vendor->continuous && !mark->said && relay->turn.ended && !relay->turn.speaking &&
           relay_position(relay, relay->turn.to_ms + RELAY_QUIET_MS) >= mark->at;
}

static void flush_stream(struct recogniser_net *relay)
{
    while (relay->state == RELAY_OPEN && !relay->final) {
        struct mark *mark = next_mark(relay);
        uint64_t limit = mark ? mark->at : relay->kept.to;
        if (relay->sent < relay->kept.from) /* What was too old is lost. */
            relay->sent = relay->kept.from;
        if (relay->sent < limit) {
            if (!mark && limit - relay->sent < RELAY_PIECE_MS * (relay->rate / 1000))
                return;
            if (!send_sound(relay, limit))
                return;
        } else if (!mark) {
            return;
        } else if (answers_itself(relay, mark)) {
            relay_take(relay);
        } else if (!say_mark(relay, mark)) {
            return;
        } else if (answers_itself(relay, mark)) {
            relay_take(relay);
        }
    }
}

static void flush_files(struct recogniser_net *relay)
{
    struct mark *mark = relay->mark_count > 0 ? &relay->marks[0] : NULL;

    if (!mark || mark->said || relay->final)
        return;
    if (mark->drop || mark->at <= relay->kept.from)
        relay_take(relay);
    else
        ask_file(relay, mark);
}

/* Feeds the embedded recogniser up to a limit; false when it failed. */
static bool feed_here(struct recogniser_net *relay, uint64_t limit)
{
    const struct recogniser_kind *kind = relay->here->kind;
    uint8_t ulaw[2 * FRAME_SAMPLES];
    int16_t linear[2 * FRAME_SAMPLES];
    uint32_t frame = FRAME_MS * (relay->rate / 1000);

    if (relay->sent < relay->kept.from)
        relay->sent = relay->kept.from;
    if (!relay->here_begun &&
        (kind->expect(relay->here, &relay->task) < 0 || kind->begin(relay->here) < 0))
        return false;
    relay->here_begun = true;
    for (uint32_t done = 0; relay->sent < limit && done < HERE_AT_ONCE;) {
        uint32_t count = limit - relay->sent < frame ? (uint32_t)(limit - relay->sent) : frame;
        count = kept_read(&relay->kept, relay->sent, ulaw, count);
        g711_ulaw_decode(ulaw, linear, count);
        if (kind->feed(relay->here, linear, count, relay->rate) < 0)
            return false;
        relay->sent += count;
        done += count;
    }
    return true;
}

static bool finish_here(struct recogniser_net *relay)
{
    struct recogniser_heard heard = {.confidence_permille = 0};
    const struct recogniser_kind *kind = relay->here->kind;

    if (relay->here_begun && relay->marks[0].drop) {
        kind->cancel(relay->here);
    } else if (relay->here_begun) {
        if (kind->finish(relay->here) < 0 || kind->poll(relay->here, &heard) != RECOGNISER_FINAL)
            return false;
    }
    relay->here_begun = false;
    take_final(relay, &heard);
    return true;
}

static void flush_here(struct recogniser_net *relay)
{
    bool good = true;

    if (relay->final)
        return;
    if (relay->mark_count > 0 && relay->sent >= relay->marks[0].at)
        good = finish_here(relay);
    uint64_t limit = relay->mark_count > 0 ? relay->marks[0].at : relay->kept.to;
    if (good && !relay->final && relay->sent < limit) {
        good = feed_here(relay, limit);
        relay->more = true;
    }
    if (!good) {
        if (relay->here_begun)
            relay->here->kind->cancel(relay->here);
        relay->here_begun = false;
        relay->here = NULL;
        relay_fail(relay, "the recogniser failed");
    }
}

void relay_flush(struct recogniser_net *relay)
{
    if (relay->state == RELAY_HERE)
        flush_here(relay);
    else if (relay->state != RELAY_CLOSED && relay->hearer->vendor->way == STT_REQUEST)
        flush_files(relay);
    else
        flush_stream(relay);
}
