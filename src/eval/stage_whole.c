// SPDX-License-Identifier: Apache-2.0
/* stage_whole.c - a provider that hears, thinks and speaks in one: it begins to answer when all of
 * the caller's sound is there, before its words are, and its clips come unasked. */
#include "eval/stage_inside.h"

bool stage_whole(const struct stage *stage, int32_t provider)
{
    return provider >= 0 &&
           provider_role(stage->plan.providers[provider].kind) == ROLE_CONVERSES;
}

void stage_whole_opens(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = SPEECH_SESSION, .leg = command->leg};

    event.session.provider = command->listen.provider;
    event.session.session = ++stage->sessions;
    stage_happen(stage, event, SESSION_MS);
}

void stage_whole_commits(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = SPEECH_TURN, .leg = stage->leg};

    event.turning.turn = command->finish.turn;
    event.turning.what = TURN_COMMITTED;
    stage_happen_about(stage, event, COMMIT_MS);
}

struct text stage_whole_heard(const struct stage *stage)
{
    return text_trim(stage->mouth.words);
}

/* Of the clip that is played; 0: it is no session's. */
uint32_t stage_whole_ms(const struct stage *stage, uint32_t clip)
{
    for (uint32_t i = 0; i < STAGE_SPOKEN; i++)
        if (clip && stage->spoken[i].clip == clip)
            return stage->spoken[i].ms;
    return 0;
}

/* One stretch of speech for all that is said in a round. */
uint32_t stage_whole_sounds(struct stage *stage, struct event event, const struct suite_texts *says,
                            uint32_t delay_ms, bool dies)
{
    uint32_t size = 0, clip = ++stage->clips;

    for (uint32_t i = 0; i < says->count; i++)
        size += says->items[i].size + 1;
    if (size == 0)
        return 0;
    stage->spoken[clip % STAGE_SPOKEN].clip = clip;
    stage->spoken[clip % STAGE_SPOKEN].ms = dies ? BROKEN_OFF_MS : size * CHARACTER_MS;
    event.kind = MIND_SOUNDS;
    event.mind.text = TEXT_EMPTY;
    event.mind.clip = clip;
    stage_happen(stage, event, delay_ms);
    return clip;
}

void stage_whole_dies(struct stage *stage, uint32_t delay_ms)
{
    struct event event = {.kind = SPEECH_FAILED, .leg = stage->leg};

    event.speech.provider = stage->ears;
    event.speech.why = TEXT("as the suite wants it");
    stage_happen(stage, event, delay_ms);
}
