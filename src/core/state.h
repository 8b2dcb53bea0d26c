// SPDX-License-Identifier: Apache-2.0
/* state.h - what the core remembers. Private to core/; everything else sees core.h.
 *
 * Flat memory without pointers into itself: a snapshot is a copy of these structs. Plans are named
 * by slot. Texts are terminated arrays of the sizes in base/limits.h. */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/callbacks.h"
#include "core/command.h"
#include "core/core.h"
#include "core/event.h"
#include "core/plan.h"
#include "core/roster.h"
#include "core/slots.h"
#include "core/state_known.h"
#include "core/state_leg.h"
#include "core/state_offer.h"
#include "core/state_overhear.h"
#include "core/state_parting.h"
#include "core/state_passing.h"
#include "core/state_supervise.h"
#include "core/state_talk.h"
#include "core/state_wait.h"

enum {
    OWN_SDP = 1536,         /* Of ours, the longest is under 1,000; a refused medium more is 40. */
    DIAL_HEADERS = 1024,    /* X-* lines of a call that we place. */
    FAR_MS = 35000,         /* A second leg that never said anything. */
    REF = 24,               /* "0193a5c2e5b1-5f3a09c1" */
    SETUP_MS = 40000,       /* A call that is not up by then is given up: Timer B is 32 s. */
    STORE_WAIT_MS = 1500,   /* The account's time; then the call is answered all the same. */
    ENDING_MS = 2000,       /* Media's time to report its last figures. */
    ASKED_MS = 34000,       /* The other side's time to say that it is there: Timer F is 32 s. */
    RELEASE_MS = 40000,     /* The dialog's time to go: BYE's Timer F is 32 s. */
    DIALOGS = 2 * MAX_CALLS /* Calls up and dialogs still dying. */
};

/* What the second leg is for. */
enum link {
    LINK_NONE,
    LINK_FORWARD,   /* The caller's route leads on: rung, then bridged. */
    LINK_TRANSFER,  /* The agent gives the caller away over us: rung, then bridged. */
    LINK_REFERRING, /* No second leg: our REFER is out, the agent waits. */
    LINK_REFERRED,  /* Their REFER: rung, then the conversation goes on there. */
    LINK_REPLACES,  /* Their INVITE takes a leg's place when it is acknowledged. */
    LINK_BRIDGED
};

enum call_state {
    CALL_FREE,
    CALL_OPENING,    /* The account is being written; the caller hears nothing yet. */
    CALL_DIALING,    /* A call that we place: the callee rings. */
    CALL_STANDING,   /* A promise: stands in its queue for an operator; nobody is called yet. */
    CALL_FETCHING,   /* An operator has taken it: who was promised is called, */
    CALL_EXCUSING,   /* and could not be reached; the operator is told. */
    CALL_FORWARDING, /* The caller's leg is not answered; the second leg rings. */
    CALL_RINGING,    /* A reliable 180 waits for its PRACK. */
    CALL_ANSWERING,  /* 200 sent, ACK awaited. */
    CALL_UP,         /* A conversation. */
    CALL_BRIDGED,    /* Two people; no agent. */
    CALL_ENDING,     /* BYE sent or received; media reports its figures. */
    CALL_CLOSED,     /* The CDR is written; limbs still let go. */
    CALL_STATES
};

/* A call that we place: what is needed to try the next trunk. */
struct dial {
    char target[128]; /* Number or sip: URI. */
    char from[MAX_NAME];
    char headers[DIAL_HEADERS];
    char referred_by[SHORT_TEXT], replaces[SHORT_TEXT];
    char key[MAX_NAME];
    int16_t only;  /* Trunk index; -1: the plan's list. */
    uint8_t tried; /* Of the list. */
    uint8_t hops;
    bool quiet;        /* Their REFER wants no NOTIFY. */
    uint8_t redirects; /* Followed so far. */
    bool alone;        /* Only this place of the telephone's owner: others are rung beside it. */
    bool direct;       /* `target` is an address of the trunk's, called as it is. */
    uint32_t binding;  /* Serial of the telephone's place that was tried last; 0: none yet. */
    bool unreachable;  /* None of its places is left, and none has answered. */
    uint32_t token;
};

/* Of one cause: refusals of this second, and of those that are only counted (core/refused.h). */
struct refused {
    uint64_t second_ms, wall_ms, seed; /* The last two of the first that is only counted. */
    uint32_t written, more;
    uint16_t status;
    char trunk[MAX_NAME], detail[MAX_NAME];
};

/* Music for whoever waits. */
struct hold {
    uint32_t leg;       /* Of two who are joined: whom the other holds; 0: the first, or none. */
    uint32_t utterance; /* Asked for; 0: none. */
    bool chimes;        /* A chime was asked for: what was to be played could not be made. */
    bool playing;
    uint32_t heard; /* The utterance that plays. */
    uint32_t tries; /* Of re-INVITEs that met another. */
    uint32_t glare; /* The leg whose re-INVITE is to be repeated; 0: none. */
};

