// SPDX-License-Identifier: Apache-2.0
/* hep.c - chunk after chunk. */
#include "wire/hep.h"

#include <string.h>

enum chunk {
    CHUNK_FAMILY = 1,
    CHUNK_PROTOCOL = 2,
    CHUNK_FROM_4 = 3,
    CHUNK_TO_4 = 4,
    CHUNK_FROM_6 = 5,
    CHUNK_TO_6 = 6,
    CHUNK_FROM_PORT = 7,
    CHUNK_TO_PORT = 8,
    CHUNK_SECONDS = 9,
    CHUNK_MICROSECONDS = 10,
    CHUNK_KIND = 11,
    CHUNK_AGENT = 12,
    CHUNK_PASSWORD = 14,
    CHUNK_PAYLOAD = 15,
    CHUNK_CORRELATION = 17
};

enum { HEAD = 6, KIND_SIP = 1, FAMILY_4 = 2, FAMILY_6 = 10, IP_TCP = 6, IP_UDP = 17 };

struct writer {
    uint8_t *out;
    size_t size, used;
    bool full;
};

static void bytes(struct writer *w, enum chunk type, const void *data, size_t size)
{
    size_t whole = HEAD + size;
    uint8_t *at = w->out + w->used;

    if (w->full || whole > UINT16_MAX || w->size - w->used < whole) {
        w->full = true;
        return;
    }
    at[0] = at[1] = 0; /* No vendor's. */
    at[2] = 0;
    at[3] = (uint8_t)type;
    at[4] = (uint8_t)(whole >> 8);
    at[5] = (uint8_t)whole;
    if (size > 0)
        memcpy(at + HEAD, data, size);
    w->used += whole;
}

static void number(struct writer *w, enum chunk type, uint64_t value, size_t size)
{
    uint8_t data[8];

    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    bytes(w, type, data, size);
}

static void text(struct writer *w, enum chunk type, struct text t)
{
    if (t.size > 0)
        bytes(w, type, t.data, t.size);
}

static bool mapped(const uint8_t address[16])
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return memcmp(address, prefix, sizeof(prefix)) == 0;
}

static void addresses(struct writer *w, const struct hep_packet *packet)
{
    bool v4 = mapped(packet->from) && mapped(packet->to);

    number(w, CHUNK_FAMILY, v4 ? FAMILY_4 : FAMILY_6, 1);
    number(w, CHUNK_PROTOCOL, packet->stream ? IP_TCP : IP_UDP, 1);
    bytes(w, v4 ? CHUNK_FROM_4 : CHUNK_FROM_6, packet->from + (v4 ? 12 : 0), v4 ? 4 : 16);
    bytes(w, v4 ? CHUNK_TO_4 : CHUNK_TO_6, packet->to + (v4 ? 12 : 0), v4 ? 4 : 16);
    number(w, CHUNK_FROM_PORT, packet->from_port, 2);
    number(w, CHUNK_TO_PORT, packet->to_port, 2);
}

size_t hep_write(const struct hep_packet *packet, uint8_t *out, size_t size)
{
    struct writer w = {.out = out, .size = size < UINT16_MAX ? size : UINT16_MAX, .used = HEAD};

    if (size < HEAD)
        return 0;
    addresses(&w, packet);
    number(&w, CHUNK_SECONDS, packet->wall_us / 1000000, 4);
    number(&w, CHUNK_MICROSECONDS, packet->wall_us % 1000000, 4);
    number(&w, CHUNK_KIND, KIND_SIP, 1);
    number(&w, CHUNK_AGENT, packet->agent_id, 4);
    text(&w, CHUNK_PASSWORD, packet->password);
    text(&w, CHUNK_CORRELATION, packet->correlation);
    text(&w, CHUNK_PAYLOAD, packet->payload);
    if (w.full)
        return 0;
    memcpy(out, "HEP3", 4);
    out[4] = (uint8_t)(w.used >> 8);
    out[5] = (uint8_t)w.used;
    return w.used;
}
