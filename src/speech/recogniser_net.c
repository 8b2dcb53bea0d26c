// SPDX-License-Identifier: Apache-2.0
/* recogniser_net.c - what providers say, and the recogniser that the ear sees. */
#include "speech/recogniser_net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/g711.h"
#include "speech/relay.h"

static struct recogniser_net *relay_of(struct recogniser *recogniser)
{
    return (struct recogniser_net *)recogniser;
}

/* ---- News ---- */

/* Whoever is sent silence too has heard nothing else. */
static bool is_silent(const struct recogniser_net *relay)
{
    return relay->hearer->vendor->continuous && !relay->turn.speaking && !relay->turn.ended &&
           relay->turn.interim_size == 0;
}

/* The vendor closed, and was not asked to. */
static void on_closed(struct recogniser_net *relay, const struct dictation_news *news)
{
    char why[STT_WHY];
    bool idle = relay->mark_count == 0 && (relay->acked == relay->kept.to || is_silent(relay));

    relay->stream.id = 0;
    if (relay->state == RELAY_ENDING && relay->mark_count == 0)
        return;
    if (relay->state == RELAY_ENDING && news->orderly) { /* It ended as it should, saying */
        relay_take(relay);                               /* nothing more. */
        relay_open(relay);
        return;
    }
    if (idle && news->opened && relay->now_ms - relay->opened_ms > RELAY_REOPEN_MS) {
        relay->sent = relay->kept.to;
        relay_open(relay);
        return;
    }
    snprintf(why, sizeof(why), "%.*s", (int)news->size, news->text);
    relay_fail(relay, why);
}

static void on_turn(struct recogniser_net *relay, enum stt_news_kind kind)
{
    relay->turned = true;
    relay->fact = kind == STT_EAGER_END  ? TURN_EAGER_END
                  : kind == STT_RESUMED  ? TURN_RESUMED
                  : kind == STT_COMMITTED ? TURN_COMMITTED
                                         : TURN_END;
}

static void on_said(struct recogniser_net *relay, const struct dictation_news *news)
{
    struct stt_news said = {.kind = (enum stt_news_kind)news->said,
                            .last = news->last,
                            .confidence_permille = news->confidence_permille,
                            .to_ms = news->to_ms,
                            .size = news->size};
    const struct stt_vendor *vendor = relay->hearer->vendor;
    struct mark *first = relay->mark_count > 0 && relay->marks[0].said ? &relay->marks[0] : NULL;

    memcpy(said.text, news->text, news->size);
    if (said.kind == STT_FAILED) {
        relay_fail(relay, said.text);
        return;
    }
    if (said.kind == STT_COMMITTED && first && relay->mark_count == 1 && !first->drop)
        on_turn(relay, said.kind);
    switch (stt_hear(&relay->turn, vendor, &said, first ? first->awaited : 0)) {
    case STT_SAME:
        break;
    case STT_MORE:
        relay->more = true;
        break;
    case STT_TURN:
        on_turn(relay, said.kind);
        if (first && said.kind == STT_END_OF_TURN &&
            relay_position(relay, said.to_ms + RELAY_QUIET_MS) >= first->at)
            relay_take(relay); /* By itself, before it read that it was asked for. */
        break;
    case STT_WHOLE:
        relay_take(relay);
        if (relay->state == RELAY_ENDING) {
            dictation_close(&relay->stream, true);
            relay_open(relay);
        }
        break;
    }
    if ((said.kind == STT_SETTLED || said.kind == STT_END_OF_TURN) && said.to_ms > 0)
        relay->settled = relay_position(relay, said.to_ms);
    /* It was asked for the end of a turn before it heard one begin, and so did not listen. */
    if (vendor->continuous && said.kind == STT_SPEECH_STARTED && first &&
        relay_position(relay, said.to_ms) >= first->at)
        first->said = false;
}

void recogniser_net_news(struct recogniser_net *relay, const struct dictation_news *news)
{
    relay->now_ms = clock_ms();
    if (news->serial != relay->serial || relay->state == RELAY_CLOSED || !relay->hearer)
        return;
    relay->retry_after_s = news->retry_after_s;
    if (news->what == DICTATION_SAID)
        on_said(relay, news);
    else if (news->what == DICTATION_CLOSED)
        on_closed(relay, news);
    relay_flush(relay);
}

/* Silence that was understood as such need not be replayed; a second of it stays, in which somebody
 * may have begun to speak. */
