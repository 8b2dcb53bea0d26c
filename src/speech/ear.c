// SPDX-License-Identifier: Apache-2.0
/* ear.c - when to start decoding, what to feed, when to tell. */
#include "speech/ear.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"
#include "speech/note.h"

enum { JUDGE_BEFORE = 5 }; /* Frames. */

void ear_open(struct ear *ear, uint32_t call, uint32_t leg, uint32_t ring, uint32_t epoch)
{
    void *webrtc = ear->hearing.webrtc;

    /* What belongs to the place stays; memory that this leg may never need is not touched. */
    memset(&ear->call, 0, offsetof(struct ear, before) - offsetof(struct ear, call));
    ear->call = call;
    ear->leg = leg;
    ear->ring = ring;
    ear->epoch = epoch;
    ear->recogniser = ear->own;
    ear->provider = PROVIDER_EMBEDDED;
    ear->hearing.webrtc = webrtc;
}

void ear_listen(struct ear *ear, int32_t provider, struct hearer *hearer, struct text language,
                bool replay)
{
    ear->provider = provider;
    if (!ear->net) {
        ear->recogniser = ear->own;
        return;
    }
    if (ear->recogniser != recogniser_net_base(ear->net)) {
        if (ear->open)
            ear->recogniser->kind->cancel(ear->recogniser);
        ear->recogniser = recogniser_net_base(ear->net);
    }
    recogniser_net_change(ear->net, hearer, hearer ? NULL : ear->own, language, replay);
    if (replay && (ear->asked_count > 0 || recogniser_net_holds(ear->net))) {
        if (ear->asked_count > 0)
            ear->from_ms = ear->asked[0].from_ms;
        ear->open = true;
    }
    ear->asked_count = 0;
}

static bool streams(const struct ear *ear)
{
    return ear->recogniser->kind->streams;
}

static bool continuous(const struct ear *ear)
{
    return ear->net && recogniser_net_continuous(ear->net);
}

static int apply_task(struct ear *ear)
{
    int result = ear->recogniser->kind->expect(ear->recogniser, &ear->next_task);

    ear->task_changed = false;
    if (result == 0)
        ear->task = ear->next_task;
    return result;
}

int ear_expect(struct ear *ear, struct recogniser_task task)
{
    ear->next_task = task;
    ear->task_changed = true;
    return ear->open ? 0 : apply_task(ear);
}

static void post_failed(struct ear *ear, const char *why, uint32_t retry_after_s)
{
    struct event event = {.kind = SPEECH_FAILED, .call = ear->call, .leg = ear->leg};

    event.speech.why = text_of(why);
    event.speech.provider = ear->provider;
    event.speech.retry_after_s = retry_after_s;
    note_post_event(ear->events, &event);
}

static void post_heard(struct ear *ear, enum event_kind kind, const struct ear_asked *asked,
                       const struct recogniser_heard *heard)
{
    struct event event = {.kind = kind, .call = ear->call, .leg = ear->leg};

    event.heard.turn = asked->turn;
    event.heard.text = text_of(heard->text);
    event.heard.confidence_permille = heard->confidence_permille;
    event.heard.listening = asked->listening;
    event.heard.speech_from_ms = asked->from_ms;
    event.heard.speech_to_ms = asked->to_ms;
    note_post_event(ear->events, &event);
}

static void post_turn(struct ear *ear, const struct recogniser_heard *heard)
{
    struct event event = {.kind = SPEECH_TURN, .call = ear->call, .leg = ear->leg};

    event.turning.turn = ear->final_turn + 1;
    event.turning.what = heard->turn;
    event.turning.text = text_of(heard->text);
    event.turning.confidence_permille = heard->confidence_permille;
    note_post_event(ear->events, &event);
}

/* As the utterance is that is open now. */
static struct ear_asked present(const struct ear *ear, uint32_t turn)
{
    return (struct ear_asked){.turn = turn, .from_ms = ear->from_ms, .to_ms = ear->to_ms};
}

/* The same at its end. */
static struct ear_asked ended(const struct ear *ear, uint32_t turn)
{
    struct ear_asked asked = present(ear, turn);

    asked.listening = ear->open ? listening_odds(&ear->listening) : 0;
    return asked;
}

/* The utterance is over, whatever became of it. */
static void reset(struct ear *ear)
{
    ear->open = ear->finishing = false;
    ear->frames = ear->silence = ear->since_poll = 0;
    ear->from_ms = ear->to_ms = 0;
    if (ear->task_changed && apply_task(ear) < 0)
        post_failed(ear, "the recogniser could not change its model", 0);
}

static void fail(struct ear *ear, const char *why)
{
    ear->recogniser->kind->cancel(ear->recogniser);
    post_failed(ear, why, 0);
    reset(ear);
}

static void remember(struct ear *ear, const struct audio_frame *frame)
{
    uint32_t at = ear->before_at;

    ear->before[at].at_ms = frame->at_ms;
    ear->before[at].flags = frame->flags;
    ear->before[at].rate = frame->rate;
    memcpy(ear->before[at].samples, frame->samples, sizeof ear->before[at].samples);
    if (frame->rate > SAMPLE_RATE)
        memcpy(ear->before_wide[at], frame->samples + FRAME_SAMPLES, sizeof ear->before_wide[at]);
    ear->before_at = (ear->before_at + 1) % LISTEN_PREROLL;
    if (ear->before_count < LISTEN_PREROLL)
        ear->before_count++;
}

