// SPDX-License-Identifier: Apache-2.0
/* saying.c - from the text of an utterance to what the caller heard of it. */
#include "core/saying.h"

#include <assert.h>
#include <string.h>

#include "core/floor.h"
#include "core/provider.h"
#include "core/reply.h"
#include "core/waiting.h"

enum {
    CHARACTER_MS = 75,   /* A voice at its usual speed. */
    PLAY_SLACK_MS = 8000 /* Over the estimate before a playout counts as lost. */
};

static struct text text_in(const struct reply *reply, const struct saying *saying)
{
    return (struct text){.data = reply->text + saying->from, .size = saying->size};
}

/* ---- Room ---- */

static void make_room(struct reply *reply)
{
    uint8_t over = 0;

    while (over < reply->count && reply->sayings[over].state == SAYING_OVER)
        reply->heard_ms += reply->sayings[over++].heard_ms;
    if (over == 0)
        return;
    uint16_t from = over < reply->count ? reply->sayings[over].from : reply->size;
    for (uint8_t i = over; i < reply->count; i++)
        if (reply->sayings[i].from < from)
            from = reply->sayings[i].from; /* Fillers stand before texts that came earlier. */
    reply->count = (uint8_t)(reply->count - over);
    memmove(reply->sayings, reply->sayings + over, reply->count * sizeof(reply->sayings[0]));
    reply->size = (uint16_t)(reply->size - from);
    memmove(reply->text, reply->text + from, reply->size);
    for (uint8_t i = 0; i < reply->count; i++)
        reply->sayings[i].from = (uint16_t)(reply->sayings[i].from - from);
}

bool saying_room(struct reply *reply, uint32_t size)
{
    if (reply->count == SAYINGS || reply->size + size > REPLY_TEXT)
        make_room(reply);
    return reply->count < SAYINGS && reply->size + size <= REPLY_TEXT;
}

struct saying *saying_add(struct step *step, struct call *call, int16_t agent, uint32_t size)
{
    struct reply *reply = &call->talk.reply;

    if (reply->count == SAYINGS || reply->size + size > REPLY_TEXT)
        return NULL;
    struct saying *saying = &reply->sayings[reply->count++];
    *saying = (struct saying){.from = reply->size,
                              .size = (uint16_t)size,
                              .agent = agent,
                              .provider = PROVIDER_EMBEDDED,
                              .asked_wall_ms = step->event->wall_ms};
    reply->size = (uint16_t)(reply->size + size);
    return saying;
}

/* ---- Asking ---- */

/* The voice owes nothing any more. */
static void leave(struct step *step, struct call *call, struct saying *saying)
{
    if (saying->state == SAYING_ASKED)
        provider_leave(step->core, call, saying->provider);
}

static void ask(struct step *step, struct call *call, struct saying *saying)
{
    struct talk *talk = &call->talk;
    const struct plan_agent *agent = &call_plan(step->core, call)->agents[saying->agent];

    saying->provider = talk->at_home
                           ? PROVIDER_EMBEDDED
                           : provider_pick(step, call, &agent->speak, saying->tried, &saying->at);
    saying->utterance = ++talk->utterances;
    saying->asked_ms = step->event->now_ms;
    saying->state = SAYING_ASKED;
    provider_enter(step->core, call, saying->provider);
    if (!saying->filler && talk->reply.spoken_by == SPOKEN_BY_NOBODY)
        talk->reply.spoken_by = saying->provider;
    struct command *say = step_emit(step, SPEECH_SAY, call);
    say->say.utterance = saying->utterance;
    say->say.provider = saying->provider;
    say->say.plan = call->plan;
    say->say.wide = codec_is_wide(core_leg(step->core, call->leg)->codec);
    say->say.voice = agent->voice;
    say->say.language = agent->language;
    say->say.text = step_text_copy(step, text_in(&talk->reply, saying));
}

void saying_ask(struct step *step, struct call *call)
{
    struct reply *reply = &call->talk.reply;
    uint32_t ahead = 0;

    for (uint8_t i = 0; reply->live && i < reply->count && ahead < SAYINGS_AHEAD; i++) {
        if (reply->sayings[i].state == SAYING_WAITING)
            ask(step, call, &reply->sayings[i]);
        ahead += reply->sayings[i].state != SAYING_OVER;
    }
}

/* By the next of the chain. False: there is none. */
static bool ask_another(struct step *step, struct call *call, struct saying *saying,
                        struct text why)
{
    if (saying->provider == PROVIDER_EMBEDDED)
        return false;
    if (step->event->kind == SPEECH_FAILED)
        provider_rests(step, call, saying->provider, step->event->speech.retry_after_s, why);
    provider_outcome(step, call, saying->provider, PROVIDER_FAILED, 0, why);
    leave(step, call, saying);
    saying->tried |= (uint8_t)(1u << saying->at);
    ask(step, call, saying);
    return true;
}

