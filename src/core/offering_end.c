// SPDX-License-Identifier: Apache-2.0
/* offering_end.c - how an offer ends, and what is left of it. */
#include <string.h>

#include "core/leg.h"
#include "core/offering_inside.h"
#include "core/operators.h"
#include "core/passing.h"
#include "core/overhear.h"
#include "core/places.h"
#include "core/supervise.h"
#include "core/waiting.h"

static const struct text end_words[] = {
    [OFFER_DECLINED] = TEXT_INIT("declined"),
    [OFFER_MISSED] = TEXT_INIT("not answered"),
    [OFFER_FAILED] = TEXT_INIT("failed"),
    [OFFER_WITHDRAWN] = TEXT_INIT("withdrawn"),
};

static void tell_end(struct step *step, const struct call *call, int16_t who, enum offer_end end,
                     uint16_t status, struct text why)
{
    struct text_buffer detail = step_text(step);

    text_append(&detail, end_words[end]);
    text_append(&detail, why.size ? TEXT(": ") : TEXT_EMPTY);
    text_append(&detail, why);
    struct text words = step_text_take(step, &detail);
    struct text name = step_text_copy(step, text_of(step->core->roster.items[who].name));
    struct command *command = step_emit(step, STORE_TRANSFER, call);
    command->transfer.ref = text_of(call->ref);
    command->transfer.wall_ms = step->event->wall_ms;
    command->transfer.how = TEXT("warm");
    command->transfer.target = name;
    command->transfer.status = status;
    command->transfer.detail = words;
}

/* One more that rang in vain; after so many they are not asked any more. */
static void missed(struct step *step, const struct call *call, int16_t who)
{
    struct roster_entry *entry = &step->core->roster.items[who];
    uint8_t most = offering_queue(step->core, call)->put_aside_after;

    if (entry->missed < UINT8_MAX)
        entry->missed++;
    if (most && entry->missed >= most && !entry->aside)
        entry->aside = entry->changed = true;
}

void offering_leave(struct step *step, struct call *call, struct offer *offer, struct text reason,
                    bool elsewhere)
{
    struct leg *leg = core_leg(step->core, offer->leg);

    if (offer->state == OFFER_BRIEFING && call->offering.utterance) {
        step_emit_to(step, SPEECH_CANCEL, leg);
        call->offering.utterance = 0;
        call->offering.voiced_ms = 0;
        step_timer_cancel(step, call, TIMER_FAR_SESSION);
    }
    offer->state = OFFER_LEAVING;
    offer->until_ms = step->event->now_ms + RELEASE_MS;
    overhear_look(step, call);
    leg_end_as(step, leg, reason, elsewhere ? 200 : 0);
}

void offering_over(struct step *step, struct call *call, int16_t who, enum offer_end end,
                   uint16_t status, struct text why)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        struct offer *offer = &call->offering.items[i];
        if (offer->who == who && (offer->state == OFFER_RINGING || offer->state == OFFER_BRIEFING))
            offering_leave(step, call, offer, why, false);
    }
    if (end == OFFER_MISSED)
        missed(step, call, who);
    offering_spare(step, call, who);
    operators_ask(step->core, who, 0, step->event->now_ms);
    tell_end(step, call, who, end, status, why);
    if (!offering_is(call) && end != OFFER_WITHDRAWN) {
        waiting_offered(step, call, false);
        offering_look(step);
    }
    offering_settle(step, call);
    offering_arm(step, call);
}

void offering_withdraw(struct step *step, struct call *call, struct text why)
{
    struct text words = step_text_copy(step, why.size ? why : TEXT("the caller left"));

    for (int i = 0; i < OFFER_LEGS; i++) {
        const struct offer *offer = &call->offering.items[i];
        if (offer->state == OFFER_RINGING || offer->state == OFFER_BRIEFING)
            offering_over(step, call, offer->who, OFFER_WITHDRAWN, 0, words);
    }
    memset(call->offering.but, 0, sizeof(call->offering.but));
    call->offering.again_ms = 0;
}