struct call {
    uint32_t id;
    uint32_t leg; /* The first; after a transfer the one that took its place. */
    uint32_t far; /* The second; 0: none. */
    uint32_t old; /* One that was left and is still letting go; 0: none. */
    enum link link;
    bool outbound;
    uint8_t code; /* What an operator dialled it for, + 1: enum operator_said; 0: no such call. */
    bool joined;  /* MEDIA_BRIDGE is out. */
    uint16_t legs; /* So far, for the account. */
    enum call_state state;
    uint8_t plan;
    int16_t trunk;
    enum cause cause;
    uint16_t status;
    bool reliable;     /* The INVITE requires 100rel. */
    uint32_t listener; /* The leg that the recogniser listens to; 0: none. */
    bool listens_again; /* As soon as who is overheard on the first leg is not any more. */
    uint32_t quiet;     /* Of two who are joined: whom TIMER_AUDIO is about; 0: nobody. */
    uint16_t ring;     /* Index + 1; 0: none. */
    uint32_t epoch;
    char ref[REF];
    char detail[SHORT_TEXT];
    uint64_t seed, invited_ms, answered_ms, ended_ms;
    enum session_refresher session_answer; /* Who refreshes, as our 200 says. */
    uint32_t timer_serial[TIMER_KINDS];    /* Of the timer set; 0: not set. */
    char sdp[OWN_SDP];                     /* Our first description until it is sent. */
    uint16_t sdp_size;
    struct dial dial;
    struct hold hold;
    struct overheard overheard[OVERHEARD_MOST];
    struct offering offering;
    struct supervise supervise;
    struct passing passing;
    uint32_t transfers;
    struct wait wait;
    struct talk talk;
    struct parting parting;
    uint32_t callback; /* Of a call that keeps a promise: which; until it is kept. */
    uint32_t owed;     /* Promised to the caller, who rings first. */
    struct {
        bool asked;        /* LOOKUP_DONE is awaited. */
        bool holds;        /* The greeting waits for it. */
        uint64_t until_ms; /* Not longer than this. */
    } lookup;
};

struct core {
    uint32_t max_calls, spare_legs;
    uint32_t spare_next; /* Spare slots rest: the next one taken is from here on. */
    const struct plan *plans[MAX_PLANS];
    bool plan_live[MAX_PLANS];
    uint32_t plan_calls[MAX_PLANS];
    int8_t plan_now; /* -1: none yet; every call is refused. */
    bool draining;
    uint32_t timer_serial, epoch;
    uint64_t ring_used[MAX_RINGS / 64];
    uint32_t trunk_calls[MAX_PLANS][MAX_TRUNKS]; /* A trunk is the same in two plans by its name. */
    struct trunk_state trunks[MAX_TRUNKS];       /* In the order of plan_now's. */
    struct provider_state providers[PROVIDER_STATES];
    uint8_t provider_of[MAX_PLANS][MAX_PROVIDERS]; /* Place of a plan's in it, from 1; 0: none. */
    struct slo_subject slo[SLO_SUBJECTS];
    uint64_t slo_moved_ms; /* When a provider was avoided last: agents wait for what comes of it. */
    uint64_t slo_told_ms;  /* STORE_SLO_COUNT is due again then. */
    uint64_t slo_due_ms;   /* Who has a step is looked at again then. */
    struct queue_state queues[QUEUE_STATES];
    uint8_t queue_of[MAX_PLANS][MAX_QUEUES]; /* Place of a plan's in it, from 1; 0: none. */
    struct binding bindings[MAX_BINDINGS];
    uint32_t binding_serial;
    struct {              /* REGISTERs whose bindings are being written. */
        uint32_t request; /* 0: free. */
        uint64_t since_ms;
        char user[MAX_NAME];
    } waiting_phones[WAITING_PHONES];
    uint64_t rate_ms, rate_filled; /* max-calls-per-second: when calls were last counted, and how
                                    * many thousandths of them have not flowed out by then. */
    struct refused refused[CAUSE_KINDS];
    struct roster roster;
    bool offering_due; /* Those who wait and those who are free are looked at. */
    uint64_t registered_until_ms; /* Wall clock: when the first registration ends; 0: not known. */
    uint64_t house_at_ms; /* TIMER_HOUSE is set for then, */
    uint32_t house_timer; /* under this serial; 0: it is not. */
    uint64_t late_until_ms; /* Media does not keep time, as far as is known. */
    struct callbacks callbacks;
    struct core_figures figures;
    struct slots call_slots, leg_slots;
    /* Followed in the same block by: slot links of both, legs, dialogs, places in queues (of calls, then of
     * callbacks), calls. */
    size_t links_at, legs_at, dialogs_at, waiting_at, calls_at, size;
};

struct dialog_entry {
    uint32_t dialog, leg;
};

/* One step under way: what every function of the core is given. */
struct step {
    struct core *core;
    const struct event *event;
    struct commands *out;
    struct leg *leg; /* The event's; the call's first where it has none. */
};

struct call *core_call(struct core *core, uint32_t id);
struct leg *core_leg(struct core *core, uint32_t id);
static inline const struct plan *call_plan(const struct core *core, const struct call *call)
{
    return core->plans[call->plan];
}

static inline const struct plan_agent *call_agent(const struct core *core, const struct call *call)
{
    assert(call->talk.agent >= 0); /* Forwarded callers have none. */
    return &call_plan(core, call)->agents[call->talk.agent];
}

static inline const struct plan_manners *call_manners(const struct core *core,
                                                      const struct call *call)
{
    return &call_plan(core, call)->manners;
}

/* Adds a command for the call's leg; the caller fills in the rest before the next emit. */
struct command *step_emit(struct step *step, enum command_kind kind, const struct call *call);
/* The same for one of its legs. */
struct command *step_emit_to(struct step *step, enum command_kind kind, const struct leg *leg);
/* A buffer at the end of the step's text room; step_text_take() keeps what was written into it. */
struct text_buffer step_text(struct step *step);
struct text step_text_take(struct step *step, const struct text_buffer *buffer);
/* A copy that stays as it is until the next step, whatever the rest of this one does to the call.
 */
struct text step_text_copy(struct step *step, struct text t);

void step_timer_set(struct step *step, struct call *call, enum timer_kind kind, uint64_t at_ms);
void step_timer_cancel(struct step *step, struct call *call, enum timer_kind kind);

#endif
