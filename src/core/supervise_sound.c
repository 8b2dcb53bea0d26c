// SPDX-License-Identifier: Apache-2.0
/* supervise_sound.c - the edges between legs, and words and tones. */
#include <string.h>

#include "core/codec.h"
#include "core/leg.h"
#include "core/supervise_inside.h"
#include "core/waiting.h"

struct words_of {
    struct text language;
    struct text told, whisper, take_over;
    struct text refusals[SUPERVISE_REFUSALS];
};

static const struct words_of words[] = {
    {TEXT_INIT("en"),
     TEXT_INIT("A supervisor is listening to this call."),
     TEXT_INIT("The voice agent cannot hear you. Press 4 to take over."),
     TEXT_INIT("This call cannot be taken over."),
     {[SUPERVISE_NO_RIGHT] = TEXT_INIT("You may not supervise this call. Good-bye."),
      [SUPERVISE_NO_CALL] = TEXT_INIT("There is no such call now. Good-bye."),
      [SUPERVISE_TWO] = TEXT_INIT("Somebody else supervises this call. Good-bye.")}},
    {TEXT_INIT("de"),
     TEXT_INIT("Eine Aufsichtsperson hört dieses Gespräch mit."),
     TEXT_INIT("Der Sprachassistent kann Sie nicht hören. Mit der 4 übernehmen Sie das Gespräch."),
     TEXT_INIT("Dieses Gespräch kann nicht übernommen werden."),
     {[SUPERVISE_NO_RIGHT] =
          TEXT_INIT("Sie dürfen dieses Gespräch nicht mithören. Auf Wiederhören."),
      [SUPERVISE_NO_CALL] = TEXT_INIT("Dieses Gespräch gibt es gerade nicht. Auf Wiederhören."),
      [SUPERVISE_TWO] = TEXT_INIT("Jemand anders hört schon mit. Auf Wiederhören.")}},
    {TEXT_INIT("es"),
     TEXT_INIT("Un supervisor está escuchando esta llamada."),
     TEXT_INIT("El asistente de voz no puede oírle. Pulse 4 para tomar la llamada."),
     TEXT_INIT("No se puede tomar esta llamada."),
     {[SUPERVISE_NO_RIGHT] = TEXT_INIT("No puede supervisar esta llamada. Adiós."),
      [SUPERVISE_NO_CALL] = TEXT_INIT("Ahora no hay tal llamada. Adiós."),
      [SUPERVISE_TWO] = TEXT_INIT("Otra persona ya supervisa esta llamada. Adiós.")}},
    {TEXT_INIT("fr"),
     TEXT_INIT("Un superviseur écoute cet appel."),
     TEXT_INIT("L'assistant vocal ne peut pas vous entendre. Appuyez sur 4 pour prendre l'appel."),
     TEXT_INIT("Cet appel ne peut pas être repris."),
     {[SUPERVISE_NO_RIGHT] = TEXT_INIT("Vous ne pouvez pas superviser cet appel. Au revoir."),
      [SUPERVISE_NO_CALL] = TEXT_INIT("Il n'y a pas d'appel de ce genre. Au revoir."),
      [SUPERVISE_TWO] = TEXT_INIT("Quelqu'un d'autre supervise déjà cet appel. Au revoir.")}},
};

static const struct words_of *words_for(const struct core *core, const struct call *call)
{
    struct text language = call->talk.agent >= 0 ? call_agent(core, call)->language : TEXT_EMPTY;
    struct text tag = text_next(&language, '-');

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (text_equal_nocase(words[i].language, tag))
            return &words[i];
    }
    return &words[0];
}

struct text supervise_words(const struct core *core, const struct call *call,
                            enum supervise_refusal why)
{
    return words_for(core, call)->refusals[why];
}

static bool is_open(const struct leg *leg)
{
    return leg && leg->media_open && !leg->media_closed && leg->state != LEG_ENDING;
}

/* ---- Who is told ---- */

