// SPDX-License-Identifier: Apache-2.0
/* codes.c - a wish by telephone. */
#include "core/codes.h"

#include "core/conversation.h"
#include "core/operators.h"
#include "core/supervise.h"

struct words_of {
    struct text language;
    struct text said[OPERATOR_SAIDS];
};

static const struct words_of words[] = {
    {TEXT_INIT("en"),
     {[SAID_AVAILABLE] = TEXT_INIT("You are available."),
      [SAID_BREAK] = TEXT_INIT("You are on a break."),
      [SAID_OFFLINE] = TEXT_INIT("You are offline. Good-bye.")}},
    {TEXT_INIT("de"),
     {[SAID_AVAILABLE] = TEXT_INIT("Sie sind verfügbar."),
      [SAID_BREAK] = TEXT_INIT("Sie sind in der Pause."),
      [SAID_OFFLINE] = TEXT_INIT("Sie sind abgemeldet. Auf Wiederhören.")}},
    {TEXT_INIT("es"),
     {[SAID_AVAILABLE] = TEXT_INIT("Está disponible."),
      [SAID_BREAK] = TEXT_INIT("Está en pausa."),
      [SAID_OFFLINE] = TEXT_INIT("Está desconectado. Adiós.")}},
    {TEXT_INIT("fr"),
     {[SAID_AVAILABLE] = TEXT_INIT("Vous êtes disponible."),
      [SAID_BREAK] = TEXT_INIT("Vous êtes en pause."),
      [SAID_OFFLINE] = TEXT_INIT("Vous êtes déconnecté. Au revoir.")}},
};

uint8_t codes_meaning(const struct core *core, const struct plan *plan, struct text user,
                      struct text number)
{
    for (uint8_t said = 0; said < OPERATOR_SAIDS; said++) {
        if (number.size > 0 && text_equal(plan->codes[said], number) &&
            operators_of_user(core, user) >= 0)
            return (uint8_t)(said + 1);
    }
    return 0;
}

void codes_obey(struct step *step, struct call *call)
{
    if (call->code >= SUPERVISE_CODE) {
        supervise_refuse(step, call);
        return;
    }
    const struct leg *leg = core_leg(step->core, call->leg);
    enum operator_said said = (enum operator_said)(call->code - 1);
    struct text language = call_agent(step->core, call)->language;
    struct text tag = text_next(&language, '-');
    const struct words_of *by = &words[0];

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (text_equal_nocase(words[i].language, tag))
            by = &words[i];
    }
    if (leg->operator_place)
        operators_say(step, (int16_t)(leg->operator_place - 1), said);
    conversation_announce(step, call, by->said[said]);
}