static void forget_silence(struct recogniser_net *relay)
{
    uint64_t heard = relay_position(relay, relay->turn.to_ms);

    if (relay->mark_count > 0 || !is_silent(relay) || heard < relay->acked + 2 * relay->rate)
        return;
    relay->acked = relay->settled = heard - relay->rate;
    kept_drop(&relay->kept, relay->acked);
}

/* A vendor need not answer when nothing is left to be said: all sound is understood, and no word is
 * open. */
static void look_for_quiet(struct recogniser_net *relay)
{
    const struct mark *first = relay->mark_count > 0 ? &relay->marks[0] : NULL;

    if (!first || !first->said || relay->final || relay->turn.to_ms == 0 ||
        relay->turn.interim_size > 0 || relay->turn.speaking ||
        relay->now_ms - first->said_ms < RELAY_QUIET_MS)
        return;
    if (relay_position(relay, relay->turn.to_ms + RELAY_QUIET_MS) >= first->at)
        relay_take(relay);
}

void recogniser_net_tick(struct recogniser_net *relay, uint64_t now_ms)
{
    if (now_ms > relay->now_ms)
        relay->now_ms = now_ms;
    if (relay->state == RELAY_CLOSED)
        return;
    relay_flush(relay);
    if (relay->state != RELAY_OPEN || relay->hearer->vendor->way == STT_REQUEST)
        return;
    look_for_quiet(relay);
    forget_silence(relay);
    if (relay->hearer->vendor->keep_alive &&
        relay->now_ms - relay->sent_ms >= relay->hearer->vendor->keep_alive_ms) {
        relay->sent_ms = relay->now_ms;
        (void)!dictation_say(&relay->stream, relay->hearer->vendor->keep_alive);
    }
}

/* ---- As a recogniser ---- */

static int relay_expect(struct recogniser *recogniser, const struct recogniser_task *task)
{
    relay_of(recogniser)->task = *task;
    return 0;
}

static int relay_begin(struct recogniser *recogniser)
{
    (void)recogniser;
    return 0;
}

/* In the rate that is kept. */
static uint32_t convert(struct recogniser_net *relay, const int16_t *samples, uint32_t count,
                        uint32_t rate, uint8_t *ulaw)
{
    int16_t other[2 * FRAME_SAMPLES];

    if (rate > relay->rate) {
        half_down(&relay->down, samples, other, count /= 2);
        samples = other;
    } else if (rate < relay->rate) {
        half_up(&relay->up, samples, other, count);
        count *= 2;
        samples = other;
    }
    g711_ulaw_encode(samples, ulaw, count);
    return count;
}

static int relay_feed(struct recogniser *recogniser, const int16_t *samples, uint32_t count,
                      uint32_t rate)
{
    struct recogniser_net *relay = relay_of(recogniser);
    uint8_t ulaw[2 * FRAME_SAMPLES];

    if (count > (rate > SAMPLE_RATE ? 2 * FRAME_SAMPLES : FRAME_SAMPLES))
        return -EINVAL;
    kept_put(&relay->kept, ulaw, convert(relay, samples, count, rate, ulaw));
    relay->now_ms = clock_ms();
    relay_flush(relay);
    return 0;
}

static int mark(struct recogniser_net *relay, bool drop)
{
    relay->now_ms = clock_ms();
    if (relay->mark_count == RELAY_MARKS)
        return -EBUSY;
    relay->marks[relay->mark_count++] = (struct mark){.at = relay->kept.to, .drop = drop};
    relay_flush(relay);
    return 0;
}

static int relay_finish(struct recogniser *recogniser)
{
    return mark(relay_of(recogniser), false);
}

static void relay_cancel(struct recogniser *recogniser)
{
    struct recogniser_net *relay = relay_of(recogniser);

    if (mark(relay, true) < 0)
        relay_fail(relay, "it does not answer");
}

static enum recogniser_news poll_partial(struct recogniser_net *relay, struct recogniser_heard *out)
{
    relay->more = false;
    if (relay->state == RELAY_HERE) {
        if (!relay->here_begun || relay->here->kind->poll(relay->here, out) != RECOGNISER_PARTIAL)
            return RECOGNISER_NOTHING;
    } else {
        out->confidence_permille = stt_words(&relay->turn, out->text);
    }
    if (strcmp(out->text, relay->told) == 0 || relay->mark_count > 0)
        return RECOGNISER_NOTHING;
    memcpy(relay->told, out->text, sizeof(relay->told));
    return RECOGNISER_PARTIAL;
}

