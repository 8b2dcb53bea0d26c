// SPDX-License-Identifier: Apache-2.0
/* chatter.c - the caller's turn-taking, and a stop-watch on the agent's. */
#include "load/chatter.h"

#include <assert.h>

enum {
    MS = 1000000,
    TURN_AFTER_MS = 600, /* The agent has been still so long: it is the caller's turn. */
    PATIENCE_MS = 4000,  /* Nobody speaks: the caller does. */
    THINK_LEAST_MS = 200,
    THINK_MORE_MS = 800,
    BARGE_LEAST_MS = 500,
    BARGE_MORE_MS = 1500
};

static const char keys[] = "0123456789*#";

void chatter_init(struct chatter *chatter, uint64_t seed, uint64_t now_ns)
{
    *chatter = (struct chatter){.chance = {seed}, .began_ns = now_ns};
}

static bool agent_speaks(const struct chatter *chatter, uint64_t now_ns)
{
    return chatter->heard_ns != 0 && now_ns < chatter->heard_ns + CHATTER_STILL_MS * (uint64_t)MS;
}

static uint64_t later(struct chatter *chatter, uint64_t from_ns, uint32_t least_ms,
                      uint32_t more_ms)
{
    return from_ns + (least_ms + random_below(&chatter->chance, more_ms)) * (uint64_t)MS;
}

static void enter(struct chatter *chatter, enum chatter_state state, uint64_t now_ns)
{
    chatter->state = state;
    chatter->began_ns = now_ns;
    chatter->act_ns = 0;
    chatter->frame = 0;
}

void chatter_heard(struct chatter *chatter, struct load_figures *figures, uint64_t at_ns)
{
    if (chatter->wait == CHATTER_FOR_ANSWER && at_ns > chatter->since_ns) {
        figures->answers++;
        spread_add(&figures->answer, (at_ns - chatter->since_ns) / 1000);
        chatter->wait = CHATTER_NOTHING;
    } else if (chatter->wait == CHATTER_FOR_CHANGE && !chatter->was_speaking &&
               at_ns > chatter->since_ns) {
        figures->keys_heeded++;
        chatter->wait = CHATTER_NOTHING;
    }
    if (!agent_speaks(chatter, at_ns))
        chatter->heard_from_ns = at_ns;
    if (at_ns > chatter->heard_ns)
        chatter->heard_ns = at_ns;
}

/* Whatever did not come within its time. */
static void give_up(struct chatter *chatter, struct load_figures *figures, uint64_t now_ns)
{
    uint64_t waited_ms = (now_ns - chatter->since_ns) / MS;

    if (chatter->wait == CHATTER_FOR_ANSWER && waited_ms >= CHATTER_ANSWER_MS)
        figures->answers_missed++;
    else if (chatter->wait == CHATTER_FOR_STOP && waited_ms >= CHATTER_REACTION_MS)
        figures->barges_ignored++;
    else if (chatter->wait != CHATTER_FOR_CHANGE || waited_ms < CHATTER_REACTION_MS)
        return;
    chatter->wait = CHATTER_NOTHING;
}

static void watch(struct chatter *chatter, struct load_figures *figures, uint64_t now_ns)
{
    bool still = !agent_speaks(chatter, now_ns);

    if (chatter->wait == CHATTER_FOR_STOP && still) {
        uint64_t until_ns = chatter->heard_ns;
        spread_add(&figures->barge,
                   until_ns > chatter->since_ns ? (until_ns - chatter->since_ns) / 1000 : 0);
        chatter->wait = CHATTER_NOTHING;
    } else if (chatter->wait == CHATTER_FOR_CHANGE && chatter->was_speaking && still) {
        figures->keys_heeded++;
        chatter->wait = CHATTER_NOTHING;
    } else if (chatter->wait != CHATTER_NOTHING) {
        give_up(chatter, figures, now_ns);
    }
}

/* The caller acts again: what has not come by now has not come. */
static void stop_waiting(struct chatter *chatter, struct load_figures *figures)
{
    if (chatter->wait == CHATTER_FOR_ANSWER)
        figures->answers_missed++;
    else if (chatter->wait == CHATTER_FOR_STOP)
        figures->barges_ignored++;
    chatter->wait = CHATTER_NOTHING;
}

