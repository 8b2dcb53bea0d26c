// SPDX-License-Identifier: Apache-2.0
/* reply.c - sayings in order, and an honest account of them. */
#include "core/reply.h"

#include <string.h>

#include "core/ledger.h"
#include "core/template.h"

enum {
    CHARACTER_MS = 75,   /* An English voice at its usual speed. */
    PLAY_SLACK_MS = 8000 /* Over the estimate before a playout counts as lost. */
};

static struct text saying_text(const struct reply *reply, const struct saying *saying)
{
    return (struct text){.data = reply->text + saying->from, .size = saying->size};
}

bool reply_sounding(const struct reply *reply)
{
    for (uint8_t i = 0; i < reply->count; i++)
        if (reply->sayings[i].state == SAYING_PLAYING)
            return true;
    return false;
}

static void begin(struct call *call)
{
    struct talk *talk = &call->talk;

    talk->reply = (struct reply){.live = true,
                                 .turn = talk->turn,
                                 .timed = talk->times.speech_to_ms != 0,
                                 .times = talk->times};
    talk->times = (struct turn_times){0};
    talk->last_reply[0] = 0;
}

/* Asks for the text that stands at the end of the reply. */
static void ask(struct step *step, struct call *call, int16_t agent, uint16_t size)
{
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;
    struct saying *saying = &reply->sayings[reply->count++];

    *saying = (struct saying){.utterance = ++talk->utterances,
                              .from = reply->size,
                              .size = size,
                              .agent = agent,
                              .asked_wall_ms = step->event->wall_ms};
    reply->size = (uint16_t)(reply->size + size);
    struct command *say = step_emit(step, SPEECH_SAY, call);
    say->say.utterance = saying->utterance;
    say->say.provider = PROVIDER_EMBEDDED;
    say->say.plan = call->plan;
    say->say.wide = codec_is_wide(core_leg(step->core, call->leg)->codec);
    say->say.voice = call_plan(step->core, call)->agents[agent].voice;
    say->say.text = step_text_copy(step, saying_text(reply, saying));
}

/* key and label: what {key} and {agent} name. */
static void say_with(struct step *step, struct call *call, int16_t agent, struct text words,
                     struct text key, struct text label)
{
    const struct plan *plan = call_plan(step->core, call);
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;
    const struct plan_agent *speaker = &plan->agents[talk->agent];
    struct template_values values = {.context = &talk->context,
                                     .agent = speaker,
                                     .agent_label =
                                         label.size > 0 ? label : plan->agents[agent].label,
                                     .intent_label = text_of(talk->context.intent),
                                     .key = key};
    struct text_buffer out;

    if (!reply->live)
        begin(call);
    if (reply->count == SAYINGS)
        return;
    for (uint8_t i = 0; i < speaker->intent_count; i++)
        if (talk->pending_intent == i ||
            (talk->pending_intent < 0 && text_equal(speaker->intents[i].name, values.intent_label)))
            values.intent_label = speaker->intents[i].label;
    text_buffer_init(&out, reply->text + reply->size, (uint32_t)(REPLY_TEXT - reply->size));
    if (out.capacity > MAX_UTTERANCE)
        out.capacity = MAX_UTTERANCE;
    template_render(words, &values, &out);
    if (text_trim(text_view(&out)).size == 0)
        return;
    uint32_t before = (uint32_t)strlen(talk->last_reply);
    if (before + 2 < sizeof(talk->last_reply)) {
        if (before > 0)
            talk->last_reply[before++] = ' ';
        text_copy(talk->last_reply + before, sizeof(talk->last_reply) - before, text_view(&out));
    }
    ask(step, call, agent, (uint16_t)out.size);
    reply_push(step, call);
}

void reply_say(struct step *step, struct call *call, int16_t agent, struct text words)
{
    say_with(step, call, agent, words, TEXT_EMPTY, TEXT_EMPTY);
}

void reply_words(struct step *step, struct call *call, enum words words)
{
    int16_t agent = call->talk.agent;

    reply_say(step, call, agent, call_plan(step->core, call)->agents[agent].words[words]);
}

