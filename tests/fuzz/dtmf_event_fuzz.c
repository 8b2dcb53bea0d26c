// SPDX-License-Identifier: Apache-2.0
/* dtmf_event_fuzz.c - sequences of telephone-event packets, twelve bytes each: marker, payload
 * size, step of the sequence number, step of the timestamp, payload. A key heard must have been in
 * the packet. */
#include "wire/dtmf_event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { STEP = 12 };
    struct dtmf_receiver receiver;
    struct rtp_packet packet = {.payload_type = 101};

    dtmf_receiver_init(&receiver);
    for (; size >= STEP; bytes += STEP, size -= STEP) {
        uint16_t payload_size = bytes[1] % 5;
        uint8_t *payload = malloc(payload_size ? payload_size : 1);
        char key;

        memcpy(payload, bytes + 8, payload_size);
        packet.marker = bytes[0] & 1;
        packet.sequence = (uint16_t)(packet.sequence + read_be16(bytes + 2));
        packet.timestamp += read_be32(bytes + 4);
        packet.payload = payload;
        packet.payload_size = payload_size;
        key = dtmf_receiver_put(&receiver, &packet);
        assert(key == 0 || (payload_size == 4 && dtmf_event_of_key(key) == payload[0]));
        assert(key == 0 || dtmf_receiver_put(&receiver, &packet) == 0); /* A copy is no press. */
        free(payload);
    }
    return 0;
}
