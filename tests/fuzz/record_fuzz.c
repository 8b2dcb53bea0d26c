// SPDX-License-Identifier: Apache-2.0
/* record_fuzz.c - bytes from the signalling process, or from a journal on disk, as events and
 * commands.
 *
 * What unpacks must pack to the same bytes and print on one line. The first byte chooses which. */
#include <assert.h>
#include <string.h>

#include "core/command.h"
#include "core/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char printed[5 * MAX_PACKED];
static uint8_t packed[MAX_PACKED];

static void check_line(const struct text_buffer *line)
{
    assert(line->size > 0);
    for (uint32_t i = 0; i < line->size; i++)
        assert((uint8_t)line->data[i] >= 0x20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_buffer line;
    struct event event;
    struct command command;

    if (size < 2 || size > MAX_PACKED)
        return 0;
    text_buffer_init(&line, printed, sizeof(printed));
    if (data[0] % 2 == 0 && event_unpack(data + 1, size - 1, &event)) {
        assert(event_pack(&event, packed, sizeof(packed)) == size - 1);
        assert(memcmp(packed, data + 1, size - 1) == 0);
        event_print(&event, &line);
        check_line(&line);
    }
    if (data[0] % 2 == 1 && command_unpack(data + 1, size - 1, &command)) {
        assert(command_pack(&command, packed, sizeof(packed)) == size - 1);
        assert(memcmp(packed, data + 1, size - 1) == 0);
        command_print(&command, &line);
        check_line(&line);
        (void)command_limb(command.kind);
    }
    return 0;
}
