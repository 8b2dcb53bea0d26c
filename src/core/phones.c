// SPDX-License-Identifier: Apache-2.0
/* phones.c - all is looked at before anything is changed, and changed before it is written. */
#include "core/phones.h"

#include "core/operators.h"

static bool live(const struct binding *binding, uint64_t wall_ms)
{
    return binding->user[0] && binding->expires_ms > wall_ms;
}

static bool is(const struct binding *binding, struct text user)
{
    return text_equal(text_of(binding->user), user);
}

static struct binding *find(struct core *core, struct text user, struct text contact)
{
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        struct binding *binding = &core->bindings[i];
        if (is(binding, user) && text_equal(text_of(binding->contact), contact))
            return binding;
    }
    return NULL;
}

static void reply(struct step *step, uint32_t request, uint16_t status, struct text user)
{
    const struct core *core = step->core;
    uint64_t wall_ms = step->event->wall_ms;
    struct text_buffer lines = step_text(step);
    struct command *command = step_emit(step, SIP_REGISTERED, NULL);

    command->registered.request = request;
    command->registered.status = status;
    if (status == 423)
        command->registered.min_expires_s = PHONES_LEAST_S;
    for (uint32_t i = 0; i < MAX_BINDINGS && status == 200; i++) {
        const struct binding *binding = &core->bindings[i];
        if (!live(binding, wall_ms) || !is(binding, user))
            continue;
        text_append_number(&lines, (binding->expires_ms - wall_ms + 999) / 1000);
        text_append_char(&lines, ' ');
        text_append(&lines, text_of(binding->contact));
        text_append_char(&lines, '\n');
    }
    command->registered.contacts = step_text_take(step, &lines);
}

/* ---- Looking ---- */

static bool has_user(const struct core *core, struct text user)
{
    const struct plan *plan = core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;

    for (uint16_t i = 0; plan && i < plan->user_count; i++) {
        if (text_equal(plan->users[i].name, user))
            return true;
    }
    return false;
}

/* A REGISTER that is older than what is known, out of order on its way (RFC 3261 10.3 step 7). */
static bool outdated(const struct binding *binding, const struct event *event)
{
    return text_equal(text_of(binding->sip_call_id), event->registering.sip_call_id) &&
           event->registering.cseq <= binding->cseq;
}

static bool read_line(struct text *lines, uint64_t *expires_s, struct text *contact)
{
    struct text line = text_next(lines, '\n'), number = text_next(&line, ' ');

    *contact = line;
    return text_number(number, expires_s) && line.size > 0 && line.size < CONTACT;
}

static uint16_t judge(struct step *step)
{
    const struct event *event = step->event;
    struct text lines = event->registering.contacts, contact;
    uint64_t expires_s;
    int count = 0;

    if (!has_user(step->core, event->registering.user) ||
        !text_equal(event->registering.user, event->registering.aor))
        return 403;
    if (event->registering.sip_call_id.size >= SIP_CALL_ID)
        return 400;
    while (lines.size > 0) {
        if (!read_line(&lines, &expires_s, &contact) || ++count > PHONES_CONTACTS)
            return 400;
        if (expires_s > 0 && expires_s < PHONES_LEAST_S)
            return 423;
        const struct binding *known = find(step->core, event->registering.user, contact);
        if (known && live(known, event->wall_ms) && outdated(known, event))
            return 500;
    }
    return 200;
}

/* ---- Changing ---- */

static void watch(struct step *step, const struct binding *binding)
{
    const struct core *core = step->core;
    struct command *command = step_emit(step, SIP_WATCH, NULL);

    command->watch.place = (uint32_t)(binding - core->bindings);
    command->watch.serial = binding->serial;
    command->watch.contact = step_text_copy(step, text_of(binding->contact));
    command->watch.source = step_text_copy(step, text_of(binding->source));
    command->watch.transport = binding->transport;
    command->watch.expires_ms = binding->expires_ms;
    if (core->plan_now >= 0)
        command->watch.every_ms = core->plans[core->plan_now]->keep_alive_ms;
}

void phones_plan(struct step *step, int8_t old)
{
    const struct core *core = step->core;
    uint32_t every_ms = core->plans[core->plan_now]->keep_alive_ms;

    if (old >= 0 && core->plans[old]->keep_alive_ms != every_ms)
        step_emit(step, SIP_WATCH_EVERY, NULL)->watch.every_ms = every_ms;
}

