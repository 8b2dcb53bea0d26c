// SPDX-License-Identifier: Apache-2.0
/* clauses.c - borders are conjunctions, punctuation and new subjects; kinds are told by phrases. */
#include "mind/clauses.h"

/* Phrases after which comes what the caller does not want. Longest first where one starts another.
 */
static const char *const rejections[] = {"i don't want to talk to",
                                         "i don't want to speak to",
                                         "i do not want",
                                         "i don't want",
                                         "don't want",
                                         "i dont want",
                                         "i do not need",
                                         "i don't need",
                                         "don't need",
                                         "i'm not calling about",
                                         "i am not calling about",
                                         "i'm not calling for",
                                         "i'm not calling to",
                                         "not calling about",
                                         "not calling to",
                                         "i'm not interested in",
                                         "not interested in",
                                         "i'm not looking for",
                                         "i'm not trying to",
                                         "i'm not asking for",
                                         "i'm not asking about",
                                         "don't transfer me to",
                                         "don't connect me to",
                                         "don't send me to",
                                         "do not transfer me to",
                                         "don't put me through to",
                                         "this isn't about",
                                         "it isn't about",
                                         "it's not about",
                                         "this is not about",
                                         "that's not about",
                                         "it is not about",
                                         "it's nothing to do with",
                                         "nothing to do with",
                                         "this isn't a",
                                         "it isn't a",
                                         "it's not a",
                                         "this is not a",
                                         "it is not a",
                                         "instead of",
                                         "rather than",
                                         "not for",
                                         "not about",
                                         "not the",
                                         "not a",
                                         "not to",
                                         "no more",
                                         "without"};

/* "no wait billing": what stood before is void. */
static const char *const corrections[] = {"no wait",  "wait no",    "scratch that",    "i mean",
                                          "i meant",  "correction", "let me rephrase", "no sorry",
                                          "sorry no", "no i said",  "no no i said"};

static const char borders[] = "but because however although though instead anyway except and so";
static const char subjects[] =
    "i i'm i've i'd i'll we we're we've it it's this there there's you you're my "
    "our let please can could what what's how when where is are do the";
/* After these the next word goes on with the thought even if it could be a subject. */
static const char leans[] =
    "and or to the a an my our your that if when what how because why where is was "
    "with of for about in on at from by as can could do did does are am know think "
    "than every say says said sure hope believe thought guess who which have has had "
    "need want it like would will should i we you they he she not just but so time times";

static bool any_phrase(const struct tokens *tokens, uint32_t i, const char *const *phrases,
                       size_t count, uint32_t *used)
{
    for (size_t p = 0; p < count; p++)
        if (tokens_phrase(tokens, i, phrases[p], used))
            return true;
    return false;
}

static bool is_correction(const struct tokens *tokens, uint32_t i, uint32_t *used)
{
    return any_phrase(tokens, i, corrections, sizeof corrections / sizeof *corrections, used);
}

/* "a technical problem", "any questions", "broken": "I don't have a dial tone" is not turned down.
 */
static bool speaks_of_trouble(const struct tokens *tokens, uint32_t from)
{
    for (uint32_t i = from; i < from + 4; i++)
        if (tokens_in(tokens, i,
                      "problem problems question questions issue issues complaint wrong broken"))
            return true;
    return false;
}

/* "not sales", "not billing": a bare "not" before the last word or two of a thought. */
static bool is_rejection(const struct tokens *tokens, uint32_t i, uint32_t *used)
{
    if (any_phrase(tokens, i, rejections, sizeof rejections / sizeof *rejections, used))
        return true;
    if (tokens_phrase(tokens, i, "i don't have", used) ||
        tokens_phrase(tokens, i, "nothing is", used))
        return speaks_of_trouble(tokens, i + *used);
    *used = 1;
    return tokens_is(tokens, i, "not") &&
           !tokens_in(tokens, i + 1,
                      "working sure able happy right correct only even yet responding getting "
                      "going showing there here just really very good coming you that") &&
           (i == 0 || !tokens_in(tokens, i - 1,
                                 "is are am was were do does did has have had can could would "
                                 "will should i'm it's that's still why if or"));
}

static bool starts_clause(const struct tokens *tokens, uint32_t i, uint32_t from)
{
    uint32_t used;

    if (i == 0 || i == from)
        return false;
    if (tokens->stop[i] || tokens_in(tokens, i, borders) || is_correction(tokens, i, &used))
        return true;
    if (is_rejection(tokens, i, &used) && !tokens_in(tokens, i - 1, leans))
        return true;
    return i - from >= 3 && tokens_in(tokens, i, subjects) && !tokens_in(tokens, i - 1, leans);
}

static bool mentions_machine(const struct tokens *tokens, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (tokens_in(
                tokens, i,
                "robot robots bot bots machine machines computer computers recording automated ai "
                "assistant"))
            return true;
    return false;
}

/* Turning down a machine is asking for a person: that is a thing said. */
static struct clause judge(const struct tokens *tokens, uint32_t from, uint32_t to)
{
    struct clause clause = {.kind = CLAUSE_SAYS, .from = from, .to = to};

    for (uint32_t i = from; i < to && i < from + 4; i++) {
        uint32_t used;

        if (is_rejection(tokens, i, &used) && i + used < to && !mentions_machine(tokens, i, to)) {
            clause.kind = CLAUSE_REJECTS;
            clause.object = i + used;
            break;
        }
    }
    return clause;
}

static void take_back(struct clause *clauses, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (clauses[i].kind == CLAUSE_SAYS)
            clauses[i].kind = CLAUSE_TAKEN_BACK;
}

uint32_t clauses_of(const struct tokens *tokens, struct clause out[MAX_CLAUSES])
{
    uint32_t count = 0, from = 0;

    while (from < tokens->count) {
        uint32_t to = from + 1, used = 0;

        if (is_correction(tokens, from, &used)) {
            take_back(out, count);
            from += used;
            if (from >= tokens->count)
                break;
            to = from + 1;
        }
        while (to < tokens->count && (count == MAX_CLAUSES - 1 || !starts_clause(tokens, to, from)))
            to++;
        out[count++] = judge(tokens, from, to);
        from = to;
    }
    return count;
}

bool clauses_ask_for_person(const struct tokens *tokens, uint32_t from, uint32_t to)
{
    bool asks = false;

    for (uint32_t i = from; i < to; i++) {
        if (tokens_in(
                tokens, i,
                "talk speak get give need want connect transfer put pass let real live actual "
                "is any another with"))
            asks = true;
        if (tokens_in(tokens, i, "representative supervisor operator") && (asks || to - from <= 3))
            return true;
        if (asks && tokens_in(tokens, i, "human humans manager boss"))
            return true;
        if (tokens_in(tokens, i, "person agent") &&
            (to - from <= 2 ||
             (i > 0 && tokens_in(tokens, i - 1, "a real live actual an human"))) &&
            asks)
            return true;
    }
    return false;
}