static void begin_speaking(struct chatter *chatter, const struct chatter_manner *manner,
                           struct load_figures *figures, uint64_t now_ns)
{
    enter(chatter, CHATTER_SPEAKING, now_ns);
    chatter->sound = random_below(&chatter->chance, manner->sounds);
    figures->utterances++;
    stop_waiting(chatter, figures);
}

static void begin_turn(struct chatter *chatter, const struct chatter_manner *manner,
                       struct load_figures *figures, uint64_t now_ns)
{
    if (random_below(&chatter->chance, 10000) >= manner->key_per_10000) {
        begin_speaking(chatter, manner, figures, now_ns);
        return;
    }
    enter(chatter, CHATTER_PRESSING, now_ns);
    chatter->key = keys[random_below(&chatter->chance, sizeof keys - 1)];
    figures->keys++;
    stop_waiting(chatter, figures);
    chatter->wait = CHATTER_FOR_CHANGE;
    chatter->since_ns = now_ns;
    chatter->was_speaking = agent_speaks(chatter, now_ns);
}

/* The decision to interrupt is made once for each of the agent's utterances, when it begins. */
static void listen(struct chatter *chatter, const struct chatter_manner *manner,
                   struct load_figures *figures, uint64_t now_ns)
{
    bool heard_any = chatter->heard_ns >= chatter->began_ns;
    uint64_t still_ns = now_ns - (heard_any ? chatter->heard_ns : chatter->began_ns);

    if (agent_speaks(chatter, now_ns) && heard_any) {
        if (chatter->act_ns == 0 && random_below(&chatter->chance, 10000) < manner->barge_per_10000)
            chatter->act_ns = later(chatter, now_ns, BARGE_LEAST_MS, BARGE_MORE_MS);
        else if (chatter->act_ns == 0)
            chatter->act_ns = UINT64_MAX; /* Not this one. */
        if (now_ns < chatter->act_ns)
            return;
        begin_speaking(chatter, manner, figures, now_ns);
        figures->barges++;
        chatter->wait = CHATTER_FOR_STOP;
        chatter->since_ns = now_ns;
        return;
    }
    if (still_ns >= (heard_any ? TURN_AFTER_MS : PATIENCE_MS) * (uint64_t)MS) {
        enter(chatter, CHATTER_THINKING, now_ns);
        chatter->act_ns = later(chatter, now_ns, THINK_LEAST_MS, THINK_MORE_MS);
    }
}

static struct chatter_act speak(struct chatter *chatter, const struct chatter_manner *manner,
                                uint64_t now_ns)
{
    struct chatter_act act = {
        .what = CHATTER_SOUND, .sound = chatter->sound, .frame = chatter->frame++};

    assert(act.sound < manner->sounds);
    /* An answer is measured from the last frame that can be heard, to an agent that is still. */
    if (act.frame == manner->last_loud[act.sound] && !agent_speaks(chatter, now_ns)) {
        chatter->wait = CHATTER_FOR_ANSWER;
        chatter->since_ns = now_ns;
    }
    if (chatter->frame >= manner->frames[act.sound])
        enter(chatter, CHATTER_LISTENING, now_ns);
    return act;
}

static struct chatter_act press(struct chatter *chatter, uint64_t now_ns)
{
    struct chatter_act act = {.what = CHATTER_KEY, .key = chatter->key, .frame = chatter->frame++};

    if (chatter->frame >= CHATTER_KEY_FRAMES)
        enter(chatter, CHATTER_LISTENING, now_ns);
    return act;
}

struct chatter_act chatter_step(struct chatter *chatter, const struct chatter_manner *manner,
                                struct load_figures *figures, uint64_t now_ns)
{
    watch(chatter, figures, now_ns);
    if (chatter->state == CHATTER_LISTENING)
        listen(chatter, manner, figures, now_ns);
    if (chatter->state == CHATTER_THINKING && agent_speaks(chatter, now_ns))
        enter(chatter, CHATTER_LISTENING, chatter->heard_from_ns); /* It went on. */
    else if (chatter->state == CHATTER_THINKING && now_ns >= chatter->act_ns)
        begin_turn(chatter, manner, figures, now_ns);
    if (chatter->state == CHATTER_SPEAKING)
        return speak(chatter, manner, now_ns);
    if (chatter->state == CHATTER_PRESSING)
        return press(chatter, now_ns);
    return (struct chatter_act){.what = CHATTER_QUIET};
}