static uint32_t say(struct step *step, struct call *call, const struct leg *leg, struct text text)
{
    struct command *command = step_emit_to(step, SPEECH_SAY, leg);
    bool tone = text.size == 0 || call->talk.agent < 0; /* No agent, no voice. */

    command->say.utterance = ++call->talk.utterances;
    command->say.provider = PROVIDER_EMBEDDED;
    command->say.plan = call->plan;
    command->say.wide = !tone && codec_is_wide(leg->codec);
    command->say.voice = tone ? TEXT("music") : call_agent(step->core, call)->voice;
    command->say.language = tone ? TEXT_EMPTY : call_agent(step->core, call)->language;
    command->say.text = tone ? TEXT("beep") : text;
    return command->say.utterance;
}

/* Music and messages are no conversation: the tone comes when it goes on. */
static bool can_be_told(const struct call *call)
{
    return call->state == CALL_BRIDGED ||
           (call->state == CALL_UP && !waiting_is(call) && call->hold.utterance == 0 &&
            !call->hold.playing && call->parting.state == PARTING_NONE);
}

/* Of the first leg, or of the second. */
static enum plan_tell policy_of(const struct core *core, const struct call *call, int side)
{
    const struct plan_supervision *policy = &call_plan(core, call)->supervision;
    uint32_t person = call->far ? supervise_operator(core, call) : 0;

    return (side ? call->far : call->leg) == person ? policy->tell_operator : policy->tell_caller;
}

static void tell(struct step *step, struct call *call, int side, enum plan_tell how)
{
    const struct leg *leg = core_leg(step->core, side ? call->far : call->leg);

    if (!is_open(leg) || how == TELL_NOT || !can_be_told(call))
        return;
    call->supervise.knows[side] = leg->id;
    call->supervise.told_words[side] = how == TELL_WORDS;
    call->supervise.told[side] =
        say(step, call, leg, how == TELL_WORDS ? words_for(step->core, call)->told : TEXT_EMPTY);
}

/* Who is listened to and was not told: from the start, since they are joined, or since the music
 * is over. */
static void tell_new(struct step *step, struct call *call)
{
    for (int side = 0; side < 2; side++) {
        if (call->supervise.knows[side] != (side ? call->far : call->leg))
            tell(step, call, side, policy_of(step->core, call, side));
    }
}

void supervise_tell(struct step *step, struct call *call)
{
    const struct plan_supervision *policy = &call_plan(step->core, call)->supervision;

    call->supervise.tone_ms = policy->every_ms ? step->event->now_ms + policy->every_ms : 0;
    for (int side = 0; side < 2; side++) {
        if (policy_of(step->core, call, side) == TELL_TONE)
            tell(step, call, side, TELL_TONE);
    }
}

/* Words that no voice can say become a tone; who cannot be told at all is not listened to. */
static void not_told(struct step *step, struct call *call, int side)
{
    if (call->supervise.told_words[side])
        tell(step, call, side, TELL_TONE);
    else
        supervise_end(step, call, TEXT("those who are listened to could not be told"));
}

/* ---- Who hears whom ---- */

struct wanted {
    struct supervise_edge edges[SUPERVISE_EDGES];
    uint8_t count;
};

static void want(struct step *step, struct wanted *wanted, uint32_t to, uint32_t from, bool played)
{
    if (is_open(core_leg(step->core, to)) && is_open(core_leg(step->core, from)))
        wanted->edges[wanted->count++] = (struct supervise_edge){to, from, played};
}

static bool is_masked(struct step *step, uint32_t id)
{
    const struct leg *leg = core_leg(step->core, id);

    return leg && leg->tape_masked;
}

static void want_all(struct step *step, const struct call *call, struct wanted *wanted)
{
    const struct supervise *supervise = &call->supervise;
    uint32_t person = supervise_operator(step->core, call);
    uint32_t caller = person == call->leg ? call->far : call->leg;

    if (is_masked(step, call->leg) || is_masked(step, call->far))
        return;
    want(step, wanted, supervise->leg, call->leg, false);
    if (call->state == CALL_UP)
        want(step, wanted, supervise->leg, call->leg, true);
    if (call->state != CALL_BRIDGED)
        return;
    want(step, wanted, supervise->leg, call->far, false);
    if (supervise->mode == SUPERVISE_WHISPER || supervise->mode == SUPERVISE_BARGE_IN)
        want(step, wanted, person, supervise->leg, false);
    if (supervise->mode == SUPERVISE_BARGE_IN)
        want(step, wanted, caller, supervise->leg, false);
}