/* ---- To media ---- */

static bool paused(const struct talk *talk)
{
    return talk->state == TALK_PAUSED || talk->held || talk->on_hold || talk->thought.speculative;
}

static uint64_t overdue_ms(const struct step *step, const struct call *call,
                           const struct saying *front)
{
    uint64_t now_ms = step->event->now_ms;

    if (front->state != SAYING_ASKED)
        return now_ms + front->size * 2u * CHARACTER_MS + PLAY_SLACK_MS;
    if (front->provider == PROVIDER_EMBEDDED)
        return now_ms + SPEAK_MS;
    return front->asked_ms + call_plan(step->core, call)->providers[front->provider].hard_ms;
}

/* The voice keeps the caller waiting: somebody else says so in time. */
static void watch_voice(struct step *step, struct call *call, const struct saying *front)
{
    uint64_t now_ms = step->event->now_ms, soft_ms = FILLER_PATIENCE_MS;

    if (front->state != SAYING_ASKED || front->provider == PROVIDER_EMBEDDED) {
        step_timer_cancel(step, call, TIMER_FILLER);
        return;
    }
    if (!front->filler)
        soft_ms = call_plan(step->core, call)->providers[front->provider].soft_ms;
    if (front->asked_ms + soft_ms > now_ms)
        soft_ms = front->asked_ms + soft_ms - now_ms;
    else
        soft_ms = front->filler ? 0 : QUIET_MS;
    floor_explain(step, call, soft_ms);
}

static void play(struct step *step, struct call *call, struct saying *saying)
{
    struct reply *reply = &call->talk.reply;

    if (waiting_is(call))
        waiting_hush(step, call);
    struct command *command = step_emit(step, MEDIA_PLAY, call);
    command->play.utterance = saying->utterance;
    command->play.clip = saying->clip;
    saying->state = SAYING_PLAYING;
    if (reply->times.first_speech_ms == 0 && !saying->filler)
        reply->times.first_speech_ms = step->event->now_ms; /* It waited for one that failed. */
}

/* An answer that came meanwhile is held back until there are words: the filler is not. */
static void play_filler(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;

    if (talk->state != TALK_RECOGNISING || !talk->unbegun || talk->on_hold ||
        talk->thought.speculative)
        return;
    for (uint8_t i = 0; i < talk->reply.count; i++)
        if (talk->reply.sayings[i].filler && talk->reply.sayings[i].state == SAYING_READY)
            play(step, call, &talk->reply.sayings[i]);
}

void reply_push(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;
    const struct saying *front = NULL;

    if (reply->live && paused(talk))
        play_filler(step, call);
    if (!reply->live || paused(talk))
        return;
    for (uint8_t i = 0; i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (saying->state == SAYING_READY)
            play(step, call, saying);
        if (!front && saying->state != SAYING_OVER)
            front = saying;
        if (saying->state == SAYING_ASKED || saying->state == SAYING_WAITING)
            break;
    }
    if (!front || talk->state != TALK_SPEAKING)
        return;
    step_timer_set(step, call, TIMER_ANSWER, overdue_ms(step, call, front));
    watch_voice(step, call, front);
}

/* ---- What was heard ---- */

/* How much of the text was heard, cut after a whole word. */
static uint32_t heard_size(struct text words, uint32_t heard_ms, uint32_t total_ms)
{
    uint64_t total = total_ms ? total_ms : (uint64_t)words.size * CHARACTER_MS;
    uint64_t size = total ? words.size * (uint64_t)heard_ms / total : 0;

    if (size >= words.size)
        return words.size;
    while (size > 0 && words.data[size] != ' ')
        size--;
    return (uint32_t)size;
}

static void note(struct step *step, struct call *call, const struct command *turn,
                 const struct plan_agent *agent, const struct saying *saying)
{
    struct text text = turn->turn.text, unheard = turn->turn.unheard;
    uint32_t number = turn->turn.turn;

    if (call->talk.state == TALK_NONE) /* The dialogue is forgotten already. */
        return;
    if (agent->think.count == 0 && call_agent(step->core, call)->think.count == 0)
        return;
    struct command *said = step_emit(step, MIND_NOTE, call);
    said->note.turn = number;
    said->note.speaker = SPEAKER_AGENT;
    said->note.text = text;
    said->note.unheard = unheard;
    said->note.clip = saying->own ? saying->clip : 0;
    said->note.heard_ms = saying->own ? saying->heard_ms : 0;
}

