// SPDX-License-Identifier: Apache-2.0
/* chatter_test.c - simulated callers against simulated agents whose reactions are known. */
#include "load/chatter.h"

#include <string.h>

#include "check.h"

enum { MS = 1000000, SOUNDS = 3 };

static const uint32_t frames[SOUNDS] = {50, 75, 100}, last_loud[SOUNDS] = {44, 70, 99};

/* An agent that speaks in utterances, answers so long after the caller's last loud frame, is quiet
 * so long after the caller's first, and says something else after a key. UINT32_MAX: never. */
struct agent {
    uint32_t speech_ms, answer_ms, stop_ms, key_ms;
    uint64_t begin_ms, end_ms; /* Of its present or next utterance. */
};

static struct load_figures figures;
static uint64_t trail; /* Of all that the caller did. */

static void speaks_at(struct agent *agent, uint64_t at_ms)
{
    agent->begin_ms = at_ms;
    agent->end_ms = at_ms + agent->speech_ms;
}

static void hear_caller(struct agent *agent, const struct chatter_act *act, uint64_t now_ms)
{
    bool speaking = now_ms >= agent->begin_ms && now_ms < agent->end_ms;

    if (act->what == CHATTER_SOUND && act->frame == 0 && speaking && agent->stop_ms != UINT32_MAX)
        agent->end_ms = now_ms + agent->stop_ms;
    if (act->what == CHATTER_SOUND && act->frame == last_loud[act->sound] &&
        agent->answer_ms != UINT32_MAX)
        speaks_at(agent, now_ms + agent->answer_ms);
    if (act->what == CHATTER_KEY && act->frame == 0 && agent->key_ms != UINT32_MAX)
        speaks_at(agent, now_ms + agent->key_ms);
}

static void converse(struct agent agent, uint32_t barge, uint32_t keys, uint32_t seconds,
                     uint64_t seed)
{
    struct chatter_manner manner = {.sounds = SOUNDS,
                                    .frames = frames,
                                    .last_loud = last_loud,
                                    .barge_per_10000 = barge,
                                    .key_per_10000 = keys};
    struct chatter chatter;
    uint64_t start_ms = 5000;

    memset(&figures, 0, sizeof figures);
    trail = 0;
    chatter_init(&chatter, seed, start_ms * MS);
    speaks_at(&agent, start_ms + 100);
    for (uint64_t now_ms = start_ms; now_ms < start_ms + seconds * 1000; now_ms += 20) {
        struct chatter_act act;
        if (now_ms >= agent.begin_ms && now_ms < agent.end_ms)
            chatter_heard(&chatter, &figures, now_ms * MS);
        act = chatter_step(&chatter, &manner, &figures, now_ms * MS);
        CHECK(act.what != CHATTER_SOUND || act.frame < frames[act.sound]);
        trail = trail * 31 + act.what * 1000 + act.sound * 100 + act.frame;
        hear_caller(&agent, &act, now_ms);
    }
}

static void answers_take_what_they_take(void)
{
    converse((struct agent){.speech_ms = 2000, .answer_ms = 700}, 0, 0, 120, 1);
    CHECK(figures.utterances > 15 && figures.answers >= figures.utterances - 1);
    CHECK(figures.answers_missed == 0 && figures.barges == 0 && figures.keys == 0);
    CHECK(figures.answer.max_us == 700000 && spread_ms(&figures.answer, 0) >= 700);
}

static void an_answer_that_does_not_come_is_missed(void)
{
    converse((struct agent){.speech_ms = 1000, .answer_ms = UINT32_MAX}, 0, 0, 60, 2);
    CHECK(figures.answers == 0 && figures.answers_missed + 2 >= figures.utterances);
    CHECK(figures.utterances > 5); /* The caller goes on all the same. */
}

static void interruptions_are_timed_to_the_last_sound_of_the_agent(void)
{
    converse((struct agent){.speech_ms = 4000, .answer_ms = 500, .stop_ms = 200}, 10000, 0, 120, 3);
    CHECK(figures.barges > 10 && figures.barges_ignored == 0);
    CHECK(figures.barge.count >= figures.barges - 1);
    CHECK(figures.barge.max_us <= 200000 && spread_ms(&figures.barge, 0) >= 160);
}

static void an_agent_that_speaks_on_is_counted(void)
{
    converse((struct agent){.speech_ms = 100000, .answer_ms = UINT32_MAX, .stop_ms = UINT32_MAX},
             10000, 0, 60, 4);
    CHECK(figures.barges > 5 && figures.barges_ignored + 1 >= figures.barges);
    CHECK(figures.barge.count == 0);
}

static void a_key_is_heeded_when_the_sound_changes(void)
{
    converse((struct agent){.speech_ms = 1000, .key_ms = 400}, 0, 10000, 60, 5);
    CHECK(figures.keys > 10 && figures.keys_heeded + 1 >= figures.keys);
    converse((struct agent){.speech_ms = 1000, .answer_ms = UINT32_MAX, .key_ms = UINT32_MAX}, 0,
             10000, 60, 5);
    CHECK(figures.keys > 5 && figures.keys_heeded == 0 && figures.utterances == 0);
}

static void shares_are_about_what_was_asked(void)
{
    uint32_t turns = 0, keys = 0;

    for (uint64_t seed = 0; seed < 20; seed++) {
        converse((struct agent){.speech_ms = 1000, .answer_ms = 300, .key_ms = 300}, 0, 2500, 120,
                 seed);
        turns += figures.utterances + figures.keys;
        keys += figures.keys;
    }
    CHECK(keys * 4 > turns / 2 && keys * 4 < turns * 3 / 2);
}

static void the_same_seed_is_the_same_caller(void)
{
    struct agent agent = {.speech_ms = 1500, .answer_ms = 400, .stop_ms = 100, .key_ms = 300};
    uint64_t first;

    converse(agent, 3000, 2000, 60, 42);
    first = trail;
    converse(agent, 3000, 2000, 60, 42);
    CHECK(trail == first);
    converse(agent, 3000, 2000, 60, 43);
    CHECK(trail != first);
}

int main(void)
{
    RUN(answers_take_what_they_take);
    RUN(an_answer_that_does_not_come_is_missed);
    RUN(interruptions_are_timed_to_the_last_sound_of_the_agent);
    RUN(an_agent_that_speaks_on_is_counted);
    RUN(a_key_is_heeded_when_the_sound_changes);
    RUN(shares_are_about_what_was_asked);
    RUN(the_same_seed_is_the_same_caller);
    return 0;
}
