// SPDX-License-Identifier: Apache-2.0
/* watch.c - a table of telephones by the core's number of their place. */
#include "sip/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "sip/worker.h"

enum { TURN_MS = 200, CONTACT_SIZE = 192 };

struct watched {
    bool used, answered, silent;
    bool told; /* Silent or not; a worker before us may have said the other. */
    uint32_t serial, every_ms;
    enum transport transport;
    uint64_t until_ms, next_ms;
    nta_outgoing_t *asking;
    uint64_t asked_ms;
    uint8_t misses; /* In a row. */
    char contact[CONTACT_SIZE], source[ADDRESS_SIZE];
};

static struct {
    struct watched *list; /* MAX_BINDINGS; NULL until the first. */
    uint64_t turn_ms;
} state;

static void drop(struct watched *phone)
{
    if (!phone->asking)
        return;
    nta_outgoing_bind(phone->asking, NULL, NULL);
    nta_outgoing_destroy(phone->asking);
    phone->asking = NULL;
}

static uint32_t chance(uint32_t below)
{
    uint32_t number = 0;

    if (below == 0 || getrandom(&number, sizeof(number), 0) != sizeof(number))
        return 0;
    return number % below;
}

void watch_take(const struct command *command)
{
    uint64_t now_ms = clock_ms(), wall_ms = clock_wall_ms();
    struct watched *phone;
    char source[ADDRESS_SIZE];

    if (!state.list)
        state.list = calloc(MAX_BINDINGS, sizeof(*state.list));
    if (!state.list || command->watch.place >= MAX_BINDINGS)
        return;
    phone = &state.list[command->watch.place];
    text_copy(source, sizeof(source), command->watch.source);
    if (!phone->used || strcmp(phone->source, source) != 0 ||
        !text_equal(text_of(phone->contact), command->watch.contact)) {
        drop(phone);
        *phone = (struct watched){.next_ms = now_ms + chance(command->watch.every_ms)};
    }
    phone->used = command->watch.expires_ms > wall_ms && command->watch.every_ms > 0;
    phone->silent = false; /* It has just registered. */
    phone->misses = 0;
    phone->serial = command->watch.serial;
    phone->every_ms = command->watch.every_ms;
    phone->transport = command->watch.transport;
    phone->until_ms = now_ms + command->watch.expires_ms - wall_ms;
    memcpy(phone->source, source, sizeof(source));
    text_copy(phone->contact, sizeof(phone->contact), command->watch.contact);
    if (!phone->used)
        drop(phone);
}

void watch_every(const struct command *command)
{
    uint64_t now_ms = clock_ms();

    for (uint32_t i = 0; state.list && i < MAX_BINDINGS; i++) {
        struct watched *phone = &state.list[i];
        phone->every_ms = command->watch.every_ms;
        phone->used = phone->until_ms > now_ms && phone->every_ms > 0;
        phone->next_ms = now_ms + chance(phone->every_ms);
        if (!phone->used)
            drop(phone);
    }
}

static void tell(struct watched *phone, bool silent)
{
    struct event event = {.kind = SIP_PHONE};

    if (phone->told && phone->silent == silent)
        return;
    phone->told = true;
    phone->silent = silent;
    event.watched.place = (uint32_t)(phone - state.list);
    event.watched.serial = phone->serial;
    event.watched.silent = silent;
    worker_event(&event);
}

static void missed(struct watched *phone)
{
    drop(phone);
    if (phone->misses < WATCH_MISSES)
        phone->misses++;
    if (phone->misses == WATCH_MISSES && phone->answered)
        tell(phone, true);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    uint32_t place = dialog_named(magic);
    struct watched *phone = place < MAX_BINDINGS ? &state.list[place] : NULL;

    if (!phone || phone->asking != request || nta_outgoing_status(request) < 200)
        return 0;
    if (!sip) {
        missed(phone);
        return 0;
    }
    drop(phone);
    phone->answered = true;
    phone->misses = 0;
    tell(phone, false);
    return 0;
}

static bool find(const struct watched *phone, char hop[HOP_SIZE], enum transport *transport)
{
    static const char *const names[] = {"udp", "tcp", "tls"};
    char way[HOP_SIZE];

    snprintf(way, sizeof(way), "sip:%s;transport=%s", phone->source, names[phone->transport]);
    return placing_find(text_of(way), phone->contact, hop, transport);
}

static void ask(struct watched *phone, uint64_t now_ms)
{
    char hop[HOP_SIZE], from[ADDRESS_SIZE + 16], to[CONTACT_SIZE + 2], local[ADDRESS_SIZE];
    enum transport transport;

    phone->next_ms = now_ms + phone->every_ms;
    if (!find(phone, hop, &transport)) {
        tell(phone, true); /* Nobody but the telephone can open it again. */
        return;
    }
    if (!hop_local_for(hop, transport, local))
        return;
    snprintf(from, sizeof(from), "<sip:offhook@%s>", local);
    snprintf(to, sizeof(to), "<%s>", phone->contact);
    phone->asked_ms = now_ms;
    phone->asking = nta_outgoing_tcreate(
        worker.outside, on_answer, dialog_name((uint32_t)(phone - state.list)),
        (const url_string_t *)(const void *)hop, SIP_METHOD_OPTIONS,
        (const url_string_t *)(const void *)phone->contact, SIPTAG_FROM_STR(from),
        SIPTAG_TO_STR(to), SIPTAG_ACCEPT_STR("application/sdp"),
        SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
}

static void turn(struct watched *phone, uint64_t now_ms)
{
    if (now_ms >= phone->until_ms) {
        drop(phone);
        phone->used = false;
    } else if (phone->asking && now_ms >= phone->asked_ms + WATCH_ANSWER_MS) {
        missed(phone);
    } else if (!phone->asking && now_ms >= phone->next_ms) {
        ask(phone, now_ms);
    }
}

void watch_turn(uint64_t now_ms)
{
    if (!state.list || !worker.started || worker.quit || now_ms < state.turn_ms)
        return;
    state.turn_ms = now_ms + TURN_MS;
    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        if (state.list[i].used)
            turn(&state.list[i], now_ms);
    }
}