/* A model that speaks by itself believes that it said it. */
static void note_unheard(struct step *step, struct call *call, const struct saying *saying)
{
    if (!saying->own || call->talk.state == TALK_NONE)
        return;
    struct command *said = step_emit(step, MIND_NOTE, call);
    said->note.turn = call->talk.turn;
    said->note.speaker = SPEAKER_AGENT;
    said->note.clip = saying->clip;
}

static void account_part(struct step *step, struct call *call, const struct reply *reply,
                         const struct saying *saying, uint32_t size, bool rest_comes)
{
    const struct plan_agent *agent = &call_plan(step->core, call)->agents[saying->agent];
    struct text words = step_text_copy(step, text_in(reply, saying));
    struct command *turn = step_emit(step, STORE_TURN, call);

    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = saying->asked_wall_ms;
    turn->turn.turn = reply->turn;
    turn->turn.speaker = SPEAKER_AGENT;
    turn->turn.agent = agent->name;
    turn->turn.text = text_part(words, 0, size);
    if (!rest_comes)
        turn->turn.unheard = text_trim(text_part(words, size, words.size));
    if (!saying->filler)
        note(step, call, turn, agent, saying);
}

void saying_account(struct step *step, struct call *call, const struct reply *reply,
                    const struct saying *saying, uint32_t total_ms, bool whole)
{
    if (saying->heard_ms == 0) {
        note_unheard(step, call, saying);
        return;
    }
    account_part(step, call, reply, saying,
                 whole ? saying->size
                       : heard_size(text_in(reply, saying), saying->heard_ms, total_ms),
                 false);
}

bool saying_all_over(const struct reply *reply)
{
    for (uint8_t i = 0; i < reply->count; i++)
        if (reply->sayings[i].state != SAYING_OVER)
            return false;
    return true;
}

void saying_drop(struct step *step, struct call *call, struct saying *saying)
{
    if (saying->state == SAYING_READY) {
        step_emit(step, CLIP_DROP, call)->clip.clip = saying->clip;
        note_unheard(step, call, saying);
    }
    leave(step, call, saying);
    saying->state = SAYING_OVER;
}

/* True when the reply that has the floor is over with it. */
static bool over(struct step *step, struct call *call, struct reply *reply, struct saying *saying,
                 uint32_t total_ms, bool whole)
{
    bool current = reply == &call->talk.reply;

    saying_drop(step, call, saying);
    if (current)
        call->talk.quiet_ms = step->event->now_ms;
    saying_account(step, call, reply, saying, total_ms, whole);
    if (!saying_all_over(reply)) {
        if (current) {
            saying_ask(step, call);
            reply_push(step, call);
            if (saying->filler && call->talk.state == TALK_RECOGNISING)
                floor_explain(step, call, QUIET_MS);
        }
        return false;
    }
    reply_close(step, call, reply);
    return current;
}

/* Its voice died in the midst: accounts for what was heard, and asks another for the rest. */
static bool take_over(struct step *step, struct call *call, struct reply *reply,
                      struct saying *saying)
{
    struct text words = text_in(reply, saying);
    uint32_t size = heard_size(words, saying->heard_ms, 0);

    saying->broken = false;
    if (saying->heard_ms > 0)
        account_part(step, call, reply, saying, size, true);
    while (size < words.size && words.data[size] == ' ')
        size++;
    if (size == words.size)
        return false; /* Nothing is left. */
    reply->heard_ms += saying->heard_ms;
    saying->heard_ms = 0;
    saying->from = (uint16_t)(saying->from + size);
    saying->size = (uint16_t)(saying->size - size);
    saying->tried |= (uint8_t)(1u << saying->at);
    ask(step, call, saying);
    reply_push(step, call);
    return true;
}

/* ---- Events ---- */

static struct saying *find(struct talk *talk, uint32_t utterance, struct reply **in)
{
    struct reply *replies[] = {&talk->reply, &talk->leaving};

    for (int r = 0; r < 2; r++) {
        *in = replies[r];
        for (uint8_t i = 0; (*in)->live && i < (*in)->count; i++)
            if ((*in)->sayings[i].utterance == utterance &&
                (*in)->sayings[i].state != SAYING_OVER &&
                (*in)->sayings[i].state != SAYING_WAITING)
                return &(*in)->sayings[i];
    }
    return NULL;
}

/* Nothing that comes before it is still being made: a later clause may be there sooner, from a
 * cache. */
static bool is_front(const struct reply *reply, const struct saying *saying)
{
    for (const struct saying *before = reply->sayings; before < saying; before++)
        if (before->state == SAYING_ASKED && !before->filler)
            return false;
    return true;
}

