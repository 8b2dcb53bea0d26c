// SPDX-License-Identifier: Apache-2.0
/* offering_brief.c - what operators hear before they accept, and what their telephones are told. */
#include <string.h>

#include "core/call.h"
#include "core/codec.h"
#include "core/leg.h"
#include "core/offering_inside.h"
#include "core/operators.h"
#include "core/provider.h"
#include "core/standing.h"
#include "core/template.h"
#include "core/waiting_words.h"

enum {
    BRIEF_SUMMARY = 70, /* Of it, bytes: the whole is to be said in ten seconds. */
    BRIEF_BYTES = 400,
    WAIT_BYTES = 64,
    HALF_MS = 30000,
    HEADER_VALUE = 160, /* Before it is escaped. */
    USER_TO_USER = 120, /* RFC 7434 7: 128 octets at most. */
};

/* ---- Words ---- */

/* At the end of a word, or of a sentence. */
static void shorten(char *text, uint32_t most)
{
    uint32_t size = (uint32_t)strlen(text);

    if (size > most) {
        for (size = most; size > 0 && text[size] != ' '; size--)
            ;
    }
    while (size > 0 && (text[size - 1] == '.' || text[size - 1] == ' ' || text[size - 1] == ','))
        size--;
    text[size] = 0;
}

static struct text render(struct step *step, const struct call *call, struct text words,
                          struct text label)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    struct context context = call->talk.context;
    struct template_values values = {.context = &context,
                                     .agent = agent,
                                     .agent_label = label,
                                     .intent_label = text_of(context.intent),
                                     .key = TEXT_EMPTY};
    char room[BRIEF_BYTES], ago_room[WAIT_BYTES];
    struct text_buffer out, wait;

    if (standing_is(call)) {
        uint64_t ms = standing_ms(step, call); /* What is foretold is rounded up; this is not. */
        struct forecast ago = {.known = true, .p50_ms = (uint32_t)(ms > HALF_MS ? ms - HALF_MS : 0)};
        text_buffer_init(&wait, ago_room, sizeof(ago_room));
        waiting_words_wait(agent->language, &ago, &wait);
        values.wait = text_view(&wait);
    }
    shorten(context.summary, BRIEF_SUMMARY);
    for (uint8_t i = 0; i < agent->intent_count; i++) {
        if (text_equal(agent->intents[i].name, values.intent_label))
            values.intent_label = agent->intents[i].label;
    }
    text_buffer_init(&out, room, sizeof(room));
    template_render(words, &values, &out);
    return step_text_copy(step, text_trim(text_view(&out)));
}

static struct text brief_words(struct step *step, const struct call *call)
{
    enum words words = call->state == CALL_STANDING ? WORDS_BRIEF_CALLBACK : WORDS_BRIEF;

    return render(step, call, call_agent(step->core, call)->words[words],
                  call_agent(step->core, call)->label);
}

/* ---- Spoken ---- */

/* By the agent's voice; `tried`: so many of its chain have failed. The last is the embedded one. */
static uint32_t say(struct step *step, struct call *call, const struct leg *leg, uint8_t tried,
                    struct text words)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    struct command *command = step_emit_to(step, SPEECH_SAY, leg);

    command->say.utterance = ++call->talk.utterances;
    command->say.provider = tried < agent->speak.count && !call->talk.at_home
                                ? agent->speak.items[tried]
                                : PROVIDER_EMBEDDED;
    command->say.plan = call->plan;
    command->say.wide = codec_is_wide(leg->codec);
    command->say.voice = agent->voice;
    command->say.language = agent->language;
    command->say.text = words;
    return command->say.utterance;
}

void offering_brief(struct step *step, struct call *call, const struct leg *leg)
{
    call->offering.voice = 0;
    call->offering.utterance = say(step, call, leg, 0, brief_words(step, call));
}

static void play(struct step *step, const struct leg *leg)
{
    struct command *command = step_emit_to(step, MEDIA_PLAY, leg);

    command->play.utterance = step->event->speech.utterance;
    command->play.clip = step->event->speech.clip;
}

static void drop(struct step *step)
{
    struct command *command = step_emit(step, CLIP_DROP, NULL);

    command->leg = step->event->leg;
    command->clip.clip = step->event->speech.clip;
}

/* Without words the keys are known all the same to who has had a call before. */
void offering_brief_ready(struct step *step, struct call *call, struct offer *offer)
{
    const struct event *event = step->event;
    bool awaited = offer->state == OFFER_BRIEFING && event->speech.utterance &&
                   event->speech.utterance == call->offering.utterance;

    if (event->kind == SPEECH_READY) {
        if (awaited)
            play(step, step->leg);
        else
            drop(step);
    } else if (awaited && call->offering.voice < call_agent(step->core, call)->speak.count) {
        call->offering.utterance =
            say(step, call, step->leg, ++call->offering.voice, brief_words(step, call));
    } else if (awaited) {
        offering_listen(step, call);
    }
}

/* ---- To who has accepted ---- */

void offering_say(struct step *step, struct call *call, enum words words)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    struct text said = render(step, call, agent->words[words], agent->label);

    call->offering.both[1] = call->offering.utterance =
        say(step, call, core_leg(step->core, call->far), 0, said);
}

/* ---- To both ---- */