/* The frame that came so many frames ago. */
static struct audio_frame recall(const struct ear *ear, uint32_t ago)
{
    uint32_t at = (ear->before_at + LISTEN_PREROLL - ago) % LISTEN_PREROLL;
    struct audio_frame frame = {.at_ms = ear->before[at].at_ms,
                                .flags = ear->before[at].flags,
                                .rate = ear->before[at].rate};

    memcpy(frame.samples, ear->before[at].samples, sizeof ear->before[at].samples);
    if (frame.rate > SAMPLE_RATE)
        memcpy(frame.samples + FRAME_SAMPLES, ear->before_wide[at], sizeof ear->before_wide[at]);
    return frame;
}

static bool feed(struct ear *ear, const struct audio_frame *frame)
{
    bool wide = frame->rate > SAMPLE_RATE;

    ear->frames++;
    ear->since_poll++;
    return ear->recogniser->kind->feed(ear->recogniser, frame->samples,
                                       wide ? 2 * FRAME_SAMPLES : FRAME_SAMPLES,
                                       wide ? 2 * SAMPLE_RATE : SAMPLE_RATE) == 0;
}

static bool feed_remembered(struct ear *ear)
{
    for (uint32_t i = 0; i < ear->before_count; i++) {
        struct audio_frame frame = recall(ear, ear->before_count - i);
        if (!feed(ear, &frame))
            return false;
    }
    ear->before_count = 0;
    return true;
}

/* From a little before the voice on. */
static void begin_listening(struct ear *ear)
{
    uint32_t count = ear->before_count < LISTENING_BEFORE ? ear->before_count : LISTENING_BEFORE;

    listening_begin(&ear->listening);
    for (uint32_t i = 0; i < count; i++) {
        struct audio_frame frame = recall(ear, count - i);
        listening_frame(&ear->listening, &frame);
    }
}

/* Opens an utterance. */
static void begin(struct ear *ear, const struct audio_frame *frame)
{
    if (ear->recogniser->kind->begin(ear->recogniser) < 0) {
        fail(ear, "the recogniser did not start");
        return;
    }
    ear->open = true;
    ear->utterances++;
    ear->from_ms = frame->at_ms - FRAME_MS;
    ear->since_poll = 0;
    begin_listening(ear);
}

static void post_verdict(struct ear *ear)
{
    const struct verdict *verdict = &ear->verdict;
    struct event event = {.kind = SPEECH_VERDICT, .call = ear->call, .leg = ear->leg};

    event.verdict.speech = verdict->opinion == OPINION_SPEECH;
    event.verdict.probability_permille = verdict->highest_permille;
    event.verdict.voiced_ms = verdict->speech_ms;
    event.verdict.last_ms = verdict->last_ms;
    note_post_event(ear->events, &event);
}

/* The detector's own rate is 8 kHz. */
static bool hear(struct ear *ear, const struct audio_frame *frame, uint16_t *probability)
{
    int16_t narrow[FRAME_SAMPLES];

    if (frame->rate <= SAMPLE_RATE)
        return judge_hear(ear->judge, &ear->hearing, frame->samples, probability);
    half_down(&ear->narrowing, frame->samples, narrow, FRAME_SAMPLES);
    return judge_hear(ear->judge, &ear->hearing, narrow, probability);
}

/* The detector hears the 100 ms before an opening too: it needs a beginning to hear an onset. */
static void judge_opening(struct ear *ear)
{
    uint32_t count = ear->before_count < JUDGE_BEFORE ? ear->before_count : JUDGE_BEFORE;
    uint16_t probability = 0;

    judge_begin(ear->judge, &ear->hearing);
    for (uint32_t i = 0; i < count; i++) {
        struct audio_frame frame = recall(ear, count - i);
        (void)!hear(ear, &frame, &probability);
    }
}

static void judge_frame(struct ear *ear, const struct audio_frame *frame)
{
    uint16_t probability = 0;
    bool window = false;

    if (!ear->judge || judge_kind(ear->judge) == JUDGE_NONE)
        return;
    bool opening = !verdict_is_open(&ear->verdict);
    if (opening) {
        if ((frame->flags & AUDIO_VOICED) == 0)
            return;
        judge_opening(ear);
    }
    if (opening || verdict_wants(&ear->verdict)) /* 80 us a window. */
        window = hear(ear, frame, &probability);
    if (verdict_frame(&ear->verdict, frame, window, probability))
        post_verdict(ear);
}