void reply_ready(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct reply *reply;
    struct saying *saying = find(&call->talk, event->speech.utterance, &reply);

    if (!saying || reply != &call->talk.reply || saying->state != SAYING_ASKED) {
        step_emit(step, CLIP_DROP, call)->clip.clip = event->speech.clip;
        return;
    }
    if (saying->provider != PROVIDER_EMBEDDED && !event->speech.cached) {
        uint32_t ms = (uint32_t)(event->now_ms - saying->asked_ms);
        bool slow = ms > call_plan(step->core, call)->providers[saying->provider].soft_ms;
        provider_outcome(step, call, saying->provider, slow ? PROVIDER_SLOW : PROVIDER_OK, ms,
                         TEXT("its voice"));
    }
    leave(step, call, saying);
    saying->state = SAYING_READY;
    saying->clip = event->speech.clip;
    if (reply->times.first_speech_ms == 0 && !saying->filler && is_front(reply, saying)) {
        reply->times.first_speech_ms = event->at_ms;
        reply->times.cut_ms = event->speech.cut_ms;
    }
    reply_push(step, call);
}

bool reply_failed(struct step *step, struct call *call)
{
    struct reply *reply;
    struct saying *saying = find(&call->talk, step->event->speech.utterance, &reply);

    if (!saying || reply != &call->talk.reply)
        return false;
    if (saying->state == SAYING_PLAYING) {
        if (saying->provider == PROVIDER_EMBEDDED || saying->broken)
            return false; /* What there is of it is heard. */
        provider_outcome(step, call, saying->provider, PROVIDER_FAILED, 0,
                         step->event->speech.why);
        for (uint8_t i = 0; i < reply->count; i++) /* Those behind it wait for it. */
            if (reply->sayings[i].state == SAYING_PLAYING)
                reply->sayings[i].broken = true;
        step_emit(step, MEDIA_FLUSH, call);
        return false;
    }
    if (saying->state == SAYING_READY)
        step_emit(step, CLIP_DROP, call)->clip.clip = saying->clip;
    if (ask_another(step, call, saying, step->event->speech.why)) {
        reply_push(step, call);
        return false;
    }
    if (saying->state == SAYING_READY)
        saying->state = SAYING_ASKED; /* Its clip is given back already. */
    if (call->talk.unspoken < UINT8_MAX)
        call->talk.unspoken++;
    return over(step, call, reply, saying, 0, false);
}

void reply_audible(struct step *step, struct call *call)
{
    struct reply *reply;
    struct saying *saying = find(&call->talk, step->event->played.utterance, &reply);

    if (!saying)
        return;
    call->talk.unspoken = 0;
    struct turn_times *times = reply->timed ? &reply->times : &call->talk.times;
    if (!reply->timed && (!saying->filler || times->speech_to_ms == 0))
        return;
    if (times->audible_ms == 0)
        times->audible_ms = step->event->at_ms;
    if (times->answer_ms == 0 && !saying->filler)
        times->answer_ms = step->event->at_ms;
}

bool reply_played(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct reply *reply;
    struct saying *saying = find(&call->talk, event->played.utterance, &reply);

    if (!saying || saying->state != SAYING_PLAYING)
        return false;
    saying->heard_ms = event->played.heard_ms;
    if (saying->broken && reply == &call->talk.reply && !event->played.finished &&
        take_over(step, call, reply, saying))
        return false;
    return over(step, call, reply, saying, event->played.total_ms, event->played.finished);
}

bool reply_filler_waits(struct step *step, struct call *call)
{
    struct reply *reply = &call->talk.reply;

    for (uint8_t i = 0; reply->live && i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (!saying->filler || saying->state == SAYING_OVER)
            continue;
        if (saying->state != SAYING_ASKED || saying->provider == PROVIDER_EMBEDDED)
            return true;
        leave(step, call, saying);
        saying->tried = UINT8_MAX;
        ask(step, call, saying);
        return true;
    }
    return false;
}

bool reply_overdue(struct step *step, struct call *call)
{
    struct reply *reply = &call->talk.reply;

    for (uint8_t i = 0; reply->live && i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (saying->state == SAYING_OVER)
            continue;
        if (saying->state == SAYING_ASKED &&
            ask_another(step, call, saying, TEXT("its voice did not come"))) {
            reply_push(step, call);
            return false;
        }
        if (saying->state == SAYING_PLAYING)
            step_emit(step, MEDIA_FLUSH, call); /* It shall not be heard after what follows. */
        return over(step, call, reply, saying, 0, false);
    }
    return false;
}
