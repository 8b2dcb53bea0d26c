// SPDX-License-Identifier: Apache-2.0
/* snapshot.c - the core's memory as bytes and back, and its promises to itself. */
#include <string.h>

#include "core/core.h"
#include "core/enforce.h"
#include "core/offering.h"
#include "core/passing.h"
#include "core/places.h"
#include "core/state.h"
#include "core/supervise.h"
#include "core/waiting.h"

enum { SNAPSHOT_MAGIC = 0x4f464333 };

/* The layout of this build: a snapshot of another is refused. */
struct snapshot_head {
    uint32_t magic, max_calls, spare_legs, core_bytes, call_bytes, leg_bytes, calls;
};

struct span {
    uint8_t *data;
    size_t size;
};

/* Everything but the calls is small and goes whole. */
static size_t fixed_size(const struct core *core)
{
    return core->calls_at;
}

static bool put(struct span *to, const void *bytes, size_t size)
{
    if (to->size < size)
        return false;
    memcpy(to->data, bytes, size);
    to->data += size;
    to->size -= size;
    return true;
}

size_t core_save(const struct core *core, uint8_t *out, size_t size)
{
    struct span to = {out, size};
    struct snapshot_head head = {SNAPSHOT_MAGIC, core->max_calls, core->spare_legs, sizeof(struct core),
                                 sizeof(struct call), sizeof(struct leg), core->figures.calls};

    if (!put(&to, &head, sizeof(head)) || !put(&to, core, fixed_size(core)))
        return 0;
    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        if (!places_call_links(core)[slot].used)
            continue;
        if (!put(&to, &slot, sizeof(slot)) ||
            !put(&to, &places_calls(core)[slot], sizeof(struct call)))
            return 0;
    }
    return size - to.size;
}

bool core_load(struct core *core, const uint8_t *bytes, size_t size)
{
    struct snapshot_head head;
    const struct plan *plans[MAX_PLANS];
    uint32_t slot;

    if (size < sizeof(head) + fixed_size(core))
        return false;
    memcpy(&head, bytes, sizeof(head));
    if (head.magic != SNAPSHOT_MAGIC || head.max_calls != core->max_calls ||
        head.spare_legs != core->spare_legs ||
        head.core_bytes != sizeof(struct core) || head.call_bytes != sizeof(struct call) ||
        head.leg_bytes != sizeof(struct leg) || head.calls > core->max_calls ||
        size != sizeof(head) + fixed_size(core) + head.calls * (sizeof(slot) + sizeof(struct call)))
        return false;
    memcpy(plans, core->plans, sizeof(plans));
    bytes += sizeof(head);
    memcpy(core, bytes, fixed_size(core));
    memcpy(core->plans, plans, sizeof(plans));
    bytes += fixed_size(core);
    for (uint32_t i = 0; i < head.calls; i++) {
        memcpy(&slot, bytes, sizeof(slot));
        if (slot >= core->max_calls)
            return false;
        memcpy(&places_calls(core)[slot], bytes + sizeof(slot), sizeof(struct call));
        bytes += sizeof(slot) + sizeof(struct call);
    }
    return true;
}

static bool broken(struct text_buffer *why, struct text what)
{
    text_append(why, what);
    return false;
}

static bool check_legs(const struct core *core, const struct call *call, struct text_buffer *why)
{
    const uint32_t ids[] = {call->leg, call->far, call->old, passing_third(call)};

    for (int i = 0; i < 4; i++) {
        const struct leg *leg = &places_legs(core)[slot_of(ids[i])];
        if (ids[i] && (leg->id != ids[i] || leg->call != call->id || leg->state == LEG_FREE))
            return broken(why, TEXT("a call's leg is another's"));
    }
    if (call->leg == 0)
        return broken(why, TEXT("a call without a leg"));
    if (call->state == CALL_BRIDGED && (!call->far || call->link != LINK_BRIDGED))
        return broken(why, TEXT("a bridge with one side"));
    if (passing_is(call) && (call->state != CALL_BRIDGED ||
                             (call->passing.state != PASSING_THREE &&
                              call->timer_serial[TIMER_FAR] == 0)))
        return broken(why, TEXT("a transfer by telephone would never end"));
    if (call->old && call->timer_serial[TIMER_OLD] == 0)
        return broken(why, TEXT("a leg that was left would never go"));
    if (call->far && call->state == CALL_UP && call->timer_serial[TIMER_FAR] == 0)
        return broken(why, TEXT("a second leg would ring for ever"));
    return true;
}