static void write(struct step *step, const struct binding *binding)
{
    struct command *command = step_emit(step, STORE_PHONE, NULL);

    command->phone.user = step_text_copy(step, text_of(binding->user));
    command->phone.contact = step_text_copy(step, text_of(binding->contact));
    command->phone.source = step_text_copy(step, text_of(binding->source));
    command->phone.sip_call_id = step_text_copy(step, text_of(binding->sip_call_id));
    command->phone.transport = binding->transport;
    command->phone.expires_ms = binding->expires_ms;
    command->phone.cseq = binding->cseq;
    command->phone.silent = binding->silent;
}

static void forget(struct step *step, struct binding *binding)
{
    struct text user = step_text_copy(step, text_of(binding->user));

    binding->expires_ms = 0;
    watch(step, binding);
    write(step, binding);
    *binding = (struct binding){.cseq = 0};
    operators_phone(step, user);
}

/* A free place; the user's own that ends first when it has its full number; any that has ended. */
static struct binding *place_for(struct step *step, struct text user)
{
    struct core *core = step->core;
    struct binding *place = NULL, *first = NULL;
    int count = 0;

    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        struct binding *binding = &core->bindings[i];
        if (!live(binding, step->event->wall_ms)) {
            place = place && !place->user[0] ? place : binding;
        } else if (is(binding, user)) {
            count++;
            if (!first || binding->expires_ms < first->expires_ms)
                first = binding;
        }
    }
    if (count >= PHONES_CONTACTS || !place)
        place = first;
    if (place && place->user[0])
        forget(step, place);
    return place;
}

static bool bind(struct step *step, struct text contact, uint64_t expires_s)
{
    const struct event *event = step->event;
    struct binding *binding = find(step->core, event->registering.user, contact);

    if (expires_s == 0) {
        if (binding)
            forget(step, binding);
        return true;
    }
    bool restarted =
        binding && !text_equal(text_of(binding->sip_call_id), event->registering.sip_call_id);
    if (!binding)
        binding = place_for(step, event->registering.user);
    if (!binding)
        return false; /* Others have all the places. */
    text_copy(binding->user, sizeof(binding->user), event->registering.user);
    text_copy(binding->contact, sizeof(binding->contact), contact);
    text_copy(binding->source, sizeof(binding->source), event->registering.source);
    text_copy(binding->sip_call_id, sizeof(binding->sip_call_id), event->registering.sip_call_id);
    binding->transport = event->registering.transport;
    binding->cseq = event->registering.cseq;
    binding->serial = ++step->core->binding_serial;
    binding->silent = false;
    binding->expires_ms =
        event->wall_ms + 1000 * (expires_s < PHONES_MOST_S ? expires_s : PHONES_MOST_S);
    operators_phone(step, event->registering.user);
    if (restarted)
        operators_restarted(step, event->registering.user);
    watch(step, binding);
    write(step, binding);
    return true;
}

static void forget_all(struct step *step)
{
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        struct binding *binding = &step->core->bindings[i];
        if (is(binding, step->event->registering.user) && !outdated(binding, step->event))
            forget(step, binding);
    }
}

/* The reply waits for the last write of this step. False: too many wait. */
static bool wait_for_store(struct step *step)
{
    struct core *core = step->core;
    const struct event *event = step->event;

    for (int i = 0; i < WAITING_PHONES; i++) {
        if (core->waiting_phones[i].request &&
            event->now_ms - core->waiting_phones[i].since_ms < PHONES_WAIT_MS)
            continue;
        core->waiting_phones[i].request = event->registering.request;
        core->waiting_phones[i].since_ms = event->now_ms;
        text_copy(core->waiting_phones[i].user, MAX_NAME, event->registering.user);
        step->out->items[step->out->count - 1].call = event->registering.request;
        return true;
    }
    return false;
}

void phones_register(struct step *step)
{
    const struct event *event = step->event;
    struct text lines = event->registering.contacts, contact;
    uint16_t status = judge(step);
    uint64_t expires_s;

    if (status == 200 && event->registering.all)
        forget_all(step);
    while (status == 200 && lines.size > 0 && read_line(&lines, &expires_s, &contact)) {
        if (!bind(step, contact, expires_s))
            status = 503;
    }
    if (step->out->count > 0 && status == 200) {
        if (wait_for_store(step))
            return;
        status = 503;
    }
    reply(step, event->registering.request, status, event->registering.user);
}

