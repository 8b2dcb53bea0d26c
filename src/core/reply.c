// SPDX-License-Identifier: Apache-2.0
/* reply.c - words to utterances in order, and their end. */
#include "core/reply.h"

#include "core/appointment.h"
#include <string.h>

#include "core/ledger.h"
#include "core/saying.h"
#include "core/template.h"

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

    talk->reply.live = true;
    talk->reply.interrupted = talk->reply.timed = false;
    talk->reply.count = 0;
    talk->reply.size = 0;
    talk->reply.heard_ms = 0;
    talk->reply.agent = talk->agent;
    talk->reply.spoken_by = SPOKEN_BY_NOBODY;
    talk->reply.turn = talk->turn;
    talk->reply.times = (struct turn_times){0};
    talk->last_reply[0] = 0;
}

void reply_time(struct call *call)
{
    struct talk *talk = &call->talk;

    if (!talk->reply.live || talk->reply.timed || talk->times.speech_to_ms == 0)
        return;
    talk->times.first_speech_ms = talk->reply.times.first_speech_ms;
    talk->times.cut_ms = talk->reply.times.cut_ms;
    talk->reply.timed = true;
    talk->reply.turn = talk->turn;
    talk->reply.times = talk->times;
    talk->times = (struct turn_times){0};
}

/* For "repeat that", and to know an echo. */
static void keep_last(struct talk *talk, struct text words)
{
    uint32_t before = (uint32_t)strlen(talk->last_reply);

    if (before + 2 >= sizeof(talk->last_reply))
        return;
    if (before > 0)
        talk->last_reply[before++] = ' ';
    text_copy(talk->last_reply + before, sizeof(talk->last_reply) - before, words);
}

/* The bytes at the end of the reply's text are said. */
static void add(struct step *step, struct call *call, int16_t agent, uint32_t size)
{
    struct talk *talk = &call->talk;
    struct text words = {.data = talk->reply.text + talk->reply.size, .size = size};

    keep_last(talk, words);
    if (!saying_add(step, call, agent, size))
        return;
    if (!talk->thought.speculative)
        reply_time(call);
    saying_ask(step, call);
    reply_push(step, call);
}

/* Digit by digit, three and three: "0 4 4, 1 2 3". */
static struct text spoken(struct step *step, struct text number)
{
    struct text_buffer out = step_text(step);
    uint32_t digits = 0;

    for (uint32_t i = 0; i < number.size; i++) {
        if (number.data[i] < '0' || number.data[i] > '9')
            continue;
        if (digits > 0)
            text_append(&out, digits % 3 == 0 ? TEXT(", ") : TEXT(" "));
        text_append_char(&out, number.data[i]);
        digits++;
    }
    return step_text_take(step, &out);
}

static struct text time_of(struct step *step, const struct call *call, uint32_t which)
{
    struct text_buffer out = step_text(step);

    appointment_say(step, call, which, &out);
    return step_text_take(step, &out);
}

static struct template_values values_for(struct step *step, struct call *call, int16_t agent,
                                         struct text key, struct text label)
{
    const struct plan *plan = call_plan(step->core, call);
    struct talk *talk = &call->talk;
    const struct plan_agent *speaker = &plan->agents[talk->agent];
    struct template_values values = {.context = &talk->context,
                                     .agent = speaker,
                                     .agent_label =
                                         label.size > 0 ? label : plan->agents[agent].label,
                                     .intent_label = text_of(talk->context.intent),
                                     .key = key,
                                     .number = spoken(step, text_of(call->parting.number)),
                                     .first = time_of(step, call, 0),
                                     .second = time_of(step, call, 1),
                                     .when = time_of(step, call, 2)};

    for (uint8_t i = 0; i < speaker->intent_count; i++)
        if (talk->pending_intent == i ||
            (talk->pending_intent < 0 && text_equal(speaker->intents[i].name, values.intent_label)))
            values.intent_label = speaker->intents[i].label;
    return values;
}

