// SPDX-License-Identifier: Apache-2.0
/* supervise_find.c - rights, and calls. */
#include "core/offering.h"
#include "core/operators.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/supervise_inside.h"
#include "core/waiting.h"

static bool is_among(struct text name, const struct text *list, uint16_t count)
{
    for (uint16_t i = 0; name.size > 0 && i < count; i++) {
        if (text_equal(list[i], name))
            return true;
    }
    return false;
}

const struct plan_supervisor *supervise_who(const struct plan *plan, struct text user)
{
    for (uint16_t i = 0; i < plan->supervisor_count; i++) {
        const struct plan_supervisor *who = &plan->supervisors[i];
        if (is_among(user, who->telephones, who->telephone_count))
            return who;
    }
    return NULL;
}

/* ---- Numbers ---- */

bool supervise_code(const struct plan *plan, struct text number, enum supervise_mode *mode,
                    struct text *rest)
{
    for (int m = 0; plan->supervisor_count > 0 && m < SUPERVISE_CODES; m++) {
        struct text code = plan->supervision.codes[m];
        if (code.size == 0 || !text_starts(number, code))
            continue;
        *mode = (enum supervise_mode)m;
        *rest = text_part(number, code.size, number.size);
        return true;
    }
    return false;
}

/* The key that bears the letter (ITU-T E.161). */
static char key_of(char c)
{
    static const char keys[] = "22233344455566677778889999";

    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c >= 'a' && c <= 'z' ? keys[c - 'a'] : c;
}

static bool is_spelt(struct text name, struct text digits)
{
    uint32_t i = 0;

    while (i < name.size && i < digits.size && key_of(name.data[i]) == digits.data[i])
        i++;
    return name.size == digits.size && i == name.size;
}

/* "anna", or 2662; or where they answer. */
static bool is_meant(const struct plan_operator *person, struct text rest)
{
    return text_equal(person->name, rest) || is_spelt(person->name, rest) ||
           is_among(rest, person->places, person->place_count);
}

/* ---- Calls ---- */

uint32_t supervise_operator(const struct core *core, const struct call *call)
{
    const struct leg *near = &places_legs(core)[slot_of(call->leg)];
    const struct leg *far = &places_legs(core)[slot_of(call->far)];

    return near->operator_place && !far->operator_place ? call->leg : call->far;
}

/* Its operator's place in the roster; -1: it has none. */
static int16_t operator_in(const struct core *core, const struct call *call)
{
    if (call->far == 0)
        return -1;
    return (int16_t)(places_legs(core)[slot_of(supervise_operator(core, call))].operator_place - 1);
}

static bool is_in(const struct core *core, const struct call *call, struct text user)
{
    const uint32_t ids[] = {call->leg, call->far};
    int16_t place = operators_of_user(core, user);

    for (int i = 0; i < 2; i++) {
        const struct leg *leg = &places_legs(core)[slot_of(ids[i])];
        if (ids[i] && ((place >= 0 && leg->operator_place == place + 1) ||
                       text_equal(text_of(leg->party), user)))
            return true;
    }
    return false;
}

/* Two who are joined, or the voice agent with a caller. */
static bool has_sound(const struct call *call)
{
    if (call->state == CALL_BRIDGED)
        return call->joined;
    return call->state == CALL_UP && call->link == LINK_NONE && call->far == 0 && !call->code &&
           !waiting_is(call) && !offering_is(call) && call->parting.state == PARTING_NONE &&
           call->talk.state != TALK_AWAY && call->talk.state != TALK_NONE;
}

static bool has_right(const struct core *core, const struct plan_supervisor *who,
                      const struct call *call)
{
    int16_t place = operator_in(core, call);

    if (who->everything)
        return true;
    if (place >= 0 && is_among(text_of(core->roster.items[place].name), who->operators,
                               who->operator_count))
        return true;
    if (call->wait.passages > 0 && is_among(text_of(core->queues[call->wait.queue].name),
                                            who->queues, who->queue_count))
        return true;
    return call->state == CALL_UP && call->talk.agent >= 0 &&
           is_among(call_agent(core, call)->name, who->agents, who->agent_count);
}

enum supervise_refusal supervise_may(const struct core *core, const struct plan *plan,
                                     const struct plan_supervisor *who, struct text user,
                                     const struct call *call)
{
    (void)plan;
    if (!who)
        return SUPERVISE_NO_RIGHT;
    if (!has_sound(call) || is_in(core, call, user))
        return SUPERVISE_NO_CALL;
    if (!has_right(core, who, call))
        return SUPERVISE_NO_RIGHT;
    return call->supervise.state == SUPERVISE_NONE ? SUPERVISE_FINE : SUPERVISE_TWO;
}

static bool is_with(const struct core *core, const struct call *call, struct text rest)
{
    int16_t place = operator_in(core, call);
    const struct plan_operator *person = place >= 0 ? operators_person(core, place) : NULL;

    return rest.size == 0 || (person && is_meant(person, rest));
}

struct call *supervise_find(const struct core *core, const struct plan *plan,
                            const struct plan_supervisor *who, struct text user, struct text rest,
                            enum supervise_refusal *why)
{
    struct call *found = NULL;

    *why = who ? SUPERVISE_NO_CALL : SUPERVISE_NO_RIGHT;
    for (uint32_t slot = 0; who && slot < core->call_slots.fresh; slot++) {
        struct call *call = &places_calls(core)[slot];
        if (!places_call_links(core)[slot].used || !has_sound(call) || !is_with(core, call, rest))
            continue;
        enum supervise_refusal may = supervise_may(core, plan, who, user, call);
        if (may == SUPERVISE_FINE && (!found || call->answered_ms < found->answered_ms))
            found = call;
        else if (!found && may != SUPERVISE_NO_CALL && (rest.size > 0 || may == SUPERVISE_TWO))
            *why = may;
    }
    return found;
}
