// SPDX-License-Identifier: Apache-2.0
/* courier_thread.c - the outbox's thread: takes messages, looks, sleeps until something is due. */
#include <string.h>

#include "base/clock.h"
#include "store/courier_inside.h"

enum { GATHER_NS = 20000000 }; /* Looks are so far apart, however often it is woken. */

/* What is known of an endpoint goes over to the next set by its name. */
static void take_set(struct courier *courier, struct courier_set *set)
{
    struct courier_endpoint before[MAX_HOOKS];
    uint32_t count = courier->set ? courier->set->count : 0;

    memcpy(before, courier->endpoints, sizeof(before));
    memset(courier->endpoints, 0, sizeof(courier->endpoints));
    for (uint32_t i = 0; i < set->count; i++) {
        struct courier_endpoint *endpoint = &courier->endpoints[i];
        text_copy(endpoint->name, MAX_NAME, set->hooks[i].name);
        for (uint32_t j = 0; j < count; j++) {
            if (strcmp(before[j].name, endpoint->name) == 0)
                endpoint->failures = before[j].failures;
        }
    }
    if (courier->set)
        arena_free(courier->set->arena);
    courier->set = set;
}

static void take_messages(struct courier *courier)
{
    struct courier_message message;

    while (mailbox_take(courier->box, &message, sizeof(message)) > 0) {
        switch (message.kind) {
        case COURIER_LOOK:
            break;
        case COURIER_STOP:
            courier->stopping = true;
            break;
        case COURIER_SET:
            take_set(courier, message.set);
            break;
        case COURIER_LANDED:
            courier_flight_land(courier, &message.landing);
            break;
        }
    }
}

static void finish(struct courier *courier)
{
    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++) {
        if (courier->flights[i].state == FLIGHT_OUT)
            http_cancel(courier->net, courier->flights[i].request);
    }
    while (courier_flights_out(courier) > 0) {
        mailbox_wait(courier->box, -1);
        take_messages(courier);
    }
}

void *courier_thread_main(void *owner)
{
    struct courier *courier = owner;
    uint32_t rest_ms = 0;

    while (!courier->stopping) {
        mailbox_wait(courier->box, (int)rest_ms);
        if (courier->looked_ns + GATHER_NS > clock_ns())
            clock_sleep_until_ns(courier->looked_ns + GATHER_NS);
        take_messages(courier);
        if (courier->stopping)
            break;
        courier->looked_ns = clock_ns();
        rest_ms = courier_look(courier);
    }
    finish(courier);
    return NULL;
}
