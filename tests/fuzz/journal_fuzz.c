// SPDX-License-Identifier: Apache-2.0
/* journal_fuzz.c - a segment of any bytes is read to an end, and nothing read lies outside it.
 *
 * Twice: as it is, and with the checksums put right, or no input would get past the first. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

static void use_step(const struct journal_entry *entry)
{
    static char storage[1024];
    struct text_buffer out;
    struct event event;
    struct command command;
    size_t at = 0;

    text_buffer_init(&out, storage, sizeof(storage));
    if (event_unpack(entry->bytes, entry->size, &event))
        event_print(&event, &out);
    for (uint32_t i = 0; i < entry->command_count; i++) {
        size_t size = journal_get_u32(entry->commands + at);
        text_buffer_init(&out, storage, sizeof(storage));
        if (command_unpack(entry->commands + at + 4, size, &command))
            command_print(&command, &out);
        at += 4 + size;
    }
    assert(at == entry->commands_size);
}

static void read_all(const struct journal_crc *crc, const uint8_t *bytes, size_t size)
{
    struct journal_entry entry;
    size_t at = JOURNAL_HEADER, before = at;
    unsigned char sum = 0;

    while (journal_parse(crc, bytes, size, &at, &entry) == JOURNAL_PARSED) {
        assert(at > before && at <= size);
        before = at;
        for (size_t i = 0; i < entry.size; i++)
            sum ^= entry.bytes[i]; /* Touches all that the entry promises. */
        if (entry.kind == JOURNAL_STEP)
            use_step(&entry);
    }
    assert(at == before); /* What does not parse moves nothing. */
    static volatile unsigned char sink;
    sink = sum;
    (void)sink;
}

static void put_checksums_right(const struct journal_crc *crc, uint8_t *bytes, size_t size)
{
    journal_put_u32(bytes + 12, journal_crc_of(crc, 0, bytes + 16, JOURNAL_HEADER - 16));
    for (size_t at = JOURNAL_HEADER; size - at >= JOURNAL_RECORD_HEAD;) {
        size_t payload = journal_get_u32(bytes + at);
        if (payload > size - at - JOURNAL_RECORD_HEAD)
            return;
        uint32_t sum = journal_crc_of(crc, 0, bytes + at, 4);
        journal_put_u32(bytes + at + 4, journal_crc_of(crc, sum, bytes + at + 8, payload + 1));
        at += JOURNAL_RECORD_HEAD + payload;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct journal_crc crc;
    struct journal_header header;

    if (crc.table[0][1] == 0)
        journal_crc_init(&crc);
    if (journal_header_read(&crc, data, size, &header))
        assert(strlen(header.product) <= 32);
    read_all(&crc, data, size);
    if (size < JOURNAL_HEADER)
        return 0;
    uint8_t *copy = malloc(size); /* Exactly as long, so that a sanitizer sees one byte too far. */
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    put_checksums_right(&crc, copy, size);
    read_all(&crc, copy, size);
    free(copy);
    return 0;
}