static enum recogniser_news relay_poll(struct recogniser *recogniser, struct recogniser_heard *out)
{
    struct recogniser_net *relay = relay_of(recogniser);

    if (relay->failed) {
        relay->failed = false;
        return RECOGNISER_FAILED;
    }
    if (relay->session) {
        relay->session = false;
        out->session = relay->stream.id;
        return RECOGNISER_SESSION;
    }
    if (relay->final) {
        relay->final = false;
        *out = relay->heard;
        relay_flush(relay);
        return RECOGNISER_FINAL;
    }
    if (relay->turned && (relay->mark_count == 0 || relay->fact == TURN_COMMITTED)) {
        relay->turned = false;
        out->turn = relay->fact;
        out->confidence_permille = stt_words(&relay->turn, out->text);
        return RECOGNISER_TURN;
    }
    return relay->more ? poll_partial(relay, out) : RECOGNISER_NOTHING;
}

/* Leaves whoever recognises now. */
static void leave(struct recogniser_net *relay)
{
    if (relay->state == RELAY_HERE && relay->here_begun)
        relay->here->kind->cancel(relay->here);
    dictation_close(&relay->stream, true);
    if (relay->hearer)
        hearers_leave(relay->hearer);
    relay->hearer = NULL;
    relay->here = NULL;
    relay->here_begun = false;
    relay->state = RELAY_CLOSED;
    relay->retry_after_s = 0;
    relay->serial++;
}

static void relay_close(struct recogniser *recogniser)
{
    struct recogniser_net *relay = relay_of(recogniser);

    leave(relay);
    kept_release(&relay->kept);
    free(relay);
}

static const struct recogniser_kind relay_kind = {
    .name = "network",
    .streams = true,
    .expect = relay_expect,
    .begin = relay_begin,
    .feed = relay_feed,
    .finish = relay_finish,
    .poll = relay_poll,
    .cancel = relay_cancel,
    .close = relay_close,
};

int recogniser_net_open(struct recogniser_net **out, const struct relay_options *options)
{
    struct recogniser_net *relay = calloc(1, sizeof(*relay));

    if (!relay)
        return -ENOMEM;
    relay->base.kind = &relay_kind;
    relay->options = *options;
    if (kept_init(&relay->kept) < 0) {
        free(relay);
        return -ENOMEM;
    }
    *out = relay;
    return 0;
}

struct recogniser *recogniser_net_base(struct recogniser_net *relay)
{
    return &relay->base;
}

/* Where the next one begins. */
static void go_back(struct recogniser_net *relay, bool replay)
{
    struct kept *kept = &relay->kept;
    bool known = relay->settled > relay->acked && (kept->from > relay->acked || relay->turn.ended);

    relay->mark_count = 0;
    if (!replay) {
        relay->acked = kept->to;
        kept_drop(kept, kept->to);
    }
    if (replay && known) { /* What is not kept any more stays as the last one understood it. */
        relay->turn.interim_size = 0;
        relay->sent = relay->settled > kept->from ? relay->settled : kept->from;
    } else {
        relay->turn = (struct stt_turn){.settled_size = 0};
        relay->settled = relay->acked;
        relay->sent = kept->from;
    }
    relay->failed = relay->turned = relay->more = relay->session = false;
}

void recogniser_net_change(struct recogniser_net *relay, struct hearer *hearer,
                           struct recogniser *here, struct text language, bool replay)
{
    leave(relay);
    if (hearer)
        hearers_enter(hearer);
    relay->hearer = hearer;
    relay->here = here;
    relay->now_ms = clock_ms();
    text_copy(relay->language, sizeof(relay->language), language);
    go_back(relay, replay);
    if (!hearer)
        relay->state = RELAY_HERE;
    else if (relay->rate)
        relay_open(relay);
    relay_flush(relay);
}

void recogniser_net_rate(struct recogniser_net *relay, uint32_t rate)
{
    if (relay->rate)
        return;
    relay->rate = rate;
    relay->now_ms = clock_ms();
    if (relay->hearer)
        relay_open(relay);
}

bool recogniser_net_holds(const struct recogniser_net *relay)
{
    return relay->kept.to > relay->kept.from;
}

bool recogniser_net_continuous(const struct recogniser_net *relay)
{
    return relay->hearer && relay->hearer->vendor->continuous;
}

const char *recogniser_net_why(const struct recogniser_net *relay)
{
    return relay->why;
}

uint32_t recogniser_net_retry_s(const struct recogniser_net *relay)
{
    return relay->retry_after_s;
}
