// SPDX-License-Identifier: Apache-2.0
/* admission.c - checks in the order in which a stranger learns least. */
#include "core/admission.h"

#include <string.h>

#include "base/address.h"
#include "core/codes.h"
#include "core/enforce.h"
#include "core/places.h"
#include "core/refused.h"
#include "core/route.h"
#include "core/session.h"
#include "core/supervise.h"

enum { LATE_HOLDS_MS = 2500 }; /* Media says it each second; one word may be lost. */

static bool refuse(struct admission *out, uint16_t status, enum cause cause, struct text phrase)
{
    out->status = status;
    out->cause = cause;
    out->phrase = phrase;
    return false;
}

/* A bucket of a second's calls: each call taken puts in 1,000, and the limit flows out each
 * millisecond. So a second's calls may come at once after a quiet one, and under a constant load
 * they are taken evenly; seconds counted one by one would take them all in each one's beginning. */
static bool too_fast(struct core *core, const struct plan *plan, uint64_t now_ms)
{
    uint64_t limit = plan->max_calls_per_second, gone = (now_ms - core->rate_ms) * limit;

    if (limit == 0)
        return false;
    core->rate_ms = now_ms;
    core->rate_filled = core->rate_filled > gone ? core->rate_filled - gone : 0;
    if (core->rate_filled + 1000 > limit * 1000)
        return true;
    core->rate_filled += 1000;
    return false;
}

bool admission_trunk_full(const struct core *core, const struct plan *plan, int16_t trunk)
{
    const struct plan_trunk *wanted = &plan->trunks[trunk];
    uint32_t calls = 0;

    if (wanted->max_calls == 0)
        return false;
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++) {
        const struct plan *other = core->plan_live[slot] ? core->plans[slot] : NULL;
        for (int16_t i = 0; other && i < other->trunk_count; i++)
            if (text_equal(other->trunks[i].name, wanted->name))
                calls += core->trunk_calls[slot][i];
    }
    return calls >= wanted->max_calls;
}

/* Strangers are asked who they are only where somebody may come from anywhere. */
static bool for_strangers(const struct plan *plan)
{
    for (uint8_t i = 0; i < plan->trunk_count; i++) {
        if (plan->trunks[i].authenticate && plan->trunks[i].source_count == 0)
            return true;
    }
    return false;
}

static bool registered_from(const struct core *core, struct text user, struct text source,
                            uint64_t wall_ms)
{
    uint8_t address[16], other[16];
    uint16_t port;

    if (!address_read_port(source, address, &port))
        return false;
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        const struct binding *binding = &core->bindings[i];
        if (text_equal(text_of(binding->user), user) && binding->expires_ms > wall_ms &&
            address_read_port(text_of(binding->source), other, &port) &&
            memcmp(address, other, sizeof(address)) == 0)
            return true;
    }
    return false;
}

/* One of the users' telephones, at an address that is a trunk's too (softphones on this machine, all
 * behind one border controller): it proves who it is, as it did when it registered from there. */
static bool trunk_of_phone(const struct core *core, const struct plan *plan,
                           const struct event *event, struct admission *out)
{
    struct text from = event->invite.from;
    int16_t trunk = route_proved(plan, from);

    if (trunk < 0 || !plan->trunks[trunk].phones ||
        !registered_from(core, from, event->invite.source, event->wall_ms))
        return false;
    out->trunk = text_equal(from, event->invite.user) ? trunk : -1;
    return true;
}

/* A trunk's source is enough, unless the trunk also wants a proof. */
bool admission_trunk(const struct core *core, const struct plan *plan, const struct event *event,
                     struct admission *out)
{
    const struct plan_trunk *trunk;

    out->trunk = route_trunk(plan, event->invite.source);
    if (out->trunk < 0) {
        out->trunk = route_proved(plan, event->invite.user);
        if (out->trunk >= 0)
            return true;
        if (for_strangers(plan))
            return refuse(out, 401, CAUSE_FORBIDDEN, TEXT("Unauthorized"));
        return refuse(out, 403, CAUSE_FORBIDDEN, TEXT("Forbidden"));
    }
    trunk = &plan->trunks[out->trunk];
    if (!trunk->authenticate && trunk_of_phone(core, plan, event, out) && out->trunk < 0)
        return refuse(out, 401, CAUSE_FORBIDDEN, TEXT("Unauthorized"));
    if (!trunk->authenticate || text_equal(trunk->user, event->invite.user))
        return true;
    return refuse(out, 401, CAUSE_FORBIDDEN, TEXT("Unauthorized"));
}

struct text admission_caller(const struct plan *plan, int16_t trunk, const struct event *event)
{
    if (plan->trunks[trunk].phones)
        return event->invite.user;
    return event->invite.asserted.size ? event->invite.asserted : event->invite.from;
}

/* What there is too much of; empty: nothing. */
static struct text overload(struct core *core, const struct plan *plan,
                            const struct admission *admission, uint64_t now_ms)
{
    if (core->draining)
        return TEXT("the server is going down");
    if (core->figures.calls >= plan->max_calls)
        return TEXT("overload: max-calls");
    if (admission_trunk_full(core, plan, admission->trunk))
        return TEXT("overload: the trunk's max-calls");
    if (plan->refuse_late && now_ms < core->late_until_ms)
        return TEXT("overload: media tick");
    if (plan->refuse_unheard && admission->agent >= 0 && !places_ring_free(core, plan, admission->agent))
        return TEXT("overload: recognisers");
    if (enforce_refuses(core, plan, admission->agent))
        return TEXT("slo: answers come too late");
    if (too_fast(core, plan, now_ms))
        return TEXT("overload: max-calls-per-second");
    return TEXT_EMPTY;
}

