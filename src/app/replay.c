// SPDX-License-Identifier: Apache-2.0
/* replay.c - plans and states from the journal, then step by step.
 *
 * A state is known after the PLAN_LOADED with which a server began (serial 1), or after a snapshot.
 * After a gap nothing is known until the next of these. */
#include "app/replay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "app/plans.h"
#include "app/verbs.h"
#include "core/core.h"
#include "store/store.h"

enum { DIFFERENCES_SHOWN = 5, PRINTED = 4096 };

struct replay {
    struct replay_report *report;
    FILE *out;
    const char *ref;
    uint32_t ref_call; /* The call with this ref, while it is up. */
    struct config_result plans[MAX_PLANS];
    uint32_t core_calls, core_legs;
    struct core *core;
    void *memory;
    size_t memory_bytes;
    bool known; /* The core is in the state that the server's was in. */
    struct commands commands;
    uint8_t packed[MAX_PACKED];
};

static bool fresh_core(struct replay *replay)
{
    if (replay->memory)
        munmap(replay->memory, replay->memory_bytes);
    replay->memory_bytes = core_size(replay->core_calls, replay->core_legs);
    replay->memory = mmap(NULL, replay->memory_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    replay->core = NULL;
    replay->known = false;
    if (replay->memory == MAP_FAILED) {
        replay->memory = NULL;
        return false;
    }
    replay->core = core_init(replay->memory, replay->core_calls, replay->core_legs);
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++) {
        if (replay->plans[slot].config)
            core_set_plan(replay->core, slot, &replay->plans[slot].config->plan);
    }
    return true;
}

static void take_plan(struct replay *replay, const struct journal_entry *entry)
{
    struct text source = {.data = (const char *)entry->bytes, .size = (uint32_t)entry->size};
    struct config_result *place = &replay->plans[entry->slot % MAX_PLANS];
    struct config_result made;
    uint32_t calls, legs;

    if (place->config && place->config->plan.serial == entry->serial && entry->serial > 1)
        return; /* The same again, at the head of a segment. */
    if (!plans_from_journal(&made, source, entry->serial, &calls, &legs)) {
        fprintf(replay->out, "the plan %u cannot be read again\n", entry->serial);
        config_free(&made);
        replay->known = false;
        return;
    }
    /* An old core may still look at the old plan. */
    struct config_result old = *place;
    *place = made;
    replay->core_calls = calls;
    replay->core_legs = legs;
    if (replay->core)
        core_set_plan(replay->core, entry->slot % MAX_PLANS, &place->config->plan);
    config_free(&old);
}

static void take_snapshot(struct replay *replay, const struct journal_entry *entry)
{
    if (replay->known || replay->core_calls == 0)
        return; /* We came here by steps, which is the better proof. */
    if (fresh_core(replay))
        replay->known = core_load(replay->core, entry->bytes, entry->size);
    if (!replay->known)
        fprintf(replay->out, "a state was written by another version: not loaded\n");
}

static void print_command(struct replay *replay, const char *label, const struct command *command)
{
    char storage[PRINTED];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    command_print(command, &buffer);
    fprintf(replay->out, "%s" TEXT_FORMAT "\n", label, TEXT_ARGS(text_view(&buffer)));
}

static void print_event(struct replay *replay, const char *label, const struct event *event)
{
    char storage[PRINTED];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    event_print(event, &buffer);
    fprintf(replay->out, "%s" TEXT_FORMAT "\n", label, TEXT_ARGS(text_view(&buffer)));
}

static bool shows(const struct replay *replay)
{
    return replay->report->differences <= DIFFERENCES_SHOWN;
}

static void differ(struct replay *replay, const struct event *event, const struct command *then,
                   const struct command *now)
{
    replay->report->differences++;
    if (!shows(replay))
        return;
    fprintf(replay->out, "difference in step %llu\n", (unsigned long long)replay->report->steps);
    print_event(replay, "  event ", event);
    if (then)
        print_command(replay, "  then  ", then);
    else
        fputs("  then  nothing\n", replay->out);
    if (now)
        print_command(replay, "  now   ", now);
    else
        fputs("  now   nothing\n", replay->out);
}

