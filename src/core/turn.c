// SPDX-License-Identifier: Apache-2.0
/* turn.c - thresholds, each with its reason. */
#include "core/turn.h"

#include "core/context.h"

/* With only the gate's word for it, the voice must last this long. */
enum { SURE_SPEECH_MS = 200 };

/* Measured (docs/benchmarks.md, which sounds take the floor): sounds of listening last 220 to 655 ms.
 * Of words that were wished to be heard, said alone, one in eighty to one in twelve is as short and as
 * badly heard. The rule where nobody knows how it sounded. */
enum { EMPTY_MS = 700, DOUBT_MS = 500, DOUBT_PERMILLE = 60 };

/* How likely a short voice is one of listening, or none: log odds in thousandths, fitted by
 * tests/bench/turn_fit.py. The first by itself, the others for each unit of what they say. */
enum {
    SHORT_MS = 1000, /* Longer ones are words. */
    LISTENING_EVEN = 1000,
    ODDS_BASE = -577,
    ODDS_EMPTY = 772,      /* Grammar alone, or no words. */
    ODDS_NO_WORDS = 568,   /* None at all, beside that. */
    ODDS_CONFIDENCE = -1181, /* All of it. */
    ODDS_SECOND = -113,     /* Of voice. */
    ODDS_NOISE = 451,      /* The careful detector takes it for no voice. */
    ODDS_SOUND = 381       /* Each unit of its sound's own log odds. */
};

/* "de", "pt-BR": models also write "German", which is none. */
static bool is_tag(struct text language)
{
    uint32_t first = text_next(&language, '-').size;

    return first == 2 || first == 3;
}

struct text turn_language(const struct plan_agent *agent, const struct talk *talk)
{
    struct text set = context_entity(text_of(talk->context.entities), TEXT("language"));

    return is_tag(set) ? set : agent->language;
}

struct phrases turn_phrases(const struct plan_agent *agent, const struct talk *talk)
{
    return phrases_of(turn_language(agent, talk), agent);
}

uint32_t turn_wait_ms(const struct plan_manners *manners, const struct phrases *by,
                      struct text words, enum expect expect)
{
    if (words.size == 0) /* The recogniser is behind by about this much. */
        return (manners->end_of_turn_ms + manners->end_of_turn_open_ms) / 2;
    if (expect == EXPECT_YES_NO && phrase_answer(by, words) != PHRASE_NEITHER)
        return manners->end_of_turn_ms * 2 / 3;
    return phrase_unfinished(by, words, expect) ? manners->end_of_turn_open_ms
                                                : manners->end_of_turn_ms;
}

bool turn_is_echo(const struct talk *talk, struct text words)
{
    return talk->echo && phrase_repeats(words, text_of(talk->last_reply));
}

/* In thousandths. */
static int64_t listening_odds(const struct talk *talk, const struct phrases *by, struct text words,
                              const struct turn_sound *sound)
{
    int64_t odds = ODDS_BASE, voiced_ms = (int64_t)sound->voiced_ms;

    odds += phrase_empty(by, words) ? ODDS_EMPTY : 0;
    odds += text_empty(words) ? ODDS_NO_WORDS : 0;
    odds += talk->verdict == 0 ? ODDS_NOISE : 0;
    odds += (int64_t)sound->confidence_permille * ODDS_CONFIDENCE / 1000;
    odds += voiced_ms * ODDS_SECOND / 1000;
    return odds + ((int64_t)sound->listening - LISTENING_EVEN) * ODDS_SOUND / 100;
}

bool turn_asks_nothing(const struct call *call, const struct phrases *by, struct text words,
                       const struct turn_sound *sound)
{
    const struct talk *talk = &call->talk;

    if (phrase_backchannel(by, words) || turn_is_echo(talk, words))
        return true;
    if (call->parting.state || talk->expect != EXPECT_FREE || talk->firm ||
        phrase_takes_floor(by, words))
        return false;
    if (sound->listening)
        return sound->voiced_ms <= SHORT_MS && listening_odds(talk, by, words, sound) > 0;
    return (sound->voiced_ms <= EMPTY_MS && phrase_empty(by, words)) ||
           (sound->voiced_ms <= DOUBT_MS && sound->confidence_permille < DOUBT_PERMILLE);
}

enum turn_claim turn_claim(const struct talk *talk, const struct phrases *by, uint64_t now_ms,
                           bool timeout)
{
    uint64_t until = talk->voiced ? now_ms : talk->voice_to_ms;
    uint64_t voiced_ms = until > talk->voice_from_ms ? until - talk->voice_from_ms : 0;

    if (turn_is_echo(talk, text_of(talk->partial)))
        return timeout ? CLAIM_NOTHING : CLAIM_UNKNOWN;
    if (talk->partial[0] && !phrase_backchannel(by, text_of(talk->partial)))
        return CLAIM_FLOOR;
    if (talk->verdict == 0)
        return CLAIM_NOTHING;
    if (talk->verdict == 1 && voiced_ms >= SURE_SPEECH_MS && !talk->partial[0])
        return CLAIM_FLOOR;
    if (!timeout)
        return CLAIM_UNKNOWN;
    return talk->voiced || voiced_ms >= SHORT_SOUND_MS ? CLAIM_FLOOR : CLAIM_NOTHING;
}
