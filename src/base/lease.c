// SPDX-License-Identifier: Apache-2.0
/* lease.c - places under a lock each, and the free ones in a ring under one of their own. */
#include "base/lease.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* FREE -> ALIVE (take) -> SHUT (shut) -> RETIRED (retire; from ALIVE too) -> FREE (free). */
enum lease_state { LEASE_FREE, LEASE_ALIVE, LEASE_SHUT, LEASE_RETIRED };

struct lease_place {
    pthread_mutex_t lock;
    struct lease_message *first, *last;
    uint32_t queued_bytes, queue_bytes;
    uint16_t generation;
    uint8_t state;
    bool told; /* The owner has a word of the queue under way. */
};

struct lease_table {
    pthread_mutex_t lock; /* Of the ring of free slots; never taken with a place's. */
    uint32_t count, free_count, first_free;
    uint16_t *free_slots;
    struct lease_place places[];
};

int lease_table_open(struct lease_table **out, uint32_t count)
{
    assert(count > 0 && count <= UINT16_MAX);
    struct lease_table *table = calloc(1, sizeof(*table) + count * sizeof(table->places[0]));
    if (!table)
        return -ENOMEM;
    table->free_slots = calloc(count, sizeof(table->free_slots[0]));
    if (!table->free_slots) {
        free(table);
        return -ENOMEM;
    }
    pthread_mutex_init(&table->lock, NULL);
    for (uint32_t i = 0; i < count; i++) {
        table->free_slots[i] = (uint16_t)i;
        pthread_mutex_init(&table->places[i].lock, NULL);
    }
    table->count = table->free_count = count;
    *out = table;
    return 0;
}

/* The lock is the caller's. */
static void drop_queue(struct lease_place *place)
{
    while (place->first) {
        struct lease_message *message = place->first;
        place->first = message->next;
        free(message);
    }
    place->last = NULL;
    place->queued_bytes = 0;
}

void lease_table_close(struct lease_table *table)
{
    if (!table)
        return;
    for (uint32_t i = 0; i < table->count; i++) {
        drop_queue(&table->places[i]);
        pthread_mutex_destroy(&table->places[i].lock);
    }
    pthread_mutex_destroy(&table->lock);
    free(table->free_slots);
    free(table);
}

uint32_t lease_take(struct lease_table *table, uint32_t queue_bytes)
{
    pthread_mutex_lock(&table->lock);
    if (table->free_count == 0) {
        pthread_mutex_unlock(&table->lock);
        return 0;
    }
    uint32_t slot = table->free_slots[table->first_free];
    table->first_free = (table->first_free + 1) % table->count;
    table->free_count--;
    pthread_mutex_unlock(&table->lock);

    struct lease_place *place = &table->places[slot];
    pthread_mutex_lock(&place->lock);
    assert(place->state == LEASE_FREE && !place->first);
    place->generation = place->generation == UINT16_MAX ? 1 : (uint16_t)(place->generation + 1);
    place->state = LEASE_ALIVE;
    place->queue_bytes = queue_bytes;
    place->told = false;
    uint32_t id = (uint32_t)place->generation << 16 | slot;
    pthread_mutex_unlock(&place->lock);
    return id;
}

/* Locks the place of an id, or returns NULL when the id is of before or of nothing. */
static struct lease_place *enter(struct lease_table *table, uint32_t id)
{
    if (id == 0 || lease_slot(id) >= table->count)
        return NULL;
    struct lease_place *place = &table->places[lease_slot(id)];
    pthread_mutex_lock(&place->lock);
    if (place->generation == id >> 16 && place->state != LEASE_FREE)
        return place;
    pthread_mutex_unlock(&place->lock);
    return NULL;
}

static bool move(struct lease_table *table, uint32_t id, enum lease_state to)
{
    struct lease_place *place = enter(table, id);
    if (!place)
        return false;
    bool moved = place->state < to;
    if (moved)
        place->state = (uint8_t)to;
    pthread_mutex_unlock(&place->lock);
    return moved;
}

bool lease_retire(struct lease_table *table, uint32_t id)
{
    return move(table, id, LEASE_RETIRED);
}

bool lease_shut(struct lease_table *table, uint32_t id)
{
    return move(table, id, LEASE_SHUT);
}

bool lease_alive(struct lease_table *table, uint32_t id)
{
    struct lease_place *place = enter(table, id);
    if (!place)
        return false;
    bool alive = place->state != LEASE_RETIRED;
    pthread_mutex_unlock(&place->lock);
    return alive;
}

/* The lock is the caller's. */
static enum lease_result queue(struct lease_place *place, struct lease_message *message, bool *wake)
{
    uint64_t after = (uint64_t)place->queued_bytes + message->size + LEASE_COST;
    if (place->state != LEASE_ALIVE)
        return LEASE_GONE;
    if (after > place->queue_bytes)
        return LEASE_FULL;
    if (place->last)
        place->last->next = message;
    else
        place->first = message;
    place->last = message;
    place->queued_bytes = (uint32_t)after;
    *wake = !place->told;
    place->told = true;
    return LEASE_OK;
}

enum lease_result lease_put(struct lease_table *table, uint32_t id, uint32_t kind,
                            const void *bytes, uint32_t size, bool *wake)
{
    *wake = false;
    struct lease_message *message = malloc(sizeof(*message) + size);
    if (!message)
        return LEASE_FULL;
    message->next = NULL;
    message->size = size;
    message->kind = kind;
    if (size > 0)
        memcpy(message->bytes, bytes, size);

    enum lease_result result = LEASE_GONE;
    struct lease_place *place = enter(table, id);
    if (place) {
        result = queue(place, message, wake);
        pthread_mutex_unlock(&place->lock);
    }
    if (result != LEASE_OK)
        free(message);
    return result;
}

struct lease_message *lease_next(struct lease_table *table, uint32_t id)
{
    struct lease_place *place = enter(table, id);
    if (!place)
        return NULL;
    struct lease_message *message = place->first;
    if (message) {
        place->first = message->next;
        if (!place->first)
            place->last = NULL;
        place->queued_bytes -= message->size + LEASE_COST;
    } else {
        place->told = false;
    }
    pthread_mutex_unlock(&place->lock);
    return message;
}

void lease_free(struct lease_table *table, uint32_t id)
{
    struct lease_place *place = enter(table, id);
    assert(place && place->state == LEASE_RETIRED);
    drop_queue(place);
    place->state = LEASE_FREE;
    pthread_mutex_unlock(&place->lock);

    pthread_mutex_lock(&table->lock);
    uint32_t at = (table->first_free + table->free_count) % table->count;
    table->free_slots[at] = (uint16_t)lease_slot(id);
    table->free_count++;
    pthread_mutex_unlock(&table->lock);
}

uint32_t lease_used(struct lease_table *table)
{
    pthread_mutex_lock(&table->lock);
    uint32_t used = table->count - table->free_count;
    pthread_mutex_unlock(&table->lock);
    return used;
}
