// SPDX-License-Identifier: Apache-2.0
/* sentiment.c - points for words and phrases; the highest sum wins, frustration before all. */
#include "base/sentiment.h"

const char *const sentiment_names[4] = {
    [SENTIMENT_NEUTRAL] = "neutral",
    [SENTIMENT_POSITIVE] = "positive",
    [SENTIMENT_NEGATIVE] = "negative",
    [SENTIMENT_FRUSTRATED] = "frustrated",
};

static const char happy[] =
    "thanks thank great good perfect wonderful excellent awesome amazing happy love lovely "
    "nice helpful glad appreciate pleased fantastic brilliant delighted satisfied";
static const char unhappy[] =
    "bad poor unhappy disappointed disappointing upset annoyed annoying annoys worried "
    "sad unfair awful horrible terrible hate mess confusing confused slow complain "
    "complaint unfortunately sucks angry mad frustrating dissatisfied unprofessional "
    "nightmare rude";
/* One of these is enough. */
static const char furious[] =
    "ridiculous unacceptable outrageous disgusting disgrace disgraceful pathetic useless "
    "incompetent furious livid frustrated scam fraud thieves crooks idiots idiot stupid "
    "worst lawyer attorney sue fuck fucking fucked fucker shit shitty bullshit damn damned "
    "goddamn crap bloody asshole bastard bastards bitch hell wtf";
static const char *const furious_phrases[] = {"fed up",
                                              "sick of",
                                              "sick and tired",
                                              "tired of",
                                              "had enough",
                                              "waste of time",
                                              "wasting my time",
                                              "waste of my time",
                                              "nobody helps",
                                              "nobody is helping",
                                              "nobody can help",
                                              "no one helps",
                                              "no one is helping",
                                              "nobody cares",
                                              "nobody listens",
                                              "nobody answers",
                                              "nobody called me back",
                                              "nobody ever",
                                              "no one ever",
                                              "you people",
                                              "you're not listening",
                                              "you are not listening",
                                              "over and over",
                                              "again and again",
                                              "every single time",
                                              "on hold for",
                                              "for hours",
                                              "passed around",
                                              "going in circles",
                                              "in circles",
                                              "a joke",
                                              "can't believe",
                                              "run around",
                                              "last straw",
                                              "how many times",
                                              "so many times",
                                              "i already told you",
                                              "i already explained",
                                              "rip off",
                                              "ripping me off",
                                              "lost my patience",
                                              "losing my patience",
                                              "very angry",
                                              "so angry",
                                              "really angry"};
static const char louder[] = "very so really extremely totally absolutely still completely";
static const char turns_round[] =
    "not isn't wasn't don't didn't never no hardly aren't can't cannot";

struct mood {
    int happy, unhappy, furious;
};

static bool turned_round(const struct tokens *tokens, uint32_t i)
{
    for (uint32_t back = 1; back <= 3 && back <= i; back++) {
        if (tokens_in(tokens, i - back, turns_round))
            return true;
        if (tokens->stop[i - back + 1])
            return false;
    }
    return false;
}

static void weigh_word(const struct tokens *tokens, uint32_t i, struct mood *mood)
{
    int points = i > 0 && tokens_in(tokens, i - 1, louder) ? 2 : 1;

    if (tokens_in(tokens, i, happy) && !(tokens_is(tokens, i, "good") && i == 0)) {
        if (turned_round(tokens, i))
            mood->unhappy += 2;
        else
            mood->happy += points;
    } else if (tokens_in(tokens, i, unhappy)) {
        if (turned_round(tokens, i))
            mood->happy += tokens_in(tokens, i, "bad upset angry mad") ? 1 : 0;
        else
            mood->unhappy += points;
    } else if (tokens_in(tokens, i, furious) && !turned_round(tokens, i)) {
        mood->furious++;
    }
}

static void weigh_phrases(const struct tokens *tokens, uint32_t i, struct mood *mood)
{
    uint32_t used;

    for (size_t p = 0; p < sizeof furious_phrases / sizeof *furious_phrases; p++)
        if (tokens_phrase(tokens, i, furious_phrases[p], &used))
            mood->furious++;
}

enum sentiment sentiment_of(const struct tokens *tokens, uint32_t calls_before)
{
    struct mood mood = {0};

    for (uint32_t i = 0; i < tokens->count; i++) {
        weigh_word(tokens, i, &mood);
        weigh_phrases(tokens, i, &mood);
    }
    if (mood.furious || calls_before >= 2 || (calls_before && mood.unhappy) || mood.unhappy >= 4)
        return SENTIMENT_FRUSTRATED;
    if (mood.unhappy > mood.happy || (mood.unhappy && mood.unhappy == mood.happy))
        return SENTIMENT_NEGATIVE;
    return mood.happy ? SENTIMENT_POSITIVE : SENTIMENT_NEUTRAL;
}