void offering_introduce(struct step *step, struct call *call, struct text label)
{
    const struct plan_agent *agent = call_agent(step->core, call);
    const uint32_t legs[] = {call->leg, call->far};

    if (agent->words[WORDS_INTRODUCE].size == 0)
        return;
    struct text words = render(step, call, agent->words[WORDS_INTRODUCE], label);
    for (int i = 0; i < 2; i++)
        call->offering.both[i] = say(step, call, core_leg(step->core, legs[i]), 0, words);
}

/* In a bridge what a leg has to say of its own goes before the other side's sound. */
bool offering_ready(struct step *step, struct call *call)
{
    const struct event *event = step->event;

    for (int i = 0; i < 2; i++) {
        if (event->speech.utterance == 0 || call->offering.both[i] != event->speech.utterance)
            continue;
        call->offering.both[i] = 0;
        bool can = call->state == CALL_BRIDGED || standing_is(call);
        if (event->kind == SPEECH_READY && can && leg_is_up(step->leg))
            play(step, step->leg);
        else if (event->kind == SPEECH_READY)
            drop(step);
        else if (standing_is(call))
            standing_said(step, call);
        call_settle(step, call);
        return true;
    }
    return false;
}

/* ---- For telephones and desks ---- */

/* What is no plain ASCII goes as %XX, as in a URI. */
static void escape(struct text_buffer *out, struct text value)
{
    for (uint32_t i = 0; i < value.size && i < HEADER_VALUE; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c >= ' ' && c < 0x7f && c != '%') {
            text_append_char(out, (char)c);
            continue;
        }
        text_append_char(out, '%');
        text_append_char(out, "0123456789ABCDEF"[c >> 4]);
        text_append_char(out, "0123456789ABCDEF"[c & 15]);
    }
}

/* A line that does not fit is left out whole. */
static void header(struct text_buffer *out, struct text name, struct text value)
{
    char room[3 * HEADER_VALUE];
    struct text_buffer line;

    text_buffer_init(&line, room, sizeof(room));
    escape(&line, value);
    if (value.size == 0 || out->size + name.size + line.size + 3 > out->capacity)
        return;
    text_append(out, name);
    text_append(out, TEXT(": "));
    text_append(out, text_view(&line));
    text_append_char(out, '\n');
}

static void put_hex(struct text_buffer *out, struct text value)
{
    for (uint32_t i = 0; i < value.size && i < USER_TO_USER; i++) {
        text_append_char(out, "0123456789abcdef"[(unsigned char)value.data[i] >> 4]);
        text_append_char(out, "0123456789abcdef"[(unsigned char)value.data[i] & 15]);
    }
}

/* RFC 7433, in the package of old: 04 says that characters follow (RFC 7434, Q.931 4.5.30). */
static void user_to_user(struct text_buffer *out, const struct call *call)
{
    char words[USER_TO_USER], room[2 * USER_TO_USER + 64];
    struct text_buffer plain, value;

    text_buffer_init(&plain, words, sizeof(words));
    text_append(&plain, TEXT("call="));
    text_append(&plain, text_of(call->ref));
    text_append(&plain, TEXT(";intent="));
    text_append(&plain, text_of(call->talk.context.intent));
    text_buffer_init(&value, room, sizeof(room));
    text_append(&value, TEXT("04"));
    put_hex(&value, text_view(&plain));
    text_append(&value, TEXT(";encoding=hex\n"));
    if (out->size + value.size + 16 > out->capacity)
        return;
    text_append(out, TEXT("User-to-User: "));
    text_append(out, text_view(&value));
}

void offering_headers(struct step *step, struct call *call)
{
    const struct context *context = &call->talk.context;
    struct text_buffer out;

    text_buffer_init(&out, call->dial.headers, sizeof(call->dial.headers) - 1);
    header(&out, TEXT("X-Offhook-Call"), text_of(call->ref));
    user_to_user(&out, call);
    header(&out, TEXT("X-Offhook-Queue"), offering_queue(step->core, call)->name);
    header(&out, TEXT("X-Offhook-Caller"), text_of(context->caller));
    header(&out, TEXT("X-Offhook-Agent"), call_agent(step->core, call)->name);
    header(&out, TEXT("X-Offhook-Intent"), text_of(context->intent));
    header(&out, TEXT("X-Offhook-Sentiment"), text_of(sentiment_names[context->sentiment]));
    header(&out, TEXT("X-Offhook-Summary"), text_of(context->summary));
    header(&out, TEXT("X-Offhook-Reason"), text_of(context->reason));
    call->dial.headers[out.size] = 0;
}

void offering_tell(struct step *step, struct call *call, int16_t who)
{
    const struct context *context = &call->talk.context;
    const struct plan_operator *person = operators_person(step->core, who);
    struct text brief = call->offering.plain ? TEXT_EMPTY : brief_words(step, call);
    struct command *command = step_emit(step, STORE_OFFER, call);

    command->offer.ref = text_of(call->ref);
    command->offer.wall_ms = step->event->wall_ms;
    command->offer.name = person->name;
    command->offer.label = person->label;
    command->offer.place = person->places[0];
    command->offer.queue = offering_queue(step->core, call)->name;
    command->offer.caller = text_of(context->caller);
    command->offer.intent = text_of(context->intent);
    command->offer.statement = text_of(context->statement);
    command->offer.summary = text_of(context->summary);
    command->offer.entities = text_of(context->entities);
    command->offer.given = text_of(context->given);
    command->offer.transferred_from = text_of(context->transferred_from);
    command->offer.reason = text_of(context->reason);
    command->offer.sentiment = context->sentiment;
    command->offer.brief = brief;
}