void phones_bound(struct step *step)
{
    struct core *core = step->core;

    for (int i = 0; i < WAITING_PHONES; i++) {
        if (core->waiting_phones[i].request != step->event->call || step->event->call == 0)
            continue;
        core->waiting_phones[i].request = 0;
        reply(step, step->event->call, 200, text_of(core->waiting_phones[i].user));
        return;
    }
}

void phones_known(struct step *step)
{
    const struct event *event = step->event;
    struct binding *binding = NULL;

    if (event->phone.user.size == 0 || event->phone.user.size >= MAX_NAME)
        return;
    for (uint32_t i = 0; i < MAX_BINDINGS && !binding; i++) {
        if (!step->core->bindings[i].user[0])
            binding = &step->core->bindings[i];
    }
    if (!binding)
        return;
    text_copy(binding->user, sizeof(binding->user), event->phone.user);
    text_copy(binding->contact, sizeof(binding->contact), event->phone.contact);
    text_copy(binding->source, sizeof(binding->source), event->phone.source);
    text_copy(binding->sip_call_id, sizeof(binding->sip_call_id), event->phone.sip_call_id);
    binding->transport = event->phone.transport;
    binding->cseq = event->phone.cseq;
    binding->serial = ++step->core->binding_serial;
    binding->expires_ms = event->phone.expires_ms;
    watch(step, binding);
    write(step, binding); /* For who looks on; it is there already. */
    operators_phone(step, event->phone.user);
}

void phones_heard(struct step *step)
{
    const struct event *event = step->event;
    struct binding *binding;

    if (event->watched.place >= MAX_BINDINGS)
        return;
    binding = &step->core->bindings[event->watched.place];
    if (binding->serial != event->watched.serial || !live(binding, event->wall_ms) ||
        binding->silent == event->watched.silent)
        return;
    binding->silent = event->watched.silent;
    write(step, binding);
    operators_phone(step, text_of(binding->user));
}

/* ---- Being called ---- */

static bool is_ours(const struct plan *plan, struct text host)
{
    if (host.size > 0 && text_equal_nocase(host, plan->realm))
        return true;
    for (uint8_t i = 0; i < plan->host_count; i++) {
        if (text_equal_nocase(host, plan->hosts[i]))
            return true;
    }
    return false;
}

struct text phones_split(struct text uri, struct text *host)
{
    (void)text_next(&uri, ':');
    struct text address = uri, user = text_next(&address, '@');
    bool six = address.size > 0 && address.data[0] == '[';

    *host = text_next(&address, ';');
    if (six)
        *host = text_part(*host, 1, host->size);
    *host = text_next(host, six ? ']' : ':');
    return user;
}

struct text phones_meant(const struct plan *plan, struct text target, int16_t only)
{
    struct text host;

    if (only >= 0 && !plan->trunks[only].phones)
        return TEXT_EMPTY;
    if (text_starts_nocase(target, TEXT("sip:")) || text_starts_nocase(target, TEXT("sips:"))) {
        target = phones_split(target, &host);
        if (!is_ours(plan, host))
            return TEXT_EMPTY;
    }
    for (uint16_t i = 0; i < plan->user_count; i++) {
        if (text_equal(plan->users[i].name, target))
            return plan->users[i].name;
    }
    return TEXT_EMPTY;
}

const struct binding *phones_next(const struct core *core, struct text user, uint64_t wall_ms,
                                  uint32_t before)
{
    const struct binding *newest = NULL;

    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        const struct binding *binding = &core->bindings[i];
        if (live(binding, wall_ms) && is(binding, user) && !binding->silent &&
            (before == 0 || binding->serial < before) &&
            (!newest || binding->serial > newest->serial))
            newest = binding;
    }
    return newest;
}

bool phones_silent(const struct core *core, struct text user, uint64_t wall_ms)
{
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        const struct binding *binding = &core->bindings[i];
        if (live(binding, wall_ms) && is(binding, user) && binding->silent)
            return true;
    }
    return false;
}