void admission_late(struct step *step)
{
    step->core->late_until_ms = step->event->now_ms + LATE_HOLDS_MS;
}

/* A code is answered by the first agent's voice. */
static const struct plan_route code_route = {
    .agent = 0, .queue = -1, .trunk = -1, .forward_trunk = -1};

bool admission_decide(struct step *step, struct admission *out)
{
    struct core *core = step->core;
    const struct event *event = step->event;

    *out = (struct admission){.trunk = -1, .agent = -1};
    if (core->plan_now < 0)
        return refuse(out, 503, CAUSE_FULL, TEXT("Starting"));
    const struct plan *plan = core->plans[core->plan_now];
    if (!admission_trunk(core, plan, event, out))
        return false;
    if (plan->trunks[out->trunk].phones)
        out->code = codes_meaning(core, plan, event->invite.user, event->invite.to);
    if (plan->trunks[out->trunk].phones && !out->code)
        out->code = supervise_meaning(core, plan, event->invite.user, event->invite.to);
    out->route = out->code ? &code_route : route_find(plan, event->invite.to, out->trunk);
    if (!out->route)
        return refuse(out, 404, CAUSE_NOT_FOUND, TEXT("Not Found"));
    out->agent = out->route->agent;
    if (out->agent < 0 && event->invite.hops == 1)
        return refuse(out, 483, CAUSE_BAD_REQUEST, TEXT("Too Many Hops"));
    out->detail = overload(core, plan, out, event->now_ms);
    if (out->detail.size)
        return refuse(out, 503, CAUSE_FULL, TEXT("Service Unavailable"));
    const struct session_ask ask = {.expires_s = event->invite.session_expires_s,
                                    .min_se_s = event->invite.min_se_s,
                                    .refresher = event->invite.refresher,
                                    .supported = event->invite.timer_supported};
    if (!session_agree(plan, &ask, &out->session, &out->refresher))
        return refuse(out, 422, CAUSE_BAD_REQUEST, TEXT("Session Interval Too Small"));
    return true;
}

static void append_hex(struct text_buffer *out, uint64_t number, int digits)
{
    for (int i = digits - 1; i >= 0; i--)
        text_append_char(out, "0123456789abcdef"[number >> (4 * i) & 15]);
}

void admission_ref(uint64_t wall_ms, uint64_t seed, char out[REF])
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, REF - 1);
    append_hex(&buffer, wall_ms, 12);
    text_append_char(&buffer, '-');
    append_hex(&buffer, seed, 8);
    out[buffer.size] = 0;
}

void admission_account(struct step *step, const char *ref, const struct admission *admission,
                       const struct plan *plan, const struct call *call)
{
    const struct event *event = step->event;
    struct command *command = step_emit(step, STORE_CALL_OPENED, call);

    command->opened.ref = step_text_copy(step, text_of(ref));
    command->opened.wall_ms = event->wall_ms;
    command->opened.caller = admission_caller(plan, admission->trunk, event);
    command->opened.called = event->invite.to;
    command->opened.trunk = plan->trunks[admission->trunk].name;
    command->opened.source = event->invite.source;
    command->opened.sip_call_id = event->invite.sip_call_id;
    command->opened.agent =
        admission->agent >= 0 ? plan->agents[admission->agent].name : TEXT_EMPTY;
    if (!plan->trunks[admission->trunk].phones)
        command->opened.asserted = event->invite.asserted;
    command->opened.diversion = event->invite.diversion;
    command->opened.user_to_user = event->invite.user_to_user;
    command->opened.headers = event->invite.headers;
    command->opened.transport = event->invite.transport;
}

void admission_refuse(struct step *step, const struct admission *admission)
{
    const struct event *event = step->event;
    struct core *core = step->core;
    struct command *reject = step_emit(step, SIP_REJECT, NULL);

    reject->sip.dialog = event->invite.dialog;
    reject->sip.status = admission->status;
    reject->sip.phrase = admission->phrase;
    if (core->plan_now < 0) {
        reject->sip.retry_after_s = 5;
        return;
    }
    const struct plan *plan = core->plans[core->plan_now];
    if (admission->status == 503)
        reject->sip.retry_after_s = plan->retry_after_s;
    if (admission->status == 422)
        reject->sip.min_se_s = plan->min_se_s;
    if (admission->trunk < 0)
        return;
    if (!refused_alone(step, admission))
        return;
    char ref[REF];
    admission_ref(event->wall_ms, event->invite.seed, ref);
    admission_account(step, ref, admission, plan, NULL);
    struct command *closed = step_emit(step, STORE_CALL_CLOSED, NULL);
    closed->closed.ref = step_text_copy(step, text_of(ref));
    closed->closed.wall_ms = event->wall_ms;
    closed->closed.cause = admission->cause;
    closed->closed.status = admission->status;
    closed->closed.detail = admission->detail;
    if (admission->cause == CAUSE_ENCRYPTION)
        closed->closed.detail = admission->phrase;
}