void reply_words_key(struct step *step, struct call *call, enum words words, char key)
{
    int16_t agent = call->talk.agent;

    say_with(step, call, agent, call_plan(step->core, call)->agents[agent].words[words],
             (struct text){.data = &key, .size = 1}, TEXT_EMPTY);
}

void reply_handover(struct step *step, struct call *call, struct text label)
{
    int16_t agent = call->talk.agent;

    say_with(step, call, agent, call_plan(step->core, call)->agents[agent].words[WORDS_HANDOVER],
             TEXT_EMPTY, label);
}

void reply_repeat(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    char again[MAX_UTTERANCE];

    if (!talk->last_reply[0]) {
        reply_words(step, call, WORDS_NOTHING_TO_REPEAT);
        return;
    }
    text_copy(again, sizeof(again), text_of(talk->last_reply));
    if (!talk->reply.live)
        begin(call);
    struct reply *reply = &talk->reply;
    uint32_t size = (uint32_t)strlen(again);
    if (reply->count == SAYINGS || reply->size + size > REPLY_TEXT)
        return;
    memcpy(reply->text + reply->size, again, size);
    text_copy(talk->last_reply, sizeof(talk->last_reply), text_of(again));
    ask(step, call, talk->agent, (uint16_t)size);
    reply_push(step, call);
}

static bool paused(const struct talk *talk)
{
    return talk->state == TALK_PAUSED || talk->held || talk->on_hold;
}

void reply_push(struct step *step, struct call *call)
{
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;
    const struct saying *front = NULL;

    if (!reply->live || paused(talk))
        return;
    for (uint8_t i = 0; i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (saying->state == SAYING_READY) {
            struct command *play = step_emit(step, MEDIA_PLAY, call);
            play->play.utterance = saying->utterance;
            play->play.clip = saying->clip;
            saying->state = SAYING_PLAYING;
        }
        if (!front && saying->state != SAYING_OVER)
            front = saying;
        if (saying->state == SAYING_ASKED)
            break;
    }
    if (!front || talk->state != TALK_SPEAKING)
        return;
    uint64_t wait_ms =
        front->state == SAYING_ASKED ? SPEAK_MS : front->size * 2 * CHARACTER_MS + PLAY_SLACK_MS;
    step_timer_set(step, call, TIMER_ANSWER, step->event->now_ms + wait_ms);
}

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

/* Writes the utterance to the account; what was not heard at all was not said. */
static void account(struct step *step, struct call *call, struct reply *reply,
                    struct saying *saying, uint32_t total_ms, bool whole)
{
    if (saying->heard_ms == 0)
        return;
    struct text words = step_text_copy(step, saying_text(reply, saying));
    uint32_t size = whole ? words.size : heard_size(words, saying->heard_ms, total_ms);
    struct command *turn = step_emit(step, STORE_TURN, call);
    turn->turn.ref = text_of(call->ref);
    turn->turn.wall_ms = saying->asked_wall_ms;
    turn->turn.turn = reply->turn;
    turn->turn.speaker = SPEAKER_AGENT;
    turn->turn.agent = call_plan(step->core, call)->agents[saying->agent].name;
    turn->turn.text = text_part(words, 0, size);
    turn->turn.unheard = text_trim(text_part(words, size, words.size));
}

static bool all_over(const struct reply *reply)
{
    for (uint8_t i = 0; i < reply->count; i++)
        if (reply->sayings[i].state != SAYING_OVER)
            return false;
    return true;
}

static void close_reply(struct step *step, struct call *call, struct reply *reply)
{
    if (reply->timed)
        ledger_write(step, call, reply);
    reply->live = false;
}

/* True when the reply that has the floor is over with it. */
static bool over(struct step *step, struct call *call, struct reply *reply, struct saying *saying,
                 uint32_t total_ms, bool whole)
{
    bool current = reply == &call->talk.reply;

    saying->state = SAYING_OVER;
    account(step, call, reply, saying, total_ms, whole);
    if (!all_over(reply)) {
        if (current)
            reply_push(step, call);
        return false;
    }
    close_reply(step, call, reply);
    return current;
}