/* The words, rendered, at the end of the reply's text; their size, 0: nothing to say or no room. */
static uint32_t render(struct call *call, struct text words, const struct template_values *values)
{
    struct reply *reply = &call->talk.reply;
    struct text_buffer out;

    if (!saying_room(reply, MAX_UTTERANCE) && !saying_room(reply, words.size))
        return 0;
    text_buffer_init(&out, reply->text + reply->size, (uint32_t)(REPLY_TEXT - reply->size));
    if (out.capacity > MAX_UTTERANCE)
        out.capacity = MAX_UTTERANCE;
    template_render(words, values, &out);
    return text_trim(text_view(&out)).size == 0 ? 0 : out.size;
}

static void say_values(struct step *step, struct call *call, int16_t agent, struct text words,
                       const struct template_values *values)
{
    if (!call->talk.reply.live)
        begin(call);
    uint32_t size = render(call, words, values);
    if (size > 0)
        add(step, call, agent, size);
    else if (call->talk.reply.count == 0)
        call->talk.reply.live = false; /* Nothing came of it. */
}

/* key and label: what {key} and {agent} name. */
static void say_with(struct step *step, struct call *call, int16_t agent, struct text words,
                     struct text key, struct text label)
{
    struct template_values values = values_for(step, call, agent, key, label);

    say_values(step, call, agent, words, &values);
}

void reply_queue(struct step *step, struct call *call, struct text words,
                 const struct reply_queue *names)
{
    struct template_values values =
        values_for(step, call, call->talk.agent, TEXT_EMPTY, TEXT_EMPTY);

    values.queue = names->queue;
    values.position = names->position;
    values.wait = names->wait;
    values.offers = names->offers;
    say_values(step, call, call->talk.agent, words, &values);
}

void reply_say(struct step *step, struct call *call, int16_t agent, struct text words)
{
    say_with(step, call, agent, words, TEXT_EMPTY, TEXT_EMPTY);
}

static struct text words_of(const struct step *step, const struct call *call, enum words words)
{
    return call_agent(step->core, call)->words[words];
}

void reply_words(struct step *step, struct call *call, enum words words)
{
    reply_say(step, call, call->talk.agent, words_of(step, call, words));
}

void reply_words_key(struct step *step, struct call *call, enum words words, char key)
{
    say_with(step, call, call->talk.agent, words_of(step, call, words),
             (struct text){.data = &key, .size = 1}, TEXT_EMPTY);
}

void reply_handover(struct step *step, struct call *call, struct text label)
{
    say_with(step, call, call->talk.agent, words_of(step, call, WORDS_HANDOVER), TEXT_EMPTY, label);
}

bool reply_clause(struct step *step, struct call *call, struct text words)
{
    struct reply *reply = &call->talk.reply;

    words = text_trim(text_part(words, 0, MAX_UTTERANCE));
    if (words.size == 0)
        return true;
    if (!reply->live)
        begin(call);
    if (!saying_room(reply, words.size))
        return false;
    memcpy(reply->text + reply->size, words.data, words.size);
    add(step, call, call->talk.agent, words.size);
    return true;
}

bool reply_sound(struct step *step, struct call *call, uint32_t clip, int16_t provider)
{
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;

    if (!reply->live)
        begin(call);
    struct saying *saying =
        saying_room(reply, 0) ? saying_add(step, call, talk->agent, 0) : NULL;
    if (!saying) {
        reply->live = reply->count > 0;
        return false;
    }
    saying->own = true;
    saying->provider = provider;
    saying->utterance = ++talk->utterances;
    saying->clip = clip;
    saying->asked_ms = step->event->now_ms;
    saying->state = SAYING_READY;
    if (reply->spoken_by == SPOKEN_BY_NOBODY)
        reply->spoken_by = provider;
    if (reply->times.first_speech_ms == 0)
        reply->times.first_speech_ms = step->event->at_ms;
    if (!talk->thought.speculative)
        reply_time(call);
    reply_push(step, call);
    return true;
}

static struct saying *spoken_in(struct reply *reply, uint32_t clip)
{
    for (uint8_t i = 0; reply->live && i < reply->count; i++)
        if (reply->sayings[i].own && reply->sayings[i].clip == clip)
            return &reply->sayings[i];
    return NULL;
}

