// SPDX-License-Identifier: Apache-2.0
/* record_model.c - random events and commands there and back, and the same bytes after damage.
 *
 * Damaged bytes must either not unpack, or be the one packed form of what they unpack to. */
#include "core/command.h"
#include "core/event.h"

#include <string.h>

#include "check.h"

enum { ROUNDS = 20000, TEXT_BYTES = 300 };

static char noise[TEXT_BYTES];

/* Small numbers and extremes both, as in life. */
static uint64_t random_number(uint64_t *state)
{
    uint64_t number = (uint64_t)check_random(state) << 32 | check_random(state);
    switch (check_random(state) % 4) {
    case 0:
        return 0;
    case 1:
        return number % 200;
    case 2:
        return UINT64_MAX;
    default:
        return number >> check_random(state) % 64;
    }
}

static void fill_field(const struct field *field, void *record, uint64_t *state)
{
    char *at = (char *)record + field->offset;
    uint64_t number = random_number(state);
    uint32_t word = (uint32_t)(number % (field->name_count > 0 ? field->name_count : 1));
    struct text t = {.data = noise, .size = check_random(state) % TEXT_BYTES};
    uint8_t one = number & 1;

    switch (field->type) {
    case FIELD_BOOL:
        memcpy(at, &one, 1);
        return;
    case FIELD_U8:
    case FIELD_CHAR:
        memcpy(at, &number, 1);
        return;
    case FIELD_U16:
        memcpy(at, &number, 2);
        return;
    case FIELD_U32:
    case FIELD_I32:
        memcpy(at, &number, 4);
        return;
    case FIELD_U64:
        memcpy(at, &number, 8);
        return;
    case FIELD_ENUM:
        memcpy(at, &word, 4);
        return;
    case FIELD_TEXT:
        memcpy(at, &t, sizeof(t));
        return;
    }
}

static void fill(const struct shape *shape, void *record, uint64_t *state)
{
    for (uint32_t i = 0; i < shape->count; i++)
        fill_field(&shape->fields[i], record, state);
}

static size_t damage(uint8_t *bytes, size_t size, uint64_t *state)
{
    for (uint32_t i = 1 + check_random(state) % 3; i > 0; i--)
        bytes[check_random(state) % size] =
            (uint8_t)(1u << check_random(state) % 8 | (check_random(state) % 2 ? 0x80 : 0));
    return check_random(state) % 3 == 0 ? check_random(state) % (size + 1) : size;
}

static void try_event(uint64_t *state, uint32_t *survived)
{
    static uint8_t packed[MAX_PACKED], again[MAX_PACKED];
    static char printed[4 * MAX_PACKED];
    struct event sent = {.kind = check_random(state) % EVENT_KINDS}, came;
    struct text_buffer line;

    fill(&event_shapes[sent.kind], &sent, state);
    size_t size = event_pack(&sent, packed, sizeof(packed));
    CHECK(size > 0 && event_unpack(packed, size, &came) && event_equal(&sent, &came));
    for (size_t cut = 0; cut < size; cut += 1 + size / 16)
        CHECK(!event_unpack(packed, cut, &came));
    size = damage(packed, size, state);
    if (!event_unpack(packed, size, &came))
        return;
    (*survived)++;
    CHECK(event_pack(&came, again, sizeof(again)) == size && memcmp(packed, again, size) == 0);
    text_buffer_init(&line, printed, sizeof(printed));
    event_print(&came, &line);
    for (uint32_t i = 0; i < line.size; i++)
        CHECK((uint8_t)printed[i] >= 0x20);
}

static void try_command(uint64_t *state, uint32_t *survived)
{
    static uint8_t packed[MAX_PACKED], again[MAX_PACKED];
    struct command sent = {.kind = check_random(state) % COMMAND_KINDS}, came;

    fill(&command_shapes[sent.kind], &sent, state);
    size_t size = command_pack(&sent, packed, sizeof(packed));
    CHECK(size > 0 && command_unpack(packed, size, &came) && command_equal(&sent, &came));
    size = damage(packed, size, state);
    if (!command_unpack(packed, size, &came))
        return;
    (*survived)++;
    CHECK(command_pack(&came, again, sizeof(again)) == size && memcmp(packed, again, size) == 0);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t state = seed * 2654435761u + 1;
    uint32_t events = 0, commands = 0;

    for (int i = 0; i < TEXT_BYTES; i++)
        noise[i] = (char)check_random(&state);
    for (int i = 0; i < ROUNDS; i++) {
        try_event(&state, &events);
        try_command(&state, &commands);
    }
    CHECK(events > ROUNDS / 100 && commands > ROUNDS / 100); /* Else the damage tests nothing. */
    printf("ok records_come_back_and_damaged_ones_are_found_at_seed_%llu\n",
           (unsigned long long)seed);
    return 0;
}