static struct saying *find(struct talk *talk, uint32_t utterance, struct reply **in)
{
    struct reply *replies[] = {&talk->reply, &talk->leaving};

    for (int r = 0; r < 2; r++) {
        *in = replies[r];
        for (uint8_t i = 0; (*in)->live && i < (*in)->count; i++)
            if ((*in)->sayings[i].utterance == utterance && (*in)->sayings[i].state != SAYING_OVER)
                return &(*in)->sayings[i];
    }
    return NULL;
}

/* Drops clips that media never got; those utterances were not heard. */
static void drop_unplayed(struct step *step, struct call *call, struct reply *reply)
{
    for (uint8_t i = 0; i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (saying->state == SAYING_READY)
            step_emit(step, CLIP_DROP, call)->clip.clip = saying->clip;
        if (saying->state == SAYING_READY || saying->state == SAYING_ASKED)
            saying->state = SAYING_OVER;
    }
}

static void end_leaving(struct step *step, struct call *call)
{
    struct reply *leaving = &call->talk.leaving;

    if (!leaving->live)
        return;
    for (uint8_t i = 0; i < leaving->count; i++) {
        if (leaving->sayings[i].state == SAYING_OVER)
            continue;
        leaving->sayings[i].state = SAYING_OVER;
        account(step, call, leaving, &leaving->sayings[i], 0, false);
    }
    close_reply(step, call, leaving);
}

void reply_stop(struct step *step, struct call *call, bool by_caller)
{
    struct talk *talk = &call->talk;
    bool paused_now = paused(talk);

    talk->held = false;
    step_timer_cancel(step, call, TIMER_ANSWER);
    if (!talk->reply.live)
        return;
    end_leaving(step, call);
    step_emit(step, SPEECH_CANCEL, call);
    drop_unplayed(step, call, &talk->reply);
    if (reply_sounding(&talk->reply) || paused_now)
        step_emit(step, MEDIA_FLUSH, call);
    talk->reply.interrupted = by_caller;
    talk->leaving = talk->reply;
    talk->reply.live = false;
    talk->reply.count = 0;
    if (all_over(&talk->leaving))
        close_reply(step, call, &talk->leaving);
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
    saying->state = SAYING_READY;
    saying->clip = event->speech.clip;
    if (reply->times.first_speech_ms == 0) {
        reply->times.first_speech_ms = event->at_ms;
        reply->times.cut_ms = event->speech.cut_ms;
    }
    reply_push(step, call);
}

bool reply_failed(struct step *step, struct call *call)
{
    struct reply *reply;
    struct saying *saying = find(&call->talk, step->event->speech.utterance, &reply);

    return saying && reply == &call->talk.reply && saying->state == SAYING_ASKED &&
           over(step, call, reply, saying, 0, false);
}

void reply_audible(struct step *step, struct call *call)
{
    struct reply *reply;

    if (find(&call->talk, step->event->played.utterance, &reply) && reply->times.audible_ms == 0)
        reply->times.audible_ms = step->event->at_ms;
}

bool reply_played(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct reply *reply;
    struct saying *saying = find(&call->talk, event->played.utterance, &reply);

    if (!saying || saying->state != SAYING_PLAYING)
        return false;
    saying->heard_ms = event->played.heard_ms;
    return over(step, call, reply, saying, event->played.total_ms, event->played.finished);
}

bool reply_overdue(struct step *step, struct call *call)
{
    struct reply *reply = &call->talk.reply;

    for (uint8_t i = 0; reply->live && i < reply->count; i++) {
        struct saying *saying = &reply->sayings[i];
        if (saying->state == SAYING_OVER)
            continue;
        if (saying->state == SAYING_READY)
            step_emit(step, CLIP_DROP, call)->clip.clip = saying->clip;
        return over(step, call, reply, saying, 0, false);
    }
    return false;
}

void reply_end(struct step *step, struct call *call)
{
    end_leaving(step, call);
    struct talk *talk = &call->talk;
    if (talk->reply.live) {
        drop_unplayed(step, call, &talk->reply);
        talk->leaving = talk->reply;
        talk->reply.live = false;
        end_leaving(step, call);
    }
}