/* Its text to the end of the reply's, where it can grow. */
static bool move_to_end(struct reply *reply, struct saying *saying)
{
    if (saying->from + saying->size == reply->size)
        return true;
    if (reply->size + saying->size > REPLY_TEXT)
        return false;
    memmove(reply->text + reply->size, reply->text + saying->from, saying->size);
    saying->from = reply->size;
    reply->size = (uint16_t)(reply->size + saying->size);
    return true;
}

bool reply_spoken(struct step *step, struct call *call, uint32_t clip, struct text words)
{
    struct reply *reply = &call->talk.reply;
    struct saying *saying = spoken_in(reply, clip);
    uint32_t gap = saying && saying->size > 0;

    words = text_trim(text_part(words, 0, MAX_UTTERANCE));
    if (!saying || words.size == 0)
        return true;
    if (!move_to_end(reply, saying) || reply->size + gap + words.size > REPLY_TEXT)
        return false;
    if (gap)
        reply->text[reply->size] = ' ';
    memcpy(reply->text + reply->size + gap, words.data, words.size);
    saying->size = (uint16_t)(saying->size + gap + words.size);
    reply->size = (uint16_t)(reply->size + gap + words.size);
    keep_last(&call->talk, words);
    reply_push(step, call);
    return true;
}

void reply_filler(struct step *step, struct call *call, struct text words, bool embedded)
{
    struct talk *talk = &call->talk;
    struct reply *reply = &talk->reply;

    if (!reply->live)
        begin(call);
    struct template_values values =
        values_for(step, call, talk->agent, TEXT_EMPTY, TEXT_EMPTY);
    uint32_t size = render(call, words, &values);
    struct saying *last =
        size > 0 ? saying_add(step, call, talk->agent, size) : NULL;
    if (!last) {
        reply->live = reply->count > 0;
        return;
    }
    struct saying filler = *last;
    filler.filler = true;
    filler.tried = embedded ? UINT8_MAX : 0;
    uint8_t at = 0; /* Before the first that waits for its voice. */
    while (at + 1 < reply->count && reply->sayings[at].state >= SAYING_READY)
        at++;
    memmove(&reply->sayings[at + 1], &reply->sayings[at],
            (reply->count - 1u - at) * sizeof(filler));
    reply->sayings[at] = filler;
    saying_ask(step, call);
    reply_push(step, call);
    if (talk->state == TALK_THINKING || talk->state == TALK_RECOGNISING)
        step_timer_set(step, call, TIMER_FILLER, step->event->now_ms + FILLER_PATIENCE_MS);
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
    talk->last_reply[0] = 0;
    reply_clause(step, call, text_of(again));
}

/* ---- The end ---- */

void reply_close(struct step *step, struct call *call, struct reply *reply)
{
    if (reply->timed)
        ledger_write(step, call, reply);
    reply->live = false;
}

/* Drops what media never got; those utterances were not heard. */
static void drop_unplayed(struct step *step, struct call *call, struct reply *reply)
{
    for (uint8_t i = 0; i < reply->count; i++)
        if (reply->sayings[i].state < SAYING_PLAYING)
            saying_drop(step, call, &reply->sayings[i]);
}

static void end_leaving(struct step *step, struct call *call)
{
    struct reply *leaving = &call->talk.leaving;

    if (!leaving->live)
        return;
    for (uint8_t i = 0; i < leaving->count; i++) {
        if (leaving->sayings[i].state == SAYING_OVER)
            continue;
        saying_drop(step, call, &leaving->sayings[i]);
        saying_account(step, call, leaving, &leaving->sayings[i], 0, false);
    }
    reply_close(step, call, leaving);
}

void reply_stop(struct step *step, struct call *call, bool by_caller)
{
    struct talk *talk = &call->talk;
    bool paused_now = talk->state == TALK_PAUSED || talk->held || talk->on_hold;

    talk->held = false;
    if (talk->state != TALK_RECOGNISING) /* It watches over the final text. */
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
    if (saying_all_over(&talk->leaving))
        reply_close(step, call, &talk->leaving);
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