static bool check_call(const struct core *core, const struct call *call, struct text_buffer *why)
{
    const struct talk *talk = &call->talk;

    if (call->state == CALL_FREE || call->state >= CALL_STATES)
        return broken(why, TEXT("a used slot holds no call"));
    if (!core->plan_live[call->plan] || !core->plans[call->plan])
        return broken(why, TEXT("a call's plan was dropped"));
    if (call->state == CALL_DIALING ? talk->state != TALK_NONE && talk->state != TALK_AWAY
                                    : (call->state == CALL_UP) != (talk->state != TALK_NONE))
        return broken(why, TEXT("a conversation goes on without a call, or a call without one"));
    if (call->timer_serial[TIMER_CALL] == 0)
        return broken(why, TEXT("nothing would ever end this call"));
    if (call->state == CALL_UP && talk->state == TALK_LISTENING && !talk->on_hold &&
        !waiting_is(call) &&
        call->timer_serial[TIMER_SILENCE] == 0)
        return broken(why, TEXT("silence would last for ever"));
    if ((talk->state == TALK_RECOGNISING || talk->state == TALK_THINKING) &&
        call->timer_serial[TIMER_ANSWER] == 0)
        return broken(why, TEXT("an answer is awaited for ever"));
    if (talk->state == TALK_PARTING &&
        (call->timer_serial[TIMER_ANSWER] == 0 || call->parting.state == PARTING_NONE))
        return broken(why, TEXT("a sound, or a message, would last for ever"));
    if (talk->state == TALK_PAUSED && call->timer_serial[TIMER_BARGE_IN] == 0)
        return broken(why, TEXT("the agent is paused for ever"));
    if (talk->state == TALK_SPEAKING && !talk->reply.live)
        return broken(why, TEXT("the agent has the floor and nothing to say"));
    if (talk->state == TALK_AWAY && call->state == CALL_UP && call->timer_serial[TIMER_FAR] == 0 &&
        call->timer_serial[TIMER_LOOKUP] == 0)
        return broken(why, TEXT("the agent is away for ever"));
    return check_legs(core, call, why) && supervise_check(core, call, why);
}

static uint32_t asked_of_voices(const struct reply *reply)
{
    uint32_t asked = 0;

    for (uint8_t i = 0; reply->live && i < reply->count; i++)
        asked += reply->sayings[i].state == SAYING_ASKED && reply->sayings[i].provider >= 0;
    return asked;
}

/* What a call has with providers, each of which counts its sessions. */
static uint32_t sessions(const struct call *call)
{
    const struct talk *talk = &call->talk;

    uint32_t overheard = 0;

    for (int i = 0; i < OVERHEARD_MOST; i++)
        overheard += call->overheard[i].state != OVERHEARD_FREE && call->overheard[i].provider >= 0;
    return overheard + (talk->hearing && talk->hearer >= 0) +
           (uint32_t)(talk->thought.open && !talk->thought.session) +
           asked_of_voices(&talk->reply) + asked_of_voices(&talk->leaving);
}

static bool check_providers(const struct core *core, uint32_t sessions_now, uint32_t stand_ins,
                            struct text_buffer *why)
{
    uint32_t counted = 0;

    for (uint32_t i = 0; i < PROVIDER_STATES; i++)
        counted += core->providers[i].sessions;
    if (counted != sessions_now)
        return broken(why, TEXT("sessions with providers are counted wrongly"));
    if (stand_ins != core->figures.stand_ins)
        return broken(why, TEXT("stand-ins are counted wrongly"));
    return true;
}

bool core_check(const struct core *core, struct text_buffer *why)
{
    uint32_t calls = 0, legs = 0, rings = 0, taken = 0, with_providers = 0, stand_ins = 0;

    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        if (!places_call_links(core)[slot].used)
            continue;
        const struct call *call = &places_calls(core)[slot];
        calls++;
        legs += 1u + (call->far != 0) + (call->old != 0) + (passing_third(call) != 0);
        for (int i = 0; i < OFFER_LEGS; i++)
            legs += call->offering.items[i].state != OFFER_FREE;
        legs += !supervise_gone(call);
        rings += call->ring != 0;
        for (int i = 0; i < OVERHEARD_MOST; i++)
            rings += call->overheard[i].state != OVERHEARD_FREE;
        with_providers += sessions(call);
        stand_ins += call->talk.stands_in;
        if (!check_call(core, call, why))
            return false;
    }
    for (uint32_t i = 0; i < MAX_RINGS; i++)
        taken += (uint32_t)(core->ring_used[i / 64] >> i % 64 & 1);
    if (calls != core->figures.calls || calls != core->call_slots.used)
        return broken(why, TEXT("calls are counted wrongly"));
    if (legs != core->leg_slots.used + core->figures.spare_legs)
        return broken(why, TEXT("legs are counted wrongly"));
    if (rings != core->figures.recognisers + core->figures.hearers || rings != taken)
        return broken(why, TEXT("rings are counted wrongly"));
    return waiting_check(core, why) && offering_check(core, why) &&
           enforce_check(core, why) && check_providers(core, with_providers, stand_ins, why);
}