void offering_settle(struct step *step, struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        struct offer *offer = &call->offering.items[i];
        struct leg *leg = offer->state == OFFER_LEAVING ? core_leg(step->core, offer->leg) : NULL;
        if (!leg || !leg_gone(leg) || overhear_is(call, leg->id))
            continue;
        leg_account(step, call, leg, true);
        places_put_leg(step->core, leg);
        *offer = (struct offer){.state = OFFER_FREE};
    }
}

bool offering_gone(const struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state != OFFER_FREE)
            return false;
    }
    return true;
}

void offering_close(struct step *step, struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state != OFFER_FREE)
            leg_account(step, call, core_leg(step->core, call->offering.items[i].leg), true);
    }
}

void offering_put(struct core *core, struct call *call)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state != OFFER_FREE)
            places_put_leg(core, core_leg(core, call->offering.items[i].leg));
    }
}

void offering_arm(struct step *step, struct call *call)
{
    uint64_t next_ms = UINT64_MAX;

    for (int i = 0; i < OFFER_LEGS; i++) {
        const struct offer *offer = &call->offering.items[i];
        if (offer->state != OFFER_FREE && offer->until_ms < next_ms)
            next_ms = offer->until_ms;
        if (offer->state == OFFER_BRIEFING && call->offering.voiced_ms &&
            call->offering.voiced_ms + MACHINE_MS < next_ms)
            next_ms = call->offering.voiced_ms + MACHINE_MS;
    }
    if (next_ms == UINT64_MAX)
        step_timer_cancel(step, call, TIMER_OFFER);
    else
        step_timer_set(step, call, TIMER_OFFER, next_ms);
}

/* ---- Promises ---- */

static bool broken(struct text_buffer *why, struct text what)
{
    text_append(why, what);
    return false;
}

static bool check_call(const struct core *core, const struct call *call, uint16_t asked[],
                       uint16_t calls[], struct text_buffer *why)
{
    const uint32_t ids[] = {call->leg, call->far, call->old,
                            supervise_gone(call) ? 0 : call->supervise.leg, passing_third(call)};

    for (int i = 0; i < 5; i++) {
        const struct leg *leg = &places_legs(core)[slot_of(ids[i])];
        if (ids[i] && leg->operator_place)
            calls[leg->operator_place - 1]++;
    }
    for (int i = 0; i < OFFER_LEGS; i++) {
        const struct offer *offer = &call->offering.items[i];
        const struct leg *leg = &places_legs(core)[slot_of(offer->leg)];
        if (offer->state == OFFER_FREE)
            continue;
        if (leg->id != offer->leg || leg->call != call->id)
            return broken(why, TEXT("an offer's leg is another's"));
        if (call->timer_serial[TIMER_OFFER] == 0)
            return broken(why, TEXT("an offer would never end"));
        if (offer->state == OFFER_LEAVING)
            continue;
        if ((call->state != CALL_UP && call->state != CALL_STANDING) || !waiting_is(call))
            return broken(why, TEXT("somebody is rung for a caller who does not wait"));
        if (core->roster.items[offer->who].asked_by != call->id)
            return broken(why, TEXT("an operator is rung for a caller and does not know it"));
        asked[offer->who] = 1;
    }
    return true;
}

bool offering_check(const struct core *core, struct text_buffer *why)
{
    uint16_t asked[ROSTER_PLACES] = {0}, calls[ROSTER_PLACES] = {0};

    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        if (places_call_links(core)[slot].used &&
            !check_call(core, &places_calls(core)[slot], asked, calls, why))
            return false;
    }
    for (uint16_t i = 0; i < core->roster.count; i++) {
        if ((core->roster.items[i].asked_by != 0) != (asked[i] != 0))
            return broken(why, TEXT("an operator is offered a caller, and nobody rings"));
        if (core->roster.items[i].calls != calls[i])
            return broken(why, TEXT("an operator's calls are counted wrongly"));
    }
    return true;
}
