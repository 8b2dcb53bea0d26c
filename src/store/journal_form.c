// SPDX-License-Identifier: Apache-2.0
/* journal_form.c - the bytes of a segment: checksums, header, records. Pure; its input is hostile.
 */
#include "store/journal.h"

#include <string.h>

static const uint8_t magic[8] = {'O', 'F', 'F', 'H', 'O', 'O', 'K', 'J'};

/* CRC-32C (Castagnoli, reflected 0x82F63B78), eight bytes a turn: catches every burst up to 32
 * bits. */
void journal_crc_init(struct journal_crc *crc)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = (value >> 1) ^ (value & 1 ? 0x82F63B78U : 0);
        crc->table[0][i] = value;
    }
    for (uint32_t i = 0; i < 256; i++) {
        for (int t = 1; t < 8; t++) {
            uint32_t before = crc->table[t - 1][i];
            crc->table[t][i] = (before >> 8) ^ crc->table[0][before & 0xff];
        }
    }
}

uint32_t journal_crc_of(const struct journal_crc *crc, uint32_t start, const void *bytes,
                        size_t size)
{
    const uint8_t *at = bytes;
    uint32_t value = ~start;

    for (; size >= 8; size -= 8, at += 8) {
        uint32_t low = value ^ journal_get_u32(at), high = journal_get_u32(at + 4);
        value = crc->table[7][low & 0xff] ^ crc->table[6][(low >> 8) & 0xff] ^
                crc->table[5][(low >> 16) & 0xff] ^ crc->table[4][low >> 24] ^
                crc->table[3][high & 0xff] ^ crc->table[2][(high >> 8) & 0xff] ^
                crc->table[1][(high >> 16) & 0xff] ^ crc->table[0][high >> 24];
    }
    for (; size > 0; size--, at++)
        value = (value >> 8) ^ crc->table[0][(value ^ *at) & 0xff];
    return ~value;
}

uint64_t journal_digest(void)
{
    uint64_t events = record_digest(event_shapes, EVENT_KINDS);
    uint64_t commands = record_digest(command_shapes, COMMAND_KINDS);
    return events ^ (commands << 1 | commands >> 63);
}

void journal_put_u32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

void journal_put_u64(uint8_t *out, uint64_t value)
{
    journal_put_u32(out, (uint32_t)value);
    journal_put_u32(out + 4, (uint32_t)(value >> 32));
}

uint32_t journal_get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

uint64_t journal_get_u64(const uint8_t *bytes)
{
    return journal_get_u32(bytes) | (uint64_t)journal_get_u32(bytes + 4) << 32;
}

void journal_header_write(const struct journal_crc *crc, uint64_t made_ms,
                          uint8_t out[JOURNAL_HEADER])
{
    memset(out, 0, JOURNAL_HEADER);
    memcpy(out, magic, sizeof(magic));
    journal_put_u32(out + 8, JOURNAL_VERSION);
    journal_put_u64(out + 16, journal_digest());
    journal_put_u64(out + 24, made_ms);
    text_copy((char *)out + 32, 32, text_of(OFFHOOK_VERSION));
    journal_put_u32(out + 12, journal_crc_of(crc, 0, out + 16, JOURNAL_HEADER - 16));
}

bool journal_header_read(const struct journal_crc *crc, const uint8_t *bytes, size_t size,
                         struct journal_header *out)
{
    if (size < JOURNAL_HEADER || memcmp(bytes, magic, sizeof(magic)) != 0)
        return false;
    if (journal_get_u32(bytes + 8) != JOURNAL_VERSION)
        return false;
    if (journal_get_u32(bytes + 12) != journal_crc_of(crc, 0, bytes + 16, JOURNAL_HEADER - 16))
        return false;
    out->digest = journal_get_u64(bytes + 16);
    out->made_ms = journal_get_u64(bytes + 24);
    memcpy(out->product, bytes + 32, 32);
    out->product[32] = '\0';
    return true;
}

/* A step's parts must fill it exactly, so that who reads the commands needs no more checks. */
static bool parse_step(const uint8_t *payload, size_t size, struct journal_entry *out)
{
    if (size < 8)
        return false;
    size_t event_size = journal_get_u32(payload);
    if (event_size > size - 8)
        return false;
    out->bytes = payload + 4;
    out->size = event_size;
    out->command_count = journal_get_u32(payload + 4 + event_size);
    out->commands = payload + 8 + event_size;
    out->commands_size = size - 8 - event_size;

    size_t at = 0;
    for (uint32_t i = 0; i < out->command_count; i++) {
        if (out->commands_size - at < 4)
            return false;
        size_t command_size = journal_get_u32(out->commands + at);
        at += 4;
        if (command_size > out->commands_size - at)
            return false;
        at += command_size;
    }
    return at == out->commands_size;
}

static bool parse_payload(uint8_t kind, const uint8_t *payload, size_t size,
                          struct journal_entry *out)
{
    *out = (struct journal_entry){.kind = (enum journal_kind)kind};
    switch (kind) {
    case JOURNAL_STEP:
        return parse_step(payload, size, out);
    case JOURNAL_SNAPSHOT:
        out->bytes = payload;
        out->size = size;
        return true;
    case JOURNAL_PLAN:
        if (size < 8)
            return false;
        out->slot = journal_get_u32(payload);
        out->serial = journal_get_u32(payload + 4);
        out->bytes = payload + 8;
        out->size = size - 8;
        return out->slot < MAX_PLANS;
    case JOURNAL_GAP:
        if (size != 8)
            return false;
        out->lost = journal_get_u64(payload);
        return true;
    default:
        return false;
    }
}

enum journal_parse_result journal_parse(const struct journal_crc *crc, const uint8_t *bytes,
                                        size_t size, size_t *offset, struct journal_entry *out)
{
    if (*offset == size)
        return JOURNAL_AT_END;
    if (*offset > size || size - *offset < JOURNAL_RECORD_HEAD)
        return JOURNAL_DAMAGED;

    const uint8_t *head = bytes + *offset;
    size_t room = size - *offset - JOURNAL_RECORD_HEAD;
    size_t payload = journal_get_u32(head);
    if (payload > room)
        return JOURNAL_DAMAGED;
    /* The size is inside the checksum too: a flipped size cannot land on another record's end. */
    uint32_t sum = journal_crc_of(crc, 0, head, 4);
    sum = journal_crc_of(crc, sum, head + 8, payload + 1);
    if (sum != journal_get_u32(head + 4))
        return JOURNAL_DAMAGED;
    if (!parse_payload(head[8], head + JOURNAL_RECORD_HEAD, payload, out))
        return JOURNAL_DAMAGED;
    *offset += JOURNAL_RECORD_HEAD + payload;
    return JOURNAL_PARSED;
}