void ear_frame(struct ear *ear, const struct audio_frame *frame)
{
    bool voiced = (frame->flags & AUDIO_VOICED) != 0;

    judge_frame(ear, frame);
    if (ear->net)
        recogniser_net_rate(ear->net, frame->rate);
    if (!ear->open && voiced && !ear->finishing)
        begin(ear, frame);
    if (ear->open)
        listening_frame(&ear->listening, frame);
    if ((!ear->open || ear->finishing) && !continuous(ear)) {
        remember(ear, frame);
        return;
    }
    ear->silence = voiced ? 0 : ear->silence + 1;
    if (voiced)
        ear->to_ms = frame->at_ms;
    if ((ear->silence > LISTEN_PAUSE || ear->frames > LISTEN_LONGEST) && !continuous(ear)) {
        remember(ear, frame);
        return;
    }
    /* The sound just before an utterance, or before it goes on after a long pause. */
    if (!feed_remembered(ear) || !feed(ear, frame))
        fail(ear, "the recogniser failed");
}

/* The first of those that were asked for has come. */
static void take_final(struct ear *ear, const struct recogniser_heard *heard)
{
    struct ear_asked first = ear->asked[0];

    if (ear->asked_count == 0) /* Given up since. */
        return;
    ear->asked_count--;
    memmove(ear->asked, ear->asked + 1, ear->asked_count * sizeof(ear->asked[0]));
    post_heard(ear, SPEECH_FINAL, &first, heard);
    ear->finals++;
}

static void post_session(struct ear *ear, uint32_t session)
{
    struct event event = {.kind = SPEECH_SESSION, .call = ear->call, .leg = ear->leg};

    event.session.provider = ear->provider;
    event.session.session = session;
    note_post_event(ear->events, &event);
}

static void stream_news(struct ear *ear)
{
    struct ear_asked now = present(ear, ear->turn);
    struct recogniser_heard heard;

    for (;;) {
        switch (ear->recogniser->kind->poll(ear->recogniser, &heard)) {
        case RECOGNISER_NOTHING:
            return;
        case RECOGNISER_PARTIAL:
            post_heard(ear, SPEECH_PARTIAL, &now, &heard);
            break;
        case RECOGNISER_FINAL:
            take_final(ear, &heard);
            break;
        case RECOGNISER_TURN:
            post_turn(ear, &heard);
            break;
        case RECOGNISER_SESSION:
            post_session(ear, heard.session);
            break;
        case RECOGNISER_FAILED:
            post_failed(ear, recogniser_net_why(ear->net), recogniser_net_retry_s(ear->net));
            break;
        }
    }
}

void ear_tick(struct ear *ear, uint64_t now_ms)
{
    if (!ear->net)
        return;
    recogniser_net_tick(ear->net, now_ms);
    stream_news(ear);
}

void ear_news(struct ear *ear)
{
    struct recogniser_heard heard;

    if (streams(ear)) {
        stream_news(ear);
        return;
    }
    if (!ear->open || (!ear->finishing && ear->since_poll < LISTEN_PARTIAL))
        return;
    ear->since_poll = 0;
    struct ear_asked now =
        ear->finishing ? ended(ear, ear->final_turn) : present(ear, ear->turn);
    switch (ear->recogniser->kind->poll(ear->recogniser, &heard)) {
    case RECOGNISER_NOTHING:
    case RECOGNISER_TURN:
    case RECOGNISER_SESSION:
        break;
    case RECOGNISER_PARTIAL:
        if (!ear->finishing)
            post_heard(ear, SPEECH_PARTIAL, &now, &heard);
        break;
    case RECOGNISER_FINAL:
        post_heard(ear, SPEECH_FINAL, &now, &heard);
        ear->finals++;
        reset(ear);
        break;
    case RECOGNISER_FAILED:
        fail(ear, "the recogniser failed");
        break;
    }
}

/* The next utterance may begin at once. */
static void finish_stream(struct ear *ear, uint32_t turn)
{
    if (ear->asked_count == EAR_ASKED || ear->recogniser->kind->finish(ear->recogniser) < 0) {
        post_failed(ear, "it does not answer", 0);
        return;
    }
    ear->asked[ear->asked_count++] = ended(ear, turn);
    reset(ear);
    stream_news(ear);
}

void ear_finish(struct ear *ear, uint32_t turn)
{
    static const struct recogniser_heard nothing;
    struct ear_asked now = present(ear, turn);

    ear->final_turn = turn;
    ear->turn = turn + 1;
    if (streams(ear) && (ear->open || continuous(ear))) {
        finish_stream(ear, turn);
    } else if (!ear->open) {
        post_heard(ear, SPEECH_FINAL, &now, &nothing);
        ear->finals++;
    } else if (!ear->finishing) {
        ear->finishing = true;
        if (ear->recogniser->kind->finish(ear->recogniser) < 0)
            fail(ear, "the recogniser failed");
        ear_news(ear);
    }
}

void ear_forget(struct ear *ear)
{
    if (ear->open || continuous(ear))
        ear->recogniser->kind->cancel(ear->recogniser);
    ear->before_count = 0;
    reset(ear);
}

void ear_close(struct ear *ear)
{
    if (ear->net)
        recogniser_net_base(ear->net)->kind->close(recogniser_net_base(ear->net));
    else if (ear->open)
        ear->recogniser->kind->cancel(ear->recogniser);
    ear->net = NULL;
    ear->recogniser = ear->own;
    ear->open = false;
    ear->leg = 0;
}