/* Cuts one command off the entry's. */
static bool next_command(const uint8_t **bytes, size_t *left, struct command *out)
{
    uint32_t size;

    if (*left < 4)
        return false;
    size = (uint32_t)(*bytes)[0] | (uint32_t)(*bytes)[1] << 8 | (uint32_t)(*bytes)[2] << 16 |
           (uint32_t)(*bytes)[3] << 24;
    if (size > *left - 4 || !command_unpack(*bytes + 4, size, out))
        return false;
    *bytes += 4 + size;
    *left -= 4 + size;
    return true;
}

static void follow(struct replay *replay, const struct command *command)
{
    if (command->kind == STORE_CALL_OPENED) {
        replay->report->calls++;
        if (replay->ref && text_equal(command->opened.ref, text_of(replay->ref)))
            replay->ref_call = command->call;
    }
    if (replay->ref_call != 0 && command->call == replay->ref_call)
        print_command(replay, "    ", command);
}

static void compare(struct replay *replay, const struct event *event,
                    const struct journal_entry *entry)
{
    const uint8_t *bytes = entry->commands;
    size_t left = entry->commands_size;
    struct command then;
    uint32_t i = 0;

    for (; i < entry->command_count && next_command(&bytes, &left, &then); i++) {
        const struct command *now = i < replay->commands.count ? &replay->commands.items[i] : NULL;
        if (!now || !command_equal(&then, now))
            differ(replay, event, &then, now);
        follow(replay, &then);
    }
    for (; i < replay->commands.count; i++)
        differ(replay, event, NULL, &replay->commands.items[i]);
    replay->report->commands += replay->commands.count;
}

static void take_step(struct replay *replay, const struct journal_entry *entry)
{
    struct event event;

    if (!event_unpack(entry->bytes, entry->size, &event)) {
        fprintf(replay->out, "an event was written by another version\n");
        replay->known = false;
        replay->report->skipped++;
        return;
    }
    if (event.kind == PLAN_LOADED && event.plan.serial == 1 && replay->core_calls > 0)
        replay->known = fresh_core(replay);
    if (!replay->known) {
        replay->report->skipped++;
        return;
    }
    if (replay->ref_call != 0 && event.call == replay->ref_call)
        print_event(replay, "", &event);
    replay->report->steps++;
    core_step(replay->core, &event, &replay->commands);
    compare(replay, &event, entry);
}

static void take(struct replay *replay, const struct journal_entry *entry)
{
    switch (entry->kind) {
    case JOURNAL_PLAN:
        take_plan(replay, entry);
        break;
    case JOURNAL_SNAPSHOT:
        take_snapshot(replay, entry);
        break;
    case JOURNAL_STEP:
        take_step(replay, entry);
        break;
    case JOURNAL_GAP:
        replay->report->lost += entry->lost;
        replay->known = false;
        break;
    case JOURNAL_END:
        break;
    }
}

int replay_run(const char *dir, const char *ref, FILE *out, struct replay_report *report, char *why,
               uint32_t why_size)
{
    struct replay *replay = calloc(1, sizeof(*replay));
    struct journal_reader *reader;
    struct journal_entry entry;
    int error;

    *report = (struct replay_report){.steps = 0};
    if (!replay)
        return -ENOMEM;
    replay->report = report;
    replay->out = out;
    replay->ref = ref;
    error = journal_read_open(&reader, dir, why, why_size);
    if (error == 0) {
        while (journal_read(reader, &entry))
            take(replay, &entry);
        journal_read_close(reader);
    }
    if (replay->memory)
        munmap(replay->memory, replay->memory_bytes);
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        config_free(&replay->plans[slot]);
    free(replay);
    return error;
}