static bool has(const struct supervise_edge *list, uint8_t count, struct supervise_edge edge)
{
    for (uint8_t i = 0; i < count; i++) {
        if (list[i].to == edge.to && list[i].from == edge.from && list[i].played == edge.played)
            return true;
    }
    return false;
}

static void set(struct step *step, struct supervise_edge edge, bool on)
{
    const struct leg *to = core_leg(step->core, edge.to);

    if (!is_open(to) || !is_open(core_leg(step->core, edge.from)))
        return; /* Whoever closes is out of it by that. */
    struct command *command = step_emit_to(step, MEDIA_HEAR, to);
    command->hear.other = edge.from;
    command->hear.on = on;
    command->hear.played = edge.played;
}

static void make(struct step *step, struct call *call, const struct wanted *wanted)
{
    struct supervise *supervise = &call->supervise;

    for (uint8_t i = 0; i < supervise->edge_count; i++) {
        if (!has(wanted->edges, wanted->count, supervise->edges[i]))
            set(step, supervise->edges[i], false);
    }
    for (uint8_t i = 0; i < wanted->count; i++) {
        if (!has(supervise->edges, supervise->edge_count, wanted->edges[i]))
            set(step, wanted->edges[i], true);
    }
    memcpy(supervise->edges, wanted->edges, sizeof(supervise->edges));
    supervise->edge_count = wanted->count;
}

void supervise_follow(struct step *step, struct call *call)
{
    struct wanted wanted = {.count = 0};

    if (call->supervise.state != SUPERVISE_ON)
        return;
    tell_new(step, call);
    want_all(step, call, &wanted);
    make(step, call, &wanted);
}

void supervise_hush(struct step *step, struct call *call)
{
    struct wanted nothing = {.count = 0};

    make(step, call, &nothing);
}

/* ---- What is ready ---- */

static void play_or_drop(struct step *step, const struct leg *leg, bool wanted)
{
    const struct event *event = step->event;

    if (event->kind != SPEECH_READY)
        return;
    if (wanted) {
        struct command *play = step_emit_to(step, MEDIA_PLAY, leg);
        play->play.utterance = event->speech.utterance;
        play->play.clip = event->speech.clip;
        return;
    }
    struct command *drop = step_emit(step, CLIP_DROP, NULL);
    drop->leg = event->leg;
    drop->clip.clip = event->speech.clip;
}

bool supervise_ready(struct step *step, struct call *call)
{
    for (int i = 0; i < 2; i++) {
        if (step->event->speech.utterance == 0 ||
            call->supervise.told[i] != step->event->speech.utterance)
            continue;
        bool now = can_be_told(call) && is_open(step->leg);
        call->supervise.told[i] = 0;
        if (!now)
            call->supervise.knows[i] = 0; /* Later. */
        play_or_drop(step, step->leg, now);
        if (step->event->kind == SPEECH_FAILED && call->supervise.state == SUPERVISE_ON)
            not_told(step, call, i);
        return true;
    }
    return false;
}

void supervise_answer(struct step *step, struct call *call, bool take_over)
{
    const struct words_of *by = words_for(step->core, call);

    call->supervise.answer = say(step, call, core_leg(step->core, call->supervise.leg),
                                 take_over ? by->take_over : by->whisper);
}

void supervise_answered(struct step *step, struct call *call)
{
    bool wanted = step->event->speech.utterance == call->supervise.answer &&
                  call->supervise.answer != 0;

    if (wanted)
        call->supervise.answer = 0;
    play_or_drop(step, step->leg, wanted && is_open(step->leg));
}
